"""Claims from elsewhere: every form is read, what does not hold is refused by name, and who made a claim is kept."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from query_fixture import CATALOGUE

from kg import pipeline
from kg.articles import read as read_article
from kg.claim import Claim
from kg.cli import run
from kg.exports import export
from kg.exports.records import articles
from kg.importing.kept import FILE
from kg.rdf import TYPE, term
from kg.store import Store
from kg.validation import Validator
from kg.vocabulary import load

TEXT = """---
title: A note
work:
  title: A work
  pmid: 4242
---

Mesenchymal stem cells improved lupus. Mesenchymal stem cells secrete interleukin 10, and some of them secrete a factor
that grows vessels. They were given into a vein in forty patients.
"""
SENTENCE = "Mesenchymal stem cells improved lupus."
LUPUS, MSC, IL10, IL6 = "MONDO:0007915", "CL:0000134", "HGNC:5962", "HGNC:6018"
TREATS = {
    "article": "note",
    "quote": "stem cells\nimproved lupus",
    "subject": MSC,
    "predicate": "treats",
    "object": LUPUS,
}
SECRETES = {"article": "PMID:4242", "quote": "secrete interleukin 10", "subject": MSC, "predicate": "secretes",
            "object": IL10}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("importing")
    build(folder, TEXT)
    return folder


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    """A folder with a copy of a store of the text."""
    shutil.copytree(built / "store", tmp_path / "store")
    return tmp_path


def build(folder: Path, text: str) -> pipeline.Summary:
    (folder / "note.md").write_text(text, "utf-8")
    with Store.open(folder / "store") as store:
        return pipeline.build([folder / "note.md"], store, workers=1)


def claims(folder: Path) -> list[Claim]:
    with Store.open(folder / "store", read_only=True) as store:
        return [record.claim for _, records in articles(store) for record in records]


def ours(folder: Path) -> list[Claim]:
    """The claims that were imported."""
    return [claim for claim in claims(folder) if claim.agent or claim.method != "automatic"]


def bring(folder: Path, entries: Any, *options: str, name: str = "claims.jsonl") -> int:
    text = entries if isinstance(entries, str) else "".join(json.dumps(entry) + "\n" for entry in entries)
    (folder / name).write_text(text, "utf-8")
    return run(["import", str(folder / name), "--store", str(folder / "store"), *options])


def test_a_claim_joins_with_who_made_it_and_stands_beside_what_was_read(place: Path) -> None:
    before = claims(place)
    denied = TREATS | {"polarity": "negative", "method": "language-model", "agent": "A model, 2026"}
    assert bring(place, [TREATS, denied], "--agent", "0000-0002-1825-0097") == 0
    assert [claim for claim in claims(place) if claim not in ours(place)] == before
    theirs, model = sorted(ours(place), key=lambda claim: claim.method, reverse=True)
    assert (theirs.method, theirs.agent) == ("manual", "https://orcid.org/0000-0002-1825-0097")
    assert (model.method, model.agent, model.polarity) == ("language-model", "A model, 2026", "negative")
    # The claim is of the whole sentence, as those that were read are; what is treated is the disease of its context.
    assert TEXT[model.start : model.end] == SENTENCE and model.disease == LUPUS
    with Store.open(place / "store", read_only=True) as store:
        assert Validator(load()).check([store.quads("note")]) == []
        agents = {quad.subject for quad in store.graph.quads_for_pattern(None, TYPE, term("prov:Agent"))}
        assert ox.NamedNode("https://orcid.org/0000-0002-1825-0097") in agents
        (row,) = CATALOGUE["contradictions"].run(store, {}, load()).words()
        assert {"systemic lupus erythematosus", "mesenchymal stem cell"} <= set(row)


def test_belief_and_filters_tell_methods_apart(place: Path) -> None:
    model = {"certainty": "asserted", "basis": "finding", "evidence": "RandomizedTrial", "method": "language-model"}
    entry = {**SECRETES, **model, "object": IL6, "quote": "some of them secrete a factor"}
    assert bring(place, [entry]) == 0
    stored = CATALOGUE["claims"]
    with Store.open(place / "store", read_only=True) as store:
        assert len(stored.run(store, {"method": "language-model"}, load()).rows) == 1
        assert len(stored.run(store, {"method": "automatic"}, load()).rows) == len(claims(place)) - 1
        assert not stored.run(store, {"method": "manual"}, load()).rows
        rows = store.query(f"SELECT ?s {{ ?f stemkg:object {term(IL6)} ; stemkg:support ?s }}")
        assert [row["s"].value for row in rows] == ["0.4"]  # type: ignore[union-attr]  # half of 0.8
        export(store, place / "claims.tsv")
        export(store, place / "x", "kgx")
    assert "language-model" in (place / "claims.tsv").read_text("utf-8")
    edges = (place / "x_edges.tsv").read_text("utf-8")
    assert edges.count("computational_model") == 1 and edges.count("text_mining_agent") == len(claims(place)) - 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"quote": "stem cells cured lupus"}, "its words do not stand in the text of note"),
        ({"quote": "Mesenchymal stem cells"}, "its words stand 2 times in the text of note: tell the start"),
        ({"quote": "lupus."}, "fewer than 3 words"),
        ({"article": "letter"}, "there is no 'letter' in the store"),
        ({"object": "MONDO:99"}, "object: 'MONDO:99' is no term of the ontology"),
        ({"object": "stemkg:Intravenous"}, "the object of treats is a disease"),
        ({"predicate": "cures"}, "'cures' is not one of treats"),
        ({"qualifiers": {"route": "stemkg:Nowhere"}}, "route=stemkg:Nowhere is no term"),
        ({"qualifiers": {"color": "stemkg:Intravenous"}}, "'color' is not one of"),
        ({"evidence": "Rumour"}, "evidence: 'Rumour' is not one of"),
        ({"value": "40", "unit": "%"}, "only an outcome has a number"),
        ({"start": "x"}, "start: 'x' is not an offset"),
        ({"weight": 1}, "'weight' is not one of"),
        ({"method": "magic"}, "method: 'magic' is not one of"),
    ],
)
def test_what_does_not_hold_is_refused_by_name_and_the_others_join(
    place: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], said: str
) -> None:
    assert bring(place, [TREATS | change, SECRETES]) == 1
    told = capsys.readouterr().err
    assert "claims.jsonl: line 1: " in told and said in told and "1 are refused" in told
    assert [claim.predicate for claim in ours(place)] == ["secretes"]


def test_every_reason_is_told_at_once_and_a_check_changes_nothing(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = claims(place)
    assert bring(place, [TREATS | {"quote": "not in the text", "object": "MONDO:99"}, TREATS], "--only-check") == 1
    told = capsys.readouterr().err
    assert "do not stand in the text" in told and "is no term" in told and "1 claims pass" in told
    assert claims(place) == before and not (place / "store" / FILE).exists()


def test_what_was_imported_twice_is_there_once(place: Path) -> None:
    assert bring(place, [TREATS]) == 0
    assert bring(place, [TREATS, SECRETES]) == 0
    assert len(ours(place)) == 2 and len((place / "store" / FILE).read_text("utf-8").splitlines()) == 2


def test_no_build_loses_what_was_imported_and_one_whose_words_are_gone_is_named(place: Path) -> None:
    assert bring(place, [TREATS, SECRETES]) == 0
    assert build(place, TEXT.replace("Mesen", "One more sentence stands here. Mesen", 1)).good
    assert {claim.predicate for claim in ours(place)} == {"treats", "secretes"}
    summary = build(place, TEXT.replace("secrete interleukin 10", "release a factor"))
    assert [claim.predicate for claim in ours(place)] == ["treats"]
    (lost,) = summary.skipped
    assert "an imported claim (CL:0000134 secretes HGNC:5962) is left out" in lost


def test_a_curator_has_the_last_word_on_what_was_imported(place: Path) -> None:
    assert bring(place, [TREATS | {"agent": "A reader"}]) == 0
    with Store.open(place / "store", read_only=True) as store:
        (id,) = [r.iri.rpartition("/")[2] for _, rs in articles(store) for r in rs if r.claim.agent == "A reader"]
    assert run(["curate", id, "wrong", "--store", str(place / "store")]) == 0
    assert not ours(place)


TABLE = "doc\tsubject\tpredicate\tobject\tpolarity\tquote\nnote\t{}\ttreats\t{}\tnegative\tstem cells improved lupus\n"
INDRA = [
    {
        "type": "IncreaseAmount",
        "subj": {"name": "IL10", "db_refs": {"HGNC": "5962", "TEXT": "interleukin 10"}},
        "obj": {"name": "IL6", "db_refs": {"HGNC": "6018"}},
        "evidence": [
            {"source_api": "reach", "pmid": "4242", "text": "secrete interleukin 10", "epistemics": {"negated": True}},
            {"source_api": "reach", "pmid": "1", "text": "secrete interleukin 10"},
        ],
        "matches_hash": "1",
    },
    {"type": "Complex", "members": [], "evidence": [], "matches_hash": "2"},
]
EDGE = {
    "id": "e1", "subject": "stemkg:therapy_CL_0000134", "original_subject": MSC, "predicate": "biolink:treats",
    "object": LUPUS, "publications": ["PMID:4242"], "supporting_text": ["stem cells improved lupus"],
    "agent_type": "manual_agent", "primary_knowledge_source": "infores:example", "negated": False,
}  # fmt: skip
BIOC = f"""<collection><source/><date/><key/><document><id>4242</id><passage><offset>10</offset>
<text>Mesenchymal stem cells secrete interleukin 10, and</text>
<annotation id="T1"><infon key="identifier">{MSC}</infon><location offset="10" length="22"/><text>m</text></annotation>
<annotation id="T2"><infon key="identifier">{IL10}</infon><location offset="41" length="14"/><text>i</text></annotation>
<relation id="R1"><infon key="type">secretes</infon><node refid="T1" role="subject"/><node refid="T2" role="object"/>
</relation></passage></document></collection>"""


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("t.tsv", TABLE.format(MSC, LUPUS), (MSC, "treats", LUPUS, "negative", "manual", "")),
        ("e.jsonl", json.dumps(EDGE), (MSC, "treats", LUPUS, "positive", "manual", "infores:example")),
        ("e.tsv", "\t".join(EDGE) + "\n" + "\t".join(v[0] if isinstance(v, list) else str(v) for v in EDGE.values()),
         (MSC, "treats", LUPUS, "positive", "manual", "infores:example")),
        ("b.xml", BIOC, (MSC, "secretes", IL10, "positive", "manual", "")),
    ],
)  # fmt: skip
def test_every_form_is_read(place: Path, name: str, text: str, wanted: tuple[str, ...]) -> None:
    assert bring(place, text, name=name) == 0
    (claim,) = ours(place)
    assert (claim.subject, claim.predicate, claim.object, claim.polarity, claim.method, claim.agent) == wanted


def test_statements_of_indra_are_read_and_what_has_no_relation_here_is_named(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring(place, json.dumps(INDRA), "--method", "automatic", name="statements.json") == 1
    (claim,) = ours(place)
    assert (claim.subject, claim.predicate, claim.object, claim.polarity) == (IL10, "increases", IL6, "negative")
    assert (claim.method, claim.agent) == ("automatic", "reach")
    told = capsys.readouterr().err
    assert "entry 2: statements of type 'Complex' have no relation here" in told
    assert "entry 1, evidence 2: article: there is no 'PMID:1' in the store" in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("a,b\n1,2\n", "neither JSON nor BioC, nor a table with a column 'predicate'"),
        ("{broken\n", "line 1: it is no JSON object"),
        ("[1]", "entry 1: it is no JSON object"),
        ('{"documents": 3}', "its documents are no list"),
        ('{"documents": [{"id": "note", "passages": []}]}', "entry 1: a document without relations"),
        ("<collection><document>", "b"),
        (json.dumps(EDGE | {"predicate": "biolink:related_to"}), "biolink:related_to"),
        (json.dumps(EDGE | {"supporting_text": []}), "the edge quotes no words"),
    ],
)
def test_a_file_that_can_not_be_read_is_told(
    place: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    assert bring(place, text, name="broken") == 1
    told = capsys.readouterr().err
    assert "broken" in told and said in told
    assert not ours(place)


def test_a_line_of_the_store_that_can_not_be_read_is_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "store" / FILE).write_text("{}\n", "utf-8")
    (place / "other.md").write_text(TEXT, "utf-8")
    assert run(["build", str(place / "other.md"), "--store", str(place / "store")]) == 1
    assert f"{FILE}: line 1: can't be read" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", [".bioc.json", ".bioc.xml"])
def test_what_is_exported_as_bioc_is_read_as_text_and_imported_again(
    place: Path, built: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    file, store = place / f"all{suffix}", str(place / "store")
    assert run(["export", str(file), "--store", store]) == 2
    assert "tell where they are (--texts)" in capsys.readouterr().err and not file.exists()
    assert run(["export", str(file), "--store", store, "--texts", str(built / "note.md")]) == 0
    (article,) = read_article(file)
    assert "Mesenchymal stem cells improved lupus." in article.text
    assert run(["import", str(file), "--store", store, "--only-check"]) == 0
    assert f"{len(claims(place))} claims pass" in capsys.readouterr().err


def test_what_is_exported_as_pubtator_has_its_names_where_it_says(place: Path, built: Path) -> None:
    file = place / "all.pubtator"
    assert run(["export", str(file), "--store", str(place / "store"), "--texts", str(built / "note.md")]) == 0
    title, text, *rows = file.read_text("utf-8").rstrip("\n").split("\n")
    whole = title.split("|", 2)[2] + " " + text.split("|", 2)[2]
    named = [row.split("\t") for row in rows if row.split("\t")[1].isdecimal()]
    assert named and all(whole[int(start) : int(end)] == words for _, start, end, words, *_ in named)
    assert MSC in {row[-1] for row in named}
    said = [row.split("\t")[1:4] for row in rows if not row.split("\t")[1].isdecimal()]
    assert said == [[one.predicate, one.subject, one.object] for one in claims(place)]
    (article,) = read_article(file)
    assert SENTENCE in article.text


def test_a_text_that_has_changed_is_left_out_by_name(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "note.md").write_text(TEXT.replace("secrete interleukin 10", "do nothing"), "utf-8")
    file = place / "all.bioc.json"
    assert run(["export", str(file), "--store", str(place / "store"), "--texts", str(place / "note.md")]) == 0
    assert "note: left out, its text has changed" in capsys.readouterr().err
    assert json.loads(file.read_text("utf-8"))["documents"] == []
