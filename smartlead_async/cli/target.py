"""Where a job goes: the fake in memory, SmartLead itself, or any server."""

from __future__ import annotations

import ipaddress
import os
import secrets
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit, urlunsplit

import attrs

from .exit_code import ExitCode
from .options import limits_of
from .output import Refused
from .wording import shown

if TYPE_CHECKING:
    from ..client import SmartleadClient
    from ..limits import RateLimits
    from ..plan.plan import Plan

_FAKE = "fake"
_LIVE = "live"


@attrs.frozen
class Target:
    """A place to send to. ``identity`` is what a ledger remembers of it; ``base_url`` None means the fake."""

    identity: str
    base_url: str | None
    is_live: bool = False

    @classmethod
    def named(cls, text: str) -> Self:
        """``fake``, ``live``, or the URL of a server."""
        word = text.strip()
        if word.lower() == _FAKE:
            # It forgets everything when it ends, so every run is a place of its own.
            return cls(f"{_FAKE} {secrets.token_hex(4)}", None)
        if word.lower() == _LIVE:
            return cls._at(
                os.environ.get("SMARTLEAD_BASE_URL") or _official(), "SMARTLEAD_BASE_URL", live=True
            )
        if "://" not in word:
            raise Refused(
                f"--target is live, fake or a URL such as http://127.0.0.1:8080, not {shown(word)!r}"
            )
        return cls._at(word, "--target", live=False)

    @classmethod
    def _at(cls, url: str, said_by: str, *, live: bool) -> Self:
        # Not shown in the message: somebody may have put a key or a password there.
        if any(mark in url for mark in "?#@"):
            raise Refused(f"{said_by} must be a plain URL: the key is taken from SMARTLEAD_API_KEY")
        try:
            parts = urlsplit(url.strip())
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            parts, usable = urlsplit(""), False
        if not usable:
            raise Refused(f"{said_by} is not a URL such as https://server.example/api/v1: {shown(url)}")
        path = parts.path.rstrip("/") or "/api/v1"
        base_url = urlunsplit((parts.scheme, parts.netloc.lower(), path, "", ""))
        official = base_url == _official()
        return cls(_LIVE if official else base_url, base_url, live or official)

    @property
    def is_fake(self) -> bool:
        """Whether nothing leaves this process."""
        return self.base_url is None

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the server listens on the loopback interface."""
        host = urlsplit(self.base_url or "").hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def must_be_confirmed(self) -> bool:
        """Whether people could get mail from it: all but the fake and servers on this machine."""
        return self.is_live or not (self.is_fake or self.is_on_this_machine)

    @property
    def title(self) -> str:
        """What people call it."""
        if self.is_fake:
            return "the fake in memory: nothing is sent to SmartLead (--target live does that)"
        return "SmartLead (live)" if self.identity == _LIVE else shown(self.base_url)

    @property
    def place(self) -> str:
        """What it is called inside a sentence."""
        return "the fake" if self.is_fake else self.title

    def limits(self, tier: str | None) -> tuple[str, RateLimits]:
        """The tier that holds here, by name and as windows: what was said, else what is usual."""
        if tier:
            return tier, limits_of(tier)
        if self.is_fake:
            return "unlimited", limits_of("unlimited")
        if said := os.environ.get("SMARTLEAD_TIER"):
            return said, limits_of(said, said_by="SMARTLEAD_TIER")
        return "standard", limits_of("standard")

    def client(self, plan: Plan, limits: RateLimits, *, max_in_flight: int) -> SmartleadClient:
        """A client for this place. The fake is furnished with what the plan needs."""
        from ..client import SmartleadClient

        if self.base_url is None:
            from ..fake import FakeSmartlead
            from ..plan.needs import account_needs
            from ..simulation import furnish

            fake = FakeSmartlead(limits=limits, log_size=0)
            furnish(fake, account_needs(plan.specs()))
            return SmartleadClient(
                "test-key", transport=fake.transport(), limits=limits, max_in_flight=max_in_flight
            )
        return SmartleadClient(api_key(), base_url=self.base_url, limits=limits, max_in_flight=max_in_flight)


def api_key() -> str:
    """The key from the environment, or a refusal that says where to find it."""
    from ..errors import ConfigurationError
    from ..pipeline.api_key import ApiKey

    key = os.environ.get("SMARTLEAD_API_KEY", "")
    if not key:
        raise Refused(
            "SMARTLEAD_API_KEY is not set: the key is in SmartLead under Settings → API",
            ExitCode.NOT_ALLOWED,
        )
    try:
        ApiKey(key)
    except ConfigurationError as problem:
        raise Refused(f"SMARTLEAD_API_KEY: {problem}", ExitCode.NOT_ALLOWED) from None
    return key


def _official() -> str:
    from ..request import Host

    return Host.CORE.value
