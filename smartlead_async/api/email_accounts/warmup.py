"""api.email_accounts.warmup."""

from __future__ import annotations

import datetime as dt

import attrs

from ...fields import Between, wire
from ...request import Effect, Request
from ...resource import Resource, endpoint


@attrs.frozen
class WarmupUpdated:
    """The warmup settings are saved."""

    ok: bool = True
    message: str | None = None
    email_account_id: int | None = attrs.field(default=None, metadata=wire("emailAccountId"))
    warmup_key: str | None = attrs.field(default=None, metadata=wire("warmupKey"))


@attrs.frozen
class WarmupDay:
    """The warmup mails of one day."""

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
    """The warmup of a mailbox over the last seven days.

    ``reputation_score`` is in percent. A counter that SmartLead did not send is ``None``. Example::

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
    """Turn a mailbox's warmup on or off, and set its pace. While it is on, SmartLead sends warmup mails.

    One request. 1 to 50 mails a day, ``daily_rampup`` 5 to 20 more each day, 20 to 100 percent answered.
    Example::

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


@attrs.frozen
class GetWarmupStats(
    Request[WarmupStats],
    method="GET",
    path="/email-accounts/{email_account_id}/warmup-stats",
    effect=Effect.READ,
    repeatable=True,
    page="email-accounts/warmup-stats",
):
    """How a mailbox's warmup went over the last seven days.

    One request. Example::

        stats = await client.email_accounts.warmup_stats(501)
    """

    email_account_id: int


class WarmupMethods(Resource):
    """The warmup part of ``client.email_accounts``."""

    update_warmup = endpoint(UpdateWarmup)
    warmup_stats = endpoint(GetWarmupStats)
