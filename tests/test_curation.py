"""What curators correct: it counts at once, no build loses it, and it can be taken back."""

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from query_fixture import CATALOGUE, fixture

from kg import curation, pipeline
from kg.cli import run
from kg.curation import Correction, Corrections, CurationError, correct, gold, read_claim
from kg.exports.records import articles
from kg.namespaces import CLAIM
from kg.rdf import CLOSURE_GRAPH, ONTOLOGY_GRAPH, Graph
from kg.scoring import read_claims
from kg.stated import read
from kg.store import Store
from kg.validation import Validator
from kg.vocabulary import load

TEXT = "A note\n\nMesenchymal stem cells improved lupus.\n"
TREATMENTS = CATALOGUE["treatments"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("curation") / "built"
    folder.mkdir()
    (folder / "note.txt").write_text(TEXT, "utf-8")
    build(folder)
    return folder


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    """A folder with a text and a store of it, to be changed."""
    return Path(shutil.copytree(built, tmp_path, dirs_exist_ok=True))


def build(place: Path) -> None:
    with Store.open(place / "store") as store:
        assert pipeline.build([place / "note.txt"], store, workers=1).good


def dump(place: Path) -> set[str]:
    """All that the graph says beside the ontology."""
    with Store.open(place / "store", read_only=True) as store:
        names = set(store.graph.named_graphs()) - {ONTOLOGY_GRAPH, CLOSURE_GRAPH}
        return {str(quad) for name in names for quad in store.graph.quads_for_pattern(None, None, None, name)}


def treated(place: Path) -> dict[str, tuple[str, ...]]:
    """What is said to be treated, with how many articles are for and against."""
    with Store.open(place / "store", read_only=True) as store:
        return {row[1]: row[4:7] for row in TREATMENTS.run(store, {}, load()).words()}


def claim_on(place: Path, disease: str) -> str:
    with Store.open(place / "store", read_only=True) as store:
        (id,) = [
            stated.id
            for _, claims in read(store.graph)
            for stated in claims
            if stated.claim.object == disease and stated.claim.predicate == "treats"
        ]
        return id


LUPUS = "MONDO:0007915"


def curate(place: Path, *arguments: str) -> int:
    return run(["curate", *arguments, "--store", str(place / "store")])


def test_what_is_wrong_counts_no_longer_and_may_be_right_again(place: Path) -> None:
    before, claim = dump(place), claim_on(place, LUPUS)
    assert "systemic lupus erythematosus" in treated(place)
    assert curate(place, claim, "wrong", "--why", "of a plan", "--who", "A curator") == 0
    assert "systemic lupus erythematosus" not in treated(place)
    with Store.open(place / "store", read_only=True) as store:
        assert claim not in {record.iri.rpartition("/")[2] for _, records in articles(store) for record in records}
        assert claim not in {stated.id for _, claims in read(store.graph) for stated in claims}
        assert list(Validator(load()).check_store(store)) == []
    assert curate(place, claim, "right") == 0
    assert "systemic lupus erythematosus" in treated(place)
    assert {line for line in dump(place) if "judgement" not in line} == before


def test_what_is_to_be_changed_says_the_new(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claim = claim_on(place, LUPUS)
    assert curate(place, claim, "change", "--object", "lupus nephritis", "--why", "narrower") == 0
    found = treated(place)
    assert "lupus nephritis" in found and "systemic lupus erythematosus" not in found
    capsys.readouterr()
    assert curate(place, "--format", "tsv") == 0
    header, line = capsys.readouterr().out.splitlines()
    row = dict(zip(header.split("\t"), line.split("\t"), strict=True))
    assert (row["verdict"], row["why"], row["new_object"]) == ("change", "narrower", "MONDO:0005556")
    table = place / "gold.tsv"
    assert curate(place, "--export", str(table)) == 0
    (claim_,) = read_claims(table)
    assert (claim_.object, claim_.disease, claim_.doc) == ("MONDO:0005556", "MONDO:0005556", "note")


def test_no_build_loses_a_correction(place: Path) -> None:
    assert curate(place, claim_on(place, LUPUS), "wrong", "--who", "A") == 0
    corrected = dump(place)
    build(place)
    assert dump(place) == corrected
    # Read anew, with another sentence before: the places of all sentences are others.
    (place / "note.txt").write_text(TEXT.replace("Mesen", "This was looked into. Mesen", 1), "utf-8")
    build(place)
    assert "systemic lupus erythematosus" not in treated(place)


def test_the_last_word_on_a_claim_counts_and_nothing_is_lost(place: Path) -> None:
    claim = claim_on(place, LUPUS)
    for verdict in ("wrong", "right", "wrong"):
        assert curate(place, claim_on(place, LUPUS) if verdict == "x" else claim, verdict) == 0
    assert "systemic lupus erythematosus" not in treated(place)
    assert len((place / "store" / curation.FILE).read_text("utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{claim}", "maybe"], "'maybe' is not a verdict: right, wrong, change"),
        (["{claim}", "change"], "a change, and nothing else, takes"),
        (["{claim}", "change", "--object", "lupsu nephritis"], "no term is called 'lupsu nephritis'"),
        (["{claim}", "change", "--predicate", "helps"], "'helps' is not one of treats"),
        (["ffffffff", "wrong"], "there is no claim"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    before = dump(place)
    assert curate(place, *(one.format(claim=claim_on(place, LUPUS)) for one in arguments)) == 2
    assert words in capsys.readouterr().err
    assert dump(place) == before and not (place / "store" / curation.FILE).exists()


def test_a_table_that_can_not_be_read_is_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "store" / curation.FILE).write_text("when\twho\n", "utf-8")
    assert curate(place, claim_on(place, LUPUS), "wrong") == 2
    assert "corrections.tsv:1: the columns are not" in capsys.readouterr().err
    with pytest.raises(CurationError):
        build(place)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_corrections_come_and_go_without_a_trace(data: st.DataObject) -> None:
    """Whatever was corrected before, the graph is the one that the corrections of now give; none give the first one."""
    _, store = fixture()
    id = data.draw(st.sampled_from(store.article_ids()))
    old = Graph.of(store.quads(id))
    claims = [read_claim(id, said) for node, said in old.said.items() if node.startswith("<" + CLAIM)]

    def some() -> Corrections:
        lines = []
        for claim, sentence in data.draw(st.lists(st.sampled_from(claims), max_size=4)) if claims else []:
            verdict = data.draw(st.sampled_from(curation.VERDICTS))
            new = "MONDO:0005301" if verdict == "change" else ""
            key = (claim.subject, claim.predicate, claim.object, claim.polarity, claim.value)
            lines.append(Correction("2026", "A", verdict, "", id, sentence, *key, new_object=new))
        return Corrections(lines)

    def lines(graph: Graph) -> set[str]:
        return set(graph.lines.splitlines())

    first, second = some(), some()
    assert lines(Corrections().graph(id, old)) == lines(old)
    once = first.graph(id, old)
    again = Graph.of(ox.parse(once.lines.encode(), format=ox.RdfFormat.N_QUADS))
    assert lines(first.graph(id, again)) == lines(once)
    assert lines(second.graph(id, again)) == lines(second.graph(id, old))
    assert lines(Corrections().graph(id, again)) == lines(old)


def test_gold_has_what_was_found_right(place: Path) -> None:
    with Store.open(place / "store") as store:
        (claim, sentence) = next(
            read_claim("note", said)
            for node, said in Graph.of(store.quads("note")).said.items()
            if node.startswith("<" + CLAIM)
        )
        assert list(gold(store)) == []
        key = (claim.subject, claim.predicate, claim.object, claim.polarity, claim.value)
        correct(store, Correction("2026", "A", "right", "", "note", sentence, *key))
        assert list(gold(store)) == [claim.row()]
        with pytest.raises(CurationError, match="no such article"):
            correct(store, Correction("2026", "A", "right", "", "none", sentence, *key))
