"""DOCX, by way of mammoth, which comes with the extra "docx": it makes a page of it, and that is read as pages are."""

import html
import io
import re
import zipfile
from typing import IO

from lxml import etree

from kg.articles.article import Article
from kg.articles.cues import FurnitureCues
from kg.articles.errors import ArticleError, Left, OnNote, Tell, telling
from kg.articles.page import read_html
from kg.articles.streams import DAMAGE
from kg.articles.xml_stream import parse

_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
comment-reference =>
"""
#: What office files begin with: the name of their first entry.
_FIRST = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"mimetype", b"xl/", b"ppt/", b"customXml/")
# A cell with one paragraph is one of data: in a page, paragraphs in cells tell of a table for the layout.
_CELL = re.compile(r"<t[dh]([^<>]*)><p>((?:(?!</?p>).)*)</p></t[dh]>", re.DOTALL)
_MOST_BYTES = 200 << 20
_DOCUMENT = "word/document.xml"
_OFF = {"0", "false", "off"}
_CORE = "docProps/core.xml"


def may_be_office(head: bytes) -> bool:
    """Whether a zip archive begins as the files of office programs do."""
    return head[30:80].startswith(_FIRST)


def office_kind(whole: IO[bytes]) -> str:
    """What a zip archive is: "docx", "office" where it is of another office program, else ""."""
    try:
        with zipfile.ZipFile(whole) as archive:
            names = set(archive.namelist())
            if _DOCUMENT in names:
                return "docx"
            kind = archive.open("mimetype").read(200) if "mimetype" in names else b""
    except DAMAGE:
        return ""
    finally:
        whole.seek(0)
    return "office" if "[Content_Types].xml" in names or b"opendocument" in kind else ""


def read_docx(whole: IO[bytes], *, stem: str, file: str, cues: FurnitureCues, on_note: OnNote) -> Article:
    """The article of a DOCX file, with its sentences. Raises `ArticleError`."""
    try:
        import mammoth  # type: ignore[import-untyped]
    except ImportError:
        raise ArticleError(file, "", "a DOCX file: install stemkg[docx] to read it") from None
    try:
        with zipfile.ZipFile(whole) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
                raise ArticleError(file, "", "refused: a DOCX file that grows to more than 200 MB")
            title, authors = _properties(archive)
            shown = _shown(archive, telling(on_note, file))
        whole.seek(0)
        body = mammoth.convert_to_html(
            shown or whole, style_map=_STYLES, convert_image=mammoth.images.img_element(lambda _: {"src": ""})
        ).value
        body = _CELL.sub(r"<td\1>\2</td>", body)
    except ArticleError:
        raise
    except Exception as error:  # mammoth raises whatever a broken file makes it trip over
        raise ArticleError(file, "", f"not a DOCX file that can be read: {error or type(error).__name__}") from None
    named = "".join(f'<meta name="citation_author" content="{html.escape(author)}">' for author in authors)
    page = f"<html><head><title>{html.escape(title)}</title>{named}</head><body><main>{body}</main></body></html>"
    return read_html(page.encode("utf-8", "replace"), stem=stem, file=file, cues=cues, on_note=on_note)


def _shown(archive: zipfile.ZipFile, tell: Tell) -> IO[bytes] | None:
    """The same file without the words that are hidden in it; None where none are."""
    document = archive.read(_DOCUMENT)
    if b"vanish" not in document:
        return None
    root = parse(document)
    for mark in [*root.iter("{*}vanish")]:
        properties = mark.getparent()
        run = properties.getparent() if properties is not None else None
        if run is not None and not _OFF.intersection(mark.attrib.values()) and str(run.tag).endswith("}r"):
            tell(Left.HIDDEN, "".join(map(str, run.itertext())))
            for part in [*run]:
                run.remove(part)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, etree.tostring(root) if name == _DOCUMENT else archive.read(name))
    made.seek(0)
    return made


def _properties(archive: zipfile.ZipFile) -> tuple[str, list[str]]:
    """The title and the authors that the file states of itself."""
    if _CORE not in archive.namelist():
        return "", []
    try:
        core = parse(archive.read(_CORE))
    except etree.XMLSyntaxError:
        return "", []
    title = " ".join((core.findtext("{*}title") or "").split())
    authors = [name.strip() for name in (core.findtext("{*}creator") or "").split(";")]
    return title, [name for name in authors if name and name != "python-docx"]
