"""Runs KGX's validator over nodes and edges, without a network. To be run by a Python that has `kgx`, not by ours.

KGX fetches the Biolink Model when it is imported; here it is given the copy that the package `biolink-model`, which
KGX itself depends on, carries. Its list of known prefixes gets ours, as a registry would have it.

    python kgx_validate.py FORMAT NODES EDGES       prints what is wrong, as JSON: nothing is `{}`
"""

# mypy: ignore-errors

import importlib.resources
import json
import sys

import bmt.toolkit
import yaml

model = importlib.resources.files("biolink_model") / "schema" / "biolink_model.yaml"
initialise = bmt.toolkit.Toolkit.__init__
bmt.toolkit.Toolkit.__init__ = lambda self, *_, **__: initialise(self, str(model), {"predicate mappings": []})

import kgx.config  # noqa: E402

# The model names the prefixes that it defines itself, and leaves those of the OBO Foundry to a list on the web.
known = dict(yaml.safe_load(model.read_text())["prefixes"])
obo = {
    prefix: f"http://purl.obolibrary.org/obo/{prefix}_"
    for prefix in ("CL", "MONDO", "UBERON", "GO", "HP", "CHEBI", "NCBITaxon")
}
ours = {"stemkg": "https://w3id.org/stemkg/", "HGNC": "http://identifiers.org/hgnc/"}
kgx.config.jsonld_context_map["biolink"] = known | obo | ours

from kgx.transformer import Transformer  # noqa: E402
from kgx.validator import Validator  # noqa: E402

validator = Validator()
format, *files = sys.argv[1:]
Transformer(stream=True).transform(
    {"filename": files, "format": format}, output_args={"format": "null"}, inspector=validator
)
print(json.dumps(validator.get_errors()))
