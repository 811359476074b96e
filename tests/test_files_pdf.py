"""Papers in PDF: columns with headings, running heads and feet, words that go on from page to page, lowered letters."""

import io
import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import SENTENCES
from reading import check_offsets, outcome, said

from kg.articles import Left
from kg.articles.columns import in_order

platypus = pytest.importorskip("reportlab.platypus", reason="reportlab, which writes PDF, is not installed")
styles = pytest.importorskip("reportlab.lib.styles")
STYLES = styles.getSampleStyleSheet()
TEXT = styles.ParagraphStyle("text", parent=STYLES["BodyText"], fontName="Times-Roman", fontSize=10, leading=12)
WIDTH, HEIGHT = 612, 792


def a_paper(columns: int, title: str, parts: list[tuple[str, str]], *, head: str = "Roe et al. Toes") -> bytes:
    """A paper of parts, each a heading and a paragraph, with the title over the columns, and heads and feet."""
    buffer = io.BytesIO()
    wide = (WIDTH - 144 - 18 * (columns - 1)) / columns
    flush = {"leftPadding": 0, "rightPadding": 0}

    def frames(height: float) -> list[object]:
        return [platypus.Frame(72 + (wide + 18) * n, 60, wide, height, **flush) for n in range(columns)]

    def around(canvas: object, paper: object) -> None:
        canvas.setFont("Times-Roman", 8)  # type: ignore[attr-defined]
        canvas.drawString(72, HEIGHT - 40, head)  # type: ignore[attr-defined]
        canvas.drawRightString(WIDTH - 72, HEIGHT - 40, f"Toe J. 2019;{paper.page}")  # type: ignore[attr-defined]
        canvas.drawCentredString(WIDTH / 2, 30, f"Page {paper.page} of 9")  # type: ignore[attr-defined]

    over = platypus.Frame(72, HEIGHT - 140, WIDTH - 144, 80, **flush)
    first = platypus.PageTemplate("first", [over, *frames(HEIGHT - 210)], onPage=around, autoNextPageTemplate="later")
    later = platypus.PageTemplate("later", frames(HEIGHT - 130), onPage=around)
    flow = [platypus.Paragraph(title, STYLES["Title"]), platypus.FrameBreak()]
    for heading, text in parts:
        flow += [platypus.Paragraph(heading, STYLES["Heading3"])] * bool(heading)
        flow.append(platypus.Paragraph(text, TEXT))
    platypus.BaseDocTemplate(buffer, pagesize=(WIDTH, HEIGHT), pageTemplates=[first, later]).build(flow)
    return buffer.getvalue()


TITLE = "Cells of many kinds for the toes of men who have had gout"
PARTS = st.lists(st.lists(SENTENCES, min_size=8, max_size=16), min_size=8, max_size=9)


@pytest.mark.parametrize("columns", [1, 2, 3])
@settings(max_examples=40, deadline=None)
@given(paragraphs=PARTS)
def test_papers_are_read_column_by_column_and_without_their_heads(columns: int, paragraphs: list[list[str]]) -> None:
    headings = [f"Part {number}" * (number % 3 == 0) for number in range(len(paragraphs))]
    parts = [(heading, " ".join(sentences)) for heading, sentences in zip(headings, paragraphs, strict=True)]
    result = outcome(a_paper(columns, TITLE, parts), "a.pdf")
    article = result.article
    check_offsets(article)
    wanted = [TITLE]
    for heading, sentences in zip(headings, paragraphs, strict=True):
        wanted += [heading] * bool(heading) + sentences
    assert said(article) == wanted
    assert Left.RUNNING in result.left


def test_lowered_letters_stay_in_their_words() -> None:
    text = "They gave H<sub>2</sub>O and 10<super>6</super> T<sub>reg</sub> cells to all mice in the house. They ran."
    article = outcome(a_paper(1, "Cells for Toes", [("", text)]), "a.pdf").article
    assert said(article, "sentence") == [
        "They gave H2O and 10^6 Treg cells to all mice in the house.",
        "They ran.",
    ]


@dataclass(frozen=True)
class Box:
    """A box of text, with what it says."""

    said: str
    x0: float
    y0: float
    x1: float
    y1: float


BOXES = [
    Box("title", 72, 700, 540, 720), Box("left 1", 72, 500, 297, 690), Box("left 2", 72, 400, 200, 410),
    Box("right 1", 315, 550, 540, 690), Box("right 2", 315, 400, 540, 540), Box("figure", 80, 380, 530, 395),
    Box("left 3", 72, 100, 297, 370), Box("right 3", 315, 300, 540, 370), Box("right 4", 315, 100, 400, 290),
]  # fmt: skip


def test_what_goes_across_columns_parts_them() -> None:
    for seed in range(9):
        boxes = random.Random(seed).sample(BOXES, len(BOXES))
        assert [box.said for box in in_order(boxes)] == [box.said for box in BOXES]
