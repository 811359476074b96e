"""What a shell completes on the command line."""

import os
import subprocess
import sys

import pytest


def completed(line: str) -> list[str]:
    """What bash is offered at the end of a line."""
    words = line.split(" ")
    asked = {"_KG_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    code = "import sys; sys.argv = ['kg']; from kg.cli import app; app(prog_name='kg')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **asked}
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("kg que", ["query"]),
        ("kg query treatm", ["treatments"]),
        ("kg query treatments --dise", ["--disease"]),
        ("kg query treatments --certainty h", ["hedged"]),
        ("kg query treatments --disease systemic", ["systemic lupus erythematosus"]),
        ("kg export a --format parq", ["parquet"]),
    ],
)
def test_names_options_terms_and_formats(line: str, offered: list[str]) -> None:
    assert set(offered) <= set(completed(line))


def test_what_does_not_begin_so_is_not_offered() -> None:
    assert "treatments" not in completed("kg query claim")
    assert not any(completed("kg query no-such-query --dise"))
