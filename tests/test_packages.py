"""Packages: the query editor is in every wheel, recipes need what the project needs, a release is of one version."""

import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

import peers
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EDITOR = "kg/web/static/vendor/editor.js"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A project of a few files that is built as ours is."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    folder = tmp_path / "source"
    for name in ("kg/__init__.py", "kg/alias/stemkg/__init__.py", "ontology/a.ttl", "queries/a.rq", "kg/NOTICE"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    for name in ("pyproject.toml", "README.md", "LICENSE", "scripts/wheel.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


def made(source: Path, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What comes of building a target where there is no npm."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(source.parent)]
    known = {"PATH": "/nowhere", "HOME": str(source.parent)}
    return subprocess.run(command, cwd=source, env=known | environment, capture_output=True, text=True, check=False)


def test_a_wheel_has_the_editor_or_is_not_made(source: Path) -> None:
    done = made(source, "wheel")
    assert done.returncode and "run scripts/build-web" in done.stderr and "Traceback" not in done.stderr
    assert not list(source.parent.glob("*.whl"))
    (source / EDITOR).parent.mkdir(parents=True)
    (source / EDITOR).write_text("let editor")
    assert made(source, "wheel").returncode == 0
    (wheel,) = source.parent.glob("*.whl")
    assert {EDITOR, "kg/_data/ontology/a.ttl", "stemkg/__init__.py"} <= set(zipfile.ZipFile(wheel).namelist())


@pytest.mark.parametrize(
    ("target", "asked"), [("wheel:editable", {}), ("sdist", {}), ("wheel", {"STEMKG_WITHOUT_EDITOR": "1"})]
)
def test_what_needs_no_editor_is_made_without_npm(source: Path, target: str, asked: dict[str, str]) -> None:
    done = made(source, target, **asked)
    assert done.returncode == 0, done.stderr
    assert [path for path in source.parent.iterdir() if path.suffix in (".whl", ".gz")]


def test_the_recipe_needs_what_the_project_needs() -> None:
    recipe = yaml.safe_load((ROOT / "scripts/conda/recipe.yaml").read_text("utf-8"))
    needs = {re.sub(r"[-_ ]", "", line) for line in recipe["requirements"]["run"]}
    own = {re.sub(r"[-_ ]", "", line) for line in PROJECT["dependencies"]}
    assert needs == own | {f"python{PROJECT['requires-python']}"}


def test_the_container_serves_only_behind_its_proxy() -> None:
    compose = yaml.safe_load((ROOT / "scripts/container/compose.yaml").read_text("utf-8"))
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["serve"]["networks"] == ["inside"] and compose["networks"]["inside"]["internal"]
    assert services["build"]["network_mode"] == "none" and services["serve"]["read_only"]
    extras = re.findall(r"stemkg\[([\w,]+)\]", (ROOT / "scripts/container/Dockerfile").read_text("utf-8"))
    assert set(extras[0].split(",")) <= PROJECT["optional-dependencies"].keys()


def test_the_container_is_what_its_checker_asks_for() -> None:
    """But for pip's versions, which its lock file has."""
    peers.run("bin/hadolint", "--ignore", "DL3013", ROOT / "scripts/container/Dockerfile")


@pytest.mark.parametrize(
    ("schema", "file"),
    [("compose-spec", "scripts/container/compose.yaml"), ("citation-file-format", "CITATION.cff")],
)
def test_a_file_is_of_its_schema(schema: str, file: str) -> None:
    peers.run("bin/check-jsonschema", "--builtin-schema", f"vendor.{schema}", ROOT / file)


RECIPE = """
import json, sys
from rattler_build import Stage0Recipe
(variant,) = Stage0Recipe.from_file(sys.argv[1]).render()
print(json.dumps(variant.recipe.to_dict()))
"""


def test_the_recipe_is_rendered_by_its_program() -> None:
    rendered = json.loads(peers.python(RECIPE, ROOT / "scripts/conda/recipe.yaml", needs="rattler_build"))
    assert rendered["package"] == {"name": "stemkg", "version": PROJECT["version"]}
    assert len(rendered["requirements"]["run"]) == len(PROJECT["dependencies"]) + 1


def release() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("release", str(ROOT / "scripts" / "release"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("release", loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A working copy that could be released."""
    if shutil.which("git") is None:
        pytest.skip("git is not here")
    version = PROJECT["version"]
    for name in release().versions(ROOT):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    changes = f"# Changelog\n\n## {version} (2026-01-31)\n\n### Added\n- A thing.\n\n## 0.0.1 (2025-01-31)\n\nOlder.\n"
    (tmp_path / "CHANGELOG.md").write_text(changes)
    identity = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a"}
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run(["git", "-C", tmp_path, *command], check=True, env=os.environ | identity)
    return tmp_path


def test_a_release_is_of_one_version_and_of_what_is_committed(tree: Path) -> None:
    made = release()
    assert made.problems(tree) == []
    assert made.notes(tree) == f"StemKG {PROJECT['version']} (2026-01-31)\n\nAdded\n- A thing.\n"
    (tree / "CITATION.cff").write_text("version: 9.9.9\n")
    (tree / "CHANGELOG.md").write_text("## 0.3.0 (unreleased)\n")
    told = made.problems(tree)
    assert any("CITATION.cff: the version is 9.9.9" in one for one in told)
    assert any("its first heading is '## 0.3.0 (unreleased)'" in one for one in told)
    assert "not committed: CITATION.cff" in told


def test_everything_released_has_its_checksum(tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "a.whl").write_text("a")
    (tmp_path / "SHA256SUMS").write_text(release().sums(tmp_path))
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, check=True)
    assert "packages/a.whl" in (tmp_path / "SHA256SUMS").read_text()
