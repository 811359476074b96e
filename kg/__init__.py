"""StemKG: what the literature claims about stem-cell therapy, as a knowledge graph."""
