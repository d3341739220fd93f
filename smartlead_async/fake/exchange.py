"""The outcome of one request to the fake, as its transport and its HTTP server need to know it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Protocol

import attrs

from ..request import Host
from .clock import Clock
from .deliveries import Deliveries
from .replies import Reply


class Ending(enum.Enum):
    """The possible endings of an exchange."""

    ANSWERED = "a complete response"
    REFUSED = "connection refused"
    LOST = "connection lost before the response"
    CUT_OFF = "connection lost in the middle of the response"
    TIMED_OUT = "response later than the client waits"


@attrs.frozen
class Exchange:
    """The outcome of a request: how it ends, the response if there is one, and its delay in seconds."""

    ending: Ending
    reply: Reply | None = None
    delay: float = 0.0


class Receiver(Protocol):
    """A server that takes HTTP requests: :class:`FakeSmartlead`."""

    @property
    def clock(self) -> Clock:
        """The clock of the server."""
        ...

    @property
    def api_keys(self) -> list[str]:
        """The valid API keys."""
        ...

    @property
    def accepts_any_user_agent(self) -> bool:
        """Whether clients whose User-Agent names only a library are let in."""
        ...

    @property
    def webhook_deliveries(self) -> Deliveries:
        """The deliveries to webhooks."""
        ...

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> dict[str, int]:
        """Let time pass, and return how many mails and reactions of each kind there were."""
        ...

    def receive(
        self,
        method: str,
        path: str,
        query_string: str,
        headers: Mapping[str, str],
        body: bytes | None,
        /,
        *,
        host: Host | None = None,
    ) -> Exchange:
        """Carry out a request to a host, or under the one base URL of all hosts, and return its outcome."""
        ...
