"""A headless browser, for the tests of what people do on the pages."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("selenium", reason="selenium is not installed (it comes with the extra 'dev')")

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "kg/web/node_modules/axe-core/axe.min.js"
EDITOR = ROOT / "kg/web/static/vendor/editor.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")

needed = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not on this machine (Debian: chromium-driver)"
)


class Browser:
    """A headless browser with a folder for what it downloads."""

    def __init__(self, folder: Path, base: str) -> None:
        """`base` is what addresses begin with."""
        self.base, self.downloads = base, folder / "downloads"
        self.downloads.mkdir()
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for argument in (
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", f"--user-data-dir={folder / 'profile'}", "--window-size=1280,900",
        ):  # fmt: skip
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"download.default_directory": str(self.downloads)})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))

    def open(self, path: str) -> None:
        self.driver.get(self.base + path)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Wait until a condition holds, half a minute at most."""

        def holds(_: object) -> Any:
            try:
                return condition()
            except Exception:  # what is looked for may be replaced at this very moment
                return False

        return WebDriverWait(self.driver, 30, 0.05).until(holds)

    def rows(self) -> list[str]:
        """The names of the rows of the map."""
        return [row.text for row in self.all(".map tbody th .name")]

    def complaints(self) -> list[str]:
        """What the browser complained of: errors of scripts, and what the policy kept from loading."""
        entries: list[dict[str, str]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    def downloaded(self, suffix: str) -> Path:
        def there() -> Path | None:
            found = [path for path in self.downloads.glob(f"*{suffix}") if path.stat().st_size]
            return found[0] if found else None

        path: Path = self.wait(there)
        return path

    def width(self, width: int) -> None:
        """Have the page this wide, as a phone has it where that is 390; 0 is as the window is."""
        if not width:
            self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
            return
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == 390}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@contextlib.contextmanager
def browsing(folder: Path, base: str) -> Iterator[Browser]:
    """A browser, ended at the end."""
    browser = Browser(folder, base)
    try:
        yield browser
    finally:
        browser.driver.quit()
