"""The weights: how much a claim counts, by its evidence, its certainty and its basis.

They are one table in the ontology: `stemkg:weight` of each kind of evidence, and `stemkg:factor` of each certainty and
of each method by which claims are made. A claim weighs the product of the three, and background weighs as an expert
statement (`stemkg:weighsAs`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path

from kg.claim import (
    BASES,
    CERTAINTIES,
    EVIDENCE,
    METHODS,
    Basis,
    Certainty,
    Evidence,
    Method,
    counting_as,
    one_of,
)
from kg.vocabulary import Vocabulary

#: The IRIs of the certainties, bases and methods, by the values that a claim has: CURIEs.
CERTAINTY_TERMS: Mapping[Certainty, str] = {name: "stemkg:" + name.capitalize() for name in CERTAINTIES}
BASIS_TERMS: Mapping[Basis, str] = {name: f"stemkg:{name.capitalize()}Basis" for name in BASES}
METHOD_TERMS: Mapping[Method, str] = {name: f"stemkg:{name.title().replace('-', '')}Assertion" for name in METHODS}

_PEOPLE = "stemkg:HumanEvidence"  # what all kinds of evidence from people are
_NAMES = (*EVIDENCE, *CERTAINTIES, *METHODS)
_NUMBER = re.compile(r"0(\.\d+)?|1(\.0*)?", re.ASCII)


def from_people(vocabulary: Vocabulary) -> tuple[Evidence, ...]:
    """The kinds of evidence that come from people."""
    return tuple(name for name in EVIDENCE if _PEOPLE in vocabulary.ancestors("stemkg:" + name))


class WeightsError(ValueError):
    """A file of weights that can't be read. The message names the file, the line and the reason."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The table: weights and factors from 0 to 1; and which kinds of evidence come from people."""

    evidence: Mapping[Evidence, Decimal]
    certainty: Mapping[Certainty, Decimal]
    method: Mapping[Method, Decimal]
    people: tuple[Evidence, ...] = ()

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "Weights":
        """The weights of an ontology. Raises `ValueError` naming the term whose number is missing or none."""
        weights, factors = vocabulary.values("weight"), vocabulary.values("factor")

        def number(values: Mapping[str, tuple[str, ...]], term: str, property: str) -> Decimal:
            text = values.get(term, ("nothing",))[0]
            if not _NUMBER.fullmatch(text):
                raise ValueError(f"{term}: its {property} is {text!r}, not a number from 0 to 1")
            return Decimal(text)

        return cls(
            {name: number(weights, "stemkg:" + name, "stemkg:weight") for name in EVIDENCE},
            {name: number(factors, term, "stemkg:factor") for name, term in CERTAINTY_TERMS.items()},
            {name: number(factors, term, "stemkg:factor") for name, term in METHOD_TERMS.items()},
            from_people(vocabulary),
        )

    def weight(self, evidence: Evidence, certainty: Certainty, basis: Basis, method: Method = "automatic") -> Decimal:
        """What a claim weighs, from 0 to 1."""
        full = self.evidence[counting_as(evidence, basis)]
        return full * self.certainty[certainty] * self.method[method]

    def changed(self, file: Path) -> "Weights":
        """These weights with those of a file in their place: a name and a number a line, lines of # passed over.

        A name is that of a kind of evidence (`MetaAnalysis`), a certainty (`hedged`) or a method (`language-model`).
        Raises `WeightsError`.
        """
        evidence, certainty, method = dict(self.evidence), dict(self.certainty), dict(self.method)
        try:
            lines = file.read_text("utf-8-sig").splitlines()
        except OSError as error:
            raise WeightsError(f"{file}: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise WeightsError(f"{file}: not UTF-8 ({error.reason})") from None
        for place, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            name, _, text = " ".join(line.split()).removeprefix("stemkg:").partition(" ")
            if not _NUMBER.fullmatch(text):
                raise WeightsError(f"{file}:{place}: {text!r} is not a number from 0 to 1")
            known = {each.casefold(): each for each in _NAMES}.get(name.casefold())
            if known is None:
                raise WeightsError(f"{file}:{place}: {name!r} is not one of {', '.join(_NAMES)}")
            if known in evidence:
                evidence[one_of("evidence", known, EVIDENCE)] = Decimal(text)
            elif known in certainty:
                certainty[one_of("certainty", known, CERTAINTIES)] = Decimal(text)
            else:
                method[one_of("method", known, METHODS)] = Decimal(text)
        return replace(self, evidence=evidence, certainty=certainty, method=method)

    def dumped(self) -> str:
        """The table as JSON, which `loaded` reads."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def loaded(cls, text: str) -> "Weights":
        """The table of `dumped`."""
        table = json.loads(text)
        return cls(
            {name: Decimal(number) for name, number in table["evidence"].items()},
            {name: Decimal(number) for name, number in table["certainty"].items()},
            {name: Decimal(number) for name, number in table["method"].items()},
            tuple(table["people"]),
        )
