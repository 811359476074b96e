"""The charts of answers: every value is drawn and told, no name is cut, and a picture stands on its own."""

from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from query_fixture import CATALOGUE, fixture

from kg.asking import Rows
from kg.catalogue import CHARTS, Chart, StoredQuery
from kg.web.charts import alone, chart

VOCABULARY, STORE = fixture()
SVG = "{http://www.w3.org/2000/svg}"
INTEGER, DECIMAL = (ox.NamedNode("http://www.w3.org/2001/XMLSchema#" + name) for name in ("integer", "decimal"))


def drawn(stored: StoredQuery, rows: Rows) -> ElementTree.Element:
    picture = chart(stored, rows)
    assert picture is not None
    return ElementTree.fromstring(str(picture))


def words(root: ElementTree.Element) -> str:
    return " ".join(node.text or "" for node in root.iter() if node.tag in (SVG + "text", SVG + "title"))


def asked(kind: str, columns: tuple[str, ...], *rows: tuple[object, ...]) -> tuple[StoredQuery, Rows]:
    """A query with a chart of a kind, whose x, y and series are its first three columns, and an answer."""

    def cell(value: object) -> ox.Literal | ox.NamedNode | None:
        if isinstance(value, int | float):
            return ox.Literal(str(value), datatype=INTEGER if isinstance(value, int) else DECIMAL)
        if isinstance(value, str) and value.startswith("stemkg:"):
            return ox.NamedNode("https://w3id.org/stemkg/" + value.removeprefix("stemkg:"))
        return None if value is None else ox.Literal(str(value))

    stored = StoredQuery(
        "made-up", "", "", (), {name: name for name in columns}, ("a",), "", chart=Chart(kind, *columns[:3])
    )
    return stored, Rows(columns, [tuple(map(cell, row)) for row in rows])


WITH_CHARTS = [query for query in CATALOGUE if query.chart]


def test_every_kind_of_chart_is_asked_for_by_a_query() -> None:
    assert {query.chart.type for query in WITH_CHARTS if query.chart} == set(CHARTS)


@pytest.mark.parametrize("query", WITH_CHARTS, ids=lambda query: query.name)
def test_the_charts_of_stored_queries_are_drawn(query: StoredQuery) -> None:
    values = {one.name: one.example for one in query.parameters if one.required}
    rows = query.run(STORE, values, VOCABULARY)
    if len(rows) < 2:
        assert chart(query, rows) is None
        return
    root = drawn(query, rows)
    assert root.get("aria-label") and query.chart
    text = words(root)
    first = next(rows.word(row[query.chart.x]) for row in rows if row[query.chart.x])
    assert all(word in text for word in first.split())


def test_bars_of_several_diseases_name_theirs() -> None:
    stored, rows = asked(
        "belief", ("effect", "belief", "treatment", "disease"),
        ("pain", 0.9, "marrow", "lupus"), ("pain", 0.6, "marrow", "sepsis"), ("pain", 0.1, "marrow", None),
    )  # fmt: skip
    told = words(drawn(stored, rows))
    assert "pain · lupus" in told and "pain · sepsis" in told and "marrow" not in told


def test_a_belief_is_a_bar_of_its_length_with_a_part_for_each_article() -> None:
    stored, rows = asked(
        "belief", ("treatment", "belief", "disease", "evidence", "arithmetic"),
        ("one", 0.7, "lupus", "stemkg:ClinicalTrial", "1 − (1−0.60)(1−0.25) = 0.7"),
        ("two", 0.25, "lupus", "stemkg:AnimalStudy", "1 − (1−0.25) = 0.25"),
    )  # fmt: skip
    root = drawn(stored, rows)
    bars = [one for one in root.iter(SVG + "rect") if one.get("class") in ("e4", "e7") and one.get("height") == "16"]
    assert [one.get("class") for one in bars] == ["e4", "e4", "e7"]
    wide = [float(one.get("width", 0)) + 1.5 for one in bars]
    assert (wide[0] + wide[1]) / wide[2] == pytest.approx(0.7 / 0.25, rel=0.01)
    assert wide[0] / wide[1] == pytest.approx(0.6 / 0.1, rel=0.02)


def test_columns_stand_on_each_other_and_years_without_any_have_their_place() -> None:
    stored, rows = asked(
        "columns", ("year", "articles", "evidence"),
        ("2018", 3, "stemkg:ClinicalTrial"), ("2018", 1, "stemkg:AnimalStudy"), ("2021", 2, "stemkg:AnimalStudy"),
    )  # fmt: skip
    root = drawn(stored, rows)
    bars = [one for one in root.iter(SVG + "rect") if one.get("stroke-width") == "0"]
    lower, upper = bars[:2]
    top = float(lower.get("y", 0))
    assert top == pytest.approx(float(upper.get("y", 0)) + float(upper.get("height", 0)) + 1, abs=0.2)
    assert all(year in words(root).split() for year in ("2018", "2019", "2020", "2021", "year", "articles"))


def test_a_dot_has_its_range_and_its_number_of_articles() -> None:
    stored, rows = asked(
        "dots", ("outcome", "mean", "disease", "lowest", "highest", "articles"),
        ("improved", 50, "lupus", 40, 60, 3), ("died", 5, "lupus", 5, 5, 1),
    )  # fmt: skip
    root = drawn(stored, rows)
    dots = [float(one.get("cx", 0)) for one in root.iter(SVG + "circle")]
    (line, *_) = [one.get("d", "") for one in root.iter(SVG + "path") if "line" in one.get("class", "")]
    low, high = float(line[1:].split()[0]), float(line.partition("H")[2])
    assert low < dots[0] < high and dots[1] < low
    assert "50 %, n = 3" in words(root) and "5 %, n = 1" in words(root)


def test_a_network_has_each_name_and_each_line_once() -> None:
    stored, rows = asked("network", ("cell", "mechanism", "disease"), ("a", "m", "d"), ("b", "m", "d"), ("b", "n", "e"))
    root = drawn(stored, rows)
    lines = [one for one in root.iter(SVG + "path") if one.get("class", "").startswith("t")]
    names = [node.text for node in root.iter(SVG + "text") if node.get("class") != "q"]
    assert len(lines) == 5 and sorted(map(str, names[:6])) == ["a", "b", "d", "e", "m", "n"]


def test_a_heat_map_is_darker_for_more_and_says_how_much() -> None:
    stored, rows = asked("heat", ("disease", "first", "second"), ("lupus", 0.9, 0.1), ("knee <&>", 0.3, None))
    root = drawn(stored, rows)
    shades = [float(one.get("fill-opacity", 0)) for one in root.iter(SVG + "rect") if one.get("fill-opacity")]
    assert shades[0] == max(shades) and shades[1] == min(shades) and len(shades) == 3
    assert all(told in words(root) for told in ("0.9", "0.1", "0.3", "knee <&>", "first", "second"))


@pytest.mark.parametrize("kind", ["belief", "bar", "dots", "heat"])
def test_no_name_is_cut(kind: str) -> None:
    long = "a very long name of a cell product that nobody would ever want to read in one line of a picture"
    stored, rows = asked(kind, ("a", "b", "c"), (long, 0.5, "one"), ("short", 0.25, "two"))
    assert all(word in words(drawn(stored, rows)) for word in long.split())


def test_a_picture_to_take_away_has_its_own_style() -> None:
    stored, rows = asked("bar", ("a", "b", "c"), ("x", 1, "one"), ("y", 2, "two"))
    picture = chart(stored, rows)
    assert picture is not None
    root = ElementTree.fromstring(alone(picture))
    assert root.find(SVG + "style") is not None and root.get("width") == "900"


def test_nothing_is_drawn_of_one_row_or_of_no_number() -> None:
    assert chart(*asked("bar", ("a", "b", "c"), ("x", 1, "one"))) is None
    assert chart(*asked("bar", ("a", "b", "c"), ("x", "many", "one"), ("y", "few", "one"))) is None
