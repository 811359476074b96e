"""XML in, an element at a time: no entities, no network, no tree that grows with the file."""

import html
import re
from collections.abc import Collection, Iterator
from typing import IO

from lxml import etree

from kg.articles.decode import text_encoding
from kg.articles.errors import ArticleError

#: How much of a file is looked at to find out what it is. A document type with entities must show itself in it.
HEAD = 65_536
_SPACE = re.compile(r"\s*+")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*+)")
_DOCTYPE = re.compile(r"<!DOCTYPE\s++([\w.:-]++)", re.IGNORECASE)
_IN_DOCTYPE = re.compile(r"[\[\]>]")
_ENCODING = re.compile(rb"\s*+<\?xml[^>]*?\sencoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})[\"']")
_ENTITY = re.compile(r"<!ENTITY\b")
#: References to the control characters that XML may not have: "&#x1d;", "&#29;".
CONTROL_REFERENCE = rb"&#(?:x0*(?:[0-8bcef]|1[\da-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
_UNPARSED = re.compile(r"<!ENTITY\s++[\w.-]++\s++(?:SYSTEM|PUBLIC)\s[^<>]*?\sNDATA\s[^<>]*+>")


def root_name(head: str) -> str:
    """The local name of the root element of an XML file that begins with `head`, or "" where it has none.

    >>> root_name('<?xml version="1.0"?><!-- a --><p:set xmlns:p="urn:p"/>')
    'set'
    """
    head = head.removeprefix("\ufeff")
    if match := _ROOT.match(head, prolog_end(head)):
        return match[1].rpartition(":")[2]
    doctype = _DOCTYPE.search(head)
    return doctype[1] if doctype else ""


def prolog_end(head: str) -> int:
    """Where the prolog ends: declarations, comments and the document type, whole ones. Each is passed once."""
    position = 0
    while True:
        position = _SPACE.match(head, position).end()  # type: ignore[union-attr]  # it matches the empty too
        if head.startswith("<?", position):
            end = head.find("?>", position) + 2
        elif head.startswith("<!--", position):
            end = head.find("-->", position + 4) + 3
        elif head.startswith("<!DOCTYPE", position):
            end = _doctype_end(head, position)
        else:
            return position
        if end < position + 2:  # it is cut off
            return position
        position = end


def _doctype_end(head: str, position: int) -> int:
    """Where a document type ends: at the first > outside of its brackets; 0 where it is cut off."""
    inside = False
    for match in _IN_DOCTYPE.finditer(head, position):
        if match[0] == ">" and not inside:
            return match.end()
        inside = match[0] == "[" or (inside and match[0] != "]")
    return 0


def declares_entities(head: str) -> bool:
    """Whether the prolog declares entities of its own, which is how XML bombs are made and how files leak.

    Those of pictures, which are not parsed, do no harm: <!ENTITY fig1 SYSTEM "f.tif" NDATA TIF>.
    """
    start = prolog_end(head)
    prolog = head[: start if _ROOT.match(head, start) else len(head)]
    return bool(_ENTITY.search(_UNPARSED.sub("", prolog)))


def declared_encoding(head: bytes) -> str:
    """The encoding of an XML file by its byte order mark or declaration, in the name that Python gives it.

    Raises `ValueError` where there is no such encoding.

    >>> declared_encoding(b'<?xml version="1.0" encoding="ISO-8859-1"?>')
    'iso8859-1'
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8")):
        if head.startswith(mark):
            return encoding
    match = _ENCODING.match(head)
    try:
        return text_encoding(match[1].decode("ascii")) if match else "utf-8"
    except LookupError:
        raise ValueError(f"{match[1].decode()!r} is not an encoding" if match else "") from None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


_PARSER = _parser()


def parse(data: bytes) -> etree._Element:
    """The element that stands alone in `data`, which is UTF-8. Raises `lxml.etree.XMLSyntaxError`."""
    return etree.fromstring(data, _PARSER)


def is_well_formed(data: bytes) -> bool:
    """Whether a file is XML, whole and well formed."""
    try:
        etree.fromstring(
            data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        )
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True


def iterate(stream: IO[bytes], tags: Collection[str], *, file: str) -> Iterator[etree._Element]:
    """The elements of the given local names as they end; each is cleared when the next is asked for.

    Raises `ArticleError` naming the line where the XML is not well formed.
    """
    events = etree.iterparse(
        stream,
        events=("end",),
        tag=tuple(f"{{*}}{tag}" for tag in tags),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            yield element
            element.clear(keep_tail=False)
            while element.getprevious() is not None and (parent := element.getparent()) is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        reason = (error.msg or "no reason given").split(", line ")[0]
        raise ArticleError(file, f"line {error.lineno or 1}", f"not well-formed XML: {reason}") from None


def entity(element: etree._Element) -> str:
    """The character that an entity stands for which the file itself does not declare: "&nbsp;".

    Raises `ValueError` where no standard names it.
    """
    reference = str(element.text)
    character = html.unescape(reference)
    if character == reference:
        raise ValueError(f"{reference} is an entity that nothing declares")
    return character


def place(entry: int, element: etree._Element) -> str:
    """Where an element stands: its number among its like and its line."""
    return f"entry {entry} (line {element.sourceline})" if element.sourceline else f"entry {entry}"
