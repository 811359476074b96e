"""The rooms of the package are as kg/README.md tells and draws them: a module imports from its room and those below."""

import ast
import importlib.machinery
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "kg"


def drawing() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("rooms", str(ROOT / "scripts" / "rooms"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("rooms", loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    return module


ROOMS = {module: level for level, (_, modules, _) in enumerate(drawing().rooms()) for module in modules}


def sources() -> Iterator[tuple[str, Path]]:
    """The Python files of the package, with the module or subpackage that each is of."""
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).parts
        if parts != ("__init__.py",) and "node_modules" not in parts:
            yield parts[0].removesuffix(".py"), file


def imported(tree: ast.AST) -> Iterator[str]:
    """What a file imports of the package, also within functions; not what only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "kg":
            names = [f"kg.{one.name}" for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name.split(".")[1] for name in names if name.startswith("kg."))
        yield from imported(node)


def test_every_module_stands_in_one_room_and_every_room_has_modules_that_are_there() -> None:
    assert sum(len(modules) for _, modules, _ in drawing().rooms()) == len(ROOMS)
    assert {module for module, _ in sources()} == set(ROOMS)


def test_a_module_imports_from_its_own_room_and_those_below() -> None:
    upwards = [
        f"{file.relative_to(ROOT)} imports kg.{other}"
        for module, file in sources()
        for other in imported(ast.parse(file.read_text("utf-8")))
        if other in ROOMS and ROOMS[other] > ROOMS[module]
    ]
    assert upwards == []


def test_the_picture_is_that_of_the_table() -> None:
    assert (PACKAGE / "rooms.svg").read_text("utf-8") == drawing().picture(), "scripts/rooms draws it anew"


def programs() -> Iterator[Path]:
    """The Python files of the package, the scripts and the tests, whatever their names end in."""
    for folder in (PACKAGE, ROOT / "scripts", ROOT / "tests"):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "node_modules" not in file.parts and file.suffix in (".py", ""):
                if file.suffix or file.read_bytes().startswith(b"#!/usr/bin/env python3\n"):
                    yield file


def test_no_module_is_longer_than_500_lines() -> None:
    lengths = {str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in programs()}
    assert "scripts/rooms" in lengths
    assert {name: lines for name, lines in lengths.items() if lines > 500} == {}
