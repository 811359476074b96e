"""Trials of ClinicalTrials.gov in both versions of its JSON, with and without results."""

import json
from typing import Any

import pytest
from reading import check_offsets, only, outcome, said
from records import trial

from kg.articles import Left


def with_results(**changes: Any) -> dict[str, Any]:
    """A trial with posted results, its first outcome changed."""
    study: dict[str, Any] = trial(True)
    study["resultsSection"]["outcomeMeasuresModule"]["outcomeMeasures"][0] |= changes
    return study


def results(**changes: Any) -> list[str]:
    lines = said(only(json.dumps(with_results(**changes)), "a.json"))
    return lines[lines.index("Results") + 1 : lines.index("Adverse events")]


def values(*measurements: dict[str, str]) -> list[dict[str, Any]]:
    return [{"categories": [{"measurements": [{"groupId": "OG000", **one} for one in measurements]}]}]


def test_the_marks_of_markdown_in_a_registry_s_text_are_no_text() -> None:
    study: dict[str, Any] = trial(False)
    summary = "We give 10\\^6 cells at p \\< 0.05.\n\n\\* This is no item.\n\n* One\n\n  * Two\\!"
    study["protocolSection"]["descriptionModule"]["briefSummary"] = summary
    study["protocolSection"]["conditionsModule"]["conditions"] = ["Gout \\[toe\\]"]
    lines = said(only(json.dumps(study), "a.json"))
    assert "This randomized phase 2 clinical trial studies Marrow Stem Cells in patients with Gout [toe]." in lines
    start = lines.index("Brief summary") + 1
    assert lines[start : start + 4] == [
        "We give 10^6 cells at p < 0.05.", "* This is no item.", "• One", "• Two!",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"paramType": "MEAN", "dispersionType": "Standard Deviation", "unitOfMeasure": "points",
          "classes": values({"value": "-20.5", "spread": "3.1"})},
         "Response: the mean was -20.5 points in participants who were given Marrow Stem Cells "
         "(time frame: 12 months; standard deviation: 3.1)."),
        ({"paramType": "MEDIAN", "dispersionType": "95% Confidence Interval", "unitOfMeasure": "months",
          "classes": values({"value": "NA"}, {"value": "10", "lowerLimit": "8", "upperLimit": "12"})},
         "Response: the median was 10 months in participants who were given Marrow Stem Cells "
         "(time frame: 12 months; 95% confidence interval: 8 to 12)."),
        ({"classes": values(), "analyses": [{"groupIds": ["OG000"], "paramType": "Hazard Ratio", "paramValue": "0.5",
                                             "ciLowerLimit": "0.3", "ciUpperLimit": "0.8"}]},
         "Response: the Hazard Ratio was 0.5 (95% confidence interval: 0.3 to 0.8)."),
        ({"classes": values(), "groups": [{"id": "A", "title": "Cells"}, {"id": "B", "title": "Placebo"}],
          "analyses": [{"groupIds": ["A", "B"], "paramType": "Mean Change", "paramValue": "-15", "pValue": "0.01"}]},
         "Response: the difference between Cells and Placebo had p = 0.01 (Mean Change: -15)."),
        ({"classes": values({"value": "NA"}), "analyses": []}, ""),
    ],
)  # fmt: skip
def test_a_result_is_told_with_its_spread_and_size(changes: dict[str, Any], line: str) -> None:
    changes = {"analyses": []} | changes
    assert results(**changes) == ([line] if line else [])


def test_descriptions_of_outcomes_are_told_as_left_out() -> None:
    notes = outcome(json.dumps(with_results(description="Long.", populationDescription="All.")), "a.json").notes
    assert [note.detail for note in notes if note.kind == Left.FIELD][1:] == [
        "description of Response", "populationDescription of Response",
    ]  # fmt: skip


def before() -> dict[str, Any]:
    """The trial with results as version 1 of the interface has it."""
    protocol = {
        "IdentificationModule": {"NCTId": "NCT90000001", "BriefTitle": "Cells for Toes"},
        "StatusModule": {
            "OverallStatus": "Terminated", "WhyStopped": "No money",
            "StudyFirstPostDateStruct": {"StudyFirstPostDate": "March 4, 2019", "StudyFirstPostDateType": "Actual"},
            "ResultsFirstPostDateStruct": {"ResultsFirstPostDate": "May 2021"},
        },
        "DesignModule": {
            "StudyType": "Interventional", "PhaseList": {"Phase": ["Phase 2"]},
            "DesignInfo": {"DesignAllocation": "Randomized"},
            "EnrollmentInfo": {"EnrollmentCount": "40", "EnrollmentType": "Actual"},
        },
        "ConditionsModule": {"ConditionList": {"Condition": ["Gout"]}, "KeywordList": {"Keyword": ["toes"]}},
        "ArmsInterventionsModule": {
            "InterventionList": {
                "Intervention": [{"InterventionName": "Marrow Stem Cells"}, {"InterventionName": "Placebo"}]
            }
        },
        "DescriptionModule": {"BriefSummary": "Do cells help?\n\n* They may.\n* They may not."},
        "OutcomesModule": {
            "PrimaryOutcomeList": {
                "PrimaryOutcome": [{"PrimaryOutcomeMeasure": "Pain", "PrimaryOutcomeTimeFrame": "12 months"}]
            }
        },
        "EligibilityModule": {"EligibilityCriteria": "Adults"},
    }  # fmt: skip
    measurement = {"OutcomeMeasurementGroupId": "OG000", "OutcomeMeasurementValue": "60"}
    category = {"OutcomeMeasurementList": {"OutcomeMeasurement": [measurement]}}
    measure = {
        "OutcomeMeasureTitle": "Response", "OutcomeMeasureParamType": "Number", "OutcomeMeasureTimeFrame": "12 months",
        "OutcomeMeasureUnitOfMeasure": "percentage of participants",
        "OutcomeGroupList": {"OutcomeGroup": [{"OutcomeGroupId": "OG000", "OutcomeGroupTitle": "Marrow Stem Cells"}]},
        "OutcomeClassList": {"OutcomeClass": [{"OutcomeCategoryList": {"OutcomeCategory": [category]}}]},
        "OutcomeAnalysisList": {
            "OutcomeAnalysis": [
                {"OutcomeAnalysisPValue": "<0.03",
                 "OutcomeAnalysisGroupIdList": {"OutcomeAnalysisGroupId": ["OG000"]}}
            ]
        },
    }  # fmt: skip
    group = {
        "EventGroupId": "EG000", "EventGroupTitle": "Marrow Stem Cells", "EventGroupSeriousNumAffected": "2",
        "EventGroupSeriousNumAtRisk": "20",
    }  # fmt: skip
    stats = {"OtherEventStatsGroupId": "EG000", "OtherEventStatsNumAffected": "3", "OtherEventStatsNumAtRisk": "20"}
    event = {"OtherEventTerm": "Fever", "OtherEventStatsList": {"OtherEventStats": [stats]}}
    events = {"EventGroupList": {"EventGroup": [group]}, "OtherEventList": {"OtherEvent": [event]}}
    found = {
        "OutcomeMeasuresModule": {"OutcomeMeasureList": {"OutcomeMeasure": [measure]}},
        "AdverseEventsModule": events,
    }
    return {"Study": {"ProtocolSection": protocol, "ResultsSection": found}}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda study: study,
        lambda study: study["Study"],
        lambda study: {"FullStudiesResponse": {"NStudiesFound": 1, "FullStudies": [study]}},
    ],
)
def test_a_trial_of_version_1_reads_as_the_same_of_version_2(wrap: Any) -> None:
    old, new = only(json.dumps(wrap(before())), "a.json"), only(json.dumps(trial(True)), "a.json")
    assert old == new
    check_offsets(old)
