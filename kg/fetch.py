"""Fetching articles from Europe PMC and from NCBI's E-utilities into a folder that `kg build` reads.

Polite, as both services ask: named, no faster than they allow, patient when they are busy. Each article is a file of
its own, written whole or not at all; what is there already is not asked for again, and a search that was broken off
goes on at the page where it was.
"""

import hashlib
import io
import json
import os
import re
import time
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kg.articles import ArticleError
from kg.articles.pubmed import split
from kg.articles.xml_stream import root_name
from kg.limits import Asking
from kg.remote import AskingError, ask

_PMID = re.compile(r"(?:PMID:?\s*)?([0-9]{1,8})", re.IGNORECASE)
_PMCID = re.compile(r"PMC[0-9]{1,10}", re.IGNORECASE | re.ASCII)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
#: What a service's own identifier must look like to be the name of a file.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}(?:\.[A-Za-z0-9_-]{1,32}){0,3}", re.ASCII)
#: What may be tried again: the service is busy, or ill for a while.
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_STATE = ".fetch.json"
_PUBMED_SET = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n',
    b"\n</PubmedArticleSet>\n",
)
#: PubMed gives no more than this many results of one search, wherever one begins.
_PUBMED_MOST = 9_999

Service = Literal["europepmc", "pubmed"]


class FetchError(Exception):
    """A service that can't be reached or answers what it should not. The message names the address and the reason."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the services are and how they are used."""

    europepmc: str = "https://www.ebi.ac.uk/europepmc/webservices/rest"
    eutils: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    api_key: str = ""  # NCBI's, which allows ten requests a second in place of three
    email: str = ""  # where NCBI writes to before it locks somebody out
    europepmc_rate: float = 5.0  # requests a second
    page: int = 100  # results a request
    attempts: int = 6
    timeout: float = 60.0  # seconds without a byte

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings with what the environment states: STEMKG_EUROPEPMC, STEMKG_EUTILS, NCBI_API_KEY, NCBI_EMAIL."""
        plain = cls()
        return cls(
            europepmc=environment.get("STEMKG_EUROPEPMC", plain.europepmc),
            eutils=environment.get("STEMKG_EUTILS", plain.eutils),
            api_key=environment.get("NCBI_API_KEY", ""),
            email=environment.get("NCBI_EMAIL", ""),
        )

    @property
    def eutils_rate(self) -> float:
        """The requests a second that NCBI allows."""
        return 10.0 if self.api_key else 3.0


@dataclass(slots=True)
class Fetched:
    """What became of a fetch: the files written, how many articles were there already, and what was not to be had."""

    written: list[Path] = field(default_factory=list)
    present: int = 0
    missing: list[str] = field(default_factory=list)


def fetch(
    wanted: Sequence[str],
    folder: Path,
    *,
    service: Service = "europepmc",
    limit: int = 1_000,
    full_text: bool = False,
    settings: Settings | None = None,
    progress: Callable[[Fetched], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Fetched:
    """Fetch what is wanted into `folder`: PMIDs, PMCIDs, DOIs, and searches, which are all else.

    PMIDs come from PubMed, PMCIDs and DOIs from Europe PMC, at most `limit` results of each search from the given
    service. With `full_text`, open articles of Europe PMC come whole rather than as abstracts; PMCIDs always do, where
    they may. `progress` is called after each request. Raises `FetchError` where a service fails for good; what was
    written stays, and the same call goes on from there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FetchError(f"{folder}: {error.strerror}") from None
    settings = settings or Settings()
    job = _Job(folder, settings, full_text, progress, _Client(settings, sleep, clock))
    pmids = [match[1] for item in wanted if (match := _PMID.fullmatch(item.strip()))]
    job.pubmed(pmids)
    for item in map(str.strip, wanted):
        if _PMID.fullmatch(item):
            continue
        if _PMCID.fullmatch(item):
            job.full_text_of(item.upper())
        elif match := _DOI.fullmatch(item):
            job.doi(match[1])
        elif service == "pubmed":
            job.search_pubmed(item, limit)
        else:
            job.search_europepmc(item, limit)
    return job.fetched


class _Client:
    """Asks the services, one request after the other."""

    def __init__(self, settings: Settings, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        for base in (settings.europepmc, settings.eutils):
            if urllib.parse.urlsplit(base).scheme not in ("http", "https"):
                raise FetchError(f"{base!r} is not the address of a service (http:// or https://)")
        self._settings = settings
        self._sleep = sleep
        self._reached = False
        self._clock = clock
        self._next: dict[str, float] = {}

    def europepmc(self, path: str, **parameters: str | int) -> bytes:
        """What Europe PMC answers. Raises `FetchError`, or `LookupError` where it has no such thing."""
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        address = f"{self._settings.europepmc.rstrip('/')}/{path}{query}"
        return self._ask(address, None, self._settings.europepmc_rate)

    def eutils(self, tool: str, **parameters: str | int) -> bytes:
        """What one of the E-utilities answers. Raises `FetchError`."""
        named = {"tool": "stemkg", "email": self._settings.email, "api_key": self._settings.api_key}
        form = {**parameters, **{key: value for key, value in named.items() if value}}
        address = f"{self._settings.eutils.rstrip('/')}/{tool}.fcgi"
        # POST, as NCBI asks for more than some two hundred identifiers; it keeps the key out of addresses too.
        try:
            return self._ask(address, urllib.parse.urlencode(form).encode(), self._settings.eutils_rate)
        except LookupError:
            raise FetchError(f"{address}: there is no such service") from None

    def _ask(self, address: str, form: bytes | None, rate: float) -> bytes:
        reason = ""
        for attempt in range(self._settings.attempts):
            self._wait(urllib.parse.urlsplit(address).netloc, rate)
            pause = float(2**attempt)
            try:
                body = ask(address, form, limits=Asking(silence=self._settings.timeout)).body
                self._reached = True
                return body
            except AskingError as error:
                self._reached |= error.reached
                if not self._reached:
                    # Not one server was there: waiting would not bring the network back.
                    raise FetchError(f"{urllib.parse.urlsplit(address).netloc} is not to be reached: {error}") from None
                if error.status == 404:
                    raise LookupError(address) from None
                reason = str(error)
                if error.status and error.status not in _PASSING:
                    break
                pause = max(pause, error.after)
            if attempt + 1 < self._settings.attempts:
                self._sleep(min(pause, 120.0))
        raise FetchError(f"{address}: {reason}")

    def _wait(self, host: str, rate: float) -> None:
        """Wait until the next request to a host is allowed."""
        now = self._clock()
        due = self._next.get(host, now)
        if due > now:
            self._sleep(due - now)
        self._next[host] = max(now, due) + 1 / rate


@dataclass(slots=True)
class _Job:
    """One fetch into one folder."""

    folder: Path
    settings: Settings
    full_text: bool
    progress: Callable[[Fetched], None]
    client: _Client
    fetched: Fetched = field(default_factory=Fetched)
    there: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.there = {path.stem for path in self.folder.iterdir() if not path.name.startswith(".")}

    # What is wanted

    def pubmed(self, pmids: Iterable[str]) -> None:
        """Fetch PubMed's records of the given PMIDs."""
        waiting = [pmid for pmid in dict.fromkeys(pmids) if not self._is_there(f"PMID{pmid}")]
        for batch in _batches(waiting, self.settings.page):
            answer = self.client.eutils("efetch", db="pubmed", retmode="xml", id=",".join(batch))
            found = set()
            try:
                for pmid, record in split(io.BytesIO(answer), "PubMed's answer"):
                    if pmid in batch:
                        self._write(f"PMID{pmid}.xml", record.join(_PUBMED_SET))
                        found.add(pmid)
            except ArticleError as error:
                raise FetchError(f"{self.settings.eutils}/efetch.fcgi: {error.reason}") from None
            self.fetched.missing += [f"PMID{pmid}" for pmid in batch if pmid not in found]
            self.progress(self.fetched)

    def full_text_of(self, pmcid: str) -> None:
        """Fetch the full text of an open article, or else what Europe PMC says of it."""
        if self._is_there(pmcid):
            return
        if not self._whole(pmcid):
            results = [found for found in self._results(f"PMCID:{pmcid}") if str(found.get("pmcid")).upper() == pmcid]
            if results:
                self._result(results[0], name=pmcid)
            else:
                self.fetched.missing.append(pmcid)
        self.progress(self.fetched)

    def doi(self, doi: str) -> None:
        """Fetch the article with a DOI."""
        results = self._results(f'DOI:"{doi}"')
        if results:
            self._result(results[0])
        else:
            self.fetched.missing.append(doi)
        self.progress(self.fetched)

    def search_europepmc(self, query: str, limit: int) -> None:
        """Fetch the results of a search of Europe PMC, page by page."""
        state = _State(self.folder, f"europepmc {query}")
        cursor, count = state.read("*", 0)
        while count < limit:
            page = self._search(query, cursorMark=cursor, pageSize=min(self.settings.page, limit - count))
            results = _list_of(page)
            for result in results:
                self._result(result)
            self.progress(self.fetched)
            count += len(results)
            following = str(page.get("nextCursorMark") or "")
            # The last page has no mark, or the one that it was asked by.
            if not results or not following or following == cursor:
                break
            cursor = following
            state.write(cursor, count)
        state.forget()

    def search_pubmed(self, query: str, limit: int) -> None:
        """Fetch the results of a search of PubMed."""
        most = min(limit, _PUBMED_MOST)
        answer = self.client.eutils("esearch", db="pubmed", retmode="json", retmax=most, term=query)
        found = _json(answer, f"{self.settings.eutils}/esearch.fcgi").get("esearchresult")
        ids = found.get("idlist") if isinstance(found, dict) else None
        if not isinstance(ids, list):
            reason = found.get("ERROR") if isinstance(found, dict) else None
            raise FetchError(f"{self.settings.eutils}/esearch.fcgi: {reason or 'no list of identifiers'}")
        self.pubmed(str(id) for id in ids)

    # How it is had

    def _results(self, query: str) -> list[dict[str, Any]]:
        return _list_of(self._search(query, pageSize=1))

    def _search(self, query: str, **parameters: str | int) -> dict[str, Any]:
        answer = self.client.europepmc("search", query=query, resultType="core", format="json", **parameters)
        page = _json(answer, f"{self.settings.europepmc}/search")
        if "resultList" not in page:
            raise FetchError(f"{self.settings.europepmc}/search: {page.get('errMsg') or 'no list of results'}")
        return page

    def _result(self, result: dict[str, Any], name: str = "") -> None:
        # What a service says is not trusted to be a name: what is no identifier is none of ours.
        pmid, pmcid, id = (str(result.get(key) or "") for key in ("pmid", "pmcid", "id"))
        pmid = pmid if re.fullmatch(r"[0-9]{1,8}", pmid) else ""
        pmcid = pmcid.upper() if _PMCID.fullmatch(pmcid) else ""
        names = [name, f"PMID{pmid}" if pmid else "", pmcid, id if _ID.fullmatch(id) else ""]
        names = list(filter(None, names))
        if not names:
            return
        if any(each in self.there for each in names):
            self.fetched.present += 1
            return
        if not name and self.full_text and pmcid and result.get("isOpenAccess") == "Y" and self._whole(pmcid):
            return
        content = json.dumps({"resultList": {"result": [result]}}, ensure_ascii=False, indent=1)
        # A half of a character can't be written as such; as JSON escapes it, it can.
        self._write(f"{names[0]}.json", content.encode("utf-8", "backslashreplace"))

    def _whole(self, pmcid: str) -> bool:
        """Fetch the full text of an article, and say whether it is to be had."""
        try:
            answer = self.client.europepmc(f"{pmcid}/fullTextXML")
        except LookupError:
            return False
        if root_name(answer[:65_536].decode("utf-8", "replace")) != "article":
            return False
        self._write(f"{pmcid}.xml", answer)
        return True

    def _is_there(self, name: str) -> bool:
        if name in self.there:
            self.fetched.present += 1
            return True
        return False

    def _write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        if os.path.lexists(path):  # never over another article, nor through a link
            self.fetched.present += 1
            return
        _write_whole(path, content)
        self.there.add(path.stem)
        self.fetched.written.append(path)


class _State:
    """How far a search came, kept in the folder so that the search can go on there."""

    def __init__(self, folder: Path, search: str) -> None:
        self._path = folder / _STATE
        self._key = hashlib.sha256(search.encode()).hexdigest()[:16]

    def _all(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def read(self, cursor: str, count: int) -> tuple[str, int]:
        """Where to go on, or what is given where the search is new."""
        match self._all().get(self._key):
            case {"cursor": str(cursor), "count": int(count)}:
                return cursor, count
        return cursor, count

    def write(self, cursor: str, count: int) -> None:
        """Keep where to go on."""
        _write_whole(self._path, json.dumps({**self._all(), self._key: {"cursor": cursor, "count": count}}).encode())

    def forget(self) -> None:
        """The search is done: the next time it begins anew, and finds what is new."""
        others = {key: value for key, value in self._all().items() if key != self._key}
        if others:
            _write_whole(self._path, json.dumps(others).encode())
        else:
            self._path.unlink(missing_ok=True)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that is never seen half written."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as file:  # not through a link that stands there
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise FetchError(f"{path}: {error.strerror}") from None


def _batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _json(answer: bytes, address: str) -> dict[str, Any]:
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        raise FetchError(f"{address}: the answer is not JSON") from None
    if not isinstance(value, dict):
        raise FetchError(f"{address}: the answer is no object")
    return value


def _list_of(page: dict[str, Any]) -> list[dict[str, Any]]:
    found = page["resultList"].get("result") if isinstance(page["resultList"], dict) else None
    return [result for result in found or () if isinstance(result, dict)]
