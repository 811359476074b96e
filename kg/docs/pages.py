"""Writing the pages."""

import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import jinja2
from markupsafe import Markup

from kg import paths
from kg.catalogue import Catalogue
from kg.disk import folder_anew
from kg.docs.model import KINDS, Model, own_page
from kg.docs.tree import tree
from kg.docs.usage import PAGES, Usage
from kg.ontology import Row, check, load_checks
from kg.store import Store
from kg.vocabulary import Term

_HERE = Path(__file__).resolve().parent
#: The file that lists what `write` wrote.
_MARK = ".stemkg-docs"


def write(
    folder: Path, ontology: Path = paths.ONTOLOGY, queries: Path = paths.QUERIES, store: Store | None = None,
    pages: str = PAGES,
) -> int:  # fmt: skip
    """Writes the documentation into a folder, which is new, empty or earlier such documentation; the number of pages.

    With a `store`, terms tell how many of its claims use them, with a link to these below the address `pages`.

    Raises `VocabularyError` or `CatalogueError` where the ontology or a query can't be read, `OSError` where a file
    can't be written or the folder has other things in it.
    """
    with folder_anew(folder, _MARK) as new:
        return _write(new, ontology, queries, store, pages)


def _write(folder: Path, ontology: Path, queries: Path, store: Store | None, pages: str) -> int:
    model = Model(ontology)
    usage = Usage.of(store, model.vocabulary, pages) if store else Usage()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    stored = sorted(Catalogue.load(queries), key=lambda query: query.name)
    environment.globals.update(
        version=model.vocabulary.version,
        kinds=KINDS,
        kind_name=kind_name,
        own_page=own_page,
        label=model.vocabulary.label,
        usage=usage,
        counted=store is not None,
    )
    count = 0

    def page(name: str, template: str, **values: object) -> None:
        nonlocal count
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * name.count("/")
        text = environment.get_template(template).render(up=up, link=lambda id: model.link(id, up), **values)
        target.write_text(text, encoding="utf-8")
        count += 1

    counts = [(kind, *map(len, model.of_kind(kind))) for kind in KINDS]
    page("index.html", "index.html", header=model.header, counts=counts, picture=_overview(model), queries=stored)
    page("relations.html", "relations.html", relations=model.relations, mappings=model.mappings)
    for kind in KINDS:
        ours, others = model.of_kind(kind)
        picture = _below(model, ours, kind, "../")
        page(f"kinds/{kind}.html", "kind.html", kind=kind, ours=ours, others=others, picture=picture)
    for term in model.ours:
        up = "../"
        page(
            f"terms/{term.id.partition(':')[2]}.html",
            "term.html",
            term=term,
            inferred=model.inferred(term),
            children=model.children.get(term.id, []),
            definitions=model.definitions(term, up),
            conditions=model.conditions(term, up),
            mappings=model.mappings.get(term.id, []),
            picture=_around(model, term, up),
        )
    page("report.html", "report.html", checks=_report(model))
    page("queries/index.html", "queries.html", queries=stored)
    for query in stored:
        page(f"queries/{query.name}.html", "query.html", query=query)
    shutil.copy(_HERE / "style.css", folder / "style.css")
    return count


def _report(model: Model) -> list[tuple[str, str, str, list[Row]]]:
    """The checks that need no Java, the gravest first: level, name, what is wrong, and where."""
    found: dict[str, list[Row]] = defaultdict(list)
    checks = load_checks()
    for row in check(model.graph, checks):
        found[row.check].append(row)
    levels = ["ERROR", "WARN", "INFO"]
    told = [(one.severity, one.name, one.problem, found[one.name]) for one in checks]
    return sorted(told, key=lambda one: (levels.index(one[0]), not one[3], one[1]))


def kind_name(kind: str, plural: bool = True) -> str:
    """A kind in words: "adverse_event" is "adverse events"."""
    words = kind.replace("_", " ")
    if not plural or words in ("evidence", "species"):
        return words
    return words + ("es" if words.endswith("s") else "s")


def _below(model: Model, ours: Sequence[Term], kind: str, up: str) -> Markup:
    """Our terms of a kind as a tree, from those that have none of them above."""
    within = {term.id for term in ours}
    roots = [term for term in ours if not within & set(term.parents)]

    def children(term: Term) -> list[Term]:
        return [child for child in model.children.get(term.id, []) if child.id.startswith("stemkg:")]

    return tree(roots, children, lambda id: model.address(id, up), f"The {kind_name(kind)} of StemKG as a tree")


def _overview(model: Model) -> Markup:
    """The top of the tree: the roots of ours, kind by kind, and what stands right below those that hold few."""
    roots = [term for kind in KINDS for term in model.of_kind(kind)[0] if not term.parents]
    roots = list(dict.fromkeys(roots))

    def children(term: Term) -> list[Term]:
        below = [child for child in model.children.get(term.id, []) if child.id.startswith("stemkg:")]
        return below if term in roots and len(below) <= 14 else []

    return tree(roots, children, lambda id: model.address(id, ""), "The upper classes of the StemKG ontology as a tree")


def _around(model: Model, term: Term, up: str) -> Markup:
    """A term with what stands right above and below it."""
    above = [model.vocabulary.terms[id] for id in term.parents if id in model.vocabulary]

    def children(one: Term) -> list[Term]:
        if one.id == term.id:
            return model.children.get(term.id, [])[:40]
        return [term]

    title = f"{term.label}, with the terms right above and below it"
    return tree(above or [term], children, lambda id: model.address(id, up), title, term.id)
