"""Post sample events to a receiver of webhooks."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import time
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import SplitResult, urlencode, urlsplit, urlunsplit

import aiohttp
import attrs
import orjson

from .._version import __version__
from ..base_url import is_loopback
from ..fields import Secret
from ..webhooks import sample
from ..wording import printable
from .output import CommandError

_TIMEOUT = 30.0
"""Seconds that SmartLead waits for a response."""

# The keys of a sample that hold the lead's address.
_LEAD_KEYS = ("to_email", "sl_lead_email", "lead_email", "to")


def sample_for(name: str, *, at: dt.datetime, campaign: int | None, lead: str | None) -> dict[str, Any]:
    """Return a sample at this moment, for this campaign and lead where the event has them."""
    payload = sample(name, at=at)
    changes = {key: campaign for key in ("campaign_id", "campaignId") if campaign is not None}
    changes |= {key: lead for key in _LEAD_KEYS if lead is not None}  # type: ignore[misc]
    payload |= {key: value for key, value in changes.items() if key in payload}
    if lead is not None and "leadCorrespondence" in payload:
        payload["leadCorrespondence"] |= {"targetLeadEmail": lead, "replyReceivedFrom": lead}
    return payload


@attrs.frozen
class Answer:
    """The response of a receiver."""

    status: int
    text: str
    seconds: float

    @property
    def is_success(self) -> bool:
        """Whether SmartLead would count the delivery as done."""
        return 200 <= self.status < 300


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_valid else None


@attrs.frozen
class Receiver:
    """The URL of a receiver, and the secrets that its deliveries have."""

    url: str = attrs.field(repr=False)
    shown: str
    is_loopback: bool
    signing_secret: Secret | None

    @classmethod
    def parse(cls, url: str, token: str | None, signing_secret: Secret | None) -> Self:
        """Return the receiver at a URL; raise :class:`CommandError` if it is none."""
        parts = _split(url)
        if parts is None:
            raise CommandError("--url must look like http://127.0.0.1:8770/")
        query = "&".join(each for each in (parts.query, urlencode({"token": token}) if token else "") if each)
        path = parts.path or "/"
        return cls(
            url=urlunsplit((parts.scheme, parts.netloc, path, query, "")),
            # Without credentials and query, which may hold a token.
            shown=f"{parts.scheme}://{printable(parts.netloc.rpartition('@')[2])}{printable(path)}",
            is_loopback=is_loopback(parts.hostname or ""),
            signing_secret=signing_secret,
        )

    async def post_all(self, payloads: Sequence[dict[str, Any]]) -> list[Answer]:
        """Post the payloads one after the other."""
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=not self.is_loopback) as session:
            try:
                return [await self._post(session, payload) for payload in payloads]
            except TimeoutError:
                raise CommandError(f"{self.shown} did not respond within {_TIMEOUT:g} s") from None
            except (aiohttp.ClientError, OSError) as problem:
                reason = getattr(problem, "strerror", None) or type(problem).__name__
                raise CommandError(f"{self.shown} cannot be reached: {printable(reason)}") from None

    async def _post(self, session: aiohttp.ClientSession, payload: dict[str, Any]) -> Answer:
        body = orjson.dumps(payload)
        headers = {"Content-Type": "application/json", "User-Agent": f"smartlead-async/{__version__}"}
        if self.signing_secret is not None:
            secret = self.signing_secret.reveal().encode()
            headers["X-Smartlead-Signature"] = f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
        began = time.monotonic()
        async with session.post(self.url, data=body, headers=headers, allow_redirects=False) as response:
            text = (await response.content.read(1000)).decode("utf-8", "replace")
            return Answer(response.status, text, time.monotonic() - began)
