"""Details: what the sentence of a claim tells of the study behind it.

That is how many patients there were, the dose, the time of follow-up, the phase and the registration of a trial, and
whose cells were given.
"""

import dataclasses
import re
from collections.abc import Iterable, Iterator

from kg.claim import DETAILS, Claim, Detail
from kg.extraction import Explanation
from kg.extraction.figures import Figure, figures
from kg.extraction.frames import Sentence
from kg.extraction.spans import said

#: The classes of words that tell whose cells they are.
_DONORS = {"OwnCells": "autologous", "DonorCells": "allogeneic"}
_TELLING = re.compile(r"\d|\bphase\b|\bpatients\b", re.IGNORECASE)  # without any of these a sentence tells nothing
_IN_PEOPLE = ("RandomizedTrial", "ClinicalTrial", "ObservationalStudy", "CaseReport")
_BEFORE, _AFTER = 3, 6  # tokens between such a word and the cells that it is about
_TREATMENTS = frozenset(("cell", "product"))


def detailed(read: Explanation) -> list[Claim]:
    """The claims of an article, sorted, each with the details that its sentence tells."""
    return sorted(
        dataclasses.replace(claim, details=details(reading.sentence, claim.subject))
        for reading in read.readings
        for claim, _ in reading.claims
    )


def of_article(read: Explanation, evidence: str) -> tuple[tuple[Detail, str], ...]:
    """What an article tells of its own study, if `evidence` says that it reports one in people, in whatever sentence;
    of any other, the registered trials that it names."""
    told = [figure for reading in read.readings for figure in _of_study(reading.sentence)]
    wanted = DETAILS if evidence in _IN_PEOPLE else ("registration",)
    return tuple((key, value) for key, value in _told(told) if key in wanted)


def details(s: Sentence, subject: str) -> tuple[tuple[Detail, str], ...]:
    """What a sentence tells of the study behind a claim with this subject, keys in the order of `kg.claim.DETAILS`."""
    return (*_told(figures(s)), *(("donor", donor) for donor in _donors(s, subject)))


def _of_study(s: Sentence) -> list[Figure]:
    return figures(s) if _TELLING.search(s.text) else []


def _told(found: Iterable[Figure]) -> Iterator[tuple[Detail, str]]:
    """Figures as details. Of several numbers of patients, which are those of arms too, it is the largest; several doses
    are told as one, and so are times and phases."""
    told: dict[Detail, list[str]] = {key: [] for key in DETAILS}
    people = []
    for figure in found:
        match figure.kind:
            case "size":
                people.append(int(float(figure.value)))
            case "count" if figure.of:
                people.append(int(float(figure.of)))
            case "dose":
                told["dose"].append(_measured(figure))
            case "follow-up":
                told["followUp"].append(_measured(figure))
            case "phase":
                told["phase"].append(figure.value)
            case "registration":
                told["registration"].append(figure.value)
            case _:
                pass
    told["patients"] += [str(max(people))] if any(people) else []
    for key, values in told.items():
        once = list(dict.fromkeys(values))
        yield from ((key, value) for value in (once if key == "registration" else filter(None, [", ".join(once)])))


def _measured(figure: Figure) -> str:
    """ "at least 12 months", "2000000 cells/kg"."""
    return " ".join(filter(None, (figure.bound, figure.value, figure.unit)))


def _donors(s: Sentence, subject: str) -> Iterator[str]:
    """Whose the cells are that a claim is about: told beside their name, or anywhere where no cells are named."""
    cells = [one for one in s.named if not one.mention.kinds.isdisjoint(_TREATMENTS)]
    for owner, donor in _DONORS.items():
        for cue in said(s, owner):
            beside = (one for one in cells if one.first - cue.last <= _BEFORE and cue.first - one.last <= _AFTER)
            if not cells or any(subject in one.mention.ids for one in beside):
                yield donor
                break
