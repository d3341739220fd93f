"""Models of leads: the input of requests, and the leads of responses."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import attrs

from ...fields import Length, wire
from ...typed import Typed


@attrs.frozen
class LeadInput(Typed):
    """A lead to add to a campaign. Only ``email`` is required; fields that are not set are not sent.

    ``custom_fields`` holds up to 200 further values, which SmartLead stores as strings; merge tags such as
    ``{{role}}`` insert them. Example::

        LeadInput("lin@prospect.example", first_name="Lin", custom_fields={"role": "CTO"})
    """

    email: str
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    phone_number: str | int | None = None
    website: str | None = None
    location: str | None = None
    linkedin_profile: str | None = None
    company_url: str | None = None
    custom_fields: Mapping[str, Any] | None = attrs.field(default=None, validator=Length(maximum=200))


@attrs.frozen
class ImportSettings(Typed):
    """The options of a lead import, all off by default.

    Each ``ignore_*`` option imports leads even if they are on the list that it names, or in another campaign.
    ``return_lead_ids`` fills ``LeadsAdded.lead_ids``; accounts have been seen that refuse it with a
    :class:`BadRequest`. Example::

        ImportSettings(ignore_duplicate_leads_in_other_campaign=True)
    """

    ignore_global_block_list: bool | None = None
    ignore_unsubscribe_list: bool | None = None
    ignore_duplicate_leads_in_other_campaign: bool | None = None
    ignore_community_bounce_list: bool | None = None
    return_lead_ids: bool | None = None


class LeadStatusFilter(enum.StrEnum):
    """A lead status to filter the leads of a campaign by."""

    STARTED = "STARTED"
    INPROGRESS = "INPROGRESS"
    COMPLETED = "COMPLETED"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"


class EmailStatusFilter(enum.StrEnum):
    """An email status to filter the leads of a campaign by."""

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
    """The use of a lead in the account."""

    ACTIVE = "active"
    YET_TO_USE = "yet_to_use"
    PREVIOUSLY_ACTIVE = "previously_active"
    ARCHIVED = "archived"


class LeadStatus(enum.StrEnum):
    """The status of a lead in a campaign."""

    STARTED = "STARTED"
    INPROGRESS = "INPROGRESS"
    COMPLETED = "COMPLETED"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    BLOCKED = "BLOCKED"


@attrs.frozen
class Lead:
    """A person: one record, shared by every campaign that contains the address.

    ``id`` identifies the lead; a lead *in a campaign* also has a ``campaign_lead_map_id``, which is a
    different number.
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
