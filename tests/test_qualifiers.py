"""A qualifier is spelt in one place: one more in `kg.claim`, declared in an ontology, is found everywhere else.

The program is run with that one list longer, in a process of its own, since every module takes it when it is imported.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg import ontology, paths
from kg.claim import QUALIFIERS

DECLARED = """
stemkg:laterality a owl:ObjectProperty ;
    rdfs:label "side treated" ;
    IAO:0000115 "The side of the body that the treatment of a claim was given to." ;
    rdfs:subPropertyOf stemkg:qualifier ;
    stemkg:valueKind "route" .
"""

#: Runs a piece of code as if `kg/claim.py` had one more qualifier.
DRIVER = """
import sys
import kg.claim
kg.claim.QUALIFIERS = (*kg.claim.QUALIFIERS, "laterality")
sys.path.insert(0, sys.argv[1])
from pathlib import Path
FOLDER = Path(sys.argv[2])
exec(sys.argv[3])
"""

SETUP = """
import dataclasses, io
from kg.claim import COLUMNS, Claim
from kg.quads import article_quads
from kg.rdf import build_node
from kg.store import Staged, Store
from kg.vocabulary import Vocabulary
from samples import article, claims, ontology

ontology(FOLDER / "ontology")
with (FOLDER / "ontology" / "stemkg.ttl").open("a") as file:
    file.write('stemkg:laterality rdfs:label "side treated" ; stemkg:valueKind "route" .')
WORDS = Vocabulary.load(FOLDER / "ontology")
ROW = dict(zip(COLUMNS, claims("a")[0].row(), strict=True)) | {"qualifiers": "laterality=stemkg:Intravenous"}
CLAIM = Claim.from_row(ROW)

def store(*some, folder=None):
    made = Store.open(folder)
    made.begin()
    made.stage([Staged.of("a", "", "", article_quads(article("a"), some, build=build_node(WORDS)))])
    made.commit(WORDS)
    return made
"""


def run(folder: Path, code: str, *, setup: str = SETUP) -> str:
    """What a piece of code prints that runs with one more qualifier."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(Path(__file__).parent), str(folder), setup + code],
        capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_record_and_its_table_have_it(tmp_path: Path) -> None:
    assert "laterality" not in QUALIFIERS
    assert run(tmp_path, "print(CLAIM.row()[-1], CLAIM.qualifiers)") == (
        "laterality=stemkg:Intravenous (('laterality', 'stemkg:Intravenous'),)\n"
    )


def test_the_ontology_check_asks_for_it(tmp_path: Path) -> None:
    code = (
        "from kg.ontology import qualifiers, read\n"
        "for row in qualifiers(read(FOLDER / 'o')): print(row.entity, row.reason)"
    )
    shutil.copytree(paths.ONTOLOGY, tmp_path / "o")
    assert "stemkg:laterality Claims may have this qualifier" in run(tmp_path, code, setup="")
    with (tmp_path / "o" / "stemkg.ttl").open("a") as file:
        file.write(DECLARED)
    assert run(tmp_path, code, setup="") == ""
    # The other way round: what is declared, and no claim may have.
    (row,) = ontology.qualifiers(ontology.read(tmp_path / "o"))
    assert row.entity == "stemkg:laterality" and "no claim may have it" in row.reason
    assert not ontology.qualifiers(ontology.read())


def test_the_shapes_check_what_it_takes(tmp_path: Path) -> None:
    code = """
from kg.validation import Validator
for value in ("stemkg:Intravenous", "UBERON:0002371", "stemkg:Unheard"):
    claim = dataclasses.replace(CLAIM, qualifiers=(("laterality", value),))
    quads = article_quads(article("a"), [claim], build=build_node(WORDS))
    checker = Validator(WORDS)
    fast, reference = checker.check([quads]), checker.reference(quads)
    assert [one.reason for one in fast] == [one.reason for one in reference], (fast, reference)
    print(value, *(problem.reason for problem in fast))
"""
    wrong = "a qualifier is a term with a label, of a kind that the qualifier takes"
    assert run(tmp_path, code).splitlines() == [
        "stemkg:Intravenous", f"UBERON:0002371 {wrong}", f"stemkg:Unheard {wrong}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("turtle.write_turtle", "stemkg:laterality stemkg:Intravenous"),
        ("turtle.write_trig", "stemkg:laterality stemkg:Intravenous"),
        ("jsonld.write_jsonld", '"laterality": "stemkg:Intravenous"'),
        ("claims.write_tsv", "laterality=stemkg:Intravenous"),
        ("claims.write_csv", "laterality=stemkg:Intravenous"),
        ("nanopub.write_nanopubs", "stemkg:laterality stemkg:Intravenous"),
        ("kgx.write_details_jsonl", '"laterality":"stemkg:Intravenous"'),
        ("kgx.write_details_tsv", "laterality"),
    ],
)
def test_every_export_has_it(tmp_path: Path, name: str, said: str) -> None:
    module, _, function = name.partition(".")
    code = f"""
from kg.exports import {module} as form
output = io.BytesIO()
form.{function}(store(CLAIM), output)
print(output.getvalue().decode())
"""
    assert said.replace(" ", "") in run(tmp_path, code).replace(" ", "")


def test_it_comes_back_from_the_graph_and_tells_claims_apart(tmp_path: Path) -> None:
    code = """
from kg.diff import compare
from kg.exports.records import articles
from kg.stated import read
made = store(CLAIM)
((_, (record,)),) = articles(made)
((_, (stated,)),) = read(made.graph)
assert record.claim.qualifiers == stated.claim.qualifiers == CLAIM.qualifiers
bare = dataclasses.replace(CLAIM, qualifiers=())
print(sorted((change.change, change.value) for change in compare("a", [CLAIM], [bare])))
denied = dataclasses.replace(bare, polarity="negative", start=1)
for quad in store(CLAIM, denied).graph.quads_for_pattern(None, None, None, None):
    if quad.predicate.value.endswith(("affirmedWith", "deniedWith", "differences")):
        print(quad.object.value)
"""
    first, *others = run(tmp_path, code).splitlines()
    assert first == "[('gone', 'laterality=stemkg:Intravenous'), ('new', '')]"
    assert sorted(others) == ["1", "laterality not said", "laterality stemkg:Intravenous"]


def test_the_pages_and_the_command_line_show_it(tmp_path: Path) -> None:
    code = """
from kg.rdf import claim_node
from kg.web.site import Site
from web_fixture import serving
store(CLAIM, folder=FOLDER / "store").close()
iri = claim_node(CLAIM).value
site = Site(FOLDER / "store", ontology=FOLDER / "ontology")
with serving(site) as server:
    page = server.page("/claim/" + iri.rpartition("/")[2]).text
assert "<dt>Laterality</dt>" in page, page
site.close()
from kg.exhibit import exhibit
from kg.texts import Texts
with Store.open(FOLDER / "store", read_only=True) as made:
    print([row for row in exhibit(made, iri, Texts()).rows if "laterality" in row[0] or "side" in row[0]])
"""
    assert "intravenous" in run(tmp_path, code)
