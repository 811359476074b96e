"""Records in any mixture of the shapes that files have: what they read is known, whatever the mixture."""

import json
from collections.abc import Callable
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import WORDS
from reading import check_offsets, outcome, said
from records import EUROPE_PMC, MML, abstract, in_set, jats, pubmed

from kg.articles import Left

Shape = tuple[str, str]  # as it is written, and what it reads
Record = Callable[[list[str], str], tuple[str, str]]  # the content of a file and its name, of paragraphs and a date

XREF = '<xref ref-type="bibr" rid="B1">{}</xref>'
MATHS = f"<{{0}}:math {MML}><{{0}}:msup><{{0}}:mn>10</{{0}}:mn><{{0}}:mn>8</{{0}}:mn></{{0}}:msup></{{0}}:math>".format(
    "mml"
)
#: Shapes of every format that has markup.
MARKUP: list[Shape] = [
    ("10<sup>6</sup> cells", "10^6 cells"),
    ("10 <sup>6</sup> cells", "10^6 cells"),
    ("10<sup>6 </sup>cells", "10^6 cells"),
    ("10<sup>5</sup>-10<sup>6</sup> cells", "10^5-10^6 cells"),
    ("10<sup>-9</sup> mol", "10^-9 mol"),
    ("CD34<sup>+</sup> cells", "CD34+ cells"),
    ("the <sup>18</sup>F mark", "the 18F mark"),
    ("fibrosis<sup>1–3</sup> of", "fibrosis of"),
    ("&lt;i&gt;in vivo&lt;/i&gt; and", "in vivo and"),
    ("10&lt;sup&gt;6&lt;/sup&gt; cells", "10^6 cells"),
    ("p &amp;lt; 0.05 and", "p < 0.05 and"),
    ("p &lt; 0.05 and", "p < 0.05 and"),
    ("IL-1&#945; or", "IL-1α or"),
    ("IL-1ß or", "IL-1β or"),
    ("a 71·4% part", "a 71.4% part"),
]
JATS: list[Shape] = [
    *MARKUP,
    ("10<sup><italic>6</italic></sup> cells", "10^6 cells"),
    (f"<inline-formula>{MATHS}</inline-formula> cells", "10^8 cells"),
    (
        f"<inline-formula><alternatives>{MATHS}<tex-math>$10^8$</tex-math></alternatives></inline-formula> cells",
        "10^8 cells",
    ),
    ("<italic>in vivo</italic> and", "in vivo and"),
    (f"pain [{XREF.format(1)}, {XREF.format(2)}] too", "pain too"),
    (f"pain ({XREF.format('Roe et al., 2011')}; {XREF.format('Doe, 2012')}) too", "pain too"),
    (f"pain (Roe et al., {XREF.format(2011)}) too", "pain too"),
    (f"pain (reviewed in {XREF.format(3)}) too", "pain too"),
    (f"pain (e.g., {XREF.format(3)}; see also {XREF.format(4)}) too", "pain too"),
    (f"pain<sup>{XREF.format(4)},{XREF.format(5)}</sup> too", "pain too"),
    (f"pain {XREF.format(4)}, {XREF.format(5)} and {XREF.format(6)} too", "pain too"),
    (f"pain (n = 5; {XREF.format(7)}) too", "pain (n = 5) too"),
    (f"as {XREF.format('Roe et al. (2011)')} say", "as Roe et al. (2011) say"),
    ("pain \x1dtoo", "pain too"),
]
PUBMED: list[Shape] = [
    *MARKUP,
    ("10<sup><i>6</i></sup> cells", "10^6 cells"),
    (f"{MATHS} cells", "10^8 cells"),
    ("a &#x1d; b", "a b"),
]
STRINGS: list[Shape] = [
    *MARKUP,
    ("<em>in vivo</em> and", "in vivo and"),
    (f"{MATHS} cells", "10^8 cells"),
    ("&beta; and", "β and"),
]

DATES: list[Shape] = [
    ("2013 Aug", "2013-08"), ("2013 Jan-Feb", "2013"), ("2009 Winter", "2009"), ("Winter 1998", "1998"), ("n.d.", ""),
    ("2003 Feb 29", "2003-02"), ("1998 Dec-1999 Jan", "1998"), ("2019", "2019"), ("2019 Jun 31", "2019-06"), ("", ""),
    ("2000 Jun 5-12", "2000-06"), ("in press", ""),
]  # fmt: skip


def wrapped(paragraph: str, number: int) -> str:
    """A paragraph of JATS in one of the places where paragraphs stand."""
    places = [
        "<p>{}</p>", "<sec><title>Part</title><p>{}</p></sec>", "<boxed-text><p>{}</p></boxed-text>",
        "<list><list-item><p>{}</p></list-item></list>", "<disp-quote><p>{}</p></disp-quote>",
        "<def-list><def-item><term>Term</term><def><p>{}</p></def></def-item></def-list>",
        "<fig><label>Figure 1</label><caption><p>{}</p></caption></fig>",
        "<p>They are:<list><list-item><p>{}</p></list-item></list></p>", "<statement><p>{}</p></statement>",
    ]  # fmt: skip
    return places[number % len(places)].format(paragraph)


def a_jats(paragraphs: list[str], date: str) -> tuple[str, str]:
    first, *rest = paragraphs
    kind = ["", ' abstract-type="normal"', ' abstract-type="main"'][len(first) % 3]
    body = "".join(wrapped(p, len(p)) for p in rest)
    dated = f'<pub-date pub-type="ppub"><string-date>{date}</string-date></pub-date>' if date else ""
    return jats(body, f"{dated}<abstract{kind}><p>{first}</p></abstract>"), "a.nxml"


def a_pubmed(paragraphs: list[str], date: str) -> tuple[str, str]:
    issue = f"<Journal><JournalIssue><PubDate><MedlineDate>{date}</MedlineDate></PubDate></JournalIssue></Journal>"
    parts = "".join(f'<AbstractText Label="PART">{p}</AbstractText>' for p in paragraphs)
    return in_set(pubmed(f"{issue}<Abstract>{parts}</Abstract>")), "a.xml"


def another_abstract(paragraphs: list[str], date: str) -> tuple[str, str]:
    text = (
        abstract(" ".join(paragraphs))
        .replace("Abstract>", "OtherAbstract>", 1)
        .replace("</Abstract>", "</OtherAbstract>")
    )
    issue = f"<Journal><JournalIssue><PubDate><MedlineDate>{date}</MedlineDate></PubDate></JournalIssue></Journal>"
    record = pubmed(issue, text.replace("<OtherAbstract>", '<OtherAbstract Language="eng">'))
    return f"<MedlineCitationSet>{record}</MedlineCitationSet>", "a.xml"


def a_europe_pmc(paragraphs: list[str], date: str) -> tuple[str, str]:
    text = "".join(f"<h4>Part</h4><p>{p}</p>" for p in paragraphs)
    return json.dumps(EUROPE_PMC | {"abstractText": text, "firstPublicationDate": date}), "a.json"


def a_europe_pmc_xml(paragraphs: list[str], date: str) -> tuple[str, str]:
    text = escape("".join(f"<h4>Part</h4><p>{p}</p>" for p in paragraphs), quote=False)
    return (
        "<responseWrapper><resultList><result><id>1</id><source>MED</source><title>Cells for toes</title>"
        f"<firstPublicationDate>{date}</firstPublicationDate><abstractText>{text}</abstractText></result></resultList>"
        "</responseWrapper>"
    ), "a.xml"


def a_bioc(paragraphs: list[str], date: str) -> tuple[str, str]:
    passages = "".join(
        f"<passage><infon key='type'>abstract</infon><text>{escape(p)}</text></passage>" for p in paragraphs
    )
    infons = f"<infon key='section'>title</infon><infon key='year'>{date}</infon>"
    title = f"<passage>{infons}<text>Cells for toes</text></passage>"
    return f"<collection><document><id>1</id>{title}{passages}</document></collection>", "a.xml"


def a_bioc_json(paragraphs: list[str], date: str) -> tuple[str, str]:
    passages = [{"infons": {"section": "title", "year": date}, "text": "Cells for toes"}]
    passages += [{"infons": {"type": "abstract"}, "text": p} for p in paragraphs]
    return json.dumps({"documents": [{"id": "1", "passages": passages}]}), "a.json"


def a_pubtator(paragraphs: list[str], date: str) -> tuple[str, str]:
    return f"1|t|Cells for toes {date}\n1|a|{' '.join(paragraphs)}\n1\t0\t5\tCells\tCell\tX\n\n", "a.txt"


def a_medline(paragraphs: list[str], date: str) -> tuple[str, str]:
    lines = " ".join(paragraphs).replace(". ", ".\n      ")
    return f"PMID- 1\nDP  - {date}\nTI  - Cells for toes.\nAB  - {lines}\nAU  - Roe A\n", "a.nbib"


def a_ris(paragraphs: list[str], date: str) -> tuple[str, str]:
    lines = " ".join(paragraphs).replace(". ", ".\n")
    return f"TY  - JOUR\nTI  - Cells for toes\nPY  - {date}\nAB  - {lines}\nER  - \n", "a.ris"


RECORDS: list[tuple[Record, list[Shape]]] = [
    (a_jats, JATS), (a_pubmed, PUBMED), (another_abstract, PUBMED), (a_europe_pmc, STRINGS),
    (a_europe_pmc_xml, STRINGS),
    (a_bioc, STRINGS), (a_bioc_json, STRINGS), (a_pubtator, STRINGS), (a_medline, STRINGS), (a_ris, STRINGS),
]  # fmt: skip


@st.composite
def mixtures(draw: st.DrawFn, shapes: list[Shape]) -> list[Shape]:
    """Paragraphs of sentences with a shape or two in each."""
    paragraphs = []
    for _ in range(draw(st.integers(1, 4))):
        sentences = []
        for _ in range(draw(st.integers(1, 3))):
            words: list[Shape] = [(word, word) for word in draw(st.lists(WORDS, min_size=2, max_size=6))]
            for shape in draw(st.lists(st.sampled_from(shapes), min_size=1, max_size=3)):
                words.insert(draw(st.integers(1, len(words))), shape)
            sentences.append(tuple(f"Cells {' '.join(side)} end." for side in zip(*words, strict=True)))
        paragraphs.append(tuple(map(" ".join, zip(*sentences, strict=True))))
    return paragraphs  # type: ignore[return-value]  # pairs, as the words are


@pytest.mark.parametrize(("write", "shapes"), RECORDS, ids=lambda value: getattr(value, "__name__", ""))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_mixture_of_shapes_reads_as_each_of_them_does(
    write: Record, shapes: list[Shape], data: st.DataObject
) -> None:
    paragraphs = data.draw(mixtures(shapes))
    written, issued = data.draw(st.sampled_from(DATES))
    content, name = write([markup for markup, _ in paragraphs], written)
    result = outcome(content, name)
    article = result.article
    check_offsets(article)
    whole = " ".join(article.text.split())
    sentences = " ".join(said(article))
    for _, reads in paragraphs:
        assert reads in whole
        assert all(word in sentences for word in reads.split())
    if write is not a_pubtator:
        assert article.issued == issued
    assert set(result.left) <= {Left.DATE}
