# ruff: noqa: E501 (each row of the tables is a page)
"""Pages as they come: text in any markup, headings in buttons, layout tables, dates and titles of every make."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_shapes import FURNITURE, SHAPES, Story
from reading import check_offsets, only, outcome, said

from kg.articles import Left

CELLS = "Marrow stem cells eased pain in patients with gout in a trial of fifty people."


def page(body: str, head: str = "", attributes: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body{attributes}>{body}</body></html>"


def read_page(body: str, head: str = "", attributes: str = "") -> list[str]:
    return said(only(page(body, head, attributes), "a.html"))


def test_text_and_br_in_a_div_are_the_article() -> None:
    found = read_page(
        "<div><p>Thoughts about cells and about toes, of many kinds.</p></div><div class='post'><h3>Cells for the toe</h3>"
        f"<div>{CELLS}<br><br>They were seen again after a year.</div></div>"
    )
    assert found == ["Cells for the toe", CELLS, "They were seen again after a year."]


def test_a_layout_table_is_text_and_a_table_of_data_is_not() -> None:
    assert read_page(f"<p>A site about cells and toes and what is said of them.</p><table><tr><td><p>{CELLS}</p></td></tr></table>") == [CELLS]  # fmt: skip
    body = (
        f"<article><p>{CELLS}</p><table><tr><th>Dose of cells</th><td>12 people were well.</td></tr></table></article>"
    )
    result = outcome(page(body), "a.html")
    assert said(result.article) == [CELLS] and result.left == [Left.TABLE]


@pytest.mark.parametrize(
    ("body", "attributes"),
    [
        (f"<form action='./a.aspx'><div><h1>Toes</h1><p>{CELLS}</p></div></form>", ""),
        (f"<table><tr><td><h1>Toes</h1></td></tr><tr><td>{CELLS} {CELLS}<br><br>{CELLS}</td></tr></table>", ""),
        (f"<h1>Toes</h1><p>{CELLS}</p><div role='dialog'><p>Take our cookies.</p></div>", " aria-hidden='true'"),
        (f"<h1>Toes</h1><p>{CELLS}</p>", " style='visibility:hidden'"),
    ],
)
def test_a_page_that_is_wrapped_in_one_element_is_read(body: str, attributes: str) -> None:
    found = read_page(body, attributes=attributes)
    assert found[:2] == ["Toes", CELLS] and not any("cookies" in sentence for sentence in found)


def test_headings_in_buttons_and_links_are_headings() -> None:
    body = (
        f"<article><h1>Lupus</h1><h3><button>What do stem cells do?</button></h3><p>{CELLS}</p>"
        f"<h2><a href='#s2'>Benefits of cells</a></h2><p>{CELLS}</p><button>Print this page now</button></article>"
    )
    article = only(page(body), "a.html")
    assert said(article, "title", "heading") == ["Lupus", "What do stem cells do?", "Benefits of cells"]
    assert "Print" not in article.text


def test_hidden_text_is_left_out_and_told() -> None:
    result = outcome(page(f"<p>{CELLS}</p><p style='display: none'>Cells cure all.</p><p hidden>More.</p>"), "a.html")
    assert said(result.article) == [CELLS]
    assert result.left == [Left.HIDDEN, Left.HIDDEN]


@pytest.mark.parametrize(
    ("head", "hidden"),
    [
        ("<style>p { color: red } .x, .y { display: none }</style>", "class='y'"),
        ("", "style='font-size: 0'"), ("", "style='position: absolute; left: -9999px'"), ("", "class='sr-only'"),
        ("", "aria-hidden='true'"), ("", "class='comments'"),
    ],
)  # fmt: skip
def test_what_nobody_sees_is_left_out(head: str, hidden: str) -> None:
    result = outcome(
        page(f"<article><p>{CELLS}</p><div {hidden}>Cells cure all that hurts.</div></article>", head), "a.html"
    )
    assert said(result.article) == [CELLS] and len(result.left) == 1


@pytest.mark.parametrize(
    ("head", "shown"),
    [
        ("<style>@media print { .x { display: none } } .y .x { display: none }</style>", "class='x'"),
        ("", "style='display: inline-block'"), ("", "style='content-visibility: hidden-not'"),
        ("", "style='display:none' class='accordion-body'"), ("", "class='has-sidebar no-comments'"),
        ("", "class='widget widget_text'"), ("", "id='social-life'"), ("", "class='with-share-bar'"),
    ],
)  # fmt: skip
def test_what_a_reader_may_see_is_kept(head: str, shown: str) -> None:
    body = f"<article><p>{CELLS}</p><section {shown}><p>They were well all the same.</p></section></article>"
    assert read_page(body, head) == [CELLS, "They were well all the same."]


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("They ran [<a href='#B1'>1</a>,<a href='#B2'>2</a>–<a href='#B4'>4</a>].", "They ran."),
        ("They ran [<a href='/a#ref-CR1'>1</a>, <a href='/a#ref-CR2'>2</a>].", "They ran."),
        ("They ran<sup><a href='#b1'>1</a>,<a href='#b2'>2</a></sup>.", "They ran."),
        ("They ran (<a href='#bib1'>Roe et al., 2010</a>; <a href='#bib2'>Doe, 2011</a>).", "They ran."),
        ("They ran (reviewed in <a href='#bib1'>Roe et al., 2010</a>).", "They ran."),
        ("<a href='#bib1'>Roe et al. (2010)</a> saw that.", "Roe et al. (2010) saw that."),
        ("They ran (Figure <a href='#F1'>1</a> and Table <a href='#T2'>2</a>).", "They ran (Figure 1 and Table 2)."),
        ("They ran.<sup>[<i><a href='/cn'>citation needed</a></i>]</sup>", "They ran."),
        ("They ran <a href='/far'>very far</a>.", "They ran very far."),
        ("<a href='http://x.org/study'>They ran as far as men who have both of their legs, and some ran farther.</a>",
         "They ran as far as men who have both of their legs, and some ran farther."),
    ],
)  # fmt: skip
def test_citations_go_with_their_brackets_and_words_stay(sentence: str, text: str) -> None:
    assert read_page(f"<article><p>{CELLS}</p><p>{sentence}</p></article>") == [CELLS, text]


def test_a_heading_that_is_a_link_stays_over_its_text() -> None:
    body = f"<article><h1>Toes</h1><p>{CELLS}</p><h2><a href='/more'>What is more</a></h2><p>{CELLS} So it is.</p></article>"
    others = "<ul><li><a href='/1'>Another page of ours</a></li></ul><h2><a href='/2'>Another page</a></h2><p>It is short.</p>"
    assert read_page(body) == ["Toes", CELLS, "What is more", CELLS, "So it is."]
    result = outcome(page(body.replace("</article>", f"{others}</article>")), "a.html")
    assert "Another page" not in " ".join(said(result.article)) and result.left == [Left.SITE]


@pytest.mark.parametrize(
    ("encoding", "declared", "letters"),
    [
        ("utf-8", "iso-8859-1", "“naïve”"), ("gbk", "gb2312", "“裏”"), ("cp932", "x-sjis", "①"), ("cp1252", "latin1", "’é"),
        ("utf-8", "utf8mb4", "“naïve”"),
    ],
)  # fmt: skip
def test_a_page_is_in_the_encoding_that_browsers_take_it_for(encoding: str, declared: str, letters: str) -> None:
    data = page(f"<p>{letters} {CELLS}</p>", f"<meta charset={declared}>").encode(encoding)
    assert said(only(data, "a.html")) == [f"{letters} {CELLS}"]


def test_a_control_character_is_dropped() -> None:
    assert "They had pain in the toe." in read_page(f"<p>{CELLS} They had pain \x1din the toe.</p>")


def test_powers_stay_and_marks_of_references_go() -> None:
    found = read_page(
        f"<p>{CELLS} We gave <span>10<sup>6</sup></span> cells and 2 × 10 <sup>7</sup> more. They had no pain.<sup>12,13</sup>"
        " Their fibrosis<sup>1–3</sup> went.<sup><a href='#r4'>[4]</a></sup> CD4<sup>+</sup> cells fell <a href='#r5'>[5]</a>.</p>"
    )
    assert found[1:] == [
        "We gave 10^6 cells and 2 × 10^7 more.", "They had no pain.", "Their fibrosis went.", "CD4+ cells fell.",
    ]  # fmt: skip


def test_windows_letters_under_the_name_of_another_encoding() -> None:
    data = page(f"<p>The patient\x92s \x93toe\x94 \x96 {CELLS}</p>", "<meta charset=iso-8859-1>").encode("latin-1")
    assert said(only(data, "a.html"))[0].startswith("The patient’s “toe” – Marrow")


@pytest.mark.parametrize(
    ("stated", "issued"),
    [
        ("2013 Aug", "2013-08"), ("2013 Jan-Feb", "2013"), ("August 2013", "2013-08"), ("08/29/2023", "2023-08-29"),
        ("2023-8-9", "2023-08-09"), ("2009 Winter", "2009"), ("n.d.", ""), ("2023/02/30", "2023-02"),
        ("Tue, 29 Aug 2023 07:00:00 GMT", "2023-08-29"), ("20230829", "2023-08-29"),
    ],
)  # fmt: skip
def test_a_date_never_refuses_a_page(stated: str, issued: str) -> None:
    result = outcome(page(f"<p>{CELLS}</p>", f'<meta name="citation_publication_date" content="{stated}">'), "a.html")
    assert result.article.issued == issued
    assert result.left == ([Left.DATE] if stated in ("n.d.", "2023/02/30") else [])


LINKED = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (LINKED.format('{"@type": "MedicalWebPage", "datePublished": "2019-05-06"}'), ""),
        (LINKED.format('//<![CDATA[\n{"headline": "Toes", "datePublished": "2019-05-06"}\n//]]>'), ""),
        (LINKED.format('{"mainEntity": {"headline": "Toes", "datePublished": "2019-05-06"}}'), ""),
        ("", "<time datetime='2019-05-06T07:00'>Monday</time>"), ("", "<time>6 May 2019</time>"),
        ("", "<time class='updated' datetime='2020-01-01'></time><time datetime='2019-05-06'></time>"),
        ("", "<abbr class='published' title='2019-05-06T07:00'>7 AM</abbr>"),
    ],
)  # fmt: skip
def test_the_day_that_a_page_marks(head: str, body: str) -> None:
    later = "<time datetime='2011-01-01'>the day of the trial</time>"
    article = only(page(f"<article><h1>Toes</h1>{body}<p>{CELLS * 6} It was on {later}.</p></article>", head), "a.html")
    assert article.issued == "2019-05-06"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ('<meta property="og:title" content="Cells for toes">', "<header><h1>Toe News</h1></header>", "Cells for toes"),
        ("<title>Cells for toes | Toe News</title>", "", "Cells for toes"),
        ("<title>Toe News</title>", "<article><h1>Cells for toes</h1></article>", "Cells for toes"),
        ("<title>Cells for toes - Toe News</title>", "<h1>Toe News</h1>", "Cells for toes"),
        ("<title>Toe News: Cells for toes</title>", "<h1>Toe News</h1><h3>Cells for toes</h3>", "Cells for toes"),
        (
            "<title>Toe News | Cells for toes</title>",
            "<div id='head'><h1>Toe News</h1></div><h2>Cells for toes</h2>",
            "Cells for toes",
        ),
        ("<title>Toe News » Cells for toes</title>", "", "Cells for toes"),
        ("<title>A House of Very Many Toes - Gout</title>", "<main><h1>Gout</h1></main>", "Gout"),
        (
            "<title>Toe News</title><meta property='og:title' content='Toe News'><meta property='og:site_name' content='Toe News'>",
            "<header><h1>Toe News</h1></header><h2>Cells for toes</h2>",
            "Cells for toes",
        ),
        ('<meta property="og:title" content="&amp;#8220;Cells&amp;#8221; &amp;amp; toes">', "", "“Cells” & toes"),
        ("<title>Cells for toes</title>", "<h1>Cells for toes<sup>*</sup></h1>", "Cells for toes"),
    ],
)
def test_the_title_is_the_article_s_and_not_the_site_s(head: str, body: str, title: str) -> None:
    article = only(page(f"{body}<p>{CELLS}</p>", head), "a.html")
    assert article.title == title and title in said(article, "title")


def test_a_retracted_paper_s_page_says_so_in_its_title() -> None:
    article = only(page(f"<h1>RETRACTED ARTICLE: Cells for toes</h1><p>{CELLS}</p>"), "a.html")
    assert article.retracted


WORDS = st.sampled_from(
    [
        "stem",
        "cells",
        "ease",
        "the",
        "pain",
        "of",
        "patients",
        "who",
        "had",
        "gout",
        "and",
        "walk",
        "more",
        "than",
        "before",
        "while",
        "others",
        "rest",
        "in",
        "bed",
    ]
)
SENTENCES = st.lists(WORDS, min_size=6, max_size=14).map(lambda words: f"{' '.join(words).capitalize()}.")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=4, unique=True).map(" ".join)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    count = draw(st.integers(1, 4))
    paragraphs = draw(st.lists(PARAGRAPHS, min_size=count, max_size=3 * count, unique=True))
    parts = tuple(
        (f"Part {number} of all" if number else "", tuple(paragraphs[number::count])) for number in range(count)
    )
    return Story(f"Cells for {draw(WORDS)} {draw(WORDS)}s", parts)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@settings(max_examples=40, deadline=None)
@given(story=stories())
def test_a_page_of_any_shape_gives_its_whole_text(shape: object, story: Story) -> None:
    assert callable(shape)
    article = only(shape(story), "a.html")
    check_offsets(article)
    assert article.title == story.title
    found = " ".join(said(article))
    for paragraph in story.paragraphs:
        assert paragraph in found
    for heading in story.headings:
        assert heading in found
    for furniture in [*FURNITURE[:3], FURNITURE[4]]:
        assert furniture not in found
