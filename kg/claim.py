"""The claim: one statement made by one stretch of one text.

The fields are the columns of a claims table, in its order, followed by what explains the claim.
Identifiers are CURIEs (`kg.namespaces`).
"""

from dataclasses import dataclass

#: The closed list of predicates.
PREDICATES = (
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
)

#: The kinds of evidence, strongest first.
EVIDENCE = (
    "MetaAnalysis",
    "RandomizedTrial",
    "ClinicalTrial",
    "ObservationalStudy",
    "CaseReport",
    "AnimalStudy",
    "InVitroStudy",
    "Review",
    "ExpertStatement",
)

#: The keys that qualifiers may have, in the order in which they are written.
QUALIFIERS = ("source", "route", "comparator", "species")

#: The columns of a claims table.
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
    "value",
    "unit",
    "qualifiers",
)


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """One claim.

    `start` and `end` are half-open offsets, in Unicode code points, of the supporting sentence in the article's text.
    `value` is a decimal number as in a table ("40", "66.7"), empty but for outcomes; `unit` is "%" or "patients".
    `qualifiers` are (key, CURIE) pairs, keys from `QUALIFIERS`, in that order.
    `confidence` is between 0 and 1; `rule` names the rule that made the claim and `cues` are the spans of the words
    that it rests on, both ends included.
    """

    doc: str
    start: int
    end: int
    subject: str
    predicate: str
    object: str
    disease: str = ""
    polarity: str = "positive"
    certainty: str = "asserted"
    evidence: str = "ExpertStatement"
    value: str = ""
    unit: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()
    confidence: float = 1.0
    rule: str = ""
    cues: tuple[tuple[int, int], ...] = ()

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
            self.value,
            self.unit,
            ";".join(f"{key}={value}" for key, value in self.qualifiers),
        )

    @classmethod
    def from_row(cls, row: dict[str, str]) -> "Claim":
        """The claim of one row of a claims table, given as a mapping from column to cell; other columns are ignored.

        Raises `ValueError` naming the column and the reason.
        """
        if missing := [column for column in COLUMNS if row.get(column) is None]:
            raise ValueError(f"no column {missing[0]!r}")
        for column, allowed in (
            ("predicate", PREDICATES),
            ("polarity", ("positive", "negative")),
            ("certainty", ("asserted", "hedged")),
            ("evidence", EVIDENCE),
        ):
            if row[column] not in allowed:
                raise ValueError(f"{column}: {row[column]!r} is not one of {', '.join(allowed)}")
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
            qualifiers.append((key, value))
        return cls(
            row["doc"], offsets[0], offsets[1],
            row["subject"], row["predicate"], row["object"], row["disease"],
            row["polarity"], row["certainty"], row["evidence"], row["value"], row["unit"],
            tuple(qualifiers),
        )  # fmt: skip
