"""HTTP proxies, from an argument or from the environment."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final, Self
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import attrs
from yarl import URL

from ..base_url import is_loopback
from ..errors import ConfigurationError


@attrs.frozen
class Proxy:
    """The address of a proxy, and its credentials, which the repr hides."""

    url: URL
    authorization: str | None = attrs.field(default=None, repr=False)

    @classmethod
    def parse(cls, value: str, source: str) -> Self:
        """Parse a URL or ``host:port``. The error names its source but not the value, which may be secret."""
        text = value.strip() if "://" in value else f"http://{value.strip()}"
        try:
            parts = urlsplit(text)
            scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
        except ValueError:
            parts, scheme, host, port = urlsplit(""), "", None, None
        if scheme.startswith("socks"):
            raise ConfigurationError(f"{source} names a SOCKS proxy: only HTTP proxies are supported")
        if scheme not in ("http", "https") or not host or port == 0 or not text.isprintable() or " " in text:
            raise ConfigurationError(f"{source} must look like http://proxy.example:3128")
        return cls(URL.build(scheme=scheme, host=host, port=port), _authorization(parts))

    def proxy_for(self, _url: str, /) -> Self:
        """Return this proxy, which is for every URL."""
        return self

    def options(self, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return the arguments of an aiohttp request that sends it through the proxy."""
        if self.authorization is None:
            return {"proxy": self.url, "headers": headers}
        credentials = {"Proxy-Authorization": self.authorization}
        if url.startswith("https:"):
            # Of the CONNECT request; the server behind the tunnel does not see it.
            return {"proxy": self.url, "proxy_headers": credentials, "headers": headers}
        return {"proxy": self.url, "headers": {**headers, **credentials}}


def _authorization(parts: SplitResult) -> str | None:
    if not (parts.username or parts.password):
        return None
    credentials = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return f"Basic {b64encode(credentials.encode()).decode()}"


class EnvironmentProxies:
    """The proxies of HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, or of the system settings.

    Servers on the loopback interface are always reached directly, as in Go's ``net/http``.
    """

    def __init__(self) -> None:
        self._proxies: Final[Mapping[str, str]] = getproxies()
        self._by_origin: dict[str, Proxy | None] = {}

    def __bool__(self) -> bool:
        return any(self._proxies.get(scheme) for scheme in ("http", "https", "all"))

    def proxy_for(self, url: str, /) -> Proxy | None:
        """Return the proxy for a URL; None if it is reached directly."""
        origin = "/".join(url.split("/", 3)[:3])
        if origin not in self._by_origin:
            self._by_origin[origin] = self._find(origin)
        return self._by_origin[origin]

    def _find(self, origin: str) -> Proxy | None:
        parts = urlsplit(origin)
        host = parts.hostname or ""
        name = parts.scheme if self._proxies.get(parts.scheme) else "all"
        value = self._proxies.get(name)
        # NO_PROXY may name a host with its port.
        if not value or is_loopback(host) or proxy_bypass(parts.netloc) or proxy_bypass(host):
            return None
        return Proxy.parse(value, f"{name.upper()}_PROXY")
