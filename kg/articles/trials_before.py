"""ClinicalTrials.gov's JSON of version 1, which files of before 2024 have, as the JSON of version 2 has it.

Names of version 1 say again what they stand in, and lists stand in objects: "ArmGroupList": {"ArmGroup":
[{"ArmGroupLabel": "Cells"}]} is "armGroups": [{"label": "Cells"}].
"""

from typing import Any

# What stands before the names in an object, where that is not the name of the object itself.
_OWNERS = {"DesignInfo": "Design", "EnrollmentInfo": "Enrollment"}
_OUTCOMES = ("OutcomeMeasure", "OutcomeClass", "OutcomeCategory")
_PLURALS = {"OutcomeClass": "classes", "OutcomeCategory": "categories", "OutcomeAnalysis": "analyses"}
_CODED = {"phases", "studyType", "allocation"}
_CODES = {"NCTId": "nctId"}
_WORDS = {"Anticipated": "ESTIMATED", "Not Applicable": "NA"}


def renewed(study: dict[str, Any]) -> dict[str, Any] | None:
    """A study of version 1 as one of version 2; None where it is none of version 1.

    >>> renewed({"Study": {"ProtocolSection": {"DesignModule": {"PhaseList": {"Phase": ["Phase 1"]}}}}})
    {'protocolSection': {'designModule': {'phases': ['PHASE1']}}}
    """
    inner = study.get("Study", study)
    if not isinstance(inner, dict) or not isinstance(inner.get("ProtocolSection"), dict):
        return None
    return {_first_lower(key): _of(value, key) for key, value in inner.items()}


def _of(value: Any, owner: str) -> Any:
    """A value that stands under the name `owner`."""
    if isinstance(value, list):
        return [_of(item, owner) for item in value]
    if not isinstance(value, dict):
        return _WORDS.get(value, value) if isinstance(value, str) else value
    found: dict[str, Any] = {}
    for key, inner in value.items():
        name, content = _named(key, inner, owner)
        found[name] = _coded(content) if name in _CODED else content
    return found


def _named(key: str, value: Any, owner: str) -> tuple[str, Any]:
    """The name and the value of a field of an object."""
    item = key.removesuffix("List")
    if item != key and isinstance(value, dict) and isinstance(value.get(item), list):
        return _plural(_short(item, owner), item), _of(value[item], item)
    return _short(key, owner), _of(value, key)


def _short(key: str, owner: str) -> str:
    """The name of a field without what it stands in."""
    if key in _CODES:
        return _CODES[key]
    before = _OWNERS.get(owner, owner.removesuffix("Struct"))
    short = (
        key.removeprefix("Outcome") if owner in _OUTCOMES and not key.startswith(owner) else key.removeprefix(before)
    )
    return _first_lower(short) or "date"


def _plural(name: str, item: str) -> str:
    return _PLURALS.get(item) or (name if name.endswith("s") else f"{name}s")


def _coded(value: Any) -> Any:
    """A word of a list of words, as version 2 codes it: "Phase 1" is "PHASE1"."""
    if isinstance(value, list):
        return [_coded(item) for item in value]
    return str(value).upper().replace("PHASE ", "PHASE").replace(" ", "_").replace("-", "_")


def _first_lower(name: str) -> str:
    return name[:1].lower() + name[1:]
