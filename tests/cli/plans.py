"""Plan files of any size for the tests of the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

KEY = "sk-cli-7f3a9c55"
"""An API key that must not appear in anything that is printed or written."""

DEFAULTS: dict[str, Any] = {
    "steps": [{"subject": "Hello {{first_name}}", "body": "<p>Hello {{first_name}}</p>"}],
    "mailboxes": {"ids": [601, 745]},
    "schedule": {"timezone": "Europe/Berlin"},
    "settings": {"stop_lead_settings": "REPLY_TO_AN_EMAIL"},
    "start": True,
}
REQUESTS = 7
"""The requests of one campaign; a job takes one more, which lists the campaigns of the account."""
"""The requests that each of these campaigns takes."""


def name(number: int) -> str:
    return f"SaaS founders Q1 2027 – demo invite {number}"


def key(number: int) -> str:
    """Return the key of a campaign for which the plan has none."""
    return f"7/{name(number)}"


def campaign(number: int, *, leads: int = 3) -> dict[str, Any]:
    people = [{"email": f"p{k}@c{number}.example", "first_name": "Zoë"} for k in range(leads)]
    return {"name": name(number), "client_id": 7, "leads": people}


def write_plan(folder: Path, campaigns: int = 3, **changes: Any) -> Path:
    """Write a valid plan and return its path."""
    plan = {
        "version": 1,
        "defaults": DEFAULTS | changes,
        "campaigns": [campaign(number) for number in range(campaigns)],
    }
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path
