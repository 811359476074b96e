"""Pictures of a class tree, as inline SVG that reads without colour and links to the pages of its terms."""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from kg.vocabulary import Term

ROW, INDENT, CHARACTER = 22, 22, 7.4


def tree(
    roots: Sequence[Term],
    children: Callable[[Term], Sequence[Term]],
    address: Callable[[str], str],
    title: str,
    marked: str = "",
) -> Markup:
    """The trees below some terms. A term that stands at several places is drawn at each; `marked` is drawn bold."""
    rows: list[tuple[int, Term, int]] = []  # depth, term, row of the parent

    def visit(term: Term, depth: int, parent: int, path: frozenset[str]) -> None:
        rows.append((depth, term, parent))
        here = len(rows) - 1
        for child in children(term):
            if child.id not in path:
                visit(child, depth + 1, here, path | {child.id})

    for root in roots:
        visit(root, 0, -1, frozenset({root.id}))
    width = max((depth * INDENT + 16 + len(term.label) * CHARACTER for depth, term, _ in rows), default=40)
    height = len(rows) * ROW + 8
    parts = [
        Markup(
            '<svg class="tree" role="img" viewBox="0 0 {:.0f} {}" width="{:.0f}" height="{}"><title>{}</title>'
        ).format(width + 8, height, width + 8, height, title)
    ]
    for row, (depth, term, parent) in enumerate(rows):
        x, y = depth * INDENT + 12, row * ROW + 18
        if parent >= 0:
            above = parent * ROW + 24
            parts.append(Markup('<path d="M{} {}V{}H{}"/>').format(x - INDENT + 2, above, y - 4, x - 4))
        parts.append(
            Markup('<a href="{}"><text x="{}" y="{}"{}>{}</text></a>').format(
                address(term.id), x, y, Markup(' class="here"') if term.id == marked else "", term.label
            )
        )
    parts.append(Markup("</svg>"))
    return Markup("\n").join(parts)
