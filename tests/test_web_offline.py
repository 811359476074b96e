"""A site without a server, in a real browser that reads it as files: its search, and its table of findings."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from browser_fixture import AXE, Browser, browsing, needed
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from web_fixture import SENTENCE, make, site

from kg.findings import Belief
from kg.web.index import PEOPLE, Filter
from kg.web.publishing import write_site
from kg.web.site import Site

pytestmark = needed

LUPUS, CORD, MSC = "MONDO:0007915", "CL:0002569", "CL:0000134"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """What the site shows, which is written beside the store."""
    place = make(tmp_path_factory.mktemp("offline"))
    shown = site(place)
    write_site(shown, place.parent / "public")
    return shown


@pytest.fixture(scope="module")
def browser(written: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    base = (written.folder.parent / "public").as_uri()
    with browsing(tmp_path_factory.mktemp("chromium"), base) as browser:
        yield browser


def findings(site: Site, wanted: Filter) -> int:
    """How many findings a filter leaves."""
    claims = [site.index.claims[number].claim for number in site.index.select(wanted)]
    return len({(claim.subject, claim.predicate, claim.object, claim.disease) for claim in claims})


def shows(browser: Browser, number: int) -> None:
    """Wait until the page says that there are so many findings."""
    browser.wait(lambda: browser.find("#count").text.split()[0].replace(",", "") == str(number))


def field(browser: Browser, name: str, value: str) -> None:
    browser.find(f"#filters [name={name}]").send_keys(value)


def test_a_name_is_searched_on_every_page(browser: Browser) -> None:
    for page in ("/index.html", "/term/CL_0000134.html"):
        browser.open(page)
        browser.find("#search").send_keys("lupus neph")
        option = browser.wait(lambda: next(item for item in browser.all("[role=option]") if item.is_displayed()))
        assert option.text == "lupus nephritis"
        browser.find("#search").send_keys(Keys.ARROW_DOWN, Keys.ENTER)
        browser.wait(lambda: browser.find("h1").text.casefold() == "lupus nephritis")
    # Other names do too, and what is no name leads to the findings whose words have it.
    browser.find("#search").send_keys("MSCs")
    browser.wait(lambda: "mesenchymal stem cell" in [item.text for item in browser.all("[role=option]")])
    browser.find("#search").clear()
    browser.find("#search").send_keys("lupus", Keys.ENTER)
    browser.wait(lambda: browser.find("h1").text == "Findings" and browser.all("#table tbody tr"))
    assert all("lupus" in row.text for row in browser.all("#table tbody tr"))
    assert browser.complaints() == []


def test_a_square_of_the_map_leads_to_its_sentences(browser: Browser) -> None:
    browser.open("/index.html")
    browser.find("td a[aria-label^='mesenchymal stem cell of umbilical cord, lupus nephritis:']").click()
    browser.wait(lambda: browser.all("#table tbody tr"))
    assert parse_qs(urlsplit(browser.driver.current_url).query)["subject"] == [CORD]
    browser.find("#table summary").click()
    browser.find("#table details a[aria-label*='alert(1)']").click()
    browser.wait(lambda: SENTENCE in browser.find("main").text)
    (target,) = browser.all("li:target")
    assert "not treats lupus nephritis" in " ".join(target.text.split())
    assert browser.complaints() == []


def test_findings_are_filtered_counted_and_weighed(browser: Browser, written: Site) -> None:
    browser.open("/findings.html")
    shows(browser, findings(written, Filter()))
    Select(browser.find("#filters [name=predicate]")).select_by_value("treats")
    shows(browser, findings(written, Filter(predicate="treats")))
    browser.find("#filters summary").click()
    Select(browser.find("#filters [name=evidence]")).select_by_value("ClinicalTrial")
    wanted = Filter(predicate="treats", evidence="ClinicalTrial")
    shows(browser, findings(written, wanted))
    browser.find("#filters [name=people]").click()
    wanted = Filter(predicate="treats", evidence="ClinicalTrial", species=PEOPLE)
    shows(browser, findings(written, wanted))
    field(browser, "since", "2015")
    wanted = Filter(predicate="treats", evidence="ClinicalTrial", species=PEOPLE, since=2015)
    shows(browser, findings(written, wanted))
    # The address says it all, and may be kept.
    browser.driver.refresh()
    shows(browser, findings(written, wanted))

    # A term stands for its kinds, and can be let go of.
    browser.open(f"/findings.html?term={LUPUS}")
    shows(browser, findings(written, Filter(term=LUPUS)))
    assert findings(written, Filter(term=LUPUS)) < findings(written, Filter())
    browser.find("#terms button").click()
    shows(browser, findings(written, Filter()))
    field(browser, "q", "lupus neph")
    browser.wait(lambda: any(item.is_displayed() for item in browser.all("[role=option]")))
    browser.find("#filters [name=q]").send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    browser.wait(lambda: browser.find("#terms").text.startswith("lupus nephritis"))
    shows(browser, findings(written, Filter(term="MONDO:0005556")))
    field(browser, "q", "nothing is called this")
    browser.wait(lambda: browser.find("#count").text == "No finding is like that.")
    assert browser.complaints() == []


def test_beliefs_are_those_of_the_graph(browser: Browser, written: Site) -> None:
    browser.open("/findings.html")
    rows = browser.wait(lambda: browser.all("#table tbody tr"))
    shown = browser.driver.execute_script(
        "return [...document.querySelectorAll('#table tbody tr')].map((row) => [...row.cells].map((c) => c.innerText))"
    )
    index = written.index
    assert len(rows) == len(shown) > 20
    beliefs: dict[tuple[str, ...], Belief] = {}
    for number, stated in enumerate(index.claims):
        claim = stated.claim
        within = claim.disease if claim.disease not in (claim.subject, claim.object) else ""
        words = index.label(claim.subject), written.own_label(claim.predicate), index.label(claim.object)
        same = Filter(claim.subject, claim.predicate, claim.object)
        numbers = [
            other
            for other in index.select(same)
            if (claim.subject, claim.object, claim.disease)
            == (lambda one: (one.subject, one.object, one.disease))(index.claims[other].claim)
        ]
        if numbers and number in numbers:
            beliefs[(*words, index.label(within) if within else "")] = written.belief(numbers)
    for subject, relation, object_, disease, *_, belief, _ in shown:
        assert float(belief or 0) == float(beliefs[subject, relation, object_, disease].value)
    # The most believed first; or by another column.
    values = [float(row[7] or 0) for row in shown]
    assert values == sorted(values, reverse=True)
    browser.find("[data-sort=subject]").click()
    names = [row.text.split("\n")[0] for row in browser.all("#table tbody tr td:first-child")]
    assert names == sorted(names, key=str.casefold)


@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_can_use_the_table(browser: Browser, width: int) -> None:
    browser.width(width)
    for page in ("/findings.html?term=MONDO:0007915", "/article/own-trial.html", "/index.html"):
        browser.open(page)
        if "findings" in page:
            browser.wait(lambda: browser.all("#table tbody tr"))
        assert browser.driver.execute_script("return document.documentElement.scrollWidth") <= width, page
        if AXE.is_file():
            # The policy of a page that is a file lets no other script in by its text: it is put in from outside.
            browser.driver.execute_script(AXE.read_text("utf-8"))
            result = browser.driver.execute_async_script("axe.run().then(arguments[0])")
            grave = [one["id"] for one in result["violations"] if one["impact"] in ("serious", "critical")]
            assert grave == [], page
    browser.width(0)


def test_a_site_says_what_it_needs_without_scripts(written: Site) -> None:
    page = (written.folder.parent / "public" / "findings.html").read_text("utf-8")
    assert "<noscript>" in page and "needs JavaScript" in page


def test_documentation_and_pages_leave_each_other_alone(written: Site, tmp_path: Path) -> None:
    from kg.cli import run

    public = tmp_path / "public"
    shutil.copytree(written.folder.parent / "public", public)
    before = sorted(public.rglob("*"))
    assert run(["docs", str(public)]) == 1
    assert sorted(public.rglob("*")) == before
