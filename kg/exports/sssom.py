"""Mappings in SSSOM: what other vocabularies call our terms, who says so, how sure, and why."""

from typing import IO

from kg import mappings, paths
from kg.exports import about
from kg.namespaces import STEMKG
from kg.store import Store

_ORCID = "https://orcid.org/"
_MAKER = "stemkg:" + about.MAKER.removeprefix(STEMKG)


def write_sssom(_: Store, output: IO[bytes], creator: str = "") -> None:
    """Write the mappings of the ontology, which are the same for every store.

    `creator` is the IRI of who publishes the set, as an ORCID is one; each mapping keeps its own authors.
    """
    table = (paths.ONTOLOGY / mappings.NAME).read_text("utf-8")
    if creator:
        table = _published_by(creator, table)
    output.write(table.encode())


def _published_by(creator: str, table: str) -> str:
    """A table whose set has another creator: its head names people by CURIEs, so an IRI that has none gets a prefix."""
    if creator.startswith(_ORCID):
        curie = "orcid:" + creator.removeprefix(_ORCID)
    else:
        space = creator[: max(map(creator.rstrip("/#").rfind, "/#")) + 1]
        curie = "publisher:" + creator.removeprefix(space)
        table = table.replace("#curie_map:\n", f"#curie_map:\n#  publisher: {space}\n", 1)
    return table.replace(
        f"#creator_id:\n#  - {_MAKER}\n#creator_label:\n#  - {about.MAKER_NAME}\n", f"#creator_id:\n#  - {curie}\n", 1
    )
