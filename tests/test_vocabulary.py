"""The vocabulary: what an ontology folder says, and what is said of one that can't be read."""

import os
import shutil
from pathlib import Path

import pytest
import samples
from query_fixture import FOLDER

from kg import vocabulary
from kg.vocabulary import Vocabulary, VocabularyError, ontology_files


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return Vocabulary.load(samples.ontology(tmp_path_factory.mktemp("ontology")))


@pytest.fixture(scope="module")
def whole() -> Vocabulary:
    return vocabulary.load()


def test_a_term_has_its_names_parents_and_kinds(small: Vocabulary) -> None:
    term = small.terms["CL:0000134"]
    assert term.label == "mesenchymal stem cell"
    assert term.exact == ("MSC",)
    assert term.related == ("mesenchymal stem cells",)
    assert term.parents == ("CL:0000034",)
    assert term.kinds == {"cell"}
    assert set(term.names) == {"mesenchymal stem cell", "MSC", "mesenchymal stem cells"}
    assert small.version == "9.9"


def test_kinds_come_from_above(small: Vocabulary) -> None:
    assert small.kinds("HGNC:5962") == {"factor"}
    assert [term.id for term in small.of_kind("disease")] == ["MONDO:0000001", "MONDO:0005301", "MONDO:0007915"]
    assert small.kinds("CL:9999999") == frozenset()


def test_ancestors_are_the_term_and_all_above_it(small: Vocabulary) -> None:
    assert small.ancestors("CL:0000134") == {"CL:0000134", "CL:0000034", "CL:0000000"}
    assert small.ancestors("unheard:of") == {"unheard:of"}


@pytest.mark.parametrize(
    "name",
    [
        "mesenchymal stem cell",
        "Mesenchymal  Stem Cells",
        "msc",
        "MSCs",
        "CL:0000134",
        "http://purl.obolibrary.org/obo/CL_0000134",
    ],
)
def test_a_term_is_found_by_any_name(small: Vocabulary, name: str) -> None:
    assert small.find(name) == ("CL:0000134",)
    assert small.find(name, kind="cell") == ("CL:0000134",)
    assert small.find(name, kind="disease") == ()


def test_what_is_no_name_is_not_found_but_near_ones_are_told(small: Vocabulary) -> None:
    assert small.find("lupas") == ()
    assert small.suggest("lupas") == ("lupus",)
    assert small.suggest("lupas", kind="cell") == ()
    assert small.suggest("xyzzy") == ()
    assert len(small.suggest("e", n=2)) <= 2


def test_annotations_of_ours_are_at_hand(small: Vocabulary) -> None:
    assert small.values("cue") == {"stemkg:secretes": ("secrete",), "stemkg:treats": ("treat",)}
    assert small.values("nothing of the kind") == {}


def test_a_label_or_else_the_id(small: Vocabulary) -> None:
    assert small.label("MONDO:0007915") == "lupus"
    assert small.label("MONDO:1") == "MONDO:1"
    assert "MONDO:0007915" in small
    assert "MONDO:1" not in small


def test_a_circle_of_classes_ends(tmp_path: Path) -> None:
    folder = samples.ontology(tmp_path)
    with (folder / "stemkg.ttl").open("a") as out:
        out.write("CL:0000000 rdfs:subClassOf CL:0000134 .\n")
    circle = Vocabulary.load(folder)
    assert circle.ancestors("CL:0000000") == circle.ancestors("CL:0000134")


def test_the_digest_tells_contents_apart_and_not_folders(tmp_path: Path) -> None:
    one, two = (samples.ontology(tmp_path / name) for name in ("one", "two"))
    assert Vocabulary.load(one).digest == Vocabulary.load(two).digest
    with (two / "stemkg.ttl").open("a") as out:
        out.write("# a remark\n")
    assert Vocabulary.load(one).digest != Vocabulary.load(two).digest


def test_the_shapes_are_no_vocabulary(tmp_path: Path) -> None:
    folder = samples.ontology(tmp_path)
    (folder / "shapes.ttl").write_text("this is no Turtle")
    (folder / "imports").mkdir()
    (folder / "imports" / "more.ttl").write_text("")
    assert [path.name for path in ontology_files(folder)] == ["stemkg.ttl", "more.ttl"]
    Vocabulary.load(folder)


def test_a_file_that_is_no_turtle_is_named_with_its_line(tmp_path: Path) -> None:
    folder = samples.ontology(tmp_path)
    lines = (folder / "stemkg.ttl").read_text().splitlines()
    lines[14] += " oops ."
    (folder / "stemkg.ttl").write_text("\n".join(lines))
    with pytest.raises(VocabularyError, match=r"stemkg\.ttl:15: "):
        Vocabulary.load(folder)


def test_a_folder_without_an_ontology_is_named(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match=f"{tmp_path}.*no ontology"):
        Vocabulary.load(tmp_path)


def test_every_term_of_the_ontology_is_found_by_its_label(whole: Vocabulary) -> None:
    for term in list(whole.terms.values())[::97]:
        assert term.id in whole.find(term.label), term
        assert term.id in whole.ancestors(term.id)
        for parent in term.parents:
            assert whole.ancestors(parent) <= whole.ancestors(term.id)
            assert whole.kinds(parent) <= term.kinds


def test_the_vocabulary_of_a_folder_is_loaded_once() -> None:
    assert vocabulary.load() is vocabulary.load()


def test_labels_are_shown_in_one_case() -> None:
    """An ontology that begins each label with a capital is shown as the others are; a name keeps its own."""
    signs = [
        term for term in vocabulary.load().terms.values() if term.id.startswith("HP:") and term.label[1:2].islower()
    ]
    shown = [vocabulary.load().shown(term.id) for term in signs]
    assert sum(label[:1].islower() for label in shown) > 0.8 * len(shown)
    assert all(label.casefold() == term.label.casefold() for label, term in zip(shown, signs, strict=True))
    (pain,) = (term for term in signs if term.label == "Pain")
    assert vocabulary.load().shown(pain.id) == "pain"
    assert vocabulary.load().shown("CHEBI:3815") == "collagen"
    assert vocabulary.load().shown("MONDO:0005180") == "Parkinson disease"
    for term in vocabulary.load().terms.values():
        if not term.id.startswith(("HP:", "CHEBI:")):
            assert vocabulary.load().shown(term.id) == term.label


# Kept for the next time


@pytest.fixture
def keeping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ontology folder whose vocabulary is kept, and nothing else."""
    folder = tmp_path / "ontology"
    shutil.copytree(FOLDER / "ontology", folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    vocabulary.read(folder)
    return folder


def kept(folder: Path) -> list[Path]:
    return sorted((folder.parent / "cache" / "stemkg").iterdir())


def state(words: Vocabulary) -> list[object]:
    return [words.kept(), *sorted((id, words.ancestors(id), words.kinds(id)) for id in words.terms), words.find("MSC")]


def test_what_is_kept_is_as_good_as_what_is_read(keeping: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anew = Vocabulary.load(keeping)
    with monkeypatch.context() as patch:
        patch.setattr("pyoxigraph.parse", None)  # nothing is parsed
        again = vocabulary.read(keeping)
    assert state(again) == state(anew)
    assert again.terms == anew.terms and again.annotations == anew.annotations and again.mappings == anew.mappings


def test_a_changed_ontology_is_never_taken_for_the_one_that_is_kept(keeping: Path) -> None:
    file = next(path for path in ontology_files(keeping) if "mesenchymal stem cell" in path.read_text("utf-8"))
    about = file.stat()
    file.write_text(file.read_text("utf-8").replace("mesenchymal stem cell", "mesenchymal stem sell"), "utf-8")
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))  # as long and as old as before
    assert vocabulary.read(keeping).label("CL:0000134") == "mesenchymal stem sell"
    assert len(kept(keeping)) == 2


@pytest.mark.parametrize("harm", ["cut", "changed", "forbidden"])
def test_what_is_kept_and_spoiled_is_not_believed(keeping: Path, harm: str) -> None:
    (file,) = kept(keeping)
    content = file.read_bytes()
    if harm == "forbidden":
        file.unlink()
        file.parent.rmdir()
        file.parent.write_text("no folder")
    else:
        file.write_bytes(content[: len(content) // 2] if harm == "cut" else content.replace(b"stem cell", b"stem sell"))
    assert vocabulary.read(keeping).label("CL:0000134") == "mesenchymal stem cell"
    if harm != "forbidden":
        assert file.read_bytes() == content  # it was made anew


def test_only_a_few_are_kept(keeping: Path) -> None:
    file = ontology_files(keeping)[0]
    for number in range(6):
        file.write_bytes(file.read_bytes() + b"# %d\n" % number)
        vocabulary.read(keeping)
    assert len(kept(keeping)) == 4
