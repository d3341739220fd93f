"""The default transport, on an aiohttp session with keep-alive connections."""

from __future__ import annotations

import functools
import io
import os
import ssl as ssl_module
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from ..errors import ConfigurationError, NotSent, RequestTimeout, ResponseTooLarge, SmartleadError, stripped
from .deadline import Deadline, DeadlineTimer
from .protocol import HttpRequest, HttpResponse
from .proxies import EnvironmentProxies, Proxy

_LARGE_BODY: Final = 2**20
_PROXY_CREDENTIALS_REQUIRED: Final = 407
"""The status of a proxy that has passed nothing on."""


class AiohttpTransport:
    """A transport over aiohttp, with keep-alive connections and gzip.

    ``max_connections`` should equal the maximum number of requests in flight, so that none of them spends its
    timeout waiting for a connection. ``proxy`` is the URL of a proxy; without it, ``trust_env`` takes the
    proxies of the environment (HTTPS_PROXY, NO_PROXY). ``ca_bundle`` is a file with the CA certificates to
    trust (SSL_CERT_FILE by default), and ``ssl`` a whole SSL context. A response of more than
    ``max_response_size`` bytes, decompressed, raises :class:`ResponseTooLarge`.

    A ``session`` that you pass in is used unchanged and never closed; aiohttp itself then resends a GET, PUT
    or DELETE if a keep-alive connection has been closed by the server. Example::

        SmartleadClient(key, transport=AiohttpTransport(max_response_size=2**20))
    """

    enforces_timeout = True

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession | None = None,
        max_connections: int = 20,
        connect_timeout: float = 10.0,
        proxy: str | None = None,
        ca_bundle: str | os.PathLike[str] | None = None,
        ssl: ssl_module.SSLContext | None = None,
        trust_env: bool = True,
        max_response_size: int = 64 * 2**20,
    ) -> None:
        if ssl is not None and ca_bundle is not None:
            raise ConfigurationError("pass either ssl or ca_bundle: an SSL context has CA certificates")
        self._session = session
        self._owned = session is None
        self._closed = False
        self._timer = DeadlineTimer()
        self._max_connections = max_connections
        self._connect_timeout = connect_timeout
        self._max_response_size = max_response_size
        self._request_options: dict[str, Any] = {
            # The key is in the URL, and following a redirect could send it to another host.
            "allow_redirects": False,
            "ssl": ssl or (_ssl_context(ca_bundle) if self._owned or ca_bundle else True),
        }
        # aiohttp spends time on each argument of each request: pass these only where they change something.
        if session is not None:
            # A session passed in by the user may have this enabled.
            self._request_options["raise_for_status"] = False
        self._proxies: EnvironmentProxies | Proxy | None = None
        if proxy is not None:
            self._proxies = Proxy.parse(proxy, "proxy")
        elif trust_env and session is None:
            # Not aiohttp's trust_env, which reads the environment for every request, and .netrc as well.
            self._proxies = EnvironmentProxies() or None

    def check_proxy(self, url: str) -> None:
        """Raise :class:`ConfigurationError` if the environment names an invalid proxy for this URL."""
        if self._proxies is not None:
            self._proxies.proxy_for(url)

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send one request; see :class:`Transport`."""
        # aiohttp's exceptions, and the locals in their frames, include the URL and with it the key. Raising
        # inside an except block would attach them as __context__, so that is done after the try statement.
        failure: SmartleadError
        try:
            with Deadline(self._timer, request.timeout):
                return await self._exchange(request)
        except SmartleadError as problem:
            failure = problem
        except aiohttp.ConnectionTimeoutError:
            timeout = _connect_timeout(self._connect_timeout, request.timeout)
            failure = NotSent(f"no connection within {timeout:g} s")
        except TimeoutError:
            failure = RequestTimeout(f"no response within {request.timeout:g} s")
        except Exception as problem:  # noqa: BLE001 - whatever aiohttp raises
            from .aiohttp_failures import failure_of  # noqa: PLC0415 - loaded with the first failure

            failure = failure_of(problem)
        except BaseException as problem:  # noqa: BLE001
            # A cancellation, mostly.
            raise stripped(problem) from None
        raise stripped(failure)

    async def aclose(self) -> None:
        """Close the session, unless it was passed in."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None and self._owned:
            await session.close()

    async def _exchange(self, request: HttpRequest) -> HttpResponse:
        # A separate method, so that no frame in a traceback has aiohttp's response among its locals.
        session = self._session or self._open()
        response = await session.request(
            request.method,
            URL(request.url, encoded=True),
            data=_payload(request.body),
            timeout=_timeout(self._connect_timeout, request.timeout),
            **self._request_options,
            **self._options_of(request),
        )
        try:
            body = await _read(response.content, self._max_response_size)
        finally:
            # Unlike "async with", this takes no additional awaits.
            response.release()
        # From the server itself, it says nothing about whether the request took effect.
        if response.status == _PROXY_CREDENTIALS_REQUIRED and self._may_use_proxy:
            from .aiohttp_failures import proxy_refusal  # noqa: PLC0415 - loaded with the first failure

            raise proxy_refusal(response.status)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpResponse(response.status, headers, body)

    @property
    def _may_use_proxy(self) -> bool:
        # A session that was passed in may have a proxy of its own.
        return self._proxies is not None or not self._owned

    def _options_of(self, request: HttpRequest) -> dict[str, Any]:
        if self._proxies is None or (proxy := self._proxies.proxy_for(request.url)) is None:
            return {"headers": request.headers}
        return proxy.options(request.url, request.headers)

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise ConfigurationError("this transport is closed: create a new one")
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._max_connections),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # Otherwise aiohttp itself resends a GET, PUT or DELETE if a keep-alive connection has been closed,
        # bypassing the limiter, the log and the retry count. Retries belong to the pipeline.
        session._retry_connection = False  # noqa: SLF001
        self._session = session
        return session


def _connect_timeout(connect_timeout: float, timeout: float) -> float:
    # Shorter than the timeout of the request, so that a failed connection is reported as NotSent. After a
    # RequestTimeout, a create could not be retried.
    return min(connect_timeout, timeout / 2)


@functools.lru_cache(maxsize=16)
def _timeout(connect_timeout: float, timeout: float) -> aiohttp.ClientTimeout:
    # The deadline in send() covers the whole exchange. Any other timeout of aiohttp would only add a timer
    # that is scheduled and cancelled for every request.
    return aiohttp.ClientTimeout(total=None, sock_connect=_connect_timeout(connect_timeout, timeout))


def _payload(body: bytes | None) -> bytes | io.BytesIO | None:
    # aiohttp warns about raw bytes of this size, because writing them at once blocks the event loop.
    return io.BytesIO(body) if body is not None and len(body) > _LARGE_BODY else body


async def _read(content: aiohttp.StreamReader, limit: int) -> bytes:
    """Return the whole body, which aiohttp decompresses piece by piece."""
    body = await content.readany()
    if content.at_eof() and len(body) <= limit:
        return body
    size, pieces = len(body), [body]
    while size <= limit and (piece := await content.readany()):
        size += len(piece)
        pieces.append(piece)
    if size > limit:
        raise ResponseTooLarge(f"the response is larger than {limit:,} bytes")
    return b"".join(pieces)


def _ssl_context(ca_bundle: str | os.PathLike[str] | None) -> ssl_module.SSLContext | bool:
    """Return a context for these CA certificates; True for aiohttp's own, with those of the system."""
    if ca_bundle is None:
        # aiohttp has made its own when it was imported, possibly before the variable was set.
        file = os.environ.get("SSL_CERT_FILE")
        return _context_of_environment(file) if file else True
    try:
        return ssl_module.create_default_context(cafile=Path(ca_bundle))
    except OSError as problem:
        reason = problem.strerror or "it has no PEM certificates"
    raise ConfigurationError(f"the CA bundle {os.fspath(ca_bundle)} cannot be read: {reason}")


@functools.lru_cache(maxsize=1)
def _context_of_environment(_file: str) -> ssl_module.SSLContext:
    # One for all transports: it takes 20 ms, and connections are shared only by requests with the same one.
    return ssl_module.create_default_context()
