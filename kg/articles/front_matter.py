"""YAML front matter: the fields of an article that a file of text begins with."""

import re
from typing import Any

import yaml

from kg.articles import citation, dates
from kg.articles.article import Work
from kg.articles.errors import ArticleError, Left, Note, OnNote
from kg.claim import EVIDENCE

_DEEPEST = 50


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


def read_front_matter(source: str, file: str, on_note: OnNote) -> dict[str, Any]:
    """The fields of an article that YAML front matter states. Raises `ArticleError`."""
    facts = _Fields(_loaded(source, file), source, file)
    work = facts.within("work")
    evidence = facts.one("evidence")
    if evidence and evidence not in EVIDENCE:
        raise facts.wrong("evidence", f"{evidence!r} is not one of {', '.join(EVIDENCE)}")
    return {
        "title": facts.one("title"),
        "issued": dates.read(facts.one("date"), lambda date: on_note(Note(file, facts.place("date"), Left.DATE, date))),
        "publisher": facts.one("publisher"),
        "authors": facts.several("authors", "author"),
        "topics": facts.several("topics", "tags", "keywords"),
        "evidence": evidence,
        "publication_types": facts.several("publication_types"),
        "retracted": facts.values.get("retracted") is True,
        "language": facts.one("language") or "en",
        "work": work
        and Work(
            authors=work.several("authors"),
            title=work.one("title"),
            journal=work.one("journal"),
            year=work.one("year"),
            doi=citation.clean_doi(work.one("doi")),
            pmid=work.one("pmid"),
            pmcid=work.one("pmcid"),
            citation=work.one("citation"),
        ),
    }


def _loaded(source: str, file: str) -> dict[Any, Any]:
    """The fields of the front matter, as they are written. Raises `ArticleError`."""
    if _deepest(source) > _DEEPEST:
        raise ArticleError(file, "line 2", "front matter: nested too deeply")
    try:
        facts = yaml.load(source, _Loader)
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 2
        raise ArticleError(file, f"line {line}", f"front matter: {error.problem}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ArticleError(file, "line 2", f"front matter: {error}") from None
    if facts is None:
        return {}
    if not isinstance(facts, dict):
        raise ArticleError(file, "line 2", "front matter: not a list of fields")
    return facts


class _Fields:
    """Named values, one or several under a name; what is of another form is named with its line."""

    def __init__(self, values: dict[Any, Any], source: str, file: str) -> None:
        self.values = values
        self._source = source
        self._file = file

    def place(self, key: str) -> str:
        """The line on which a field stands."""
        rows = enumerate(self._source.splitlines(), start=2)
        return f"line {next((index for index, row in rows if row.lstrip().startswith(f'{key}:')), 2)}"

    def wrong(self, key: str, reason: str) -> ArticleError:
        """What is to be raised where a field is not as it should be."""
        return ArticleError(self._file, self.place(key), f"{key}: {reason}")

    def one(self, key: str) -> str:
        """The value of a field; empty where it has none. Raises `ArticleError`."""
        value = self.values.get(key)
        if value is None:
            return ""
        if isinstance(value, (dict, list)):
            raise self.wrong(key, "one value is wanted")
        return str(value).strip()

    def several(self, *keys: str) -> tuple[str, ...]:
        """The values of the first of some fields that is there: a list, or parted by commas. Raises `ArticleError`."""
        for key in keys:
            value = self.values.get(key)
            if isinstance(value, str):
                return tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, list):
                if any(isinstance(part, (dict, list)) for part in value):
                    raise self.wrong(key, "a list of plain values is wanted")
                return tuple(str(part).strip() for part in value if part is not None)
            if value is not None:
                raise self.wrong(key, "a list is wanted")
        return ()

    def within(self, key: str) -> "_Fields | None":
        """The fields under a name; None where there are none. Raises `ArticleError`."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, dict):
            raise self.wrong(key, "fields are wanted")
        return _Fields(value, self._source, self._file) if value else None
