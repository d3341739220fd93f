"""``verify`` and ``provision --verify``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import smartlead_async.provisioning.job.verify as verify_module
from smartlead_async.fake import Fault

from .conftest import CommandLine
from .plans import KEY, key, name
from .serving import Served


@pytest.fixture
def done(cli: CommandLine, plan: Path, served: Served) -> Path:
    """Return a plan whose three campaigns were all created on a server."""
    served.furnish(plan)
    assert (
        cli("provision", plan, "--target", served.url, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY).exit_code
        == 0
    )
    return plan


def rename(served: Served) -> int:
    """Rename one of the campaigns on the server and return its id."""
    campaign = next(iter(served.fake.campaigns.values()))
    campaign.name = "Somebody's"
    return campaign.id


def test_a_job_without_a_difference_exits_with_0(cli: CommandLine, done: Path, served: Served) -> None:
    before = served.requests()
    result = cli("verify", done, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 0
    assert "The server matches the plan." in result.stdout
    assert served.requests() - before == 3 * 4


def test_a_difference_is_shown_and_exits_with_1(cli: CommandLine, done: Path, served: Served) -> None:
    campaign_id = served.call(lambda: rename(served))
    result = cli("verify", done, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 1
    assert f"(campaign {campaign_id}): name: planned '{name(0)}', found \"Somebody's\"" in result.stdout
    assert "1 difference from the plan." in result.stdout
    content = json.loads(cli("verify", done, "--tier", "unlimited", "--json", SMARTLEAD_API_KEY=KEY).stdout)
    assert content["differences"] == [
        {
            "key": key(0),
            "campaign_id": campaign_id,
            "path": "name",
            "planned": name(0),
            "found": "Somebody's",
        }
    ]


def test_provision_with_verify_compares_at_the_end(cli: CommandLine, done: Path, served: Served) -> None:
    served.call(lambda: rename(served))
    again = ("provision", done, "--target", served.url, "--tier", "unlimited")
    assert cli(*again, SMARTLEAD_API_KEY=KEY).exit_code == 0
    result = cli(*again, "--verify", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 1
    assert "1 difference from the plan." in result.stdout
    content = json.loads(cli(*again, "--verify", "--json", SMARTLEAD_API_KEY=KEY).stdout)
    assert [difference["path"] for difference in content["differences"]] == ["name"]


def test_the_fake_can_be_verified_only_in_the_same_run(cli: CommandLine, plan: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "fake.ledger"
    result = cli("provision", plan, "--verify", "--ledger", ledger)
    assert (result.exit_code, "The server matches the plan." in result.stdout) == (0, True)
    refused = cli("verify", plan, "--ledger", ledger)
    assert refused.exit_code == 2
    assert "does not record where its campaigns are" in refused.stderr


def test_a_missing_ledger_or_key_gives_a_message(cli: CommandLine, done: Path, tmp_path: Path) -> None:
    assert "there is no ledger" in cli("verify", done, "--ledger", tmp_path / "none.ledger").stderr
    result = cli("verify", done)
    assert result.exit_code == 3
    assert "SMARTLEAD_API_KEY is not set" in result.stderr


@pytest.mark.parametrize("status", [500, 401, 403, 404])
def test_a_job_is_reported_although_it_cannot_be_read_back(
    cli: CommandLine, plan: Path, served: Served, tmp_path: Path, status: int
) -> None:
    served.furnish(plan)
    served.call(lambda: served.fake.script("GetSequences", Fault.status_before(status), times=None))
    report = tmp_path / "report.json"
    arguments = ("provision", plan, "--target", served.url, "--tier", "unlimited", "--report", report)
    result = cli(*arguments, "--verify", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 1
    assert "The comparison ended early, after 0 campaigns" in result.stdout
    assert "All campaigns are done, but the server could not be compared with the plan." in result.stdout
    written = json.loads(report.read_text("utf-8"))
    assert written["campaigns"]["done"] == 3
    assert f"HTTP {status}" in written["verify_error"]
    assert written["differences"] == []


@pytest.mark.parametrize(("status", "code"), [(500, 1), (401, 3)])
def test_a_server_that_cannot_be_read_is_told(
    cli: CommandLine, done: Path, served: Served, status: int, code: int
) -> None:
    served.call(lambda: served.fake.script("GetSequences", Fault.status_before(status), times=None))
    result = cli("verify", done, "--tier", "unlimited", "--json", SMARTLEAD_API_KEY=KEY)
    content = json.loads(result.stdout)
    assert (result.exit_code, content["exit_code"]) == (code, code)
    assert f"HTTP {status}" in content["error"]


def test_an_unexpected_error_while_comparing_keeps_the_report(
    cli: CommandLine, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise RuntimeError("a secret cell")

    monkeypatch.setattr(verify_module, "GetCampaign", broken)
    report = tmp_path / "report.json"
    result = cli("provision", plan, "--verify", "--report", report)
    assert result.exit_code == 1
    assert json.loads(report.read_text("utf-8"))["verify_error"].startswith("unexpected RuntimeError at ")
    assert "secret" not in result.output + report.read_text("utf-8")


def test_the_ledger_of_another_target_is_refused(cli: CommandLine, done: Path, served: Served) -> None:
    before = served.requests()
    other = served.url.replace("127.0.0.1", "localhost")
    result = cli("verify", done, "--target", other, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert f"so its campaigns are not on {other}" in result.stderr
    assert served.requests() == before


def test_leads_that_were_left_out_are_told_with_the_reason(
    cli: CommandLine, plan: Path, served: Served
) -> None:
    served.furnish(plan)
    served.call(lambda: served.fake.account.blocked.add("p1@c0.example"))
    assert cli("provision", plan, "--target", served.url, SMARTLEAD_API_KEY=KEY).exit_code == 0
    result = cli("verify", plan, SMARTLEAD_API_KEY=KEY)
    assert f"{name(0)}: SmartLead left out 1 lead of 3 (1 blocked)" in result.stdout
    content = json.loads(cli("verify", plan, "--json", SMARTLEAD_API_KEY=KEY).stdout)
    assert [(each["name"], each["left_out"]) for each in content["left_out"]] == [(name(0), {"blocked": 1})]
