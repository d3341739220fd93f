"""Statistics of a campaign: by date, lead, mailbox, email and step."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

import attrs

from ..fields import Between, OneOf, wire
from ..limits import RateLimits
from ..paging import OffsetPaged
from ..request import Effect, Request
from ..resource import Resource, endpoint, pages
from .campaigns.models import CampaignStatus


@attrs.frozen
class CampaignPeriod:
    """The counters of a campaign in a range of dates. Rates are percentages, ``8.3`` for 8.3 %.

    Which counters there are differs between accounts; those that SmartLead did not return are ``None``.
    """

    id: int | None = attrs.field(default=None, metadata=wire("id", "campaign_id"))
    user_id: int | None = None
    name: str | None = None
    status: CampaignStatus | str | None = None
    created_at: dt.datetime | None = None
    start_date: dt.date | None = None
    end_date: dt.date | None = None
    sent_count: int | None = attrs.field(default=None, metadata=wire("sent_count", "total_sent"))
    unique_sent_count: int | None = None
    open_count: int | None = None
    unique_open_count: int | None = None
    click_count: int | None = None
    unique_click_count: int | None = None
    reply_count: int | None = None
    block_count: int | None = None
    total_count: int | None = None
    drafted_count: int | None = None
    bounce_count: int | None = None
    unsubscribed_count: int | None = None
    open_rate: float | None = None
    click_rate: float | None = None
    reply_rate: float | None = None


@attrs.frozen
class GetAnalyticsByDate(
    Request[CampaignPeriod],
    method="GET",
    path="/campaigns/{campaign_id}/analytics-by-date",
    effect=Effect.READ,
    repeatable=True,
    page="campaign-statistics/get-by-date-range",
):
    """Return the counters of a campaign in a range of dates, of which both ends are included.

    One request. Older versions of the API limited the range to 30 days. Example::

        march = await client.campaign_statistics.analytics_by_date(
            4101, dt.date(2027, 3, 1), dt.date(2027, 3, 30), time_zone="Europe/Berlin"
        )
        print(march.sent_count, march.reply_count)
    """

    campaign_id: int
    start_date: dt.date
    end_date: dt.date
    time_zone: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class LeadStatistics:
    """The counters of a lead in a campaign. ``history`` holds its messages as SmartLead returns them."""

    lead_id: int | None = None
    lead_email: str | None = None
    lead_name: str | None = None
    from_: str | None = attrs.field(default=None, metadata=wire("from"))
    to: str | None = None
    status: str | None = None
    sent_count: int | None = None
    open_count: int | None = None
    click_count: int | None = None
    reply_count: int | None = None
    history: list[dict[str, Any]] = attrs.field(factory=list)


@attrs.frozen
class ListLeadStatistics(
    OffsetPaged[LeadStatistics],
    method="GET",
    path="/campaigns/{campaign_id}/leads-statistics",
    effect=Effect.READ,
    repeatable=True,
    page="campaign-statistics/lead-statistics",
    limits=RateLimits.of((10, 60.0)),
):
    """List the counters of the leads of a campaign, up to 100 a page.

    ``leads`` returns one page for one request; ``iter_leads`` sends one request for each page. SmartLead
    allows 10 of these requests a minute. ``event_time_gt`` leaves out leads without an event since that day.
    Example::

        async for lead in client.campaign_statistics.iter_leads(4101):
            print(lead.lead_email, lead.reply_count)
    """

    campaign_id: int
    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 100))
    event_time_gt: dt.date | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class MailboxStatistics:
    """The counters of a mailbox in a campaign."""

    email_account_id: int | None = None
    from_email: str | None = None
    sent_count: int | None = None
    open_count: int | None = None
    click_count: int | None = None
    reply_count: int | None = None
    bounce_count: int | None = None
    unsubscribed_count: int | None = None


@attrs.frozen
class ListMailboxStatistics(
    OffsetPaged[MailboxStatistics],
    method="GET",
    path="/campaigns/{campaign_id}/mailbox-statistics",
    effect=Effect.READ,
    repeatable=True,
    page="campaign-statistics/mailbox-statistics",
):
    """List the counters of the mailboxes of a campaign, up to 20 a page.

    ``mailboxes`` returns one page for one request; ``iter_mailboxes`` sends one request for each page.
    Without dates, the whole time of the campaign is counted. Example::

        async for mailbox in client.campaign_statistics.iter_mailboxes(4101):
            print(mailbox.from_email, mailbox.sent_count, mailbox.bounce_count)
    """

    campaign_id: int
    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=20, kw_only=True, validator=Between(1, 20))
    client_id: int | None = attrs.field(default=None, kw_only=True)
    start_date: dt.date | None = attrs.field(default=None, kw_only=True)
    end_date: dt.date | None = attrs.field(default=None, kw_only=True)
    time_zone: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if (self.start_date is None) is not (self.end_date is None):
            # SmartLead would ignore the one date and count the whole campaign.
            raise ValueError("a range of dates has two ends: pass start_date and end_date, or neither")


class EmailStatisticsFilter(enum.StrEnum):
    """A state to filter the emails of a campaign by."""

    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"


@attrs.frozen
class EmailStatistics:
    """One sent email of a campaign.

    Only ``reply_time`` tells whether it was replied to, and one reply may show on several emails of a lead:
    count leads, not emails. ``lead_category`` is that of the lead. SmartLead's reference also shows sums of a
    step or of the campaign in the place of emails: those are in the last fields.
    """

    lead_email: str | None = None
    stats_id: str | None = None
    lead_name: str | None = None
    lead_category: str | None = None
    sequence_number: int | None = None
    email_campaign_seq_id: int | None = None
    seq_variant_id: int | None = None
    email_subject: str | None = None
    email_message: str | None = None
    sent_time: dt.datetime | None = None
    open_time: dt.datetime | None = None
    click_time: dt.datetime | None = None
    reply_time: dt.datetime | None = None
    open_count: int | None = None
    click_count: int | None = None
    is_unsubscribed: bool | None = None
    is_bounced: bool | None = None
    ignore_reply: bool | None = None
    campaign_id: int | None = None
    sent: int | None = None
    opened: int | None = None
    clicked: int | None = None
    replied: int | None = None
    unsubscribed: int | None = None
    bounced: int | None = None
    total_leads: int | None = None
    contacted: int | None = None


@attrs.frozen
class ListEmailStatistics(
    OffsetPaged[EmailStatistics],
    method="GET",
    path="/campaigns/{campaign_id}/statistics",
    effect=Effect.READ,
    repeatable=True,
    page="campaign-statistics/get-by-id",
    list_or_item=True,
):
    """List the emails that a campaign has sent, with the times at which they were opened and replied to.

    ``list`` returns one page of up to 1,000 for one request; ``iter_all`` sends one request for each page. An
    email comes with its whole body, so a large page is tens of megabytes. Example::

        replied = {
            email.lead_email
            async for email in client.campaign_statistics.iter_all(4101, email_status="replied")
        }
    """

    campaign_id: int
    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 1000))
    email_sequence_number: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 20))
    email_status: EmailStatisticsFilter | str | None = attrs.field(
        default=None, kw_only=True, validator=OneOf(EmailStatisticsFilter)
    )
    sent_time_start_date: dt.datetime | None = attrs.field(default=None, kw_only=True)
    sent_time_end_date: dt.datetime | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class TopLevelCounts:
    """The counters of a campaign in a range of dates, with the replies that were positive.

    Rates are percentages. Counters that SmartLead did not return are ``None``.
    """

    id: int | None = None
    name: str | None = None
    status: CampaignStatus | str | None = None
    start_date: dt.date | None = None
    end_date: dt.date | None = None
    total_count: int | None = None
    sent_count: int | None = attrs.field(default=None, metadata=wire("sent_count", "total_sent"))
    delivered_count: int | None = attrs.field(default=None, metadata=wire("total_delivered"))
    skipped_count: int | None = None
    open_count: int | None = None
    click_count: int | None = None
    reply_count: int | None = None
    positive_reply_count: int | None = None
    bounce_count: int | None = None
    failed_count: int | None = None
    stopped_count: int | None = None
    unsubscribed_count: int | None = None
    open_rate: float | None = None
    reply_rate: float | None = None


@attrs.frozen
class GetTopLevelByDate(
    Request[TopLevelCounts],
    method="GET",
    path="/campaigns/{campaign_id}/top-level-analytics-by-date",
    effect=Effect.READ,
    repeatable=True,
    page="campaign-statistics/top-level-by-date",
):
    """Return the counters of a campaign in a range of dates, with the replies that were positive.

    One request. Example::

        week = await client.campaign_statistics.top_level_by_date(
            4101, dt.date(2027, 3, 1), dt.date(2027, 3, 7)
        )
        print(week.positive_reply_count)
    """

    campaign_id: int
    start_date: dt.date
    end_date: dt.date


@attrs.frozen
class StepStatistics:
    """The counters of a step of a sequence. Those with ``linkedin`` in their names are of LinkedIn steps."""

    email_campaign_seq_id: int | None = None
    sent_count: int | None = None
    skipped_count: int | None = None
    open_count: int | None = None
    click_count: int | None = None
    reply_count: int | None = None
    bounce_count: int | None = None
    unsubscribed_count: int | None = None
    failed_count: int | None = None
    stopped_count: int | None = None
    positive_reply_count: int | None = None
    linkedin_pending_count: int | None = attrs.field(
        default=None, metadata=wire("ln_connection_req_pending_count")
    )
    linkedin_accepted_count: int | None = attrs.field(
        default=None, metadata=wire("ln_connection_req_accepted_count")
    )
    linkedin_skipped_count: int | None = attrs.field(
        default=None, metadata=wire("ln_connection_req_skipped_sent_msg_count")
    )


@attrs.frozen
class GetSequenceAnalytics(
    Request[list[StepStatistics]],
    method="GET",
    path="/campaigns/{campaign_id}/sequence-analytics",
    effect=Effect.READ,
    repeatable=True,
    unwrap=("data", "sequence_analytics", "data.sequence_analytics"),
):
    """Return the counters of each step of a campaign's sequence, in a range of dates.

    One request. Example::

        for step in await client.campaign_statistics.sequence_analytics(
            4101, dt.date(2027, 3, 1), dt.date(2027, 3, 31)
        ):
            print(step.email_campaign_seq_id, step.sent_count, step.reply_count)
    """

    campaign_id: int
    start_date: dt.date
    end_date: dt.date
    time_zone: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class GetVariantStatistics(
    Request[Any],
    method="GET",
    path="/campaigns/{campaign_id}/variant-statistics",
    effect=Effect.READ,
    repeatable=True,
    verified=False,
):
    """Return the statistics of the variants of a campaign's emails.

    One request. Not verified: one third-party client has it, and no response is known, so it is returned
    unchanged. Example::

        print(await client.campaign_statistics.variant_statistics(4101))
    """

    campaign_id: int


class CampaignStatistics(Resource):
    """``client.campaign_statistics``: statistics of a campaign by date, lead, mailbox, email and step."""

    analytics_by_date = endpoint(GetAnalyticsByDate)
    leads = endpoint(ListLeadStatistics)
    iter_leads = pages(ListLeadStatistics)
    mailboxes = endpoint(ListMailboxStatistics)
    iter_mailboxes = pages(ListMailboxStatistics)
    list = endpoint(ListEmailStatistics)
    iter_all = pages(ListEmailStatistics)
    top_level_by_date = endpoint(GetTopLevelByDate)
    sequence_analytics = endpoint(GetSequenceAnalytics)
    variant_statistics = endpoint(GetVariantStatistics)
