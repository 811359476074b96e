"""`kg.open`: a store asked from a notebook."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import rdflib

import kg
from kg.asking import QueryError
from kg.notebook import Answer, Graph, Picture
from kg.store import StoreError

SENTENCE = "Mesenchymal stem cells are effective in multiple sclerosis."
TEXT = f"""---
title: On <b>cells</b>
date: 2020-02-03
evidence: RandomizedTrial
---

{SENTENCE}
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "article.md").write_text(TEXT)
    kg.build(folder / "article.md", store=folder / "store", workers=1)
    with kg.open(folder / "store") as opened:
        yield opened


def test_questions_and_claims(graph: Graph) -> None:
    (row,) = graph.query("treatments", disease="MS", since="2020")
    assert (row["treatment"], row["for"]) == ("mesenchymal stem cell", 1)
    (claim,) = graph.claims(disease="MS")
    assert (claim["relation"], claim["polarity"], claim["sentence"]) == ("treats", "positive", SENTENCE)
    (row,) = graph.query("treatments", sentences=True)
    assert (row["says"], row["sentence"]) == ("for", SENTENCE)
    (row,) = graph.claims().rows(ids=True)
    assert (row["subject"], row["object"]) == ("CL:0000134", "MONDO:0005301")


def test_an_empty_answer_says_why_and_a_wrong_question_is_refused(graph: Graph, tmp_path: Path) -> None:
    answer = graph.query("treatments", disease="MS", since="2030")
    assert (answer.rows(), answer.why.endswith("1 without --since")) == ([], True)
    with pytest.raises(QueryError, match="no parameter --colour"):
        graph.query("treatments", colour="red")
    with pytest.raises(QueryError, match="not SPARQL"):
        graph.sparql("SELECT")
    with pytest.raises(StoreError, match="no graph"):
        kg.open(tmp_path)


def test_sparql_and_the_graph_itself(graph: Graph) -> None:
    (row,) = graph.sparql("SELECT ?t { ?a a stemkg:Article ; dcterms:title ?t }")
    assert row["t"] == "On <b>cells</b>"
    dataset = graph.graph()
    assert isinstance(dataset, rdflib.Dataset)
    asked = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?c a <https://w3id.org/stemkg/Claim> } }"
    ((count,),) = dataset.query(asked)  # type: ignore[misc]
    assert int(count) == len(graph.claims())


def test_an_answer_is_drawn_as_a_table(graph: Graph) -> None:
    drawn = graph.sparql("SELECT ?t { ?a a stemkg:Article ; dcterms:title ?t }")._repr_html_()
    assert "<td>On &lt;b&gt;cells&lt;/b&gt;</td>" in drawn and "<th>t</th>" in drawn
    many = graph.sparql("SELECT ?s ?p { ?s ?p ?o } LIMIT 60")
    assert "60 rows, the first 50" in many._repr_html_() and repr(many) == "<Answer: 60 rows of s, p>"


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_an_answer_becomes_a_frame(graph: Graph, library: str) -> None:
    pytest.importorskip(library, reason=f"{library} is not here (pip install {library})")
    frame = getattr(graph.query("treatments"), f"to_{library}")()
    assert list(frame.columns)[:2] == ["treatment", "disease"]
    assert (len(frame), frame["for"].sum()) == (1, 1)
    empty = getattr(graph.query("treatments", since="2030"), f"to_{library}")()
    assert (list(empty.columns), len(empty)) == (list(frame.columns), 0)


def test_the_notebook_runs_and_draws_three_pictures() -> None:
    """Each cell as a notebook runs it: the value of its last line is what is shown."""
    notebook = json.loads((Path(__file__).parent.parent / "scripts" / "pictures.ipynb").read_text("utf-8"))
    names: dict[str, object] = {}
    shown = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert not cell["outputs"], "what is under version control has no outputs"
            module = ast.parse("".join(cell["source"]))
            last = module.body.pop() if isinstance(module.body[-1], ast.Expr) else None
            exec(compile(module, "cell", "exec"), names)
            if isinstance(last, ast.Expr):
                shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names))
    pictures = [one for one in shown if isinstance(one, Picture)]
    assert len(pictures) == 3
    for picture in pictures:
        assert ElementTree.fromstring(picture._repr_svg_()).tag.endswith("svg")
    tables = [one for one in shown if isinstance(one, Answer)]
    assert len(tables) == 2 and all(len(one) and "<table>" in one._repr_html_() for one in tables)


def test_a_picture_is_saved(graph: Graph, tmp_path: Path) -> None:
    assert graph.query("treatments").picture is None  # of one row there is none
    Picture("<svg/>").save(tmp_path / "one.svg")
    assert (tmp_path / "one.svg").read_text() == "<svg/>"
