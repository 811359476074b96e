# ruff: noqa: E501 (each row of the tables is a text)
"""Markdown and plain text as programs write them: front matter, quotations, boxes, formulas, and what is left out."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import SENTENCES
from reading import check_offsets, only, outcome, said

from kg.articles import Left
from kg.articles.edits import as_it_reads

CELLS = "Mesenchymal stem cells reduced TNF-α in mice with colitis."


def reads(text: str, name: str = "a.md") -> list[str]:
    """The sentences of a text as they are read."""
    article = only(text, name)
    check_offsets(article)
    return said(as_it_reads(article)[0])


@pytest.mark.parametrize(
    ("markdown", "sentences"),
    [
        ("> They ran\n> very\n> far.\n>\n> > They rested.", ["They ran very far.", "They rested."]),
        ("> [!NOTE]\n> They ran\n> far.", ["They ran far."]),
        (":::tip\nThey ran.\n:::", ["They ran."]),
        ("!!! note\n    They ran.", ["They ran."]),
        ("[[Stem cells]] help in [[osteoarthritis|OA]]. ![[a.png]]", ["Stem cells help in OA."]),
        ("T~reg~ and CD4^+^ cells of H~2~O rose, ~~not~~ fell.", ["Treg and CD4+ cells of H2O rose, not fell."]),
        ("We gave $2 \\times 10^{6}$ cells; $p < 0.05$ and $\\alpha$ for $5 or $6.", ["We gave 2 × 10^6 cells; p < 0.05 and α for $5 or $6."]),
        ("They ran.<sup>1,2</sup> They had 10<sup>6</sup> cells<sup>[3](#r3)</sup>.", ["They ran.", "They had 10^6 cells."]),
        ("Stem cell\n:   They are cells of many kinds.\n", ["Stem cell", "They are cells of many kinds."]),
        ("They eased pain in all OA patients of the house. #cells", ["They eased pain in all OA patients of the house.", "#cells"]),
        ("They were osteo-\narthritic, pre-\nand post-treatment.", ["They were osteoarthritic, pre- and post-treatment."]),
    ],
)  # fmt: skip
def test_what_programs_write_around_words_is_no_word(markdown: str, sentences: list[str]) -> None:
    assert reads(f"# Cells\n\n{markdown}\n") == ["Cells", *sentences]
    assert reads(f"# Cells\n\n{markdown}\n".replace("\n", "\r")) == ["Cells", *sentences]


@pytest.mark.parametrize(
    "heading", ["# Cells #", "# Cells {#sec:cells .big}", "## Cells ##", "# Cells {-}", "Cells\n==="]
)
def test_the_end_of_a_heading_is_no_word_of_it(heading: str) -> None:
    article = only(f"{heading}\n\n{CELLS}\n", "a.md")
    assert article.title == "Cells" and said(article, "title") == ["Cells"]


@pytest.mark.parametrize(
    ("front", "authors"),
    [
        ("---\ntitle: Cells: what they do\nauthor: Ann Roe\ndate: 2019-05-06\n---\n", ("Ann Roe",)),
        ('+++\ntitle = "Cells: what they do"\nauthors = ["Ann Roe", "Bo Doe"]\ndate = 2019-05-06T07:00:00Z\n+++\n', ("Ann Roe", "Bo Doe")),
        ("---\ntitle: 'Cells: what they do'\nauthor:\n  name: Ann Roe\n  url: x\ndate: 2019-05-06\n---\n", ("Ann Roe",)),
        ("---\ntitle: Cells: what they do\nauthors:\n  - name: Ann Roe\n  - Bo Doe\ndate: May 6, 2019\n---\n", ("Ann Roe", "Bo Doe")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_as_people_write_it(front: str, authors: tuple[str, ...], end: str) -> None:
    article = only(f"{front}\n{CELLS}\n".replace("\n", end), "a.md")
    assert (article.title, article.authors, article.issued) == ("Cells: what they do", authors, "2019-05-06")
    assert said(article, "sentence") == [CELLS]


def test_broken_toml_is_named() -> None:
    [error] = outcome("+++\ntitle = \n+++\nText.\n", "a.md").errors
    assert "line 2: front matter: " in str(error)


def test_a_title_in_several_lines() -> None:
    title = "Stem cells ease the pain of forty people whose knees had hurt them for ten years\nor more, in one house"
    article = only(f"{title}\n\n{CELLS}\n")
    assert article.title == title.replace("\n", " ")
    assert said(article) == [article.title, CELLS]


def test_a_text_of_one_line_without_a_stop_is_read() -> None:
    assert said(only("Stem cells ease the pain of many people\n")) == ["Stem cells ease the pain of many people"]


def test_words_parted_at_the_ends_of_lines_are_whole() -> None:
    text = (
        "All of the many mesenchymal stem cells of the old donors were well in the osteo-\narthritic mice that were given "
        "them for their graft-versus-\nhost disease, and bone marrow-\nderived cells were too.\n"
    )
    assert reads(f"Cells for Toes\n\n{text}", "a.txt")[1:] == [
        "All of the many mesenchymal stem cells of the old donors were well in the osteoarthritic mice that were given "
        "them for their graft-versus-host disease, and bone marrow-derived cells were too."
    ]


@pytest.mark.parametrize(
    ("part", "left"),
    [
        ("Subscribe to our newsletter", Left.SITE), ("```\nprint(12)\n```", Left.CODE), ("| Dose | n |\n|---|---|\n| low | 12 |", Left.TABLE),
        ("Dose | n\n--- | ---\nlow of all | 12", Left.TABLE),
        ("Related articles\nOther cells\nMore of them", Left.SITE), ("Doe J. Other cells. Toe J. 2001;1:1-9.", Left.REFERENCES),
        ("## References\n\n1. Doe J. Other cells. Toe J. 2001;1:1-9.", Left.REFERENCES),
        ("## Funding\n\nThe house of toes paid for all of it.", Left.BACK), ("Home | Blog | Shop", Left.SITE),
    ],
)  # fmt: skip
def test_what_is_left_out_of_a_text_is_told(part: str, left: Left) -> None:
    result = outcome(f"# Cells\n\n{CELLS}\n\n{part}\n", "a.md")
    assert said(result.article) == ["Cells", CELLS]
    assert set(result.left) == {left}
    assert result.notes[0].place in ("line 5", "line 6", "line 7")


def test_what_tells_of_an_article_is_not_left_out() -> None:
    result = outcome(f"Cells for Toes\n\nBy Ann Roe\nMay 6, 2019\nTags: toes, cells\n\n{CELLS}\n")
    assert (result.article.authors, result.article.issued) == (("Ann Roe",), "2019-05-06")
    assert not result.left


WORDS = st.sampled_from(
    ["Share this", "Home > Toes > Gout", "© 2019 The House of Toes", "https://example.org/toes", "A last line"]
)


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(st.one_of(SENTENCES, WORDS), min_size=1, max_size=8), ends=st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_word_is_read_or_told(parts: list[str], ends: str) -> None:
    result = outcome("\n\n".join(["# Cells for toes", *parts, "They ran."]).replace("\n", ends), "a.md")
    found = [*said(result.article), *(word for note in result.notes for word in note.detail.split(" …"))]
    told = " ".join(chain(found, result.article.topics, [result.article.publisher, *result.article.authors]))
    for part in parts:
        assert all(word in told for word in part.split()), part
