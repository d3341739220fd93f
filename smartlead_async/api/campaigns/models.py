"""Models of campaigns, and the values that their settings take."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from ...fields import NOT_GIVEN, NotGiven, bounds, single_or_list, wire
from ...typed import Typed


@attrs.frozen
class OutOfOfficeSettings(Typed):
    """The treatment of automatic replies in a campaign. Fields that are left out keep their values.

    ``reactivate_ooo_with_delay`` is in days, and ``None`` clears it. Example::

        OutOfOfficeSettings(ignore_ooo_as_reply=True, auto_reactivate_ooo=True, reactivate_ooo_with_delay=7)
    """

    ignore_ooo_as_reply: bool | None = attrs.field(default=None, metadata=wire("ignoreOOOasReply"))
    auto_reactivate_ooo: bool | None = attrs.field(default=None, metadata=wire("autoReactivateOOO"))
    reactivate_ooo_with_delay: int | NotGiven | None = attrs.field(
        default=NOT_GIVEN, metadata=wire("reactivateOOOwithDelay") | bounds(0)
    )
    auto_categorize_ooo: bool | None = attrs.field(default=None, metadata=wire("autoCategorizeOOO"))


class CampaignAction(enum.StrEnum):
    """A change of a campaign's status. A started campaign reads ACTIVE; STOPPED is permanent."""

    START = "START"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"


class TrackSetting(enum.StrEnum):
    """A kind of tracking to turn off for a campaign."""

    DONT_TRACK_EMAIL_OPEN = "DONT_TRACK_EMAIL_OPEN"
    DONT_TRACK_LINK_CLICK = "DONT_TRACK_LINK_CLICK"
    DONT_TRACK_REPLY_TO_AN_EMAIL = "DONT_TRACK_REPLY_TO_AN_EMAIL"


class StopLeadSetting(enum.StrEnum):
    """The event after which a lead gets no more emails of the sequence."""

    REPLY_TO_AN_EMAIL = "REPLY_TO_AN_EMAIL"
    CLICK_ON_A_LINK = "CLICK_ON_A_LINK"
    OPEN_AN_EMAIL = "OPEN_AN_EMAIL"


class CampaignStatus(enum.StrEnum):
    """The status of a campaign."""

    DRAFTED = "DRAFTED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    COMPLETED = "COMPLETED"
    ARCHIVED = "ARCHIVED"


class StoredTrackSetting(enum.StrEnum):
    """:class:`TrackSetting` as SmartLead returns it, without ``TRACK``. It is refused in requests."""

    DONT_EMAIL_OPEN = "DONT_EMAIL_OPEN"
    DONT_LINK_CLICK = "DONT_LINK_CLICK"
    DONT_REPLY_TO_AN_EMAIL = "DONT_REPLY_TO_AN_EMAIL"


@attrs.frozen
class CampaignSchedule:
    """The times at which a campaign sends. Days are numbers; 0 and 7 both are Sunday, 1 is Monday.

    ``timezone`` is an IANA name, and the hours are ``"HH:MM"`` in that time zone.
    """

    timezone: str | None = attrs.field(default=None, metadata=wire("tz"))
    days: list[int] = attrs.field(factory=list)
    start_hour: str | None = attrs.field(default=None, metadata=wire("startHour"))
    end_hour: str | None = attrs.field(default=None, metadata=wire("endHour"))


@attrs.frozen
class CampaignTag:
    """A tag of campaigns."""

    tag_id: int
    tag_name: str | None = None
    tag_color: str | None = None


@attrs.frozen
class Campaign:
    """A campaign as SmartLead stores it.

    ``schedule`` is ``None`` until one is saved; ``min_time_between_emails`` is in minutes; ``track_settings``
    names what is *not* tracked; ``tags`` is filled only on request. A status or setting that this version
    does not know is kept as a string. Example::

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
