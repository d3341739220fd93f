"""Begin spam tests, which costs test credits."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence

import attrs

from ...fields import Between, Each, Length, Matches, OneOf, wire
from ...formats import CLOCK_TIME, known_time_zone
from ...request import Effect, Host, Request
from ...resource import Resource, endpoint
from ...typed import Typed
from .models import SpamTest

_CLOCK_TIME = Matches(CLOCK_TIME, "a time of day such as 09:30")


class TimeUnit(enum.StrEnum):
    """The unit of the time between two mails of a test."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"


@attrs.frozen
class SpamTestDelay(Typed):
    """The days between a step and the one before it."""

    delay_in_days: int | None = attrs.field(default=None, metadata=wire("delayInDays"))


@attrs.frozen(kw_only=True)
class SpamTestStep(Typed):
    """A mail of a test that has a text of its own."""

    seq_number: int | None = None
    seq_delay_details: SpamTestDelay | None = None
    variant: bool | None = None
    variant_label: str | None = None
    subject: str | None = None
    email_body: str | None = None


@attrs.frozen(kw_only=True)
class SpamTestSequence(Typed):
    """A text of its own for a test, which some accounts may send in the place of a step of a campaign."""

    campaign_name: str | None = None
    steps: Sequence[SpamTestStep] | None = attrs.field(default=None, validator=Length(1))


@attrs.frozen
class SpamTestSchedule(Typed):
    """The days (0 is Sunday) and hours in which the mails of an automated test are sent."""

    timezone: str = attrs.field(validator=known_time_zone, metadata=wire("tz"))
    days: Sequence[int] = attrs.field(validator=[Length(1), Each(Between(0, 6))])
    start_hour: str = attrs.field(validator=_CLOCK_TIME, metadata=wire("startHour"))
    end_hour: str = attrs.field(validator=_CLOCK_TIME, metadata=wire("endHour"))


@attrs.frozen(kw_only=True)
class NewSpamTest:
    """The fields of a test that begins: the step to send, the mailboxes that send it, and where to.

    ``sequence_mapping_id`` is the id of a step of the campaign, ``sender_accounts`` are addresses of its
    mailboxes, and ``provider_ids`` come from ``client.smart_delivery.seed_providers``. With
    ``all_email_sent_without_time_gap`` SmartLead refuses ``min_time_btwn_emails`` and ``min_time_unit``, and
    next to the two ids of the step it refuses ``sequence``.
    """

    test_name: str
    spam_filters: Sequence[str]
    link_checker: bool
    campaign_id: int
    sequence_mapping_id: int
    provider_ids: Sequence[int] = attrs.field(validator=Length(1))
    sender_accounts: Sequence[str] = attrs.field(validator=Length(1))
    all_email_sent_without_time_gap: bool
    is_warmup: bool
    description: str | None = None
    min_time_btwn_emails: int | None = attrs.field(default=None, validator=Between(minimum=1))
    min_time_unit: TimeUnit | str | None = attrs.field(default=None, validator=OneOf(TimeUnit))
    folder_id: int | None = None
    sequence: SpamTestSequence | None = None


@attrs.frozen
class CreateManualTest(
    NewSpamTest,
    Request[SpamTest],
    method="POST",
    path="/spam-test/manual",
    effect=Effect.SPEND,
    repeatable=False,
    host=Host.DELIVERY,
    page="smart-delivery/create-manual-test",
):
    """Spend test credits on one spam test, and mail the seed accounts at once.

    One request, which is never sent again after a lost response: that raises :class:`OutcomeUnknown`, and
    ``list_tests`` shows whether the test began. Too few credits raise :class:`APIError` with status 402, or
    :class:`BadRequest`. The fields are those of :class:`NewSpamTest`. Example::

        test = await client.smart_delivery.create_manual_test(
            test_name="Step 1 placement", campaign_id=4101, sequence_mapping_id=88001,
            provider_ids=[27, 28], sender_accounts=["ana@mail.example.com"], spam_filters=["spam_assassin"],
            link_checker=True, all_email_sent_without_time_gap=True, is_warmup=False,
        )
    """


@attrs.frozen
class CreateAutomatedTest(
    NewSpamTest,
    Request[SpamTest],
    method="POST",
    path="/spam-test/schedule",
    effect=Effect.SPEND,
    repeatable=False,
    host=Host.DELIVERY,
    page="smart-delivery/create-automated-test",
):
    """Spend test credits on a spam test every few days, until ``test_end_date`` or ``stop_test``.

    Every run costs credits and mails the seed accounts.
    One request, which is never sent again after a lost response: that raises :class:`OutcomeUnknown`, and
    ``list_tests`` shows whether the test began. ``schedule_start_time`` must not be in the past by the
    server's clock. The other fields are those of :class:`NewSpamTest`. Example::

        test = await client.smart_delivery.create_automated_test(
            test_name="Weekly placement", campaign_id=4101, sequence_mapping_id=88001,
            provider_ids=[27, 28], sender_accounts=["ana@mail.example.com"], spam_filters=["spam_assassin"],
            link_checker=True, all_email_sent_without_time_gap=True, is_warmup=False,
            schedule_start_time=start, test_end_date=start + dt.timedelta(days=90), every_days=7,
            scheduler_cron_value=SpamTestSchedule("Europe/Madrid", [1, 3, 5], "09:00", "18:00"),
        )
    """

    schedule_start_time: dt.datetime = attrs.field(kw_only=True)
    test_end_date: dt.datetime = attrs.field(kw_only=True)
    every_days: int = attrs.field(kw_only=True, validator=Between(minimum=1))
    scheduler_cron_value: SpamTestSchedule = attrs.field(kw_only=True)


class CreateMethods(Resource):
    """Beginning spam tests."""

    create_manual_test = endpoint(CreateManualTest)
    create_automated_test = endpoint(CreateAutomatedTest)
