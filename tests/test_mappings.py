"""The table of mappings as triples."""

from pathlib import Path

import pytest

from kg import mappings, paths
from kg.namespaces import expand

HEAD = "#curie_map:\n#  a: http://a.org/\n#  skos: http://www.w3.org/2004/02/skos/core#\nsubject_id\tpredicate_id\tobject_id\n"


def test_the_table_of_the_ontology_gives_iris() -> None:
    found = mappings.of(paths.ONTOLOGY)
    exact = expand("skos:exactMatch")
    assert (expand("stemkg:AnimalStudy"), exact, expand("ECO:0000179")) in found
    assert all(part.startswith("http") for mapping in found for part in mapping)


@pytest.mark.parametrize(
    ("text", "said"),
    [(HEAD + "a:x\tskos:exactMatch\tb:y\n", "x:5: 'b:y'"), ("subject_id\tobject_id\n", "x:1: there is no column")],
)
def test_what_is_wrong_is_named(text: str, said: str) -> None:
    with pytest.raises(mappings.MappingError, match=said):
        list(mappings.read(text, "x"))


def test_a_folder_without_a_table_has_none(tmp_path: Path) -> None:
    assert mappings.of(tmp_path) == []
