"""The warm-up mails of mailboxes. They follow from the settings and the time since warm-up was turned on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs

from .state import EmailAccount

_DAY = 86_400
_DEFAULTS = {"total_warmup_per_day": 20, "daily_rampup": 5, "reply_rate_percentage": 30}


@attrs.frozen
class WarmupDay:
    """The warm-up mails of one day (in UTC)."""

    date: dt.date
    sent: int
    replied: int
    spam: int
    """Those that were in the spam folder, from which warm-up saves them."""


def warmup_days(mailbox: EmailAccount, now: float) -> Iterator[WarmupDay]:
    """Yield the days from the one on which warm-up was turned on until today; none if it is off."""
    if mailbox.warmup_since is None:
        return
    settings: dict[str, Any] = _DEFAULTS | (mailbox.warmup or {})
    first, last = int(mailbox.warmup_since // _DAY), int(now // _DAY)
    for number, day in enumerate(range(first, last + 1), start=1):
        ramp = settings["daily_rampup"] * number if settings.get("is_rampup_enabled", True) else 50
        sent = min(settings["total_warmup_per_day"], ramp)
        date = dt.datetime.fromtimestamp(day * _DAY, dt.UTC).date()
        spam = int((mailbox.id + day) % 9 == 0)
        yield WarmupDay(date, sent, sent * settings["reply_rate_percentage"] // 100, spam)
