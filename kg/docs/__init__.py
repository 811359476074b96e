"""The documentation of the ontology and of the stored queries, as a folder of HTML pages.

Every class of ours has a page: what it means, what it is called, where it stands (with a picture of the tree), how it
is defined, and what others call it. Terms of other ontologies link to their own pages there. The pages ask nothing of
any other host, and need no script.
"""

from kg.docs.pages import write

__all__ = ["write"]
