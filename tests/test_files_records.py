# ruff: noqa: E501 (each row of the tables is a record)
"""Records as they come: JATS, PubMed XML, BioC, PubTator, Europe PMC, MEDLINE, RIS, PubMed's saved text, trials."""

import json

import pytest
from reading import check_offsets, only, outcome, said
from records import CELLS, EUROPE_PMC, MEDLINE, MML, abstract, in_set, jats, pubmed, trial

from kg.articles import Left

# JATS ----------------------------------------------------------------------------------------------------------------


def paragraph(markup: str) -> str:
    """What a paragraph of JATS reads; {…} stands for a citation."""
    markup = markup.replace("{", '<xref ref-type="bibr" rid="B1">').replace("}", "</xref>")
    return only(jats(f"<p>{markup}</p>"), "a.nxml").text.partition("\n")[2]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a process {1}, {2}, {3} and more.", "a process and more."),
        ("{Roe et al. (2011)} showed that cells heal.", "Roe et al. (2011) showed that cells heal."),
        ("It is so (reviewed in {3}).", "It is so."),
        ("It (e.g., {3}) is so.", "It is so."),
        ("It ({1}; see also {2}) is so.", "It is so."),
        ("Cells (n = 5; {Roe et al., 2011}) grew.", "Cells (n = 5) grew."),
        ("Cells ({Roe et al., 2011}; {Doe, 2012}) grew [{1}–{3}].", "Cells grew."),
        ("Roe et al. ({2011}) showed it.", "Roe et al. showed it."),
        ("Toes (Fig. <xref ref-type='fig' rid='f1'>1</xref>; {4}) hurt.", "Toes (Fig. 1) hurt."),
        ("Their fibrosis<sup>1–3</sup> went. Pain<sup>{4},{5}</sup> too.", "Their fibrosis went. Pain too."),
        ("10<sup>6</sup>, 10 <sup>7</sup> and 10<sup><italic>8</italic></sup> CD4<sup>+</sup> cells", "10^6, 10^7 and 10^8 CD4+ cells"),
        (f"<inline-formula><alternatives><mml:math {MML}><mml:msup><mml:mn>10</mml:mn><mml:mn>8</mml:mn></mml:msup></mml:math>"
         "<tex-math>$10^8$</tex-math></alternatives></inline-formula> cells/kg", "10^8 cells/kg"),
        ("<inline-formula><tex-math>\\documentclass{a}\\begin{document}$$3\\times 10^{8}$$\\end{document}</tex-math>"
         "</inline-formula> cells", "3 × 10^8 cells"),
        ("p &lt; 0.05 in 5 mm<sup>3</sup> and R<sup>2</sup>", "p < 0.05 in 5 mm3 and R2"),
    ],
)  # fmt: skip
def test_citations_and_raised_letters_of_jats(markup: str, text: str) -> None:
    if "tex-math" in markup:
        assert only(jats(f"<p>{markup}</p>"), "a.nxml").text.partition("\n")[2] == text
    else:
        assert paragraph(markup) == text


@pytest.mark.parametrize("kind", ["", ' abstract-type="normal"', ' abstract-type="main"'])
def test_the_abstract_is_read_whatever_it_is_called(kind: str) -> None:
    apart = '<abstract abstract-type="graphical"><p>A picture.</p></abstract><abstract abstract-type="teaser"><p>x</p></abstract>'
    result = outcome(jats(meta=f"<abstract{kind}><p>{CELLS}</p></abstract>{apart}"), "a.nxml")
    assert said(result.article) == ["Cells for toes", CELLS]
    assert result.left == [Left.ABSTRACT, Left.ABSTRACT]


def test_an_abstract_in_english_of_an_article_in_another_language() -> None:
    meta = f'<abstract xml:lang="es"><p>Las células.</p></abstract><trans-abstract xml:lang="en"><p>{CELLS}</p></trans-abstract>'
    assert CELLS in said(only(jats(meta=meta, attributes='xml:lang="es"'), "a.nxml"))


@pytest.mark.parametrize(
    ("dates", "issued"),
    [
        ('<pub-date date-type="pub" publication-format="electronic"><day>10</day><month>05</month><year>2019</year></pub-date>'
         '<pub-date date-type="collection" publication-format="electronic"><year>2020</year></pub-date>', "2019-05-10"),
        ('<pub-date pub-type="pmc-release"><day>1</day><month>1</month><year>2015</year></pub-date>'
         '<pub-date pub-type="epub-ppub"><year>2014</year></pub-date>', "2014"),
        ('<pub-date pub-type="nihms-submitted"><day>3</day><month>9</month><year>2004</year></pub-date>'
         '<pub-date pub-type="epub-ppub"><year>2005</year></pub-date>', "2005"),
        ('<pub-date pub-type="ppub"><month>Spring</month><year>2013</year></pub-date>', "2013"),
        ('<pub-date pub-type="epub"><day>00</day><month>00</month><year>2013</year></pub-date>', "2013"),
        ('<pub-date pub-type="ppub"><month>Aug</month><year>2013</year></pub-date>', "2013-08"),
        ('<pub-date pub-type="epub"><day>30</day><month>2</month><year>2013</year></pub-date>', "2013-02"),
        ('<pub-date pub-type="epub"><string-date>5 March 2016</string-date></pub-date>', "2016-03-05"),
        ('<history><date date-type="received"><year>2001</year></date></history>', ""),
    ],
)  # fmt: skip
def test_the_date_of_publication_of_jats(dates: str, issued: str) -> None:
    result = outcome(jats(f"<p>{CELLS}</p>", dates), "a.nxml")
    assert result.article.issued == issued
    assert result.left == ([Left.DATE] if "<day>30" in dates else [])


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ('A study<xref ref-type="author-notes" rid="n1">*</xref>', "A study"),
        ('A study<xref ref-type="fn" rid="n1"><sup>†</sup></xref>', "A study"),
        ("A study<sup>*</sup> of toes<fn><p>Thanks.</p></fn>", "A study of toes"),
        ("A study of 10<sup>6</sup> cells", "A study of 10^6 cells"),
    ],
)
def test_titles_of_jats_are_without_marks(title: str, read: str) -> None:
    assert only(jats(f"<p>{CELLS}</p>", title=title), "a.nxml").title == read


def test_a_group_of_authors_is_without_its_marks() -> None:
    group = '<contrib-group><contrib contrib-type="author"><collab>Toe Group<xref ref-type="aff" rid="a">2</xref></collab></contrib></contrib-group>'
    assert only(jats(f"<p>{CELLS}</p>", group), "a.nxml").authors == ("Toe Group",)


def test_boxes_lists_and_definitions_are_read_and_what_is_not_is_told() -> None:
    body = (
        f"<sec><title>One</title><p>They secreted:<def-list><def-item><term>IL-10</term><def><p>a signal</p></def></def-item>"
        f"</def-list></p><boxed-text><caption><title>Key points</title></caption><p>{CELLS}</p></boxed-text><p>It was "
        "<disp-formula id='e1'><tex-math>x</tex-math></disp-formula> of all.</p><disp-quote><p>We are well.</p></disp-quote>"
        "<table-wrap id='t1'><label>Table 1</label><caption><p>Doses.</p></caption><table><tr><td>1</td></tr></table>"
        "</table-wrap><p>See:<list><list-item><p>one thing</p><list><list-item><p>in it</p></list-item></list></list-item>"
        "</list></p></sec>"
    )
    back = (
        "<back><ack><p>We thank you.</p></ack><ref-list><ref><mixed-citation>Roe.</mixed-citation></ref></ref-list>"
        "<app-group><app><title>Appendix</title><p>They were old.</p></app></app-group></back>"
    )
    result = outcome(jats(body, after=back), "a.nxml")
    assert said(result.article)[1:] == [
        "One", "They secreted:", "• IL-10: a signal", "Key points", CELLS, "It was of all.", "We are well.",
        "Table 1: Doses.", "See:", "• one thing", "• in it", "Appendix", "They were old.",
    ]  # fmt: skip
    assert result.left == [Left.FORMULA, Left.TABLE, Left.BACK, Left.REFERENCES]
    assert "thank" not in result.article.text


@pytest.mark.parametrize(
    "title", ["RETRACTED: Cells for toes", "RETRACTED ARTICLE: Cells for toes", "Retraction: Cells for toes", "[Retracted] Cells"]
)  # fmt: skip
def test_a_title_tells_of_a_retraction(title: str) -> None:
    assert only(jats(f"<p>{CELLS}</p>", title=title), "a.nxml").retracted
    assert only(in_set(pubmed(abstract(CELLS), title=f"<ArticleTitle>{title}</ArticleTitle>")), "a.xml").retracted
    assert not only(jats(f"<p>{CELLS}</p>", title="Retraction of the toe in mice"), "a.nxml").retracted


# PubMed --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        in_set(pubmed(abstract(CELLS))),
        f"<MedlineCitationSet>{pubmed(abstract(CELLS))}</MedlineCitationSet>",
        f"<PubmedArticle>{pubmed(abstract(CELLS))}</PubmedArticle>",
        pubmed(abstract(CELLS)),
        in_set(pubmed("", f'<OtherAbstract Type="Publisher" Language="eng"><AbstractText>{CELLS}</AbstractText></OtherAbstract>')),
        in_set(pubmed(abstract(CELLS.replace("pain", "pain \x1d")))),
    ],
)  # fmt: skip
def test_citations_are_read_in_any_wrapping(file: str) -> None:
    assert said(only(file, "a.xml")) == ["Cells for toes.", CELLS]


def test_books_are_passed_over_and_other_abstracts_told() -> None:
    other = '<OtherAbstract Type="Publisher" Language="spa"><AbstractText>Las células.</AbstractText></OtherAbstract>'
    book = "<PubmedBookArticle><BookDocument><PMID>90000022</PMID></BookDocument></PubmedBookArticle>"
    file = in_set(pubmed(abstract(CELLS), other)).replace("</PubmedArticleSet>", f"{book}</PubmedArticleSet>")
    result = outcome(file, "a.xml")
    assert len(result.articles) == 1 and not result.errors and result.left == [Left.ABSTRACT, Left.BOOK]


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Zellen.</VernacularTitle>", "Zellen."),
        (
            "<ArticleTitle>[Cells for toes].</ArticleTitle><VernacularTitle>Zellen.</VernacularTitle>",
            "[Cells for toes].",
        ),
        ("<ArticleTitle/><VernacularTitle>Zellen.</VernacularTitle>", "Zellen."),
    ],
)
def test_a_title_that_is_none_is_not_read(title: str, read: str) -> None:
    assert only(in_set(pubmed(abstract(CELLS), title=title)), "a.xml").title == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("10&lt;sup&gt;6&lt;/sup&gt; cells &lt;i&gt;in vivo&lt;/i&gt;", "10^6 cells in vivo"),
        ("10<sup><i>6</i></sup> or 10 <sup>7</sup> cells", "10^6 or 10^7 cells"),
        ("p &amp;lt; 0.05 and p &lt;0.1", "p < 0.05 and p <0.1"),
        (f"<mml:math {MML}><mml:msup><mml:mn>10</mml:mn><mml:mn>8</mml:mn></mml:msup></mml:math> cells", "10^8 cells"),
        ("CD34<sup>+</sup> cells, 5 cm<sup>2</sup>", "CD34+ cells, 5 cm2"),
    ],
)
def test_raised_letters_and_escaped_markup_of_pubmed(text: str, read: str) -> None:
    assert only(in_set(pubmed(abstract(text))), "a.xml").text == f"Cells for toes.\n{read}"


@pytest.mark.parametrize(
    ("date", "issued"),
    [
        ("<MedlineDate>Winter 1998</MedlineDate>", "1998"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998"),
        ("<Year>2001</Year><Month>Spring</Month>", "2001"),
        ("<Year>2003</Year><Month>Feb</Month><Day>29</Day>", "2003-02"),
        ("<Year>2003</Year><Season>Summer</Season>", "2003"),
    ],
)
def test_coarse_dates_of_pubmed(date: str, issued: str) -> None:
    journal = f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue></Journal>"
    result = outcome(in_set(pubmed(journal + abstract(CELLS))), "a.xml")
    assert result.article.issued == issued
    assert result.left == ([Left.DATE] if "29" in date else [])


def test_authors_of_pubmed_are_whole_and_valid() -> None:
    authors = (
        '<AuthorList><Author ValidYN="N"><LastName>Rao</LastName></Author><Author ValidYN="Y"><LastName>Roe</LastName>'
        "<Initials>A</Initials></Author><Author><CollectiveName>The <i>Toe</i> Group</CollectiveName></Author></AuthorList>"
    )
    assert only(in_set(pubmed(abstract(CELLS) + authors)), "a.xml").authors == ("Roe A", "The Toe Group")


def test_an_article_that_was_retracted_and_republished_is_retracted() -> None:
    after = (
        '<CommentsCorrectionsList><CommentsCorrections RefType="RetractedandRepublishedIn"/></CommentsCorrectionsList>'
    )
    assert only(in_set(pubmed(abstract(CELLS), after)), "a.xml").retracted


# JSON, BioC, PubTator ------------------------------------------------------------------------------------------------


def test_europe_pmc_s_markup_and_dates_are_read() -> None:
    text = (
        f"<h4>Aim</h4>We gave 10<sup>6</sup> cells. &lt;i&gt;In vivo&lt;/i&gt; they grew.<h4>Results</h4><p>{CELLS}</p>"
    )
    result = outcome(
        json.dumps(EUROPE_PMC | {"abstractText": text, "firstPublicationDate": "2003-02-29", "pubYear": "2003"}),
        "a.json",
    )
    assert (
        result.article.text
        == f"Cells for toes\nAim\nWe gave 10^6 cells. In vivo they grew.\nResults\n{CELLS}".replace(
            "Aim\n", "" if "Aim" not in result.article.text else "Aim\n"
        ).replace("Results\n", "" if "Results" not in result.article.text else "Results\n")
    )
    assert result.article.issued == "2003-02" and result.left == [Left.DATE]


def test_europe_pmc_s_xml_is_read() -> None:
    file = (
        "<?xml version='1.0'?><responseWrapper><hitCount>1</hitCount><resultList><result><id>90000021</id>"
        "<source>MED</source><pmid>90000021</pmid><title>Cells for toes</title><authorList><author><fullName>Roe A"
        f"</fullName></author></authorList><pubYear>2019</pubYear><abstractText>&lt;h4>Aim&lt;/h4>{CELLS}</abstractText>"
        "</result></resultList></responseWrapper>"
    )
    article = only(file, "a.xml")
    assert said(article) == ["Cells for toes", CELLS]
    assert (article.issued, article.authors) == ("2019", ("Roe A",))


NUMBER = "0000-0002-1825-0097"


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (
            "<article><front><article-meta><title-group><article-title>Cells for toes</article-title></title-group>"
            f'<contrib-group><contrib contrib-type="author"><contrib-id contrib-id-type="orcid">https://orcid.org/{NUMBER}'
            "</contrib-id><name><surname>Roe</surname><given-names>Ann</given-names></name></contrib>"
            "<contrib><name><surname>Rao</surname></name></contrib></contrib-group></article-meta></front>"
            f"<body><p>{CELLS}</p></body></article>",
            "a.xml",
        ),
        (
            "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>Cells for toes"
            f"</ArticleTitle><Abstract><AbstractText>{CELLS}</AbstractText></Abstract><AuthorList><Author><LastName>Roe"
            f'</LastName><Initials>A</Initials><Identifier Source="ORCID">{NUMBER.replace("-", "")}</Identifier></Author>'
            '<Author><LastName>Rao</LastName><Identifier Source="ORCID">0000-0002-1825-0098</Identifier></Author>'
            "</AuthorList></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>",
            "a.xml",
        ),
        (
            json.dumps(EUROPE_PMC | {"authorList": {"author": [
                {"fullName": "Roe A", "authorId": {"type": "ORCID", "value": NUMBER}}, {"fullName": "Rao"}]}}),
            "a.json",
        ),
        (
            "<responseWrapper><resultList><result><id>9</id><source>MED</source><pmid>9</pmid><title>Cells for toes</title>"
            f'<authorList><author><fullName>Roe A</fullName><authorId type="ORCID">{NUMBER}</authorId></author><author>'
            f"<fullName>Rao</fullName></author></authorList><abstractText>{CELLS}</abstractText></result></resultList>"
            "</responseWrapper>",
            "b.xml",
        ),
    ],
    ids=["JATS", "PubMed", "Europe PMC, JSON", "Europe PMC, XML"],
)  # fmt: skip
def test_authors_keep_the_orcid_that_they_have(file: str, name: str) -> None:
    """One whose last digit is wrong is none."""
    article = only(file, name)
    assert article.authors == ("Roe A", "Rao") and article.orcids == (("Roe A", NUMBER),)


def test_other_json_is_passed_over_by_name() -> None:
    others = ({"title": "Cells for toes", "text": CELLS}, [{"name": "x"}], ["a", "b"], [[1, 2], [3]])
    for value in (*others, {"hitCount": 0, "resultList": {"result": []}}):
        result = outcome(json.dumps(value), "a.json")
        assert (result.articles, result.errors, result.left) == ([], [], [Left.JSON])


def test_a_title_by_its_section_and_a_coarse_year_of_bioc() -> None:
    passages = [
        {"infons": {"section": "title", "year": "2019 Dec"}, "text": "Cells for toes"},
        {"infons": {}, "text": CELLS},
    ]
    article = only(json.dumps({"documents": [{"id": "90000021", "passages": passages}]}), "a.json")
    assert (article.title, article.issued) == ("Cells for toes", "2019-12")
    xml = (
        "<collection><document><id>90000021</id><passage><infon key='section'>title</infon><infon key='year'>2019 Dec"
        f"</infon><text>Cells for toes</text></passage><passage><text>{CELLS}</text></passage></document></collection>"
    )
    assert only(xml, "a.xml").text == article.text


@pytest.mark.parametrize("character", ["\u2028", "\x85", "\x0b", "\x0c"])
def test_a_character_that_ends_lines_elsewhere_is_in_an_abstract_of_pubtator(character: str) -> None:
    text = CELLS.replace("pain ", f"pain{character}")
    assert said(only(f"90000021|t|Cells for toes\n90000021|a|{text}\n\n")) == ["Cells for toes", CELLS]


# Exports -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_medline(ends: str) -> None:
    second = "\nPMID- 90000022\nTI  - [Not Available].\nTT  - Zellen.\nOAB - Publisher: Cells.\nRIN - Toe J. 2020\n"
    first, other = outcome((MEDLINE + second).replace("\n", ends), "a.nbib").articles
    assert (first.id, first.title, first.issued) == (
        "PMID90000021", "Marrow stem cells for gout: a randomized controlled trial.", "2019-06",
    )  # fmt: skip
    assert said(first, "sentence") == [CELLS]
    assert first.work is not None
    assert (first.work.doi, first.work.pmcid, first.work.journal) == ("10.1000/toe.1", "PMC9000021", "Toe Journal")
    assert (first.authors, first.topics, first.publication_types) == (("Roe A",), ("Gout",), ("Journal Article",))
    assert (other.title, other.retracted) == ("Zellen.", True)


def test_ris() -> None:
    record = (
        f"TY  - JOUR\r\nTI  - Cells for toes\r\nAB  - {CELLS}\r\nAU  - Roe, A.\r\nAU  - Doe, B.\r\nPY  - 2019\r\n"
        "DA  - 2019/06/03/\r\nJO  - Toe Journal\r\nDO  - https://doi.org/10.1000/toe.1\r\nKW  - gout\r\nER  - \r\n"
    )
    first, second = outcome(record + "\r\n" + record.replace("toes", "ears"), "a.ris").articles
    assert (first.id, second.id) == ("a#1", "a#2")
    assert said(first) == ["Cells for toes", CELLS]
    assert (first.issued, first.authors, first.topics) == ("2019-06-03", ("Roe, A.", "Doe, B."), ("gout",))
    assert first.work is not None and first.work.doi == "10.1000/toe.1"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_what_pubmed_saves_keeps_its_offsets(ends: str) -> None:
    text = (
        "1. Toe J. 2019 Jun;3(2):1-9. doi: 10.1000/toe.1. Epub 2019 May 3.\n\nMarrow stem cells for gout: a randomized\n"
        "controlled trial.\n\nRoe A(1), Doe B(2).\n\nAuthor information:\n(1)Department of Toes, Town.\n\nRESULTS: Marrow stem "
        "cells eased pain in\npatients with gout. CONCLUSION: It is so.\n\nCopyright © 2019 Us.\n\nDOI: 10.1000/toe.1\n"
        "PMID: 90000021 [Indexed for MEDLINE]\n\n\n2. Ear J. 2020;1(1):1.\n\nCells for ears.\n\nPoe C.\n\nCells are in ears.\n\n"
        "PMID: 90000022\n"
    ).replace("\n", ends)
    first, second = outcome(text).articles
    assert first.text == second.text == text
    assert (first.id, second.id) == ("PMID90000021", "PMID90000022")
    assert said(first) == ["Marrow stem cells for gout: a randomized controlled trial.", CELLS, "It is so."]
    assert said(second) == ["Cells for ears.", "Cells are in ears."]
    assert (first.issued, second.issued, first.authors) == ("2019-05-03", "2020", ("Roe A", "Doe B"))
    assert [section.label for section in first.sections] == ["", "RESULTS", "CONCLUSION"]
    assert first.work is not None and (first.work.doi, first.work.journal) == ("10.1000/toe.1", "Toe J")
    for article in (first, second):
        check_offsets(article)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("BibTeX", "@article{roe2019,\n title = {Cells}\n}\n"),
        ("BibTeX", "% Encoding: UTF-8\r\n\r\n@String{toe = {Toe Journal}}\r\n"),
        ("BibTeX", "Scopus\nEXPORT DATE: 1 May 2020\n\n@ARTICLE{Roe2019,\nauthor={Roe, A.},\n}\n"),
        ("EndNote export", "%0 Journal Article\n%T Cells\n%A Roe\n"),
        ("EndNote XML", "<?xml version='1.0'?><xml><records><record><titles><title>Cells</title></titles></record></records></xml>"),
        ("EndNote XML", "<xml>\n<records>\n<record><database name='a.enl'/></record></records></xml>"),
        ("Web of Science export", "\ufeffFN Toe Index\nVR 1.0\nPT J\nAU Roe, A\nTI Cells\nER\nEF\n"),
        ("RefWorks export", "RT Journal Article\nSR Electronic\nA1 Roe, A\nT1 Cells\n"),
        ("RTF", "{\\rtf1\\ansi Cells ease pain.}"),
        ("LaTeX", "% a paper\n\\documentclass[a4paper]{article}\n\\begin{document}Cells\\end{document}\n"),
        ("PostScript", "%!PS-Adobe-3.0\n%%Title: Cells\n"),
        ("RSS", "<?xml version='1.0'?><rss version='2.0'><channel><title>Cells</title></channel></rss>"),
        ("TEI", "<?xml version='1.0'?><TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body/></text></TEI>"),
        ("table", "PMID,Title,Authors,Citation,DOI\n1,Cells,Roe A,Toe J. 2019,10.1000/x\n"),
        ("table", "title\tabstract\tyear\nCells\tCells ease pain.\t2019\n"),
    ],
)  # fmt: skip
def test_formats_that_are_not_read_are_passed_over_by_name(kind: str, text: str) -> None:
    result = outcome(text)
    assert (result.articles, result.errors) == ([], [])
    assert [(note.kind, note.detail) for note in result.notes] == [(Left.FORMAT, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "Cells for Toes\n\nCite as @article{roe2019, title = {Cells}}.\n",
        "@all: cells ease pain in the toe.\n",
        "Title, year, and authors of the works are given below. They are many.\n",
        "PT is short for physical therapy.\n",
        "% of patients who ran: 40.\n",
    ],
)
def test_texts_that_only_look_like_such_formats_are_read(text: str) -> None:
    assert only(text).sentences


# Trials --------------------------------------------------------------------------------------------------------------


def test_a_registered_trial_says_what_it_studies() -> None:
    result = outcome(json.dumps(trial(False)), "NCT90000001.json")
    article = result.article
    assert said(article) == [
        "Cells for Toes",
        "This randomized phase 2 clinical trial studies Marrow Stem Cells in patients with Gout.",
        "The status of the trial is: terminated.", "It was stopped for this reason: No money.",
        "40 participants were enrolled.", "Brief summary", "Do cells help?", "• They may.", "• They may not.",
        "Arms and interventions", "• Marrow Stem Cells", "• Placebo", "Primary outcomes", "• Pain.",
        "Time frame: 12 months.",
    ]  # fmt: skip
    assert (article.issued, article.evidence, article.topics) == ("2019-03-04", "RandomizedTrial", ("Gout", "toes"))
    assert result.left == [Left.FIELD]


def test_posted_results_of_a_trial_are_sentences() -> None:
    first, second = outcome(json.dumps({"studies": [trial(True), trial(False)]}).replace("NCT90000001", "NCT90000002", 1), "a.json").articles  # fmt: skip
    assert (first.id, second.id, first.issued) == ("NCT90000002", "NCT90000001", "2021-05")
    assert said(first)[said(first).index("Results") :] == [
        "Results",
        "Response: 60% of participants who were given Marrow Stem Cells (time frame: 12 months).",
        "Response: the difference had p <0.03.", "Adverse events",
        "Serious adverse events occurred in 2 of 20 participants who were given Marrow Stem Cells.",
        "Fever occurred in 3 of 20 participants who were given Marrow Stem Cells.",
    ]  # fmt: skip
