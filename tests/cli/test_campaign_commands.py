"""``campaigns stats``, ``pause`` and ``resume``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from typer.testing import Result

from smartlead_async.api.campaigns.setup import UpdateStatus
from smartlead_async.api.campaigns.statistics import GetCampaignAnalytics
from smartlead_async.cli import campaign_status
from smartlead_async.cli.campaign_stats import CampaignFigures
from smartlead_async.fake import Fault
from smartlead_async.fake.state import CampaignStatus

from ..fake.raw import AGENT
from .conftest import CommandLine
from .plans import KEY
from .serving import Served

OSLO = "Dentists in Oslo Q1 2027 – demo invite"
TOKYO = "歯科医 東京 🦷"


@pytest.fixture
def campaigns(cli: CommandLine, served: Served) -> Callable[..., Result]:
    """Return a function that runs ``campaigns`` on an account with a running, a paused and a new campaign."""

    def run(*arguments: object) -> Result:
        return cli("campaigns", *arguments, "--target", served.url, SMARTLEAD_API_KEY=KEY)

    create = ("call", "campaigns.create", "--target", served.url, "--name")
    for name in (OSLO, TOKYO, "Draft [2027]"):
        assert cli(*create, name, SMARTLEAD_API_KEY=KEY).exit_code == 0

    def set_statuses() -> None:
        for campaign, status in zip(served.fake.campaigns.values(), ("ACTIVE", "PAUSED"), strict=False):
            campaign.status = CampaignStatus(status)

    served.call(set_statuses)
    return run


def statuses(served: Served) -> list[str]:
    return served.call(lambda: [each.status.value for each in served.fake.campaigns.values()])


# --- stats ----------------------------------------------------------------------------------------------


def counters(served: Served, **values: object) -> None:
    response = {"id": 4101, "name": OSLO, "status": "ACTIVE", **values}
    served.call(lambda: served.fake.respond(GetCampaignAnalytics, response))


COUNTED = {
    "sent_count": "1200",
    "open_count": "900",
    "unique_open_count": "600",
    "click_count": "30",
    "reply_count": "18",
    "bounce_count": "6",
}


def test_a_mail_that_was_opened_twice_counts_once_and_unknown_counters_stay_unknown(
    campaigns: Callable[..., Result], served: Served
) -> None:
    counters(served, **COUNTED)
    (row,) = json.loads(campaigns("stats", "4101").stdout)
    assert (row["sent"], row["opened"], row["open_rate"], row["reply_rate"]) == (1200, 600, 50.0, 1.5)
    assert (row["unsubscribed"], row["unsubscribe_rate"], row["leads"]) == (None, None, None)


@pytest.mark.parametrize("width", [80, 40])
def test_statistics_fit_the_terminal_and_end_with_the_sum(
    campaigns: Callable[..., Result], served: Served, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", str(width))
    counters(served, **COUNTED)
    lines = campaigns("stats", "--output", "table").stdout.splitlines()
    assert max(map(cell_len, lines)) <= width
    shown = " ".join(" ".join(lines).split())
    assert "3 campaigns" in shown
    assert "3,600" in shown
    assert "1.5 %" in shown
    assert TOKYO in shown


@pytest.fixture
def many(served: Served) -> list[int]:
    """The ids of 130 campaigns, the oldest first, which sent two mails, of which one was answered."""

    def post(path: str, body: object) -> None:
        url = f"/api/v1/campaigns/{path}"
        served.fake.receive("POST", url, f"api_key={KEY}", AGENT, json.dumps(body).encode())

    def add() -> list[int]:
        for number in range(130):
            post("create", {"name": f"Nørd {number:03}"})
        oldest, *_ = ids = list(served.fake.campaigns)
        addresses = ("lin@a.example", "kim@a.example")
        post(f"{oldest}/leads", {"lead_list": [{"email": each} for each in addresses]})
        for each in addresses:
            served.fake.record_message(oldest, each)
        served.fake.record_message(oldest, addresses[0], type="REPLY")
        return ids

    return served.call(add)


def test_many_campaigns_are_counted_by_the_hundred(cli: CommandLine, served: Served, many: list[int]) -> None:
    before = served.requests()
    arguments = ("campaigns", "stats", "--target", served.url)
    result = cli(*arguments, SMARTLEAD_API_KEY=KEY)
    assert served.requests() - before == 3
    rows = json.loads(result.stdout)
    assert sorted(row["id"] for row in rows) == many
    (row,) = [row for row in rows if row["sent"]]
    assert (row["sent"], row["replied"], row["reply_rate"], row["clicked"]) == (2, 1, 50.0, None)
    assert "--full counts them" in result.stderr
    table = cli(*arguments, "--output", "table", SMARTLEAD_API_KEY=KEY).stdout
    assert "Clicked" not in table
    assert "Replied" in table


def test_few_campaigns_and_full_statistics_take_a_request_each(
    cli: CommandLine, served: Served, many: list[int]
) -> None:
    for terms, requests in ((map(str, many[:20]), 21), (("*", "--full"), 131)):
        before = served.requests()
        result = cli("campaigns", "stats", *terms, "--target", served.url, SMARTLEAD_API_KEY=KEY)
        assert served.requests() - before == requests
        assert {row["clicked"] for row in json.loads(result.stdout)} == {0}


def test_statistics_of_no_campaign_are_an_empty_list(cli: CommandLine, served: Served) -> None:
    header = ",".join(field.name for field in attrs.fields(CampaignFigures)) + "\n"
    for output, text in (("json", "[]\n"), ("table", ""), ("csv", header)):
        arguments = ("campaigns", "stats", "--output", output, "--target", served.url)
        result = cli(*arguments, SMARTLEAD_API_KEY=KEY)
        assert (result.exit_code, result.stdout) == (0, text)


def test_a_campaign_that_is_gone_is_named_and_the_others_are_counted(
    campaigns: Callable[..., Result], served: Served
) -> None:
    served.call(lambda: served.fake.fail_next(Fault.status_before(404), GetCampaignAnalytics.operation.name))
    result = campaigns("stats", "--columns", "id,sent", "--output", "csv")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 3
    assert "was left out" in result.stderr


# --- which campaigns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("4101", [4101]),
        (OSLO, [4101]),
        ("*東京*", [4102]),
        ("Draft [2027]", [4103]),
        ("*", [4103, 4102, 4101]),
    ],
)
def test_a_campaign_is_named_by_id_name_or_pattern(
    campaigns: Callable[..., Result], term: str, found: list[int]
) -> None:
    assert [row["id"] for row in json.loads(campaigns("stats", term).stdout)] == found


@pytest.mark.parametrize("command", ["stats", "pause", "resume"])
def test_a_term_that_names_no_campaign_is_an_error_with_a_near_name(
    campaigns: Callable[..., Result], served: Served, command: str
) -> None:
    result = campaigns(command, "4101", "dentists in oslo")
    assert result.exit_code == 2
    assert f"did you mean {OSLO!r}?" in result.stderr
    assert served.requests() == 4


# --- pause and resume -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "changed", "warning"),
    [("pause", 4101, "This will pause 1 campaign"), ("resume", 4102, "This will START 1 campaign")],
)
def test_only_campaigns_in_the_right_status_are_changed(
    campaigns: Callable[..., Result], served: Served, command: str, changed: int, warning: str
) -> None:
    served.call(lambda: served.fake.respond(UpdateStatus, {"ok": True}))
    refused = campaigns(command, "*")
    assert refused.exit_code == 2
    assert warning in refused.stderr
    assert "pass --yes" in refused.stderr
    before = served.requests()
    result = campaigns(command, "*", "--yes", "--json")
    assert result.exit_code == 0, result.output
    assert served.requests() == before + 2
    content: dict[str, Any] = json.loads(result.stdout)
    assert [each["id"] for each in content["done"]] == [changed]
    assert len(content["left_alone"]) == 2


def test_resuming_says_first_that_mail_leaves(campaigns: Callable[..., Result]) -> None:
    assert "SEND MAIL" in campaigns("resume", "4102").stderr
    assert "THIS SENDS MAIL" in campaigns("resume", "--help").stdout


def test_a_campaign_that_was_named_but_cannot_be_resumed_is_a_failure(
    campaigns: Callable[..., Result], served: Served
) -> None:
    result = campaigns("resume", "4103", "4101", "--yes")
    assert result.exit_code == 1
    assert "it is a draft" in result.stderr
    assert "it is ACTIVE" in result.stderr


def test_a_failure_does_not_keep_other_campaigns_from_being_paused(
    campaigns: Callable[..., Result], served: Served
) -> None:
    def run_all() -> None:
        for campaign in served.fake.campaigns.values():
            campaign.status = CampaignStatus.ACTIVE

    served.call(run_all)
    served.call(lambda: served.fake.fail_next(Fault.status_before(404), UpdateStatus.operation.name))
    result = campaigns("pause", "*", "--yes")
    assert result.exit_code == 1
    assert "2 campaigns paused, 1 failed." in result.stderr
    assert sorted(statuses(served)) == ["ACTIVE", "PAUSED", "PAUSED"]


def test_where_nothing_is_to_be_done_nothing_is_asked(campaigns: Callable[..., Result]) -> None:
    result = campaigns("pause", "4102")
    assert result.exit_code == 0
    assert "it is PAUSED" in result.stderr
    assert "Nothing to do" in result.stderr


def test_an_interruption_says_what_was_done_and_how_to_carry_on(
    campaigns: Callable[..., Result], served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = campaign_status._send

    async def interrupted(*arguments: Any) -> None:
        await send(*arguments)
        arguments[-1].done.pop()
        raise KeyboardInterrupt

    monkeypatch.setattr(campaign_status, "_send", interrupted)
    result = campaigns("pause", "4101", "--yes", "--json")
    assert result.exit_code == 4
    assert "1 not done: run the same command again" in result.stderr
    content = json.loads(result.stdout)
    assert (content["exit_code"], [each["id"] for each in content["not_done"]]) == (4, [4101])
