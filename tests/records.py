"""Records of made-up articles, in the formats of those that keep them."""

CELLS = "Marrow stem cells eased pain in patients with gout."
MML = 'xmlns:mml="http://www.w3.org/1998/Math/MathML"'


def jats(body: str = "", meta: str = "", title: str = "Cells for toes", attributes: str = "", after: str = "") -> str:
    return (
        f"<article {attributes}><front><article-meta><title-group><article-title>{title}</article-title></title-group>"
        f"{meta}</article-meta></front><body>{body}</body>{after}</article>"
    )


def pubmed(fields: str, after: str = "", title: str = "<ArticleTitle>Cells for toes.</ArticleTitle>") -> str:
    return (
        f"<MedlineCitation><PMID Version='1'>90000021</PMID><Article>{title}{fields}</Article>{after}</MedlineCitation>"
    )


def in_set(citation: str) -> str:
    return f"<PubmedArticleSet><PubmedArticle>{citation}</PubmedArticle></PubmedArticleSet>"


def abstract(text: str) -> str:
    return f"<Abstract><AbstractText>{text}</AbstractText></Abstract>"


EUROPE_PMC = {"id": "90000021", "source": "MED", "pmid": "90000021", "title": "Cells for toes", "abstractText": CELLS}
MEDLINE = """\
PMID- 90000021
DP  - 2019 Jun
TI  - Marrow stem cells for gout: a randomized
      controlled trial.
AB  - Marrow stem cells eased pain in patients with
      gout.
AU  - Roe A
FAU - Roe, Ann
LA  - eng
PT  - Journal Article
JT  - Toe Journal
LID - 10.1000/toe.1 [doi]
PMC - PMC9000021
MH  - *Gout/therapy
"""


def trial(results: bool) -> dict[str, object]:
    protocol = {
        "identificationModule": {"nctId": "NCT90000001", "briefTitle": "Cells for Toes"},
        "statusModule": {
            "overallStatus": "TERMINATED", "whyStopped": "No money",
            "studyFirstPostDateStruct": {"date": "2019-03-04"}, "resultsFirstPostDateStruct": {"date": "2021-05"},
        },
        "designModule": {
            "studyType": "INTERVENTIONAL", "phases": ["PHASE2"], "designInfo": {"allocation": "RANDOMIZED"},
            "enrollmentInfo": {"count": 40, "type": "ACTUAL"},
        },
        "conditionsModule": {"conditions": ["Gout"], "keywords": ["toes"]},
        "armsInterventionsModule": {"interventions": [{"name": "Marrow Stem Cells"}, {"name": "Placebo"}]},
        "descriptionModule": {"briefSummary": "Do cells help?\n\n* They may.\n* They may not."},
        "outcomesModule": {"primaryOutcomes": [{"measure": "Pain", "timeFrame": "12 months"}]},
        "eligibilityModule": {"eligibilityCriteria": "Adults"},
    }  # fmt: skip
    measure = {
        "title": "Response", "paramType": "NUMBER", "unitOfMeasure": "percentage of participants",
        "timeFrame": "12 months",
        "groups": [{"id": "OG000", "title": "Marrow Stem Cells"}],
        "classes": [{"categories": [{"measurements": [{"groupId": "OG000", "value": "60"}]}]}],
        "analyses": [{"pValue": "<0.03", "groupIds": ["OG000"]}],
    }  # fmt: skip
    events = {
        "eventGroups": [{"id": "EG000", "title": "Marrow Stem Cells", "seriousNumAffected": 2, "seriousNumAtRisk": 20}],
        "otherEvents": [{"term": "Fever", "stats": [{"groupId": "EG000", "numAffected": 3, "numAtRisk": 20}]}],
    }
    study: dict[str, object] = {"protocolSection": protocol, "hasResults": results}
    if results:
        study["resultsSection"] = {
            "outcomeMeasuresModule": {"outcomeMeasures": [measure]},
            "adverseEventsModule": events,
        }
    return study
