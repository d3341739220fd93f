"""The reports on mailboxes, their domains and providers."""

from __future__ import annotations

import attrs

from ...fields import Between, wire
from ...limits import RateLimits
from ...paging import OffsetPaged
from ...request import Effect, Request
from ...resource import Resource, endpoint, pages
from .models import CampaignFilter, ClientFilter, Engagement


@attrs.frozen(kw_only=True)
class MailboxHealth:
    """The number of mailboxes by state."""

    total_connected: int | None = None
    in_use: int | None = None
    disconnected: int | None = None
    enabled_without_warmup: int | None = None


@attrs.frozen
class GetMailboxHealth(
    ClientFilter,
    Request[MailboxHealth],
    method="GET",
    path="/analytics/mailbox/overall-stats",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/mailbox-health",
    unwrap=("data.overall_mailbox_stats", "overall_mailbox_stats", "data"),
):
    """Return how many mailboxes are connected, in use, disconnected, and enabled without warmup.

    One request. Example::

        health = await client.analytics.mailbox_health()
        print(health.total_connected, health.disconnected)
    """


@attrs.frozen(kw_only=True)
class DomainHealth(Engagement):
    """The figures of the mailboxes of a domain in a period."""

    domain: str | None = None


@attrs.frozen
class ListDomainWiseHealth(
    CampaignFilter,
    OffsetPaged[DomainHealth],
    method="GET",
    path="/analytics/mailbox/domain-wise-health-metrics",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/domain-wise-health",
    limits=RateLimits.of((10, 60.0)),
    items=("data.domain_health_metrics", "domain_health_metrics", "data"),
):
    """List the figures of each sending domain in a period.

    ``domain_wise_health`` returns one page for one request; ``iter_domain_wise_health`` sends one request for
    each page. SmartLead allows 10 of these requests a minute. ``full_data`` is passed on; SmartLead does not
    document its meaning. Example::

        week = dt.date(2027, 1, 4), dt.date(2027, 1, 10)
        async for each in client.analytics.iter_domain_wise_health(*week):
            print(each.domain, each.sent, each.bounce_rate)
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(minimum=1))
    full_data: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen(kw_only=True)
class EmailHealth(Engagement):
    """The figures of a mailbox in a period."""

    from_email: str | None = attrs.field(default=None, metadata=wire("from_email", "email_account"))


@attrs.frozen
class ListEmailWiseHealth(
    CampaignFilter,
    OffsetPaged[EmailHealth],
    method="GET",
    path="/analytics/mailbox/name-wise-health-metrics",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/email-wise-health",
    items=("data.email_health_metrics", "email_health_metrics", "data"),
):
    """List the figures of each mailbox in a period.

    ``email_wise_health`` returns one page for one request; ``iter_email_wise_health`` sends one request for
    each page. ``is_bounced`` and ``full_data`` are passed on; SmartLead does not document their meaning.
    Example::

        week = dt.date(2027, 1, 4), dt.date(2027, 1, 10)
        async for each in client.analytics.iter_email_wise_health(*week):
            print(each.from_email, each.sent, each.bounce_rate)
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(minimum=1))
    full_data: bool | None = attrs.field(default=None, kw_only=True)
    is_bounced: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen(kw_only=True)
class ProviderStats(Engagement):
    """The figures of the mailboxes at an email provider. It is named ``"GMAIL"`` or ``"Gmail"``."""

    email_provider: str | None = attrs.field(default=None, metadata=wire("email_provider", "provider"))


@attrs.frozen(kw_only=True)
class TaggedProviderStats(ProviderStats):
    """The figures of the mailboxes with a tag at an email provider."""

    tag_id: int | None = None
    tag_name: str | None = attrs.field(default=None, metadata=wire("tag_name", "tag"))
    tag_color: str | None = None


@attrs.frozen(kw_only=True)
class ProviderPerformance:
    """The figures by email provider: of all mailboxes, and by tag of the mailboxes."""

    overall: list[ProviderStats] = attrs.field(factory=list)
    tag_wise: list[TaggedProviderStats] = attrs.field(factory=list)


@attrs.frozen
class GetProviderPerformance(
    CampaignFilter,
    Request[ProviderPerformance],
    method="GET",
    path="/analytics/mailbox/provider-wise-overall-performance",
    effect=Effect.READ,
    repeatable=True,
    page="analytics/provider-performance",
    unwrap=("data.email_providers_performance_overview", "email_providers_performance_overview", "data"),
):
    """Return the figures of a period by email provider, and by provider and tag.

    One request. ``full_data`` is passed on; SmartLead does not document its meaning. Example::

        found = await client.analytics.provider_performance(dt.date(2027, 1, 4), dt.date(2027, 1, 10))
        for each in found.overall:
            print(each.email_provider, each.sent, each.reply_rate)
    """

    full_data: bool | None = attrs.field(default=None, kw_only=True)


class MailboxesMethods(Resource):
    """The methods of ``client.analytics`` for mailboxes."""

    mailbox_health = endpoint(GetMailboxHealth)
    domain_wise_health = endpoint(ListDomainWiseHealth)
    iter_domain_wise_health = pages(ListDomainWiseHealth)
    email_wise_health = endpoint(ListEmailWiseHealth)
    iter_email_wise_health = pages(ListEmailWiseHealth)
    provider_performance = endpoint(GetProviderPerformance)
