"""The page in a real browser: what it loads, what it shows, and its controls."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from smartlead_async.report_html import ReportData, write_html

from .jobs import HOSTILE, empty, hostile, run_job, specs, stopped_and_resumed, written_down

pytestmark = pytest.mark.slow

MANY = 5_000


@attrs.frozen
class Page:
    """The page in the browser, and its data."""

    chrome: webdriver.Chrome
    data: ReportData
    uri: str

    def one(self, selector: str) -> WebElement:
        return self.chrome.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.chrome.find_elements(By.CSS_SELECTOR, selector)

    def run(self, script: str, *arguments: object) -> Any:
        return self.chrome.execute_script(script, *arguments)

    def until(self, what: Callable[[], object]) -> None:
        WebDriverWait(self.chrome, 20, 0.05).until(lambda _: what())

    @property
    def shown(self) -> str:
        return self.one("#shown").text

    @property
    def names(self) -> list[str]:
        return [each.text for each in self.all("#campaigns tbody th.name")]

    def search(self, text: str) -> None:
        # The mark is removed by the next redraw of the table, a moment after the last key.
        mark = "document.querySelector('#campaigns tbody').append(document.createElement('mark'))"
        self.run(mark)
        # Set as a whole, because each pause in typing redraws the table.
        script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
        self.run(script, self.one("#search"), text)
        self.until(lambda: not self.all("#campaigns mark"))

    def sort(self, column: str) -> None:
        self.one(f"[data-sort={column}]").click()

    def requests(self) -> list[str]:
        """Return the URLs that the browser has requested since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in _log(self.chrome, "performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def errors(self) -> list[dict[str, Any]]:
        return _log(self.chrome, "browser")


def _log(chrome: Any, name: str) -> list[dict[str, Any]]:
    """Return the log entries since the last call. (Any: the method has no types.)"""
    return list(chrome.get_log(name))


Opener = Callable[[ReportData], Page]


@pytest.fixture
def opened(chrome: webdriver.Chrome, tmp_path: Path) -> Opener:
    def open_page(data: ReportData) -> Page:
        path = tmp_path / "report.html"
        write_html(path, data)
        chrome.set_window_size(1200, 900)
        chrome.get("about:blank")
        for log in ("browser", "performance"):
            _log(chrome, log)
        chrome.get(path.as_uri())
        return Page(chrome, data, path.as_uri())

    return open_page


@pytest.fixture(scope="module")
def job() -> ReportData:
    return ReportData.from_json(run_job(specs(70, failing_every=9), faults=0.1))


def figures_of(page: Page) -> dict[str, str]:
    return {each.get_attribute("data-figure") or "": each.text for each in page.all("[data-figure]")}


def test_it_loads_nothing_and_logs_no_error(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    page.sort("took")
    page.one("#campaigns .unfold").click()
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    asked = [url for url in page.requests() if not url.startswith("data:")]
    assert asked == [page.uri]
    assert page.errors() == []


def test_requests_and_errors_would_be_detected(opened: Opener, job: ReportData) -> None:
    # Otherwise the test above would pass with an empty log.
    page = opened(job)
    page.run("new Image().src = 'https://outside.example/pixel.png'")
    page.until(lambda: page.run("return performance.now() > 0"))
    errors = page.errors()
    assert any("Content Security Policy" in error["message"] for error in errors)
    assert "https://outside.example/pixel.png" in page.requests()


def test_its_numbers_are_those_of_the_data(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    shown = figures_of(page)
    traffic = job.traffic
    assert 0 < job.failed < job.done
    assert {name: shown[name] for name in shown if name != "adopted"} == {
        "campaigns done": f"{job.done}",
        "campaigns failed": f"{job.failed}",
        "leads imported": f"{job.leads.added}",
        "orphans": f"{len(job.orphans)}",
        "requests": f"{traffic.total}",
        "retries": f"{traffic.retries}",
        "429 responses": f"{traffic.rate_limited}",
        "without a response": f"{traffic.unanswered}",
    }
    assert shown["adopted"] == f"{sum(c.adopted for c in job.campaigns)}"
    assert page.one("h1").text == f"{job.done} of 70 campaigns set up, {job.failed} failed"
    kinds = {row.text.split()[0]: int(row.text.split()[1]) for row in page.all("#request-figures tbody tr")}
    assert kinds == dict(traffic.by_operation)
    steps = {row.text.split()[0]: int(row.text.split()[1]) for row in page.all("#step-figures tbody tr")}
    assert steps["create"] == sum(c.campaign_id is not None for c in job.campaigns)
    assert page.shown == "1 to 50 of 70 campaigns"


def test_the_table_shows_a_campaign_and_its_steps(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    campaign = next(c for c in job.campaigns if c.name == "Bakeries in town 42")
    page.search("row-42")
    cells = [cell.text for cell in page.all("#campaigns tbody td")]
    assert (cells[0].split("\n")[0], cells[1], cells[2], cells[3]) == (
        "done", str(campaign.campaign_id), "3", str(campaign.requests),
    )  # fmt: skip
    button = page.one("#campaigns .unfold")
    assert button.get_attribute("aria-expanded") == "false"
    button.send_keys(Keys.ENTER)
    assert button.get_attribute("aria-expanded") == "true"
    rows = page.all("#campaigns tr.inside tbody tr")
    assert [row.text.split()[0] for row in rows] == [step.step for step in campaign.steps]
    assert [int(row.text.split()[-1]) for row in rows] == [step.requests for step in campaign.steps]
    button.send_keys(Keys.ENTER)
    assert page.all("#campaigns tr.inside") == []


def test_the_table_can_be_searched(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    page.search("TOWN 1")
    found = [f"Bakeries in town {n}" for n in range(70) if "1" in str(n)]
    assert sorted(page.names) == sorted(found)
    assert page.shown == "1 to 16 of 16 matches in 70 campaigns"
    page.search("row-33")
    assert page.names == ["Bakeries in town 33"]
    page.search(str(job.campaigns[5].campaign_id))
    assert page.names == [job.campaigns[5].name]
    page.search("nowhere tag")
    assert page.shown.endswith(f"{job.failed} matches in 70 campaigns")
    page.search("zebra")
    assert page.shown == "No matches in 70 campaigns"
    page.search("")
    assert page.shown == "1 to 50 of 70 campaigns"


def test_the_table_can_be_filtered(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    only = Select(page.one("#only"))
    only.select_by_value("failed")
    assert page.shown == f"1 to {job.failed} of {job.failed} matches in 70 campaigns"
    assert all("Nowhere" in reason.text for reason in page.all("#campaigns .reason"))
    assert len(page.all("#campaigns .reason")) == job.failed
    only.select_by_value("running")
    assert page.names == []


def test_the_table_can_be_sorted(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    head = page.one("[data-sort=name]").find_element(By.XPATH, "..")
    page.sort("name")
    # Numbers within names are compared as numbers.
    assert page.names == [f"Bakeries in town {n}" for n in range(50)]
    assert head.get_attribute("aria-sort") == "ascending"
    page.sort("name")
    assert page.names == [f"Bakeries in town {n}" for n in range(69, 19, -1)]
    assert head.get_attribute("aria-sort") == "descending"
    page.sort("requests")
    page.sort("requests")
    column = [int(cell.text) for cell in page.all("#campaigns tbody td:nth-child(5)")]
    assert column == sorted((c.requests for c in job.campaigns), reverse=True)[:50]
    assert head.get_attribute("aria-sort") == "none"
    page.one("#next").click()
    assert page.shown == "51 to 70 of 70 campaigns"
    assert not page.one("#next").is_enabled()
    page.one("#previous").click()
    assert page.shown == "1 to 50 of 70 campaigns"


def test_hostile_names_are_shown_as_text(opened: Opener) -> None:
    page = opened(hostile())
    assert page.errors() == []
    assert "owned" not in page.chrome.title.partition("·")[0]
    assert page.run("return document.images.length") == 0
    assert page.run("return document.querySelectorAll('iframe, object').length") == 0
    assert page.run("return document.scripts.length") == 2
    in_the_table = page.run(
        "return [...document.querySelectorAll('#campaigns tbody th.name bdi')]"
        ".map((e) => e.textContent.toWellFormed())"
    )
    whole = [name for name in HOSTILE if "\ud83d" not in name]
    assert [name for name in in_the_table if "half a pair" not in name] == whole
    for button in page.all("#campaigns .unfold"):
        button.click()
    assert len(page.all("#campaigns tr.inside")) == len(HOSTILE)
    assert [url for url in page.requests() if not url.startswith("data:")] == [page.uri]
    assert page.run("return document.querySelector('#all').innerHTML.includes('<script')") is False


def test_thousands_of_campaigns_load_and_can_be_searched(opened: Opener) -> None:
    page = opened(ReportData.from_json(written_down(MANY)))
    assert page.shown == "1 to 50 of 5,000 campaigns"
    # All rows at once would make a page of this size slow.
    assert page.run("return document.querySelectorAll('*').length") < 5_000
    assert page.run("return performance.getEntriesByType('navigation')[0].domComplete") < 20_000
    page.search("campaign 4999")
    assert page.names == ["Campaign 4999"]
    page.search("")
    page.sort("name")
    page.sort("name")
    assert page.names[0] == "Campaign 4999"
    Select(page.one("#only")).select_by_value("adopted")
    assert page.shown.endswith("250 matches in 5,000 campaigns")


def test_plots_show_values_under_the_pointer(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    plot = page.one("[data-plot=progress]")
    page.run("arguments[0].scrollIntoView({block: 'center'})", plot)
    script = """
        const box = arguments[0].getBoundingClientRect();
        const x = box.left + box.width * arguments[1];
        arguments[0].dispatchEvent(new PointerEvent('pointermove', {clientX: x, clientY: box.top + 20}));
        const reading = arguments[0].querySelector('.reading');
        return reading.hidden ? null : reading.textContent;
    """
    late = page.run(script, plot, 0.98)
    assert late.startswith("after ")
    assert f"campaigns failed: {job.failed}" in late
    # Left of the axes there is no value.
    assert page.run(script, plot, 0.01) is None


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_the_screen_with_the_matching_drawing(opened: Opener, job: ReportData, width: int) -> None:
    page = opened(job)
    page.chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    try:
        assert page.run("return document.documentElement.scrollWidth") <= width
        shown = {kind: page.one(f".plot .{kind}").is_displayed() for kind in ("wide", "narrow")}
        assert shown == {"wide": width > 500, "narrow": width < 500}
        # Smaller letters cannot be read.
        kind = "wide" if width > 500 else "narrow"
        heights = page.run(
            f"return [...document.querySelectorAll('.plot .{kind} text')]"
            ".map((e) => e.getBoundingClientRect().height)"
        )
        assert heights
        assert min(heights) >= 9
    finally:
        page.chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


_CONTRASTS = """
    const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const colour = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const behind = (e) => {
      for (; e; e = e.parentElement) {
        const found = colour(getComputedStyle(e).backgroundColor);
        if (found.length < 4 || found[3] > 0) return found;
      }
      return [255, 255, 255];
    };
    const seen = {};
    for (const e of document.querySelectorAll('body *')) {
      const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
      if (!own || !e.checkVisibility() || ['SCRIPT', 'STYLE'].includes(e.tagName) || e.disabled) continue;
      const style = getComputedStyle(e);
      const drawn = e.namespaceURI.endsWith('svg') ? style.fill : style.color;
      const pair = [light(colour(drawn)), light(behind(e))].sort((a, b) => b - a);
      const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
      const name = e.tagName.toLowerCase() + '.' + (e.getAttribute('class') ?? '');
      seen[name] = Math.min(seen[name] ?? 99, contrast);
    }
    return seen;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(opened: Opener, job: ReportData, scheme: str) -> None:
    page = opened(job)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    try:
        background = page.run("return getComputedStyle(document.body).backgroundColor")
        assert background == ("rgb(245, 246, 248)" if scheme == "light" else "rgb(17, 21, 28)")
        contrasts = page.run(_CONTRASTS)
        assert len(contrasts) > 15
        assert {name: ratio for name, ratio in contrasts.items() if ratio < 4.5} == {}
    finally:
        page.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_it_prints_in_light_colours_in_dark_mode(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    page.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": features})
    try:
        assert page.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.run("return getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert not page.one("#search").is_displayed()
        assert page.one("[data-plot=progress] .wide").is_displayed()
    finally:
        page.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_the_time_between_two_runs_is_not_in_the_table(opened: Opener) -> None:
    _, resumed = stopped_and_resumed()
    page = opened(resumed)
    page.search("row-1")
    cells = [cell.text for cell in page.all("#campaigns tbody tr:nth-child(1) td")]
    assert cells[0].startswith("failed at mailboxes")
    assert cells[4] == "earlier run"
    took = next(c for c in resumed.campaigns if c.key == "row-1").steps
    assert cells[5].endswith(" s")
    assert float(cells[5].split()[0]) == pytest.approx(
        sum((step.ended_at or 0) - step.sent_at for step in took), abs=0.1
    )


def test_every_row_is_within_reach_of_the_keyboard(opened: Opener) -> None:
    page = opened(ReportData.from_json(written_down(MANY)))
    chosen = page.one("#page")
    chosen.send_keys(Keys.CONTROL, "a")
    chosen.send_keys("77", Keys.ENTER)
    assert page.shown == "3,801 to 3,850 of 5,000 campaigns"
    chosen.send_keys(Keys.CONTROL, "a")
    chosen.send_keys("4000", Keys.ENTER)
    assert page.shown == "4,951 to 5,000 of 5,000 campaigns"
    assert chosen.get_attribute("value") == "100"
    assert not page.one("#last").is_enabled()
    page.one("#first").send_keys(Keys.ENTER)
    assert page.shown == "1 to 50 of 5,000 campaigns"
    # A disabled button gets no keys, so the focus has moved on.
    assert page.run("return document.activeElement.id") == "page"
    page.one("#last").send_keys(Keys.ENTER)
    assert page.names[-1] == "Campaign 4999"


def test_every_control_is_reached_with_tab_and_shows_the_focus(opened: Opener) -> None:
    page = opened(ReportData.from_json(run_job(specs(4, failing_every=2))))
    controls = page.run(
        "return [...document.querySelectorAll('summary, button, input, select')]"
        ".filter((e) => e.checkVisibility() && !e.disabled).length"
    )
    page.run("document.body.focus()")
    seen = 0
    for _ in range(controls + 10):
        webdriver.ActionChains(page.chrome).send_keys(Keys.TAB).perform()
        focused = page.run(
            "const e = document.activeElement; const s = getComputedStyle(e);"
            "return [e.matches('summary, button, input, select'), s.outlineStyle, e.outerHTML.slice(0, 80)]"
        )
        if focused[0]:
            seen += 1
            assert focused[1] == "solid", focused
        elif seen == controls:
            break
    assert seen == controls


def test_controls_stay_hidden_without_the_script_that_shows_them(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    page.run("for (const e of document.querySelectorAll('#all .controls, #all .pages')) e.hidden = true")
    assert not page.one("#all .controls").is_displayed()
    assert not page.one("#all .pages").is_displayed()


def test_all_campaigns_and_all_columns_are_printed(opened: Opener, job: ReportData) -> None:
    page = opened(job)
    page.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    # The width of a page with margins.
    page.chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 700, "height": 1000, "deviceScaleFactor": 1, "mobile": False},
    )
    try:
        page.run("window.dispatchEvent(new Event('beforeprint'))")
        assert page.shown == "1 to 70 of 70 campaigns"
        assert len(page.names) == 70
        assert page.run("return document.documentElement.scrollWidth") <= 700
        last = page.one("#campaigns thead th:last-child")
        assert last.text == "Took"
        assert page.run("return arguments[0].getBoundingClientRect().right", last) <= 700
        page.run("window.dispatchEvent(new Event('afterprint'))")
        assert page.shown == "1 to 50 of 70 campaigns"
    finally:
        page.chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_a_job_that_did_nothing_opens(opened: Opener) -> None:
    page = opened(ReportData.from_json(empty()))
    assert page.shown == "No campaign was begun"
    assert page.errors() == []
