"""``report week``."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable

import pytest
from typer.testing import Result

from smartlead_async.api.analytics.campaigns import ListCampaignPerformance
from smartlead_async.api.analytics.days import GetDayWiseStats
from smartlead_async.api.campaigns.read import ListCampaigns
from smartlead_async.api.clients import ListClients
from smartlead_async.cli import week_report
from smartlead_async.cli.output import CommandError
from smartlead_async.cli.week_report import choose_period

from .conftest import CommandLine
from .plans import KEY
from .serving import Served

FROM = ("--from", "2026-11-16", "--time-zone", "Europe/Oslo")
STRANGE = "<b>東京</b> 🦷\x1b[31m\u202e"


@pytest.fixture
def report(cli: CommandLine, served: Served) -> Callable[..., Result]:
    """Return a function that runs ``report week`` on an account with two clients and 13 campaigns."""
    campaigns = [
        {
            "id": n,
            "name": f"C{n}",
            "client_id": 7 if n < 13 else 8,
            "status": "ACTIVE",
            "created_at": "2027-01-04T09:00:00Z",
        }
        for n in range(1, 14)
    ]
    rows = [
        {"id": n, "campaign_name": STRANGE if n == 13 else f"Campaign {n}", "sent": 100 * n, "opened": 50 * n}
        | {"replied": 2 * n, "bounced": n, "positive_replied": n if n != 3 else 0}
        for n in range(1, 14)
    ]
    responses = {
        ListCampaigns: campaigns,
        ListClients: [{"id": 7, "name": "Fjord Dental"}, {"id": 8, "name": "Nord & Sons"}],
        ListCampaignPerformance: {"ok": True, "data": {"campaign_wise_performance": rows}},
        GetDayWiseStats: {"data": {"day_wise_stats": [{"date": "16 Nov", "sent": 9100, "replied": 182}]}},
    }
    for request, body in responses.items():
        served.call(lambda request=request, body=body: served.fake.respond(request, body))  # type: ignore[misc]

    def run(*arguments: object) -> Result:
        return cli("report", "week", *arguments, "--target", served.url, SMARTLEAD_API_KEY=KEY)

    return run


def test_the_json_says_which_days_and_its_clients_add_up(report: Callable[..., Result]) -> None:
    content = json.loads(report(*FROM).stdout)
    assert (content["from"], content["to"], content["time_zone"]) == (
        "2026-11-16",
        "2026-11-22",
        "Europe/Oslo",
    )
    for name in ("sent", "opened", "replied", "positive", "bounced"):
        assert content["total"][name] == sum(client[name] for client in content["clients"])
    assert len(content["days"]) == 7


def test_the_csv_has_a_row_for_each_campaign_and_its_sum_is_the_total(report: Callable[..., Result]) -> None:
    rows = list(csv.DictReader(io.StringIO(report(*FROM, "--output", "csv").stdout)))
    assert len(rows) == 13
    assert sum(int(row["sent"]) for row in rows) == 9100
    assert rows[0].keys() == {
        *("client_id", "client", "campaign_id", "campaign"),
        *("sent", "opened", "replied", "positive", "bounced"),
    }


@pytest.mark.parametrize("width", [80, 40])
def test_the_table_fits_the_terminal_has_a_chart_and_adds_up(
    report: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", str(width))
    shown = report(*FROM, "--output", "table").stdout
    assert max(map(cell_len, shown.splitlines())) <= width
    assert "Time zone Europe/Oslo" in shown
    assert "█" in shown
    assert "…" not in shown
    assert "\x1b" not in shown
    # The ten largest campaigns of the first client, and the rest of them in one row.
    assert "Campaign 12" in shown
    assert "Campaign 2\n" not in shown
    assert "2 more campaigns" in " ".join(shown.split())
    rest = shown[shown.index("2 more campaigns") :]
    assert re.search(r"\b300\b.*?\b150\b.*?\b6\b", rest[: rest.index("Nord")], re.DOTALL)
    assert "9,100" in shown[shown.index("Total") :]


def test_the_page_escapes_names_and_loads_nothing(report: Callable[..., Result]) -> None:
    page = report(*FROM, "--output", "html").stdout
    assert "Mon 16 – Sun 22 Nov 2026" in page
    assert "<b>東京" not in page
    assert "&lt;b&gt;東京" in page
    assert "Nord &amp; Sons" in page
    assert "9,100" in page
    assert re.search(r'(?:src|href)="(?!data:|#)', page) is None
    assert "<script" not in page


def test_only_the_clients_that_are_named_are_reported(report: Callable[..., Result]) -> None:
    for term in ("8", "Nord*"):
        content = json.loads(report(*FROM, "--client", term).stdout)
        assert [client["name"] for client in content["clients"]] == ["Nord & Sons"]
        assert content["total"]["sent"] == 1300
    assert "there is no client 'Nrd'" in report(*FROM, "--client", "Nrd").stderr


def test_a_page_is_not_printed_on_a_terminal(
    report: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, served: Served
) -> None:
    monkeypatch.setattr(week_report, "prints_table", lambda: True)
    result = report(*FROM, "--output", "html")
    assert result.exit_code == 2
    assert "> week.html" in result.stderr
    assert served.requests() == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "16.11."], "--from is a date such as 2027-01-04"),
        (["--from", "2026-11-16", "--to", "2026-11-15"], "is after --to"),
        (["--time-zone", "Oslo"], "--time-zone is an IANA name"),
        (["--output", "pdf"], "--output is one of"),
        (["--output", "html", "--json"], "contradict"),
        (["--columns", "snt"], "did you mean 'sent'?"),
    ],
)
def test_options_that_cannot_be_used_are_refused_before_a_request(
    report: Callable[..., Result], served: Served, arguments: list[str], message: str
) -> None:
    result = report(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert served.requests() == 0


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, ("2026-11-16", "2026-11-22")),
        ("2026-11-03", None, ("2026-11-03", "2026-11-09")),
        (None, "2026-11-09", ("2026-11-03", "2026-11-09")),
        ("2026-11-01", "2026-11-30", ("2026-11-01", "2026-11-30")),
    ],
)
def test_the_days_are_the_last_whole_week_or_those_that_are_named(
    monkeypatch: pytest.MonkeyPatch, first: str | None, last: str | None, expected: tuple[str, str]
) -> None:
    for today in (dt.date(2026, 11, 23), dt.date(2026, 11, 29)):
        monkeypatch.setattr(week_report, "_today", lambda _, today=today: today)
        period = choose_period(first, last, "UTC")
        assert (period.first.isoformat(), period.last.isoformat()) == expected


def test_a_machine_without_a_named_zone_uses_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: None)
    assert choose_period("2026-11-16", None, None).time_zone == "UTC"
    with pytest.raises(CommandError, match="is after"):
        choose_period("2026-11-16", "2026-11-01", None)
