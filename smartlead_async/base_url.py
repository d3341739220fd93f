"""The base URL of a server, in one normal form for the client and the command line."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from .errors import ConfigurationError

EXAMPLE: Final = "https://server.example/api/v1"

_DEFAULT_PATH: Final = "/api/v1"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_OFFICIAL_DOMAIN: Final = ".smartlead.ai"


def normalize_base_url(url: str, source: str = "base_url") -> str:
    """Return a base URL in its normal form: lowercase host, no final slash, ``/api/v1`` if it has no path.

    Raises :class:`ConfigurationError` if it is not a plain HTTP URL. The message names ``source`` but not the
    URL, which may contain a key or a password.
    """
    if not isinstance(url, str):
        raise ConfigurationError(f"{source} must be a string such as {EXAMPLE}, not {type(url).__name__}")
    text = url.strip()
    if any(mark in text for mark in "?#@"):
        raise ConfigurationError(
            f"{source} must be a plain URL, without query, fragment and credentials: pass the API key apart"
        )
    parts = _split(text)
    if parts is None or not text.isprintable() or re.search(r"[\s\\]", text):
        raise ConfigurationError(f"{source} is not a URL such as {EXAMPLE}")
    host, port = _host(parts), parts.port
    if parts.scheme == "http" and f".{parts.hostname}".endswith(_OFFICIAL_DOMAIN):
        raise ConfigurationError(f"{source} must begin with https://: SmartLead is not reached without TLS")
    suffix = "" if port is None or port == _DEFAULT_PORTS[parts.scheme] else f":{port}"
    path = re.sub("/{2,}", "/", parts.path).rstrip("/") or _DEFAULT_PATH
    return f"{parts.scheme}://{host}{suffix}{path}"


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in _DEFAULT_PORTS and bool(_host(parts)) and parts.port != 0
    except ValueError:  # includes UnicodeError, for a host that cannot be encoded
        return None
    return parts if valid else None


def _host(parts: SplitResult) -> str:
    """Return the host in lowercase and ASCII, with the brackets of an IPv6 address."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    ascii_host = host.encode("idna").decode("ascii").lower()
    return ascii_host if _HOST.fullmatch(ascii_host) else ""
