"""JSON in: BioC collections, Europe PMC's search results and ClinicalTrials.gov's studies, an entry at a time."""

import json
import re
from collections.abc import Iterator
from typing import Any

from kg.articles.article import Article
from kg.articles.bioc import bioc_document
from kg.articles.errors import ArticleError, Left, Note, OnError, OnNote, Tell, telling
from kg.articles.europepmc import europepmc_result, is_result
from kg.articles.trials import is_trial, trial
from kg.limits import LONGEST_NUMBER


def _integer(digits: str) -> int | str:
    """A number, or its digits where there are more than any number has that is meant."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


_DECODER = json.JSONDecoder(parse_int=_integer)
_HALF = re.compile("[\\ud800-\\udfff]")
_HALF_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[\s,]*")
# What JSON begins with and a text does not: "[Home](/)", "{% include %}".
_JSON = re.compile(r"\s*(?:\{\s*(?:\"(?:[^\"\\\r\n]|\\.)*\"\s*:|\}\s*\Z)|\[\s*(?:\{\s*\"|\[\s*\[|\]\s*\Z))")
# The lists that hold the entries: of BioC, of PubTator's own BioC, of Europe PMC, of ClinicalTrials.gov.
_HOLDER = re.compile(r'(?<!\\)"(?:documents|PubTator3|result|studies|FullStudies)"\s*:\s*\[')
_DOCUMENT = re.compile(
    r'\s*\{(?:(?!"documents"|"resultList"|"PubTator3"|"studies"|"FullStudies").)*?"(?:passages|[pP]rotocolSection)"\s*:',
    re.DOTALL,
)


def is_json(text: str) -> bool:
    """Whether a text is JSON, whole or broken, and not one that begins as JSON may."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    if _JSON.match(text):
        return True
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def read_json(text: str, *, file: str, on_error: OnError, on_note: OnNote) -> Iterator[tuple[str, Article]]:
    """The articles of a JSON file, each with its place. Entries of other kinds are noted.

    Raises `ArticleError` where the JSON breaks off.
    """
    found = False
    has_halves = bool(_HALF_ESCAPED.search(text))
    is_known = bool(_HOLDER.search(text))
    for entry, value in enumerate(_entries(text, file), start=1):
        found = True
        place = f"entry {entry}"
        if not (is_known or isinstance(value, dict)):
            on_note(Note(file, place, Left.JSON))
            return  # the others of a list are alike
        try:
            if has_halves and _HALF.search(json.dumps(value, ensure_ascii=False)):
                raise ValueError("it holds half of a character, as \\ud800 is")
            article = _article(value, telling(on_note, file, place))
        except ValueError as error:
            on_error(ArticleError(file, place, str(error)))
        else:
            if article is None:
                on_note(Note(file, place, Left.JSON))
            else:
                yield place, article
    if not found:
        on_note(Note(file, "", Left.JSON, "it has no entries"))


def _article(value: Any, tell: Tell) -> Article | None:
    """The article of an entry, or None where it is of another kind. Raises `ValueError`."""
    if not isinstance(value, dict):
        raise ValueError("an entry that is no object")
    if "passages" in value:
        return bioc_document(value, tell)
    if is_trial(value):
        return trial(value, tell)
    if isinstance(value.get("result"), dict):  # the answer for one article
        value = value["result"]
    return europepmc_result(value, tell) if is_result(value) else None


def _entries(text: str, file: str) -> Iterator[Any]:
    holder = None if _DOCUMENT.match(text) else _HOLDER.search(text)
    if holder or text.lstrip().startswith("["):
        position = holder.end() if holder else text.index("[") + 1
        while True:
            position = _skip(text, position)
            if text.startswith("]", position):
                # A second list: the file has several collections.
                holder = _HOLDER.search(text, position)
                if not holder:
                    return
                position = holder.end()
                continue
            value, position = _decode(text, position, file)
            yield value
    position = _skip(text, 0)
    while position < len(text):
        value, position = _decode(text, position, file)
        yield value
        position = _skip(text, position)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _decode(text: str, position: int, file: str) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated string")
        reason = "the JSON breaks off" if cut else f"not JSON: {error.msg}"
        raise ArticleError(file, f"line {error.lineno}", reason) from None
    except RecursionError:
        line = text.count("\n", 0, position) + 1
        raise ArticleError(file, f"line {line}", "not JSON that can be read: nested too deeply") from None
