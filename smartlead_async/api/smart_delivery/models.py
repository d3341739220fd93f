"""Spam tests, and the declaration that all of their reports share."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any, Generic, TypeVar

import attrs

from ...fields import wire
from ...request import Effect, Host, Request

T = TypeVar("T")


class SpamTestStatus(enum.StrEnum):
    """The status of a spam test. SmartLead also writes them in lower case."""

    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    STOPPED = "STOPPED"


@attrs.frozen
class StoredSpamTestSchedule:
    """The days and hours in which the mails of an automated test are sent; 0 is Sunday."""

    timezone: str | None = attrs.field(default=None, metadata=wire("tz"))
    days: list[int] = attrs.field(factory=list)
    start_hour: str | None = attrs.field(default=None, metadata=wire("startHour"))
    end_hour: str | None = attrs.field(default=None, metadata=wire("endHour"))


@attrs.frozen
class SpamTest:
    """A spam test. ``test_type`` is ``manual`` for one run, ``auto`` for a run every few days.

    ``test_run_no`` counts the runs and ``charged_test_run_no`` those that were paid for.
    ``scheduler_cron_value`` is a schedule or the string of a cron expression.
    """

    id: int | str
    test_name: str | None = None
    test_type: str | None = None
    description: str | None = None
    status: SpamTestStatus | str | None = None
    folder_id: int | str | None = None
    user_id: int | str | None = None
    client_id: int | str | None = None
    campaign_id: int | str | None = None
    sequence_mapping_id: int | str | None = None
    sequence_variant_id: int | str | None = None
    provider_ids: list[int | str] | int | str | None = attrs.field(default=None, metadata=wire("provider_id"))
    spam_filters: list[str] | bool | None = None
    link_checker: bool | None = None
    is_warmup: bool | None = None
    test_with_sl_account: bool | None = None
    has_seed_mapping: int | bool | None = None
    all_email_sent_without_time_gap: bool | None = None
    min_time_btwn_emails: int | None = None
    min_time_unit: str | None = None
    email_track_id: str | None = None
    custom_email_content: str | None = None
    custom_email_subject: str | None = None
    scheduler_cron_value: StoredSpamTestSchedule | str | None = None
    cron_exp: str | None = None
    separator: str | None = None
    last_added_trigger_time: str | None = None
    schedule_start_time: dt.datetime | None = None
    test_end_date: dt.date | None = None
    test_allowed_number: int | None = None
    share_report_hash: str | None = None
    is_campaign_paused: bool | None = None
    test_run_no: int | None = None
    charged_test_run_no: int | None = None
    every_days: int | None = None
    via_api: bool | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Whether no more mail is sent: the status is known and no longer ``ACTIVE``.

        Results may go on arriving for hours or days after that.
        """
        return self.status is not None and self.status.upper() != SpamTestStatus.ACTIVE


@attrs.frozen(kw_only=True)
class PlacementCounts:
    """The number of mails that arrived in the inbox, in another tab and in spam.

    ``adjusted_total_email_count`` counts the mails whose placement is known.
    """

    inbox_count: int | None = None
    tab_count: int | None = None
    spam_count: int | None = None
    adjusted_total_email_count: int | None = None


@attrs.frozen
class BlacklistTotals:
    """The number of blacklists that were asked about a domain or an IP address, and that have it."""

    domain: str | None = None
    total_blacklist: int | None = attrs.field(default=None, metadata=wire("totalBlacklist"))
    total_tested_ok: int | None = attrs.field(default=None, metadata=wire("totalTestedOk"))
    total_tests: int | None = attrs.field(default=None, metadata=wire("totalTests"))
    total_timed_out: int | None = attrs.field(default=None, metadata=wire("totalTimedOut"))


@attrs.frozen
class SpamTestReport(Request[T], Generic[T]):
    """A report about one spam test. Its subclasses declare response, path and page."""

    spam_test_id: int | str = attrs.field(metadata=wire("spamTestId"))

    def __init_subclass__(cls, **declaration: Any) -> None:
        if declaration:
            alike = {"method": "GET", "effect": Effect.READ, "repeatable": True, "host": Host.DELIVERY}
            declaration = alike | declaration
        super().__init_subclass__(**declaration)
