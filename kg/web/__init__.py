"""The SPARQL endpoint and the pages."""
