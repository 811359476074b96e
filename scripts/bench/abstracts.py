"""A generator of abstracts in gzipped PubMed XML, of which some speak of cell therapy."""

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

FILE = 30_000  # articles a file, as in PubMed's baseline

CELLS = (
    "Mesenchymal stem cells",
    "Bone marrow-derived MSCs",
    "Hematopoietic stem cells",
    "Umbilical cord MSCs",
    "MSC exosomes",
)
DISEASES = (
    "multiple sclerosis",
    "lupus",
    "knee osteoarthritis",
    "Crohn disease",
    "heart failure",
    "spinal cord injury",
)
SPOKEN = (
    "{cell} improved function in patients with {disease}.",
    "{cell} secrete vascular endothelial growth factor.",
    "{cell} may reduce inflammation in {disease}.",
    "Treatment with {cell} did not improve survival in {disease}.",
    "Of the patients who received {cell}, {n}% improved after one year.",
    "No serious adverse events were observed after infusion of {cell}.",
    "{cell} were given intravenously to {n} patients with {disease}.",
)
OTHER = (
    "Blood pressure was measured in {n} patients with hypertension at each visit.",
    "The median follow-up was {n} months, and the groups did not differ at baseline.",
    "Logistic regression showed an association of age with hospital readmission.",
    "Serum creatinine and albumin were determined by standard methods.",
    "We enrolled {n} adults with type 2 diabetes in a primary care setting.",
    "These findings support further work on screening for colorectal cancer.",
    "Bacterial isolates were resistant to ciprofloxacin in {n}% of the cases.",
    "The questionnaire was completed by {n} nurses from three hospitals.",
    "Computed tomography of the chest was performed within {n} hours of admission.",
    "Dietary intake was recorded for one week with a validated diary.",
)


def abstract(chance: random.Random, speaks: bool) -> Iterator[str]:
    """The sentences of an abstract."""
    for number in range(10):
        template = chance.choice(SPOKEN if speaks and number % 2 else OTHER)
        yield template.format(cell=chance.choice(CELLS), disease=chance.choice(DISEASES), n=chance.randint(3, 97))


def record(pmid: int, chance: random.Random, speaks: bool) -> str:
    """A record of PubMed, with about as much beside its words as a real one has."""
    authors = "".join(
        f"<Author ValidYN='Y'><LastName>Author{n}</LastName><ForeName>A</ForeName><Initials>A</Initials>"
        "<AffiliationInfo><Affiliation>Department of Medicine, University Hospital</Affiliation></AffiliationInfo>"
        "</Author>"
        for n in range(6)
    )
    headings = "".join(
        f"<MeshHeading><DescriptorName UI='D{n:06}' MajorTopicYN='N'>Heading {n}</DescriptorName></MeshHeading>"
        for n in range(10)
    )
    cited = "".join(
        f"<Reference><Citation>Some journal, {n}.</Citation><ArticleIdList><ArticleId IdType='pubmed'>{n}</ArticleId>"
        "</ArticleIdList></Reference>"
        for n in range(8)
    )
    return (
        f"<PubmedArticle><MedlineCitation Status='MEDLINE' Owner='NLM'><PMID Version='1'>{pmid}</PMID>"
        "<Article PubModel='Print'><Journal><JournalIssue CitedMedium='Internet'><PubDate><Year>2021</Year><Month>May"
        "</Month></PubDate></JournalIssue><Title>A journal of medicine</Title></Journal>"
        f"<ArticleTitle>Report {pmid} of a study</ArticleTitle><Abstract>"
        f"<AbstractText>{' '.join(abstract(chance, speaks))}</AbstractText>"
        f"</Abstract><AuthorList CompleteYN='Y'>{authors}</AuthorList><Language>eng</Language>"
        "<PublicationTypeList><PublicationType UI='D016428'>Journal Article</PublicationType></PublicationTypeList>"
        f"</Article><MeshHeadingList>{headings}</MeshHeadingList></MedlineCitation><PubmedData><ArticleIdList>"
        f"<ArticleId IdType='pubmed'>{pmid}</ArticleId><ArticleId IdType='doi'>10.1000/{pmid}</ArticleId>"
        "</ArticleIdList>"
        f"<ReferenceList>{cited}</ReferenceList></PubmedData></PubmedArticle>\n"
    )


def write(folder: Path, articles: int, share: float, first: int = 1) -> None:
    """Write files of articles, the same for the same numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(first, first + articles, FILE):
        chance = random.Random(start)
        with gzip.open(folder / f"pubmed{start:09}.xml.gz", "wt", compresslevel=1, encoding="utf-8") as file:
            file.write("<?xml version='1.0' encoding='utf-8'?>\n<PubmedArticleSet>\n")
            for pmid in range(start, min(start + FILE, first + articles)):
                file.write(record(pmid, chance, chance.random() * 100 < share))
            file.write("</PubmedArticleSet>\n")
