"""Plan files: keys, defaults, referenced files, formats, and problems with file and line."""

# ruff: noqa: E501, ISC004 - whole messages, as people see them, stay on one line

from __future__ import annotations

import datetime as dt
import json
import sys
import tracemalloc
from itertools import islice
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async.api.campaigns.models import OutOfOfficeSettings
from smartlead_async.api.leads.models import ImportSettings, LeadInput
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.plan.leads_csv import LeadFile
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.needs import AccountNeeds, account_needs
from smartlead_async.plan.nodes import Node, read_json, read_json_line
from smartlead_async.plan.plan import Strategy, load_plan
from smartlead_async.plan.problem import InvalidPlan
from smartlead_async.plan.reading import names_of, plain_values
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.plan.yaml_nodes import read_yaml

from .files import save

pytestmark = pytest.mark.usefixtures("folder")


def specs(text: str, name: str = "plan.yaml") -> list[CampaignSpec]:
    return list(load_plan(save(text, name)).specs())


def messages(text: str, name: str = "plan.yaml") -> list[str]:
    try:
        plan = load_plan(save(text, name))
    except InvalidPlan as invalid:
        return [str(p) for p in invalid.problems]
    return [str(p) for p in (*plan.problems, *(p for entry in plan.entries() for p in entry.problems))]


FULL = """\
version: 1
strategy: clone
campaigns:
  - name: SaaS founders Q1 2027 – demo invite
    client_id: 7
    key: founders
    start: true
    steps:
      - subject: Hello {{first_name}}
        body: <p>One</p>
        variants:
          - {share: 60, label: B}
          - {subject: Hi, body: "<p>Two</p>", share: 40}
        winning_metric: REPLY_RATE
        test_share: 30
        kind: EMAIL
      - {delay_days: 3, body: "Three\\n\\nfour & five", distribution: AI_EQUAL}
    mailboxes: {ids: [501, 502], addresses: [ann@try.example], tag: North}
    leads:
      csv: leads.csv
      columns: {Mail: email, Notes: null}
      where: {Segment: Founders, Size: [10, 20]}
      encoding: utf-8
      delimiter: ;
    lead_import: {ignore_global_block_list: true}
    schedule:
      timezone: Europe/Berlin
      days: mon-wed, fri
      start: 08:30
      end: 17:30
      minutes_between_emails: 12
      new_leads_per_day: 60
      starts_at: 2027-01-11T09:00:00+01:00
    settings:
      track_settings: [DONT_TRACK_EMAIL_OPEN]
      stop_lead_settings: CLICK_ON_A_LINK
      unsubscribe_text: "No"
      send_as_plain_text: false
      follow_up_percentage: 0
      bounce_autopause_threshold: 5
      ai_categorisation_options: [1, 2]
      out_of_office_detection_settings: {ignore_ooo_as_reply: true, reactivate_ooo_with_delay: 7}
"""


def test_every_key_is_read_into_the_spec() -> None:
    assert specs(FULL) == [
        CampaignSpec(
            "SaaS founders Q1 2027 – demo invite",
            client_id=7,
            key="founders",
            start=True,
            steps=(
                StepSpec(
                    "Hello {{first_name}}",
                    "<p>One</p>",
                    variants=(VariantSpec(share=60, label="B"), VariantSpec("Hi", "<p>Two</p>", 40)),
                    winning_metric="REPLY_RATE",  # type: ignore[arg-type]
                    test_share=30,
                    kind="EMAIL",  # type: ignore[arg-type]
                ),
                StepSpec(
                    body="Three<br>\n<br>\nfour &amp; five",
                    delay_days=3,
                    distribution="AI_EQUAL",  # type: ignore[arg-type]
                ),
            ),
            mailboxes=MailboxChoice((501, 502), ("ann@try.example",), "North"),
            leads=LeadFile(
                Path("leads.csv"),
                columns={"Mail": "email", "Notes": None},
                where={"Segment": ("Founders",), "Size": (10, 20)},
                encoding="utf-8",
                delimiter=";",
            ),
            lead_import=ImportSettings(ignore_global_block_list=True),
            schedule=ScheduleSpec(
                "Europe/Berlin",
                ("mon-wed", "fri"),
                "08:30",
                "17:30",
                12,
                60,
                dt.datetime.fromisoformat("2027-01-11T09:00:00+01:00"),
            ),
            settings=SettingsSpec(
                track_settings=("DONT_TRACK_EMAIL_OPEN",),
                stop_lead_settings="CLICK_ON_A_LINK",
                unsubscribe_text="No",
                send_as_plain_text=False,
                follow_up_percentage=0,
                bounce_autopause_threshold="5",
                ai_categorisation_options=(1, 2),
                out_of_office_detection_settings=OutOfOfficeSettings(
                    ignore_ooo_as_reply=True, reactivate_ooo_with_delay=7
                ),
            ),
        )
    ]
    assert load_plan("plan.yaml").strategy is Strategy.CLONE


def test_yaml_json_and_json_lines_are_equivalent() -> None:
    data = yaml.load(FULL, Loader=yaml.BaseLoader)
    assert data["campaigns"][0]["schedule"]["end"] == "17:30"
    plain = load_plan(save(FULL))
    from_yaml = list(plain.specs())
    node = read_yaml(FULL, "plan.yaml").plain()
    assert specs(json.dumps(node, indent=1), "plan.json") == from_yaml
    header = {k: v for k, v in node.items() if k != "campaigns"}
    lines = "\n".join([json.dumps(header), "", *(json.dumps(c) for c in node["campaigns"])])
    assert specs(lines, "plan.jsonl") == from_yaml
    assert load_plan("plan.jsonl").strategy is Strategy.CLONE


# --- defaults ----------------------------------------------------------------------------------------


def test_options_merge_key_by_key_with_the_defaults_and_other_values_are_replaced() -> None:
    (spec,) = specs("""\
version: 1
defaults:
  client_id: 3
  schedule: {timezone: Europe/Berlin, days: [mon, tue], start: "08:00"}
  settings: {follow_up_percentage: 10, out_of_office_detection_settings: {ignore_ooo_as_reply: true}}
  lead_import: {return_lead_ids: true}
  mailboxes: {tag: North}
campaigns:
  - name: A
    schedule: {timezone: Europe/Madrid, days: [fri]}
    settings: {unsubscribe_text: Bye, out_of_office_detection_settings: {auto_reactivate_ooo: true}}
    lead_import: {ignore_global_block_list: true}
    mailboxes: {ids: [1]}
""")
    assert spec.client_id == 3
    assert spec.schedule == ScheduleSpec("Europe/Madrid", ("fri",), "08:00")
    assert spec.settings == SettingsSpec(
        follow_up_percentage=10,
        unsubscribe_text="Bye",
        out_of_office_detection_settings=OutOfOfficeSettings(
            ignore_ooo_as_reply=True, auto_reactivate_ooo=True
        ),
    )
    assert spec.lead_import == ImportSettings(return_lead_ids=True, ignore_global_block_list=True)
    assert spec.mailboxes == MailboxChoice(ids=(1,))


def test_null_removes_a_default() -> None:
    first, second = specs("""\
version: 1
defaults: {client_id: 3, schedule: {timezone: UTC, start: "08:00"}}
campaigns:
  - {name: A, schedule: null, client_id: null}
  - {name: B, schedule: {start: null}}
""")
    assert (first.schedule, first.client_id) == (None, None)
    assert second.schedule == ScheduleSpec("UTC")


_FLAGS = ["ignore_global_block_list", "ignore_unsubscribe_list", "return_lead_ids"]
_OPTIONS = st.dictionaries(st.sampled_from(_FLAGS), st.booleans() | st.none())


@given(_OPTIONS, _OPTIONS)
def test_values_of_the_campaign_take_precedence_over_the_defaults(
    defaults: dict[str, Any], own: dict[str, Any]
) -> None:
    plan = {
        "version": 1,
        "defaults": {"lead_import": defaults},
        "campaigns": [{"name": "A", "lead_import": own}],
    }
    (spec,) = specs(json.dumps(plan), "plan.json")
    expected = {k: own[k] if k in own else defaults.get(k) for k in _FLAGS}
    assert spec.lead_import == ImportSettings(**expected)


def test_anchors_and_user_defined_keys_can_be_used() -> None:
    first, second = specs("""\
version: 1
x-steps: &steps
  - {subject: Hi, body: Hello}
x-base: &base {client_id: 4}
campaigns:
  - {name: A, steps: *steps, <<: *base}
  - {<<: [*base], name: B, client_id: 5}
""")
    assert first.steps == (StepSpec("Hi", "Hello"),)
    assert (first.client_id, second.client_id) == (4, 5)


# --- problems: message, file, line -------------------------------------------------------------------

BROKEN = [
    # the file
    ("campaigns: [{name: A}]", "plan.yaml:1: error: version: the plan has no version. "
     "Set version: 1, the only one that this release supports."),
    ("\nversion: 2", "plan.yaml:2: error: version: unknown version 2. "
     "Set version: 1, the only one that this release supports."),
    ("- a", "plan.yaml:1: error: a plan must be a mapping of keys to values. Start it with version: 1."),
    ("", "plan.yaml:1: error: a plan must be a mapping of keys to values. Start it with version: 1."),
    ("version: 1", "plan.yaml:1: error: campaigns: the plan has no campaigns. "
     "Add a list named campaigns, with one mapping for each campaign."),
    ("version: 1\n\ncampaigns: []", "plan.yaml:3: error: campaigns: the plan has no campaigns. "
     "Add a list named campaigns, with one mapping for each campaign."),
    ("version: 1\ncampains: 2\ncampaigns: [{name: A}]",
     "plan.yaml:2: error: campains: unknown key 'campains'. Did you mean 'campaigns'?"),
    ("version: 1\ncampaigns: [{name: A}]\nstrategy: fast",
     "plan.yaml:3: error: strategy: 'fast' is not a strategy. Use full or clone."),
    ("version: 1\ndefaults: 3\ncampaigns: [{name: A}]", "plan.yaml:2: error: defaults: defaults must be a mapping of keys to values"),
    ("version: 1\ndefaults:\n  shedule: {}\ncampaigns: [{name: A}]",
     "plan.yaml:3: error: defaults.shedule: unknown key 'shedule' in defaults. Did you mean 'schedule'?"),
    ("version: 1\ncampaigns:\n  - A", "plan.yaml:3: error: campaigns[0]: a campaign must be a mapping of keys to values"),
    # syntax
    ("version: 1\ncampaigns: ]", "plan.yaml:2: error: invalid YAML: "),
    ("version: 1\nversion: 1", "plan.yaml:2: error: duplicate key 'version'"),
    ("version: 1\ncampaigns: !include a.yaml", "plan.yaml:2: error: the YAML tag !include is not supported. Remove it."),
    ("version: 1\nx-a: &a [*a]", "plan.yaml:2: error: nesting is too deep. Check for an alias that contains itself."),
    ("version: 1\n? [a]\n: 2", "plan.yaml:2: error: a key must be a string"),
    ("version: 1\n<<: 3", "plan.yaml:2: error: << requires a mapping"),
    ("version: 1\nx: \x07", "plan.yaml:2: error: invalid YAML: the character U+0007 is not allowed (column 4). Remove it."),
    # campaigns
    ("version: 1\ncampaigns:\n  - name: A\n    colour: red",
     "plan.yaml:4: error: campaigns[0].colour: unknown key 'colour'. Valid choices: name, client_id, "),
    ("version: 1\ncampaigns:\n  - client_id: 3", "plan.yaml:3: error: campaigns[0].name: the campaign has no name. "
     "State its purpose, audience and period."),
    ("version: 1\ncampaigns:\n  - name: A\n  - name: B\n    steps:\n      - subject: x\n        boddy: y\n        body: z",
     "plan.yaml:7: error: campaigns[1].steps[0].boddy: unknown key 'boddy'. Did you mean 'body'?"),
    ("version: 1\ncampaigns:\n  - name: A\n    steps:\n      - subject: x\n        body: z\n        variants:\n"
     "          - share: 40\n          - share: 50",
     "plan.yaml:7: error: campaigns[0].steps[0].variants: the shares of the variants add up to 90, not 100. "
     "Correct them, or omit them all for equal shares."),
    ("version: 1\ncampaigns:\n  - name: A\n    steps:\n      - body: z",
     "plan.yaml:5: error: campaigns[0].steps[0].subject: step 1 has no subject. Only later steps may omit the "
     "subject; they continue the thread of step 1."),
    ("version: 1\ncampaigns:\n  - name: A\n    steps: {body: z}",
     "plan.yaml:4: error: campaigns[0].steps: expected a list"),
    ("version: 1\ncampaigns:\n  - name: A\n    steps: [x]",
     "plan.yaml:4: error: campaigns[0].steps[0]: expected a mapping of keys to values"),
    ("version: 1\ndefaults:\n  schedule:\n    timezone: Mars/Base\ncampaigns:\n  - name: A",
     "plan.yaml:4: error: campaigns[0].schedule.timezone: 'Mars/Base' is not an IANA time zone."),
    ("version: 1\ncampaigns:\n  - name: A\n    schedule: {timezone: UTC, starts_at: soon}",
     "plan.yaml:4: error: campaigns[0].schedule.starts_at: expected a date and time such as"),
    ("version: 1\ncampaigns:\n  - name: A\n    schedule:\n      timezone: UTC\n      start: 17:00\n      end: 9:00",
     "plan.yaml:7: error: campaigns[0].schedule.end: '9:00' is not a time of day. Write 09:00."),
    ("version: 1\ncampaigns:\n  - name: A\n    start: yes",
     "plan.yaml:4: error: campaigns[0].start: expected true or false, got 'yes'"),
    ("version: 1\ncampaigns:\n  - {name: A, key: k}\n  - name: B\n    key: k",
     "plan.yaml:5: error: campaigns[1].key: another campaign of the plan has the key 'k'. "
     "Give each campaign a unique key, or omit the key."),
    # body files
    ("version: 1\ncampaigns:\n  - name: A\n    steps:\n      - subject: x\n        body_file: none.html",
     "plan.yaml:6: error: campaigns[0].steps[0].body_file: the body file 'none.html' cannot be read: "
     "No such file or directory. Paths are relative to the plan."),
    ("version: 1\ncampaigns:\n  - name: A\n    steps:\n      - {subject: x, body: y, body_file: none.html}",
     "plan.yaml:5: error: campaigns[0].steps[0].body_file: body and body_file are both given. Remove one of them."),
    ("version: 1\ncampaigns:\n  - name: A\n    steps:\n      - {subject: x, body_file: 3}",
     "plan.yaml:5: error: campaigns[0].steps[0].body_file: expected a file name"),
    # leads
    ("version: 1\ncampaigns:\n  - name: A\n    leads: 3",
     "plan.yaml:4: error: campaigns[0].leads: expected a list of leads, or {csv: FILE}"),
    ("version: 1\ncampaigns:\n  - name: A\n    leads: {where: {a: b}}",
     "plan.yaml:4: error: campaigns[0].leads.csv: no lead file is given. Add csv: FILE."),
    ("version: 1\ncampaigns:\n  - name: A\n    leads: {csv: a.csv, delimiter: ab}",
     "plan.yaml:4: error: campaigns[0].leads.delimiter: 'ab' cannot be a delimiter"),
    ("version: 1\ncampaigns:\n  - name: A\n    leads: {csv: a.csv, columns: [x]}",
     "plan.yaml:4: error: campaigns[0].leads.columns: expected a mapping of headers to fields"),
    ("version: 1\ncampaigns:\n  - name: A\n    leads: {csv: a.csv, columns: {a: 3}}",
     "plan.yaml:4: error: campaigns[0].leads.columns.a: expected a lead field, a name or null"),
    ("version: 1\ncampaigns:\n  - name: A\n    leads: {csv: a.csv, where: x}",
     "plan.yaml:4: error: campaigns[0].leads.where: expected a mapping of headers to values"),
    ("version: 1\ncampaigns:\n  - name: A\n    leads: {csv: a.csv, where: {a: {b: c}}}",
     "plan.yaml:4: error: campaigns[0].leads.where.a: expected a value or a list of values"),
    ("version: 1\ncampaigns:\n  - name: A\n    leads:\n      - email: a@b.example\n      - email: bad",
     "plan.yaml:6: error: campaigns[0].leads[1].email: 'bad' is not an e-mail address: it has no @. "
     "Correct it or remove the lead."),
    ("version: 1\ncampaigns:\n  - name: A\n    leads:\n      - first_name: Lin",
     "plan.yaml:5: error: campaigns[0].leads[0].email: the lead has no e-mail address"),
    ("version: 1\ncampaigns:\n  - name: A\n    leads:\n      - {email: a@b.example, firstname: Lin}",
     "plan.yaml:5: error: campaigns[0].leads[0].firstname: unknown key 'firstname'. "
     "Did you mean 'first_name'?"),
    ("version: 1\ncampaigns:\n  - name: A\n    leads:\n      - {email: a@b.example, custom_fields: x}",
     "plan.yaml:5: error: campaigns[0].leads[0].custom_fields: expected a mapping of names to values"),
    ("version: 1\ncampaigns:\n  - name: A\n    leads:\n      - {email: a@b.example, city: [x]}",
     "plan.yaml:5: error: campaigns[0].leads[0].city: unknown key 'city'."),
    ("version: 1\ncampaigns:\n  - name: A\n    leads:\n      - {email: a@b.example, location: [x]}",
     "plan.yaml:5: error: campaigns[0].leads[0].location: expected a string"),
    # options that are classes of the API
    ("version: 1\ncampaigns:\n  - name: A\n    lead_import: {return_lead_ids: 1}",
     "plan.yaml:4: error: campaigns[0].lead_import.return_lead_ids: expected true or false, got 1"),
    ("version: 1\ncampaigns:\n  - name: A\n    settings:\n      out_of_office_detection_settings:\n"
     "        reactivate_ooo_with_delay: soon",
     "plan.yaml:6: error: campaigns[0].settings.out_of_office_detection_settings.reactivate_ooo_with_delay: "
     "expected an integer, got 'soon'"),
    # for_each
    ("version: 1\ncampaigns:\n  - name: A\n    for_each: {column: S}",
     "plan.yaml:4: error: campaigns[0].for_each.csv: no lead file is given. Add csv: FILE."),
    ("version: 1\ncampaigns:\n  - name: A\n    for_each: {csv: each.csv}",
     "plan.yaml:4: error: campaigns[0].for_each.column: no column is given. Add column: HEADER."),
    ("version: 1\ncampaigns:\n  - name: A\n    for_each: {csv: each.csv, column: Sgment}",
     "each.csv:1: error: campaigns[0].for_each: there is no column 'Sgment'. Did you mean 'Segment'?"),
    ("version: 1\ncampaigns:\n  - name: A\n    for_each: {csv: none.csv, column: S}",
     "plan.yaml:4: error: campaigns[0].for_each: the lead file 'none.csv' cannot be read: No such file or directory. "
     "The files there are each.csv, gaps.csv."),
    ("version: 1\ncampaigns:\n  - name: A {value}\n    leads: x.csv\n    for_each: {csv: each.csv, column: Segment}",
     "plan.yaml:4: error: campaigns[0].leads: for_each provides the leads, so the campaign must not have leads of its own. "
     "Remove leads."),
    ("version: 1\ncampaigns:\n  - name: A {value}\n    for_each: {csv: gaps.csv, column: Segment}",
     "gaps.csv: warning: campaigns[0].for_each.column: 2 rows have no value for Segment and are not imported. "
     "Fill in the column to include them."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_each_problem_is_reported_with_file_line_and_advice(text: str, expected: str) -> None:
    Path("each.csv").write_text("Email,Segment\na@b.example,X\n", encoding="utf-8")
    Path("gaps.csv").write_text(
        "Email,Segment\na@b.example,X\nc@d.example,\ne@f.example,\n", encoding="utf-8"
    )
    (problem,) = messages(text)
    assert problem.startswith(expected)
    if ": error: " in expected:
        with pytest.raises(InvalidPlan):
            specs(text)


def test_entries_report_all_problems_and_specs_stop_at_the_first_invalid_campaign() -> None:
    text = "version: 1\nx: 1\ncampaigns:\n  - {name: A, a: 1}\n  - {name: B, b: 1, client_id: x}\n  - {name: C}\n"
    assert [line.split(": ")[2] for line in messages(text)] == [
        "x", "campaigns[0].a", "campaigns[1].b", "campaigns[1].client_id",
    ]  # fmt: skip
    with pytest.raises(InvalidPlan, match="unknown key 'x'"):
        specs(text)
    stream = load_plan(save(text.replace("x: 1\n", "").replace("a: 1", "key: k"))).specs()
    assert next(stream).key == "k"
    with pytest.raises(InvalidPlan, match="unknown key 'b'") as raised:
        next(stream)
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("none.yaml", "none.yaml: error: the plan cannot be read: No such file or directory"),
        ("none.jsonl", "none.jsonl: error: the plan cannot be read: No such file or directory"),
        ("plan.toml", "plan.toml: error: 'plan.toml' does not end in .yaml, .yml, .json or .jsonl"),
    ],
)
def test_a_missing_plan_is_one_error(name: str, expected: str) -> None:
    with pytest.raises(InvalidPlan) as raised:
        load_plan(name)
    assert str(raised.value) == expected


@pytest.mark.parametrize("name", ["plan.yaml", "plan.json", "plan.jsonl"])
def test_a_plan_that_is_not_utf8_is_one_error(name: str) -> None:
    Path(name).write_bytes(b"version: 1 # \xff\xfe")
    with pytest.raises(InvalidPlan, match=f"{name}: error: the plan cannot be read: it is not UTF-8"):
        load_plan(name)


def test_an_empty_json_lines_plan_is_an_error() -> None:
    assert messages("\n\n", "plan.jsonl") == ["plan.jsonl: error: the plan is empty"]


def test_without_pyyaml_the_error_says_what_to_install_and_json_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert messages("version: 1") == [
        'plan.yaml: error: YAML plans require PyYAML. Run pip install "smartlead-async[cli]", or write the plan as JSON.'
    ]
    assert [s.name for s in specs('{"version": 1, "campaigns": [{"name": "A"}]}', "plan.json")] == ["A"]


# --- JSON --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"version": 1,\n "campaigns": [}', "plan.json:2: error: invalid JSON: expecting value"),
        ('{"version": 1\n\n "a": 2}', "plan.json:3: error: invalid JSON: expected a comma or }"),
        ('{"version" 1}', "plan.json:1: error: invalid JSON: expected a colon after 'version'"),
        ("{\n'a': 1}", "plan.json:2: error: invalid JSON: expected a key in double quotes"),
        ('{"a": 1,\n"a": 2}', "plan.json:2: error: invalid JSON: duplicate key 'a'"),
        ('{"a": 1}\nx', "plan.json:2: error: invalid JSON: extra data after the end"),
        ('{"a": [1, 2', "plan.json:1: error: invalid JSON: unexpected end"),
        ("", "plan.json:1: error: invalid JSON: unexpected end"),
        ('{"a": "x\n"}', "plan.json:1: error: invalid JSON: invalid control character"),
        ("[" * 100, "plan.json:1: error: invalid JSON: nesting is too deep"),
    ],
)
def test_invalid_json_is_reported_with_its_line(text: str, expected: str) -> None:
    (problem,) = messages(text, "plan.json")
    assert problem.startswith(expected)


def test_problems_of_a_json_plan_have_lines_too() -> None:
    text = '{\n "version": 1,\n "campaigns": [\n  {"name": "A",\n   "client_id": "x"}\n ]\n}'
    assert messages(text, "plan.json") == [
        "plan.json:5: error: campaigns[0].client_id: expected an integer, got 'x'"
    ]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_JSON, st.sampled_from([None, 0, 2]))
def test_the_json_parser_accepts_what_the_standard_library_accepts(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert read_json(text, "x").plain() == json.loads(text)


@given(_JSON)
def test_both_json_parsers_return_the_same_nodes_for_a_line(value: Any) -> None:
    text = json.dumps(value)
    assert read_json_line(text, "x", 7) == read_json(text, "x", first_line=7)


@given(st.text(alphabet='{}[],:"0123 e-\ntrufalsn', max_size=20))
def test_the_json_parser_rejects_what_the_standard_library_rejects(text: str) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({k for k, _ in pairs}) < len(pairs):
            raise ValueError("twice")
        return dict(pairs)

    try:
        expected = json.loads(text, object_pairs_hook=unique)
    except ValueError:
        with pytest.raises(InvalidPlan):
            read_json(text, "x")
        with pytest.raises(InvalidPlan):
            read_json_line(text, "x", 1)
    else:
        assert read_json(text, "x").plain() == read_json_line(text, "x", 1).plain() == expected


def test_yaml_scalars_follow_yaml_1_2() -> None:
    text = """\
a: [on, No, yes, 9:30, 17:00, 2027-01-11, 0x1F, 1_000, 007, .inf, "1", 'true', !!str 12]
b: [1, -2, 0, 1.5, 1e3, true, False, null, ~, ]
c:
d: ""
"""
    node = read_yaml(text, "x").plain()
    assert node["a"] == [
        "on", "No", "yes", "9:30", "17:00", "2027-01-11", "0x1F", "1_000", "007", ".inf", "1", "true", "12",
    ]  # fmt: skip
    assert node["b"] == [1, -2, 0, 1.5, 1000.0, True, False, None, None]
    assert (node["c"], node["d"]) == (None, "")


def test_yaml_is_read_the_same_with_and_without_the_c_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    with_c = read_yaml(FULL, "x")
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert read_yaml(FULL, "x") == with_c


# --- body files --------------------------------------------------------------------------------------


def test_body_files_are_relative_to_the_plan_and_read_as_html_or_plain_text() -> None:
    Path("sub").mkdir()
    Path("sub/a.html").write_text("\ufeff<p>A &amp; Ö</p>\n", encoding="utf-8")
    Path("sub/b.txt").write_text("one\n\ntwo < three\n", encoding="utf-8")
    (spec,) = specs(
        "version: 1\ncampaigns:\n  - name: A\n    steps:\n      - {subject: x, body_file: a.html}\n"
        "      - {delay_days: 1, body_file: b.txt, variants: [{}, {body_file: a.html}]}\n",
        "sub/plan.yaml",
    )
    assert spec.steps[0].body == "<p>A &amp; Ö</p>"
    assert spec.steps[1].body == "one<br>\n<br>\ntwo &lt; three"
    assert spec.steps[1].variants[1].body == "<p>A &amp; Ö</p>"


def test_a_body_file_that_is_not_utf8_is_an_error() -> None:
    Path("a.txt").write_bytes(b"\xff")
    (problem,) = messages("version: 1\ncampaigns:\n  - name: A\n    steps: [{subject: x, body_file: a.txt}]")
    assert problem.startswith(
        "plan.yaml:4: error: campaigns[0].steps[0].body_file: the body file 'a.txt' cannot be read: it is not UTF-8"
    )


# --- for_each ----------------------------------------------------------------------------------------


def test_for_each_generates_a_campaign_per_value_with_its_leads_and_the_value_substituted() -> None:
    Path("leads.csv").write_text(
        "Email,Segment,Active\na@b.example,CTOs,y\nc@d.example,CEOs,y\ne@f.example,CTOs,y\ng@h.example,CFOs,n\n",
        encoding="utf-8",
    )
    Path("b.txt").write_text("for {value}, not {{value}}", encoding="utf-8")
    found = specs("""\
version: 1
defaults: {client_id: 3}
campaigns:
  - name: "{value} Q1"
    key: k-{value}
    for_each: {csv: leads.csv, column: segment, where: {Active: y}}
    steps: [{subject: "{a|b} {value}", body_file: b.txt}]
    mailboxes: {tag: "Team {value}"}
""")
    assert [s.name for s in found] == ["CTOs Q1", "CEOs Q1"]
    assert [s.key for s in found] == ["k-CTOs", "k-CEOs"]
    assert [s.steps[0].subject for s in found] == ["{a|b} CTOs", "{a|b} CEOs"]
    assert found[0].steps[0].body == "for CTOs, not {{value}}"
    assert found[1].mailboxes == MailboxChoice(tag="Team CEOs")
    assert [[lead.email for lead in s.iter_leads()] for s in found] == [
        ["a@b.example", "e@f.example"],
        ["c@d.example"],
    ]
    assert {s.client_id for s in found} == {3}


def test_a_value_with_a_backslash_is_substituted_literally() -> None:
    Path("leads.csv").write_text("Email,Segment\na@b.example,R\\1 & \\g<0>\n", encoding="utf-8")
    (spec,) = specs(
        "version: 1\ncampaigns:\n  - {name: '{value}', for_each: {csv: leads.csv, column: Segment}}"
    )
    assert spec.name == "R\\1 & \\g<0>"


# --- json lines --------------------------------------------------------------------------------------


def test_an_invalid_line_of_a_json_lines_plan_does_not_hide_the_others() -> None:
    text = '{"version": 1}\n{"name": "A"}\n\n{"name": \n{"name": "B", "x": 1}\n[]\n'
    assert messages(text, "plan.jsonl") == [
        "plan.jsonl:4: error: invalid JSON: unexpected end (column 9). Close every {, [ and double quote.\n"
        '    {"name":\n            ^',
        "plan.jsonl:5: error: x: unknown key 'x'. Valid choices: name, client_id, client, steps, mailboxes, leads, "
        "schedule, settings, lead_import, start, key, for_each.",
        "plan.jsonl:6: error: a campaign must be a mapping of keys to values",
    ]
    names = [entry.spec and entry.spec.name for entry in load_plan("plan.jsonl").entries()]
    assert names == ["A", None, "B", None]


def test_the_first_line_of_a_json_lines_plan_cannot_hold_campaigns() -> None:
    assert messages('{"version": 1, "campaigns": []}', "plan.jsonl") == [
        "plan.jsonl:1: error: campaigns: unknown key 'campaigns'. Valid choices: version, strategy, defaults, allowed_tags."
    ]


def test_lines_with_a_header_only_are_a_plan_without_campaigns() -> None:
    assert messages('{"version": 1}\n\n', "plan.jsonl") == [
        "plan.jsonl:1: error: the plan has no campaigns. Add one line for each campaign."
    ]


def test_a_json_lines_plan_is_read_as_a_stream() -> None:
    leads = [{"email": f"a{i}@b.example"} for i in range(50)]
    with Path("plan.jsonl").open("w", encoding="utf-8") as file:
        file.write('{"version": 1}\n')
        file.writelines(json.dumps({"name": f"A {n}", "leads": leads}) + "\n" for n in range(1000))
    plan = load_plan("plan.jsonl")
    size = Path("plan.jsonl").stat().st_size
    for _ in plan.specs():
        pass  # Fills the caches of the whole process, which are not to be measured.
    tracemalloc.start()
    for spec in islice(plan.specs(), 30):
        assert spec.name.startswith("A ")
    early = tracemalloc.get_traced_memory()[1]
    count = sum(1 for _ in plan.specs())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1000
    # Thirty times as many campaigns only add the digests of their keys, and some garbage not yet collected.
    assert peak - early < size // 4


# --- needs -------------------------------------------------------------------------------------------


def test_account_needs_name_each_client_mailbox_and_tag_once() -> None:
    plan = load_plan(
        save("""\
version: 1
campaigns:
  - {name: A, client_id: 9, mailboxes: {ids: [3, 1], tag: North}}
  - {name: B, client_id: 7, mailboxes: {ids: [1], addresses: [Ann@Try.example]}}
  - {name: C, client_id: 9, mailboxes: {addresses: [bo@try.example, ann@try.example], tag: South}}
  - {name: D, leads: [{email: a@b.example}]}
""")
    )
    assert account_needs(plan.specs()) == AccountNeeds(
        (7, 9), (1, 3), ("ann@try.example", "bo@try.example"), ("North", "South")
    )


def test_a_lead_in_a_list_can_have_at_most_200_custom_fields() -> None:
    def plan(count: int) -> str:
        fields = {f"field {i}": "x" for i in range(count)}
        leads = [{"email": "a@b.example", "custom_fields": fields}]
        return json.dumps({"version": 1, "campaigns": [{"name": "A", "leads": leads}]})

    assert messages(plan(200), "plan.json") == []
    assert messages(plan(202), "plan.json") == [
        "plan.json:1: error: campaigns[0].leads[0].custom_fields: the lead has 202 custom fields; the maximum is 200, "
        "which excludes: field 200, field 201"
    ]


def test_a_single_row_without_a_value_is_reported_in_the_singular() -> None:
    Path("gaps.csv").write_text("Email,Segment\na@b.example,X\nc@d.example,\n", encoding="utf-8")
    (problem,) = messages(
        "version: 1\ncampaigns: [{name: '{value}', for_each: {csv: gaps.csv, column: Segment}}]"
    )
    assert "1 row has no value for Segment and is not imported" in problem


@pytest.mark.parametrize(
    "cls", [LeadInput, CampaignSpec, StepSpec, ScheduleSpec, MailboxChoice, SettingsSpec]
)
def test_strings_are_read_as_typed_also_when_a_client_has_resolved_the_types(cls: type) -> None:
    before = plain_values({name: Node(7, 1, "007") for name in names_of(cls)}, cls)
    attrs.resolve_types(cls)
    assert plain_values({name: Node(7, 1, "007") for name in names_of(cls)}, cls) == before
    assert "007" in before.values()


@pytest.mark.parametrize("written", ["+4790000000", "0047", "4790000000", "4.79E+10"])
def test_a_phone_number_of_an_inline_lead_stays_as_it_was_typed(written: str) -> None:
    (spec,) = specs(
        "version: 1\ncampaigns:\n  - name: A\n    leads:\n"
        f"      - {{email: a@b.example, phone_number: {written}}}"
    )
    assert [lead.phone_number for lead in spec.iter_leads()] == [written]


def test_inline_leads_are_read_with_their_custom_fields() -> None:
    (spec,) = specs(
        "version: 1\ncampaigns:\n  - name: A\n    leads:\n"
        "      - {email: a@b.example, first_name: Zoë, phone_number: 4930555, custom_fields: {role: CTO, n: 3}}"
    )
    assert list(spec.iter_leads()) == [
        LeadInput("a@b.example", "Zoë", phone_number="4930555", custom_fields={"role": "CTO", "n": 3})
    ]
