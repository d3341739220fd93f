"""The steps in which a campaign is provisioned."""

from __future__ import annotations

import enum


class Step(enum.StrEnum):
    """A step of provisioning a campaign; the members are in the order of execution."""

    CREATE = "create"
    SEQUENCES = "sequences"
    MAILBOXES = "mailboxes"
    LEADS = "leads"
    SCHEDULE = "schedule"
    SETTINGS = "settings"
    START = "start"
