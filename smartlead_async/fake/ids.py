"""The counters of ids."""

from __future__ import annotations

import itertools
from collections.abc import Iterator


class Ids:
    """The counters of ids, shared by all accounts as on the server."""

    def __init__(self) -> None:
        self.account: Iterator[int] = itertools.count(77)
        self.client: Iterator[int] = itertools.count(301)
        self.email_account: Iterator[int] = itertools.count(501)
        self.client_key: Iterator[int] = itertools.count(45)
        self.lead_list: Iterator[int] = itertools.count(601)
        self.webhook: Iterator[int] = itertools.count(801)
        self.link: Iterator[int] = itertools.count(3301)
        self.campaign: Iterator[int] = itertools.count(4101)
        self.step: Iterator[int] = itertools.count(6101)
        self.variant: Iterator[int] = itertools.count(16201)
        self.map: Iterator[int] = itertools.count(70001)
        self.lead: Iterator[int] = itertools.count(900001)
        self.mapping: Iterator[int] = itertools.count(7890)
        self.note: Iterator[int] = itertools.count(130001)
        self.task: Iterator[int] = itertools.count(78001)
        self.reminder: Iterator[int] = itertools.count(60012)
        self.message: Iterator[int] = itertools.count(1)
