"""The browser that opens the page. Without one its tests are skipped, which the summary reports."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REQUIRED = "SMARTLEAD_TESTS_NEED_BROWSER"
"""Set it where a browser is required, as in CI: then a missing browser is a failure."""

_skipped: list[str] = []


def _installed() -> tuple[str, str] | str:
    """Return the paths of browser and driver, or a message that names what is missing."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    missing = [name for name, found in (("chromium", browser), ("chromedriver", driver)) if found is None]
    if browser is None or driver is None:
        return f"no {' and no '.join(missing)} here (Debian: apt-get install chromium chromium-driver)"
    return browser, driver


@pytest.fixture(scope="session")
def chrome() -> Iterator[webdriver.Chrome]:
    """A headless Chromium that logs its console and its network."""
    installed = _installed()
    if isinstance(installed, str):
        if os.environ.get(REQUIRED):
            pytest.fail(f"{installed}, and {REQUIRED} is set")
        _skipped.append(installed)
        pytest.skip(f"THE REPORT'S PAGE WAS NOT OPENED IN A BROWSER: {installed}")
    browser, driver = installed
    options = Options()
    options.binary_location = browser
    # Containers seldom allow the sandbox, and only our own page is opened.
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report once that the browser tests were skipped."""
    if _skipped:
        terminalreporter.write_line(
            f"THE REPORT'S PAGE WAS NOT OPENED IN A BROWSER: {_skipped[0]}", yellow=True, bold=True
        )
