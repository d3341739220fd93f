"""The session of ``doctor`` with its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from ..request import Host
from .output import CommandError
from .target import Target, require_api_key

if TYPE_CHECKING:
    from ..doctor.session import Session
    from ..limits import RateLimits


def open_session(target: Target, limits: RateLimits) -> Session:
    """Return a session with a server, or with a fake in memory that has a mailbox and a client."""
    from ..doctor.session import Session

    if target.base_url is None:
        from ..fake import FakeSmartlead

        fake = FakeSmartlead(limits=limits, log_size=0)
        fake.add_email_account("mailbox@sender.example")
        fake.add_client("Client")
        return Session("test-key", transport=fake.transport(), limits=limits)
    from ..transport.aiohttp import AiohttpTransport

    key = require_api_key()
    # SmartLead has several hosts; every other server has one URL for all operations.
    base_url = None if target.base_url == Host.CORE.value else target.base_url
    try:
        transport = AiohttpTransport(max_connections=1, proxy=target.proxy)
        transport.check_proxy(target.base_url)
        return Session(key, transport=transport, base_url=base_url, limits=limits)
    except ConfigurationError as problem:
        raise CommandError(f"--{problem}" if target.proxy is not None else problem.message) from None
