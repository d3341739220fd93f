"""Plan files: mutated keys, values, structure, text and bytes.

A plan is refused with messages, or every campaign that is written in it is provisioned on a fake as written,
or fails with a message.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import io
import json
import random
from pathlib import Path
from typing import Any, Final

import attrs
import typer.main
import yaml

from smartlead_async import FakeSmartlead, InvalidPlan, RateLimits, SmartleadClient
from smartlead_async.api.campaigns.models import OutOfOfficeSettings
from smartlead_async.api.leads.models import ImportSettings, LeadInput
from smartlead_async.cli.app import app
from smartlead_async.plan.check import CheckReport, check
from smartlead_async.plan.mailboxes import MailboxChoice
from smartlead_async.plan.plan import load_plan
from smartlead_async.plan.schedule import ScheduleSpec
from smartlead_async.plan.sequence import StepSpec, VariantSpec
from smartlead_async.plan.settings import SettingsSpec
from smartlead_async.provisioning.ledger.records import CampaignState
from smartlead_async.provisioning.report.report import Report
from smartlead_async.virtual_time import VirtualTimeLoop

from .case import Input, require
from .mutation import TOKENS, mutate_bytes, mutate_text, mutate_value
from .run import run_async

_COMMAND: Final = typer.main.get_command(app)
MAX_CAMPAIGNS: Final = 50
KEY: Final = "fuzz-key-0815"
ENCODINGS: Final = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32")

FILES: Final = {
    "leads.csv": "Email,First name,Company,Segment,Size\n"
    + "".join(f"p{n}@c{n}.example,Zoë {n},Firm {n},{'SaaS' if n % 2 else 'FinTech'},{n}\n" for n in range(8)),
    "other.csv": "E-mail;Vorname\nq1@d.example;Jörg\nq2@d.example;\n",
    "bodies/intro.html": "<p>Hello {{first_name}} of {{company_name}}</p>",
    "bodies/SaaS.txt": "Hello {{first_name}},\n\nshort.\n",
}

_STEPS: Final = [
    {
        "subject": "Hello {{first_name}}",
        "body_file": "bodies/intro.html",
        "variants": [{"share": 60}, {"share": 40}],
    },
    {"delay_days": 3, "subject": "Again", "body": "Hi {{first_name}},\n\nany thoughts?\n"},
]

PLAN: Final[dict[str, Any]] = {
    "version": 1,
    "strategy": "full",
    "allowed_tags": ["sender_name"],
    "x-note": "not read",
    "defaults": {
        "start": True,
        "schedule": {"timezone": "Europe/Berlin", "days": "mon-fri", "start": "08:30", "end": "17:30"},
        "settings": {
            "track_settings": ["DONT_TRACK_EMAIL_OPEN"],
            "follow_up_percentage": 60,
            "out_of_office_detection_settings": {"ignore_ooo_as_reply": True, "reactivate_ooo_with_delay": 7},
        },
    },
    "campaigns": [
        {
            "name": "SaaS founders Q1 2027 – demo invite",
            "key": "saas",
            "steps": _STEPS,
            "mailboxes": {"ids": [501, 502]},
            "leads": [
                {
                    "email": "ann@a.example",
                    "first_name": "Ann",
                    "company_name": "A",
                    "custom_fields": {"City": "Oslo"},
                }
            ],
            "schedule": {"new_leads_per_day": 30, "starts_at": "2027-01-04T09:00:00+01:00"},
        },
        {
            "name": "FinTech Q1 2027",
            "steps": _STEPS,
            "mailboxes": {"tag": "North"},
            "leads": {"csv": "leads.csv", "where": {"Segment": ["FinTech"]}, "columns": {"Size": None}},
            "lead_import": {"ignore_global_block_list": True},
        },
        {
            "name": "Lists Q1 2027",
            "steps": [{"subject": "Guten Tag {{first_name}}", "body": "<p>Text</p>"}],
            "mailboxes": {"addresses": ["bo@sender.example"]},
            "leads": {"csv": "other.csv", "encoding": "utf-8", "delimiter": ";"},
        },
    ],
}
EACH: Final[dict[str, Any]] = {
    "name": "{value} Q2 2027",
    "for_each": {"csv": "leads.csv", "column": "Segment"},
    "steps": [{"subject": "For {value}", "body_file": "bodies/{value}.txt"}],
    "mailboxes": {"ids": [501]},
}

_PARTS: Final[dict[str, type]] = {
    "mailboxes": MailboxChoice,
    "schedule": ScheduleSpec,
    "settings": SettingsSpec,
    "lead_import": ImportSettings,
}
_OF_CAMPAIGNS: Final = frozenset({"name", "key", "client_id", "steps", "leads", "start", "for_each", *_PARTS})
_OF_STEPS: Final = frozenset({*attrs.fields_dict(StepSpec), "body_file"})
_OF_VARIANTS: Final = frozenset({*attrs.fields_dict(VariantSpec), "body_file"})
_CLASSES: Final = (*_PARTS.values(), OutOfOfficeSettings, LeadInput)
_OF_FILES: Final = (
    "csv",
    "xlsx",
    "where",
    "columns",
    "column",
    "encoding",
    "delimiter",
    "blank_values",
    "sheet",
)
_KNOWN: Final = {*PLAN, *_OF_CAMPAIGNS, *_OF_STEPS, *_OF_VARIANTS, *_OF_FILES}
KEYS: Final = ("nmae", "", *sorted(_KNOWN.union(*map(attrs.fields_dict, _CLASSES))))


class PlanValues:
    """Plans with mutated values, as YAML, JSON and JSON Lines: what is written is known."""

    name = "plan"

    def draw(self, rng: random.Random) -> Input:
        plan = copy.deepcopy(PLAN)
        if rng.random() < 0.3:
            plan["campaigns"].append(copy.deepcopy(EACH))
        if rng.random() < 0.3:
            plan["strategy"] = "clone"
        for _ in range(rng.choice((0, 1, 1, 1, 2, 4))):
            part = rng.choice(("campaigns", "campaigns", "defaults", ""))
            if part and part in plan:
                plan[part] = mutate_value(rng, plan[part], KEYS)
            else:
                mutated = mutate_value(rng, plan, KEYS)
                plan = mutated if isinstance(mutated, dict) else plan
        return {"plan": plan, "suffix": rng.choice((".yaml", ".json", ".jsonl"))}

    def run(self, given: Input, folder: Path) -> str:
        plan, suffix = given["plan"], given["suffix"]
        _write_files(folder)
        path = folder / f"plan{suffix}"
        path.write_bytes(_serialized(plan, suffix).encode("utf-8", "surrogatepass"))
        report, outcome = _use(path)
        if report.ok:
            _compare(plan, path)
        return outcome


class PlanBytes:
    """Plans with mutated text and bytes, in several encodings."""

    name = "plan bytes"

    def draw(self, rng: random.Random) -> Input:
        suffix = rng.choice((".yaml", ".yaml", ".json", ".jsonl"))
        text = _serialized(PLAN, suffix)
        if rng.random() < 0.8:
            text = mutate_text(rng, text, rng.choice((1, 1, 2, 5)))
        data = text.encode(rng.choice(ENCODINGS), "replace")
        if rng.random() < 0.3:
            data = mutate_bytes(rng, data, rng.choice((1, 2, 10)))
        return {"plan": data, "suffix": suffix, "body": _body(rng)}

    def run(self, given: Input, folder: Path) -> str:
        _write_files(folder)
        (folder / "bodies/intro.html").write_bytes(given["body"])
        path = folder / f"plan{given['suffix']}"
        path.write_bytes(given["plan"])
        return _use(path)[1]


def _body(rng: random.Random) -> bytes:
    body = FILES["bodies/intro.html"].encode()
    if rng.random() < 0.7:
        return body
    return mutate_bytes(rng, body + rng.choice(TOKENS).encode("utf-8", "surrogatepass"), 1)


def _write_files(folder: Path) -> None:
    (folder / "bodies").mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8", newline="")


def _serialized(plan: dict[str, Any], suffix: str) -> str:
    match suffix:
        case ".yaml":
            return yaml.safe_dump(plan, allow_unicode=True, sort_keys=False)
        case ".json":
            return json.dumps(plan, indent=1)
    campaigns = plan.get("campaigns")
    head = {key: value for key, value in plan.items() if key != "campaigns"}
    return "\n".join(map(json.dumps, (head, *(campaigns if isinstance(campaigns, list) else ()))))


# --- what must hold ----------------------------------------------------------------------------------
def _use(path: Path) -> tuple[CheckReport, str]:
    """Check a plan and, if it is valid, provision it on a fake."""
    report = check(path)
    require(report.ok or all(problem.message for problem in report.errors), "a problem has no message")
    require(report.rows.read == report.rows.leads + sum(report.rows.left_out.values()), "rows are lost")
    _check_command(path, report)
    if not report.ok:
        return report, "refused"
    if report.campaigns > MAX_CAMPAIGNS:
        return report, "valid"
    return report, run_async(asyncio.Runner(loop_factory=VirtualTimeLoop), _provision(path, report))


def _check_command(path: Path, report: CheckReport) -> None:
    output, messages, code = io.StringIO(), io.StringIO(), None
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(messages):
        try:
            _COMMAND.main(["check", str(path), "--json"], "smartlead-async")
        except SystemExit as end:
            code = end.code
    require(code == (0 if report.ok else 2), f"check exits with {code}: {messages.getvalue()[-200:]}")
    shown = json.loads(output.getvalue())
    require(shown["ok"] == report.ok and shown["leads"] == report.leads, "check prints something else")
    printed = output.getvalue() + messages.getvalue()
    require(all(c.isprintable() or c == "\n" for c in printed), "check prints control characters")


async def _provision(path: Path, check: CheckReport) -> str:
    fake = FakeSmartlead(api_key=KEY, log_size=0)
    for name in ("ada", "bo"):
        fake.add_email_account(f"{name}@sender.example", tags=("North",))
    plan = load_plan(path)
    async with SmartleadClient(KEY, transport=fake.transport(), limits=RateLimits.UNLIMITED) as client:
        report = await client.provision(plan.specs(), strategy=plan.strategy.value)
    require(report.done + report.failed == check.campaigns, "campaigns are lost")
    failed = [record async for record in report.campaigns(CampaignState.FAILED)]
    require(all(record.error for record in failed), "a campaign has failed without a message")
    defects = [record.error for record in failed if record.error and "unexpected" in record.error]
    require(not defects, f"a defect: {defects[:1]}")
    require(len(fake.campaigns) >= report.done, "campaigns are missing on the server")
    if failed:
        return "valid, server refused"
    _compare_leads(fake, report, path)
    return "valid"


def _compare_leads(fake: FakeSmartlead, report: Report, path: Path) -> None:
    planned = {
        row.lead.email.lower()
        for spec in load_plan(path).specs()
        for row in spec.lead_rows()
        if row.lead is not None
    }
    imported = {str(address).lower() for campaign in fake.snapshot() for address in campaign["leads"]}
    lost = planned - imported
    require(len(lost) <= report.leads.skipped, f"leads are lost: {sorted(lost)[:3]}")


def _compare(plan: dict[str, Any], path: Path) -> None:
    """Compare a valid plan with what was read."""
    campaigns = plan["campaigns"]
    for campaign in campaigns:
        _require_known_keys(campaign)
    if any(campaign.get("for_each") is not None for campaign in campaigns):
        return
    try:
        names = [spec.name for spec in load_plan(path).specs()]
    except InvalidPlan as invalid:
        require(False, f"a valid plan is refused: {invalid}")
        return
    written = [str(campaign["name"]) for campaign in campaigns]
    require(names == written, f"campaigns are not as written: {names[:3]} for {written[:3]}")


def _require_known_keys(campaign: dict[str, Any]) -> None:
    unknown = set(campaign) - _OF_CAMPAIGNS
    for name, cls in _PARTS.items():
        unknown |= set(campaign.get(name) or {}) - set(attrs.fields_dict(cls))
    for step in campaign.get("steps") or ():
        unknown |= set(step) - _OF_STEPS
        for variant in step.get("variants") or ():
            unknown |= set(variant or {}) - _OF_VARIANTS
    require(not unknown, f"unknown keys are ignored: {sorted(unknown)[:3]}")
