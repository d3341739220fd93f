"""Leads: as they are sent to SmartLead, and as they come back."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import attrs

from ...fields import Length, wire


# --- what is sent ------------------------------------------------------------------------------------
@attrs.frozen
class LeadInput:
    """A lead to add to a campaign. Only ``email`` is needed; what is left out is not sent.

    ``custom_fields`` holds up to 200 further values, which SmartLead stores as text; merge tags such as
    ``{{role}}`` read them. Example::

        LeadInput("lin@prospect.example", first_name="Lin", custom_fields={"role": "CTO"})
    """

    email: str
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    phone_number: str | None = None
    website: str | None = None
    location: str | None = None
    linkedin_profile: str | None = None
    company_url: str | None = None
    custom_fields: Mapping[str, Any] | None = attrs.field(default=None, validator=Length(maximum=200))


@attrs.frozen
class ImportSettings:
    """What an import lets through; everything is off unless set.

    ``ignore_*`` imports leads in spite of that list; ``ignore_duplicate_leads_in_other_campaign`` refers to
    addresses that another campaign has. ``return_lead_ids`` fills ``LeadsAdded.lead_ids``. Example::

        ImportSettings(ignore_duplicate_leads_in_other_campaign=True, return_lead_ids=True)
    """

    ignore_global_block_list: bool | None = None
    ignore_unsubscribe_list: bool | None = None
    ignore_duplicate_leads_in_other_campaign: bool | None = None
    ignore_community_bounce_list: bool | None = None
    return_lead_ids: bool | None = None


class LeadStatusFilter(enum.StrEnum):
    """By which status the leads of a campaign can be listed."""

    STARTED = "STARTED"
    INPROGRESS = "INPROGRESS"
    COMPLETED = "COMPLETED"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"


class EmailStatusFilter(enum.StrEnum):
    """By what happened to their mails the leads of a campaign can be listed."""

    IS_OPENED = "is_opened"
    IS_CLICKED = "is_clicked"
    IS_REPLIED = "is_replied"
    IS_BOUNCED = "is_bounced"
    IS_UNSUBSCRIBED = "is_unsubscribed"
    IS_SPAM = "is_spam"
    IS_ACCEPTED = "is_accepted"
    NOT_REPLIED = "not_replied"
    IS_SENDER_BOUNCED = "is_sender_bounced"


class LeadType(enum.StrEnum):
    """How a lead is used in the account."""

    ACTIVE = "active"
    YET_TO_USE = "yet_to_use"
    PREVIOUSLY_ACTIVE = "previously_active"
    ARCHIVED = "archived"


# --- what comes back ---------------------------------------------------------------------------------
class LeadStatus(enum.StrEnum):
    """Where a lead is in a campaign."""

    STARTED = "STARTED"
    INPROGRESS = "INPROGRESS"
    COMPLETED = "COMPLETED"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    BLOCKED = "BLOCKED"


@attrs.frozen
class Lead:
    """A person, the same record in every campaign that has the address.

    ``id`` is the lead's; a lead *in a campaign* has a ``campaign_lead_map_id`` besides, which is another
    number.
    """

    id: int
    email: str
    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None
    company_name: str | None = None
    website: str | None = None
    location: str | None = None
    custom_fields: dict[str, Any] | None = None
    linkedin_profile: str | None = None
    company_url: str | None = None
    is_unsubscribed: bool | None = None
    unsubscribed_client_id_map: dict[str, Any] | None = None


@attrs.frozen
class LeadCampaign:
    """A campaign that a lead is in."""

    id: int = attrs.field(metadata=wire("id", "campaign_id"))
    name: str | None = attrs.field(default=None, metadata=wire("name", "campaign_name"))
    status: str | None = None
