"""What the pages say of themselves: weights, how well texts are read, where terms come from."""

from pathlib import Path

import pytest
from test_web_pages import page
from web_fixture import make, serving

from kg import paths
from kg.web.site import Site

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(make(tmp_path_factory.mktemp("about")), ontology=paths.ONTOLOGY)


def test_how_well_it_reads_is_what_was_measured(site: Site) -> None:
    columns, *rows = site.read_how_well()
    text = (ROOT / "kg" / "extraction" / "README.md").read_text("utf-8").replace("**", "")
    assert columns[:3] == ["real texts", "claims", "F1"] and len(rows) >= 5
    for row in (columns, *rows):
        assert "| " + " | ".join(row) + " |" in text


def test_every_source_of_terms_is_named_with_its_licence(site: Site) -> None:
    sources = site.sources_of_terms()
    assert len(sources) == len(list((paths.ONTOLOGY / "imports").glob("*.ttl")))
    assert all(one["title"] and one["versionInfo"] and one["license"].startswith("https://") for one in sources)


def test_the_page_tells_all_of_it(site: Site) -> None:
    with serving(site) as server:
        shown = page(server, "/about")
        assert all(row[0] in shown.text for row in site.read_how_well())
        assert all(one["title"] in shown.text for one in site.sources_of_terms())
        assert str(site.weights.evidence["MetaAnalysis"]) in shown.text and "Limits of the endpoint" in shown.text
