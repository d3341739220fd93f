"""The default transport: one aiohttp session, kept alive, that leaks nothing of aiohttp."""

from __future__ import annotations

import functools
import io
import ssl as ssl_module
from typing import Any, Final

import aiohttp
from yarl import URL

from ..errors import ConfigurationError, Interrupted, NotSent, RequestTimeout, SmartleadError
from .deadline import Deadline, Deadlines
from .protocol import HttpRequest, HttpResponse

_LARGE: Final = 2**20


class AiohttpTransport:
    """Carries requests over aiohttp with kept-alive connections and gzip.

    ``max_connections`` should match the requests in flight, so that none waits for a connection (aiohttp
    would count that wait as time-out). ``proxy`` is a URL, ``ssl`` a context of your own, ``trust_env``
    takes proxies from the environment. A ``session`` that you bring is used as it is and never closed;
    aiohttp then repeats a GET, PUT or DELETE by itself when a kept-alive connection turns out to be dead.
    Example::

        SmartleadClient(key, transport=AiohttpTransport(proxy="http://proxy.example:3128"))
    """

    keeps_time = True

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
        self._deadlines = Deadlines()
        self._max_connections = max_connections
        self._connect_timeout = connect_timeout
        self._trust_env = trust_env
        self._always: dict[str, Any] = {
            # The key is in the URL: never carry it to wherever a redirect points.
            "allow_redirects": False,
            # A session of the user's may have it on.
            "raise_for_status": False,
            "proxy": proxy,
            "ssl": True if ssl is None else ssl,
        }

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send one request; see :class:`Transport`."""
        # aiohttp's exceptions print the URL and with it the key. Raised inside the handler, ours would
        # carry them along as context: so take the failure out first.
        failure: SmartleadError
        try:
            with Deadline(self._deadlines, request.timeout):
                return await self._exchange(request)
        except aiohttp.ConnectionTimeoutError:
            patience = _connect_patience(self._connect_timeout, request.timeout)
            failure = NotSent(f"no connection within {patience:g} s")
        except (aiohttp.InvalidURL, ValueError):
            # aiohttp and yarl raise ValueError for some of the URLs that they do not take.
            failure = ConfigurationError("the base URL is not a URL that can be requested")
        except aiohttp.ClientProxyConnectionError as problem:
            failure = NotSent(f"no connection to the proxy: {_reason(problem.os_error)}")
        except aiohttp.ClientConnectorError as problem:
            failure = NotSent(f"no connection to {problem.host}:{problem.port}: {_reason(problem.os_error)}")
        except aiohttp.ClientHttpProxyError as problem:
            failure = NotSent(f"the proxy refused to connect (HTTP {problem.status})")
        except aiohttp.ServerDisconnectedError:
            failure = Interrupted("the server closed the connection before it answered")
        except aiohttp.ClientPayloadError:
            failure = Interrupted("the connection broke in the middle of the answer")
        except TimeoutError:
            failure = RequestTimeout(f"no answer within {request.timeout:g} s")
        except (aiohttp.ClientError, OSError) as problem:
            failure = Interrupted(f"the connection broke: {type(problem).__name__}")
        raise failure

    async def aclose(self) -> None:
        """Close the session, if it is ours."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None and self._owned:
            await session.close()

    async def _exchange(self, request: HttpRequest) -> HttpResponse:
        # Of its own, so that no frame of an error that leaves has aiohttp's response among its locals.
        response = await (self._session or self._open()).request(
            request.method,
            URL(request.url, encoded=True),
            headers=request.headers,
            data=_payload(request.body),
            timeout=_timeout(self._connect_timeout, request.timeout),
            **self._always,
        )
        try:
            body = await response.read()
        finally:
            # "async with" does that too, and two more steps through the event loop.
            response.release()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpResponse(response.status, headers, body)

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise ConfigurationError("this transport is closed")
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._max_connections),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=self._trust_env,
        )
        # aiohttp would repeat a GET, PUT or DELETE by itself when a kept-alive connection turns out dead:
        # past the limiter, the log and the retry count. Repeating is the pipeline's business.
        session._retry_connection = False  # noqa: SLF001
        self._session = session
        return session


def _connect_patience(connect_timeout: float, timeout: float) -> float:
    # Less than the request's own timeout, so that a connection which does not come about is known as "not
    # sent": a timeout leaves open whether a create was made.
    return min(connect_timeout, timeout / 2)


@functools.lru_cache(maxsize=16)
def _timeout(connect_timeout: float, timeout: float) -> aiohttp.ClientTimeout:
    # The exchange as a whole is bounded elsewhere. What aiohttp would add to that, beside the time for a
    # connection, are timers that are set and taken back for every request.
    return aiohttp.ClientTimeout(total=None, sock_connect=_connect_patience(connect_timeout, timeout))


def _payload(body: bytes | None) -> bytes | io.BytesIO | None:
    # aiohttp warns about raw bytes of this size, since writing them in one go holds up the event loop.
    return io.BytesIO(body) if body is not None and len(body) > _LARGE else body


def _reason(problem: OSError) -> str:
    return problem.strerror or type(problem).__name__
