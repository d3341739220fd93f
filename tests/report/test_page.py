"""The HTML of the page: it loads nothing, and shows input as text only."""

from __future__ import annotations

import importlib.util
import json
import re
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import attrs
import pytest

from smartlead_async.errors import ConfigurationError
from smartlead_async.provisioning.ledger.records import Orphan
from smartlead_async.report_html import ReportData, render_html, require_extra, write_html
from smartlead_async.report_html.render import MAX_IN_A_GROUP

from .jobs import HOSTILE, KEY, empty, hostile, run_job, specs, written_down


class Elements(HTMLParser):
    """Every element with its attributes, every id, and the text of scripts and everything else."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return run_job(specs(12, failing_every=5), faults=0.15)


@pytest.fixture(scope="module")
def page(report: dict[str, Any]) -> str:
    return render_html(ReportData.from_json(report))


def test_it_refers_to_nothing_outside_itself(page: str) -> None:
    for tag, attributes in Elements(page).elements:
        for name, value in attributes.items():
            if name in {"src", "href", "xlink:href", "srcset", "action", "poster", "data"}:
                assert value is not None
                assert value.startswith(("#", "data:")), (tag, name, value)
            assert "://" not in (value or ""), (tag, name, value)
            assert "url(" not in (value or "") or re.fullmatch(r".*url\(#[\w-]+\).*", value or ""), value
    assert "@import" not in page
    assert "http" not in re.sub(r"http-equiv", "", page)


def test_its_policy_allows_its_own_script_only(page: str) -> None:
    (policy,) = [meta["content"] for meta in Elements(page).named("meta") if "http-equiv" in meta]
    assert policy is not None
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[\w+/]{43}=';", policy)


def test_ids_are_used_once_and_refer_to_what_is_there(page: str) -> None:
    ids = [a["id"] for _, a in Elements(page).elements if "id" in a]
    assert len(ids) == len(set(ids))
    referred = set(re.findall(r"(?:href=\"#|url\(#)([\w-]+)", page))
    assert referred
    assert referred <= set(ids)


def test_the_plots_take_their_colours_from_the_page(page: str) -> None:
    drawings = re.findall(r"<svg viewBox.*?</svg>", page, re.DOTALL)[1:]
    # Progress, windows, waiting, steps: each for wide and for narrow screens.
    assert len(drawings) == 8
    for drawing in drawings:
        assert "var(--" in drawing
        assert not re.search(r"#[0-9a-f]{6}", drawing)
        assert "<style" not in drawing


def test_every_plot_and_table_can_be_read_without_seeing_it(page: str) -> None:
    elements = Elements(page)
    plots = [a for tag, a in elements.elements if tag == "div" and a.get("class") == "plot"]
    assert len(plots) == 4
    for plot in plots:
        assert plot["role"] == "img"
        assert len(plot["aria-label"] or "") > 40
    assert all(head.get("scope") in {"col", "row"} for head in elements.named("th"))
    assert elements.named("html")[0]["lang"] == "en"


def test_it_contains_neither_key_nor_leads(page: str) -> None:
    assert "Bakeries in town 11" in page
    assert KEY not in page
    assert "prospect.example" not in page


def test_the_failures_have_a_command_that_retries_them(page: str) -> None:
    text = "".join(Elements(page).text)
    assert "smartlead-async provision 'spring plan.yaml' --target live" in text
    assert "3 campaigns failed" in text
    assert re.search(r"3 ×\s*stopped (at|after) \w+", text)
    assert "Nowhere" in text
    for number in (1, 6, 11):
        assert f"Bakeries in town {number}" in text


def test_without_a_ledger_it_warns_instead(report: dict[str, Any]) -> None:
    page = render_html(ReportData.from_json(report | {"ledger": None}))
    assert "the whole plan would create the finished ones twice" in page
    assert 'id="command"' not in page


def test_names_and_errors_are_text_only() -> None:
    page = render_html(hostile())
    elements = Elements(page)
    assert len(elements.named("script")) == 2
    assert elements.named("img") == []
    text = "".join(elements.text)
    assert HOSTILE[0] in text
    assert HOSTILE[5] in text
    # What cannot be encoded is replaced, so that the report is not lost.
    assert "half a pair ? here" in page
    # Nothing in the names can end the JSON.
    block = page.partition('<script type="application/json" id="figures">')[2].partition("</script>")[0]
    assert "<" not in block
    assert {row[0] for row in json.loads(block)["campaigns"]} == set(HOSTILE)


def test_long_lists_of_failures_are_shortened() -> None:
    page = render_html(ReportData.from_json(written_down(MAX_IN_A_GROUP * 10 + 30)))
    assert "and 3 more, all in the table below" in page
    assert page.count("<li><bdi>Campaign ") == MAX_IN_A_GROUP + 12  # and the adopted ones


def test_orphans_and_differences_are_shown(report: dict[str, Any]) -> None:
    data = ReportData.from_json(report)
    orphans = (Orphan(77, "Left <b>", 5, "DRAFTED"), Orphan(78, "Gone", None, "DRAFTED", pruned=True))
    difference = {"key": "row-3", "campaign_id": 4101, "path": "start", "planned": True, "found": False}
    many = {"differences": [difference] * 205}
    differences = ReportData.from_json(report | many).differences
    page = render_html(attrs.evolve(data, orphans=orphans, differences=differences))
    text = "".join(Elements(page).text)
    assert "Left <b>" in text
    assert "still there" in text
    assert "1 campaign on the server belongs to no campaign of the plan." in text
    assert page.count("<bdi>row-3</bdi>") >= 205


def test_every_campaign_is_on_the_page_without_javascript(report: dict[str, Any]) -> None:
    page = render_html(ReportData.from_json(report))
    without_script = page[page.index("<noscript>") : page.index("</noscript>")]
    assert without_script.count('<th scope="row"') == len(report["details"])
    for state in ("done", "failed"):
        assert f'<span class="state {state}">{state}</span>' in without_script


def test_states_and_legends_do_not_depend_on_backgrounds_which_are_not_printed() -> None:
    style = (resources.files("smartlead_async.report_html") / "page" / "report.css").read_text("utf-8")
    rules = [line for line in style.splitlines() if ".state" in line or ".key-" in line]
    assert rules
    assert not [rule for rule in rules if "background" in rule]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"error": "the key is refused", "planned": 5, "not_begun": 5},
        {"began_at": "2027-01-04T00:00:00+00:00", "elapsed_seconds": 0.0},
        {"server": {}, "interrupted": True, "deadline_passed": True},
    ],
)
def test_a_job_that_did_nothing_has_a_page(changes: dict[str, Any]) -> None:
    page = render_html(ReportData.from_json(empty() | changes))
    assert "0 of " in page
    assert "Nothing was sent." in page


@pytest.mark.parametrize("number", [1, 2, 40])
def test_a_job_without_a_timeline_has_the_plots_that_do_not_need_it(number: int) -> None:
    page = render_html(ReportData.from_json(written_down(number)))
    assert 'data-plot="progress"' in page
    assert 'data-plot="windows"' not in page


def test_the_file_is_replaced_as_a_whole(
    tmp_path: Path, report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    data = ReportData.from_json(report)
    write_html(path, data)
    before = path.read_bytes()
    assert before.startswith(b"<!doctype html>")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_html(path, attrs.evolve(data, plan="another"))
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_the_same_report_gives_the_same_page(report: dict[str, Any], page: str) -> None:
    assert render_html(ReportData.from_json(report)) == page


def test_without_the_extra_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    require_extra()
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jinja2" else found(name))
    with pytest.raises(ConfigurationError, match=re.escape("Jinja2: pip install 'smartlead-async[report]'")):
        require_extra()
