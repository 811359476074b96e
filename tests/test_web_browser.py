"""The pages in a real browser: what people do on them, and whether everybody can."""

import csv
import time
from collections.abc import Iterator
from typing import Any

import pytest
from browser_fixture import AXE, EDITOR, Browser, browsing, needed
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from web_fixture import SENTENCE, make, serving, site

from kg.web.site import Site

pytestmark = needed


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """What is served."""
    return site(make(tmp_path_factory.mktemp("browser")), curator="A. Curator")


@pytest.fixture(scope="module")
def browser(shown: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with serving(shown) as server, browsing(tmp_path_factory.mktemp("chromium"), server.url) as browser:
        yield browser


def test_from_the_map_to_a_sentence(browser: Browser) -> None:
    browser.open("/?rows=none&columns=none")
    assert "multiple sclerosis" not in browser.rows()
    fold = browser.find("tbody a.fold[aria-label='Unfold autoimmune disease']")
    fold.click()
    browser.wait(lambda: "multiple sclerosis" in browser.rows())
    # The keyboard stays where it was, and the address can be shared.
    focused = browser.driver.switch_to.active_element
    assert focused.get_attribute("aria-expanded") == "true"
    assert "rows=MONDO" in browser.driver.current_url
    focused.send_keys(Keys.ENTER)
    browser.wait(lambda: "multiple sclerosis" not in browser.rows())

    browser.open("/")
    select = Select(browser.find("#filters select[name=evidence]"))
    select.select_by_value("RandomizedTrial")
    browser.wait(lambda: "Crohn disease" not in browser.rows())
    assert "evidence=RandomizedTrial" in browser.driver.current_url

    (square,) = browser.all("td a[aria-label^='mesenchymal stem cell of umbilical cord, lupus nephritis:']")
    assert "2 against" in (square.get_attribute("aria-label") or "")
    square.click()
    browser.wait(lambda: browser.find("h1").text.endswith("lupus nephritis"))
    quote = next(quote for quote in browser.all(".claims li") if SENTENCE in quote.text)
    quote.find_element(By.LINK_TEXT, "the claim").click()
    browser.wait(lambda: browser.find("mark").text == SENTENCE)
    assert browser.complaints() == []


def test_arrow_keys_move_over_the_map(browser: Browser) -> None:
    browser.open("/")
    first = browser.find(".map tbody td a")
    first.send_keys(Keys.ARROW_DOWN)
    below = browser.driver.switch_to.active_element
    assert below.get_attribute("aria-label") != first.get_attribute("aria-label")
    below.send_keys(Keys.ARROW_UP)
    assert browser.driver.switch_to.active_element == first


def test_pictures_of_the_map(browser: Browser) -> None:
    browser.open("/")
    browser.find("[data-png]").click()
    assert browser.downloaded(".png").read_bytes().startswith(b"\x89PNG")
    browser.find("#svg").click()
    assert browser.downloaded(".svg").read_text().startswith("<svg")


def test_a_stored_query_and_its_table(browser: Browser) -> None:
    browser.open("/query/treatments")
    field = browser.find("input[name=disease]")
    field.send_keys("lupus neph")
    option = browser.wait(lambda: next(item for item in browser.all("[role=option]") if item.is_displayed()))
    assert option.text == "lupus nephritis"
    field.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    assert field.get_attribute("value") == "lupus nephritis"
    field.submit()
    shown = browser.wait(lambda: browser.all("table.rows tbody tr"))
    browser.find("a[download='treatments.csv']").click()
    with browser.downloaded(".csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(shown)
    assert {row["disease"] for row in rows} == {"lupus nephritis"}


def test_sparql_is_edited_and_run(browser: Browser, shown: Site) -> None:
    browser.open("/sparql")
    if EDITOR.is_file():
        # The editor stands in a shadow root, where its styles are allowed.
        content = browser.wait(lambda: browser.find(".host").shadow_root.find_element(By.CSS_SELECTOR, ".cm-content"))
        assert browser.complaints() == []
        content.click()
        # Keys go to the page, not to the element: the driver takes the editor's own element for out of focus.
        ActionChains(browser.driver).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
        ActionChains(browser.driver).send_keys(
            "SELECT ?claim { ?claim a stemkg:Claim ; stemkg:subject hematopo"
        ).perform()
        menu = browser.wait(
            lambda: browser.find(".host").shadow_root.find_element(By.CSS_SELECTOR, ".cm-tooltip-autocomplete li")
        )
        assert "hematopoietic stem cell" in menu.text
        time.sleep(0.2)  # a completion is not taken in the first moments after it appears
        ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
        browser.wait(lambda: "CL:0000037" in content.text)
        ActionChains(browser.driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
    else:
        field = browser.find("#query")
        field.clear()
        field.send_keys("SELECT ?claim { ?claim a stemkg:Claim ; stemkg:subject CL:0000037 }")
        field.send_keys(Keys.CONTROL, Keys.ENTER)
    expected = len(shown.index.by_subject["CL:0000037"])
    browser.wait(lambda: f"{expected} rows" in browser.find("main").text)
    assert "query=SELECT" in browser.driver.current_url
    Select(browser.find("#examples")).select_by_index(1)
    browser.find("form#editor button:not([type])").click()
    browser.wait(lambda: browser.all("table.rows tbody tr"))


def test_a_sentence_is_tried(browser: Browser) -> None:
    browser.open("/try")
    browser.find("#text").send_keys("MSCs secrete IL-10.")
    browser.find("form.try button").click()
    browser.wait(lambda: browser.all(".read .mention"))
    names = [seen.text.split("\n")[0] for seen in browser.all(".read .mention")]
    assert names == ["MSCs", "IL-10"]


def test_a_claim_is_judged_and_the_judgement_taken_back(browser: Browser, shown: Site) -> None:
    path = page_of(shown, "/claim/")
    browser.complaints()  # those of other pages are none of this one's
    browser.open(path)
    Select(browser.find("select[name=verdict]")).select_by_value("wrong")
    browser.find("input[name=why]").send_keys("of a plan")
    browser.find("form[action$='/judgement'] button").click()
    browser.wait(lambda: browser.find("h1").text == "Corrections")
    assert "of a plan" in browser.find("main").text
    browser.find("form[action$='/judgement'] button").click()
    browser.wait(lambda: "A. Curator said on" in browser.find("main").text)
    assert browser.driver.current_url.endswith(path)
    assert browser.complaints() == []


def test_search_completes(browser: Browser) -> None:
    browser.open("/about")
    browser.find("#search").send_keys("exos")
    browser.wait(lambda: any(item.is_displayed() for item in browser.all("[role=option]")))
    browser.find("#search").send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    browser.wait(lambda: browser.find("h1").text.lower() == "extracellular exosome")


PAGES = (
    "/", "/?map=mechanisms", "/claims?predicate=treats", "/claim/", "/terms", "/terms?q=lupus", "/term/CL:0000134",
    "/articles", "/article/own-trial", "/compare?a=MSC&b=HSC", "/queries", "/query/treatments?disease=lupus",
    "/query/benefit-paths", "/query/evidence-by-year?disease=autoimmune+disease", "/query/claims?people=yes",
    "/sparql?query=SELECT+*+%7B+?s+a+stemkg:Claim+%7D+LIMIT+3", "/try", "/about", "/corrections", "/nonsense",
)  # fmt: skip


#: What reaches beyond the page, and is in nothing that scrolls by itself (which has a shadow at that edge).
BEYOND = """
    const scrolls = (one) => one && one !== document.body
      && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
    return [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().width && one.getBoundingClientRect().right > arguments[0] + 1)
      .filter((one) => !scrolls(one.parentElement)).map((one) => one.outerHTML.slice(0, 80));
"""


CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
#: Numbers the controls that are seen, and notes which of them come to have the focus.
NUMBERED = """
    window.reached = new Set();
    document.addEventListener("focusin", (event) => window.reached.add(event.target.dataset.k));
    return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())
      .map((one, k) => {one.dataset.k = k; return String(k);});
"""


def page_of(shown: Site, path: str) -> str:
    """The address of a kind of page; of that of a claim, which has an id."""
    own = (stated.id for stated in shown.index.claims if stated.claim.doc == "own-trial")
    return path + next(own) if path == "/claim/" else path


#: The controls that are seen and can't have the focus, or are passed over by the key that moves it.
OUT_OF_REACH = """
    return [...document.querySelectorAll(arguments[0])].filter((one) => one.checkVisibility())
      .filter((one) => { one.focus(); return document.activeElement !== one || one.tabIndex < 0; })
      .map((one) => one.outerHTML.slice(0, 80));
"""
#: Pages of every kind of control: forms, folds, tables that scroll, pictures with links.
WALKED = ("/query/treatments?disease=lupus&people=yes", "/compare?a=MSC&b=HSC", "/claims?since=2024", "/claim/")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_tab_key_comes_to_every_control_and_leaves_it(browser: Browser, shown: Site, width: int) -> None:
    browser.width(width)
    for path in WALKED:
        browser.open(page_of(shown, path))
        wanted = set(browser.driver.execute_script(NUMBERED, CONTROLS))
        # What scrolls is a stop too.
        ActionChains(browser.driver, duration=0).send_keys(Keys.TAB * (len(wanted) + 10)).perform()
        assert wanted and wanted <= set(browser.driver.execute_script("return [...window.reached]")), path
    browser.width(0)


def test_a_phone_shows_the_fuller_side_of_a_neighbourhood(browser: Browser) -> None:
    browser.width(390)
    browser.open("/term/CL:0000134")
    picture = browser.find(".neighbours")
    seen = """const [left, right] = [0, document.documentElement.clientWidth];
        return [...arguments[0].querySelectorAll("a")].map((one) => one.getBoundingClientRect())
          .filter((one) => one.left >= left && one.right <= right).length;"""
    names = browser.all(".neighbours a")
    assert "rightwards" in (picture.get_attribute("class") or "")
    assert browser.driver.execute_script(seen, picture) > len(names) / 2
    browser.width(0)


def test_a_label_on_a_phone_has_room_beside_its_value(browser: Browser) -> None:
    browser.width(390)
    browser.open("/query/benefit-paths")
    assert "mechanism evidence" in {cell.get_attribute("data-label") for cell in browser.all(".cards td")}
    beyond = "return arguments[0].filter((one) => one.scrollHeight > one.clientHeight).length"
    assert browser.driver.execute_script(beyond, browser.all(".cards td")) == 0
    browser.width(0)


@pytest.mark.parametrize("look", ["desktop", "phone", "dark"])
def test_everybody_can_use_the_pages(browser: Browser, shown: Site, look: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (scripts/build-web installs it)")
    width = 390 if look == "phone" else 1280
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if look == "dark" else "light"}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    browser.width(width)
    script = AXE.read_text("utf-8")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if look == "dark":
        options["runOnly"] = ["color-contrast"]  # nothing else differs
    found = []
    # Dark changes colours only: the kinds of page that have most of them.
    for path in PAGES[::3] if look == "dark" else PAGES:
        browser.open(page_of(shown, path))
        browser.driver.execute_script(script)
        result = browser.driver.execute_async_script("axe.run(document, arguments[0]).then(arguments[1])", options)
        for violation in result["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found += [(path, violation["id"], node["html"][:120]) for node in violation["nodes"][:2]]
        # The page as a whole never scrolls sideways; what is wide scrolls by itself.
        assert browser.driver.execute_script("return document.documentElement.scrollWidth") <= width, path
        assert browser.driver.execute_script(BEYOND, width) == [], path
        assert browser.driver.execute_script(OUT_OF_REACH, CONTROLS) == [], path
    assert found == []
    browser.width(0)
