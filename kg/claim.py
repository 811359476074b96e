"""The claim: one statement made by one stretch of one text.

The fields are the columns of a claims table, in its order, followed by what explains the claim.
Identifiers are CURIEs (`kg.namespaces`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

Predicate = Literal[
    "treats",
    "acts_via",
    "secretes",
    "increases",
    "decreases",
    "differentiates_into",
    "derived_from",
    "given_by",
    "adverse_effect",
    "outcome",
    "more_effective_than",
    "involves",
    "affects",
]

Polarity = Literal["positive", "negative"]

#: How sure the text is, the surest first; `studied` is what is only looked into, with no result told.
Certainty = Literal["asserted", "hedged", "studied"]

#: The kinds of evidence, strongest first.
Evidence = Literal[
    "MetaAnalysis",
    "SystematicReview",
    "RandomizedTrial",
    "ClinicalTrial",
    "ObservationalStudy",
    "CaseReport",
    "AnimalStudy",
    "InVitroStudy",
    "Review",
    "ExpertStatement",
]

#: What a claim rests on: a result or conclusion of a study, or what is generally known, said or meant.
Basis = Literal["finding", "background"]

#: How a claim was made: read by a program, by a person, or by a language model.
Method = Literal["automatic", "manual", "language-model"]

#: What the number of an outcome counts; nothing where there is no number.
Unit = Literal["", "%", "patients"]

#: The keys that qualifiers may have, in the order in which they are written.
Qualifier = Literal["source", "route", "comparator", "species", "with", "aspect"]

#: What else a sentence may tell of the study behind a claim: the number of patients, the dose, the time of follow-up,
#: the phase and the registration of a trial, and whose cells were given.
Detail = Literal["patients", "dose", "followUp", "phase", "registration", "donor"]

PREDICATES: tuple[Predicate, ...] = get_args(Predicate)
POLARITIES: tuple[Polarity, ...] = get_args(Polarity)
CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
BASES: tuple[Basis, ...] = get_args(Basis)
METHODS: tuple[Method, ...] = get_args(Method)
UNITS: tuple[Unit, ...] = get_args(Unit)
QUALIFIERS: tuple[Qualifier, ...] = get_args(Qualifier)
DETAILS: tuple[Detail, ...] = get_args(Detail)

#: The rank of a kind of evidence: 1 is the strongest.
RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(EVIDENCE, 1)}

#: The rank of no evidence at all.
NO_RANK = len(EVIDENCE) + 1

#: What a claim counts as that is background, whatever study it stands beside (`stemkg:weighsAs` in the ontology).
BACKGROUND_COUNTS_AS: Evidence = "ExpertStatement"


def counting_as(evidence: Evidence, basis: Basis) -> Evidence:
    """The kind of evidence that a claim counts as, by its own and its basis.

    >>> counting_as("MetaAnalysis", "finding"), counting_as("MetaAnalysis", "background")
    ('MetaAnalysis', 'ExpertStatement')
    """
    return evidence if basis == "finding" else BACKGROUND_COUNTS_AS


#: The columns of a claims table. It may have those of `ORIGIN` too.
COLUMNS = (
    "doc",
    "start",
    "end",
    "subject",
    "predicate",
    "object",
    "disease",
    "polarity",
    "certainty",
    "evidence",
    "basis",
    "value",
    "unit",
    "qualifiers",
)

#: The columns that tell where a claim comes from; a table without them tells of what StemKG read.
ORIGIN = ("method", "agent")


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """One claim.

    `start` and `end` are half-open offsets, in Unicode code points, of the supporting sentence in the article's text.
    `value` is a decimal number as in a table ("40", "66.7"), empty but for outcomes; `unit` is "%" or "patients".
    `qualifiers` are (key, CURIE) pairs, keys from `QUALIFIERS`, in that order.
    `confidence` is between 0 and 1; `rule` names the rule that made the claim.
    `details` are (key, text) pairs, keys from `DETAILS`, in that order: ("patients", "60"), ("donor", "autologous").
    `agent` is who or what made a claim that StemKG did not read itself: an IRI, or a name.
    `cues` are the spans of the words that it rests on, both ends included.
    """

    doc: str
    start: int
    end: int
    subject: str
    predicate: Predicate
    object: str
    disease: str = ""
    polarity: Polarity = "positive"
    certainty: Certainty = "asserted"
    evidence: Evidence = "ExpertStatement"
    basis: Basis = "background"
    value: str = ""
    unit: Unit = ""
    qualifiers: tuple[tuple[Qualifier, str], ...] = ()
    confidence: float = 1.0
    rule: str = ""
    details: tuple[tuple[Detail, str], ...] = ()
    method: Method = "automatic"
    agent: str = ""
    cues: tuple[tuple[int, int], ...] = ()

    @property
    def counts_as(self) -> Evidence | None:
        """The kind of evidence that it counts as; none where something is only studied, whatever the design."""
        if self.certainty == "studied":
            return None
        return counting_as(self.evidence, self.basis)

    @property
    def rank(self) -> int:
        """The rank of the evidence that it counts as, 1 the strongest; `NO_RANK` where it counts as none."""
        return RANK[self.counts_as] if self.counts_as else NO_RANK

    def row(self) -> tuple[str, ...]:
        """The claim as the cells of a claims table, in the order of `COLUMNS`.

        >>> source = (("source", "UBERON:0002371"),)
        >>> Claim("a", 0, 9, "CL:0000134", "treats", "MONDO:0005301", qualifiers=source).row()[-1]
        'source=UBERON:0002371'
        """
        return (
            self.doc,
            str(self.start),
            str(self.end),
            self.subject,
            self.predicate,
            self.object,
            self.disease,
            self.polarity,
            self.certainty,
            self.evidence,
            self.basis,
            self.value,
            self.unit,
            ";".join(f"{key}={value}" for key, value in self.qualifiers),
        )

    @classmethod
    def from_row(cls, row: dict[str, str]) -> "Claim":
        """The claim of one row of a claims table, given as a mapping from column to cell; other columns are ignored.

        A table without the column `basis`, which former ones had not, tells only of what is `background`; one without
        the columns of `ORIGIN`, only of what StemKG read.
        Raises `ValueError` naming the column and the reason.
        """
        row = {"basis": "background", "method": "automatic", "agent": ""} | row
        if missing := [column for column in COLUMNS if row.get(column) is None]:
            raise ValueError(f"no column {missing[0]!r}")

        offsets = []
        for column in ("start", "end"):
            if not row[column].isdecimal():
                raise ValueError(f"{column}: {row[column]!r} is not an offset")
            offsets.append(int(row[column]))
        qualifiers = []
        for pair in filter(None, row["qualifiers"].split(";")):
            key, equals, value = pair.partition("=")
            if key not in QUALIFIERS or not equals or not value:
                raise ValueError(f"qualifiers: {pair!r} is not KEY=CURIE with a key of {', '.join(QUALIFIERS)}")
            qualifiers.append((one_of("qualifiers", key, QUALIFIERS), value))
        return cls(
            row["doc"],
            offsets[0],
            offsets[1],
            row["subject"],
            one_of("predicate", row["predicate"], PREDICATES),
            row["object"],
            row["disease"],
            one_of("polarity", row["polarity"], POLARITIES),
            one_of("certainty", row["certainty"], CERTAINTIES),
            one_of("evidence", row["evidence"], EVIDENCE),
            one_of("basis", row["basis"], BASES),
            row["value"],
            one_of("unit", row["unit"], UNITS),
            tuple(sorted(qualifiers, key=lambda pair: QUALIFIERS.index(pair[0]))),
            method=one_of("method", row["method"], METHODS),
            agent=row["agent"],
        )


_Name = TypeVar("_Name", bound=str)


def one_of(column: str, cell: str, allowed: Sequence[_Name]) -> _Name:
    """A cell as one of the values that its column may have. Raises `ValueError` where it is none of them."""
    for value in allowed:
        if value == cell:
            return value
    raise ValueError(f"{column}: {cell!r} is not one of {', '.join(filter(None, allowed))}")
