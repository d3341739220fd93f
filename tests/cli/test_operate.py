"""``smartlead-async pause``, ``resume`` and ``destroy``."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import pytest

from smartlead_async.cli import output
from smartlead_async.fake import Fault
from smartlead_async.fake.state import CampaignStatus

from .conftest import CommandLine
from .plans import KEY, name, write_plan
from .serving import Served

OTHER = "sk-other-99b1d3"
RATE = ("--tier", "unlimited")


@pytest.fixture
def done(cli: CommandLine, plan: Path, served: Served) -> Path:
    """Return a plan whose three campaigns are running."""
    served.furnish(plan)
    assert cli("provision", plan, "--target", served.url, *RATE, SMARTLEAD_API_KEY=KEY).exit_code == 0
    return plan


def all_in(status: str) -> dict[tuple[str, str], int]:
    return {(name(n), status): 1 for n in range(3)}


def test_pause_resume_and_destroy_work_from_the_ledger_alone(
    cli: CommandLine, done: Path, served: Served
) -> None:
    done.unlink()
    paused = cli("pause", done, "--yes", *RATE, SMARTLEAD_API_KEY=KEY)
    assert paused.exit_code == 0, paused.output
    assert f"This will pause 3 campaigns of 1 client on {served.url}." in paused.stdout
    assert f"  {name(0)} (id 4101)" in paused.stdout
    assert "3 paused" in paused.stdout
    assert "None of these campaigns is running any more." in paused.stdout
    assert served.statuses() == all_in("PAUSED")
    resumed = cli("resume", done, "--yes", *RATE, SMARTLEAD_API_KEY=KEY)
    assert resumed.exit_code == 0
    assert "This will START 3 campaigns of 1 client" in resumed.stdout
    assert "and mail 9 leads." in resumed.stdout
    assert served.statuses() == all_in("ACTIVE")
    destroyed = cli("destroy", done, "--yes", *RATE, SMARTLEAD_API_KEY=KEY)
    assert destroyed.exit_code == 0
    assert "This will DELETE 3 campaigns of 1 client" in destroyed.stdout
    assert "3 were started." in destroyed.stdout
    for word in ("sequences", "statistics", "history"):
        assert word in destroyed.stdout
    assert served.statuses() == {}


def test_a_plan_that_is_broken_does_not_matter(cli: CommandLine, done: Path, served: Served) -> None:
    done.write_text("{")
    assert cli("pause", done, "--yes", *RATE, SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert served.statuses() == all_in("PAUSED")


def test_after_a_pause_provision_starts_the_campaigns_again(
    cli: CommandLine, done: Path, served: Served
) -> None:
    assert cli("pause", done, "--yes", *RATE, SMARTLEAD_API_KEY=KEY).exit_code == 0
    status = cli("status", done.with_suffix(".ledger"))
    assert "0 of 3 done (0 %), 0 failed, 0 in progress, 3 paused" in status.stdout
    assert json.loads(cli("status", done.with_suffix(".ledger"), "--json").stdout)["campaigns"]["paused"] == 3
    assert cli("diff", done).stdout.count("+ started, which mails 3 leads") == 3
    again = cli("provision", done, "--target", served.url, *RATE, "--yes", SMARTLEAD_API_KEY=KEY)
    assert again.exit_code == 0
    assert served.statuses() == all_in("ACTIVE")


def test_a_destroyed_plan_can_be_provisioned_again(cli: CommandLine, done: Path, served: Served) -> None:
    assert cli("destroy", done, "--yes", *RATE, SMARTLEAD_API_KEY=KEY).exit_code == 0
    again = cli("provision", done, "--target", served.url, *RATE, "--yes", SMARTLEAD_API_KEY=KEY)
    assert again.exit_code == 0, again.output
    assert served.statuses() == all_in("ACTIVE")


def test_only_the_selected_campaigns_are_counted_and_changed(
    cli: CommandLine, done: Path, served: Served
) -> None:
    arguments = ("pause", done, "--yes", *RATE)
    result = cli(*arguments, "--select", "*invite 1", "--select", "*invite 2", SMARTLEAD_API_KEY=KEY)
    assert "This will pause 2 campaigns" in result.stdout
    assert name(0) not in result.stdout
    assert served.statuses()[name(0), "ACTIVE"] == 1
    nothing = cli(*arguments, "--select", "nobody", SMARTLEAD_API_KEY=KEY)
    assert nothing.exit_code == 2
    assert "--select selects no campaign" in nothing.stderr
    invalid = cli(*arguments, "--select", "state:asleep", SMARTLEAD_API_KEY=KEY)
    assert invalid.exit_code == 2
    assert "--select: state:asleep is not understood" in invalid.stderr


def test_with_nothing_to_do_nothing_is_sent_or_asked(cli: CommandLine, done: Path, served: Served) -> None:
    before = served.requests()
    result = cli("resume", done, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 0
    assert "Nothing to do: no such campaign of this ledger was paused by the pause command." in result.stdout
    assert served.requests() == before


def test_what_somebody_else_has_paused_is_not_counted_as_paused(
    cli: CommandLine, done: Path, served: Served
) -> None:
    def by_hand() -> None:
        next(iter(served.fake.campaigns.values())).status = CampaignStatus.PAUSED

    served.call(by_hand)
    paused = cli("pause", done, "--yes", *RATE, SMARTLEAD_API_KEY=KEY)
    assert "2 paused, 1 not running" in paused.stdout
    assert "2 started again" in cli("resume", done, "--yes", *RATE, SMARTLEAD_API_KEY=KEY).stdout


# --- the question ------------------------------------------------------------------------------------


class Terminal:
    """A standard input on which somebody types a line."""

    def __init__(self, line: str) -> None:
        self._line = line

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self._line


@pytest.mark.parametrize(("typed", "end"), [("", "[y/N] \n"), ("n\n", "[y/N] ")])
def test_a_question_that_ctrl_d_ends_ends_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, end: str
) -> None:
    class Sys:
        stdin = Terminal(typed)
        stdout = sys.stdout
        stderr = sys.stderr

    monkeypatch.setattr(output, "sys", Sys)
    with pytest.raises(output.CommandError, match="cancelled"):
        output.confirm(output.Output(as_json=False), "Continue?", yes=False, why="")
    assert capsys.readouterr().out.endswith(end)


@pytest.mark.parametrize("command", ["pause", "destroy"])
def test_without_a_terminal_the_command_asks_for_yes(
    cli: CommandLine, done: Path, served: Served, command: str
) -> None:
    before = served.requests()
    result = cli(command, done, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert "3 campaigns" in result.stdout
    assert "pass --yes to confirm" in result.stderr
    assert served.requests() == before


@pytest.mark.parametrize(
    ("command", "typed", "code"),
    [
        ("pause", "y", 0),
        ("pause", "n", 4),
        ("pause", "", 4),
        ("destroy", "y", 4),
        ("destroy", "yes", 4),
        ("destroy", "destroy", 0),
    ],
)
def test_the_command_asks_first(
    cli: CommandLine,
    done: Path,
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    typed: str,
    code: int,
) -> None:
    class Sys:
        stdin = Terminal(f"{typed}\n")
        stdout = sys.stdout
        stderr = sys.stderr

    before = served.statuses()
    monkeypatch.setattr(output, "sys", Sys)
    assert cli(command, done, *RATE, SMARTLEAD_API_KEY=KEY).exit_code == code
    assert (served.statuses() == before) is (code != 0)


def test_more_than_ten_names_are_counted(cli: CommandLine, tmp_path: Path, served: Served) -> None:
    plan = write_plan(tmp_path, 25)
    served.furnish(plan)
    assert cli("provision", plan, "--target", served.url, *RATE, SMARTLEAD_API_KEY=KEY).exit_code == 0
    result = cli("pause", plan, "--yes", *RATE, SMARTLEAD_API_KEY=KEY)
    assert result.stdout.count("(id ") == 10
    assert "… and 15 more" in result.stdout
    assert "25 paused" in result.stdout


# --- which ledger ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["pause", "resume", "destroy"])
def test_the_ledger_of_another_plan_target_or_key_is_refused(
    cli: CommandLine, done: Path, served: Served, command: str
) -> None:
    served.call(lambda: served.fake.add_key(OTHER))
    before = served.requests()
    refused = {
        "is the ledger of plan.json": (done.with_suffix(".yaml"),),
        f"went to {served.url}": (done, "--target", "live"),
        "there is no ledger": (done.with_name("other.yaml"),),
        "a fake in memory does not keep": (done, "--target", "fake"),
    }
    for message, arguments in refused.items():
        result = cli(command, *arguments, "--yes", SMARTLEAD_API_KEY=KEY)
        assert (result.exit_code, message in result.stderr) == (2, True), result.output
    other = cli(command, done, "--yes", SMARTLEAD_API_KEY=OTHER)
    assert (other.exit_code, "begun with another API key" in other.stderr) == (2, True)
    assert cli(command, done, "--yes").exit_code == 3
    assert served.requests() == before


def test_a_ledger_can_be_named_in_two_ways(cli: CommandLine, done: Path, served: Served) -> None:
    ledger = done.with_suffix(".ledger")
    renamed = done.rename(done.with_name("other.yaml"))
    assert cli("pause", renamed, "--ledger", ledger, "--yes", SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert cli("resume", ledger, "--yes", SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert served.statuses() == all_in("ACTIVE")


def test_a_ledger_that_names_no_target_needs_one(cli: CommandLine, done: Path, served: Served) -> None:
    with sqlite3.connect(done.with_suffix(".ledger")) as ledger:
        ledger.execute("UPDATE job SET plan = NULL")
    ledger.close()
    result = cli("pause", done, "--yes", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert "--target" in result.stderr
    assert cli("pause", done, "--yes", "--target", served.url, SMARTLEAD_API_KEY=KEY).exit_code == 0


# --- the end -----------------------------------------------------------------------------------------


def test_a_campaign_that_fails_is_shown_and_retried_by_the_next_run(
    cli: CommandLine, done: Path, served: Served
) -> None:
    served.call(lambda: served.fake.fail_next(Fault.status_before(422), "UpdateStatus"))
    arguments = ("pause", done, "--yes", *RATE)
    result = cli(*arguments, SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 1
    assert "2 paused, 1 failed" in result.stdout
    assert "at pause: " in result.stdout
    assert "Run the same command again to retry them." in result.stdout
    assert cli(*arguments, SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert served.statuses() == all_in("PAUSED")


def test_a_key_that_is_refused_exits_with_3(cli: CommandLine, done: Path, served: Served) -> None:
    served.call(lambda: served.fake.revoke_key(KEY))
    result = cli("pause", done, "--yes", "--json", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 3
    assert json.loads(result.stdout)["exit_code"] == 3


@pytest.mark.parametrize("command", ["pause", "destroy"])
def test_json_and_report_have_the_same_content(
    cli: CommandLine, done: Path, served: Served, command: str
) -> None:
    report = done.with_name("report.json")
    result = cli(command, done, "--yes", "--json", "--report", report, *RATE, SMARTLEAD_API_KEY=KEY)
    content = json.loads(result.stdout)
    assert content == json.loads(report.read_text())
    assert (content["operation"], content["exit_code"], content["error"]) == (command, 0, None)
    counts = {key: content["campaigns"][key] for key in ("planned", "done", "failed", "not_begun")}
    assert counts == {"planned": 3, "done": 3, "failed": 0, "not_begun": 0}
    assert content["target"] == served.url


def test_a_report_can_be_a_page(cli: CommandLine, done: Path) -> None:
    page = done.with_name("report.html")
    assert cli("pause", done, "--yes", "--report", page, SMARTLEAD_API_KEY=KEY).exit_code == 0
    assert name(0) in page.read_text("utf-8")
    assert "smartlead-async provision" not in page.read_text("utf-8")
    same = cli("pause", done, "--yes", "--report", done.with_suffix(".ledger"), SMARTLEAD_API_KEY=KEY)
    assert (same.exit_code, "is a file of this job" in same.stderr) == (2, True)
