"""Programs of others that files are held against, in the environment that `scripts/peers` makes."""

import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / ".venv" / "peers"


def path(name: str) -> Path:
    """What lies in the environment: a program (`bin/sssom`) or a file of a package. Skips the test where it is not."""
    found = FOLDER / name
    if not found.exists():
        pytest.skip(f"{found.name} is not here (scripts/peers gets it)")
    return found


def run(name: str, *arguments: str | Path, good: bool = True) -> subprocess.CompletedProcess[str]:
    """What a program of the environment does with its arguments; it ends well, or not, as `good` says."""
    command = [path(name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    assert (done.returncode == 0) == good, done.stdout[-2000:] + done.stderr[-2000:]
    return done


def python(code: str, *arguments: str | Path, needs: str) -> str:
    """What a few lines of Python print that import a module of the environment."""
    if not any(FOLDER.glob(f"lib/python3.*/site-packages/{needs}")):
        pytest.skip(f"{needs} is not here (scripts/peers gets it)")
    return run("bin/python", "-c", code, *arguments).stdout
