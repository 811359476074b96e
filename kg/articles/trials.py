"""ClinicalTrials.gov's JSON: what a registered trial studies, and what it found.

A record has fields and no text. So an article is written of it, in plain sentences of its own words: "This trial
studies mesenchymal stem cells in patients with knee osteoarthritis."
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from kg.articles import dates
from kg.articles.article import Article, Work
from kg.articles.errors import Left, Tell
from kg.articles.extracted import BULLET, Body, digest
from kg.articles.markup import line
from kg.articles.trials_before import renewed

_PARAGRAPHS = re.compile(r"(?:\r\n|\r|\n)\s*(?:\r\n|\r|\n)|(?:\r\n|\r|\n)\s*(?=[*•-]\s|\d+[.)]\s)")
_ITEM = re.compile(r"\s*(?:[*•-]|\d+[.)])\s+")
_PHASES = {
    "PHASE1": "phase 1",
    "PHASE2": "phase 2",
    "PHASE3": "phase 3",
    "PHASE4": "phase 4",
    "EARLY_PHASE1": "early phase 1",
}
_NO_PLACEBO = re.compile(r"placebo|sham|saline|standard|control|usual|conventional", re.IGNORECASE)
#: A stop of Markdown before a sign, as the registry writes it: "10\\^6", "\\> 5".
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>()#+.!~^|=-])")
_LEFT_MODULES = ("contactsLocationsModule", "referencesModule", "ipdSharingStatementModule", "oversightModule")


def is_trial(entry: dict[str, Any]) -> bool:
    """Whether a JSON object is a study of ClinicalTrials.gov, in version 1 or 2 of its interface."""
    return isinstance(entry.get("protocolSection"), dict) or renewed(entry) is not None


def trial(study: dict[str, Any], tell: Tell) -> Article:
    """The article of a study that was read from JSON. Raises `ValueError` where it has no title and no number."""
    study = renewed(study) or study
    protocol = study["protocolSection"]
    number = _text(protocol, "identificationModule", "nctId")
    title = _text(protocol, "identificationModule", "officialTitle") or _text(
        protocol, "identificationModule", "briefTitle"
    )
    if not title and not number:
        raise ValueError("a study without title and number")
    body = Body(title)
    brief = _text(protocol, "identificationModule", "briefTitle")
    if brief and brief != title:
        body.add(_sentence(brief))
    _design(protocol, body)
    for heading, module, field in (
        ("Brief summary", "descriptionModule", "briefSummary"),
        ("Detailed description", "descriptionModule", "detailedDescription"),
    ):
        _paragraphs(heading, _text(protocol, module, field), body)
    _arms(protocol, body)
    _planned(protocol, body)
    if _text(protocol, "eligibilityModule", "eligibilityCriteria"):
        tell(Left.FIELD, "eligibility criteria")
    for module in _LEFT_MODULES:
        if protocol.get(module):
            tell(Left.FIELD, module)
    results = study.get("resultsSection")
    if isinstance(results, dict):
        _results(results, body, tell)
    note = partial(tell, Left.DATE)
    status = ("statusModule",)
    first = _text(protocol, *status, "studyFirstPostDateStruct", "date") or _text(
        protocol, *status, "studyFirstSubmitDate"
    )
    issued = dates.read(_text(protocol, *status, "resultsFirstPostDateStruct", "date") if results else first, note)
    sponsor = _text(protocol, "sponsorCollaboratorsModule", "leadSponsor", "name")
    conditions = _strings(protocol, "conditionsModule", "conditions")
    return Article(
        id=number,
        text=body.text,
        title=body.title,
        issued=issued or dates.read(first, note),
        publisher="ClinicalTrials.gov",
        authors=(sponsor,) if sponsor else (),
        topics=tuple(dict.fromkeys((*conditions, *_strings(protocol, "conditionsModule", "keywords")))),
        evidence=_evidence(protocol),
        end=body.length,
        sha256=digest(body.text),
        work=Work((sponsor,) if sponsor else (), body.title, "ClinicalTrials.gov", issued[:4], citation=number),
        sections=body.sections,
    )


def _get(record: Any, *path: str) -> Any:
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def _text(record: Any, *path: str) -> str:
    value = _get(record, *path)
    if isinstance(value, str) and path[-1] in ("briefSummary", "detailedDescription", "eligibilityCriteria"):
        return value.strip()
    return _plain(str(value)) if isinstance(value, (str, int, float)) else ""


def _plain(text: str) -> str:
    """A text without the marks of Markdown and HTML, as one line."""
    return line(_ESCAPED.sub(r"\1", text))


def _dicts(record: Any, *path: str) -> list[dict[str, Any]]:
    value = _get(record, *path)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _strings(record: Any, *path: str) -> list[str]:
    value = _get(record, *path)
    return [_plain(item) for item in value if isinstance(item, str) and item.strip()] if isinstance(value, list) else []


def _sentence(words: str) -> str:
    """Words as a sentence, with a stop at its end."""
    words = words.strip()
    return words if not words or words[-1] in ".?!:" else words + "."


def _paragraphs(heading: str, text: str, body: Body) -> None:
    """The paragraphs and list items of a field, under a heading."""
    if text:
        body.section(heading)
        for paragraph in _PARAGRAPHS.split(text):
            item = _ITEM.match(paragraph)
            words = _plain(paragraph[item.end() :] if item else paragraph)
            body.add(f"{BULLET}{words}" if item and words else words)


def _joined(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _evidence(protocol: dict[str, Any]) -> str:
    design = _get(protocol, "designModule")
    if _text(design, "studyType") == "OBSERVATIONAL":
        return "ObservationalStudy"
    randomized = _text(design, "designInfo", "allocation") == "RANDOMIZED"
    return "RandomizedTrial" if randomized else "ClinicalTrial"


def _design(protocol: dict[str, Any], body: Body) -> None:
    """What is studied in whom, how, and how far it has come."""
    design = _get(protocol, "designModule")
    observational = _text(design, "studyType") == "OBSERVATIONAL"
    phases = " and ".join(_PHASES[phase] for phase in _strings(design, "phases") if phase in _PHASES)
    randomized = _text(design, "designInfo", "allocation") == "RANDOMIZED"
    kind = "study" if observational else "trial"
    kind = " ".join(
        filter(None, ("randomized" if randomized else "", phases, "clinical" if not observational else "", kind))
    )
    conditions = _joined(_strings(protocol, "conditionsModule", "conditions"))
    given = [
        name
        for item in _dicts(protocol, "armsInterventionsModule", "interventions")
        if (name := _text(item, "name")) and not _NO_PLACEBO.search(name)
    ]
    for name in dict.fromkeys(given):
        body.add(
            f"This {kind} studies {name} in patients with {conditions}."
            if conditions
            else f"This {kind} studies {name}."
        )
    if not given and conditions:
        body.add(f"This {kind} is of patients with {conditions}.")
    status = _text(protocol, "statusModule", "overallStatus").replace("_", " ").lower()
    why = _text(protocol, "statusModule", "whyStopped")
    if status:
        body.add(f"The status of the {kind.split()[-1]} is: {status}.")
    if why:
        body.add(_sentence(f"It was stopped for this reason: {why}"))
    count, planned = _text(design, "enrollmentInfo", "count"), _text(design, "enrollmentInfo", "type") == "ESTIMATED"
    if count:
        body.add(f"{count} participants {'are to be' if planned else 'were'} enrolled.")


def _arms(protocol: dict[str, Any], body: Body) -> None:
    arms = _dicts(protocol, "armsInterventionsModule", "armGroups")
    interventions = _dicts(protocol, "armsInterventionsModule", "interventions")
    if arms or interventions:
        body.section("Arms and interventions")
    for item in (*arms, *interventions):
        name = _text(item, "label") or _text(item, "name")
        if name or _text(item, "description"):
            body.add(BULLET + ": ".join(filter(None, (name, _sentence(_text(item, "description"))))))


def _planned(protocol: dict[str, Any], body: Body) -> None:
    for field, heading in (
        ("primaryOutcomes", "Primary outcomes"),
        ("secondaryOutcomes", "Secondary outcomes"),
        ("otherOutcomes", "Other outcomes"),
    ):
        outcomes = _dicts(protocol, "outcomesModule", field)
        if outcomes:
            body.section(heading)
        for outcome in outcomes:
            words = [_text(outcome, "measure"), _text(outcome, "description")]
            frame = _text(outcome, "timeFrame")
            body.add(
                BULLET
                + " ".join(map(_sentence, filter(None, words)))
                + (f" Time frame: {_sentence(frame)}" if frame else "")
            )


# Results -------------------------------------------------------------------------------------------------------------


def _results(results: dict[str, Any], body: Body, tell: Tell) -> None:
    measures = _dicts(results, "outcomeMeasuresModule", "outcomeMeasures")
    posted = [measure for measure in measures if _dicts(measure, "classes")]
    if posted:
        body.section("Results", "RESULTS")
    for measure in posted:
        for said in _measured(measure):
            body.add(said)
        for field in ("description", "populationDescription"):
            if _text(measure, field):
                tell(Left.FIELD, f"{field} of {_text(measure, 'title')}")
    if len(posted) < len(measures):
        tell(Left.FIELD, f"{len(measures) - len(posted)} outcome measures without values")
    events = _get(results, "adverseEventsModule")
    groups = _dicts(events, "eventGroups")
    if groups:
        body.section("Adverse events", "RESULTS")
    for group in groups:
        for field, kind in (
            ("serious", "Serious adverse events"),
            ("other", "Other adverse events"),
            ("deaths", "Deaths"),
        ):
            affected, at_risk = _text(group, f"{field}NumAffected"), _text(group, f"{field}NumAtRisk")
            if affected and at_risk:
                body.add(
                    f"{kind} occurred in {affected} of {at_risk} participants who were given {_text(group, 'title')}."
                )
    _single_events(events, body)
    limits = _text(results, "moreInfoModule", "limitationsAndCaveats", "description")
    if limits:
        body.section("Limitations")
        body.add(_sentence(limits))
    for module in ("participantFlowModule", "baselineCharacteristicsModule"):
        if results.get(module):
            tell(Left.FIELD, module)


def _single_events(events: Any, body: Body) -> None:
    """Each adverse event that occurred in a group."""
    names = {_text(group, "id"): _text(group, "title") for group in _dicts(events, "eventGroups")}
    for field in ("seriousEvents", "otherEvents"):
        for event in _dicts(events, field):
            for stat in _dicts(event, "stats"):
                affected, at_risk = _text(stat, "numAffected"), _text(stat, "numAtRisk")
                if affected not in ("", "0") and at_risk:
                    what, given = _text(event, "term"), names.get(_text(stat, "groupId"), "")
                    body.add(f"{what} occurred in {affected} of {at_risk} participants who were given {given}.")


def _measured(measure: dict[str, Any]) -> Iterator[str]:
    """The values of an outcome, a sentence for each group, and what was made of their difference."""
    title, unit = _text(measure, "title"), _text(measure, "unitOfMeasure")
    kind = _text(measure, "paramType").replace("_", " ").lower()
    groups = {_text(group, "id"): _text(group, "title") for group in _dicts(measure, "groups")}
    frame = _text(measure, "timeFrame")
    for one in _dicts(measure, "classes"):
        for category in _dicts(one, "categories"):
            what = ", ".join(filter(None, (title, _text(one, "title"), _text(category, "title"))))
            for value in _dicts(category, "measurements"):
                number = _text(value, "value")
                if number and number != "NA":
                    told = "; ".join(filter(None, (frame and f"time frame: {frame}", _spread(measure, value))))
                    yield _value(what, kind, number, unit, groups.get(_text(value, "groupId"), ""), told)
    for analysis in _dicts(measure, "analyses"):
        if said := _compared(title, groups, analysis):
            yield said


def _spread(measure: dict[str, Any], value: dict[str, Any]) -> str:
    """How widely the values lie around the one that is given."""
    lower, upper = _text(value, "lowerLimit"), _text(value, "upperLimit")
    spread = f"{lower} to {upper}" if lower and upper else _text(value, "spread")
    kind = _text(measure, "dispersionType").replace("_", " ").lower()
    return f"{kind or 'spread'}: {spread}" if spread and spread != "NA" else ""


def _compared(title: str, groups: dict[str, str], analysis: dict[str, Any]) -> str:
    """What was made of the difference of groups: its size with its interval, and how likely it is by chance."""
    compared = _joined([groups.get(id, id) for id in _strings(analysis, "groupIds")])
    between = f" between {compared}" if " and " in compared else ""
    estimate, size = _text(analysis, "paramType"), _text(analysis, "paramValue")
    lower, upper = _text(analysis, "ciLowerLimit"), _text(analysis, "ciUpperLimit")
    level = _text(analysis, "ciPctValue") or "95"
    interval = f"{level}% confidence interval: {lower} to {upper}" if lower and upper else ""
    p = _text(analysis, "pValue")
    if p:
        sign = "" if p[0] in "<>=≤≥" else "= "
        told = "; ".join(filter(None, (size and f"{estimate or 'estimate'}: {size}", interval)))
        return f"{title}: the difference{between} had p {sign}{p}{f' ({told})' if told else ''}."
    if size:
        return f"{title}: the {estimate or 'estimate'}{between} was {size}{f' ({interval})' if interval else ''}."
    return ""


def _value(what: str, kind: str, number: str, unit: str, group: str, told: str) -> str:
    """A value in a sentence: "Response: 60% of participants who were given MSCs (time frame: 12 months)." """
    within = f" ({told})" if told else ""
    if re.search(r"percent|%", unit, re.IGNORECASE):
        return f"{what}: {number}% of participants who were given {group}{within}."
    if kind.startswith("count") or re.fullmatch(r"participants?|patients?|subjects?", unit, re.IGNORECASE):
        return f"{what}: {number} participants who were given {group}{within}."
    return f"{what}: the {kind or 'value'} was {number} {unit} in participants who were given {group}{within}."
