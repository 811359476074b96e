"""The catalogue: reading the files, binding the parameters, describing the queries as Turtle."""

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.asking import QueryError, select
from kg.catalogue import Catalogue, CatalogueError, StoredQuery
from kg.parameters import Parameter
from kg.store import Store
from kg.vocabulary import Vocabulary

FOLDER = Path(__file__).parent / "data" / "queries"

GOOD = """\
# title: Greeting
# question: What was said?
# parameters:
#   word: {type: text, example: hello, description: a word}
#   since: {type: date, example: 2020-05, description: a date, default: 1999}
#   disease: {type: term, kind: disease, example: lupus, description: a disease}
#   side: {type: choice, choices: [left, right], example: left, description: a side}
#   least: {type: number, example: 2, description: a number}
# columns:
#   word: the word
# keywords: [greeting]
SELECT ?word WHERE {  # $nothing is bound in a comment
  BIND("$word" AS ?text)
  FILTER(?text != $side)
  FILTER(?text > $least)
  ?thing <http://example.org/$word> ?word .
  ?thing a $disease .
  FILTER(?word != $word)
  FILTER(?when >= $since)
}
ORDER BY ?word
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load(FOLDER / "ontology")


def stored(folder: Path, text: str = GOOD, name: str = "greeting") -> StoredQuery:
    (folder / f"{name}.rq").write_text(text, "utf-8")
    return Catalogue.load(folder)[name]


def test_a_query_and_its_header_are_read(tmp_path: Path) -> None:
    query = stored(tmp_path)
    assert (query.title, query.question, query.keywords) == ("Greeting", "What was said?", ("greeting",))
    assert [p.name for p in query.parameters] == ["word", "since", "disease", "side", "least"]
    assert query.parameters[1].default == "1999"
    assert query.parameters[3].choices == ("left", "right")
    assert query.columns == {"word": "the word"}


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("# title: Greeting\n", "", 1, "the header has no 'title'"),
        ("# title: Greeting\n", "# title: Greeting\n# colour: red\n", 2, "unknown field 'colour'"),
        ("# title: Greeting\n", "# title: A\n# title: B\n", 2, "'title' twice"),
        ("# title: Greeting\n", "# title: [a\n", 2, "not YAML"),
        ("# keywords: [greeting]\n", "# keywords: []\n", 11, "not a list of words"),
        ("type: text", "type: texts", 4, "type 'texts' is not one of"),
        ("example: hello, ", "", 4, "has no 'example'"),
        ("description: a word", "description: a word, min: 3", 4, "unknown field 'min'"),
        ("kind: disease, ", "", 6, "has no 'kind'"),
        ("example: 2020-05", "example: 2020-13", 5, "'2020-13' is not a date"),
        ("example: left", "example: top", 7, "'top' is not one of left, right"),
        ("#   least:", "#   least-number:", 8, "not a name of letters and digits"),
        (
            "#   word: the word\n",
            "#   words: the words\n",
            12,
            "the columns of the query are word, those of the header words",
        ),
        ("$least", "$most", 12, "$most is not among the parameters"),
        ("  FILTER(?text > $least)\n", "", 12, "parameter 'least' is not used"),
        ("FILTER(?text > $least)", "FILTER(?text > $least", 12, "not SPARQL 1.1"),
        ("  FILTER(?text > $least)\n", "  FILTER(?text >\n $least)\n", 12, "not SPARQL 1.1 without ['least']"),
        ("ORDER BY ?word\n", "ORDER BY ?word LIMIT 3\n", 12, "a limit of its own"),
        ("SELECT ?word WHERE", "ASK WHERE", 12, "not"),
        ("  ?thing a $disease .\n", "  ?thing a $disease .\n  ?a ?b ?c . # unless $colour\n", 12, "$colour is not"),
        (
            "# keywords: [greeting]\n",
            "# keywords: [a]\n# chart: {type: pie, x: word, y: word}\n",
            12,
            "'pie' is not one of",
        ),
        (
            "# keywords: [greeting]\n",
            "# keywords: [a]\n# chart: {type: bar, x: word, y: size}\n",
            12,
            "no column 'size'",
        ),
    ],
)
def test_a_bad_file_is_named_with_line_and_reason(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(CatalogueError) as error:
        stored(tmp_path, GOOD.replace(old, new))
    assert str(error.value).startswith(f"greeting.rq: line {line}: ")
    assert reason in str(error.value)


def test_a_file_without_a_header_or_with_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no header"):
        stored(tmp_path, "SELECT ?a WHERE { ?a ?b ?c }")
    with pytest.raises(CatalogueError, match="not a name"):
        stored(tmp_path, name="Some Thing")


def test_values_are_bound_as_typed_terms(tmp_path: Path, vocabulary: Vocabulary) -> None:
    query = stored(tmp_path)
    values = {"word": 'say "hi" $side', "since": "2021-03", "disease": "sle", "side": "left", "least": "0.5"}
    bound = query.bind(values, vocabulary)
    assert 'FILTER(?word != "say \\"hi\\" $side")' in bound
    assert '"2021-03"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>' in bound
    assert "?thing a <http://purl.obolibrary.org/obo/MONDO_0007915> ." in bound
    assert '?text > "0.5"^^<http://www.w3.org/2001/XMLSchema#decimal>' in bound
    # what only looks like a parameter stays as it is
    assert 'BIND("$word" AS ?text)' in bound
    assert "<http://example.org/$word>" in bound
    assert "# $nothing is bound" in bound


def test_a_parameter_left_out_means_any_or_its_default(tmp_path: Path, vocabulary: Vocabulary) -> None:
    bound = stored(tmp_path).bind({"word": "x"}, vocabulary)
    assert "?thing a" not in bound
    assert "?least" not in bound and "FILTER(?text" not in bound
    assert '"1999"^^<http://www.w3.org/2001/XMLSchema#gYear>' in bound


def test_a_line_stands_in_where_no_parameter_narrows_what_is_looked_at(tmp_path: Path, vocabulary: Vocabulary) -> None:
    line = "  ?thing a ?any . # unless $disease $least\n"
    query = stored(tmp_path, GOOD.replace("  ?thing a $disease .\n", f"  ?thing a $disease .\n{line}"))
    assert line in query.bind({"word": "x"}, vocabulary)
    assert "?any" not in query.bind({"disease": "lupus"}, vocabulary)
    assert "?any" not in query.bind({"least": "1"}, vocabulary)


def test_a_required_parameter_is_asked_for(tmp_path: Path, vocabulary: Vocabulary) -> None:
    query = stored(tmp_path, GOOD.replace("example: lupus", "required: true, example: lupus"))
    with pytest.raises(QueryError, match="needs --disease, for example --disease 'lupus'"):
        query.bind({}, vocabulary)


@pytest.mark.parametrize(
    "name", ["MONDO:0007915", "systemic lupus erythematosus", "Systemic Lupus Erythematosus", "SLE",
             " sle ", "http://purl.obolibrary.org/obo/MONDO_0007915"],
)  # fmt: skip
def test_a_term_may_be_given_in_many_ways(tmp_path: Path, vocabulary: Vocabulary, name: str) -> None:
    assert "MONDO_0007915>" in stored(tmp_path).bind({"disease": name}, vocabulary)


def test_of_several_meanings_the_one_above_the_others_is_taken(tmp_path: Path, vocabulary: Vocabulary) -> None:
    assert "MONDO_0004670>" in stored(tmp_path).bind({"disease": "lupus"}, vocabulary)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"disease": "lupus nefritis"}, "did you mean 'lupus nephritis'"),
        ({"disease": "zzzz"}, "no disease is called 'zzzz'"),
        ({"disease": "bone marrow"}, "'bone marrow' is no disease but a tissue"),
        ({"disease": "MONDO:9999999"}, "no disease is called 'MONDO:9999999'"),
        ({"since": "May 2020"}, "is not a date"),
        ({"since": "2021-02-30"}, "is not a date"),
        ({"least": "1; DROP"}, "is not a number"),
        ({"least": "٣٣"}, "is not a number"),
        ({"side": "Left"}, "not one of left, right"),
        ({"colour": "red"}, "has no parameter --colour"),
        ({"word": "\ud800"}, "surrogate"),
    ],
)
def test_a_wrong_value_is_explained(tmp_path: Path, vocabulary: Vocabulary, values: dict[str, str], said: str) -> None:
    with pytest.raises(QueryError) as error:
        stored(tmp_path).bind(values, vocabulary)
    assert said in str(error.value)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_text_arrives_as_it_was_given(text: str) -> None:
    """No text can get out of its place: the answer is the text itself, whatever it holds."""
    parameter = Parameter("text", "text", "a text", "a")
    query = StoredQuery("echo", "", "", (parameter,), {}, (), "SELECT ?text WHERE { BIND($text AS ?text) }\n")
    rows = query.run(Store(ox.Store()), {"text": text}, Vocabulary([], ""))
    assert rows.rows == [(ox.Literal(text),)]


def test_the_catalogue_as_turtle_can_be_parsed_and_run(vocabulary: Vocabulary) -> None:
    catalogue = Catalogue.load()
    graph = ox.Store()
    graph.load(catalogue.as_turtle(vocabulary, "https://example.org/sparql").encode(), format=ox.RdfFormat.TURTLE)
    sh = "http://www.w3.org/ns/shacl#"
    rows = select(Store(graph), f"SELECT ?q ?text WHERE {{ ?q a <{sh}SPARQLExecutable> ; <{sh}select> ?text }}")
    assert len(rows) == len(catalogue)
    for iri, text in rows.words():
        assert text == catalogue[iri.rpartition("/")[2]].example(vocabulary)
        select(Store(ox.Store()), text)


def test_one_query_is_read_as_among_all() -> None:
    whole = Catalogue.load()
    for name in whole.queries:
        assert Catalogue.only(name) == whole[name]
    with pytest.raises(QueryError, match="did you mean treatments"):
        Catalogue.only("treatment")


#: What the SIB's collection of SPARQL examples asks of each, as shapes.
SIB = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
<urn:example> a sh:NodeShape ; sh:targetClass sh:SPARQLExecutable ;
    sh:property
        [ sh:path [ sh:alternativePath ( sh:select sh:ask sh:construct sh:describe ) ] ;
          sh:minCount 1 ; sh:maxCount 1 ] ,
        [ sh:path rdfs:comment ; sh:minCount 1 ; sh:or ( [ sh:datatype rdf:langString ] [ sh:datatype rdf:HTML ] ) ] ,
        [ sh:path schema:target ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
        [ sh:path schema:keyword ; sh:maxCount 0 ] ,
        [ sh:path schema:keywords ; sh:minCount 1 ] ,
        [ sh:path sh:prefixes ; sh:minCount 1 ;
          sh:property [ sh:path ( sh:declare sh:prefix ) ; sh:minCount 1 ] ] .
"""


def test_the_catalogue_has_the_shape_of_the_sibs_examples(vocabulary: Vocabulary) -> None:
    data = rdflib.Graph().parse(data=Catalogue.load().as_turtle(vocabulary), format="turtle")
    shapes = rdflib.Graph().parse(data=SIB, format="turtle")
    assert pyshacl.validate(data, shacl_graph=shapes)[2].startswith("Validation Report\nConforms: True")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    assert len(set(data.subjects(rdflib.RDF.type, sh.SPARQLExecutable))) == len(Catalogue.load())
    data.remove((None, rdflib.URIRef("https://schema.org/target"), None))
    assert not pyshacl.validate(data, shacl_graph=shapes)[0]
