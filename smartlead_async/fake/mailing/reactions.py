"""The reactions of a lead to a mail, drawn when the mail is sent."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Final

import attrs

from ..state import EventKind, Mail
from .rates import Rates

_LINK: Final = re.compile(r"""href\s*=\s*["']?(https?://[^"'\s>]+)""")
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
_POSITIVE: Final = (
    (1, "Sounds good, tell me more."),
    (2, "Yes, could we have a call on Thursday?"),
    (5, "Could you send me your prices?"),
)
_OTHER: Final = (
    (3, "Thank you, but we are not interested."),
    (4, "Please do not write to me again."),
    (6, "I am out of the office until Monday."),
    (7, "I no longer do this, please ask my colleague."),
)
_BOUNCE: Final = "550 5.1.1 The email account that you tried to reach does not exist"


@attrs.frozen
class Reaction:
    """The reactions of a lead to a mail, with their times."""

    kind: EventKind
    at: float
    detail: str = ""
    """The link, the text of the bounce or that of the reply."""
    category_id: int | None = None


def draw_reactions(rates: Rates, mail: Mail, rng: random.Random) -> Iterator[Reaction]:
    """Yield the reactions to a mail.

    All draws are made for every mail, so that changing one rate does not change the other reactions.
    """
    bounces, opens, clicks, replies, unsubscribes = (rng.random() for _ in range(5))
    opened_at = mail.at + _MINUTE + _delay(rng, 6 * _HOUR)
    replied_at = opened_at + _MINUTE + _delay(rng, 8 * _HOUR)
    reply = rng.random(), rng.random()
    if mail.step_number == 1 and bounces < rates.bounced:
        yield Reaction(EventKind.BOUNCE, mail.at + 30 + int(bounces * 1000) % 270, _BOUNCE)
        return
    is_reply, is_unsubscribe = replies < rates.replied, unsubscribes < rates.unsubscribed
    links = _LINK.findall(mail.body)
    is_click = bool(links) and clicks < rates.clicked
    # A lead that replies or unsubscribes has read the mail.
    if opens < rates.opened or is_reply or is_unsubscribe:
        yield Reaction(EventKind.OPEN, opened_at)
        if is_click:
            yield Reaction(EventKind.CLICK, opened_at + _MINUTE, links[int(clicks * 1e6) % len(links)])
        if opens < rates.opened / 4:
            yield Reaction(EventKind.OPEN, opened_at + 20 * _MINUTE)
    if is_unsubscribe:
        yield Reaction(EventKind.UNSUBSCRIBE, opened_at + 2 * _MINUTE)
    elif is_reply:
        choices = _POSITIVE if reply[0] < rates.positive else _OTHER
        category_id, text = choices[int(reply[1] * len(choices))]
        yield Reaction(EventKind.REPLY, replied_at, f"<p>{text}</p>", category_id)


def _delay(rng: random.Random, mean: float) -> int:
    return min(int(rng.expovariate(1 / mean)), 3 * _DAY)
