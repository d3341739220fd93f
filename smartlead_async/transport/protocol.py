"""The seam between the client and the network: status, headers and bytes, nothing of the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol, runtime_checkable

import attrs

_KEY: Final = re.compile(r"(api_key=)[^&#\s]*")


def _without_key(url: str) -> str:
    return repr(_KEY.sub(r"\1***", url))


def _size(body: bytes | None) -> str:
    return "None" if body is None else f"<{len(body)} bytes>"


@attrs.frozen
class HttpRequest:
    """One HTTP request, complete: the URL holds the API key (its repr does not).

    ``timeout`` is in seconds and bounds the whole exchange; the client enforces it, except with a transport
    that does so by itself (see :class:`Transport`). Example::

        HttpRequest("GET", "https://server.example/api/v1/campaigns/", {"Accept": "application/json"})
    """

    method: str
    url: str = attrs.field(repr=_without_key)
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes | None = attrs.field(default=None, repr=_size)
    timeout: float = 30.0

    def __reduce__(self) -> str:
        raise TypeError("an HttpRequest holds the API key and is not pickled")


@attrs.frozen
class HttpResponse:
    """One HTTP answer, complete. Header names are lower case. Example::

    HttpResponse(200, {"content-type": "application/json"}, b'{"ok": true}')
    """

    status: int
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: bytes = attrs.field(default=b"", repr=_size)


@runtime_checkable
class Transport(Protocol):
    """What carries requests. Write your own with these two methods, over any HTTP library.

    ``send`` returns the answer whatever its status, and raises one of three errors when there is none:
    ``NotSent`` (certainly never reached the server), ``Interrupted`` (it may have), ``RequestTimeout``.
    No exception of the HTTP library may leave it, since those print the URL and with it the key. It does
    not retry, pace, or read JSON. It need not look at the clock either; one that raises ``RequestTimeout``
    by itself when ``request.timeout`` seconds are over may have ``keeps_time = True``, and the client then
    leaves that to it. Example::

        class Recorded:
            async def send(self, request: HttpRequest) -> HttpResponse:
                return HttpResponse(200, {}, b'{"ok": true, "id": 1}')

            async def aclose(self) -> None: ...

        client = SmartleadClient("key", transport=Recorded())
    """

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send one request and give its answer."""
        ...

    async def aclose(self) -> None:
        """Give back connections. Called once, when the client closes."""
        ...
