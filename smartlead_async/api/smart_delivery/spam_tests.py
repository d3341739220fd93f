"""List, read, stop and delete spam tests, and list the providers of seed accounts."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from typing import Any, Final

import attrs

from ...fields import Between, Length, OneOf, wire
from ...paging import OffsetPaged
from ...polling import poll
from ...request import Effect, Host, Request, query
from ...resource import Resource, endpoint, pages
from ..acknowledgement import Acknowledgement
from .models import PlacementCounts, SpamTest, SpamTestReport, SpamTestStatus


class SpamTestType(enum.StrEnum):
    """The type of a spam test: one run, or a run every few days."""

    MANUAL = "manual"
    AUTO = "auto"


@attrs.frozen
class SpamTestSummary(PlacementCounts):
    """A spam test in a list, with its placement so far."""

    spam_test_id: int | str | None = None
    test_name: str | None = None
    test_type: str | None = None
    status: SpamTestStatus | str | None = None
    schedule_start_time: dt.datetime | None = None
    test_end_date: dt.date | None = None
    every_days: int | None = None
    current_test_run_no: int | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class ListTests(
    OffsetPaged[SpamTestSummary],
    method="POST",
    path="/spam-test/report",
    effect=Effect.READ,
    repeatable=True,
    host=Host.DELIVERY,
    page="smart-delivery/list-tests",
    items=("data", "result", "tests"),
):
    """List the spam tests, of one type or of both, with their placement so far.

    ``list_tests`` returns one page of up to 100 for one request; ``iter_tests`` sends one request for each
    page. Example::

        async for test in client.smart_delivery.iter_tests(test_type="manual"):
            print(test.spam_test_id, test.status, test.inbox_count, test.spam_count)
    """

    test_type: SpamTestType | str | None = attrs.field(
        default=None, kw_only=True, validator=OneOf(SpamTestType), metadata=query("testType")
    )
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(minimum=1))
    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))


@attrs.frozen
class GetTest(SpamTestReport[SpamTest], path="/spam-test/{spamTestId}", page="smart-delivery/test-details"):
    """Return a spam test and its status.

    One request. A test is completed about 72 minutes after it began, whatever has arrived by then; its
    reports go on changing for hours or days. Example::

        test = await client.smart_delivery.get_test(9101)
        print(test.status, test.is_finished)
    """


@attrs.frozen
class StopTest(
    SpamTestReport[Acknowledgement],
    method="PUT",
    path="/spam-test/{spamTestId}/stop",
    effect=Effect.WRITE,
    page="smart-delivery/stop-automated-test",
):
    """Stop the further runs of an automated test. Nothing stops a manual one.

    One request. Example::

        await client.smart_delivery.stop_test(9102)
    """


@attrs.frozen
class DeleteTests(
    Request[Acknowledgement],
    method="POST",
    path="/spam-test/delete",
    effect=Effect.DELETE,
    repeatable=True,
    host=Host.DELIVERY,
    page="smart-delivery/delete-tests-bulk",
):
    """Delete spam tests with their reports, for good.

    One request. A test of another account raises :class:`BadRequest`. Example::

        await client.smart_delivery.delete_tests([9101, 9102])
    """

    spam_test_ids: Sequence[int | str] = attrs.field(validator=Length(1), metadata=wire("spamTestIds"))


@attrs.frozen
class SeedProvider:
    """A provider of seed accounts."""

    provider_id: int | str | None = None
    provider_name: str | None = None


@attrs.frozen
class SeedGroup:
    """A group of providers, such as those of personal or of business mailboxes."""

    group_id: int | str | None = None
    group_name: str | None = None
    providers: list[SeedProvider] = attrs.field(factory=list)
    provider_count: int | None = None


@attrs.frozen
class SeedRegion:
    """A region with its groups of providers."""

    region_id: int | str | None = None
    region_name: str | None = None
    groups: list[SeedGroup] = attrs.field(factory=list)


@attrs.frozen
class ListSeedProviders(
    Request[list[SeedRegion]],
    method="GET",
    path="/spam-test/seed/providers",
    effect=Effect.READ,
    repeatable=True,
    host=Host.DELIVERY,
    page="smart-delivery/provider-ids",
    list_or_item=True,
):
    """List the providers of seed accounts by region and group.

    One request. The ids are those of ``provider_ids`` of a test. Example::

        for region in await client.smart_delivery.seed_providers():
            print(region.region_name, [p.provider_id for group in region.groups for p in group.providers])
    """


@attrs.frozen
class EmailContent:
    """The mail that a test sends. ``spam_test`` is the id of the test, or the test itself."""

    spam_test: int | dict[str, Any] | None = attrs.field(default=None, metadata=wire("spamTest"))
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    raw: str | None = attrs.field(default=None, metadata=wire("rawEmailContent"))


@attrs.frozen
class GetEmailContent(
    SpamTestReport[EmailContent],
    path="/spam-test/report/{spamTestId}/email-content",
    page="smart-delivery/test-email-content",
):
    """Return the mail that a test sends.

    One request. Example::

        content = await client.smart_delivery.email_content(9101)
        print(content.subject, content.text)
    """


@attrs.frozen
class ScheduledRun(PlacementCounts):
    """A run of an automated test, with the placement of the mails of some hours."""

    spam_test_id: int | str | None = None
    test_run_no: int | None = None
    status: SpamTestStatus | str | None = None
    reply_hour_interval_start: int | None = None
    reply_hour_interval_end: int | None = None


@attrs.frozen
class GetScheduleHistory(
    SpamTestReport[list[ScheduledRun]],
    path="/spam-test/report/{spamTestId}/schedule-history",
    page="smart-delivery/schedule-history",
):
    """Return the runs of an automated test with their placement.

    One request. Example::

        for run in await client.smart_delivery.schedule_history(9102):
            print(run.test_run_no, run.status, run.inbox_count)
    """


_POLL_TEST: Final = """Wait until a spam test is finished, which takes about 72 minutes, and return it.

One request a minute at first, and then one every five minutes, for three hours unless ``within`` says
otherwise. Its reports may go on changing for hours or days. Example::

    test = await client.smart_delivery.poll_test(9101)
"""


class SpamTestMethods(Resource):
    """Spam tests."""

    list_tests = endpoint(ListTests)
    iter_tests = pages(ListTests)
    get_test = endpoint(GetTest)
    poll_test = poll(
        GetTest,
        until=lambda test: test.is_finished,
        every=60,
        timeout=3 * 3600,
        doc=_POLL_TEST,
    )
    stop_test = endpoint(StopTest)
    delete_tests = endpoint(DeleteTests)
    seed_providers = endpoint(ListSeedProviders)
    email_content = endpoint(GetEmailContent)
    schedule_history = endpoint(GetScheduleHistory)
