"""Front matter: the fields that stand before a text, in YAML or TOML."""

import json
import re
import tomllib
from typing import Any

import yaml

from kg.articles import citation, dates
from kg.articles.article import Work
from kg.articles.errors import ArticleError, Left, Note, OnNote
from kg.claim import EVIDENCE

_END = r"(?:\r\n|\r|\n)"
_FRONT = re.compile(
    rf"(?P<sign>---|\+\+\+)[ \t]*{_END}(?P<fields>.*?)(?:(?<=\n)|(?<=\r))(?:(?P=sign)|\.\.\.)[ \t]*(?:{_END}|\Z)",
    re.DOTALL,
)
_FIELD = re.compile(r"[ \t]*+(?:-[ \t]++)?+[\w-]++:[ \t]++")
_SIGNS = tuple("\"'[{|>&*!#%@`")  # that a value of YAML begins with which is no plain text
_DEEPEST = 50


def front_matter(text: str) -> re.Match[str] | None:
    """The front matter that a text begins with."""
    return _FRONT.match(text)


class _Loader(yaml.SafeLoader):
    """A loader that leaves dates as they are written, so that a wrong one can be named with its line."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _deepest(source: str) -> int:
    depth = deepest = 0
    for mark in re.findall(r"[\[\]{}]", source):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


class _Fields:
    """Reads the values of front matter, and names the line of those that are none."""

    def __init__(self, source: str, file: str) -> None:
        self._source = source
        self._file = file

    def place(self, key: str) -> str:
        """The line of a field."""
        rows = enumerate(self._source.splitlines(), start=2)
        return f"line {next((index for index, row in rows if row.lstrip().startswith((f'{key}:', f'{key} ='))), 2)}"

    def wrong(self, key: str, reason: str) -> ArticleError:
        """The error of a field."""
        return ArticleError(self._file, self.place(key), f"{key}: {reason}")

    def one(self, where: dict[Any, Any], key: str) -> str:
        """The one value of a field, or nothing."""
        value = where.get(key)
        if value is None:
            return ""
        if isinstance(value, (dict, list)):
            raise self.wrong(key, "one value is wanted")
        return str(value).strip()

    def several(self, where: dict[Any, Any], *keys: str) -> tuple[str, ...]:
        """The values of the first of some fields that is there."""
        for key in keys:
            value = where.get(key)
            if isinstance(value, str):
                return tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, dict):
                value = [value]
            if isinstance(value, list):
                # "authors: [{name: Ann Roe, affiliation: 1}]"
                value = [part["name"] if isinstance(part, dict) and part.get("name") else part for part in value]
                if any(isinstance(part, (dict, list)) for part in value):
                    raise self.wrong(key, "a list of plain values is wanted")
                return tuple(str(part).strip() for part in value if part is not None)
            if value is not None:
                raise self.wrong(key, "a list is wanted")
        return ()


def _of_toml(source: str, file: str) -> Any:
    try:
        return tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ArticleError(file, "line 2", f"front matter: {error}") from None


def _of_yaml(source: str, file: str) -> Any:
    try:
        return yaml.load(source, _Loader)
    except yaml.MarkedYAMLError as error:
        quoted = "\n".join(map(_quoted, source.split("\n")))
        if quoted != source:
            try:
                return yaml.load(quoted, _Loader)
            except yaml.YAMLError:
                pass
        line = (error.problem_mark.line if error.problem_mark else 0) + 2
        raise ArticleError(file, f"line {line}", f"front matter: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ArticleError(file, "line 2", f"front matter: {error}") from None


def _quoted(row: str) -> str:
    """A field whose value has a colon in it, which YAML takes for a field in a field: "title: Cells: what they do"."""
    field = _FIELD.match(row)
    value = row[field.end() :].rstrip() if field else ""
    if not field or ": " not in value or value.startswith(_SIGNS):
        return row
    return f"{field[0]}{json.dumps(value, ensure_ascii=False)}"


def read_fields(front: re.Match[str], file: str, on_note: OnNote) -> dict[str, Any]:
    """The facts of an article that front matter states. Raises `ArticleError`."""
    source = re.sub(_END, "\n", front["fields"])
    if _deepest(source) > _DEEPEST:
        raise ArticleError(file, "line 2", "front matter: nested too deeply")
    facts = _of_toml(source, file) if front["sign"] == "+++" else _of_yaml(source, file)
    if facts is None:
        return {}
    if not isinstance(facts, dict):
        raise ArticleError(file, "line 2", "front matter: not a list of fields")
    fields = _Fields(source, file)
    one, several = fields.one, fields.several
    evidence = one(facts, "evidence")
    if evidence and evidence not in EVIDENCE:
        raise fields.wrong("evidence", f"{evidence!r} is not one of {', '.join(EVIDENCE)}")
    return {
        "title": one(facts, "title"),
        "issued": dates.read(
            one(facts, "date"), lambda date: on_note(Note(file, fields.place("date"), Left.DATE, date))
        ),
        "publisher": one(facts, "publisher"),
        "authors": several(facts, "authors", "author"),
        "topics": several(facts, "topics", "tags", "keywords"),
        "evidence": evidence,
        "publication_types": several(facts, "publication_types"),
        "retracted": facts.get("retracted") is True,
        "language": one(facts, "language") or "en",
        "work": _work(facts, fields),
    }


def _work(facts: dict[str, Any], fields: _Fields) -> Work | None:
    """The work that front matter names: under `work` the one that is told of, else, by identifiers, the text itself."""
    work = facts.get("work")
    if work is None and any(facts.get(key) is not None for key in ("doi", "pmid", "pmcid")):
        work = {**facts, "authors": facts.get("authors", facts.get("author"))}
    if work is not None and not isinstance(work, dict):
        raise fields.wrong("work", "fields are wanted")
    if not work:
        return None
    one = fields.one
    return Work(
        authors=fields.several(work, "authors"),
        title=one(work, "title"),
        journal=one(work, "journal"),
        year=one(work, "year") or (one(work, "date")[:4] if "work" not in facts else ""),
        doi=citation.clean_doi(one(work, "doi")),
        pmid=one(work, "pmid"),
        pmcid=one(work, "pmcid"),
        citation=one(work, "citation"),
    )
