"""Charts of the answers of stored queries, as SVG: what the header of a query asks for, drawn from its rows.

The colours are those of the evidence where the rows have a column of that name, else one for each series. A name is
never cut: it goes on in a second line.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox
from markupsafe import Markup

from kg.asking import Cell, Rows
from kg.catalogue import Chart, StoredQuery
from kg.claim import RANK
from kg.namespaces import STEMKG
from kg.tables import heading
from kg.web.drawing import COLOURS

_WIDTH = 900
_MOST = 40  # rows that are drawn
_SERIES = ("#1c63b0", "#d9822b", "#3f8f6b", "#8c4a9e", "#6f6f78", "#b3486b")
_FACTOR = re.compile(r"\(1−(\d+(?:\.\d+)?)\)(?:\^(\d+))?")

#: What a picture that is taken away has in place of the style sheet of the pages.
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1c2530}text.q{font-size:11px;fill:#59636f}"
    ".grid{stroke:#dfe3e6;fill:none}.line{fill:none;stroke:#b9c1c8}.surface{fill:#fff}.against{stroke-dasharray:4 3}"
    + "".join(f".e{rank}{{fill:{colour};stroke:{colour}}}" for rank, colour in enumerate(COLOURS, 1))
    + "".join(f".s{place}{{fill:{colour}}}.t{place}{{stroke:{colour}}}" for place, colour in enumerate(_SERIES))
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an answer as a chart has it. `value` is a number; `of` says what the colour is of."""

    label: str
    value: float
    series: str = ""
    colour: str = "s0"
    parts: tuple[float, ...] = ()  # what articles add, one after the other
    range: tuple[float, float] | None = None
    count: str = ""
    target: str = ""


def chart(stored: StoredQuery, rows: Rows) -> Markup | None:
    """The chart that a query's header asks for, of an answer with all its columns; None where there is none, or nothing
    to draw."""
    if stored.chart is None or len(rows) < 2:
        return None
    found = list(_rows(stored.chart, rows))
    if not found:
        return None
    spec = stored.chart
    title = f"{stored.columns[spec.y]}, by {stored.columns[spec.x]}"
    draw: dict[str, Callable[[list[Row], Chart], list[str]]] = {
        "bar": _bars,
        "belief": _beliefs,
        "columns": _columns,
        "dots": _dots,
        "heat": _heat,
        "network": _network,
    }
    height, *parts = draw[spec.type](found, spec)
    legend, extra = _legend(found, rows, float(height))
    total = float(height) + extra
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {_WIDTH} {total:g}" role="img"'
    return Markup("".join([f"{head} aria-label={quoteattr(title)}>", *parts, *legend, "</svg>"]))


def alone(picture: Markup) -> str:
    """A chart as a file of its own, with its style."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    assert size
    head = f'<style>{STYLE}</style><rect width="{size[1]}" height="{size[2]}" fill="#fff"/>'
    begin, close, rest = str(picture).partition(">")
    return f'{begin} width="{size[1]}" height="{size[2]}"{close}{head}{rest}'


# Rows


def _rows(spec: Chart, rows: Rows) -> Iterable[Row]:
    if spec.type == "heat" and any(_number(row[spec.series]) is not None for row in rows):
        # Two measures of each row, side by side.
        for row in rows:
            for column in (spec.y, spec.series):
                if (measured := _number(row[column])) is not None:
                    yield Row(rows.word(row[spec.x]), measured, heading(column))
        return
    series = list(dict.fromkeys(rows.word(row[spec.series]) for row in rows)) if spec.series else []
    # What tells bars or dots apart beside their name.
    beside = dict.fromkeys((spec.series, "disease")) if spec.type in ("bar", "belief", "dots") else ()
    apart = [one for one in beside if one != spec.x and len({rows.word(row.get(one)) for row in rows}) > 1]
    for row in rows:
        value = 0.0 if spec.type == "network" else _number(row[spec.y])
        if value is None or row[spec.x] is None:
            continue
        name = rows.word(row[spec.series]) if spec.series else ""
        told = [rows.word(row.get(column)) for column in (spec.x, "group", *apart)]
        label = " · ".join(filter(None, told))
        low, high = _number(row.get("lowest")), _number(row.get("highest"))
        yield Row(
            label,
            value,
            name,
            _colour(row, series.index(name) if name in series else 0),
            _parts(rows.word(row.get("arithmetic"))),
            (low, high) if low is not None and high is not None else None,
            rows.word(row.get("articles")),
            rows.word(row[spec.y]) if spec.type == "network" else "",
        )


def _number(cell: Cell) -> float | None:
    try:
        return float(cell.value) if isinstance(cell, ox.Literal) else None
    except ValueError:
        return None


def _colour(row: dict[str, Cell], place: int) -> str:
    """The class of a row's colour: of its evidence where it tells one, else of its series."""
    evidence = row.get("evidence")
    if isinstance(evidence, ox.NamedNode) and (rank := RANK.get(evidence.value.removeprefix(STEMKG))):
        return f"e{rank}"
    return "e10" if "evidence" in row else f"s{place % len(_SERIES)}"


def _parts(arithmetic: str) -> tuple[float, ...]:
    """What each article adds to a belief, the heaviest first, from its arithmetic: one less what all leave open."""
    weights = [float(weight) for weight, times in _FACTOR.findall(arithmetic) for _ in range(int(times or 1))]
    left = list(accumulate((1 - weight for weight in weights), lambda a, b: a * b, initial=1.0))
    return tuple(before - after for before, after in pairwise(left))


# Words


def _told(value: float) -> str:
    return f"{value:,.{4 if value < 1 else 3}g}" if value != int(value) else f"{int(value):,}"


def _lines(text: str, width: int) -> list[str]:
    """A name in lines of about so many characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _name(text: str, x: float, y: float, *, anchor: str = "end", width: int = 40) -> str:
    lines = _lines(text, width)
    first = y - (len(lines) - 1) * 7.5
    return "".join(
        f'<text x="{x:g}" y="{first + 15 * place:g}" text-anchor="{anchor}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )


def _tall(text: str, least: float, width: int = 40) -> float:
    return max(least, 15.0 * len(_lines(text, width)) + 9)


def _axis(title: str, x: float, y: float) -> str:
    return f'<text class="q" x="{x:g}" y="{y:g}" text-anchor="middle">{escape(title)}</text>'


def _legend(found: Sequence[Row], rows: Rows, y: float) -> tuple[list[str], float]:
    """What the colours mean, below a picture; how tall that is."""
    if found[0].colour.startswith("e"):
        place = rows.columns.index("evidence")
        names = {
            f"e{RANK.get(cell.value.removeprefix(STEMKG), 10)}": rows.word(cell)
            for row in rows.rows
            if isinstance(cell := row[place], ox.NamedNode)
        }
        items = [(colour, names[colour]) for colour in sorted(names, key=lambda one: int(one[1:]))]
    else:
        items = list({row.colour: (row.colour, row.series) for row in reversed(found) if row.series}.values())[::-1]
        if len(items) < 2:
            return [], 0
    parts, x, line = [], 12.0, y + 18
    for colour, name in items:
        if x + 40 + 7.5 * len(name) > _WIDTH:
            x, line = 12.0, line + 22
        parts.append(f'<rect class="{colour}" x="{x:g}" y="{line - 10:g}" width="12" height="12" rx="2"/>')
        parts.append(f'<text x="{x + 18:g}" y="{line:g}">{escape(name)}</text>')
        x += 44 + 7.5 * len(name)
    return parts, line + 14 - y


# Charts: each gives how tall it is, and what is drawn


def _scale(side: float, top: float, height: float, title: str, ticks: Sequence[float]) -> list[str]:
    """The grid of a lying chart, from `side` to the right edge, with its title below."""
    parts = []
    for tick in ticks:
        x = side + (_WIDTH - side - 70) * tick / (top or 1)
        parts.append(f'<path class="grid" d="M{x:g} 4V{height:g}"/>')
        parts.append(_axis(_told(tick), x, height + 14))
    return [*parts, _axis(title, side + (_WIDTH - side - 70) / 2, height + 30)]


def _side(found: Sequence[Row]) -> float:
    """The room for names on the left."""
    return 24 + 7.2 * min(40, max((len(line) for row in found for line in _lines(row.label, 40)), default=0))


def _beliefs(found: list[Row], spec: Chart) -> list[str]:
    """Lying bars from 0 to 1 in the colour of the evidence, with a gap where an article adds to those before."""
    found = found[:_MOST]
    side = _side(found)
    wide, y = _WIDTH - side - 70, 8.0
    bars = []
    for row in found:
        tall = _tall(row.label, 26)
        bars.append(_name(row.label, side - 10, y + tall / 2 + 4))
        x = side
        for part in row.parts or (row.value,):
            long = max(0.5, wide * part)
            bars.append(
                f'<rect class="{row.colour}" x="{x:.1f}" y="{y + tall / 2 - 8:g}" width="{max(0.5, long - 1.5):.1f}"'
                f' height="16" stroke-width="0"/>'
            )
            x += long
        bars.append(f'<text class="q" x="{x + 6:.1f}" y="{y + tall / 2 + 4:g}">{_told(row.value)}</text>')
        y += tall
    grid = _scale(side, 1, y, "belief; a part of a bar is what one article adds", (0, 0.25, 0.5, 0.75, 1))
    return [str(y + 38), *grid, *bars]


def _bars(found: list[Row], spec: Chart) -> list[str]:
    """Lying bars; of rows with the same name, their sum."""
    values: dict[str, Row] = {}
    for row in found:
        before = values.get(row.label)
        values[row.label] = Row(row.label, row.value + (before.value if before else 0), row.series, row.colour)
    shown = list(values.values())[:_MOST]
    top = max((row.value for row in shown), default=1) or 1
    side, y, bars = _side(shown), 8.0, []
    wide = _WIDTH - side - 70
    for row in shown:
        tall = _tall(row.label, 24.0)
        long = max(1.0, wide * row.value / top)
        at = y + tall / 2 - 5
        bars.append(_name(row.label, side - 10, y + tall / 2 + 4))
        bars.append(f'<rect class="{row.colour}" x="{side}" y="{at:g}" width="{long:.1f}" height="10" rx="2"/>')
        bars.append(f'<text class="q" x="{side + long + 6:.1f}" y="{at + 9:g}">{_told(row.value)}</text>')
        y += tall
    return [str(y + 38), *_scale(side, top, y, spec.y, (0, top / 2, top)), *bars]


def _columns(found: list[Row], spec: Chart) -> list[str]:
    """Standing columns over numbers such as years, the values of the series on top of each other."""
    stacked: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        stacked[row.label].append(row)
    names = sorted(stacked)
    if all(name.isascii() and name.isdigit() for name in names):
        # Years in which nothing came out have their place too.
        names = [str(year) for year in range(int(names[0]), int(names[-1]) + 1)][-60:]
    top = max(sum(row.value for row in stacked[name]) for name in names)
    left, foot, height = 60, 250.0, 300
    step = (_WIDTH - left - 20) / len(names)
    parts = []
    for value in sorted({0.0, float(round(top / 2)), top}):
        y = foot - (foot - 12) * value / (top or 1)
        parts.append(f'<path class="grid" d="M{left} {y:g}H{_WIDTH - 20}"/>')
        parts.append(f'<text class="q" x="{left - 8}" y="{y + 4:g}" text-anchor="end">{_told(value)}</text>')
    every = max(1, -(-len(names) // 15))
    for place, name in enumerate(names):
        x, y = left + step * place, foot
        for row in sorted(stacked.get(name, []), key=lambda row: (len(row.colour), row.colour)):
            tall = (foot - 12) * row.value / (top or 1)
            y -= tall
            parts.append(
                f'<rect class="{row.colour}" x="{x + step * 0.15:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}"'
                f' height="{max(0.0, tall - 1):.1f}" stroke-width="0">'
                f"<title>{escape(f'{name}: {_told(row.value)} {row.series}')}</title></rect>"
            )
        if place % every == 0:
            parts.append(_axis(name, x + step / 2, foot + 18))
    turned = f'<text class="q" transform="translate(16 {foot / 2:g}) rotate(-90)" text-anchor="middle">'
    return [str(height), *parts, _axis(spec.x, _WIDTH / 2, foot + 38), f"{turned}{escape(spec.y)}</text>"]


def _dots(found: list[Row], spec: Chart) -> list[str]:
    """A dot for a share of 100, with its range and the number of articles; those of a group together."""
    found = found[:_MOST]
    side, y, dots = _side(found), 8.0, []
    wide = _WIDTH - side - 70
    for row in found:
        tall = _tall(row.label, 24)
        middle = y + tall / 2
        dots.append(_name(row.label, side - 10, middle + 4))
        x = side + wide * min(row.value, 100) / 100
        if row.range:
            low, high = (side + wide * min(end, 100) / 100 for end in row.range)
            dots.append(f'<path class="line {row.colour.replace("s", "t")}" d="M{low:.1f} {middle:g}H{high:.1f}"/>')
            x_text = max(x, high)
        else:
            x_text = x
        dots.append(f'<circle class="{row.colour}" cx="{x:.1f}" cy="{middle:g}" r="5"/>')
        told = f"{_told(row.value)} %" + (f", n = {row.count}" if row.count else "")
        dots.append(f'<text class="q" x="{x_text + 10:.1f}" y="{middle + 4:g}">{told}</text>')
        y += tall
    title = f"{spec.y}, percent; the line is the range, n the number of articles"
    return [str(y + 38), *_scale(side, 100, y, title, (0, 25, 50, 75, 100)), *dots]


def _heat(found: list[Row], spec: Chart) -> list[str]:
    """A square for a row and a series, the darker the greater its value."""
    labels = list(dict.fromkeys(row.label for row in found))[:_MOST]
    series = list(dict.fromkeys(row.series for row in found))[:16]
    top = max(row.value for row in found) or 1
    side = _side([Row(label, 0) for label in labels])
    longest = max(map(len, series))
    turned = len(series) > 6
    square = min(110.0, (_WIDTH - side - (4.6 * longest if turned else 20)) / len(series))
    head = 20 + (5.6 * longest if turned else 15.0 * max(len(_lines(one, 12)) for one in series))
    parts = []
    for place, name in enumerate(series):
        x = side + square * (place + 0.5)
        if turned:
            parts.append(f'<text transform="translate({x + 4:g} {head - 8:g}) rotate(-52)">{escape(name)}</text>')
        else:
            parts.append(_name(name, x, head - 12 - 7.5 * (len(_lines(name, 12)) - 1), anchor="middle", width=12))
    values = {(row.label, row.series): row for row in found}
    y = head
    for label in labels:
        tall = _tall(label, 28)
        parts.append(_name(label, side - 10, y + tall / 2 + 4))
        for place, name in enumerate(series):
            x = side + square * place
            row = values.get((label, name))
            if row is None:
                parts.append(f'<rect class="grid" x="{x:g}" y="{y:g}" width="{square - 2:g}" height="{tall - 2:g}"/>')
                continue
            share = row.value / top
            parts.append(
                f'<rect class="{row.colour}" fill-opacity="{0.12 + 0.4 * share:.2f}" stroke-width="0"'
                f' x="{x:g}" y="{y:g}" width="{square - 2:g}" height="{tall - 2:g}">'
                f"<title>{escape(f'{label}, {name}')}</title></rect>"
                f'<text x="{x + square / 2:g}" y="{y + tall / 2 + 4:g}" text-anchor="middle">{_told(row.value)}</text>'
            )
        y += tall
    return [str(y + 10), *parts]


def _network(found: list[Row], spec: Chart) -> list[str]:
    """Names in two columns, or three, with a line for each row from one to the next."""
    found = found[:_MOST]
    ways = [(row.label, row.target, row.series) if spec.series else (row.label, row.target) for row in found]
    levels = [list(dict.fromkeys(way[place] for way in ways)) for place in range(len(ways[0]))]
    height = max(sum(_tall(name, 26, 30) for name in level) for level in levels) + 30
    xs = [20 + (_WIDTH - 260) * place / (len(levels) - 1) for place in range(len(levels))]
    at: dict[tuple[int, str], float] = {}
    names = []
    for place, level in enumerate(levels):
        y = 30 + (height - 30 - sum(_tall(name, 26, 30) for name in level)) / 2
        names.append(f'<text class="q" x="{xs[place]:g}" y="14">{escape((spec.x, spec.y, spec.series)[place])}</text>')
        for name in level:
            tall = _tall(name, 26, 30)
            at[place, name] = y + tall / 2
            wide = 16 + 7.5 * max(map(len, _lines(name, 30)))
            names.append(
                f'<rect class="surface line" x="{xs[place] - 6:g}" y="{y + 1:g}" width="{wide:g}"'
                f' height="{tall - 4:g}" rx="5"/>' + _name(name, xs[place], y + tall / 2 + 3, anchor="start", width=30)
            )
            y += tall
    edges = []
    right = {(place, name): xs[place] + 10 + 7.5 * max(map(len, _lines(name, 30))) for place, name in at}
    for row, way in zip(found, ways, strict=True):
        for place in range(len(way) - 1):
            a, b = at[place, way[place]], at[place + 1, way[place + 1]]
            x, z = right[place, way[place]], xs[place + 1] - 6
            colour = row.colour.replace("s", "t") if row.colour.startswith("s") else row.colour
            edges.append(
                f'<path class="{colour}" fill-opacity="0" stroke-width="1.6" stroke-opacity=".55"'
                f' d="M{x:g} {a:g}C{(x + z) / 2:g} {a:g} {(x + z) / 2:g} {b:g} {z:g} {b:g}"/>'
            )
    return [str(height + 8), *dict.fromkeys(edges), *names]
