"""What is shipped is named with its licence, what is needed has bounds, and what is limited is told."""

import json
import re
import tomllib
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from kg.limits import Asking, Reading
from kg.web.limits import Limits

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
NEEDED = [Requirement(line) for line in [*PROJECT["dependencies"], *EXTRAS["docx"], *EXTRAS["pdf"]]]
#: The first versions without holes that concern us, from the advisories: a Host header in the cache of pages, ranges
#: of quadratic cost; request smuggling; a sandbox that is none; maps of characters that are run as pickles; pictures in
#: DOCX files that are other files of the machine.
SAFE = {"starlette": "0.49.1", "h11": "0.16.0", "jinja2": "3.1.6", "pdfminer.six": "20251230", "mammoth": "1.11.0"}


@pytest.mark.parametrize("needed", NEEDED, ids=lambda needed: needed.name)
def test_what_is_needed_has_bounds_and_is_locked_within(needed: Requirement) -> None:
    operators = {specifier.operator for specifier in needed.specifier}
    assert operators == {">=", "<"}
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "scripts" / "requirements.lock").read_text(), re.MULTILINE))
    names = {re.sub(r"[-_.]+", "-", name).lower(): number for name, number in locked.items()}
    assert needed.specifier.contains(names[re.sub(r"[-_.]+", "-", needed.name).lower()])
    assert needed.specifier.contains(version(needed.name))


@pytest.mark.parametrize("name", SAFE)
def test_no_version_with_a_known_hole_is_allowed(name: str) -> None:
    (needed,) = [one for one in NEEDED if one.name == name]
    (lowest,) = [Version(one.version) for one in needed.specifier if one.operator == ">="]
    assert lowest >= Version(SAFE[name])


def test_everything_that_is_shipped_is_named_with_its_licence() -> None:
    notice = (ROOT / "kg" / "NOTICE").read_text()
    assert "kg/NOTICE" in PROJECT["license-files"]
    for path in (ROOT / "ontology" / "imports").glob("*.ttl"):
        stated = re.search(r"dcterms:license <([^>]+)>", path.read_text("utf-8"))
        assert stated and re.search(rf"\| ontology/imports/{path.name} \|.*\| <{re.escape(stated[1])}> \|", notice)
    for path in (ROOT / "ontology" / "lexicon").glob("*.tsv"):
        assert re.search(rf"^\| ontology/lexicon/{path.name} \|.*\| <https://\S+> \|$", notice, re.MULTILINE)
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / "kg/web/package-lock.json").read_text())["packages"]
    for place, package in packages.items():
        if place and not package.get("dev"):
            row = f"| {place.removeprefix('node_modules/')} | {package['version']} | {package['license']} |"
            assert row in notice


@pytest.mark.parametrize(("where", "limits"), [("serve", Limits()), ("build", Reading()), ("ask", Asking())])
def test_every_limit_is_told_with_its_default(where: str, limits: Any) -> None:
    told = re.findall(rf"^\| {where} \| (\w+) \| ([\d,.]+) \| .+ \|$", (ROOT / "SECURITY.md").read_text(), re.MULTILINE)
    stated = {name: float(value.replace(",", "")) for name, value in told}
    assert stated == {field.name: float(getattr(limits, field.name)) for field in fields(limits)}
