"""Exceptions of aiohttp as errors of this package, which name host and port but no URL."""

from __future__ import annotations

import aiohttp

from ..errors import ConfigurationError, Interrupted, NotSent, SmartleadError


def failure_of(problem: Exception) -> SmartleadError:
    """Return the error for an exception of aiohttp, of the socket or of TLS, other than a timeout."""
    if isinstance(problem, aiohttp.ClientConnectorError):
        return NotSent(_unreachable(problem))
    match problem:
        case aiohttp.ClientHttpProxyError():
            return proxy_refusal(problem.status)
        case aiohttp.ServerDisconnectedError():
            return Interrupted("the server closed the connection without a response")
        case aiohttp.ClientPayloadError():
            return Interrupted("the connection broke in the middle of the response")
        case aiohttp.InvalidURL() | ValueError():
            # aiohttp and yarl raise ValueError for some invalid URLs.
            return ConfigurationError("the base URL is not a valid HTTP URL: check base_url")
        case _:
            return Interrupted(f"the connection broke: {type(problem).__name__}")


def proxy_refusal(status: int) -> NotSent:
    """Return the error for a response of a proxy that has passed nothing on."""
    if status == 407:
        return NotSent("the proxy requires other credentials (HTTP 407): put them into the proxy's URL")
    return NotSent(f"the proxy refused to connect (HTTP {status})")


def _unreachable(problem: aiohttp.ClientConnectorError) -> str:
    server = f"{problem.host}:{problem.port}"
    match problem:
        case aiohttp.ClientConnectorCertificateError():
            reason = getattr(problem.certificate_error, "verify_message", "") or "it does not match the host"
            return (
                f"the TLS certificate of {server} was not accepted ({reason}): if your network inspects TLS, "
                "set SSL_CERT_FILE or ca_bundle to its CA certificates"
            )
        case aiohttp.ClientConnectorSSLError():
            return f"no TLS connection to {server}: {_tls_reason(problem)}"
        case aiohttp.ClientConnectorDNSError():
            return f"no connection to {server}: the name cannot be resolved ({_reason(problem.os_error)})"
        case aiohttp.ClientProxyConnectionError():
            return f"no connection to the proxy {server}: {_reason(problem.os_error)}"
        case _:
            return f"no connection to {server}: {_reason(problem.os_error)}"


def _tls_reason(problem: aiohttp.ClientConnectorSSLError) -> str:
    reason = getattr(problem.os_error, "reason", None)
    return str(reason).replace("_", " ").lower() if reason else type(problem.os_error).__name__


def _reason(problem: OSError) -> str:
    return problem.strerror or type(problem).__name__
