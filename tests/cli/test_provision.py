"""``smartlead-async provision`` in this process: targets, ledgers, prompts, reports, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import smartlead_async.simulation
from smartlead_async.fake import FakeSmartlead, Fault
from smartlead_async.plan.needs import AccountNeeds

from .conftest import CommandLine
from .plans import KEY, REQUESTS, name, write_plan
from .serving import Served


def test_the_default_target_is_the_fake(cli: CommandLine, plan: Path) -> None:
    result = cli("provision", plan, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 0
    assert "Target: the fake in memory; nothing is sent to SmartLead" in result.stdout
    assert "3 done" in result.stdout
    assert "9 imported" in result.stdout
    assert "All campaigns are done." in result.stdout
    # The fake keeps nothing, so there is nothing to resume and no file is written.
    assert sorted(path.name for path in plan.parent.iterdir()) == ["plan.json"]


def test_a_plan_with_an_error_sends_nothing(cli: CommandLine, tmp_path: Path, served: Served) -> None:
    path = write_plan(tmp_path, schedule={"timezone": "Mars/Base"})
    result = cli("provision", path, "--target", served.url, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert "Mars/Base" in result.stdout
    assert "nothing was sent" in result.stderr
    assert served.requests() == 0


def test_json_prints_one_object_and_nothing_else(cli: CommandLine, plan: Path) -> None:
    result = cli("provision", plan, "--json")
    content = json.loads(result.stdout)
    assert content["exit_code"] == 0
    assert content["campaigns"] == {
        "planned": 3,
        "done": 3,
        "failed": 0,
        "begun": 0,
        "not_begun": 0,
        "finished_before": 0,
    }
    assert content["requests"]["total"] == 3 * REQUESTS + 1
    assert {campaign["name"] for campaign in content["details"]} == {name(n) for n in range(3)}
    assert "All campaigns are done." in result.stderr


def test_json_contains_errors(cli: CommandLine, tmp_path: Path) -> None:
    path = write_plan(tmp_path, schedule={"timezone": "Mars/Base"})
    result = cli("provision", path, "--json")
    content = json.loads(result.stdout)
    assert content["exit_code"] == result.exit_code == 2
    assert content["problems"][0]["path"].endswith("schedule.timezone")
    assert json.loads(cli("provision", tmp_path / "none.json", "--json").stdout)["problems"]


def test_a_failed_campaign_is_shown_with_step_and_reason_and_exits_with_1(
    cli: CommandLine, plan: Path, served: Served
) -> None:
    served.furnish(plan)
    served.call(lambda: served.fake.fail_next(Fault.status_before(422), "SaveSequences"))
    result = cli("provision", plan, "--target", served.url, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 1
    assert "2 done, 1 failed" in result.stdout
    assert "at sequences: " in result.stdout
    assert "Run the same command again" in result.stdout
    again = cli("provision", plan, "--target", served.url, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY)
    assert again.exit_code == 0
    assert "3 done (2 before)" in again.stdout
    assert served.statuses() == {(name(n), "ACTIVE"): 1 for n in range(3)}


# --- the report --------------------------------------------------------------------------------------


def test_the_report_file_has_the_same_content_as_json(cli: CommandLine, plan: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = cli("provision", plan, "--json", "--report", report)
    assert json.loads(report.read_text("utf-8")) == json.loads(result.stdout)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json", "report.json"]


@pytest.mark.parametrize("report", ["missing/report.json", ".", "plan.json", "plan.ledger"])
def test_a_report_that_cannot_be_written_fails_before_anything_is_sent(
    cli: CommandLine, plan: Path, served: Served, report: str
) -> None:
    served.furnish(plan)
    where = plan.parent / report
    result = cli("provision", plan, "--target", served.url, "--report", where, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert "--report" in result.stderr
    assert served.requests() == 0
    assert json.loads(plan.read_text("utf-8"))["version"] == 1


# --- live --------------------------------------------------------------------------------------------


def test_live_is_refused_without_a_terminal_to_ask_on(cli: CommandLine, plan: Path, served: Served) -> None:
    served.furnish(plan)
    env = {"SMARTLEAD_API_KEY": KEY, "SMARTLEAD_BASE_URL": served.url}
    result = cli("provision", plan, "--target", "live", **env)
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert "This will create 3 campaigns for 1 client" in result.stdout
    assert "3 campaigns of the plan will be STARTED and will mail 9 leads." in result.stdout
    assert served.requests() == 0


def test_live_asks_with_the_changes_and_the_people_who_are_mailed(
    cli: CommandLine, plan: Path, served: Served
) -> None:
    served.furnish(plan)
    env = {"SMARTLEAD_API_KEY": KEY, "SMARTLEAD_BASE_URL": served.url, "SMARTLEAD_TIER": "unlimited"}
    assert cli("provision", plan, "--target", "live", "--yes", **env).exit_code == 0
    content = json.loads(plan.read_text("utf-8"))
    content["campaigns"][0]["leads"].append({"email": "new@c0.example", "first_name": "Zoë"})
    content["campaigns"][1]["name"] = "Another Q1 2027"
    plan.write_text(json.dumps(content), encoding="utf-8")
    sent = served.requests()
    refused = cli("provision", plan, "--target", "live", "--yes", **env)
    assert refused.exit_code == 2
    assert "nothing was sent: the plan no longer has what is on the server" in refused.stderr
    asked = cli("provision", plan, "--target", "live", "--allow-removals", **env)
    assert "create 1 campaign for 1 client, change 1 campaign and remove 1 campaign on" in asked.stdout
    assert "1 campaign of the plan will be STARTED and will mail 4 leads." in asked.stdout
    assert served.requests() == sent


def test_leads_for_a_running_campaign_are_announced_as_mail(
    cli: CommandLine, plan: Path, served: Served
) -> None:
    served.furnish(plan)
    env = {"SMARTLEAD_API_KEY": KEY, "SMARTLEAD_BASE_URL": served.url, "SMARTLEAD_TIER": "unlimited"}
    assert cli("provision", plan, "--target", "live", "--yes", **env).exit_code == 0
    content = json.loads(plan.read_text("utf-8"))
    content["campaigns"][0]["leads"].append({"email": "new@c0.example", "first_name": "Zoë"})
    plan.write_text(json.dumps(content), encoding="utf-8")
    asked = cli("provision", plan, "--target", "live", **env)
    assert "No campaign will be started; those that are running will also mail 1 lead." in asked.stdout


def test_live_with_yes_uses_the_server_and_a_ledger_beside_the_plan(
    cli: CommandLine, plan: Path, served: Served
) -> None:
    served.furnish(plan)
    env = {"SMARTLEAD_API_KEY": KEY, "SMARTLEAD_BASE_URL": served.url, "SMARTLEAD_TIER": "unlimited"}
    result = cli("provision", plan, "--target", "live", "--yes", **env)
    assert result.exit_code == 0, result.output
    assert served.statuses() == {(name(n), "ACTIVE"): 1 for n in range(3)}
    assert f"Ledger: {plan.with_suffix('.ledger')}" in result.stdout
    assert plan.with_suffix(".ledger").exists()


@pytest.mark.parametrize("target", ["http://api.other.example", "https://server.smartlead.ai/api/v1"])
def test_a_remote_server_needs_confirmation_like_live(cli: CommandLine, plan: Path, target: str) -> None:
    result = cli("provision", plan, "--target", target, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert ("SmartLead (live)" in result.stdout) is ("smartlead.ai" in target)


@pytest.mark.parametrize("target", ["live", "http://127.0.0.1:9"])
@pytest.mark.parametrize("given", ["", "two words"])
def test_a_missing_or_malformed_key_exits_with_3(
    cli: CommandLine, plan: Path, target: str, given: str
) -> None:
    result = cli("provision", plan, "--target", target, "--yes", SMARTLEAD_API_KEY=given)
    assert result.exit_code == 3
    assert "SMARTLEAD_API_KEY" in result.stderr
    assert "two words" not in result.output


def test_a_wrong_key_exits_with_3_and_is_not_shown(cli: CommandLine, plan: Path, served: Served) -> None:
    report = plan.parent / "report.json"
    wrong = "sk-wrong-1234567"
    arguments = ("provision", plan, "--target", served.url, "--report", report, "--json")
    result = cli(*arguments, SMARTLEAD_API_KEY=wrong)
    assert result.exit_code == 3
    assert json.loads(result.stdout)["exit_code"] == 3
    assert "Invalid API Key" in result.stderr
    written = b"".join(path.read_bytes() for path in plan.parent.iterdir())
    assert wrong not in result.output
    assert wrong.encode() not in written


# --- usage -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--target", "lvie"], "--target is live, fake or a URL"),
        (["--target", "ftp://server.example"], "not a URL"),
        (["--target", "http://server.example/?api_key=" + KEY], "plain URL"),
        (["--target", "http://me:pw@server.example"], "plain URL"),
        (
            ["--target", "http://server.example", "--yes", "--proxy", "socks5://me:pw@p.example"],
            "--proxy names",
        ),
        (["--tier", "cheap"], "--tier"),
        (["--concurrency", "0"], "--concurrency"),
        (["--deadline", "0"], "--deadline"),
        (["--deadline", "nan"], "--deadline"),
        (["--ledger", "x.ledger", "--no-ledger"], "exclude each other"),
        (["--ledger", "missing/x.ledger"], "no folder"),
        (["--ledger", "."], "is a folder"),
    ],
)
def test_invalid_options_give_one_message(
    cli: CommandLine, plan: Path, arguments: list[str], message: str
) -> None:
    result = cli("provision", plan, *arguments, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert KEY not in result.output


# --- the ledger --------------------------------------------------------------------------------------


def test_a_ledger_of_one_target_is_never_used_for_another(
    cli: CommandLine, plan: Path, served: Served
) -> None:
    served.furnish(plan)
    assert cli("provision", plan, "--target", served.url, SMARTLEAD_API_KEY=KEY).exit_code == 0
    before = served.requests()
    for other in ("live", served.url.replace("127.0.0.1", "localhost")):
        result = cli("provision", plan, "--target", other, "--yes", SMARTLEAD_API_KEY=KEY)
        assert result.exit_code == 2
        assert f"went to {served.url}" in result.stderr
    assert served.requests() == before


def test_a_ledger_of_a_fake_in_memory_is_not_resumed(cli: CommandLine, plan: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "trial.ledger"
    assert cli("provision", plan, "--ledger", ledger).exit_code == 0
    result = cli("provision", plan, "--ledger", ledger)
    assert result.exit_code == 2
    assert "has not kept its campaigns" in result.stderr


def test_another_spelling_of_a_url_is_the_same_target(cli: CommandLine, plan: Path, served: Served) -> None:
    served.furnish(plan)
    assert cli("provision", plan, "--target", served.url, SMARTLEAD_API_KEY=KEY).exit_code == 0
    bare = served.url.removesuffix("/api/v1").replace("http", "HTTP") + "/"
    again = cli("provision", plan, "--target", bare, SMARTLEAD_API_KEY=KEY)
    assert again.exit_code == 0
    assert "3 done (3 before)" in again.stdout


def test_the_campaigns_follow_a_plan_that_has_changed(cli: CommandLine, plan: Path, served: Served) -> None:
    served.furnish(plan)
    served.call(lambda: served.fake.fail_next(Fault.status_before(422), "SaveSequences", times=3))
    arguments = ("provision", plan, "--target", served.url, "--tier", "unlimited")
    assert cli(*arguments, SMARTLEAD_API_KEY=KEY).exit_code == 1
    plan.write_text(plan.read_text("utf-8").replace("Europe/Berlin", "Europe/Paris"), encoding="utf-8")
    changed = cli(*arguments, "--accept-changes", SMARTLEAD_API_KEY=KEY)
    assert changed.exit_code == 0
    assert "--accept-changes is no longer needed" in changed.stderr
    zones = served.call(lambda: {c.schedule.timezone for c in served.fake.campaigns.values() if c.schedule})
    assert zones == {"Europe/Paris"}


def test_leads_that_are_replaced_in_a_file_are_removed_only_if_that_is_allowed(
    cli: CommandLine, tmp_path: Path, served: Served
) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("email,first name\na@c.example,Ada\n")
    plan = write_plan(tmp_path, 1, leads={"csv": "leads.csv"})
    content = json.loads(plan.read_text())
    del content["campaigns"][0]["leads"]
    plan.write_text(json.dumps(content))
    served.furnish(plan)
    arguments = ("provision", plan, "--target", served.url)
    assert cli(*arguments, SMARTLEAD_API_KEY=KEY).exit_code == 0
    leads.write_text("email,first name\nb@c.example,Ben\n")
    refused = cli(*arguments, SMARTLEAD_API_KEY=KEY)
    assert refused.exit_code == 2
    assert "1 lead" in refused.stderr
    assert "--allow-removals" in refused.stderr
    assert cli(*arguments, "--allow-removals", SMARTLEAD_API_KEY=KEY).exit_code == 0
    there = served.call(
        lambda: [m.lead.email for c in served.fake.campaigns.values() for m in c.leads.values()]
    )
    assert there == ["b@c.example"]


def test_without_a_ledger_a_warning_is_given(cli: CommandLine, plan: Path, served: Served) -> None:
    served.furnish(plan)
    result = cli("provision", plan, "--target", served.url, "--no-ledger", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 0
    assert "No ledger" in result.stderr
    assert not list(plan.parent.glob("*.ledger*"))


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to look at" * 20])
def test_a_damaged_ledger_gives_one_message(
    cli: CommandLine, plan: Path, served: Served, content: bytes
) -> None:
    plan.with_suffix(".ledger").write_bytes(content)
    result = cli("provision", plan, "--target", served.url, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert "plan.ledger" in result.stderr
    assert served.requests() == 0


# --- the end -----------------------------------------------------------------------------------------


def test_a_deadline_exits_with_4_and_the_job_can_be_resumed(
    cli: CommandLine, plan: Path, served: Served
) -> None:
    served.furnish(plan)
    arguments = ("provision", plan, "--target", served.url)
    result = cli(*arguments, "--tier", "2/3600", "--deadline", "0.5", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 4
    assert "The deadline passed before the end." in result.stdout
    assert cli(*arguments, "--tier", "unlimited", SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert served.statuses() == {(name(n), "ACTIVE"): 1 for n in range(3)}


def test_missing_mailboxes_fail_the_campaigns(
    cli: CommandLine, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(fake: FakeSmartlead, needs: AccountNeeds) -> None:
        fake.add_email_account("other@sender.example")

    monkeypatch.setattr(smartlead_async.simulation, "seed_account", nothing)
    result = cli("provision", plan)
    assert result.exit_code == 1
    assert "3 failed" in result.stdout
    assert "at mailboxes: " in result.stdout


def test_the_strategy_of_the_plan_is_used(cli: CommandLine, tmp_path: Path) -> None:
    path = write_plan(tmp_path, 6)
    full = json.loads(cli("provision", path, "--json").stdout)["requests"]
    path.write_text(json.dumps({**json.loads(path.read_text()), "strategy": "clone"}))
    clone = json.loads(cli("provision", path, "--json").stdout)["requests"]
    assert full["by_operation"]["SaveSequences"] == 6
    assert clone["by_operation"]["SaveSequences"] == 1
    assert clone["total"] < full["total"]


@pytest.mark.parametrize(
    ("columns", "titles"), [(40, ["Campaign", "Id", "State"]), (80, ["Requests", "State"])]
)
def test_a_narrow_terminal_shows_the_state_of_each_campaign(
    cli: CommandLine, plan: Path, columns: int, titles: list[str]
) -> None:
    shown = cli("provision", plan, COLUMNS=str(columns)).stdout
    (head,) = (line for line in shown.splitlines() if line.startswith("Campaign "))
    assert all(title in head for title in titles)
    assert ("Requests" in head) == (columns == 80)
