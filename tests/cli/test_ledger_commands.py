"""``status`` and ``forget``."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from smartlead_async import SmartleadClient
from smartlead_async.api.campaigns.create import DeleteCampaign
from smartlead_async.api.campaigns.models import CampaignAction
from smartlead_async.api.campaigns.setup import UpdateStatus
from smartlead_async.fake import Fault

from .conftest import CommandLine
from .plans import KEY, REQUESTS, key, name
from .serving import Served


@pytest.fixture
def ledger(cli: CommandLine, plan: Path, served: Served) -> Path:
    """Return the ledger of a job with three campaigns, one of which failed at its schedule."""
    served.furnish(plan)
    served.call(lambda: served.fake.fail_next(Fault.status_before(422), "UpdateSchedule"))
    arguments = ("provision", plan, "--target", served.url, "--tier", "unlimited", "--concurrency", 1)
    assert cli(*arguments, SMARTLEAD_API_KEY=KEY).exit_code == 1
    return plan.with_suffix(".ledger")


def test_status_shows_counts_failures_and_requests(cli: CommandLine, ledger: Path, served: Served) -> None:
    result = cli("status", ledger)
    assert result.exit_code == 0
    assert "2 of 3 done (67 %), 1 failed, 0 in progress" in result.stdout
    assert re.search(rf"failed: {re.escape(name(0))} \(id \d+\) at schedule: ", result.stdout)
    assert served.url in result.stdout
    # The failed campaign was rejected at its fifth request.
    assert re.search(rf"Requests +{2 * REQUESTS + 5}\b", result.stdout)


def test_status_in_json(cli: CommandLine, ledger: Path, served: Served) -> None:
    content = json.loads(cli("status", ledger, "--json").stdout)
    assert content["campaigns"] == {
        "planned": 3,
        "done": 2,
        "failed": 1,
        "paused": 0,
        "running": 0,
        "not_begun": 0,
    }
    assert content["percent"] == 66.7
    assert content["target"] == served.url
    assert content["requests"] == 2 * REQUESTS + 5
    assert content["leads"]["added"] == 9
    (failure,) = content["failures"]
    assert (failure["key"], failure["step"]) == (key(0), "schedule")
    assert failure["error"]


def test_watch_ends_when_the_job_has_ended(cli: CommandLine, ledger: Path) -> None:
    lines = cli("status", ledger, "--watch").stdout.splitlines()
    assert lines == ["2 of 3 done (67 %), 1 failed, 0 in progress"]
    (line,) = cli("status", ledger, "--watch", "--json").stdout.splitlines()
    assert json.loads(line)["campaigns"]["done"] == 2


def test_status_changes_nothing(cli: CommandLine, ledger: Path) -> None:
    before = ledger.read_bytes()
    cli("status", ledger)
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("command", [["status"], ["forget", "--campaign", "x", "--yes"]])
def test_a_missing_ledger_is_not_created(cli: CommandLine, tmp_path: Path, command: list[str]) -> None:
    result = cli(*command, tmp_path / "none.ledger")
    assert result.exit_code == 2
    assert "there is no ledger" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_a_ledger_gives_one_message(cli: CommandLine, plan: Path) -> None:
    result = cli("status", plan)
    assert result.exit_code == 2
    assert "plan.json" in result.stderr


def test_forget_explains_and_asks_for_confirmation(cli: CommandLine, ledger: Path) -> None:
    result = cli("forget", ledger, "--campaign", key(1))
    assert result.exit_code == 2
    assert f"{name(1)}: done, id " in result.stdout
    assert "7 steps done (create, " in result.stdout
    assert "The next run will create it again." in result.stdout
    assert "--yes" in result.stderr
    assert json.loads(cli("status", ledger, "--json").stdout)["campaigns"]["done"] == 2


def test_a_forgotten_campaign_is_created_again(
    cli: CommandLine, plan: Path, ledger: Path, served: Served
) -> None:
    assert cli("forget", ledger, "--campaign", key(1), "--yes").exit_code == 0
    assert json.loads(cli("status", ledger, "--json").stdout)["campaigns"]["not_begun"] == 1
    # The message says to delete it on the server first.
    (number,) = [campaign.id for campaign in served.fake.campaigns_named(name(1))]
    asyncio.run(_delete(served.url, number))
    assert cli("provision", plan, "--target", served.url, SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert [c.id for c in served.fake.campaigns_named(name(1))] == [max(served.fake.campaigns)]
    assert [len(served.fake.campaigns_named(name(n))) for n in range(3)] == [1, 1, 1]


async def _delete(url: str, campaign_id: int) -> None:
    async with SmartleadClient(KEY, base_url=url) as client:
        await client.send(UpdateStatus(campaign_id, CampaignAction.STOPPED))
        await client.send(DeleteCampaign(campaign_id))


def test_forget_suggests_the_nearest_key(cli: CommandLine, ledger: Path) -> None:
    result = cli("forget", ledger, "--campaign", name(1), "--yes")
    assert result.exit_code == 2
    assert f"Did you mean '7/{name(1)[:5]}" in result.stderr


# --- a ledger that is not there ----------------------------------------------------------------------


@pytest.mark.parametrize("command", [("status",), ("forget", "--campaign", "x"), ("pause",), ("verify",)])
def test_a_missing_ledger_says_what_to_do(cli: CommandLine, plan: Path, command: tuple[str, ...]) -> None:
    takes_plan = command[0] in {"pause", "verify"}
    argument = plan if takes_plan else plan.with_suffix(".ledger")
    name, *options = command
    alone = cli(name, argument, *options)
    assert alone.exit_code == 2
    assert "provision PLAN` begins one" in alone.stderr
    assert ("--ledger FILE" in alone.stderr) is takes_plan
    plan.with_name("plam.ledger").touch()
    assert "plam.ledger'?" in cli(name, argument, *options).stderr


def test_a_plan_in_the_place_of_a_ledger_is_pointed_out(cli: CommandLine, plan: Path) -> None:
    result = cli("status", plan)
    assert result.exit_code == 2
    assert "is a plan: name its ledger" in result.stderr
