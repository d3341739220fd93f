"""The session of ``doctor`` with its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    with target.proxy_checked():
        transport = AiohttpTransport(max_connections=1, proxy=target.proxy)
        transport.check_proxy(target.base_url)
        return Session(key, transport=transport, base_url=target.client_base_url, limits=limits)
