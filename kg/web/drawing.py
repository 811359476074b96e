"""Pictures as SVG. Colours come from the style sheet by class; a picture to take away carries its own."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from markupsafe import Markup

from kg.claim import NO_RANK
from kg.web.evidence_map import EvidenceMap
from kg.web.index import Index, Mark

_RADIUS = 13.0
_SMALLEST = 5.0

#: The colours of the evidence ranks, strongest first: blues for people, oranges for animals and
#: dishes, greys for opinion.
#: Apart for every common kind of colour blindness, since the three groups differ in hue and each falls in darkness.
COLOURS = ("#0b3c7d", "#14509a", "#1c63b0", "#3d8bd0", "#74b2e0", "#a9d0ec", "#b85c00", "#eda54a", "#6f6f78", "#b3b3bc")

SVG_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1c2530}.q{fill:#5b6673}.l{stroke:#d9dee4}"
    + "".join(f".e{rank}{{fill:{colour};stroke:{colour}}}" for rank, colour in enumerate(COLOURS, 1))
    + ".hedged{fill-opacity:.35}.denied{fill:none;stroke-dasharray:3 2}"
    + ".studied{fill:none;stroke:#6f6f78;stroke-dasharray:1 3}"
    + ".minus{stroke:#b3261e;stroke-width:2.5;fill:none}"
)


def radius(articles: int, largest: int) -> float:
    """The radius of a mark: its area grows with the logarithm of the number of articles."""
    if largest <= 1:
        return _RADIUS * 0.6
    share = math.log1p(articles - 1) / math.log1p(largest - 1)
    return math.sqrt(_SMALLEST**2 + (_RADIUS**2 - _SMALLEST**2) * share)


def _circle(mark: Mark, largest: int, at: tuple[float, float] = (0, 0)) -> str:
    """The circle of a mark, and the minus sign where an article is against."""
    x, y = at
    kind = ""
    if mark.rank == NO_RANK:
        kind = " studied"
    elif not mark.supporting:
        kind = " denied"
    elif mark.hedged == mark.supporting:
        kind = " hedged"
    where = f'cx="{x:g}" cy="{y:g}" ' if at != (0, 0) else ""
    drawn = f'<circle {where}r="{radius(mark.articles, largest):.1f}" class="e{mark.rank}{kind}"/>'
    if mark.opposing:
        drawn += f'<path d="M{x + 8:g} {y - 11:g}h7" class="minus"/>'
    return drawn


def dot(mark: Mark, largest: int) -> Markup:
    """A mark on its own, as in a square of the map."""
    return Markup(f'<svg class="mark" viewBox="-16 -16 32 32" aria-hidden="true">{_circle(mark, largest)}</svg>')


def map_svg(shown: EvidenceMap, index: Index, legend: Sequence[tuple[int, str]], title: str) -> str:
    """The whole map as a picture of its own. `legend` gives (rank, label) of the evidence types."""
    # Names are never cut: the room for them is that of the longest.
    square, indent = 34, 14
    side = 40 + max((indent * row.depth + 7.4 * len(index.label(row.id)) for row in shown.rows), default=0)
    top = 60 + 5.8 * max((len(index.label(column.id)) for column in shown.columns), default=0)
    slant = 4.4 * max((len(index.label(column.id)) for column in shown.columns), default=0)
    width = max(round(side + square * len(shown.columns) + slant), 24 + 200 * 5)
    height = round(top + square * len(shown.rows) + 110)
    largest = shown.largest()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f"<title>{escape(title)}</title><style>{SVG_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="16" y="30" font-weight="600">{escape(title)}</text>',
    ]
    for number, column in enumerate(shown.columns):
        x = side + square * (number + 0.5)
        label = escape(index.label(column.id))
        parts.append(f'<text transform="translate({x + 4:g} {top - 8}) rotate(-55)">{label}</text>')
    for number, row in enumerate(shown.rows):
        y = top + square * (number + 0.5)
        parts.append(f'<path class="l" d="M16 {y + square / 2:g}H{side + square * len(shown.columns)}"/>')
        label = escape(index.label(row.id))
        parts.append(f'<text x="{16 + indent * row.depth}" y="{y + 4:g}">{label}</text>')
        for place, column in enumerate(shown.columns):
            if mark := shown.marks.get((row.id, column.id)):
                parts.append(_circle(mark, largest, (side + square * (place + 0.5), y)))
    y = top + square * len(shown.rows) + 36
    for number, (rank, label) in enumerate(legend):
        x, line = 24 + 200 * (number % 5), y + 26 * (number // 5)
        parts.append(f'<circle cx="{x}" cy="{line - 4}" r="7" class="e{rank}"/>')
        parts.append(f'<text class="q" x="{x + 14}" y="{line}">{escape(label)}</text>')
    parts.append("</svg>")
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A term beside another: by which relation, and what speaks for it. `away`: the relation points from the middle."""

    id: str
    label: str
    relation: str
    mark: Mark
    away: bool


def neighbourhood(middle: str, neighbours: Sequence[Neighbour]) -> Markup:
    """A term in the middle, what points to it on the left and what it points to on the right. Neighbours are links."""
    left = [neighbour for neighbour in neighbours if not neighbour.away]
    right = [neighbour for neighbour in neighbours if neighbour.away]
    line, width = 44, 920
    height = max(len(left), len(right), 2) * line + 16
    centre = height / 2
    largest = max((neighbour.mark.articles for neighbour in neighbours), default=1)
    fuller = " rightwards" if len(right) > len(left) else ""
    parts = [f'<svg class="neighbours{fuller}" viewBox="0 0 {width} {height}" role="group" aria-label="Neighbours">']
    edges, nodes = [], []
    for side, anchor, text_x, dot_x, end_x in (
        (left, "end", 250, 268, 372),
        (right, "start", width - 250, width - 268, width - 372),
    ):
        for number, neighbour in enumerate(side):
            y = centre + (number - (len(side) - 1) / 2) * line
            bend = (dot_x + end_x) / 2
            edges.append(
                f'<path class="edge{" against" if not neighbour.mark.supporting else ""}"'
                f' d="M{dot_x} {y:g}C{bend:g} {y:g} {bend:g} {centre:g} {end_x} {centre:g}"/>'
            )
            said = f"{neighbour.label}: {neighbour.relation}, {neighbour.mark.articles} articles"
            lines = _wrapped(neighbour.label, 36)
            low = y + 6.5 * (len(lines) - 1)  # of the last line: the middle of a label is beside its mark
            nodes.append(
                f"<a href={quoteattr('/term/' + neighbour.id)}><title>{escape(said)}</title>"
                f"{_circle(neighbour.mark, largest, (dot_x, y))}"
                + "".join(
                    f'<text x="{text_x}" y="{low - 2 - 13 * (len(lines) - 1 - place):g}" text-anchor="{anchor}">'
                    f"{escape(line)}</text>"
                    for place, line in enumerate(lines)
                )
                + f'<text class="q" x="{text_x}" y="{low + 13:g}" text-anchor="{anchor}">'
                f"{escape(neighbour.relation)}</text></a>"
            )
    lines = _wrapped(middle, 18)
    label = "".join(
        f'<text x="{width / 2:g}" y="{centre + 5 + (number - (len(lines) - 1) / 2) * 17:g}" text-anchor="middle"'
        f' class="middle">{escape(text)}</text>'
        for number, text in enumerate(lines)
    )
    box = len(lines) * 17 + 22
    rect = f'<rect x="{372}" y="{centre - box / 2:g}" width="{width - 744}" height="{box}" rx="8" class="centre"/>'
    return Markup("".join([*parts, *edges, rect, label, *nodes, "</svg>"]))


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:4]
