"""The files of a first plan: a commented plan and a sample list of leads, which pass the check."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ..limits import RateLimits
from .check import check
from .lead_columns import field_of
from .merge_tags import find_tags
from .plan import VERSION
from .problem import Problem
from .yaml_text import yaml_text

PLAN_NAME: Final = "plan.yaml"
LEADS_NAME: Final = "leads.csv"
SCHEMA_NAME: Final = "plan.schema.json"

_COLUMNS: Final = {"email": "Email", "first_name": "First Name", "company_name": "Company"}
_LEADS: Final = (
    ("ada@oslo.example", "Ada", "Fjord Software"),
    ("noor@delft.example", "Noor", "Delta Analytics"),
    ("mateo@bilbao.example", "Mateo", "Ribera Cloud"),
)

_HOURS: Final = """\
    days: mon-fri
    start: "09:00"
    end: "17:00\""""

_BODY: Final = """\
Hi {{first_name}},

how does {{company_name}} book its demos today? We take that off the hands of teams like yours.

Would a call of ten minutes be welcome?
"""
_FOLLOW_UP: Final = """\
Any thoughts, {{first_name}}?
"""


@attrs.frozen
class Starter:
    """The content of a first plan.

    ``client`` is the name or the id of one, and ``mailboxes`` is a tag, or ids or addresses separated by
    commas. Example::

    Starter("SaaS founders Q1 2027 – demo invite", timezone="Europe/Oslo").write(Path("."))
    """

    name: str
    timezone: str
    client: str | int | None = None
    mailboxes: str = "Outreach"
    subject: str = "{{first_name}}, a question about {{company_name}}"

    def write(self, folder: Path) -> None:
        """Write the plan and the leads to a folder; ``FileExistsError`` if one of them is there."""
        for name, text in ((PLAN_NAME, self.plan()), (LEADS_NAME, self.leads())):
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)

    def problems(self) -> tuple[Problem, ...]:
        """Return what the check says about the files; they are written to a temporary folder."""
        with tempfile.TemporaryDirectory() as folder:
            self.write(Path(folder))
            return check(Path(folder) / PLAN_NAME, RateLimits.STANDARD).problems

    def plan(self) -> str:
        """Return the plan as YAML with comments."""
        return "\n".join((_HEAD, *self._defaults(), *self._campaigns()))

    def leads(self) -> str:
        """Return the leads as CSV, with a column for each merge tag of the subject."""
        known = {tag.name: field_of(tag.name) for tag in find_tags(self.subject)}
        extra = [name for name, field in known.items() if field not in _COLUMNS]
        text = io.StringIO(newline="")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow((*_COLUMNS.values(), *extra))
        rows.writerows((*lead, *(f"Sample {number}" for _ in extra)) for number, lead in enumerate(_LEADS, 1))
        return text.getvalue()

    def _defaults(self) -> tuple[str, ...]:
        steps = [{"subject": self.subject, "body": _BODY}, {"delay_days": 3, "body": _FOLLOW_UP}]
        return (
            "# Defaults for all campaigns below; a campaign can replace each of them.",
            "defaults:",
            "  # When e-mails are sent, in this time zone.",
            "  schedule:",
            _lines({"timezone": self.timezone}, "    "),
            _HOURS,
            "  # The mailboxes to send from: ids, addresses or a tag.",
            _lines({"mailboxes": mailbox_choice(self.mailboxes)}),
            "  # A lead that replies gets no further e-mail.",
            _lines({"settings": {"stop_lead_settings": "REPLY_TO_AN_EMAIL"}}),
            "  # The e-mails. {{…}} is a column of the leads; a step without a subject continues the thread.",
            _lines({"steps": steps}),
            "",
        )

    def _campaigns(self) -> tuple[str, ...]:
        campaign = {"name": self.name}
        client = "    # client: Northwind"
        if self.client is not None:
            key = "client_id" if isinstance(self.client, int) else "client"
            client = _lines({key: self.client}, "    ")
        return (
            "campaigns:",
            "  # A good name states purpose, audience and period.",
            f"  - {_lines(campaign).lstrip()}",
            "    # The client that the campaign belongs to, for agencies; client_id takes its id.",
            client,
            "    # Replace these by your own: a CSV or XLSX file with any headers.",
            _lines({"leads": LEADS_NAME}, "    "),
            "    # true starts the campaign when it is complete; false leaves a draft.",
            _lines({"start": False}, "    "),
            "",
        )


_HEAD: Final = f"""\
# yaml-language-server: $schema={SCHEMA_NAME}
#
# smartlead-async check {PLAN_NAME}                     finds problems; sends nothing
# smartlead-async provision {PLAN_NAME}                 a trial run on a SmartLead in memory
# smartlead-async provision {PLAN_NAME} --target live   creates the campaigns
version: {VERSION}
"""


def mailbox_choice(text: str) -> dict[str, Any]:
    """Return ids, addresses or a tag as a plan has them."""
    parts = [part for part in re.split(r"[,;\s]+", text) if part]
    if parts and all(part.isascii() and part.isdecimal() for part in parts):
        return {"ids": [int(part) for part in parts]}
    return {"addresses": parts} if parts and "@" in parts[0] else {"tag": text}


def _lines(content: Mapping[str, Any], indent: str = "  ") -> str:
    """Return a part of the plan, indented; every string is quoted where YAML needs it."""
    return re.sub(r"^(?=.)", indent, yaml_text(content).rstrip("\n"), flags=re.MULTILINE)
