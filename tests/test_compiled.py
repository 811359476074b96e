"""The parts that may be compiled: their source can be, and compiled they say the same."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import kg.extraction.features

ROOT = Path(__file__).parents[1]
CLAIMS = """
import sys
from kg import paths
from kg.articles import find, read, segment
from kg.extraction import Extractor
from kg.quads import article_quads
from kg.rdf import build_node
from kg.validation import Validator
from kg.vocabulary import load
import kg.extraction.features
vocabulary = load()
extractor, validator = Extractor(vocabulary), Validator(vocabulary)
print(kg.extraction.features.__file__.endswith(".py"), file=sys.stderr)
for file in find([paths.DIGESTS]):
    for article in read(file):
        claims = extractor.claims(segment(article))
        quads = article_quads(article, claims, build=build_node(vocabulary))
        print(*claims, *quads, validator.check([quads]), sep="\\n")
"""


def compiled_files() -> list[str]:
    """The modules that the build hook compiles."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    hook = project["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["mypyc"]
    files = {str(file.relative_to(ROOT)) for pattern in hook["include"] for file in ROOT.glob(pattern)}
    return sorted(files - set(hook["exclude"]))


def test_the_source_can_be_compiled(tmp_path: Path) -> None:
    """mypyc makes C of it; a C compiler is not asked for."""
    pytest.importorskip("setuptools", reason="setuptools is not here, which mypyc needs")
    options = ["--config-file=", f"--cache-dir={tmp_path}", "--ignore-missing-imports", "--follow-imports=silent"]
    code = f"from mypyc.build import mypycify; mypycify({[*options, *compiled_files()]}, target_dir={str(tmp_path)!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.rglob("*.c"))


@pytest.mark.skipif(
    kg.extraction.features.__file__.endswith(".py"),
    reason="StemKG is not compiled here (HATCH_BUILD_HOOK_ENABLE_MYPYC=1 pip install .)",
)
def test_compiled_it_says_the_same(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "kg", tmp_path / "kg", ignore=shutil.ignore_patterns("*.so", "*.pyd", "node_modules"))
    shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    shutil.copytree(ROOT / "queries", tmp_path / "queries")
    plain, compiled = (
        subprocess.run(
            [sys.executable, "-P", "-c", CLAIMS],
            env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        )
        for folder in (tmp_path, Path(kg.__file__).parents[1])
    )
    assert (plain.stderr, compiled.stderr) == ("True\n", "False\n")
    assert plain.stdout == compiled.stdout
