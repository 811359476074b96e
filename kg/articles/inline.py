"""The running text of XML elements: what raised letters and formulas in it read."""

from collections.abc import Iterator

from lxml import etree

from kg.articles import formulas, markup
from kg.articles.letters import plain
from kg.articles.xml_stream import entity


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for an entity."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def bare_text(element: etree._Element) -> str:
    """All text in an element, with single spaces: no formula, power or entity in it is read."""
    return " ".join("".join(map(str, element.itertext())).split())


def inner_text(element: etree._Element) -> str:
    """The text inside an element and its descendants in plain letters, each stretch of white space as one space.

    A power keeps its meaning: 10<sup>6</sup> is "10^6". Markup that was escaped once more than was right is resolved.
    """
    if len(element):
        pieces: list[str] = []
        collect(element, pieces)
        text = " ".join("".join(pieces).split())
    else:
        text = " ".join((element.text or "").split())
    marked = "&" in text or "<" in text or "$" in text or "\\(" in text
    return plain(markup.line(text) if marked else text)


def collect(element: etree._Element, pieces: list[str]) -> None:
    """Add what an element reads to the pieces of a text, its tail left out."""
    pieces.append(element.text or "")
    for child in element:
        name = local_name(child)
        if not name:
            pieces.append(entity(child))
        elif name == "sup":
            add_raised(child, pieces)
        elif name == "math":
            pieces.append(formula(child))
        elif name == "br":
            pieces.append(" ")
        else:
            collect(child, pieces)
        pieces.append(child.tail or "")


def add_raised(element: etree._Element, pieces: list[str]) -> None:
    """Add what a raised element reads to the pieces of the text before it."""
    inner: list[str] = []
    collect(element, inner)
    raise_text("".join(inner), element.tail or "", pieces)


def raise_text(raised: str, after: str, pieces: list[str]) -> None:
    """Add what a raised text reads to the pieces of the text before it; `after` is what follows it."""
    before = "".join(pieces[-6:])[-60:]
    spaced = before[-1:].isspace()
    read = markup.raised(before.rstrip(), raised, spaced=spaced, after=after)
    if read is not None and spaced:
        trim(pieces)
        read = read or " "
    pieces.append(raised if read is None else read)


def trim(pieces: list[str]) -> None:
    """Take white space off the end of the text that pieces make."""
    while pieces and not (kept := pieces[-1].rstrip()):
        pieces.pop()
    if pieces:
        pieces[-1] = kept


def formula(element: etree._Element) -> str:
    """What a formula in MathML reads: <msup><mn>10</mn><mn>8</mn></msup> is "10^8"."""
    return formulas.spaced(_math(element))


def _math(element: etree._Element) -> str:
    name = local_name(element)
    inner = [_math(child) for child in element if local_name(child) not in ("", "annotation", "annotation-xml")]
    if not len(element):
        # A space that is meant is one that does not break.
        text = (element.text or "").replace("\u2062", "").strip(" \t\r\n")
        return " " if name == "mspace" else text.replace("\xa0", " ")
    match name, inner:
        case ("msup" | "mover", [base, raised]):
            is_power = base[-1:].isdigit() and markup.is_exponent(raised)
            return base + ("^" if is_power else "") + formulas.raised_sign(raised)
        case "mfrac", [above, below]:
            return f"{above}/{below}"
        case "msubsup", [base, below, raised]:
            return base + below + raised
        case _:
            return "".join(inner)


def children(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """The children of an element that have one of the names."""
    for child in element if element is not None else ():
        if local_name(child) in names:
            yield child


def first(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element at a path of names, or None."""
    for name in path:
        element = next(children(element, name), None)
    return element
