"""The interface between the client and the network: HTTP requests and responses as bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol, runtime_checkable

import attrs

_KEY: Final = re.compile(r"(api_key=)[^&#\s]*")


def _redacted_url(url: str) -> str:
    return repr(_KEY.sub(r"\1***", url))


def _size(body: bytes | None) -> str:
    return "None" if body is None else f"<{len(body)} bytes>"


@attrs.frozen
class HttpRequest:
    """A complete HTTP request. Its URL contains the API key; its repr does not.

    ``timeout`` is in seconds and covers the whole exchange. The client enforces it unless the transport does
    (see :class:`Transport`). Example::

        HttpRequest("GET", "https://server.example/api/v1/campaigns/", {"Accept": "application/json"})
    """

    method: str
    url: str = attrs.field(repr=_redacted_url)
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes | None = attrs.field(default=None, repr=_size)
    timeout: float = 30.0

    def __reduce__(self) -> str:
        raise TypeError("an HttpRequest cannot be pickled because it contains the API key")


@attrs.frozen
class HttpResponse:
    """A complete HTTP response with lowercase header names.

    Example::

        HttpResponse(200, {"content-type": "application/json"}, b'{"ok": true}')
    """

    status: int
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = attrs.field(default=b"", repr=_size)


@runtime_checkable
class Transport(Protocol):
    """An HTTP back end. Implement these two methods to use any HTTP library.

    ``send`` returns the response, whatever its status. Without a response it raises one of three errors:
    ``NotSent`` (the request did not reach the server), ``Interrupted`` (it may have) or ``RequestTimeout``.
    Exceptions of the HTTP library must not escape, because they often include the URL and with it the key.

    A transport does not retry, wait for rate limits, or parse JSON, and it may ignore ``request.timeout``.
    One that enforces the timeout, by raising ``RequestTimeout``, can set ``enforces_timeout = True``; the
    client then skips its own timer. Example::

        class Recorded:
            async def send(self, request: HttpRequest) -> HttpResponse:
                return HttpResponse(200, {}, b'{"ok": true, "id": 1}')

            async def aclose(self) -> None: ...

        client = SmartleadClient("key", transport=Recorded())
    """

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send one request and return the response."""
        ...

    async def aclose(self) -> None:
        """Release all connections. The client calls this once, when it is closed."""
        ...
