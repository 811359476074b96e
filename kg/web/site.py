"""What the pages are made from: the graph, its vocabulary, the stored queries and, where at hand, the texts."""

import asyncio
import gc
import secrets
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import accumulate, groupby, islice
from pathlib import Path

import pyoxigraph as ox

from kg import paths, vocabulary
from kg.catalogue import Catalogue
from kg.curation import Corrections
from kg.extraction import Extractor
from kg.findings import Belief, Said, side
from kg.stated import Source, Stated
from kg.store import Store, StoreError, Version
from kg.texts import IN_WORDS, Sentence, Texts
from kg.vocabulary import Vocabulary
from kg.web.evidence_map import Pairs
from kg.web.index import Filter, Index
from kg.web.kept import Kept
from kg.web.limits import Limits
from kg.web.pool import Pool
from kg.web.trial import Trial, read_trial
from kg.weights import Weights

STATIC = Path(__file__).resolve().parent / "static"
READING = Path(__file__).resolve().parent.parent / "extraction" / "README.md"
TEMPLATES = Path(__file__).resolve().parent / "templates"

#: Maps that are kept, for other foldings of the same filter.
_MAPS_KEPT = 32
#: Characters of context shown on either side of a sentence.
_CONTEXT = 400


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentence of a claim, with what stands before and after it. `begins` and `ends`: nothing is cut off there."""

    before: str
    sentence: str
    after: str
    begins: bool = False
    ends: bool = False


class Names:
    """All names of all terms, to be searched for a part of one."""

    def __init__(self, terms: Vocabulary) -> None:
        pairs = [(name.casefold(), id) for id, entry in terms.terms.items() for name in (*entry.names, id)]
        # One long text: searching it is much faster than searching each name.
        self._text = "\n".join(name for name, _ in pairs)
        self._ids = [id for _, id in pairs]
        self._starts = list(accumulate((len(name) + 1 for name, _ in pairs), initial=0))

    def find(self, part: str) -> Iterator[tuple[str, bool]]:
        """The terms one of whose names holds some words, in small letters, and whether that name begins with them."""
        at = self._text.find(part)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield self._ids[number], self._starts[number] == at
            at = self._text.find(part, self._starts[number + 1])


@dataclass
class Site:
    """The store in a folder, ready to be looked at. `open` it; `close` it when done.

    `texts` gives the sentences of the texts that are at hand.
    """

    folder: Path
    limits: Limits = field(default_factory=Limits)
    ontology: Path = paths.ONTOLOGY
    queries: Path = paths.QUERIES
    texts: Texts = field(default_factory=Texts)
    cors: bool = False
    hosts: tuple[str, ...] = ()  # names that it answers to, beside those of loopback and plain addresses
    curator: str = ""  # who corrects claims on the pages; nobody can where there is none
    static: bool = False  # pages for a web host that has no server of ours behind it

    def __post_init__(self) -> None:
        self._maps: OrderedDict[tuple[str, Filter], Pairs] = OrderedDict()
        self._pool: Pool | None = None
        self._pool_lock = asyncio.Lock()
        self.curating = asyncio.Lock()
        self.token = secrets.token_urlsafe(32)  # what shows that a form came from a page of this server
        self.load()

    def load(self) -> None:
        """Read the store. Raises `StoreError` where there is none, `VocabularyError` or `CatalogueError`."""
        # What is read stays: to look again and again for what of it is garbage takes longer than to read it.
        gc.disable()
        try:
            self._load()
        finally:
            gc.enable()

    def _load(self) -> None:
        terms = vocabulary.read(self.ontology)
        catalogue = Catalogue.load(self.queries)
        with Store.open(self.folder, read_only=True) as store:
            version = store.version
            corrections = Corrections.of(store) if self.curator else Corrections()
            index = Index(store.stated(), terms)
        children: dict[str, list[str]] = defaultdict(list)
        for id, entry in terms.terms.items():
            for parent in entry.parents:
                children[parent].append(id)
        # All at once at the end: pages go on being answered from what was there.
        self.vocabulary, self.catalogue, self.index = terms, catalogue, index
        self.corrections = corrections
        self.weights = Weights.of(terms)
        self.version = version
        self._triples = 0
        self.names = Names(terms)
        self._children = children
        self._extractor: Extractor | None = None
        self._maps.clear()
        self.pages = Kept[str, dict[str, str]](self.limits.kept)  # by address, with their headers
        # The claims stay as long as the server: the garbage collector need not look at them again and again.
        gc.collect()
        gc.freeze()

    async def triples(self) -> int:
        """How many triples the graph has; they are counted when first asked for."""
        if not self._triples:
            self._triples = await asyncio.to_thread(self.count)
        return self._triples

    def count(self) -> int:
        """How many triples the graph has. Each is looked at, so that damage to its files is told: raises `OSError`."""
        with Store.open(self.folder, read_only=True) as store:
            return len(store.graph)

    @property
    def graph_folder(self) -> Path:
        """The folder of the graph itself."""
        return self.version.graph(self.folder)

    def _present_graph(self) -> Path:
        """The folder of the graph as it is by now, which may not be read for the pages yet."""
        try:
            return Version.read(self.folder).graph(self.folder)
        except StoreError:
            return self.graph_folder

    @property
    def editor_built(self) -> bool:
        """Whether the editor of the npm registry was built; else queries are written in a plain text field."""
        return (STATIC / "vendor" / "editor.js").is_file()

    def own_label(self, name: str) -> str:
        """The label of a relation or evidence type of ours, by its local name."""
        entry = self.vocabulary.terms.get("stemkg:" + name)
        return entry.label if entry else name.replace("_", " ")

    def has_page(self, id: str) -> bool:
        """Whether a term has a page; where there is no server, only what claims speak of has one."""
        return id in self.index.below or (not self.static and id in self.vocabulary)

    def lineage(self, id: str) -> list[str]:
        """One way from the top of the tree to a term, the shortest, without the term."""
        path: list[str] = []
        entry = self.vocabulary.term(id)
        while entry:
            above = [parent for parent in entry.parents if parent in self.vocabulary and parent not in path]
            if not above:
                break
            # The parent that claims speak of most, so that the path leads through what is on the pages.
            best = max(above, key=lambda parent: (len(self.index.below.get(parent, ())), parent))
            path.append(best)
            entry = self.vocabulary.terms.get(best)
        return path[::-1]

    def children(self, id: str) -> list[tuple[str, bool]]:
        """The terms directly below a term, and whether claims speak of them or of narrower ones; those first."""
        spoken = [(child, child in self.index.below) for child in self._children.get(id, ())]
        return sorted(spoken, key=lambda pair: (not pair[1], self.index.label(pair[0]).casefold()))

    def newest(self, most: int = 5) -> list[Source]:
        """The newest articles that make a claim and are not retracted."""
        index = self.index
        dated = (source for source in index.sources if (source.dated or source.issued) and not source.retracted)
        claiming = (source for source in dated if index.by_article[source.id])
        return nlargest(most, claiming, key=lambda source: (source.dated or source.issued, source.id))

    def read_how_well(self) -> list[list[str]]:
        """How well texts are read: the columns, and a row for each kind of text, as they were measured."""
        rows = [line for line in READING.read_text("utf-8").splitlines() if line.startswith("| ")]
        cells = ([cell.strip(" *") for cell in row.strip("|").split("|")] for row in rows)
        return [row for row in cells if set(row) != {"---"}]

    def sources_of_terms(self) -> list[dict[str, str]]:
        """The ontologies whose terms are used: title, version, licence and page, from the heads of their slices."""
        found = []
        for file in sorted((self.ontology / "imports").glob("*.ttl")):
            with file.open("rb") as lines:
                # The prefixes and the ontology itself, up to the second blank line.
                blocks = islice(groupby(lines, key=lambda line: not line.strip()), 3)
                head = b"".join(line for _, block in blocks for line in block)
            said = {
                triple.predicate.value.rpartition("/")[2].rpartition("#")[2]: getattr(triple.object, "value", "")
                for triple in ox.parse(head, format=ox.RdfFormat.TURTLE)
            }
            said["title"] = said.get("title", file.stem).removeprefix("StemKG slice of the ")
            found.append({name: said.get(name, "") for name in ("title", "versionInfo", "license", "source")})
        return found

    async def explain(self, text: str) -> Trial:
        """What is read in a text."""
        return await asyncio.to_thread(self._explain, text)

    def _explain(self, text: str) -> Trial:
        if self._extractor is None:
            self._extractor = Extractor(self.vocabulary)
        return read_trial(text, self._extractor)

    async def pool(self) -> Pool:
        """The processes that answer queries, started when first asked for."""
        async with self._pool_lock:
            if self._pool is None:
                pool = Pool(self._present_graph(), self.limits, self._present_graph)
                await pool.start()
                self._pool = pool
            return self._pool

    async def refresh(self) -> bool:
        """Read the store again, if it has changed since; whether it has."""
        changed = Version.read(self.folder) != self.version
        if changed:
            await asyncio.to_thread(self.load)
            if self._pool:
                self._pool.store = self.graph_folder
                await self._pool.renew()
        return changed

    async def close(self) -> None:
        """End the processes."""
        if self._pool:
            await self._pool.close()
            self._pool = None

    def pairs(self, kind: str, wanted: Filter) -> Pairs:
        """What a map is made of, kept for the next folding."""
        key = (kind, wanted)
        pairs = self._maps.get(key)
        if pairs is None:
            pairs = self._maps[key] = Pairs(self.index, kind, wanted)
            if len(self._maps) > _MAPS_KEPT:
                self._maps.popitem(last=False)
        else:
            self._maps.move_to_end(key)
        return pairs

    def passage(self, stated: Stated) -> Passage | None:
        """The sentence of a claim in its context; None where neither the text nor a quote is at hand."""
        found = self._sentence(stated)
        if found.search == "found":
            text, start, end = found.text, max(0, found.start - _CONTEXT), found.end + _CONTEXT
            before, after = text[start : found.start], text[found.end : end]
            if start:  # begin with a whole word
                before = before.partition(" ")[2]
            if end < len(text):
                after = after.rpartition(" ")[0]
            return Passage(before, str(found), after, start == 0, end >= len(text))
        return Passage("", stated.quote, "", True, True) if stated.quote else None

    def missing(self, stated: Stated) -> str:
        """Why the text of a claim is not shown, in words; empty where it is."""
        return IN_WORDS[self._sentence(stated).search]

    def _sentence(self, stated: Stated) -> Sentence:
        claim = stated.claim
        return self.texts.sentence(claim.doc, claim.start, claim.end, stated.sentence_hash)

    def belief(self, numbers: list[int], *, positive: bool = True) -> Belief:
        """The belief that the claims for (or against) give, an article each, with its arithmetic."""
        said: dict[int, list[Said]] = defaultdict(list)
        for number in numbers:
            claim = self.index.claims[number].claim
            said[self.index.study(number)].append(
                Said(
                    str(number),
                    claim.polarity == "positive",
                    claim.certainty,
                    claim.evidence,
                    claim.basis,
                    method=claim.method,
                )
            )
        return Belief.of(side(some, self.weights, positive=positive).weight for some in said.values())
