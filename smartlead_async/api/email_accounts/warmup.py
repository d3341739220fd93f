"""Requests that set up and read the warmup of mailboxes."""

from __future__ import annotations

import datetime as dt

import attrs

from ...fields import Between, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint


@attrs.frozen
class WarmupUpdated:
    """The result of changing the warmup settings of a mailbox."""

    ok: bool = True
    message: str | None = None
    email_account_id: int | None = attrs.field(default=None, metadata=wire("emailAccountId"))
    warmup_key: str | None = attrs.field(default=None, metadata=wire("warmupKey"))


@attrs.frozen
class WarmupDay:
    """The warmup emails of one day."""

    date: dt.date | None = None
    id: int | None = None
    sent_count: int | None = attrs.field(default=None, metadata=wire("sent_count", "sent"))
    reply_count: int | None = attrs.field(default=None, metadata=wire("reply_count", "replied"))
    save_from_spam_count: int | None = None
    spam_count: int | None = attrs.field(default=None, metadata=wire("spam_count", "spam"))
    delivered_count: int | None = attrs.field(default=None, metadata=wire("delivered_count", "delivered"))
    opened_count: int | None = attrs.field(default=None, metadata=wire("opened_count", "opened"))


@attrs.frozen
class WarmupStats:
    """The warmup statistics of a mailbox for the last seven days.

    ``reputation_score`` is in percent. A counter that SmartLead did not return is ``None``. Example::

        stats = await client.email_accounts.warmup_stats(501)
        print(stats.inbox_count, "of", stats.sent_count, "reached the inbox")
    """

    id: int | None = None
    sent_count: int | None = attrs.field(default=None, metadata=wire("sent_count", "total_sent"))
    spam_count: int | None = None
    inbox_count: int | None = None
    warmup_email_received_count: int | None = None
    reputation_score: float | None = None
    stats_by_date: list[WarmupDay] = attrs.field(factory=list, metadata=wire("stats_by_date", "daily_stats"))


@attrs.frozen
class UpdateWarmup(
    Request[WarmupUpdated],
    method="POST",
    path="/email-accounts/{email_account_id}/warmup",
    effect=Effect.WRITE,
    repeatable=True,
    page="email-accounts/warmup-settings",
):
    """Turn the warmup of a mailbox on or off, and set its pace. While on, SmartLead sends warmup emails.

    One request. The warmup is 1 to 50 emails a day, a ``daily_rampup`` of 5 to 20 more each day, and replies
    to 20 to 100 percent of them. Example::

        await client.email_accounts.update_warmup(501, True, total_warmup_per_day=20, daily_rampup=5)
    """

    email_account_id: int
    warmup_enabled: bool
    total_warmup_per_day: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 50))
    daily_rampup: int | None = attrs.field(default=None, kw_only=True, validator=Between(5, 20))
    reply_rate_percentage: int | None = attrs.field(default=None, kw_only=True, validator=Between(20, 100))
    warmup_key_id: str | None = attrs.field(default=None, kw_only=True)
    auto_adjust_warmup: bool | None = attrs.field(default=None, kw_only=True)
    is_rampup_enabled: bool | None = attrs.field(default=None, kw_only=True)

    @property
    def effect(self) -> Effect:
        """Sending if the warmup is turned on, writing otherwise."""
        return Effect.SEND if self.warmup_enabled else Effect.WRITE


@attrs.frozen
class GetWarmupStats(
    Request[WarmupStats],
    method="GET",
    path="/email-accounts/{email_account_id}/warmup-stats",
    effect=Effect.READ,
    repeatable=True,
    page="email-accounts/warmup-stats",
):
    """Return the warmup statistics of a mailbox for the last seven days.

    One request. Example::

        stats = await client.email_accounts.warmup_stats(501)
    """

    email_account_id: int


class WarmupMethods(Resource):
    """The warmup methods of ``client.email_accounts``."""

    update_warmup = endpoint(UpdateWarmup)
    warmup_stats = endpoint(GetWarmupStats)
