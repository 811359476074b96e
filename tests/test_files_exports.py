"""What databases and reference managers give, as it comes: PubMed, Europe PMC, BioC, PubTator, MEDLINE, RIS, tables."""

import json
from typing import Any

import pytest
from reading import check_offsets, only, outcome, said
from records import CELLS, EUROPE_PMC, MEDLINE, abstract, in_set, pubmed

from kg.articles import Article, Left

# PubMed --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrapper", ["root", "articles", "x:records"])
def test_records_in_a_wrapper_of_another_name_are_read(wrapper: str) -> None:
    record = f"<PubmedArticle>{pubmed(abstract(CELLS))}</PubmedArticle>"
    file = f"<{wrapper}>{record}{record.replace('90000021', '90000022')}</{wrapper}>"
    assert [article.id for article in outcome(file, "a.xml").articles] == ["PMID90000021", "PMID90000022"]


def test_an_empty_set_is_no_error() -> None:
    for file in ("<PubmedArticleSet/>", "<PubmedArticleSet></PubmedArticleSet>"):
        assert outcome(file, "a.xml") == ([], [], [])


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("IL-1&beta;&nbsp;rose", "IL-1β rose"),
        ("Cells<br/>heal", "Cells heal"),
        ("10<sup>6 </sup>cells at $10^{6}$", "10^6 cells at 10^6"),
        ("the <sup>99m</sup>Tc", "the 99mTc"),
        ("&lt;sec&gt;&lt;title&gt;AIM&lt;/title&gt;&lt;p&gt;To heal.&lt;/p&gt;&lt;/sec&gt;", "AIM To heal."),
        ("Cells &lt;!-- all of them --&gt;heal", "Cells heal"),
    ],
)
def test_entities_and_markup_of_pubmed(text: str, read: str) -> None:
    assert only(in_set(pubmed(abstract(text))), "a.xml").text == f"Cells for toes.\n{read}"


@pytest.mark.parametrize(
    ("dates", "history", "issued"),
    [
        ("<ArticleDate><Year/></ArticleDate>", "", "2020-01"),
        ("<ArticleDate><Year>2019</Year><Month>05</Month><Day>10</Day></ArticleDate>", "", "2019-05-10"),
        ("", "epublish", "2020-01"),
        ("none", "epublish", "2018-03-04"),
        ("none", "received", ""),
        ("none", "pubmed", ""),
    ],
)
def test_dates_of_pubmed_by_their_rank(dates: str, history: str, issued: str) -> None:
    issue = "<Journal><JournalIssue><PubDate><Year>2020</Year><Month>Jan</Month></PubDate></JournalIssue></Journal>"
    fields = abstract(CELLS) + ("" if dates == "none" else issue + dates)
    day = f'<PubMedPubDate PubStatus="{history}"><Year>2018</Year><Month>3</Month><Day>4</Day></PubMedPubDate>'
    data = f"<PubmedData><History>{day}</History></PubmedData></PubmedArticle>"
    assert only(in_set(pubmed(fields)).replace("</PubmedArticle>", data), "a.xml").issued == issued


def test_the_notice_of_a_retraction_is_no_sound_article() -> None:
    kind = '<PublicationTypeList><PublicationType UI="D016440"/></PublicationTypeList>'
    links = '<CommentsCorrectionsList><CommentsCorrections RefType="{}"/></CommentsCorrectionsList>'
    assert only(in_set(pubmed(abstract(CELLS) + kind)), "a.xml").retracted
    assert only(in_set(pubmed(abstract(CELLS), links.format("RetractionOf"))), "a.xml").retracted
    assert not only(in_set(pubmed(abstract(CELLS), links.format("RetractedandRepublishedFrom"))), "a.xml").retracted


def test_authors_without_initials_or_family_name() -> None:
    authors = (
        "<AuthorList><Author><LastName>Roe</LastName><ForeName>Ann-Marie B</ForeName></Author><Author><ForeName>Sukarno"
        "</ForeName></Author><Author><LastName>Toe &amp;amp; Co</LastName></Author></AuthorList>"
    )
    assert only(in_set(pubmed(abstract(CELLS) + authors)), "a.xml").authors == ("Roe AMB", "Sukarno", "Toe & Co")


def test_xml_of_another_kind_is_no_prose() -> None:
    for file in ("<catalog><title>Cells ease pain</title></catalog>", "<record><a>Cells ease pain.</a></record>"):
        [error] = outcome(file, "a.txt").errors
        assert "XML of a kind that is not known" in str(error)
    [error] = outcome("<catalog><title>Cells ease pain", "a.xml").errors
    assert "neither XML that is well formed" in str(error)
    assert said(only("<Cells> ease pain in patients with gout.\n")) == ["<Cells> ease pain in patients with gout."]


# Europe PMC ----------------------------------------------------------------------------------------------------------


def europe_pmc(**fields: Any) -> Article:
    return only(json.dumps(EUROPE_PMC | fields), "a.json")


@pytest.mark.parametrize(
    ("fields", "issued"),
    [
        ({"electronicPublicationDate": "2019-04-01", "pubYear": "2020"}, "2019-04-01"),
        ({"journalInfo": {"dateOfPublication": "2019 Jun", "printPublicationDate": "2019-06-01"}}, "2019-06"),
        ({"journalInfo": {"printPublicationDate": "2019-06-01"}, "pubYear": 2019}, "2019"),
        ({"journalInfo": {"yearOfPublication": 2019}}, "2019"),
        ({"firstIndexDate": "2018-01-01"}, ""),
    ],
)
def test_dates_of_europe_pmc_by_their_rank(fields: dict[str, Any], issued: str) -> None:
    assert europe_pmc(**fields).issued == issued


@pytest.mark.parametrize(
    "fields",
    [
        {"pubType": "retracted publication; journal article"},
        {"pubTypeList": {"pubType": "Retracted Publication"}},
        {"pubTypeList": {"pubType": ["retraction of publication"]}},
        {"commentCorrectionList": {"commentCorrection": {"type": "Retraction in"}}},
    ],
)
def test_retractions_of_europe_pmc(fields: dict[str, Any]) -> None:
    assert europe_pmc(**fields).retracted and not europe_pmc().retracted


def test_a_short_result_and_the_answer_for_one_article() -> None:
    people = {"author": [{"lastName": "Roe", "initials": "A"}, {"collectiveName": "Toe Group"}]}
    article = europe_pmc(journalTitle="Toe Journal", authorList=people)
    assert article.authors == ("Roe A", "Toe Group") and article.work and article.work.journal == "Toe Journal"
    assert said(only(json.dumps({"hitCount": 1, "result": EUROPE_PMC}), "a.json")) == ["Cells for toes", CELLS]


def test_an_abstract_by_another_name_is_read_and_other_long_fields_are_told() -> None:
    result = outcome(
        json.dumps({"pmid": "1", "title": "Cells for toes", "abstract": CELLS, "fullText": CELLS * 5}), "a.json"
    )
    assert said(result.article) == ["Cells for toes", CELLS]
    assert [(note.kind, note.detail) for note in result.notes] == [(Left.FIELD, "fullText")]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Cells\nheal.\nThey do.\n\nAll do", ["Cells heal.", "They do.", "All do"]),
        ("<sec><title>AIM</title><p>To heal.</p></sec>", ["AIM", "To heal."]),
        ("<list><list-item><p>One.</p></list-item><list-item><p>Two.</p></list-item></list>", ["One.", "Two."]),
        ("<mml:mn>3</mml:mn><mml:mo>×</mml:mo><mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup> cells",
         ["3×10^6 cells"]),
        ("10<sup>5</sup>-10<sup>6 </sup>cells of <sup>18</sup>F", ["10^5-10^6 cells of 18F"]),
        ("$10^{6}$ cells", ["10^6 cells"]),
        ("<b>Dose</b><br/>10<sup>6</sup> cells<p>5<sup>2</sup> or</p>", ["Dose", "10^6 cells", "5^2 or"]),
    ],
)  # fmt: skip
def test_markup_in_strings(text: str, lines: list[str]) -> None:
    assert europe_pmc(abstractText=text).text.split("\n")[1:] == lines


def test_markup_that_is_not_escaped_in_europe_pmc_s_xml() -> None:
    file = (
        "<responseWrapper><resultList><result><id>1</id><source>MED</source><title>Cells <i>in vivo</i></title>"
        "<abstractText><h4>Aim</h4>At p &lt; 0.05 10<sup>6</sup> cells<p>They heal.</p></abstractText></result>"
        "</resultList></responseWrapper>"
    )
    assert only(file, "a.xml").text == "Cells in vivo\nAt p < 0.05 10^6 cells\nThey heal."


# BioC and PubTator ---------------------------------------------------------------------------------------------------


def test_bioc_s_text_is_whole_past_markup_and_entities() -> None:
    passage = "<passage><text>{}</text></passage>"
    file = '<!DOCTYPE collection SYSTEM "BioC.dtd"><collection><document><id>1</id>{}</document></collection>'
    texts = ["10<sup>6</sup> cells heal", "IL-1&beta; rose"]
    article = only(file.format("".join(map(passage.format, texts))), "a.xml")
    assert article.text == "10^6 cells heal\nIL-1β rose"


@pytest.mark.parametrize("key", ["type", "section", "name", "passage", "section_type"])
def test_a_title_of_bioc_by_any_of_its_infons(key: str) -> None:
    passages = [{"infons": {key: "title"}, "text": "Cells for toes"}, {"infons": {key: "abstract"}, "text": CELLS}]
    assert only(json.dumps({"id": "1", "passages": passages}), "a.json").title == "Cells for toes"


@pytest.mark.parametrize(
    ("infons", "issued"),
    [
        ({"journal": "Toe J; 2019 Jun 3; 5 (2) 1-9", "year": "2019"}, "2019-06-03"),
        ({"journal": "Toe J; 2018 Jun 3", "year": "2019"}, "2019"),
        ({"journal": "Toe J; 2019 Jun"}, "2019-06"),
        ({"journal": "Toe J; 5 (2) 1-9"}, ""),
    ],
)
def test_dates_of_bioc(infons: dict[str, str], issued: str) -> None:
    passages = [{"infons": {"type": "title"}, "text": "Cells for toes"}, {"infons": {}, "text": CELLS}]
    for document in ({"infons": infons}, {}):
        if not document:
            passages[0]["infons"] |= infons  # type: ignore[operator]
        assert only(json.dumps(document | {"id": "1", "passages": passages}), "a.json").issued == issued


def test_pubtator_without_blank_lines_and_with_odd_lines() -> None:
    first, second = f"1|t|Cells for toes\n1|a|{CELLS}\n1 0 5 Cells Cell\n", "2|t|Ears\n2|a|Ears are\ntwo.\n2|b|Body.\n"
    file = f"{first}{second}2\t0\t4\tEars\tX\tY\n"
    result = outcome(file)
    assert [said(article) for article in result.articles] == [["Cells for toes", CELLS], ["Ears", "Ears are two."]]
    assert not result.errors and result.left == [Left.PASSAGE, Left.PASSAGE]


# MEDLINE, RIS, PubMed's saved text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        MEDLINE.replace("\n", "\r"), f"1: {MEDLINE}", MEDLINE.replace("PMID- 90000021\n", "OWN - NLM\n"),
        MEDLINE.replace("AB  -", "OWN - NLM\nAB  -").replace("      gout.", "gout."),
    ],
)  # fmt: skip
def test_medline_in_its_variants(file: str) -> None:
    assert said(only(file))[1:] == [CELLS]


def test_the_notice_of_a_retraction_in_medline() -> None:
    assert only(MEDLINE + "ROF - Toe J. 2018\n").retracted
    assert only(MEDLINE.replace("Journal Article", "Retraction of Publication")).retracted


def ris(fields: str = "", text: str = CELLS) -> str:
    return f"TY  - JOUR\nTI  - Cells for toes\n{fields}AB  - {text}\nER  - \n"


@pytest.mark.parametrize("word", ["IL-10 rose", "MSC-derived cells ran", "TNF - it fell", "CD4 cells"])
def test_a_line_of_ris_that_goes_on_is_no_tag(word: str) -> None:
    assert only(ris(text=f"Cells heal and\n{word}.")).text.split("\n")[1:] == [f"Cells heal and {word}."]


@pytest.mark.parametrize(
    "head", ["Toe Index\nEXPORT DATE: 1 May\n\n", "Provider: Toe\nContent: text/plain\n\n", "\r\n"]
)
def test_what_a_program_writes_before_ris_is_passed(head: str) -> None:
    assert said(only(head + ris())) == ["Cells for toes", CELLS]


@pytest.mark.parametrize(
    ("fields", "issued"),
    [
        ("PY  - 2019/06/03/Spring\n", "2019-06-03"),
        ("PY  - 2019\nDA  - JUN 3\n", "2019-06-03"),
        ("PY  - 2019\nDA  - 2019/06//\n", "2019-06"),
        ("PY  - 2019///\nY2  - 2021/01/01\n", "2019"),
        ("DA  - n.d.\n", ""),
    ],
)
def test_dates_of_ris(fields: str, issued: str) -> None:
    assert only(ris(fields)).issued == issued


def test_a_second_abstract_of_ris_is_told() -> None:
    assert outcome(ris(f"N2  - {CELLS}\n")).left == []
    assert outcome(ris("N2  - Toes are many.\n")).left == [Left.ABSTRACT]


def test_titles_of_exports_are_without_their_stars() -> None:
    assert only(ris().replace("toes", "toes☆,☆☆")).title == "Cells for toes"
    assert only(MEDLINE.replace("trial.", "trial*.")).title.endswith("controlled trial.")
    assert europe_pmc(title="Cells for toes†").title == "Cells for toes"
    assert only(MEDLINE.replace("DP  - 2019 Jun", "DEP - n.d.\nDP  - 2019 Jun")).issued == "2019-06"


SUMMARY = (
    "1: Roe A, van der Doe B. Marrow stem cells for gout: a trial. Toe J. 2019 Jun;3(2):1-9. doi: 10.1000/toe.1. Epub "
    "2019 May 3. PMID: 90000021; PMCID: PMC9000021.\n\n2: Poe C; Ear Group. Do cells ease the ear? Ear J. 2020;1(1):1. "
    "PMID: 90000022.\n"
)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_pubmed_s_summary_has_a_title_each(ends: str) -> None:
    first, second = outcome(SUMMARY.replace("\n", ends)).articles
    assert (first.id, second.id) == ("PMID90000021", "PMID90000022")
    assert said(first) == ["Marrow stem cells for gout: a trial."] and said(second) == ["Do cells ease the ear?"]
    assert (first.issued, second.issued, first.authors) == ("2019-05-03", "2020", ("Roe A", "van der Doe B"))
    assert first.work and (first.work.doi, first.work.journal) == ("10.1000/toe.1", "Toe J")
    for article in (first, second):
        check_offsets(article)


SAVED = (
    "1. Toe J (Basel). 2019 Jun;3(2):1-9.\n\nCells for toes.\n\nRoe A(1); Toe Group.\n\nMarrow stem cells eased pain "
    "in\npatients with gout.\n\n1. This is no record. 2019; it is a list.\n\nPMID: 90000021\n"
)


def test_what_pubmed_saves_in_its_variants() -> None:
    article = only(SAVED.replace("\n", "\r"))
    assert said(article)[:2] == ["Cells for toes.", CELLS]
    assert (article.issued, article.authors, article.retracted) == ("2019-06", ("Roe A", "Toe Group"), False)
    assert only(SAVED.replace("Cells for", "RETRACTED: Cells for")).retracted
    assert only(SAVED.replace("Marrow", "Retraction of\n    Toe J. 2018;1:1.\n\nMarrow")).retracted


@pytest.mark.parametrize(
    ("name", "file", "kind"),
    [
        ("a.txt", "90000021\n90000022\n", "list of identifiers"),
        ("a.txt", "PMC9000021\r\n10.1000/toe.1\r\nNCT90000001", "list of identifiers"),
        ("a.csv", "gene,fold\nIL10,2.3\n", "table"),
        ("a.tsv", "sep=,\nCells ease pain.\n", "table"),
        ("a.txt", "PMID,Title,Authors\r1,Cells,Roe A\r", "table"),
        ("a.xml", "<?xml version='1.0'?><eLinkResult/>", "answer of PubMed's"),
        ("a.xml", "<BookDocument><PMID>5</PMID></BookDocument>", "book"),
    ],
)  # fmt: skip
def test_lists_and_tables_are_passed_over_by_name(name: str, file: str, kind: str) -> None:
    result = outcome(file, name)
    assert (result.articles, result.errors) == ([], [])
    assert [(note.kind, note.detail) for note in result.notes] == [(Left.FORMAT, kind)]
