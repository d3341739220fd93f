"""What a campaign gets between create and start: how it treats absences, and the mailboxes it sends from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from ._fields import NOT_GIVEN, NotGiven, wire


@attrs.frozen
class OutOfOfficeSettings:
    """How a campaign treats automatic replies. What is left out stays as it is.

    ``reactivate_ooo_with_delay`` is in days, and ``None`` clears it. Example::

        OutOfOfficeSettings(ignore_ooo_as_reply=True, auto_reactivate_ooo=True, reactivate_ooo_with_delay=7)
    """

    ignore_ooo_as_reply: bool | None = attrs.field(default=None, metadata=wire("ignoreOOOasReply"))
    auto_reactivate_ooo: bool | None = attrs.field(default=None, metadata=wire("autoReactivateOOO"))
    reactivate_ooo_with_delay: int | NotGiven | None = attrs.field(
        default=NOT_GIVEN, metadata=wire("reactivateOOOwithDelay")
    )
    auto_categorize_ooo: bool | None = attrs.field(default=None, metadata=wire("autoCategorizeOOO"))


@attrs.frozen
class CampaignEmailAccountLink:
    """One mailbox tied to one campaign."""

    id: int
    email_account_id: int | None = None
    email_campaign_id: int | None = None
    updated_at: dt.datetime | None = None


@attrs.frozen
class EmailAccountsAdded:
    """The mailboxes are tied to the campaign. ``result`` lists the links, where SmartLead lists them."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    result: list[CampaignEmailAccountLink] = attrs.field(factory=list)


@attrs.frozen
class EmailAccountsRemoved:
    """The mailboxes are no longer tied to the campaign. ``result`` is a count, or whatever was answered."""

    ok: bool = True
    result: Any = None
