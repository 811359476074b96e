"""The evidence map: its trees, its marks, its filters and its pictures."""

from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from web_fixture import make, site

from kg.claim import EVIDENCE, Basis, Certainty, Claim, Evidence, Polarity, Qualifier
from kg.namespaces import PREFIXES, expand
from kg.stated import Source, Stated
from kg.vocabulary import Vocabulary
from kg.web import drawing
from kg.web.evidence_map import Node, Pairs, headings, tree
from kg.web.index import Filter, Index, Mark

SUBCLASS, LABEL = (ox.NamedNode(PREFIXES["rdfs"] + name) for name in ("subClassOf", "label"))


def words(**parents: str) -> Vocabulary:
    """A vocabulary of terms `stemkg:X`, each with its parents, separated by spaces."""
    triples = []
    for name, above in parents.items():
        triples.append(ox.Triple(ox.NamedNode(expand(f"stemkg:{name}")), LABEL, ox.Literal(name.lower())))
        triples += [
            ox.Triple(ox.NamedNode(expand(f"stemkg:{name}")), SUBCLASS, ox.NamedNode(expand(f"stemkg:{parent}")))
            for parent in above.split()
        ]
    return Vocabulary(triples, "0")


def shape(nodes: list[Node]) -> list[object]:
    """A forest as nested lists of names."""
    return [
        [node.id.removeprefix("stemkg:"), *shape(node.children)] if node.children else node.id.removeprefix("stemkg:")
        for node in nodes
    ]


MEDICINE = words(
    Disease="", Immune="Disease", Autoimmune="Immune", Lupus="Autoimmune", Nephritis="Lupus Kidney",
    Sclerosis="Autoimmune Nerve", Nerve="Disease", Kidney="Disease", Crohn="Immune", Parkinson="Nerve", Knee="Disease",
)  # fmt: skip


def grow(weights: dict[str, int]) -> list[object]:
    named = {"stemkg:" + name: weight for name, weight in weights.items()}
    return shape(tree(named, named, MEDICINE))


def test_a_tree_has_the_terms_and_the_groups_that_tell_them_apart() -> None:
    weights = {"Lupus": 9, "Nephritis": 3, "Sclerosis": 5, "Crohn": 1, "Parkinson": 4, "Knee": 2}
    assert grow(weights) == [
        ["Immune", ["Autoimmune", ["Lupus", "Nephritis"], "Sclerosis"], "Crohn"],
        "Parkinson",
        "Knee",
    ]


def test_a_term_of_several_groups_stands_once_and_names_the_others() -> None:
    used = {"stemkg:" + name: 1 for name in ("Lupus", "Sclerosis", "Crohn", "Parkinson", "Knee", "Nerve")}
    weights = used | {"stemkg:Lupus": 5}
    forest = tree(used, weights, MEDICINE)
    assert shape(forest) == [["Immune", ["Autoimmune", "Lupus", "Sclerosis"], "Crohn"], ["Nerve", "Parkinson"], "Knee"]
    shown, _ = headings(
        forest, frozenset(used) | {"stemkg:Immune", "stemkg:Autoimmune"}, 9, 99, ancestors=MEDICINE.ancestors
    )
    assert {one.id: one.others for one in shown if one.others} == {"stemkg:Sclerosis": ("stemkg:Nerve",)}


def test_what_is_known_best_unfolds_first() -> None:
    forest = [Node("a", [Node("b"), Node("c")]), Node("d", [Node("e"), Node("f")])]
    weight = {"a": 1, "d": 2}
    shown, opened = headings(forest, None, 4, 100, weight=lambda id: weight.get(id, 0))
    assert opened == {"d"} and [one.id for one in shown] == ["a", "d", "e", "f"]


def test_beside_the_map_stands_what_is_known_best_and_what_is_disputed() -> None:
    def claim(disease: str, polarity: Polarity = "positive", evidence: Evidence = "RandomizedTrial") -> Claim:
        return Claim(
            "a",
            0,
            9,
            "CL:0000134",
            "treats",
            f"stemkg:{disease}",
            polarity=polarity,
            evidence=evidence,
            basis="finding",
        )

    pairs = Pairs(
        index(
            (1, claim("Lupus")), (2, claim("Lupus")), (1, claim("Knee")), (2, claim("Knee", "negative")),
            (3, claim("Crohn", evidence="MetaAnalysis")), (4, claim("Parkinson", "negative")),
        ),
        "cells", Filter(),
    )  # fmt: skip
    best, disputed = pairs.findings()
    assert [one.row for one in best] == ["stemkg:Crohn", "stemkg:Lupus", "stemkg:Knee"]
    assert [one.row for one in disputed] == ["stemkg:Knee"]
    assert len(pairs.findings(1)[0]) == 1


def test_of_groups_with_the_same_terms_the_narrowest_is_shown() -> None:
    assert grow({"Lupus": 1, "Sclerosis": 2, "Knee": 3, "Parkinson": 1}) == [
        ["Autoimmune", "Sclerosis", "Lupus"],
        "Knee",
        "Parkinson",
    ]


def test_what_holds_most_terms_is_no_group() -> None:
    assert grow({"Lupus": 2, "Knee": 1}) == ["Lupus", "Knee"]
    assert grow({}) == []
    assert grow({"Unknown": 1, "Knee": 2}) == ["Knee", "Unknown"]


@given(
    st.dictionaries(st.integers(0, 14), st.sets(st.integers(0, 14), max_size=3), min_size=1, max_size=15),
    st.sets(st.integers(0, 14), min_size=1),
)
@example({2: {0, 1}, 8: {0, 1}}, {0, 2, 8})
@settings(max_examples=60)
def test_a_tree_holds_every_term_under_terms_above_it(above: dict[int, set[int]], used: set[int]) -> None:
    # Parents have smaller numbers, so that there is no circle.
    parents = {f"T{n}": " ".join(f"T{p}" for p in above.get(n, ()) if p < n) for n in range(15)}
    vocabulary = words(**parents)
    weights = {f"stemkg:T{n}": n + 1 for n in used}
    found: set[str] = set()

    def walk(nodes: list[Node], over: set[str]) -> None:
        for node in nodes:
            assert over <= vocabulary.ancestors(node.id)
            assert node.id not in found, "a term stands once"
            found.add(node.id)
            walk(node.children, over | {node.id})

    walk(tree(weights, weights, vocabulary), set())
    assert weights.keys() <= found


def test_headings_unfold_as_told_or_until_there_are_enough() -> None:
    forest = [Node("a", [Node("b", [Node("c"), Node("d")]), Node("e")]), Node("f")]
    shown, opened = headings(forest, None, 4, 100)
    assert ([heading.id for heading in shown], opened) == (["a", "b", "e", "f"], {"a"})
    shown, opened = headings(forest, frozenset("ab"), 1, 100)
    assert [(heading.id, heading.depth, heading.foldable, heading.open) for heading in shown] == [
        ("a", 0, True, True), ("b", 1, True, True), ("c", 2, False, False), ("d", 2, False, False),
        ("e", 1, False, False), ("f", 0, False, False),
    ]  # fmt: skip
    assert [heading.id for heading in headings(forest, frozenset("b"), 9, 100)[0]] == ["a", "f"]
    assert len(headings(forest, frozenset("ab"), 9, 3)[0]) == 3


def index(*claims: tuple[int, Claim]) -> Index:
    """An index of claims, each with the number of its article, issued in the year 2000 and as many."""
    by_article: dict[int, list[Stated]] = {}
    for number, (article, claim) in enumerate(claims):
        by_article.setdefault(article, []).append(Stated(str(number), claim))
    return Index(
        ((Source(f"a{n}", issued=str(2000 + n), retracted=n == 9), found) for n, found in sorted(by_article.items())),
        MEDICINE,
    )


def treats(
    cell: str,
    disease: str,
    evidence: Evidence = "ClinicalTrial",
    polarity: Polarity = "positive",
    certainty: Certainty = "asserted",
    species: str = "",
    basis: Basis = "finding",
) -> Claim:
    qualifiers: tuple[tuple[Qualifier, str], ...] = (("species", species),) if species else ()
    return Claim(
        "a", 0, 9, "stemkg:" + cell, "treats", "stemkg:" + disease, "stemkg:" + disease, polarity, certainty, evidence,
        basis, qualifiers=qualifiers,
    )  # fmt: skip


def test_a_mark_counts_articles_once_and_takes_the_strongest_evidence() -> None:
    found = Pairs(
        index(
            (1, treats("Knee", "Lupus", "Review")),
            (1, treats("Knee", "Nephritis", "AnimalStudy", certainty="hedged")),
            (2, treats("Knee", "Nephritis", "CaseReport", certainty="hedged")),
            (3, treats("Knee", "Lupus", "MetaAnalysis", polarity="negative")),
            (4, treats("Knee", "Sclerosis")),
            (9, treats("Knee", "Lupus", "MetaAnalysis")),
        ),
        "cells",
        Filter(),
    ).folded()
    lupus = found.marks["stemkg:Lupus", "stemkg:Knee"]
    assert (lupus.articles, lupus.supporting, lupus.hedged, lupus.opposing) == (3, 2, 1, 1)
    assert lupus.evidence == "CaseReport"
    nephritis = found.marks["stemkg:Nephritis", "stemkg:Knee"]
    assert (nephritis.articles, nephritis.hedged, nephritis.evidence) == (2, 2, "CaseReport")
    assert found.articles == 4


@pytest.mark.parametrize(
    ("wanted", "articles"),
    [
        (Filter(), {1, 2, 3, 4}),
        (Filter(evidence="ClinicalTrial"), {1, 2}),
        (Filter(certainty="asserted"), {1, 3, 4}),
        (Filter(certainty="hedged"), {2}),
        (Filter(species="stemkg:Crohn"), {3}),
        (Filter(since=2002), {2, 3, 4}),
        (Filter(until=2002), {1, 2}),
        (Filter(since=2003, until=2003), {3}),
        (Filter(polarity="negative"), {4}),
        (Filter(disease="stemkg:Autoimmune"), {1, 2}),
        (Filter(object="stemkg:Lupus"), {1, 2}),
        (Filter(term="stemkg:Nerve"), {3}),
        (Filter(subject="stemkg:Parkinson"), {3}),
        (Filter(subject="stemkg:Parkinson", object="stemkg:Lupus"), set()),
        (Filter(article="a4"), {4}),
        (Filter(article="a9"), {9}),
        (Filter(predicate="secretes"), set()),
    ],
)
def test_filters(wanted: Filter, articles: set[int]) -> None:
    found = index(
        (1, treats("Knee", "Lupus")),
        (2, treats("Knee", "Nephritis", "RandomizedTrial", certainty="hedged")),
        (3, treats("Parkinson", "Parkinson", "AnimalStudy", species="stemkg:Crohn")),
        (4, treats("Knee", "Crohn", "Review", polarity="negative")),
        (9, treats("Knee", "Lupus")),
    )
    assert {int(found.source(number).id[1:]) for number in found.select(wanted)} == articles


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans(), st.sampled_from(EVIDENCE)), max_size=12))
def test_marks_add_up_in_any_order(claims: list[tuple[int, bool, bool, Evidence]]) -> None:
    def mark(some: list[tuple[int, bool, bool, Evidence]]) -> Mark:
        made = Mark()
        for article, positive, hedged, evidence in some:
            polarity: Polarity = "positive" if positive else "negative"
            certainty: Certainty = "hedged" if hedged else "asserted"
            made.add(article, Stated("", treats("Knee", "Lupus", evidence, polarity, certainty)))
        return made

    halves = mark(claims[::2])
    halves.update(mark(claims[1::2]))
    assert halves == mark(claims[::-1])
    assert halves.hedged <= halves.supporting <= halves.articles <= halves.supporting + halves.opposing


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_a_mark_is_the_bigger_the_more_articles(some: int, more: int) -> None:
    some, more = sorted((some, more))
    assert 0 < drawing.radius(some, 10_000) <= drawing.radius(more, 10_000) <= 13


def test_the_picture_is_whole_and_escaped(tmp_path: Path) -> None:
    ready = site(make(tmp_path / "site"))
    shown = ready.pairs("cells", Filter()).folded()
    picture = drawing.map_svg(shown, ready.index, [(1, "<strong> & best")], "A <map>")
    root = ElementTree.fromstring(picture)
    circles = root.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(circles) == len(shown.marks) + 1
    texts = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"A <map>", "<strong> & best", "lupus nephritis"} <= texts
