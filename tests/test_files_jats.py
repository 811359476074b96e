"""JATS as publishers write it: citations, powers, boxes, dates, names, retractions, translations."""

from io import BytesIO

import pytest
from reading import check_offsets, only, outcome, said
from records import CELLS, jats

from kg.articles import Left
from kg.articles.files import Mended

XREF = '<xref ref-type="bibr" rid="B1">'


def paragraph(markup: str) -> str:
    """What a paragraph reads; {…} stands for a citation."""
    return only(jats(f"<p>{markup.replace('{', XREF).replace('}', '</xref>')}</p>"), "a.nxml").text.partition("\n")[2]


@pytest.mark.parametrize(
    "markup",
    [
        "Cells heal (Roe et al., {2011}).",
        "Cells heal (Roe et al., {2011}, {2012}; Doe and Poe, {2013}).",
        "Cells heal (Roe, van der Doe &amp; Poe {2012a}, {b}).",
        "Cells heal ({Roe} et al., {2011}).",
        "Cells heal {(Roe et al., 2011)}.",
        "Cells heal {[3]}, {[4]}.",
        "Cells heal [{3}], [{4}].",
        "Cells heal [{3}]–[{5}].",
        "Cells heal [{3}] and [{4}].",
        "Cells heal (reviewed in [{3}]).",
        "Cells heal [reviewed in ({3})].",
        "Cells heal (cf {3}).",
        "Cells heal ({3} &amp; {4}).",
        "Cells heal ({3}, pp. 12–13).",
        "Cells heal ({3}: 12–13).",
        "Cells heal<sup>{1}</sup><sup>,</sup><sup>{3}</sup>.",
        "Cells heal<sup>{1}</sup>–<sup>{3}</sup>.",
        "Cells heal<sup>{1}</sup>, <sup>{3}</sup> and <sup>{4}</sup>.",
        "Cells heal ({Roe, 2011}; but see {Doe, 2012}).",
        "Cells heal (according to {Roe, 2011}).",
        "Cells heal (discussed in detail in {3}).",
        "Cells heal (see {3} for a review).",
        "Cells heal<sup>{Roe 2011}</sup>.",
        "Cells heal<sup>1,*</sup>.",
        "Cells heal<sup>{1}</sup>, as in ref. {4}.",
        "Cells heal, as in references {3} and {4}.",
        "Cells heal (references {3} and {4}).",
        "Cells heal<sup>*,†</sup>.",
        "Cells heal<sup>[1],[2]</sup>.",
    ],
)
def test_a_citation_goes_with_all_that_belongs_to_it(markup: str) -> None:
    assert paragraph(markup) == "Cells heal."


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("In ref. {12}, cells healed.", "In ref. 12, cells healed."),
        ("In [{12}], cells healed.", "In [12], cells healed."),
        ("[{3}] showed it.", "[3] showed it."),
        ("Cells heal. [{3}] They run.", "Cells heal. They run."),
        ("Roe et al. [{3}] showed it.", "Roe et al. showed it."),
        ("Cells were made as described in [{3}].", "Cells were made as described."),
        ("Both [{3}] and [{4}] in mice [{5}] did.", "Both in mice did."),
        ("Cells heal ({3} and unpublished data).", "Cells heal (unpublished data)."),
        ("Cells (MSCs, {3}) heal (Fig. 1; {4}).", "Cells (MSCs) heal (Fig. 1)."),
        ("Cells (MSCs<sup>{3}</sup>) heal (95; {4}) well.", "Cells (MSCs) heal (95) well."),
        ("Cells (Table 1 and reference {3}) heal.", "Cells (Table 1) heal."),
        ("IL-10 [{3}], TNF-α [{4}] and IL-6 [{5}] rose.", "IL-10, TNF-α and IL-6 rose."),
    ],
)
def test_what_is_a_word_of_the_sentence_stays(markup: str, text: str) -> None:
    assert paragraph(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<sup>5</sup>-10<sup>6</sup> cells", "10^5-10^6 cells"),
        ("10<sup>5–6</sup> and 10<sup>6.5</sup> cells", "10^5–6 and 10^6.5 cells"),
        ("10<sup>6 </sup>cells and pain<sup>{4} </sup>too", "10^6 cells and pain too"),
        ("10<sup>6,{7}</sup> CD34<sup>+{7}</sup> cells", "10^6 CD34+ cells"),
        ("the <sup>18</sup>F-FDG, the <sup>99m</sup>Tc and <sup>51</sup>Cr", "the 18F-FDG, the 99mTc and 51Cr"),
        ("in 2010<sup>6</sup> 95%<sup>6</sup> of 2<sup>8</sup> had tau<sup>2</sup>", "in 2010 95% of 2^8 had tau2"),
        ("at 37<sup>o</sup>C and 4 <sup>∘</sup>C", "at 37°C and 4°C"),
        ("at &lt;i&gt;p&lt;/i&gt; &amp;lt; 0.05 of 10&lt;sup&gt;6&lt;/sup&gt;", "at p < 0.05 of 10^6"),
        ("of $3\\times 10^6$ cells at $5 or $6", "of 3 × 10^6 cells at $5 or $6"),
    ],
)
def test_powers_isotopes_degrees_and_escaped_markup(markup: str, text: str) -> None:
    assert paragraph(markup) == text
    assert only(jats(title=markup.replace("{", XREF).replace("}", "</xref>")), "a.nxml").title == text


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<msup><mn>10</mn><mrow><mo>−</mo><mn>6</mn></mrow></msup>", "10^-6"),
        ("<mn>3</mn><mo>×</mo><msup><mstyle><mn>10</mn></mstyle><mstyle><mn>6</mn></mstyle></msup>", "3 × 10^6"),
        ("<msup><mi>CD34</mi><mo>+</mo></msup><mtext>&#160;cells</mtext>", "CD34+ cells"),
        ("<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mn>1</mn>", "x2 + 1"),
        ("<mi>p</mi><mo>&lt;</mo><mn>0.05</mn>", "p < 0.05"),
    ],
)
def test_formulas_in_mathml(formula: str, text: str) -> None:
    maths = f'<math xmlns="http://www.w3.org/1998/Math/MathML">{formula}</math>'
    assert paragraph(f"Of <inline-formula>{maths}</inline-formula> all.") == f"Of {text} all."


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("$10^{-6}$", "10^-6"),
        ("$$\\hbox {10}^{6}$$", "10^6"),
        ("$2 \\times {10}^{6}$", "2 × 10^6"),
        ("$\\mathrm{CD}34^{+}$", "CD34+"),
        ("$\\upbeta $", "β"),
        ("$\\frac{1}{2}$", "1/2"),
        ("\\(p \\le 0.05\\)", "p ≤ 0.05"),
    ],
)
def test_formulas_in_tex(formula: str, text: str) -> None:
    for markup in (f"<inline-formula><tex-math>{formula}</tex-math></inline-formula>", formula):
        article = only(jats(f"<p>Of {markup} all.</p>"), "a.nxml")
        assert article.text.endswith(f"\nOf {text} all.")


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<verse-group><title>Ode</title><verse-line>To cells</verse-line></verse-group>", ["Ode", "To cells"]),
        ("<disp-quote><p>We are well.</p><attrib>A patient</attrib></disp-quote>", ["We are well.", "A patient"]),
        ("<statement><title>Claim</title><p>Cells heal.</p></statement>", ["Claim", "Cells heal."]),
        ("<fig-group><caption><title>All toes</title></caption><fig><caption><p>One.</p></caption></fig></fig-group>",
         ["All toes", "One."]),
        ("<def-list><title>Terms</title><def-item><term>A</term><def><p>b</p></def></def-item><def-list><def-item>"
         "<term>C</term></def-item></def-list></def-list>", ["Terms", "• A: b", "• C"]),
        ("<list><list-item>Cells <italic>heal</italic>.</list-item></list>", ["• Cells heal."]),
        ("Cells heal.<p>They do.</p>So it is.", ["Cells heal.", "They do.", "So it is."]),
        ("<sec>Cells <italic>heal</italic> well.</sec>", ["Cells heal well."]),
    ],
)  # fmt: skip
def test_nothing_in_a_box_or_beside_a_paragraph_is_lost(body: str, lines: list[str]) -> None:
    result = outcome(jats(body), "a.nxml")
    assert result.article.text.split("\n")[1:] == lines and not result.left
    check_offsets(result.article)


def test_an_abstract_without_paragraphs_is_read() -> None:
    meta = "<abstract>Cells <italic>in vivo</italic> heal.</abstract>"
    assert said(only(jats(meta=meta), "a.nxml"))[1:] == ["Cells in vivo heal."]


def test_notes_and_formulas_within_paragraphs_are_told() -> None:
    body = (
        "<p>Cells heal<fn id='n1'><p>Not all.</p></fn> well.</p><fig><caption><p>It is <disp-formula>"
        "<tex-math>x</tex-math></disp-formula> here.</p></caption></fig>"
    )
    result = outcome(jats(body), "a.nxml")
    assert result.article.text.split("\n")[1:] == ["Cells heal well.", "It is here."]
    assert result.left == [Left.FOOTNOTES, Left.FORMULA]
    assert outcome(jats("<p>So <inline-formula><inline-graphic/></inline-formula> it is.</p>")).left == [Left.FORMULA]


def test_the_body_is_in_no_section_of_the_abstract() -> None:
    meta = f"<abstract><sec><title>Conclusion</title><p>{CELLS}</p></sec></abstract>"
    article = only(jats("<p>Toes are many.</p>", meta), "a.nxml")
    assert [article.sections[s.section].label for s in article.sentences][-2:] == ["Conclusion", ""]


def test_the_address_of_an_abstract_is_no_sentence_of_it() -> None:
    link = '<ext-link ext-link-type="doi">http://dx.doi.org/10.1000/toe.1.001</ext-link>'
    result = outcome(jats(meta=f"<abstract><p>{CELLS}</p><p><bold>DOI:</bold> {link}</p></abstract>"), "a.nxml")
    assert said(result.article)[1:] == [CELLS] and result.left == [Left.FIELD]


def test_an_abstract_in_a_third_language_is_told() -> None:
    meta = f'<abstract><p>{CELLS}</p></abstract><abstract xml:lang="es"><p>Las células.</p></abstract>'
    result = outcome(jats(meta=meta), "a.nxml")
    assert said(result.article)[1:] == [CELLS] and result.left == [Left.ABSTRACT]


def test_the_english_translation_of_an_article_is_read_instead_of_it() -> None:
    translation = (
        '<sub-article article-type="translation" xml:lang="en"><front-stub><title-group><article-title>Cells for toes'
        f"</article-title></title-group></front-stub><body><p>{CELLS}</p></body></sub-article>"
    )
    meta = '<abstract><p>As células.</p></abstract><trans-abstract xml:lang="en"><p>Toes hurt.</p></trans-abstract>'
    file = jats("<p>As células nos dedos.</p>", meta, "Células", 'xml:lang="pt"', translation)
    result = outcome(file, "a.xml")
    assert said(result.article) == ["Cells for toes", "As células.", "Toes hurt.", CELLS]
    assert (result.article.language, result.left) == ("en", [Left.BACK])
    assert said(only(file.replace('"pt"', '"en"'), "a.xml"))[-1] == "As células nos dedos."


def dated(kind: str, inner: str) -> str:
    return f'<pub-date pub-type="{kind}">{inner}</pub-date>'


@pytest.mark.parametrize(
    ("dates", "issued", "told"),
    [
        (dated("epub", "<string-date><month>May</month> <day>10</day>, <year>2019</year></string-date>"),
         "2019-05-10", 0),
        (dated("ppub", "<year>2019/2020</year>"), "2019", 0),
        (dated("ppub", "<year><bold>2019</bold>a</year><month>5</month>"), "2019-05", 0),
        (dated("ppub", "<month>13</month><year>2019</year>"), "2019", 1),
        (dated("epub", "<year>in press</year>") + dated("ppub", "<year>2019</year>"),
         "2019", 1),
        (dated("epub", "<year>n.d.</year>"), "", 1),
        (dated("ppub", "<year>2020</year>") + dated("aop", "<year>2019</year>"),
         "2019", 0),
        ('<pub-date date-type="pub" publication-format="print"><year>2020</year></pub-date>'
         '<pub-date date-type="online"><year>2019</year></pub-date>', "2019", 0),
        (dated("EPUB", "<year>2019</year>") + dated("ppub", "<year>2020</year>"),
         "2019", 0),
        (dated("preprint", "<year>2018</year>"), "2018", 0),
        (dated("preprint", "<year>2018</year>") + dated("ppub", "<year>2020</year>"),
         "2020", 0),
        (dated("pmc-release", "<year>2018</year>"), "", 0),
    ],
)  # fmt: skip
def test_odd_dates(dates: str, issued: str, told: int) -> None:
    result = outcome(jats(f"<p>{CELLS}</p>", dates), "a.nxml")
    assert (result.article.issued, result.left) == (issued, [Left.DATE] * told)


@pytest.mark.parametrize(
    "title", ["Cells for toes<sup>☆</sup>", "Cells for toes ☆,☆☆", "Cells for toes<sup>*,†</sup>", "Cells for toes§"]
)
def test_a_title_is_without_its_stars(title: str) -> None:
    assert only(jats(f"<p>{CELLS}</p>", title=title), "a.nxml").title == "Cells for toes"


@pytest.mark.parametrize(
    "title",
    [
        "Retraction notice to “Cells for toes” [Toe J 1 (2001) 1]", "Statement of Retraction: Cells", "Retraction.",
        "Cells for toes - RETRACTED", "Cells for toes (Retracted article. See vol. 2, p. 1)", "REMOVED: Cells for toes",
        "Retraction for Roe et al., Cells for toes", "Retraction of “Cells for toes”", "Retracted and replaced: Cells",
    ],
)  # fmt: skip
def test_a_title_tells_of_a_retraction_in_many_ways(title: str) -> None:
    assert only(jats(f"<p>{CELLS}</p>", title=title), "a.nxml").retracted


@pytest.mark.parametrize("title", ["Retraction of the toe in mice", "Lid retraction", "Withdrawal of steroids in gout"])
def test_a_title_about_a_retraction_is_no_sign_of_one(title: str) -> None:
    assert not only(jats(f"<p>{CELLS}</p>", title=title), "a.nxml").retracted


@pytest.mark.parametrize(
    "meta",
    [
        "<article-categories><subj-group><subject>Retraction</subject></subj-group></article-categories>",
        '<pub-date date-type="retracted"><year>2020</year></pub-date>',
        '<pub-history><event event-type="retraction"/></pub-history>',
    ],
)  # fmt: skip
def test_other_signs_of_a_retraction(meta: str) -> None:
    article = only(jats(f"<p>{CELLS}</p>", meta), "a.nxml")
    assert article.retracted and not article.issued


def test_identifiers_journal_and_authors_in_their_variants() -> None:
    meta = (
        '<article-id pub-id-type="doi" specific-use="version">10.1000/toe.1.2</article-id>'
        '<article-id pub-id-type="DOI">https://doi.org/10.1000/toe.1</article-id>'
        '<contrib-group content-type="editors"><contrib><name><surname>Ed</surname></name></contrib></contrib-group>'
        '<contrib-group><contrib contrib-type="Author"><name><given-names>Sukarno</given-names></name></contrib>'
        "<collab>Toe Group</collab></contrib-group>"
    )
    journal = '<journal-meta><journal-id journal-id-type="nlm-ta">Toe J</journal-id></journal-meta>'
    article = only(jats(f"<p>{CELLS}</p>", meta).replace("<front>", f"<front>{journal}"), "a.nxml")
    assert article.work is not None
    assert (article.work.doi, article.work.journal) == ("10.1000/toe.1", "Toe J")
    assert article.authors == ("Sukarno", "Toe Group")


# Files ---------------------------------------------------------------------------------------------------------------

BODY = jats(f"<p>{CELLS}</p>")
DOCTYPE = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS.dtd"{}>'
PICTURE = ' [<!NOTATION TIF SYSTEM "tif"><!ENTITY fig1 SYSTEM "f.tif" NDATA TIF>]'


@pytest.mark.parametrize("before", ["", "\n <?xml version='1.0'?>", "\ufeff<?xml version='1.0'?>", DOCTYPE.format("")])
@pytest.mark.parametrize("odd", ["&nbsp;", " ", "&#x1d;", "&#29;", "\x1d"])
def test_entities_and_control_characters_refuse_no_file(before: str, odd: str) -> None:
    file = before + BODY.replace("eased ", f"eased{odd}")
    assert said(only(file, "a.xml"))[1:] == [CELLS]


def test_references_that_lie_across_pieces_of_a_stream() -> None:
    text = b"cells &#x1d;heal &#945; &amp; " * 3
    for size in range(1, 12):
        stream = Mended(BytesIO(text))
        pieces = [stream.read(size)]
        while pieces[-1]:
            pieces.append(stream.read(size))
        assert b"".join(pieces) == text.replace(b"&#x1d;", b" " * 6)


def test_pictures_are_no_entities_of_a_bomb() -> None:
    assert said(only(DOCTYPE.format(PICTURE) + BODY, "a.xml"))[1:] == [CELLS]
    bomb = DOCTYPE.format(PICTURE.replace("<!ENTITY", '<!ENTITY a "aaaa"><!ENTITY'))
    [error] = outcome(bomb + BODY, "a.xml").errors
    assert "it declares entities of its own" in str(error)


def test_an_article_of_html_is_no_jats() -> None:
    page = f"<article class='post'><header><h1>Cells for toes</h1></header><p>{CELLS}</p><p>{CELLS}</p></article>"
    assert said(only(page, "a.html")) == ["Cells for toes", CELLS, CELLS]


def test_jats_in_a_wrapper_of_another_name_is_read() -> None:
    file = f"<full-text-response><original>{BODY}</original></full-text-response>"
    assert said(only(file, "a.xml"))[1:] == [CELLS]
