"""``diff --refresh``: what was changed by hand, shown and as JSON."""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from smartlead_async.fake import CampaignStatus, Fault

from .conftest import CommandLine
from .plans import KEY, key, name
from .processes import started
from .serving import Served


@pytest.fixture
def done(cli: CommandLine, plan: Path, served: Served) -> Path:
    """Return a plan whose three campaigns were all created on a server."""
    served.furnish(plan)
    target = ("--target", served.url, "--tier", "unlimited")
    assert cli("provision", plan, *target, SMARTLEAD_API_KEY=KEY).exit_code == 0
    return plan


def refreshed(cli: CommandLine, plan: Path, *options: object) -> Result:
    return cli("diff", plan, "--refresh", "--tier", "unlimited", *options, SMARTLEAD_API_KEY=KEY)


def refresh_in_json(cli: CommandLine, plan: Path, *options: object) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(refreshed(cli, plan, "--json", *options).stdout)
    return content


def edit_by_hand(served: Served) -> list[int]:
    """Pause the first campaign, rename the second, delete the third; return their ids."""

    def edit() -> list[int]:
        first, second, third = served.fake.campaigns.values()
        first.status = CampaignStatus.PAUSED
        second.name = "Somebody's"
        del served.fake.campaigns[third.id]
        return [first.id, second.id, third.id]

    return served.call(edit)


def test_a_server_as_applied_is_told_with_its_costs(cli: CommandLine, done: Path, served: Served) -> None:
    before = served.requests()
    result = refreshed(cli, done, "--exit-code")
    assert result.exit_code == 0
    assert "No changes: 3 campaigns as the plan says." in result.stdout
    assert "Reading 3 campaigns from the server: about 10 requests" in result.stdout
    assert "Nothing was changed by hand: 3 campaigns on the server as applied." in result.stdout
    assert "Read       3 campaigns, 10 requests" in result.stdout
    assert served.requests() - before == 10


def test_what_was_changed_by_hand_is_shown_with_its_outcome(
    cli: CommandLine, done: Path, served: Served
) -> None:
    first, second, third = edit_by_hand(served)
    result = refreshed(cli, done)
    assert result.exit_code == 0
    for line in (
        f"− {name(2)} (campaign {third}, client 7): deleted",
        "→ provision does not create it again.",
        f"smartlead-async forget {done.with_suffix('.ledger')} --campaign '{key(2)}'",
        f"~ {name(0)} (campaign {first}, client 7)",
        "~ status ACTIVE → PAUSED",
        "→ provision leaves it PAUSED.",
        f"~ {name(1)} (campaign {second}, client 7)",
        f"~ name {name(1)} → Somebody's",
        "By hand    3 campaigns changed, 1 of them deleted",
    ):
        assert line in result.stdout, line
    assert "Read       3 campaigns, 10 requests" in result.stdout


def test_drift_counts_as_a_change_for_the_exit_code(cli: CommandLine, done: Path, served: Served) -> None:
    edit_by_hand(served)
    assert refreshed(cli, done, "--exit-code").exit_code == 2
    assert cli("diff", done, "--exit-code").exit_code == 0


def test_the_json_has_the_drift_of_each_campaign(cli: CommandLine, done: Path, served: Served) -> None:
    first, *_ = edit_by_hand(served)
    content = refresh_in_json(cli, done, "--exit-code")
    assert (content["exit_code"], content["changes"]) == (2, [])
    refresh = content["refresh"]
    assert (refresh["read"], refresh["to_read"], refresh["error"]) == (3, 3, None)
    assert (refresh["expected_requests"], refresh["requests"]) == (10, 10)
    assert [each["deleted"] for each in refresh["drift"]] == [False, False, True]
    paused = refresh["drift"][0]
    assert (paused["key"], paused["campaign_id"]) == (key(0), first)
    change = {"path": "status", "before": "ACTIVE", "after": "PAUSED", "weakens": False}
    assert paused["changes"] == [change]
    assert "refresh" in json.loads(cli("diff", done, "--json").stdout)


def test_only_selected_campaigns_are_read(cli: CommandLine, done: Path, served: Served) -> None:
    edit_by_hand(served)
    content = refresh_in_json(cli, done, "--select", name(1))
    assert [each["key"] for each in content["refresh"]["drift"]] == [key(1)]
    assert content["refresh"]["requests"] == 5


def test_a_plan_without_a_ledger_needs_no_key(cli: CommandLine, plan: Path) -> None:
    result = cli("diff", plan, "--refresh")
    assert result.exit_code == 0
    assert "every campaign is new" in result.stdout


def test_a_key_that_is_missing_or_refused_has_its_own_exit_code(
    cli: CommandLine, done: Path, served: Served
) -> None:
    assert cli("diff", done, "--refresh").exit_code == 3
    other = cli("diff", done, "--refresh", "--accept-new-key", SMARTLEAD_API_KEY="another-key")
    assert other.exit_code == 3
    assert "Reading ended early, after 0 of 3 campaigns" in other.stdout
    refused = cli("diff", done, "--refresh", SMARTLEAD_API_KEY="another-key")
    assert (refused.exit_code, "another API key" in refused.stderr) == (2, True)


def test_another_target_than_that_of_the_ledger_is_refused(cli: CommandLine, done: Path) -> None:
    result = refreshed(cli, done, "--target", "http://127.0.0.1:9")
    assert (result.exit_code, "so its campaigns are not on" in result.stderr) == (2, True)


def test_what_was_read_before_an_error_is_shown(cli: CommandLine, done: Path, served: Served) -> None:
    first, *_ = edit_by_hand(served)
    broken = Fault.edited(lambda _: {"unreadable": True})
    served.call(lambda: served.fake.script("ListCampaignLeads", Fault.slow(0)))
    served.call(lambda: served.fake.script("ListCampaignLeads", broken))
    result = refreshed(cli, done)
    assert result.exit_code == 1
    assert f"(campaign {first}, client 7)" in result.stdout
    assert "Reading ended early, after 1 of 3 campaigns" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT")
def test_a_signal_ends_it_at_once_with_what_was_read(cli: CommandLine, done: Path, served: Served) -> None:
    edit_by_hand(served)
    before = served.requests()
    served.call(lambda: served.fake.script("ListCampaignLeads", Fault.slow(0)))
    served.call(lambda: served.fake.script("ListCampaignLeads", Fault.slow(3600), times=None))
    arguments = ("diff", done, "--refresh", "--tier", "unlimited", "--json")
    with started(*arguments, SMARTLEAD_API_KEY=KEY) as process:
        deadline = time.monotonic() + 60
        while served.requests() < before + 8:
            assert time.monotonic() < deadline, "nothing is read"
            time.sleep(0.005)
        process.send(signal.SIGINT)
        finished = process.finish()
    assert finished.code == 4, finished
    refresh = json.loads(finished.out)["refresh"]
    assert (refresh["read"], refresh["error"]) == (1, "interrupted")
    assert [each["key"] for each in refresh["drift"]] == [key(0)]
    assert "Traceback" not in finished.everything


def test_the_progress_of_a_long_read_is_logged(
    cli: CommandLine, done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartlead_async.cli.count_display._LOG_INTERVAL", 0.0)
    shown = refreshed(cli, done).stdout
    assert "2 of 3 campaigns read · 7 requests" in shown


def test_a_plan_that_changed_shows_both_and_tells_them_apart(
    cli: CommandLine, tmp_path: Path, done: Path, served: Served
) -> None:
    edit_by_hand(served)
    content = json.loads(done.read_text("utf-8"))
    content["defaults"]["schedule"]["end"] = "16:00"
    done.write_text(json.dumps(content), "utf-8")
    shown = refreshed(cli, done).stdout
    assert shown.count("schedule.end") == 3
    assert "→ provision fails at this campaign" in shown
    assert shown.index("To change") < shown.index("Changed by hand")
