"""``--select`` on every command: unselected campaigns are neither touched nor counted."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from smartlead_async.fake import Fault

from .conftest import CommandLine
from .plans import KEY, REQUESTS, key, name
from .serving import Served

NOTHING = "--select selects no campaign"


def provision(cli: CommandLine, plan: Path, served: Served, *more: object) -> dict[str, Any]:
    target = ("--target", served.url, "--tier", "unlimited", "--json")
    content: dict[str, Any] = json.loads(cli("provision", plan, *target, *more, SMARTLEAD_API_KEY=KEY).stdout)
    return content


def test_provision_touches_and_counts_only_selected_campaigns(
    cli: CommandLine, plan: Path, served: Served
) -> None:
    served.furnish(plan)
    result = provision(cli, plan, served, "--select", name(1))
    assert served.statuses() == {(name(1), "ACTIVE"): 1}
    assert (result["planned"], result["not_begun"], result["campaigns"]["done"]) == (1, 0, 1)
    result = provision(cli, plan, served, "--select", "state:new")
    assert sum(served.statuses().values()) == 3
    assert (result["planned"], result["campaigns"]["done"]) == (2, 2)
    assert [each["key"] for each in result["details"]] == [key(0), key(2)]
    assert result["campaigns"]["finished_before"] == 0


def test_failed_campaigns_alone_are_run_again(cli: CommandLine, plan: Path, served: Served) -> None:
    served.furnish(plan)
    served.call(lambda: served.fake.fail_next(Fault.status_before(422), "UpdateSchedule"))
    provision(cli, plan, served, "--concurrency", "1")
    content = json.loads(plan.read_text("utf-8"))
    content["defaults"]["settings"] = {"follow_up_percentage": 12}
    plan.write_text(json.dumps(content), encoding="utf-8")
    result = provision(cli, plan, served, "--select", "state:failed", "--verify")
    assert (result["exit_code"], result["campaigns"]["done"], result["differences"]) == (0, 1, [])


def test_the_table_and_the_comparison_hold_only_selected_campaigns(
    cli: CommandLine, plan: Path, served: Served
) -> None:
    served.furnish(plan)
    provision(cli, plan, served)
    target = ("--target", served.url, "--tier", "unlimited", "--verify", "--select", name(1))
    before = served.requests()
    shown = cli("provision", plan, *target, SMARTLEAD_API_KEY=KEY).stdout
    assert name(1) in shown
    assert name(0) not in shown
    assert "Campaigns  1 done (1 before)" in shown
    assert served.requests() - before == 4


def test_verify_compares_only_selected_campaigns(cli: CommandLine, plan: Path, served: Served) -> None:
    served.furnish(plan)
    provision(cli, plan, served)
    before = served.requests()
    arguments = ("verify", plan, "--tier", "unlimited")
    result = cli(*arguments, "--json", "--select", key(1), SMARTLEAD_API_KEY=KEY)
    assert json.loads(result.stdout)["compared"] == 1
    assert served.requests() - before == 4
    assert served.call(served.fake.campaigns.clear) is None
    result = cli(*arguments, "--json", "--select", "state:done", "--select", key(2), SMARTLEAD_API_KEY=KEY)
    assert [each["key"] for each in json.loads(result.stdout)["differences"]] == [key(2)]
    refused = cli(*arguments, "--select", "nobody", SMARTLEAD_API_KEY=KEY)
    assert (refused.exit_code, NOTHING in refused.stderr) == (2, True)


def test_simulate_simulates_only_selected_campaigns(cli: CommandLine, plan: Path, served: Served) -> None:
    result = json.loads(cli("simulate", plan, "--json", "--select", name(2)).stdout)
    assert (result["campaigns"]["planned"], result["requests"]["total"]) == (1, REQUESTS + 1)
    served.furnish(plan)
    provision(cli, plan, served, "--select", name(2))
    result = json.loads(cli("simulate", plan, "--json", "--select", "state:new").stdout)
    assert result["campaigns"]["planned"] == 2
    refused = cli("simulate", plan, "--select", "state:failed")
    assert (refused.exit_code, NOTHING in refused.stderr) == (2, True)


def test_status_counts_only_selected_campaigns(cli: CommandLine, plan: Path, served: Served) -> None:
    served.furnish(plan)
    provision(cli, plan, served)
    ledger = plan.with_suffix(".ledger")
    status = json.loads(cli("status", ledger, "--json", "--select", "*invite [01]").stdout)
    assert (status["campaigns"]["done"], status["leads"]["added"]) == (2, 6)
    assert status["campaigns"]["planned"] is None
    refused = cli("status", ledger, "--select", "state:failed")
    assert (refused.exit_code, NOTHING in refused.stderr) == (2, True)
    assert cli("status", ledger, "--select", "*", "--watch").exit_code == 0


@pytest.mark.parametrize(
    ("command", "term"),
    [
        *itertools.product(["diff", "provision", "simulate", "verify"], ["state:gone", ""]),
        # Provisioning looks for a client of this name, and verifying needs a ledger before that.
        *itertools.product(["diff", "provision", "simulate"], ["client:seven"]),
    ],
)
def test_a_term_that_cannot_be_understood_is_one_message(
    cli: CommandLine, plan: Path, command: str, term: str
) -> None:
    result = cli(command, plan, "--select", term, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: --select: ")
    assert len(result.stderr.splitlines()) == 1
