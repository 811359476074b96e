"""What pages say of themselves to search engines: schema.org's Dataset, ScholarlyArticle and Claim, in JSON-LD."""

from typing import Any

from kg.claim import Claim
from kg.exports import about
from kg.links import page
from kg.namespaces import CLAIM, expand
from kg.rdf import article_node
from kg.stated import Source, Stated
from kg.web.site import Site

Node = dict[str, Any]

_CONTEXT = "https://schema.org"


def dataset(site: Site) -> Node:
    """The whole graph, whose IRI gives it in each of its forms."""
    maker = {"@type": "Organization", "@id": about.MAKER, "name": about.MAKER_NAME}
    files = (("text/turtle", "Turtle"), ("application/n-triples", "N-Triples"), ("application/ld+json", "JSON-LD"))
    return {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": about.DATASET,
        "name": about.TITLE,
        "description": f"{len(site.index.claims)} claims that {len(site.index.sources)} articles make about cell"
        " therapy, each with its place in the text, polarity, certainty and evidence.",
        "identifier": about.DATASET,
        "url": about.DATASET,
        "license": about.LICENCE,
        "isAccessibleForFree": True,
        "creator": maker,
        "publisher": maker,
        "keywords": list(about.KEYWORDS),
        "dateCreated": about.CREATED,
        **({"version": site.vocabulary.version} if site.vocabulary.version else {}),
        "distribution": [
            {"@type": "DataDownload", "name": name, "encodingFormat": media, "contentUrl": about.DATASET}
            for media, name in files
        ],
    }


def article(source: Source) -> Node:
    """An article, with the work that it reports on where that is another."""
    iri = article_node(source.id).value
    said: Node = {
        "@context": _CONTEXT,
        "@type": "ScholarlyArticle",
        "@id": iri,
        "name": source.title or source.id,
        "datePublished": source.issued,
        "author": [{"@type": "Person", "name": name} for name in source.authors],
        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else "",
        "keywords": list(source.topics),
        "isPartOf": {"@id": about.DATASET},
        "creativeWorkStatus": "Retracted" if source.retracted else "",
    }
    work: Node = {
        "identifier": [
            {"@type": "PropertyValue", "propertyID": name, "value": value}
            for name, value in (("DOI", source.doi), ("PMID", source.pmid), ("PMCID", source.pmcid))
            if value
        ],
        "sameAs": page(doi=source.doi, pmid=source.pmid, pmcid=source.pmcid),
        "isPartOf": {"@type": "Periodical", "name": source.journal} if source.journal else "",
    }
    if source.work_title.casefold() in ("", source.title.casefold()):
        return _filled(said | {name: value for name, value in work.items() if value})
    named = {"@type": "ScholarlyArticle", "name": source.work_title, "datePublished": source.work_issued}
    return _filled(said | {"about": _filled(named | work)})


def claim(site: Site, stated: Stated, source: Source) -> Node:
    """A claim, in words and where it appears."""
    appears = article(source)
    del appears["@context"]
    return _filled(
        {
            "@context": _CONTEXT,
            "@type": "Claim",
            "@id": CLAIM + stated.id,
            "name": words(site, stated.claim),
            "about": [
                {"@type": "DefinedTerm", "@id": expand(id), "name": site.index.label(id), "termCode": id}
                for id in dict.fromkeys((stated.claim.subject, stated.claim.object, stated.claim.disease))
                if id
            ],
            "appearance": appears,
            "claimInterpreter": {"@type": "Thing", "name": stated.claim.agent or about.TITLE},
            "license": about.LICENCE,
            "isPartOf": {"@id": about.DATASET},
        }
    )


def words(site: Site, claim: Claim) -> str:
    """A claim as a line: "not: mesenchymal stem cell treats lupus (hedged)"."""
    relation = site.own_label(claim.predicate)
    ends = site.index.label(claim.subject), relation, site.index.label(claim.object)
    value = f" {claim.value} {claim.unit}" if claim.value else ""
    sure = "" if claim.certainty == "asserted" else f" ({claim.certainty})"
    return ("not: " if claim.polarity == "negative" else "") + " ".join(ends) + value + sure


def _filled(node: Node) -> Node:
    """A node without what is not known."""
    return {name: value for name, value in node.items() if value not in ("", [], None)}
