"""The base URL of each of SmartLead's hosts."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ..base_url import is_loopback, normalize_base_url
from ..errors import ConfigurationError
from ..request import Host
from .events import logger


def base_urls_of(base_url: str | Mapping[Host, str] | None) -> Mapping[Host, str]:
    """Return the base URL of each host: the given one, that of a mapping, or SmartLead's own."""
    official = {host: host.value for host in Host}
    if base_url is None:
        return official
    given = base_url if isinstance(base_url, Mapping) else dict.fromkeys(Host, base_url)
    for host in given:
        if not isinstance(host, Host):
            raise ConfigurationError(f"the keys of base_url are members of Host, not {host!r}")
    urls = {host: normalize_base_url(url, _source(host, base_url)) for host, url in given.items()}
    if any(
        url.startswith("http:") and not is_loopback(urlsplit(url).hostname or "") for url in urls.values()
    ):
        logger.warning("the base URL begins with http://, so the API key is sent unencrypted")
    return official | urls


def _source(host: Host, base_url: object) -> str:
    return f"base_url[Host.{host.name}]" if isinstance(base_url, Mapping) else "base_url"
