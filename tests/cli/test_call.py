"""Any operation of the API from the command line: values, output, confirmation and exit codes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from smartlead_async import SmartleadClient
from smartlead_async.api.areas import operations
from smartlead_async.api.campaigns.create import CreateCampaign
from smartlead_async.api.clients import CreateClientApiKey
from smartlead_async.api.emails import SendEmail
from smartlead_async.cli import target as target_module
from smartlead_async.cli.operation_command import build_request, operation_command
from smartlead_async.cli.target import Target
from smartlead_async.fake import Fault
from smartlead_async.request import Host

from .conftest import CommandLine
from .plans import KEY
from .serving import Served


@pytest.fixture
def call(cli: CommandLine, served: Served) -> Any:
    def run(*arguments: object, key: str = KEY) -> Result:
        return cli("call", *arguments, "--target", served.url, SMARTLEAD_API_KEY=key)

    return run


def fails(result: Result, code: int, message: str) -> None:
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


# --- options that are generated -------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(operations()))
def test_every_operation_has_a_command_with_an_option_for_each_field(name: str) -> None:
    request = operations()[name]
    command = operation_command(name, request, lambda *_: None)
    flags = [flag for parameter in command.params for flag in parameter.opts]
    assert len(flags) == len(set(flags))
    assert {f"--{p.name.replace('_', '-')}" for p in request.parameters} <= set(flags)


def test_the_help_shows_fields_with_types_bounds_and_defaults(cli: CommandLine) -> None:
    shown = cli("call", "campaigns.list_leads", "--help").stdout
    assert "--campaign-id integer" in shown
    assert "Required." in shown
    assert "Default: 100." in shown
    assert "GET /campaigns/{campaign_id}/leads (effect: read)" in shown
    assert "``" not in shown


def test_a_field_called_body_keeps_its_name(cli: CommandLine) -> None:
    shown = cli("call", "emails.send", "--help").stdout
    assert "--body text" in shown
    assert "--request-body JSON|@file" in shown


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("campaigns.creat", "'campaigns.create'"),
        ("campaign.create", "'campaigns.create'"),
        ("leads.create", "'lead_lists.create'"),
        ("Campaigns.Create", "'campaigns.create'"),
        ("campaigns.get-sequences", "'campaigns.get_sequences'"),
        ("xyz", "`smartlead-async operations` lists them"),
    ],
)
def test_an_unknown_operation_is_one_message_with_near_names(call: Any, name: str, near: str) -> None:
    result = call(name)
    fails(result, 2, f"there is no operation {name!r}: ")
    assert near in result.stderr


def test_an_unknown_field_names_near_ones(call: Any, served: Served) -> None:
    result = call("campaigns.create", "--nam", "SaaS founders")
    assert result.exit_code == 2
    assert "No such option: --nam" in result.stderr
    assert "--name" in result.stderr
    assert served.requests() == 0


# --- values ---------------------------------------------------------------------------------------------


def test_a_request_is_sent_with_the_values_of_its_options(call: Any, served: Served) -> None:
    result = call("campaigns.create", "--name", "SaaS founders Q1 2027", "--client-id", "null")
    fails(result, 2, "--client-id must be an integer, not 'null'")
    created = json.loads(call("campaigns.create", "--name", "42").stdout)
    assert created["name"] == "42"
    assert served.statuses() == {("42", "DRAFTED"): 1}


@pytest.mark.parametrize(
    ("operation", "given", "values"),
    [
        ("campaigns.add_email_accounts", {"email_account_ids": ["501", "[502, 503]"]}, (501, 502, 503)),
        ("campaigns.add_email_accounts", {"auto_adjust_warmup": ["false"]}, False),
        ("smart_delivery.delete_folder", {"folder_id": ["007"]}, "007"),
        ("smart_delivery.delete_folder", {"folder_id": ["7"]}, 7),
        ("campaigns.resume_lead", {"resume_lead_with_delay_days": ["null"]}, None),
        ("webhooks.create", {"event_type_map": ['{"EMAIL_SENT": true}']}, {"EMAIL_SENT": True}),
        ("inbox.update_revenue", {"revenue": ["1e3"]}, 1000.0),
    ],
)
def test_a_text_becomes_a_value_of_the_type(operation: str, given: dict[str, list[str]], values: Any) -> None:
    (name,) = given
    required = {"campaign_id": 1, "lead_id": 2, "email_account_ids": [9], "webhook_url": "https://a.example"}
    required |= {"email_lead_map_id": 5, "name": "n", "scope": "user", "email_stats_id": "e", "revenue": 1}
    request = operations()[operation]
    known = {p.name: required[p.name] for p in request.parameters if p.required and p.name in required}
    built = build_request(operation, request, given, json.dumps(known))
    assert getattr(built, name) == values


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["campaigns.get", "--campaign-id", "x"], "--campaign-id must be an integer, not 'x'"),
        (["campaigns.get", "--campaign-id", "1_000"], "--campaign-id must be an integer"),
        (["campaigns.get"], "campaigns.get needs --campaign-id"),
        (["campaigns.get", "--campaign-id", "1", "--campaign-id", "2"], "was given 2 times"),
        (["campaigns.get", "--campaign-id", "9" * 30], "campaign_id must be an integer"),
        (["campaigns.update_status", "--campaign-id", "1", "--status", "GO"], "status must be one of START"),
        (["campaigns.list", "--body", "{"], "--body: the JSON cannot be read"),
        (["campaigns.list", "--body", "@missing.json"], "missing.json cannot be read"),
        (["campaigns.list", "--body", "[1]"], "--body is a JSON object"),
        (["campaigns.create", "--body", '{"nam": "x"}'], "did you mean 'name'?"),
        (["campaigns.create", "--body", '{"name": "a", "name": "b"}'], "occurs twice"),
        (["campaigns.create", "--body", '{"name": NaN}'], "NaN is not JSON"),
        (["campaigns.create", "--body", '{"name": 5}'], "name must be a string or None, not 5"),
        (["campaigns.list", "--output", "xml"], "--output is one of table, json, jsonl, csv"),
        (["campaigns.list", "--columns", "nam"], "did you mean 'name'?"),
        (["campaigns.get", "--campaign-id", "1", "--all"], "campaigns.get has no pages"),
        (
            [
                "campaigns.add_leads",
                "--campaign-id",
                "1",
                "--lead-list",
                '{"email": "a@b.example", "frist": 1}',
            ],
            "there is no field of --lead-list 'frist'",
        ),
    ],
)
def test_what_cannot_be_used_is_one_message_and_nothing_is_sent(
    call: Any, served: Served, arguments: list[str], message: str
) -> None:
    fails(call(*arguments), 2, message)
    assert served.requests() == 0


def test_a_body_comes_from_a_file_and_options_take_precedence(
    call: Any, served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "body.json"
    file.write_text('{"name": "from the file", "client_id": null}', encoding="utf-8")
    assert call("campaigns.create", "--body", f"@{file}").exit_code == 0
    assert call("campaigns.create", "--body", f"@{file}", "--name", "from the option").exit_code == 0
    assert {name for name, _ in served.statuses()} == {"from the file", "from the option"}


def test_leads_come_as_json_with_the_names_of_python_or_of_smartlead(call: Any, served: Served) -> None:
    campaign = json.loads(call("campaigns.create", "--name", "n").stdout)["id"]
    leads = ['{"email": "a@b.example", "first_name": "Ada"}', '[{"email": "c@d.example"}]']
    options = [part for lead in leads for part in ("--lead-list", lead)]
    result = call("campaigns.add_leads", "--campaign-id", campaign, *options, "--yes")
    assert result.exit_code == 0, result.output
    listed = call("campaigns.list_leads", "--campaign-id", campaign, "--all", "--limit", 1)
    assert len(json.loads(listed.stdout)) == 2


# --- output ---------------------------------------------------------------------------------------------


@pytest.fixture
def campaigns(call: Any) -> list[str]:
    names = ["Dentists in Oslo", 'Dentists, "Bergen"', "Dentists in Tromsø"]
    for name in names:
        assert call("campaigns.create", "--name", name).exit_code == 0
    return names


def test_a_list_is_json_when_it_is_piped(call: Any, campaigns: list[str]) -> None:
    rows = json.loads(call("campaigns.list").stdout)
    assert sorted(row["name"] for row in rows) == sorted(campaigns)
    assert {"id", "status", "created_at"} <= rows[0].keys()


def test_jsonl_and_csv_have_a_line_for_each_row(call: Any, campaigns: list[str]) -> None:
    columns = ("--columns", "name,status")
    lines = call("campaigns.list", "--output", "jsonl", *columns).stdout.splitlines()
    assert sorted(json.loads(line)["name"] for line in lines) == sorted(campaigns)
    assert json.loads(lines[0]).keys() == {"name", "status"}
    rows = list(csv.DictReader(io.StringIO(call("campaigns.list", "--output", "csv", *columns).stdout)))
    assert sorted(row["name"] for row in rows) == sorted(campaigns)


def test_a_table_shows_what_fits_and_names_what_does_not(call: Any, campaigns: list[str]) -> None:
    result = call("campaigns.list", "--output", "table")
    assert all(name in result.stdout for name in campaigns)
    assert max(map(len, result.stdout.splitlines())) <= 100
    assert "Left out: " in result.stderr
    assert "Dentists" in call("campaigns.list", "--output", "table", "--columns", "name").stdout


def test_an_empty_list_is_valid_in_every_format(call: Any) -> None:
    assert call("campaigns.list", "--output", "json").stdout == "[]\n"
    assert call("campaigns.list", "--output", "jsonl").stdout == ""
    assert call("campaigns.list", "--output", "table").exit_code == 0
    assert call("campaigns.list", "--output", "csv", "--columns", "id").stdout == "id\n"


def test_secrets_are_masked_unless_they_are_revealed(call: Any, served: Served) -> None:
    body = {"success": True, "data": {"id": 1, "api_key": "ck-secret-1", "key_name": "k"}}
    served.call(lambda: served.fake.respond(CreateClientApiKey, body))
    arguments = ("clients.create_api_key", "--client-id", 7, "--key-name", "k")
    hidden = call(*arguments)
    assert hidden.exit_code == 0, hidden.output
    assert "ck-secret-1" not in hidden.output
    assert "***" in hidden.stdout
    assert "ck-secret-1" in call(*arguments, "--reveal").stdout


# --- confirmation and exit codes ------------------------------------------------------------------------

_SEND = ("emails.send", "--to", "ada@example.com", "--subject", "Hello", "--body", "Hi", "--from-email-id", 5)


def test_what_mails_asks_first_and_is_refused_without_a_terminal(call: Any, served: Served) -> None:
    result = call(*_SEND)
    assert result.exit_code == 2
    assert "ada@example.com" in result.stderr
    assert "this makes mail leave, and there is no terminal to ask on: pass --yes" in result.stderr
    assert served.requests() == 0


def test_what_was_confirmed_is_sent(call: Any, served: Served) -> None:
    served.call(lambda: served.fake.respond(SendEmail, {"success": True, "messageId": "m1"}))
    result = call(*_SEND, "--yes")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""


def test_pausing_a_campaign_does_not_ask_but_starting_it_does(call: Any, campaigns: list[str]) -> None:
    campaign = json.loads(call("campaigns.list").stdout)[0]["id"]
    start = ("campaigns.update_status", "--campaign-id", campaign, "--status")
    assert "pass --yes" in call(*start, "START").stderr
    assert "pass --yes" not in call(*start, "PAUSED").output


def test_a_lost_response_of_a_create_is_told_as_unknown(call: Any, served: Served) -> None:
    served.call(lambda: served.fake.fail_next(Fault.lost_after(), CreateCampaign.operation.name))
    result = call("campaigns.create", "--name", "n")
    fails(result, 6, "outcome unknown: ")
    assert served.statuses() == {("n", "DRAFTED"): 1}


def test_a_refused_request_and_a_refused_key_have_their_own_codes(call: Any) -> None:
    fails(call("campaigns.get", "--campaign-id", 999), 1, "campaign 999")
    result = call("campaigns.list", key="sk-wrong-12345")
    fails(result, 3, "HTTP 401")
    assert "sk-wrong-12345" not in result.output


def test_the_key_is_required_before_anything_is_asked(cli: CommandLine) -> None:
    fails(cli("call", *_SEND), 3, "SMARTLEAD_API_KEY is not set")


def test_the_hosts_of_smartlead_are_kept_for_the_live_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTLEAD_API_KEY", KEY)
    given: list[Any] = []

    class Recorded(SmartleadClient):
        def __init__(self, key: str, **options: Any) -> None:
            given.append(options.get("base_url"))

    monkeypatch.setattr("smartlead_async.client.SmartleadClient", Recorded)
    target = Target.parse("live")
    target.client(None, target.tier("standard").limits, max_in_flight=1)
    assert given[-1] is None, Host.DELIVERY
    assert target_module.describe_target(target.identity) == "SmartLead (live)"
