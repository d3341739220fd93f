"""Targets of a job: the fake in memory, SmartLead itself, or any server."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import attrs

from ..base_url import is_loopback, normalize_base_url
from ..errors import ConfigurationError
from ..request import Host
from ..wording import printable
from .effective import active_profile, effective, read_key
from .exit_code import ExitCode
from .output import CommandError
from .tier import Tier

if TYPE_CHECKING:
    from ..client import SmartleadClient
    from ..limits import RateLimits
    from ..plan.plan import Plan

FAKE = "fake"
_LIVE = "live"
_LIVE_TITLE = "SmartLead (live)"
_OFFICIAL_URL = Host.CORE.value


@attrs.frozen
class Target:
    """A place to send to. ``identity`` is recorded on the ledger; without ``base_url`` it is the fake.

    ``proxy`` is the URL of a proxy, which may contain a password, and ``proxy_source`` the beginning of a
    message about it; None for those of the environment. ``hosts`` are base URLs by the name of the host.
    """

    identity: str
    base_url: str | None
    is_live: bool = False
    proxy: str | None = attrs.field(default=None, repr=False)
    proxy_source: str = "--"
    hosts: Mapping[str, str] = attrs.field(factory=dict)

    @classmethod
    def parse(cls, value: str, *, proxy: str | None = None) -> Self:
        """Return the target for ``fake``, ``live`` or the URL of a server."""
        target = cls._parse(value)
        if proxy is not None or not target.is_live:
            # The proxy of a profile is meant for SmartLead alone.
            return attrs.evolve(target, proxy=proxy)
        chosen = effective("proxy")
        return attrs.evolve(target, proxy=chosen.value, proxy_source=chosen.place.removesuffix("proxy"))

    @classmethod
    def _parse(cls, value: str) -> Self:
        word = value.strip()
        if word.lower() == FAKE:
            # The fake keeps nothing when it ends, so every run is a target of its own.
            return cls(f"{FAKE} {secrets.token_hex(4)}", None)
        if word.lower() == _LIVE:
            return cls._live()
        if "://" not in word:
            raise CommandError(
                f"--target is live, fake or a URL such as http://127.0.0.1:8080, not {printable(word)!r}"
            )
        return cls._from_url(word, "--target", live=False)

    @classmethod
    def _live(cls) -> Self:
        chosen = effective("base_url")
        active = active_profile()
        hosts = active.hosts
        url = chosen.value or _OFFICIAL_URL
        if hosts:
            hosts = {n: _normalized(u, f"{active.profile.places['hosts']}.{n}") for n, u in hosts.items()}
            url = hosts.get(Host.CORE.name.lower(), _OFFICIAL_URL)
        return attrs.evolve(cls._from_url(url, chosen.place, live=True), hosts=hosts)

    @classmethod
    def _from_url(cls, url: str, source: str, *, live: bool) -> Self:
        base_url = _normalized(url, source)
        official = base_url == _OFFICIAL_URL
        return cls(_LIVE if official else base_url, base_url, live or official)

    @property
    def is_fake(self) -> bool:
        """Whether nothing leaves this process."""
        return self.base_url is None

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the server listens on the loopback interface."""
        return is_loopback(urlsplit(self.base_url or "").hostname or "")

    @property
    def needs_confirmation(self) -> bool:
        """Whether it could send mail to people: everything but the fake and servers on this machine."""
        return self.is_live or not (self.is_fake or self.is_on_this_machine)

    @property
    def kind(self) -> str:
        """The target without what tells one fake from another: ``fake``, ``live`` or a URL."""
        return kind_of(self.identity)

    @property
    def name(self) -> str:
        """The name of the target in a message."""
        return describe_target(self.identity)

    @property
    def description(self) -> str:
        """The name of the target, with what a user new to the fake should know."""
        if self.is_fake:
            return f"{self.name}; nothing is sent to SmartLead (use --target live for that)"
        return self.name

    def tier(self, option: str | None) -> Tier:
        """Return the tier that was chosen for this target; the fake has no rate limit by default."""
        return Tier.unlimited() if self.is_fake and not option else Tier.choose(option)

    def client(self, plan: Plan | None, limits: RateLimits, *, max_in_flight: int) -> SmartleadClient:
        """Create a client. The fake gets the clients and mailboxes that the plan needs."""
        from ..client import SmartleadClient

        if self.base_url is None:
            from ..fake import FakeSmartlead
            from ..plan.needs import account_needs
            from ..simulation import seed_account

            fake = FakeSmartlead(limits=limits, log_size=0)
            if plan is not None:
                seed_account(fake, account_needs(plan.specs()))
            return SmartleadClient(
                "test-key", transport=fake.transport(), limits=limits, max_in_flight=max_in_flight
            )
        return self.server_client(limits, max_in_flight=max_in_flight)

    def server_client(self, limits: RateLimits, *, max_in_flight: int) -> SmartleadClient:
        """Create a client for a server, with the key in effect."""
        from ..client import SmartleadClient

        key = require_api_key()
        with self.proxy_checked():
            return SmartleadClient(
                key,
                base_url=self.client_base_url,
                limits=limits,
                max_in_flight=max_in_flight,
                proxy=self.proxy,
            )

    @property
    def client_base_url(self) -> str | Mapping[Host, str] | None:
        """The base URL for a client: SmartLead has several hosts, any other server one for all operations."""
        if self.hosts:
            return {Host[name.upper()]: url for name, url in self.hosts.items()}
        return None if self.base_url == _OFFICIAL_URL else self.base_url

    @contextlib.contextmanager
    def proxy_checked(self) -> Iterator[None]:
        """Turn the error of a client about its proxy into a message about the option."""
        try:
            yield
        except ConfigurationError as problem:
            raise CommandError(
                f"{self.proxy_source}{problem}" if self.proxy is not None else problem.message
            ) from None


def _normalized(url: str, source: str) -> str:
    try:
        return normalize_base_url(url, source)
    except ConfigurationError as problem:
        raise CommandError(problem.message) from None


def kind_of(identity: str) -> str:
    """Return ``fake``, ``live`` or a URL for the identity of a target."""
    return identity.partition(" ")[0]


def describe_target(identity: str) -> str:
    """Return the name of a target, given the identity on a ledger, for a message."""
    kind = kind_of(identity)
    return {FAKE: "the fake in memory", _LIVE: _LIVE_TITLE}.get(kind, printable(kind))


def require_api_key() -> str:
    """Return the API key in effect; raise :class:`CommandError` if it is missing or malformed."""
    from ..client import SmartleadClient

    chosen = read_key()
    key = chosen.value or ""
    try:
        # Opens no connection; the client checks its key when it is created.
        SmartleadClient(key)
    except ConfigurationError as problem:
        raise CommandError(f"{chosen.place}: {problem}", ExitCode.NOT_ALLOWED) from None
    return key
