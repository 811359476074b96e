"""The choice among an article's candidates, and the trees that it asks."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction import trees
from kg.extraction.choice import NONE, Choice, Said
from kg.extraction.learned import FOLDER
from kg.extraction.trees import LEAF, Node, Trees

ABOVE = {"cord": ("msc", "cell"), "msc": ("cell",), "knee": ("joint",)}


@dataclass(frozen=True)
class One:
    """A candidate."""

    statement: Said
    sum: int
    carried: bool = False


def choice(*some: list[Node], **notes: str) -> Choice:
    return Choice(Trees(some, notes), lambda id: ABOVE.get(id, ()))


def told(*sentences: list[One]) -> dict[Said, tuple[int, ...]]:
    """What the trees are asked about each statement."""
    found = choice().told(sentences, [7] * len(sentences))
    return {said: one.values for said, one in found.items()}


CORD: Said = ("cord", "treats", "knee")
MSCS: Said = ("msc", "treats", "knee")


def test_a_statement_is_seen_beside_its_rivals() -> None:
    values = told([One(CORD, 500), One(MSCS, 100), One(("drug", "treats", "knee"), 50)])[MSCS]
    assert values[0] == 100
    best, above, narrower, broader, likely = values[2:7]
    assert (best, above, narrower, broader, likely) == (500, 400, 400, NONE - 100, 2)
    assert values[7:12] == (NONE, NONE - 100, NONE - 100, NONE - 100, 0)  # no other disease
    assert told([One(CORD, 500), One(MSCS, 100)])[CORD][5] == 100 - 500  # the broader one


def test_rivals_stand_in_the_sentence_or_in_the_article() -> None:
    values = told([One(CORD, 500)], [One(MSCS, 100)])[MSCS]
    assert values[2] == NONE and values[12] == 500


def test_a_statement_is_told_where_it_is_said_best() -> None:
    found = choice().told([[One(MSCS, -5)], [One(MSCS, 20), One(MSCS, 10)], [One(MSCS, 15)]], [3, 4, 5])[MSCS]
    assert found.sentence == 1
    assert found.values[-8:] == (1, 0, 1, 2, 0, 3, 33, 4)
    assert found.values[-9] == 15  # where it is said second best


def test_other_relations_of_the_same_ends_are_seen() -> None:
    other: Said = ("msc", "affects", "knee")
    assert told([One(MSCS, 5)], [One(other, 9)])[MSCS][22] == 9


def test_what_is_hopeless_is_not_looked_at() -> None:
    assert not told([One(MSCS, -5000)])
    assert choice([(LEAF, 3, 0, 0)]).scores([[One(MSCS, -5000), One(CORD, 1)]], [2]) == {CORD: (0, 3)}


STATEMENTS = st.builds(
    One,
    st.tuples(
        st.sampled_from(("cord", "msc", "cell")),
        st.sampled_from(("treats", "affects")),
        st.sampled_from(("knee", "joint")),
    ),
    st.integers(-3000, 3000),
    st.booleans(),
)


@given(st.lists(st.lists(STATEMENTS, max_size=6), min_size=1, max_size=4))
def test_the_order_of_candidates_changes_nothing(sentences: list[list[One]]) -> None:
    """But which of two with the same sum is the best: whether an end of it goes unnamed."""
    turned = [sorted(some, key=repr) for some in sentences]
    lengths = [5] * len(sentences)
    one, other = choice().told(sentences, lengths), choice().told(turned, lengths)
    assert one.keys() == other.keys()
    assert all(len(found.values) == 32 for found in one.values())
    assert all(one[said].values[:26] == other[said].values[:26] for said in one)


# --- trees


@st.composite
def grown(draw: st.DrawFn) -> list[Node]:
    """A tree of three values."""
    nodes: list[Node] = [(LEAF, draw(st.integers(-99, 99)), 0, 0)]
    for _ in range(draw(st.integers(0, 5))):
        leaf = draw(st.sampled_from([k for k, node in enumerate(nodes) if node[0] == LEAF]))
        nodes[leaf] = (draw(st.integers(0, 2)), draw(st.integers(-9, 9)), len(nodes), len(nodes) + 1)
        nodes += [(LEAF, draw(st.integers(-99, 99)), 0, 0) for _ in range(2)]
    return nodes


@given(st.lists(grown(), max_size=4), st.tuples(*[st.integers(-12, 12)] * 3))
def test_trees_are_what_they_were_when_they_are_read_again(
    tmp_path_factory: pytest.TempPathFactory, some: list[list[Node]], values: tuple[int, ...]
) -> None:
    file = tmp_path_factory.mktemp("trees") / "some.tsv.gz"
    trees.dump(Trees(some, {"threshold": "-3", "trained": "x y"}), file)
    again = Trees.load("some", file.parent)
    assert again.trees == tuple(map(tuple, some)) and again.notes == {"threshold": "-3", "trained": "x y"}
    assert again.sum(values) == Trees(some, {}).sum(values) == sum(Trees([one], {}).sum(values) for one in some)


def test_what_is_no_tree_is_refused_by_place(tmp_path: Path) -> None:
    file = tmp_path / "bad.tsv.gz"
    file.write_bytes(gzip.compress(b"#threshold\t1\n-1:4:0:0\nno tree", mtime=0))
    with pytest.raises(ValueError, match=r"bad\.tsv\.gz:3: no tree: 'no tree'"):
        Trees.load("bad", tmp_path)


def test_the_shipped_trees_are_read_and_written_the_same(tmp_path: Path) -> None:
    file = FOLDER / "choice.tsv.gz"
    trees.dump(Trees.load("choice"), tmp_path / "again.tsv.gz")
    assert (tmp_path / "again.tsv.gz").read_bytes() == file.read_bytes()
