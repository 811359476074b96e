"""Every code block of the README and the other documents runs, in a copy of what is under version control.

A console block has commands after `$`, and perhaps what they print; Python and Turtle blocks are whole. What a test
can't do, such as installing from a registry, is named here.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import rdflib

from kg.namespaces import PREFIXES

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *(ROOT / folder / "README.md" for folder in ("kg", "kg/extraction", "kg/importing", "ontology", "scripts/bench")),
    *sorted((ROOT / "ontology").rglob("*.md")),
]
#: Commands that a test can't run, with what it does instead.
INSTEAD = {
    "git clone … stemkg && cd stemkg": ":",  # the copy is the clone
    "scripts/test": "bash -n scripts/test",  # this test is a part of it
    "scripts/test tests/test_exports.py": "bash -n scripts/test",
    "scripts/peers": "bash -n scripts/peers",  # minutes, and a registry
    "HATCH_BUILD_HOOK_ENABLE_MYPYC=1 pip install .": ":",  # minutes, and a registry
}


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    file: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}"

    @property
    def commands(self) -> list[str]:
        """The commands of a console block, without their remarks."""
        lines = (line[2:] for line in self.text.splitlines() if line.startswith("$ "))
        return [re.sub(r"\s+#\s.*$", "", line).strip() for line in lines]


def blocks() -> Iterator[Block]:
    for file in DOCUMENTS:
        text = file.read_text("utf-8")
        for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            yield Block(file, text.count("\n", 0, match.start()) + 1, match[1], match[2])


BLOCKS = list(blocks())


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is under version control, in which the environment is made already."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a working copy of git")
    folder = tmp_path_factory.mktemp("clone")
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if not name.startswith("tests/") and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    (packages,) = (folder / ".venv" / "lib").glob("python*/site-packages")
    # The packages of this environment, but of StemKG that of the copy.
    (packages / "stemkg.pth").write_text(f"{folder}\n{sysconfig.get_path('purelib')}\n")
    program = folder / ".venv" / "bin" / "kg"
    program.write_text(f"#!{folder}/.venv/bin/python\nfrom kg.cli import main\nmain()\n")
    program.chmod(0o755)
    # What `install ""` of scripts/environment leaves behind.
    stamp = '. scripts/environment; pip() { :; }; eval "$(declare -f install | sed "s/.*-m pip.*/:;/")"; install ""'
    subprocess.run(["bash", "-c", stamp], cwd=folder, check=True, capture_output=True)
    (folder / "papers").mkdir()
    for digest in ("lupus-stem-cells.md", "lupus-combined-transplant.md"):
        shutil.copy(ROOT / "kg" / "digests" / digest, folder / "papers")
    return folder


def environment(folder: Path) -> dict[str, str]:
    path = f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONPATH": "", "COLUMNS": "200"}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def built(clone: Path) -> Path:
    """The copy after the README's own first steps."""
    done = run(clone, "scripts/run")
    assert done.returncode == 0, done.stderr
    assert "no paths named: building the digests" in done.stderr and "installing" not in done.stderr
    assert "mesenchymal stem cell" in done.stdout
    return clone


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "console"], ids=str)
def test_the_commands_of_a_document_run_as_printed(block: Block, built: Path) -> None:
    assert block.commands
    done = run(built, "bash", "-e", "-o", "pipefail", "-c", "\n".join(INSTEAD.get(one, one) for one in block.commands))
    assert done.returncode == 0, f"{block}: {done.stderr}"
    if any(one.startswith("kg query") for one in block.commands):
        assert done.stdout.strip(), f"{block} prints nothing"


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "python"], ids=str)
def test_the_python_of_a_document_runs(block: Block, built: Path) -> None:
    done = run(built, "python", "-c", block.text)
    assert done.returncode == 0, f"{block}: {done.stderr}"
    assert done.stdout.strip(), f"{block} prints nothing"


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language in ("turtle", "sparql")], ids=str)
def test_the_rdf_of_a_document_is_rdf(block: Block) -> None:
    heads = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
    text = heads + block.text.replace("…", "")
    if block.language == "turtle":
        assert len(rdflib.Graph().parse(data=text, format="turtle"))
    else:
        rdflib.Graph().query(text)


def test_every_block_says_what_it_is_and_is_tried() -> None:
    known = {"console", "python", "turtle", "sparql", ""}
    assert {block.language for block in BLOCKS} <= known
    # A block of no language is a picture in letters; a command in it would not be tried.
    assert not [str(block) for block in BLOCKS if not block.language and block.text.lstrip().startswith(("$", "kg "))]
    commands = {one for block in BLOCKS for one in block.commands}
    assert commands >= set(INSTEAD), "what is no longer told needs no exception"


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_and_commands_of_a_document_lead_somewhere(file: Path) -> None:
    from kg.cli import app

    text = file.read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", text):
        assert (file.parent / target).exists(), f"{file.name}: {target}"
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    for name in re.findall(r"`kg ([a-z]+)", text):
        assert name in commands, f"{file.name}: kg {name}"
