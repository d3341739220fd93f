"""Leads: as they are sent to SmartLead, and as they come back."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ._fields import Length, wire

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


class ListAction(enum.StrEnum):
    """Whether a lead that goes to a list stays where it was."""

    COPY = "copy"
    MOVE = "move"


@attrs.frozen
class LeadListFilters:
    """Which leads go to a list, when they are not named one by one."""

    campaign_id: int | None = attrs.field(default=None, metadata=wire("campaignId"))
    status: str | None = None
    lead_category_ids: Sequence[int] | None = attrs.field(default=None, metadata=wire("leadCategoryIds"))
    email_status: str | None = attrs.field(default=None, metadata=wire("emailStatus"))


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


@attrs.frozen
class LeadMembership:
    """A lead's place in one campaign."""

    campaign_lead_map_id: int
    campaign_id: int
    campaign_name: str | None = None
    client_id: int | None = None
    client_email: str | None = None
    lead_category_id: int | None = None
    last_sent_at: dt.datetime | None = None
    last_reply_at: dt.datetime | None = None
    last_activity_at: dt.datetime | None = None


@attrs.frozen
class LeadRecord(Lead):
    """A lead found by its address, with the campaigns it is in."""

    created_at: dt.datetime | None = None
    lead_campaign_data: list[LeadMembership] = attrs.field(factory=list)


@attrs.frozen
class LeadDetails(Lead):
    """A lead found by its id.

    ``esp_domain_type`` tells who hosts the mailbox: 0 somebody else, 1 Google, 2 Microsoft.
    """

    linkedin_profile_data: dict[str, Any] | None = None
    timezone: str | None = None
    source: str | None = None
    seg_type: str | None = None
    year: str | None = None
    email_domain: str | None = None
    esp_domain_type: int | None = None
    created_at: dt.datetime | None = None
    message_id: str | None = None
    user_id: int | None = None
    unsubscribed_from_campaign_id: int | None = None
    webhook_logs: Any = None


@attrs.frozen
class CampaignLead:
    """A lead in a campaign: the person is ``lead``.

    ``campaign_lead_map_id`` is what Mark Lead Complete and the inbox want; the other operations of a
    campaign want ``lead.id``.
    """

    campaign_lead_map_id: int
    lead: Lead
    status: LeadStatus | str
    lead_category_id: int | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class CampaignLeads:
    """One page of a campaign's leads; ``total`` counts all of them."""

    data: list[CampaignLead] = attrs.field(metadata=wire("data", "leads"))
    total: int | None = attrs.field(default=None, metadata=wire("total_leads", "total", "total_count"))
    offset: int | None = None
    limit: int | None = None


@attrs.frozen
class AllLeads:
    """One page of the account's leads."""

    data: list[Lead] = attrs.field(metadata=wire("data.leads", "leads"))
    ok: bool = True


@attrs.frozen
class GlobalLeadCampaign:
    """A lead's place in one campaign, as the list over all campaigns tells it."""

    campaign_id: int
    campaign_name: str | None = None
    campaign_status: str | None = None
    lead_status: LeadStatus | str | None = None
    lead_added_at: dt.datetime | None = None
    email_lead_map_id: int | None = None
    lead_last_seq_number: int | None = None


@attrs.frozen
class GlobalLead:
    """A lead with all its campaigns."""

    id: int
    email: str | None = None
    user_id: int | None = None
    campaigns: list[GlobalLeadCampaign] = attrs.field(factory=list)


@attrs.frozen
class GlobalLeads:
    """One page of the leads of all campaigns."""

    data: list[GlobalLead]
    skip: int | None = None
    limit: int | None = None
    has_more: bool | None = attrs.field(default=None, metadata=wire("hasMore"))


@attrs.frozen
class LeadCategory:
    """A category that leads are filed under. Look it up by name: the ids differ between accounts."""

    id: int
    name: str
    sentiment_type: str | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class LeadIds:
    """Addresses and the ids of their leads, after an import with ``return_lead_ids``."""

    newly_added: dict[str, int] = attrs.field(factory=dict, metadata=wire("newlyAddedLeads"))
    existing: dict[str, int] = attrs.field(factory=dict, metadata=wire("existingLeads"))
    in_other_campaigns: dict[str, int] = attrs.field(
        factory=dict, metadata=wire("existingLeadsInOtherCampaigns")
    )


@attrs.frozen
class LeadsAdded:
    """What became of a batch of leads. A counter that SmartLead did not send is ``None``.

    ``total_leads`` has been seen to mean the leads that are new as well as those that were sent: set
    ``return_lead_ids`` and count ``lead_ids.newly_added`` to be sure. ``unsubscribed_leads`` is a list or a
    count. ``is_lead_limit_exhausted`` with ``lead_import_stopped_count`` tells that the quota ran out on the
    way. Example::

        added = await client.campaigns.add_leads(4101, leads)
        print(added.upload_count, added.duplicate_count, added.invalid_emails)
    """

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    upload_count: int | None = attrs.field(
        default=None, metadata=wire("upload_count", "added_count", "inserted_count")
    )
    total_leads: int | None = None
    already_added_to_campaign: int | None = None
    duplicate_count: int | None = None
    skipped_count: int | None = None
    invalid_email_count: int | None = None
    invalid_emails: list[str] = attrs.field(factory=list)
    unsubscribed_leads: list[Any] | int | None = None
    block_count: int | None = attrs.field(default=None, metadata=wire("block_count", "blocked_count"))
    bounce_count: int | None = None
    is_lead_limit_exhausted: bool | None = None
    lead_import_stopped_count: int | None = None
    error: str | None = None
    message: str | None = None
    lead_ids: LeadIds | None = attrs.field(default=None, metadata=wire("emailToLeadIdMap"))
    added_lead_ids: list[int] = attrs.field(factory=list, metadata=wire("lead_ids"))
    skipped_leads: list[dict[str, Any]] = attrs.field(factory=list)


@attrs.frozen
class LeadResumed:
    """The lead's mails go on. ``will_resume_at`` says when, where SmartLead says so."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    message: str | None = None
    will_resume_at: dt.datetime | None = None


@attrs.frozen
class NextSequence:
    """The step that comes next."""

    id: int | None = None
    delay_in_days: int | None = attrs.field(default=None, metadata=wire("delayInDays"))


@attrs.frozen
class StepCompletion:
    """What is left for a lead once a step has been marked as done."""

    is_last_sequence: bool | None = attrs.field(default=None, metadata=wire("isLastSequence"))
    next_sequence: NextSequence | None = attrs.field(default=None, metadata=wire("nextSequence"))


@attrs.frozen
class LeadMarkedComplete:
    """A manual step is done."""

    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))
    status: StepCompletion | None = None
    message: str | None = None
