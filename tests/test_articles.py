"""Plain text and Markdown: posts, metadata, sections, sentences, offsets."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import paths
from kg.articles import Article, ArticleError, FurnitureCues, Work, default_cues, find, read, segment
from kg.articles.citation import is_citation, parse
from kg.articles.sentences import spans
from kg.namespaces import STEMKG

DATA = Path(__file__).parent / "data" / "articles"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(path: Path) -> Article:
    [article] = read(path)
    return segment(article)


def said(article: Article, *kinds: str) -> list[str]:
    """The sentences of an article, of the given kinds or of all."""
    return [article.text[s.start : s.end] for s in article.sentences if not kinds or s.kind in kinds]


# The real texts ------------------------------------------------------------------------------------------------------

POST = "001_8645ad6cd1964929"
#: id, beginning of the title, date, and of the cited work: year, DOI, PMID, PMCID
REAL = [
    line.split("|")
    for line in f"""
000_1114e25e79f85c56|Mesenchymal Stem Cell Therapy in Hem|2024-05-15||||
{POST}#1|Clinical Progress in Mesenchymal|2025-06-19|2025|10.1002/iid3.70189|40353645|PMC12067559
{POST}#2|Mesenchymal Stem Cell Therapy in Mult|2025-06-17|2023|10.3390/jcm12196311|37834955|PMC10573670
{POST}#3|Stem Cell Treatments for Parkinson|2025-05-15|2018|10.15586/codonpublications.par||
{POST}#4|Human umbilical cord mesenchymal|2025-04-29|2023|10.1186/s13018-023-04131-7|37644595|PMC10466768
{POST}#5|Stem Cell Therapy in Lupus|2025-04-24|2022|10.2478/rir-2022-0011|36465325|PMC9524813
{POST}#6|Mesenchymal stem cells in the|2025-04-15|2023|10.3389/fimmu.2023.1141601|36911700|PMC9999104
002_b14ac6c4d5036d23|The Role of Stem Cells in|||||
003_77acd450ce513313|Stem Cell Transplantation May Help||2016|||
004_7a588041a2e1dd87|Double-Edged Stem Cell|2014-07-28|2014||24935337|
""".strip().splitlines()
]


@pytest.fixture(scope="module")
def real(shared: Path) -> dict[str, Article]:
    return {article.id: article for path in find([shared / "texts"]) for article in read(path)}


def test_the_real_texts_are_ten_articles_with_their_facts(real: dict[str, Article]) -> None:
    assert list(real) == [row[0] for row in REAL]
    for id, title, issued, *work in REAL:
        article = real[id]
        found = article.work or Work()
        assert article.title.startswith(title)
        assert (article.issued, found.year, found.doi, found.pmid, found.pmcid) == (issued, *work)
    assert {real[id].publisher for id in real if id[:3] in ("000", "003", "004")} == {
        "iCliniq", "eMaxHealth", "HemaCare",
    }  # fmt: skip
    assert real[f"{POST}#4"].topics[:2] == ("Mesenchymal Stem Cells", "Osteoarthritis")


def test_nearly_every_gold_claim_of_the_real_texts_rests_on_a_sentence(shared: Path, real: dict[str, Article]) -> None:
    with (shared / "gold" / "dev.tsv").open(encoding="utf-8", newline="") as file:
        gold = {(row["doc"], int(row["start"]), int(row["end"])) for row in csv.DictReader(file, delimiter="\t")}
    ours = {(id, sentence.start, sentence.end) for id, article in real.items() for sentence in article.sentences}
    share = len(gold & ours) / len(gold)
    print(f"{share:.1%} of {len(gold)} gold spans are sentences")
    assert share > 0.98


@pytest.mark.parametrize(
    "mark", ["PMID", "doi:", "cookies", "Follow eMaxHealth", "Disclaimer", "Subscribe", "Posts by"]
)
def test_furniture_and_bibliography_of_the_real_texts_are_in_no_sentence(real: dict[str, Article], mark: str) -> None:
    assert any(mark in article.text for article in real.values())
    assert not [sentence for article in real.values() for sentence in said(article) if mark in sentence]


# Posts and pages -----------------------------------------------------------------------------------------------------


def test_posts_of_a_file_are_articles_of_their_own() -> None:
    first, second = read(DATA / "posts.txt")
    assert (first.id, second.id) == ("posts#1", "posts#2")
    assert first.title == "Cord cells for cirrhosis: is it time?"  # of the cited work, for want of a title line
    assert second.title == "A Title of Its Own"
    assert (first.issued, second.issued) == ("2024-03-05", "2024-02-29")
    assert (first.authors, second.authors) == ((), ("Jane Q. Public",))
    assert first.topics == ("Stem Cell Therapy", "Liver Disease")
    assert first.work is not None
    assert first.work.authors == ("Novak P", "Horak L")
    assert (first.work.journal, first.work.year) == ("Liver Invent", "2023")
    assert first.text is second.text and first.end == second.start
    assert [section.heading for section in first.sections] == ["", "What Was Done"]
    assert said(first, "sentence", "item") == [
        "Cirrhosis scars the liver.",
        "Transplants are few.",
        "In this trial, Novak et al. gave umbilical cord MSCs to 30 patients (e.g. by vein).",
        "Bilirubin fell vs. placebo in Fig. 1.",
        "The benefits were these:",
        "- Less fluid in the belly",
        "- Albumin rose by 2.5 g/L.",
        "It stayed up.",
    ]
    items = [sentence for sentence in first.sentences if sentence.kind == "item"]
    leads = {first.text[first.sentences[item.lead].start :][:12] for item in items if item.lead is not None}
    assert len(items) == 3 and leads == {"The benefits"}
    assert items[1].paragraph == items[2].paragraph != items[0].paragraph


def test_posts_under_titles_of_their_own_begin_with_them(tmp_path: Path) -> None:
    text = "One Thing\nby A Roe | Mar 5, 2024 | X\nCells heal.\nOther Thing\nby B Poe | Mar 6, 2024 | Y\nCells fail.\n"
    first, second = read(write(tmp_path, "p.txt", text))
    assert (first.title, second.title) == ("One Thing", "Other Thing")
    assert said(second) == ["Other Thing", "Cells fail."]


def test_a_page_is_told_from_its_site() -> None:
    article = only(DATA / "page.txt")
    assert (article.title, article.issued, article.publisher) == (
        "Stem Cells Mend Hearts in Mice",
        "2022-03-03",
        "SiteName",
    )
    assert [(sentence.kind, article.text[sentence.start : sentence.end]) for sentence in article.sentences] == [
        ("title", "Stem Cells Mend Hearts in Mice"),
        ("sentence", "a nurse holds a heart model"),
        ("sentence", "Cardiac stem cells improved heart function in mice, scientists report."),
        ("heading", "Will It Work in People?"),
        ("sentence", "That is not known yet."),
        ("sentence", "A trial begins soon."),
    ]
    assert article.work is None  # two works are a bibliography


def test_markdown_with_front_matter() -> None:
    article = only(DATA / "notes.md")
    assert (article.id, article.title, article.issued, article.evidence) == (
        "notes",
        "Cells for knees",
        "2023-08-29",
        "Review",
    )
    assert (article.publisher, article.authors, article.topics) == (
        "Example Clinic",
        ("Jane Doe",),
        ("knee", "cartilage"),
    )
    assert article.work == Work(title="A review of knees", year="2022", doi="10.1000/invented.91", pmid="90000091")
    assert said(article) == [
        "Cells for knees",
        "Cartilage heals\nbadly.",
        "MSCs **may** help.",
        "How",
        "- They calm inflammation,\n  and they last.",
        "- They form cartilage.",
    ]


def test_identifiers_in_front_matter_are_of_the_text_itself(tmp_path: Path) -> None:
    head = "title: Cells for eyes\nauthor: Jane Doe\njournal: J Made Up\ndate: 2021-05\n"
    head += "doi: https://doi.org/10.1000/e.1\npmid: 90000077"
    article = only(write(tmp_path, "a.md", f"---\n{head}\n---\n\nMSCs heal corneas.\n"))
    assert article.work == Work(("Jane Doe",), "Cells for eyes", "J Made Up", "2021", "10.1000/e.1", "90000077")


def test_the_format_is_found_by_looking_not_by_the_suffix(tmp_path: Path) -> None:
    content = (DATA / "notes.md").read_bytes()
    assert only(write(tmp_path, "notes.xml", content)).evidence == "Review"
    records = write(tmp_path, "x.txt", (DATA / "pubmed.xml").read_bytes())
    assert next(read(records)).id == "PMID90000001"


def test_a_title_in_front_matter_alone_is_a_sentence_too(tmp_path: Path) -> None:
    article = only(write(tmp_path, "a.md", "---\ntitle: Cells for eyes\n---\n\nThey heal corneas.\n"))
    assert said(article, "title") == ["Cells for eyes"]


def test_hard_wrapped_text_has_whole_sentences(tmp_path: Path) -> None:
    text = (
        "Cells against a Disease\n\nA disease of motor neurons for which there is no cure was treated with\n"
        "mesenchymal stem cells in the spinal cord of fifteen patients, and their\ndecline slowed. It was\nsafe.\n\n"
        "Two-thirds felt\nbetter for at least half of a year and more, say those who treated\nthem in the clinic.\n"
    )
    article = only(write(tmp_path, "a.txt", text))
    assert [" ".join(sentence.split()) for sentence in said(article)] == [
        "Cells against a Disease",
        "A disease of motor neurons for which there is no cure was treated with mesenchymal stem cells in the spinal "
        "cord of fifteen patients, and their decline slowed.",
        "It was safe.",
        "Two-thirds felt better for at least half of a year and more, say those who treated them in the clinic.",
    ]


def test_labels_of_a_structured_abstract_open_sections(tmp_path: Path) -> None:
    text = (
        "Cells for kidneys: a trial.\n\nBACKGROUND: Kidneys fail. METHODS: We gave it. Results: All lived. Ratio: one."
    )
    article = only(write(tmp_path, "a.txt", text))
    assert [section.label for section in article.sections] == ["", "BACKGROUND", "METHODS", "Results"]
    assert said(article, "title") == ["Cells for kidneys: a trial."]
    assert said(article, "sentence") == ["Kidneys fail.", "We gave it.", "All lived.", "Ratio: one."]
    assert [sentence.section for sentence in article.sentences] == [0, 1, 2, 3, 3]


def test_heading_of_methods_is_no_title_but_a_label(tmp_path: Path) -> None:
    article = only(write(tmp_path, "a.txt", "Background\nCells are used.\nMethods\nWe treated rats.\n"))
    assert article.title == "a"
    assert [(section.heading, section.label) for section in article.sections[1:]] == [
        ("Background", "Background"),
        ("Methods", "Methods"),
    ]


def test_thanks_and_references_are_in_no_sentence(tmp_path: Path) -> None:
    text = (
        "Paper\nCells cure mice.\nAcknowledgements\nWe thank all.\nReferences\n[1] A note.\nAppendix\nThey were old.\n"
    )
    assert said(only(write(tmp_path, "a.txt", text))) == ["Paper", "Cells cure mice.", "Appendix", "They were old."]


# Offsets -------------------------------------------------------------------------------------------------------------


def test_byte_order_mark_line_ends_and_astral_characters_shift_no_offset(tmp_path: Path) -> None:
    text = "A Title\r\n\r\nCells 𝒳 cure e\u0301. Second one.\r\nThird 😀 one.\r\n"
    plain = only(write(tmp_path, "a.txt", text))
    marked = only(write(tmp_path, "b.txt", b"\xef\xbb\xbf" + text.encode()))
    wide = only(write(tmp_path, "c.txt", text.encode("utf-16")))
    assert plain.text == marked.text == wide.text == text
    assert plain.sentences == marked.sentences == wide.sentences
    assert said(plain) == ["A Title", "Cells 𝒳 cure e\u0301.", "Second one.", "Third 😀 one."]


# One word for each way in which a line or a sentence may be taken for something else.
WORDS = st.sampled_from([
    "Cells", "heal", "the", "e.g.", "et al.", "2.5", "𝒳", "e\u0301", "(RA)", "“quoted”", "vs.", "Fig.", "1.", "No.",
    "They", "not?", "i.v.", "IL-1β.", "-", "•", ":", "#", "\t", "by", "References", "RESULTS:", "Doe J. X. 2001;1:1.",
    "by A Roe / Mar 5, 2024 /",
])  # fmt: skip
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", " ", ". ", "\n", "\r\n", "\n\n", "\r"])), max_size=60).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_sentences_are_ordered_stripped_and_inside_their_sections(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = write(tmp_path_factory.mktemp("any"), "a.txt", text)
    try:
        articles = list(read(path))
    except ArticleError:
        assert not text.strip()
        return
    for article in articles:
        assert article.text == text
        before = article.start
        for sentence in article.sentences:
            assert before <= sentence.start < sentence.end <= article.end
            body = text[sentence.start : sentence.end]
            assert body == body.strip()
            section = article.sections[sentence.section]
            assert section.start <= sentence.start and sentence.end <= section.end
            assert sentence.lead is None or article.sentences[sentence.lead].end <= sentence.start
            before = sentence.end
        edges = [article.start] + [section.end for section in article.sections]
        assert [section.start for section in article.sections] == edges[:-1] and edges[-1] == article.end


@settings(max_examples=40, deadline=None)
@given(text=TEXTS.filter(str.strip), mark=st.booleans())
def test_line_ends_of_another_system_change_no_sentence(
    tmp_path_factory: pytest.TempPathFactory, text: str, mark: bool
) -> None:
    folder = tmp_path_factory.mktemp("ends")
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    if not unix.strip():
        return
    windows = (b"\xef\xbb\xbf" if mark else b"") + unix.replace("\n", "\r\n").encode()
    ours = [said(article) for article in read(write(folder, "a.txt", unix))]
    theirs = [said(article) for article in read(write(folder, "b.txt", windows))]
    assert ours == [[sentence.replace("\r\n", "\n") for sentence in article] for article in theirs]


# Sentences -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentences",
    [
        ["Zhang et al. found it.", "It helps."],
        ["Cells (e.g. UC-MSCs) beat placebo, i.e. saline.", "So they say."],
        ["MSCs vs. placebo in Fig. 1 were 2.5 times better.", "P < 0.05."],
        ["It was given i.v. to Dr. Smith."],
        ["Patients had MS.", "This damages myelin."],
        ["They had hepatitis C.", "The virus was gone."],
        ["J. Smith and A. B. Jones wrote it.", "We read it."],
        ["He said “it works.”", "She did not."],
        ["It worked (see Table 2).", "They agree."],
        ["This held.[1]", "That did not."],
        ["It grew approx. 5 mm.", "It stopped."],
        ["The dose was 1 × 10^6 cells per kg.", "No harm was seen."],
        ["S. aureus and E. coli grew.", "Both died."],
        ["Is it safe?", "Yes!", "It is."],
    ],
)
def test_sentences_end_where_they_should(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in spans(text, 0, len(text), default_cues())] == sentences


# Citations -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "Doe AB, Roe C. On cells. J Made Up. 2020 May;3(2):1-9. doi: 10.1000/x.1.",
        "1. van der Berg J, et al. Cells in mice. Cell Invent 2016; 7:12",
        "[12] Doe J, Roe R. Mice. J Mice. 2001;1:1.",
        "Smith, A., & Doe, B. (2010). More mice. Mouse J, 3, 4-5.",
        "Müller K-H, O’Neil P, Li X. Knees. Knee Invent. 2019;4(1):e5.",
    ],
)
def test_citations_are_known_by_their_shape(line: str) -> None:
    assert is_citation(line)


@pytest.mark.parametrize(
    "line",
    [
        "In 2016, Doe et al. treated 12 patients; 7 improved.",
        "Stem cells were first used in 1997. They helped.",
        "Zhang P found that cells heal knees.",
        "1. Cells were counted in 2020; 12:15 was the hour.",
    ],
)
def test_prose_is_no_citation(line: str) -> None:
    assert not is_citation(line)


def test_a_chapter_of_a_book_is_cited() -> None:
    line = (
        "Doe TB. Cells for Brains. In: Doe TB, Roe JC, editors. The Brain Book [Internet]. Town: Us; 2018 Dec 21. P 9."
    )
    work = parse(line)
    assert (work.authors, work.title, work.journal, work.year) == (
        ("Doe TB",),
        "Cells for Brains",
        "The Brain Book",
        "2018",
    )


# The words come from the ontology ------------------------------------------------------------------------------------


def test_a_cue_added_to_the_ontology_makes_a_line_furniture(tmp_path: Path) -> None:
    ontology = tmp_path / "ontology"
    ontology.mkdir()
    for path in paths.ONTOLOGY.glob("*.ttl"):
        (ontology / path.name).write_bytes(path.read_bytes())
    page = write(tmp_path, "a.txt", "A Title\n\nCells heal hearts.\n\nRing the golden bell now.\n")
    [before] = read(page, cues=FurnitureCues.load(ontology))
    edit = f'<{STEMKG}SiteFurniture> <{STEMKG}cue> "Ring the golden *" .'
    (ontology / "edit.ttl").write_text(edit, encoding="utf-8")
    [after] = read(page, cues=FurnitureCues.load(ontology))
    assert said(before) == ["A Title", "Cells heal hearts.", "Ring the golden bell now."]
    assert said(after) == ["A Title", "Cells heal hearts."]


def test_without_cues_pages_are_still_read() -> None:
    [article] = read(DATA / "page.txt", cues=FurnitureCues())
    assert "Cardiac stem cells improved heart function in mice, scientists report." in said(article)


# Finding files -------------------------------------------------------------------------------------------------------


def test_files_are_found_sorted_each_once_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/2.txt", "a/3.txt", "1.txt", ".hidden", ".git/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = find([tmp_path, tmp_path / "b", tmp_path / "1.txt"])
    assert [path.name for path in found] == ["1.txt", "2.txt", "3.txt"]
    with pytest.raises(ArticleError, match=r"missing: no such file or folder"):
        find([tmp_path / "missing"])
