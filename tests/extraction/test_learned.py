"""Learned weights: files that come back as they were written, whole numbers, and errors that name the file."""

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extraction.learned import FOLDER, Model, dump

MODEL = Model(("yes", "no"), (3, -5), {"a": "0=10,1=-2", "b": "1=7", "über – x|y=z": "0=-1"}, {"note": "some: words"})


def written(model: Model, folder: Path, name: str = "m") -> Path:
    file = folder / f"{name}.tsv.gz"
    dump(model, file)
    return file


def test_a_model_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written(MODEL, tmp_path)
    model = Model.load("m", tmp_path)
    assert (model.outputs, model.bias, model.notes) == (MODEL.outputs, MODEL.bias, MODEL.notes)
    for feature in ("a", "b", "über – x|y=z", "unknown"):
        assert model.row(feature) == MODEL.row(feature)


def test_the_same_model_is_the_same_bytes(tmp_path: Path) -> None:
    shuffled = Model(MODEL.outputs, MODEL.bias, dict(reversed(MODEL._rows.items())), MODEL.notes)
    first, second = written(MODEL, tmp_path, "a"), written(shuffled, tmp_path / "deep", "b")
    assert first.read_bytes() == second.read_bytes()
    assert written(Model.load("a", tmp_path), tmp_path, "c").read_bytes() == first.read_bytes()


def test_scores_are_sums_of_the_features_that_are_there() -> None:
    assert MODEL.row("a") == ((0, 10), (1, -2))
    assert MODEL.sums(["a", "b", "b", "unknown"]) == [10, 12]
    assert MODEL.sums([]) == [0, 0]


def test_the_best_output_counts_the_bias_and_of_equals_is_the_first() -> None:
    assert MODEL.best([]) == "yes"
    assert MODEL.best(["b", "b"]) == "no"
    assert Model(("x", "y"), (0, 0), {}, {}).best(["a"]) == "x"


FEATURES = st.text("ab:|=,# üλ–", min_size=1, max_size=5).map(lambda text: "f" + text)
ROWS = st.dictionaries(
    FEATURES,
    st.dictionaries(st.integers(0, 2), st.integers(-(10**6), 10**6), min_size=1).map(
        lambda row: ",".join(f"{k}={weight}" for k, weight in row.items())
    ),
    max_size=4,
)


@settings(deadline=None)
@given(ROWS, st.lists(st.integers(-(10**6), 10**6), min_size=3, max_size=3), st.lists(FEATURES, max_size=5))
def test_any_model_scores_the_same_from_its_file(
    tmp_path_factory: pytest.TempPathFactory, rows: dict[str, str], bias: list[int], more: list[str]
) -> None:
    model = Model(("x", "y", "z"), bias, rows, {})
    file = written(model, tmp_path_factory.mktemp("model"))
    again = Model.load("m", file.parent)
    features = [*rows, *more]
    assert again.sums(features) == model.sums(features)
    assert again.best(features) == model.best(features)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"nothing\.tsv\.gz"):
        Model.load("nothing", tmp_path)


@pytest.mark.parametrize("text", ["", "a\t0=1", "#outputs\tyes no", "#bias\t0 0\n#note\tx"])
def test_a_file_that_is_no_model_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.tsv.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(ValueError, match=r"odd\.tsv\.gz:1: no model"):
        Model.load("odd", tmp_path)


def test_the_weights_beside_the_code_are_whole_numbers_and_say_what_they_were_trained_on() -> None:
    files = sorted(FOLDER.glob("*.tsv.gz"))
    names = [file.name.removesuffix(".tsv.gz") for file in files]
    assert names == ["basis", "certainty", "choice", "evidence", "relations"]
    for file in files:
        if file.name.startswith("choice"):  # trees, see test_choice
            continue
        model = Model.load(file.name.removesuffix(".tsv.gz"))
        assert len(model.outputs) == len(model.bias) > 1
        assert model.notes["trained"], file
        assert model._rows
        for feature in model._rows:
            assert all(0 <= output < len(model.outputs) for output, _ in model.row(feature)), feature
        # Written anew, the file is the same.
        assert dumped(model) == file.read_bytes()


def dumped(model: Model) -> bytes:
    with TemporaryDirectory() as folder:
        return written(model, Path(folder)).read_bytes()
