"""The scripts: they say what they need, and do nothing twice. That they install is seen wherever they run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ["scripts/run", "scripts/test", "scripts/peers", ".ci/run"]


@pytest.mark.parametrize("script", [*SCRIPTS, "scripts/environment"])
def test_a_script_is_good_shell(script: str) -> None:
    subprocess.run(["bash", "-n", ROOT / script], check=True)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def copy(tmp_path: Path) -> Path:
    """The scripts, in a folder of their own."""
    (tmp_path / "scripts").mkdir()
    for name in ("run", "test", "environment"):
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts")
    for name in ("pyproject.toml", "scripts/requirements.lock"):
        (tmp_path / name).touch()
    return tmp_path


def call(folder: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": "/usr/bin:/bin", "HOME": str(folder / "no home")}
    return subprocess.run([folder / script], env=known | environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", ["scripts/run", "scripts/test"])
def test_an_old_python_is_told(tmp_path: Path, script: str) -> None:
    ended = call(copy(tmp_path), script, PYTHON="false")
    assert ended.returncode == 1
    assert "Python 3.11 or newer is needed" in ended.stderr
    assert not (tmp_path / ".venv").exists()


def test_run_installs_builds_and_asks_in_this_order(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "kg"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*"\n')
        (programs / name).chmod(0o755)
    first = call(folder, "scripts/run", PYTHON="false")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [
        "python -m pip install --quiet --disable-pip-version-check --constraint scripts/requirements.lock --editable .",
        "kg build",
        "kg query treatments",
    ]
    # What is installed is not installed again, until the project asks for something else.
    assert call(folder, "scripts/run").stdout.splitlines() == ["kg build", "kg query treatments"]
    for name in ("pyproject.toml", "scripts/requirements.lock"):
        (folder / name).write_text("changed")
        assert "pip install" in call(folder, "scripts/run").stdout
    assert "requirements.lock" not in call(folder, "scripts/run", LOCKED="no").stdout
