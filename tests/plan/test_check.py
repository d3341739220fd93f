"""The offline check: problems of leads, names and merge tags, and the size of the job."""

# ruff: noqa: E501, ISC004 - whole messages, as people see them, stay on one line

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
import yaml

from smartlead_async.limits import RateLimits
from smartlead_async.plan import check as check_module
from smartlead_async.plan.check import CheckReport, check
from smartlead_async.plan.leads_csv import LeadFile
from smartlead_async.plan.needs import account_needs
from smartlead_async.plan.plan import load_plan
from smartlead_async.plan.reader import CAMPAIGN_KEYS
from smartlead_async.plan.request_count import count_requests
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec

from .files import save

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS / "examples" / "plan.yaml"


pytestmark = pytest.mark.usefixtures("folder")


def messages(text: str, name: str = "plan.yaml") -> list[str]:
    return [str(p) for p in check(save(text, name)).problems]


ONE = """\
version: 1
campaigns:
  - name: Founders Q1 2027 – demo invite
    steps:
      - subject: "{subject}"
        body_file: body.html
    leads: leads.csv
"""


def one(leads: str, *, subject: str = "Hi", body: str = "Hello") -> list[str]:
    save(leads, "leads.csv")
    save(body, "body.html")
    return messages(ONE.replace("{subject}", subject))


# --- merge tags --------------------------------------------------------------------------------------


def test_an_unknown_tag_is_an_error_with_the_line_in_the_body_file_and_the_number_of_leads() -> None:
    assert one(
        "Email,First Name,Job Title\na@b.example,A,x\nc@d.example,C,y\n", body="<p>\n\nHi {{company}}</p>"
    ) == [
        "body.html:3: error: campaigns[0].steps[0].body: no lead field or custom field provides {{company}}: "
        "all 2 leads would get a blank. Did you mean 'company_name'?"
    ]
    assert one("Email\na@b.example\n", subject="{{x1}}")[0].startswith(
        "plan.yaml:5: error: campaigns[0].steps[0].subject: no lead field or custom field provides {{x1}}: "
        "the only lead would get a blank. Valid choices: email, first_name, "
    )


def test_blanks_are_counted_and_the_first_is_located() -> None:
    leads = "Email,First Name\na@b.example,A\nc@d.example,\ne@f.example, \n"
    assert one(leads, body="{{first_name}} {{first_name}}") == [
        "body.html:1: warning: campaigns[0].steps[0].body: 2 of 3 leads would get a blank for {{first_name}} "
        "(the first in leads.csv:3). Fill in the column, or reword the sentence so that it works without the value."
    ]


def test_a_tag_spelled_differently_from_its_field_is_a_warning() -> None:
    assert one("Email,Job Title\na@b.example,CTO\n", subject="{{job_title}}") == [
        "plan.yaml:5: warning: campaigns[0].steps[0].subject: the tag {{job_title}} is spelled differently from "
        "the leads' field 'Job Title'. Write {{Job Title}}: SmartLead matches tags by name."
    ]


def test_a_fallback_replaces_the_warning_about_blanks_with_its_own() -> None:
    assert one("Email,First Name\na@b.example,\nc@d.example,C\n", subject="{{first_name|there}}") == [
        "plan.yaml:5: warning: campaigns[0].steps[0].subject: {{first_name}} has a fallback, which SmartLead's API "
        "reference does not document. Send yourself a test e-mail before you rely on it."
    ]


def test_broken_tags_are_reported_with_their_line() -> None:
    assert one(
        "Email,First Name\na@b.example,A\n", subject="Hi {first_name}", body="<p>a</p>\n{{first_name}"
    ) == [
        "plan.yaml:5: warning: campaigns[0].steps[0].subject: '{first_name}' is not a merge tag: it has single braces. "
        "Write {{name}}.",
        "body.html:2: error: campaigns[0].steps[0].body: '{{first_name}' is not a merge tag: it is not closed with }}. "
        "Write {{name}}.",
    ]


def test_tags_of_variants_and_of_inherited_texts_are_checked_once_each() -> None:
    text = """\
version: 1
campaigns:
  - name: Founders Q1 2027 – demo invite
    leads: [{email: a@b.example}]
    steps:
      - subject: "{{one}}"
        body: "{{unused}}"
        variants:
          - body: "{{two}}"
          - {subject: "{{three}}", body: "{{four}}"}
"""
    report = check(save(text))
    assert [(p.code, p.path.removeprefix("campaigns[0].steps[0]."), p.line) for p in report.problems] == [
        ("unknown_tag", "subject", 6),
        ("unknown_tag", "variants[1].subject", 10),
        ("unknown_tag", "variants[0].body", 9),
        ("unknown_tag", "variants[1].body", 10),
    ]


def test_tags_are_not_checked_without_leads() -> None:
    assert (
        messages("version: 1\ncampaigns: [{name: Founders Q1 demo, steps: [{subject: '{{x}}', body: y}]}]")
        == []
    )


# --- leads -------------------------------------------------------------------------------------------


def test_invalid_rows_of_a_lead_file_are_reported_with_file_and_line() -> None:
    assert one("Email\na@b.example\nbad\nA@B.example\n") == [
        "leads.csv:3: error: campaigns[0]: 'bad' is not an e-mail address: it has no @. "
        "Correct it or remove the row.",
        "leads.csv:4: warning: campaigns[0]: A@B.example already appears on line 2. "
        "Only the first is imported; remove this one.",
    ]


def test_duplicates_in_a_list_of_leads_are_reported_once() -> None:
    assert messages("""\
version: 1
campaigns:
  - name: Founders Q1 demo
    leads:
      - email: a@b.example
      - email: A@b.example
""") == [
        "plan.yaml:6: warning: campaigns[0].leads[1].email: A@b.example already appears in leads[0]. "
        "Only the first is imported; remove this one."
    ]


TWO = """\
version: 1
campaigns:
  - {name: Founders Q1 demo, client_id: 1, leads: one.csv}
  - {name: CTOs Q1 demo, leads: two.csv, lead_import: {ignore_duplicate_leads_in_other_campaign: WANTED}}
"""


def test_addresses_in_two_campaigns_are_a_warning_unless_duplicates_are_allowed() -> None:
    save("Email\na@b.example\nc@d.example\n", "one.csv")
    save("Email\nx@y.example\nC@d.example\n", "two.csv")
    advice = (
        "SmartLead skips them in this campaign; remove them, or set "
        "lead_import.ignore_duplicate_leads_in_other_campaign to e-mail them twice."
    )
    text = TWO.replace("WANTED", "false")
    assert messages(text) == [
        "two.csv:3: warning: campaigns[1].leads: C@d.example is also a lead of campaign '1/Founders Q1 demo'. "
        + advice
    ]
    assert messages(TWO.replace("WANTED", "true")) == []
    save("Email\nx@y.example\nC@d.example\na@b.example\n", "two.csv")
    assert messages(text) == [
        "two.csv:3: warning: campaigns[1].leads: 2 addresses are also leads of campaign '1/Founders Q1 demo', "
        "the first is C@d.example. " + advice
    ]


def test_a_lead_file_without_leads_is_an_error_if_the_campaign_is_to_be_started() -> None:
    save("Email\n", "leads.csv")
    text = """\
version: 1
campaigns:
  - name: Founders Q1 demo
    leads: leads.csv
    steps: [{subject: x, body: y}]
    mailboxes: {ids: [1]}
    schedule: {timezone: UTC}
    start: START
"""
    assert messages(text.replace("START", "true")) == [
        "plan.yaml:4: error: campaigns[0].leads: the lead file yields no leads"
    ]
    assert messages(text.replace("START", "false")) == [
        "plan.yaml:4: warning: campaigns[0].leads: the lead file yields no leads"
    ]


# --- names -------------------------------------------------------------------------------------------


def test_duplicate_and_generic_names_are_warnings() -> None:
    assert messages("""\
version: 1
campaigns:
  - name: Founders Q1 demo
  - name: Founders Q1 demo
    client_id: 3
  - name: Campaign 1
  - name: Founders Q1 demo
    client_id: 3
""") == [
        "plan.yaml:6: warning: campaigns[2].name: the name does not describe the campaign; state purpose, "
        "audience and period: \"SaaS founders Q1 2027 – demo invite\" ('Campaign 1')",
        "plan.yaml:7: warning: campaigns[3].name: another campaign of client 3 on line 4 has the same name, "
        "'Founders Q1 demo' (whitespace, dashes and escapes do not count). Use distinct names, so that people "
        "and a resumed job can tell them apart.",
    ]


def test_names_that_a_server_may_store_alike_are_warnings() -> None:
    names = ["Founders Q1 – demo", "Founders Q1 - demo", " Founders  Q1 – demo", "Founders Q1 &ndash; demo"]
    found = messages("version: 1\ncampaigns:\n" + "".join(f'  - name: "{name}"\n' for name in names))
    assert sum("has the same name" in message for message in found) == 3


# --- the report --------------------------------------------------------------------------------------


def test_campaigns_leads_requests_and_time_are_counted() -> None:
    save("Email\n" + "".join(f"a{i}@b.example\n" for i in range(801)), "leads.csv")
    report = check(
        save("""\
version: 1
campaigns:
  - name: Founders Q1 demo
    leads: leads.csv
    steps: [{subject: x, body: y}]
    mailboxes: {tag: North}
    schedule: {timezone: UTC}
    settings: {unsubscribe_text: x}
    start: true
  - name: CTOs Q1 demo
    mailboxes: {addresses: [a@b.example]}
  - name: CFOs Q1 demo
    mailboxes: {ids: [3]}
"""),
        RateLimits.of((4, 10.0)),
    )
    assert (report.campaigns, report.leads) == (3, 801)
    # 6 single steps and 3 batches; 2; 2; and one list of mailboxes for all.
    assert report.requests == 1 + 9 + 2 + 2 + 1
    assert report.shortest_seconds == 30.0
    assert report.ok
    assert report.limits == RateLimits.of((4, 10.0))


def test_errors_and_warnings_are_separated() -> None:
    report = check(save("version: 1\ncampaigns: [{name: Campaign 1}, {name: Founders Q1 demo, x: 1}]"))
    assert [p.code for p in report.warnings] == ["name_generic"]
    assert [p.code for p in report.errors] == ["unknown_key"]
    assert not report.ok
    assert report.campaigns == 2


def test_a_plan_that_cannot_be_opened_yields_a_report_too() -> None:
    assert check("none.yaml") == CheckReport("none.yaml", RateLimits.STANDARD, check("none.yaml").problems)
    assert [str(p) for p in check("none.yaml").problems] == [
        "none.yaml: error: the plan cannot be read: No such file or directory"
    ]
    assert not check("none.yaml").ok


def test_a_problem_of_the_defaults_is_reported_once_for_all_campaigns() -> None:
    assert messages("""\
version: 1
defaults: {settings: {colour: red}}
campaigns: [{name: Founders Q1 demo}, {name: CTOs Q1 demo}]
""") == [
        "plan.yaml:2: error: campaigns[0].settings.colour: unknown key 'colour'. "
        "Valid choices: track_settings, stop_lead_settings, unsubscribe_text, send_as_plain_text, force_plain_text, "
        "follow_up_percentage, enable_ai_esp_matching, auto_pause_domain_leads_on_reply, "
        "ignore_ss_mailbox_sending_limit, bounce_autopause_threshold, domain_level_rate_limit, "
        "out_of_office_detection_settings, add_unsubscribe_tag, ai_categorisation_options.",
    ]


def test_excess_problems_of_one_kind_are_counted_instead_of_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "MAX_OF_A_KIND", 10)
    report = one("Email\n" + "".join(f"bad{i}\n" for i in range(1000)))
    assert len(report) == 11
    assert report[-1] == "leads.csv: error: 990 more problems of this kind"


def test_a_json_lines_plan_is_checked_line_by_line() -> None:
    text = '{"version": 1}\n{"name": "Founders Q1 demo"}\n{"name": "Founders Q1 demo", "client_id": "x"}\nx\n'
    assert messages(text, "plan.jsonl") == [
        "plan.jsonl:3: error: client_id: expected an integer, got 'x'",
        "plan.jsonl:4: error: invalid JSON: expecting value (column 1). Put keys and strings in double quotes.\n"
        "    x\n    ^",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "null",
        "3",
        "x",
        "[]",
        "{}",
        "[x]",
        "[[x]]",
        "[{a: b}]",
        "{a: b}",
        "true",
        "1.5",
        "[null]",
        '""',
        "{csv: 3}",
    ],
)
@pytest.mark.parametrize("key", CAMPAIGN_KEYS)
def test_no_value_of_any_key_makes_the_check_raise(key: str, value: str) -> None:
    report = check(
        save(f"version: 1\ncampaigns:\n  - name: Founders Q1 demo\n    x-y: 1\n    {key}: {value}\n")
    )
    assert not report.ok  # x-y is unknown in a campaign


_PARTS: dict[str, type] = {
    "schedule": ScheduleSpec,
    "settings": SettingsSpec,
    "steps": StepSpec,
    "variants": VariantSpec,
}


@pytest.mark.parametrize(
    "value", ["3", "x", "[]", "{}", "[[x]]", "{a: b}", "true", "1.5", "[null]", "[{a: [b]}]"]
)
@pytest.mark.parametrize(("part", "field"), [(p, a.name) for p, c in _PARTS.items() for a in attrs.fields(c)])
def test_no_value_inside_a_part_makes_the_check_raise(part: str, field: str, value: str) -> None:
    inner = f"{{{field}: {value}}}"
    written = {
        "steps": f"steps: [{inner}]",
        "variants": f"steps: [{{subject: x, body: y, variants: [{inner}]}}]",
    }.get(part, f"{part}: {inner}")
    report = check(save(f"version: 1\ncampaigns:\n  - name: Founders Q1 demo\n    x-y: 1\n    {written}\n"))
    assert not report.ok


# --- documentation -----------------------------------------------------------------------------


def test_the_example_plan_is_twelve_campaigns_with_2000_leads_in_86_requests_and_has_no_problems() -> None:
    report = check(EXAMPLE)
    assert [str(p) for p in report.problems] == []
    assert (report.campaigns, report.leads) == (12, 2000)
    assert report.requests == 1 + 12 * 7 + 1
    for spec in load_plan(EXAMPLE).specs():
        leads = sum(1 for _ in spec.iter_leads())
        assert 0 < leads <= 400
        assert count_requests(spec, leads) == 7
        assert len(spec.steps) == 3
        assert len(spec.steps[0].mails()) >= 2


def test_the_example_plan_uses_three_clients_and_every_way_to_choose_mailboxes() -> None:
    needs = account_needs(load_plan(EXAMPLE).specs())
    assert needs.client_ids == (101, 102, 103)
    assert needs.mailbox_ids
    assert needs.addresses
    assert needs.tags


def test_the_example_has_names_in_many_scripts_and_no_real_domains() -> None:
    leads = [lead for spec in load_plan(EXAMPLE).specs() for lead in spec.iter_leads()]
    assert all(lead.email.endswith(".example") for lead in leads)
    assert len({lead.email.lower() for lead in leads}) == 2000
    names = {lead.first_name for lead in leads}
    assert names >= {"Łukasz", "Zoë", "李", "Ольга", "José", "Nguyễn", "Søren", "Jürgen"}


def _blocks(language: str) -> list[tuple[str, str]]:
    blocks = (DOCS / "plan-format.md").read_text(encoding="utf-8").split("```")[1::2]
    opened = [block.partition("\n") for block in blocks]
    return [(info.partition(" ")[2], text) for info, _, text in opened if info.partition(" ")[0] == language]


@pytest.mark.parametrize(
    ("language", "number"),
    [(language, i) for language in ("yaml", "jsonl") for i in range(len(_blocks(language)))],
)
def test_every_plan_on_the_format_page_has_no_problems(language: str, number: int) -> None:
    for kind in ("csv", "html"):
        for name, text in _blocks(kind):
            save(text, name)
    assert messages(_blocks(language)[number][1], f"plan.{language}") == []


def test_the_format_page_documents_every_key() -> None:
    page = (DOCS / "plan-format.md").read_text(encoding="utf-8")
    parts: list[type] = [ScheduleSpec, SettingsSpec, StepSpec, VariantSpec, LeadFile]
    keys = {a.name for part in parts for a in attrs.fields(part)} - {"path", "skip_bad_rows"}
    missing = [key for key in sorted(keys | set(CAMPAIGN_KEYS)) if f"`{key}`" not in page]
    assert missing == []


def test_the_example_plan_is_equivalent_as_json() -> None:
    data = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    as_json = EXAMPLE.parent / "plan.json"
    assert not as_json.exists()
    text = json.dumps(data, default=str)
    for name in ("leads", "bodies"):
        Path(name).symlink_to(EXAMPLE.parent / name)
    plans = [load_plan(EXAMPLE), load_plan(save(text, "plan.json"))]
    first, second = ([spec.fingerprint() for spec in plan.specs()] for plan in plans)
    assert first == second


def test_loading_and_checking_a_json_plan_imports_neither_aiohttp_nor_the_packages_of_the_cli() -> None:
    save('{"version": 1, "campaigns": [{"name": "Founders Q1 demo"}]}', "plan.json")
    program = (
        "import sys\n"
        "from smartlead_async.plan.check import check\n"
        "assert check('plan.json').ok\n"
        "print([m for m in ('aiohttp', 'yaml', 'typer', 'rich') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
