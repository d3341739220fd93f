"""Plan files that are written: campaigns as YAML, with the leads in files of their own."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..api.leads.models import LeadInput
from .campaign import CampaignSpec
from .content import content_of
from .html_body import source_of
from .leads_csv import LeadFile
from .plan import VERSION
from .yaml_text import yaml_text


def plan_text(specs: Iterable[CampaignSpec], folder: Path, *, allowed_tags: Collection[str] = ()) -> str:
    """Return a plan as YAML. Its lead files are named as seen from ``folder``, the place of the plan."""
    header: dict[str, Any] = {"version": VERSION}
    if allowed_tags:
        header["allowed_tags"] = sorted(allowed_tags)
    campaigns = [campaign_entry(spec, folder) for spec in specs]
    return yaml_text({**header, "campaigns": campaigns})


def campaign_entry(spec: CampaignSpec, folder: Path) -> dict[str, Any]:
    """Return a campaign as it is written in a plan; values at their defaults are left out."""
    parts = {
        "key": spec.key,
        "name": spec.name,
        "client_id": spec.client_id,
        "steps": [_step(content_of(step)) for step in spec.steps],
        "mailboxes": content_of(spec.mailboxes),
        "leads": _leads(spec, folder),
        "schedule": content_of(spec.schedule),
        "settings": content_of(spec.settings),
        "lead_import": content_of(spec.lead_import),
        "start": spec.start or None,
    }
    return {name: part for name, part in parts.items() if part not in (None, [])}


def _step(content: Mapping[str, Any]) -> dict[str, Any]:
    step = dict(content)
    if "variants" in step:
        step["variants"] = [_step(variant) for variant in step["variants"]]
    if isinstance(body := step.get("body"), str):
        step["body"] = source_of(body)
    return step


def _leads(spec: CampaignSpec, folder: Path) -> Any:
    match spec.leads:
        case LeadFile():
            path = os.path.relpath(spec.leads.path, folder).replace(os.sep, "/")
            return {"csv": path, "delimiter": spec.leads.delimiter} if spec.leads.delimiter else path
        case Sequence():
            return [content_of(lead) for lead in spec.leads if isinstance(lead, LeadInput)]
        case _:
            raise TypeError(f"the leads of {spec.identity!r} are in no file")
