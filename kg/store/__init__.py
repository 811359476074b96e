"""Where quads live: Oxigraph, on disk or in memory, written all at once or not at all.

A store on disk is a folder:

    graph-N/          the quads, in Oxigraph's own form; N grows by one with every commit, older ones are removed
    present           the N that readers open, the identity of the store, and its form
    ledger.sqlite     for writers: which articles were done, from what, how each stands to each finding, and the
                      checksums of the files of the graph; for the pages: what each article states
    lock              held by the one process that writes

Work is first *staged* in the ledger, where a killed process leaves it for the next one. `commit` then makes a next
graph (hard links to the present one, so its size doesn't matter), applies what was staged, and lets the caller judge
the result; the one transaction that ends it all moves the ledger to the next graph. A graph that was committed never
changes, so any number of readers may have it open. What is moved to is on the disk before, so that neither a kill nor
a loss of power leaves anything but the old store or the new one.
"""

from kg.store.ledger import Ledger, Staged
from kg.store.store import Refused, Store
from kg.store.version import StoreError, Version

__all__ = ["Ledger", "Refused", "Staged", "Store", "StoreError", "Version"]
