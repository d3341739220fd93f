"""Campaigns: what SmartLead answers about them, and the values their settings take."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

import attrs

from ._fields import NOT_GIVEN, NotGiven, single_or_list, wire

# --- what is sent ------------------------------------------------------------------------------------


class CampaignAction(enum.StrEnum):
    """What can be done to a campaign's status. A started campaign reads ACTIVE; STOPPED is for good."""

    START = "START"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"


class TrackSetting(enum.StrEnum):
    """What a campaign does without: each of these turns one kind of tracking off."""

    DONT_TRACK_EMAIL_OPEN = "DONT_TRACK_EMAIL_OPEN"
    DONT_TRACK_LINK_CLICK = "DONT_TRACK_LINK_CLICK"
    DONT_TRACK_REPLY_TO_AN_EMAIL = "DONT_TRACK_REPLY_TO_AN_EMAIL"


class StopLeadSetting(enum.StrEnum):
    """After what a lead gets no further mails of the sequence."""

    REPLY_TO_AN_EMAIL = "REPLY_TO_AN_EMAIL"
    CLICK_ON_A_LINK = "CLICK_ON_A_LINK"
    OPEN_AN_EMAIL = "OPEN_AN_EMAIL"


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


# --- what comes back ---------------------------------------------------------------------------------


class CampaignStatus(enum.StrEnum):
    """Where a campaign is in its life."""

    DRAFTED = "DRAFTED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    COMPLETED = "COMPLETED"
    ARCHIVED = "ARCHIVED"


class StoredTrackSetting(enum.StrEnum):
    """:class:`TrackSetting` as it is read: without ``TRACK``, and refused when it is sent like that."""

    DONT_EMAIL_OPEN = "DONT_EMAIL_OPEN"
    DONT_LINK_CLICK = "DONT_LINK_CLICK"
    DONT_REPLY_TO_AN_EMAIL = "DONT_REPLY_TO_AN_EMAIL"


@attrs.frozen
class CampaignSchedule:
    """When a campaign sends. Days are numbers; 0 and 7 both are Sunday, 1 is Monday.

    ``timezone`` is an IANA name and the hours are ``"HH:MM"`` there.
    """

    timezone: str | None = attrs.field(default=None, metadata=wire("tz"))
    days: list[int] = attrs.field(factory=list)
    start_hour: str | None = attrs.field(default=None, metadata=wire("startHour"))
    end_hour: str | None = attrs.field(default=None, metadata=wire("endHour"))


@attrs.frozen
class CampaignTag:
    """A tag on a campaign."""

    tag_id: int
    tag_name: str | None = None
    tag_color: str | None = None


@attrs.frozen
class Campaign:
    """A campaign as SmartLead keeps it.

    ``schedule`` is ``None`` until one was saved; ``min_time_between_emails`` is in minutes;
    ``track_settings`` names what is *not* tracked; ``tags`` is filled only when asked for. A status or
    setting that this version does not know is kept as its text. Example::

        campaign = await client.campaigns.get(4101)
        if campaign.status == CampaignStatus.DRAFTED:
            print(campaign.name, campaign.schedule)
    """

    id: int
    name: str
    status: CampaignStatus | str
    user_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    track_settings: list[StoredTrackSetting | str] = attrs.field(factory=list, metadata=single_or_list())
    schedule: CampaignSchedule | None = attrs.field(default=None, metadata=wire("scheduler_cron_value"))
    min_time_between_emails: int | None = attrs.field(default=None, metadata=wire("min_time_btwn_emails"))
    max_leads_per_day: int | None = None
    stop_lead_settings: StopLeadSetting | str | None = None
    schedule_start_time: dt.datetime | None = None
    enable_ai_esp_matching: bool | None = None
    send_as_plain_text: bool | None = None
    follow_up_percentage: int | None = None
    unsubscribe_text: str | None = None
    parent_campaign_id: int | None = None
    client_id: int | None = None
    tags: list[CampaignTag] = attrs.field(factory=list)


@attrs.frozen
class CampaignCreated:
    """What Create Campaign answers: the new campaign is DRAFTED and has this ``id``.

    ``created_at`` is an aware datetime; ``name`` is the name as stored. Example::

        created = await client.campaigns.create("SaaS founders Q1 2027")
        print(created.id, created.created_at)
    """

    id: int
    name: str | None = None
    created_at: dt.datetime | None = None
    ok: bool = True


@attrs.frozen
class SubsequenceCreated:
    """A new subsequence: a campaign of its own (``id``) below ``parent_campaign_id``."""

    id: int = attrs.field(metadata=wire("id", "subsequence_id"))
    name: str | None = None
    parent_campaign_id: int | None = None
    created_at: dt.datetime | None = None
    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))


@attrs.frozen
class CampaignDuplicated:
    """A copy was made: ``campaign_id`` is the new campaign's, which is DRAFTED and has no leads."""

    campaign_id: int = attrs.field(metadata=wire("newCampaignId"))
    ok: bool = True


@attrs.frozen
class LeadCounts:
    """How many leads of a campaign are in which state. ``revenue`` is in the account's currency."""

    total: int | None = None
    not_started: int | None = attrs.field(default=None, metadata=wire("notStarted"))
    in_progress: int | None = attrs.field(default=None, metadata=wire("inprogress"))
    completed: int | None = None
    paused: int | None = None
    stopped: int | None = None
    blocked: int | None = None
    interested: int | None = None
    revenue: float | None = None


@attrs.frozen
class CampaignAnalytics:
    """The counters of a campaign since its start.

    ``reply_count`` counts leads that replied; the statistics of single mails count replies, so the two
    differ. Example::

        analytics = await client.campaigns.analytics(4101)
        print(analytics.sent_count, analytics.reply_count)
    """

    id: int = attrs.field(metadata=wire("id", "campaign_id"))
    name: str | None = attrs.field(default=None, metadata=wire("name", "campaign_name"))
    status: CampaignStatus | str | None = None
    user_id: int | None = None
    created_at: dt.datetime | None = None
    sent_count: int | None = attrs.field(default=None, metadata=wire("sent_count", "total_sent"))
    unique_sent_count: int | None = None
    open_count: int | None = attrs.field(default=None, metadata=wire("open_count", "total_opened"))
    unique_open_count: int | None = None
    click_count: int | None = attrs.field(default=None, metadata=wire("click_count", "total_clicked"))
    unique_click_count: int | None = None
    reply_count: int | None = attrs.field(default=None, metadata=wire("reply_count", "total_replied"))
    bounce_count: int | None = None
    block_count: int | None = None
    unsubscribed_count: int | None = None
    total_count: int | None = None
    drafted_count: int | None = None
    sequence_count: int | None = None
    campaign_lead_stats: LeadCounts | None = None
    client_id: int | None = None
    client_name: str | None = None
    client_email: str | None = None
    client_company_name: str | None = None
    parent_campaign_id: int | None = None
    send_as_plain_text: bool | None = None
    tags: list[dict[str, Any]] = attrs.field(factory=list)


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
