"""The content of each step of a campaign, and its digest."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from ...plan.campaign import CampaignSpec
from ...plan.content import as_json, content_of
from ...plan.step import Step

CONFIGURED: Final = (Step.SEQUENCES, Step.MAILBOXES, Step.SCHEDULE, Step.SETTINGS)
"""The steps whose content is in the plan itself; leads are compared one by one."""


def step_content(spec: CampaignSpec, step: Step) -> Any:
    """Return what a plan says about a step, as JSON data; None if it says nothing.

    For the leads, that is how they are imported; the leads themselves are compared one by one.
    """
    match step:
        case Step.SEQUENCES:
            return content_of(spec.steps) or None
        case Step.MAILBOXES:
            return content_of(spec.mailboxes) if spec.mailboxes else None
        case Step.LEADS:
            return None if spec.lead_import is None else content_of(spec.lead_import)
        case Step.SCHEDULE:
            return None if spec.schedule is None else content_of(spec.schedule)
        case Step.SETTINGS:
            return None if spec.settings is None else content_of(spec.settings)
        case _:
            return None


def digest_of(content: Any) -> str | None:
    """Return a digest of content, 32 characters long; None for no content."""
    if content is None:
        return None
    return hashlib.blake2b(as_json(content), digest_size=16).hexdigest()
