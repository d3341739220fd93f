"""Placement of the mails of tests: by provider, by group, and by mailbox."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ...fields import wire
from ...paging import OffsetPaged
from ...request import Effect, Host, Request
from ...resource import Resource, endpoint, pages
from .models import PlacementCounts, SpamTestReport


@attrs.frozen(kw_only=True)
class Placement(PlacementCounts):
    """The placement of mails, as counts or as rates in percent (90.5 for 90.5 %)."""

    inbox_rate: float | None = None
    spam_rate: float | None = None
    bounce_rate: float | None = None
    mailbox_count: int | None = None


@attrs.frozen(kw_only=True)
class ProviderPlacement(Placement):
    """The placement of the mails to one provider."""

    provider_id: int | str | None = None
    provider_name: str | None = attrs.field(default=None, metadata=wire("provider_name", "provider"))
    group_id: int | str | None = None
    region_id: int | str | None = None
    avg_delivery_time_seconds: float | None = None


@attrs.frozen(kw_only=True)
class GroupPlacement(Placement):
    """The placement of the mails to one group of providers, or to one region."""

    group_id: int | str | None = None
    group_name: str | None = None
    region_id: int | str | None = None
    region: str | None = None


def _coverage(overall: int | None, rows: Sequence[PlacementCounts]) -> float | None:
    if not overall:
        return None
    return sum(row.adjusted_total_email_count or 0 for row in rows) / overall


@attrs.frozen
class ProviderReport:
    """The placement of the mails of a test by provider, of ``overall_total_count`` mails."""

    overall_total_count: int | None = attrs.field(default=None, metadata=wire("overallTotalCount"))
    status: str | None = None
    result: list[ProviderPlacement] = attrs.field(factory=list)

    @property
    def coverage(self) -> float | None:
        """The part of the mails whose placement is known, from 0 to 1. The rest need not be spam."""
        return _coverage(self.overall_total_count, self.result)


@attrs.frozen
class GroupReport:
    """The placement of the mails of a test by group, of ``overall_total_count`` mails."""

    overall_total_count: int | None = attrs.field(default=None, metadata=wire("overallTotalCount"))
    status: str | None = None
    result: list[GroupPlacement] = attrs.field(factory=list)

    @property
    def coverage(self) -> float | None:
        """The part of the mails whose placement is known, from 0 to 1. The rest need not be spam."""
        return _coverage(self.overall_total_count, self.result)


@attrs.frozen
class GetProviderReport(
    SpamTestReport[ProviderReport],
    method="POST",
    path="/spam-test/report/{spamTestId}/providerwise",
    page="smart-delivery/provider-report",
):
    """Return where the mails of a test arrived, by provider.

    One request. An empty or partial report of a completed test is not known yet: ask again later. Example::

        report = await client.smart_delivery.providerwise_report(9101)
        print(report.coverage, [(row.provider_name, row.inbox_count) for row in report.result])
    """


@attrs.frozen
class GetGroupReport(
    SpamTestReport[GroupReport],
    method="POST",
    path="/spam-test/report/{spamTestId}/groupwise",
    page="smart-delivery/geo-report",
):
    """Return where the mails of a test arrived, by group of providers and region.

    One request. An empty or partial report of a completed test is not known yet: ask again later. Example::

        report = await client.smart_delivery.groupwise_report(9101)
        print(report.coverage, [(row.group_name, row.inbox_count) for row in report.result])
    """


@attrs.frozen
class MailboxesCount:
    """The number of mails of all tests by placement. ``mailbox_count`` is the number of mailboxes."""

    inbox_count: int | None = None
    spam_count: int | None = None
    tab_count: int | None = None
    failed_count: int | None = None
    total_email_count: int | None = None
    mailbox_count: int | None = attrs.field(default=None, metadata=wire("mailboxCount"))


@attrs.frozen
class GetMailboxesCount(
    Request[MailboxesCount],
    method="GET",
    path="/spam-test/report/mailboxes-count",
    effect=Effect.READ,
    repeatable=True,
    host=Host.DELIVERY,
    page="smart-delivery/mailbox-count",
):
    """Return how many mails of all tests arrived where.

    One request. Example::

        counts = await client.smart_delivery.mailboxes_count()
        print(counts.inbox_count, counts.spam_count)
    """


@attrs.frozen
class MailboxPercentages:
    """The placement of the mails of a mailbox, and how many passed DKIM and SPF, in percent."""

    inbox: float | None = None
    spam: float | None = None
    tab: float | None = None
    dkim_pass: float | None = None
    spf_pass: float | None = None


@attrs.frozen
class MailboxSummary:
    """The placement of the mails of one mailbox over all tests. ``placement_score`` is in percent."""

    id: int | str | None = None
    from_email: str | None = None
    esp: str | None = None
    percentages: MailboxPercentages | None = None
    placement_count: int | None = None
    placement_score: float | None = None
    adjusted_total_count: int | None = None
    total_email_count: int | None = None
    inbox_count: int | None = None
    spam_count: int | None = None
    tab_count: int | None = None
    failed_count: int | None = None


@attrs.frozen
class GetMailboxesSummary(
    OffsetPaged[MailboxSummary],
    method="GET",
    path="/spam-test/report/mailboxes-summary",
    effect=Effect.READ,
    repeatable=True,
    host=Host.DELIVERY,
    page="smart-delivery/mailbox-summary",
):
    """Return the placement of the mails of each mailbox over all tests.

    ``mailboxes_summary`` returns one page for one request; ``iter_mailboxes_summary`` sends one request for
    each page. Example::

        async for mailbox in client.smart_delivery.iter_mailboxes_summary():
            print(mailbox.from_email, mailbox.inbox_count, mailbox.spam_count)
    """

    limit: int = attrs.field(default=100, kw_only=True)
    offset: int | None = attrs.field(default=None, kw_only=True)


class PlacementMethods(Resource):
    """Placement of the mails of tests."""

    providerwise_report = endpoint(GetProviderReport)
    groupwise_report = endpoint(GetGroupReport)
    mailboxes_count = endpoint(GetMailboxesCount)
    mailboxes_summary = endpoint(GetMailboxesSummary)
    iter_mailboxes_summary = pages(GetMailboxesSummary)
