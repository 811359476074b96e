"""What a reader makes of a file: articles, their sections and sentences."""

from dataclasses import dataclass, field

#: A stretch of a text that is read otherwise than it stands: start, end, and what is read.
Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Work:
    """A published work: the article itself, or the one that it reports on. All fields may be empty."""

    authors: tuple[str, ...] = ()
    title: str = ""
    journal: str = ""
    year: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    citation: str = ""  # the source line as it stands


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of an article under one heading. The part before the first heading has an empty heading."""

    heading: str
    start: int
    end: int
    label: str = ""  # the label of a structured abstract or a JATS sec-type, as it stands: "METHODS"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, a heading or a list item, with half-open offsets in the article's text.

    `kind` is "title", "heading", "sentence" or "item"; `section` is an index into the article's sections;
    `lead` is the index (into the article's sentences) of the line that introduces a list item, else None;
    `paragraph` numbers the paragraphs of the article, so that neighbours can be told from strangers.
    """

    start: int
    end: int
    kind: str = "sentence"
    section: int = 0
    lead: int | None = None
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Article:
    """An article: its text, what is known about it, and its sentences in reading order.

    `text` is the decoded source file for plain text and Markdown (shared by all articles of a file), the extracted
    text for other formats. Furniture (menus, adverts, bibliography) is in the text but in no sentence.
    `edits` are the stretches of the text that are read otherwise than they stand; see `kg.articles.edits`.
    `issued` is an ISO 8601 date ("2023", "2023-08" or "2023-08-29"), or empty.
    `evidence` is the evidence type where the file itself states it (front matter, publication types), or empty.
    """

    id: str
    text: str
    title: str = ""
    issued: str = ""
    publisher: str = ""
    authors: tuple[str, ...] = ()
    orcids: tuple[tuple[str, str], ...] = ()  # the authors that have one: the name, and the ORCID in groups of four
    topics: tuple[str, ...] = ()
    work: Work | None = None
    evidence: str = ""
    inferred: bool = False  # whether the evidence was told from its words, and not stated
    publication_types: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()  # what it tells of its study; see `kg.claim.DETAILS`
    retracted: bool = False
    language: str = "en"
    start: int = 0  # where the article begins and ends in `text`
    end: int = 0
    sha256: str = ""  # of the article's own stretch of the text, UTF-8
    sections: tuple[Section, ...] = ()
    sentences: tuple[Sentence, ...] = field(default=(), repr=False)
    edits: tuple[Edit, ...] = ()

    @property
    def is_the_work(self) -> bool:
        """Whether the article is the work that it names, and does not only report on it: they have one title."""
        return self.work is not None and self.work.title.casefold() == self.title.casefold()

    @property
    def dated(self) -> str:
        """The date of what it tells: of the work that it reports on, where that is known, else its own; or empty."""
        return self.work.year if self.work is not None and self.work.year and not self.is_the_work else self.issued
