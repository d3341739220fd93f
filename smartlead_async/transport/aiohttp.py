"""The default transport, on an aiohttp session with keep-alive connections."""

from __future__ import annotations

import functools
import io
import ssl as ssl_module
from typing import Any, Final

import aiohttp
from yarl import URL

from ..errors import ConfigurationError, Interrupted, NotSent, RequestTimeout, SmartleadError
from .deadline import Deadline, DeadlineTimer
from .protocol import HttpRequest, HttpResponse

_LARGE_BODY: Final = 2**20


class AiohttpTransport:
    """A transport over aiohttp, with keep-alive connections and gzip.

    ``max_connections`` should equal the maximum number of requests in flight, so that none of them spends its
    timeout waiting for a connection. ``proxy`` is a URL, ``ssl`` a custom SSL context, and ``trust_env``
    reads proxies from the environment. A ``session`` that you pass in is used unchanged and never closed;
    aiohttp itself then resends a GET, PUT or DELETE if a keep-alive connection has been closed by the server.
    Example::

        SmartleadClient(key, transport=AiohttpTransport(proxy="http://proxy.example:3128"))
    """

    enforces_timeout = True

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession | None = None,
        max_connections: int = 20,
        connect_timeout: float = 10.0,
        proxy: str | None = None,
        ssl: ssl_module.SSLContext | None = None,
        trust_env: bool = False,
    ) -> None:
        self._session = session
        self._owned = session is None
        self._closed = False
        self._timer = DeadlineTimer()
        self._max_connections = max_connections
        self._connect_timeout = connect_timeout
        self._trust_env = trust_env
        self._request_options: dict[str, Any] = {
            # The key is in the URL, and following a redirect could send it to another host.
            "allow_redirects": False,
            "ssl": True if ssl is None else ssl,
        }
        # aiohttp spends time on each argument of each request: pass these only where they change something.
        if session is not None:
            # A session passed in by the user may have this enabled.
            self._request_options["raise_for_status"] = False
        if proxy is not None:
            self._request_options["proxy"] = proxy

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send one request; see :class:`Transport`."""
        # aiohttp's exceptions include the URL and with it the key. Raising inside an except block would
        # attach them as __context__, so the new exception is raised after the try statement.
        failure: SmartleadError
        try:
            with Deadline(self._timer, request.timeout):
                return await self._exchange(request)
        except aiohttp.ConnectionTimeoutError:
            timeout = _connect_timeout(self._connect_timeout, request.timeout)
            failure = NotSent(f"no connection within {timeout:g} s")
        except (aiohttp.InvalidURL, ValueError):
            # aiohttp and yarl raise ValueError for some invalid URLs.
            failure = ConfigurationError("the base URL is not a valid HTTP URL: check base_url")
        except aiohttp.ClientProxyConnectionError as problem:
            failure = NotSent(f"no connection to the proxy: {_reason(problem.os_error)}")
        except aiohttp.ClientConnectorError as problem:
            failure = NotSent(f"no connection to {problem.host}:{problem.port}: {_reason(problem.os_error)}")
        except aiohttp.ClientHttpProxyError as problem:
            failure = NotSent(f"the proxy refused to connect (HTTP {problem.status})")
        except aiohttp.ServerDisconnectedError:
            failure = Interrupted("the server closed the connection without a response")
        except aiohttp.ClientPayloadError:
            failure = Interrupted("the connection broke in the middle of the response")
        except TimeoutError:
            failure = RequestTimeout(f"no response within {request.timeout:g} s")
        except (aiohttp.ClientError, OSError) as problem:
            failure = Interrupted(f"the connection broke: {type(problem).__name__}")
        raise failure

    async def aclose(self) -> None:
        """Close the session, unless it was passed in."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None and self._owned:
            await session.close()

    async def _exchange(self, request: HttpRequest) -> HttpResponse:
        # A separate method, so that no frame in a traceback has aiohttp's response among its locals.
        response = await (self._session or self._open()).request(
            request.method,
            URL(request.url, encoded=True),
            headers=request.headers,
            data=_payload(request.body),
            timeout=_timeout(self._connect_timeout, request.timeout),
            **self._request_options,
        )
        try:
            body = await response.read()
        finally:
            # Unlike "async with", this takes no additional awaits.
            response.release()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpResponse(response.status, headers, body)

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise ConfigurationError("this transport is closed: create a new one")
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._max_connections),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=self._trust_env,
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


def _reason(problem: OSError) -> str:
    return problem.strerror or type(problem).__name__
