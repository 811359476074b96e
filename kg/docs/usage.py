"""How often claims use the terms of the ontology, and where those claims are shown."""

from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import quote

from kg.exports.records import articles
from kg.store import Store
from kg.vocabulary import Vocabulary

#: Where claims are shown if nothing else is said: the address that sends on to a server of ours.
PAGES = "https://w3id.org/stemkg"


@dataclass(slots=True)
class Use:
    """How many claims have a term as an end, a disease or a qualifier, and how many have it or a narrower one."""

    claims: int = 0
    with_narrower: int = 0
    articles: int = 0  # that make the latter


@dataclass(slots=True)
class Usage:
    """The uses of terms by the claims of a store; `pages` is the address where these are shown, without a slash."""

    pages: str = PAGES
    by_term: dict[str, Use] = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, vocabulary: Vocabulary, pages: str = PAGES) -> "Usage":
        """Count the claims of a store; those of retracted articles, and wrong ones, are not counted."""
        uses: dict[str, Use] = defaultdict(Use)
        for source, records in articles(store):
            if source.retracted:
                continue
            here: set[str] = set()
            for record in records:
                claim = record.claim
                named = {claim.subject, claim.object, claim.disease, *(value for _, value in claim.qualifiers)} - {""}
                for id in named:
                    uses[id].claims += 1
                above = {one for id in named for one in (id, *vocabulary.ancestors(id))}
                for id in above:
                    uses[id].with_narrower += 1
                here |= above
            for id in here:
                uses[id].articles += 1
        return cls(pages.rstrip("/"), dict(uses))

    def __call__(self, id: str) -> Use | None:
        """The use of a term; None where no claim uses it."""
        return self.by_term.get(id)

    def address(self, id: str) -> str:
        """Where the claims are shown that speak of a term or of a narrower one."""
        return f"{self.pages}/claims?term={quote(id, safe=':')}"
