"""``doctor``: what it prints and writes, and that it leaves nothing behind."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from smartlead_async.fake import FakeSmartlead, Fault

from .conftest import CommandLine
from .plans import KEY
from .processes import started
from .serving import Served

ADDRESS = "ada.lovelace@person.example"


def doctor(cli: CommandLine, served: Served, *options: object, key: str = KEY) -> Any:
    arguments = ("doctor", "--target", served.url, "--tier", "unlimited", *options)
    return cli(*arguments, SMARTLEAD_API_KEY=key)


def deviate(served: Served) -> None:
    """Let a list of mailboxes have an unknown field whose value is an address."""

    def edit(body: Any) -> Any:
        return [mailbox | {"mood": ADDRESS} for mailbox in body]

    def change(fake: FakeSmartlead) -> None:
        fake.add_email_account(ADDRESS)
        fake.script("ListEmailAccounts", Fault.edited(edit), None)

    served.call(lambda: change(served.fake))


def test_an_account_without_a_deviation_exits_with_0(cli: CommandLine, served: Served) -> None:
    result = doctor(cli, served)
    assert result.exit_code == 0, result.output
    assert "No deviation found." in result.stdout
    assert "Nothing is changed." in result.stdout


def test_a_deviation_is_shown_without_data_and_exits_with_1(cli: CommandLine, served: Served) -> None:
    deviate(served)
    result = doctor(cli, served, "--only", "email_accounts")
    assert result.exit_code == 1
    assert "  [unknown-field] email_accounts.list $[].mood\n" in result.stdout
    assert "    a field unknown to the class (string)\n" in result.stdout
    assert ADDRESS not in result.output
    assert KEY not in result.output


def test_the_report_is_at_most_80_columns_wide(cli: CommandLine, served: Served) -> None:
    deviate(served)
    _, _, report = doctor(cli, served).stdout.partition("smartlead-async ")
    assert report
    assert [line for line in report.splitlines() if len(line) > 80] == []


def test_the_number_of_requests_is_told_before(cli: CommandLine, served: Served) -> None:
    before = served.requests()
    result = doctor(cli, served, "--only", "lead_notes")
    assert "up to 4 requests" in result.stdout.splitlines()[0]
    assert served.requests() - before <= 4


def test_json_has_every_read_and_every_finding(cli: CommandLine, served: Served) -> None:
    deviate(served)
    result = doctor(cli, served, "--only", "email_accounts", "--json")
    content = json.loads(result.stdout)
    assert (content["exit_code"], content["target"], content["interrupted"]) == (1, "another server", False)
    assert {
        "check": "reads",
        "kind": "unknown-field",
        "message": "a field unknown to the class (string)",
        "operation": "email_accounts.list",
        "place": "$[].mood",
    } in content["findings"]
    outcomes = {read["operation"]: read["outcome"] for read in content["reads"]}
    assert outcomes["email_accounts.list"] == "deviates"
    assert ADDRESS not in result.output


@pytest.mark.parametrize("name", ["report.json", "report.txt"])
def test_the_report_is_written_to_a_file(cli: CommandLine, served: Served, tmp_path: Path, name: str) -> None:
    deviate(served)
    file = tmp_path / name
    assert doctor(cli, served, "--only", "email_accounts", "--report", file).exit_code == 1
    text = file.read_text("utf-8")
    assert "unknown-field" in text
    assert (json.loads(text)["exit_code"] == 1) if name.endswith("json") else "1 deviation:" in text


def test_an_html_report_is_refused(cli: CommandLine, served: Served, tmp_path: Path) -> None:
    result = doctor(cli, served, "--report", tmp_path / "report.html")
    assert (result.exit_code, served.requests()) == (2, 0)
    assert "text or JSON" in result.stderr


def test_an_unknown_area_is_refused_with_those_that_exist(cli: CommandLine, served: Served) -> None:
    for area, advice in (
        ("campaign", "did you mean 'campaigns'?"),
        ("x", "the areas are campaigns, leads, "),
    ):
        result = doctor(cli, served, "--only", area)
        assert (result.exit_code, served.requests()) == (2, 0)
        assert f"there is no area '{area}': {advice}" in result.stderr


def test_without_a_key_nothing_is_sent(cli: CommandLine, served: Served) -> None:
    result = cli("doctor", "--target", served.url)
    assert (result.exit_code, served.requests()) == (3, 0)


def test_an_unreachable_server_is_an_error_and_no_deviation(cli: CommandLine) -> None:
    result = cli("doctor", "--target", "http://127.0.0.1:9", SMARTLEAD_API_KEY=KEY)
    assert result.exit_code == 2
    assert result.stderr.count("Error:") == 1


def test_write_is_asked_for_first(cli: CommandLine, served: Served) -> None:
    result = doctor(cli, served, "--write", "--only", "account")
    assert (result.exit_code, served.requests()) == (2, 0)
    assert "pass --yes" in result.stderr


def test_write_leaves_no_campaign_behind(cli: CommandLine, served: Served) -> None:
    result = doctor(cli, served, "--write", "--yes", "--only", "account")
    assert result.exit_code == 0, result.output
    assert "one draft, created and deleted" in result.stdout
    assert served.call(lambda: served.fake.requests.by_operation["CreateCampaign"]) == 1
    assert served.call(lambda: dict(served.fake.campaigns)) == {}


def test_the_fake_in_memory_needs_no_key(cli: CommandLine) -> None:
    assert cli("doctor", "--target", "fake", "--write").exit_code == 0


def test_ctrl_c_reports_what_was_found_and_exits_with_4(served: Served) -> None:
    served.call(lambda: served.fake.script("ListClients", Fault.slow(3600), None))
    arguments = ("doctor", "--target", served.url, "--tier", "unlimited")
    with started(*arguments, SMARTLEAD_API_KEY=KEY) as process:
        process.until("Nothing is changed")
        while not served.call(lambda: served.fake.requests.by_operation["ListCampaigns"]):
            pass
        process.send(signal.SIGINT)
        finished = process.finish()
    assert finished.code == 4
    assert "Stopped before the end." in finished.out
    assert "clients.list: stopped before" in finished.out
    assert "Traceback" not in finished.everything


def test_ctrl_c_deletes_the_draft(served: Served) -> None:
    served.call(lambda: served.fake.script("UpdateSchedule", Fault.slow(3600), None))
    arguments = (
        "doctor",
        "--target",
        served.url,
        "--tier",
        "unlimited",
        "--only",
        "account",
        "--write",
        "--yes",
    )
    with started(*arguments, SMARTLEAD_API_KEY=KEY) as process:
        process.until("One draft is created")
        while not served.call(lambda: served.fake.requests.by_operation["UpdateSchedule"]):
            pass
        process.send(signal.SIGINT)
        finished = process.finish()
    assert finished.code == 4
    assert served.call(lambda: dict(served.fake.campaigns)) == {}
