"""The steps in which a campaign is provisioned."""

from __future__ import annotations

import enum


class Step(enum.StrEnum):
    """A step of provisioning a campaign; the members are in the order of execution.

    PAUSE and DELETE are taken only to change or remove a campaign that exists.
    """

    CREATE = "create"
    PAUSE = "pause"
    SEQUENCES = "sequences"
    MAILBOXES = "mailboxes"
    LEADS = "leads"
    SCHEDULE = "schedule"
    SETTINGS = "settings"
    START = "start"
    DELETE = "delete"
