"""Importing: claims that curators, other programs or language models made, checked and joined to the graph.

read(path, "curated")        proposals, whatever the form of the file
Checker(…).check(proposal)   the claim, or every reason against it
join(store, …)               into the graph, and into a table beside it that no build loses
"""

from kg.importing.checking import Checker, Refusal
from kg.importing.kept import Imported, join, located
from kg.importing.proposal import FIELDS, Origin, Proposal, ProposalError
from kg.importing.reading import read

__all__ = ["FIELDS", "Checker", "Imported", "Origin", "Proposal", "ProposalError", "Refusal", "join", "located", "read"]
