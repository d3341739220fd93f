"""Proxies from arguments and the environment, CA certificates, and what an unreachable server is called."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import trustme

from smartlead_async.client import SmartleadClient
from smartlead_async.errors import ConfigurationError, NotSent, OutcomeUnknown, SmartleadError
from smartlead_async.pipeline.retry import RetryPolicy
from smartlead_async.transport import HttpRequest
from smartlead_async.transport.aiohttp import AiohttpTransport
from smartlead_async.transport.proxies import EnvironmentProxies, Proxy

from .loopback import Loopback, close_connection, http
from .operations import MakeThing, ReadThing, Thing
from .scripted import KEY, ScriptedTransport
from .test_key_secrecy import assert_no_leak

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
SERVER = "http://server.example/api/v1"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    return monkeypatch


async def failure(request: Any = None, **options: Any) -> SmartleadError:
    """Return the error of one request of a client with the default transport."""
    async with SmartleadClient(KEY, retry=RetryPolicy.NEVER, timeout=5.0, **options) as client:
        with pytest.raises(SmartleadError) as raised:
            await client.send(request or MakeThing())
    assert_no_leak(raised.value, KEY)
    return raised.value


# --- proxies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_the_default_transport_uses_the_proxy_of_the_environment(
    loopback: Loopback, environment: pytest.MonkeyPatch, name: str
) -> None:
    environment.setenv(name, f"http://127.0.0.1:{loopback.port}")
    loopback.always = http(200, {"id": 7})
    async with SmartleadClient(KEY, base_url=SERVER) as client:
        assert await client.send(ReadThing()) == Thing(7)
    assert loopback.received[0].target == f"{SERVER}/things/7?api_key={KEY}"


async def test_https_goes_through_a_tunnel_of_the_proxy(
    loopback: Loopback, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HTTPS_PROXY", f"127.0.0.1:{loopback.port}")
    loopback.always = http(403, b"")
    error = await failure()
    assert isinstance(error, NotSent)
    assert "the proxy refused to connect (HTTP 403)" in error.message
    assert [(r.method, r.target) for r in loopback.received] == [("CONNECT", "server.smartlead.ai:443")]


@pytest.mark.parametrize("exception", ["server.example", ".example", "other.example, server.example", "*"])
async def test_no_proxy_names_servers_that_are_reached_directly(
    environment: pytest.MonkeyPatch, exception: str
) -> None:
    environment.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    environment.setenv("NO_PROXY", exception)
    assert EnvironmentProxies().proxy_for(f"{SERVER}/x?api_key=1") is None


async def test_no_proxy_may_name_a_port(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    environment.setenv("NO_PROXY", "server.example:8080")
    proxies = EnvironmentProxies()
    assert proxies.proxy_for("http://server.example:8080/x") is None
    assert proxies.proxy_for("http://server.example/x") is not None


async def test_a_server_on_this_machine_is_reached_directly(
    loopback: Loopback, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    loopback.always = http(200, {"id": 7})
    async with SmartleadClient(KEY, base_url=loopback.url) as client:
        assert await client.send(ReadThing()) == Thing(7)


async def test_an_explicit_proxy_takes_precedence_over_the_environment(
    loopback: Loopback, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    environment.setenv("NO_PROXY", "*")
    loopback.always = http(200, {"id": 7})
    async with SmartleadClient(KEY, base_url=SERVER, proxy=f"http://127.0.0.1:{loopback.port}") as client:
        await client.send(ReadThing())
    assert len(loopback.received) == 1


async def test_credentials_of_a_proxy_are_sent_to_it_and_shown_nowhere(loopback: Loopback) -> None:
    loopback.then(http(200, {"id": 7}), http(407, b""), close_connection)
    proxy = f"http://me:p%40ss%C3%A9@127.0.0.1:{loopback.port}"
    transport = AiohttpTransport(proxy=proxy)
    async with SmartleadClient(KEY, base_url=SERVER, transport=transport, retry=RetryPolicy.NEVER) as client:
        await client.send(ReadThing())
        sent = loopback.received[0].headers["proxy-authorization"]
        assert sent == "Basic " + b64encode("me:p@ssé".encode()).decode()
        for _ in range(2):
            with pytest.raises(SmartleadError) as raised:
                await client.send(ReadThing())
            for secret in ("p%40ss", "p@ss", sent.split()[1]):
                assert_no_leak(raised.value, secret)
    assert "p@ss" not in repr(Proxy.parse(proxy, "proxy"))


async def test_credentials_of_a_proxy_are_part_of_the_request_for_a_tunnel(loopback: Loopback) -> None:
    loopback.always = http(407, b"")
    await failure(proxy=f"http://me:secret@127.0.0.1:{loopback.port}")
    assert loopback.received[0].method == "CONNECT"
    assert loopback.received[0].headers["proxy-authorization"].startswith("Basic ")


async def test_a_proxy_that_wants_credentials_has_sent_nothing_on(loopback: Loopback) -> None:
    loopback.always = http(407, b"")
    error = await failure(base_url=SERVER, proxy=f"http://127.0.0.1:{loopback.port}")
    assert isinstance(error, NotSent)
    assert "the proxy requires other credentials" in error.message


async def test_a_server_that_wants_proxy_credentials_may_have_created_the_thing(loopback: Loopback) -> None:
    loopback.always = http(407, b"")
    async with SmartleadClient(KEY, base_url=loopback.url) as client:
        with pytest.raises(OutcomeUnknown):
            await client.send(MakeThing())
    assert len(loopback.received) == 1


async def test_an_unreachable_proxy_is_called_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ALL_PROXY", "http://127.0.0.1:1")
    error = await failure()
    assert isinstance(error, NotSent)
    assert "no connection to the proxy 127.0.0.1:1" in error.message


@pytest.mark.parametrize(
    "value", ["socks5://me:s3cret@p.example:1", "http://", "ftp://s3cret", "http://x:99999"]
)
def test_an_invalid_proxy_is_refused_at_once_without_being_shown(
    environment: pytest.MonkeyPatch, value: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"^proxy ") as raised:
        SmartleadClient(KEY, proxy=value)
    assert "s3cret" not in str(raised.value)
    environment.setenv("https_proxy", value)
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY") as raised:
        SmartleadClient(KEY)
    assert "s3cret" not in str(raised.value)


def test_a_proxy_that_no_request_would_use_may_be_anything(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTP_PROXY", "socks5://proxy.example")
    environment.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    SmartleadClient(KEY)


async def test_netrc_is_not_read(loopback: Loopback, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    environment.setenv("NETRC", str(tmp_path / "netrc"))
    loopback.always = http(200, {"id": 7})
    async with SmartleadClient(KEY, base_url=loopback.url) as client:
        await client.send(ReadThing())
    assert "authorization" not in loopback.received[0].headers


# --- TLS ---------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def tls_server(certificate: trustme.LeafCert) -> AsyncIterator[str]:
    """Serve one thing over TLS on 127.0.0.1, and yield the base URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(http(200, {"id": 7}))
        writer.close()

    server = await asyncio.start_server(respond, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v1"


@pytest.fixture
def bundle(tmp_path: Path, authority: trustme.CA) -> Path:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.sockets
@pytest.mark.parametrize("way", ["argument", "environment"])
async def test_ca_certificates_come_from_the_argument_or_the_environment(
    authority: trustme.CA, bundle: Path, environment: pytest.MonkeyPatch, way: str
) -> None:
    if way == "environment":
        environment.setenv("SSL_CERT_FILE", str(bundle))
    options: dict[str, Any] = {"ca_bundle": bundle} if way == "argument" else {}
    async with (
        tls_server(authority.issue_cert("127.0.0.1")) as url,
        SmartleadClient(KEY, base_url=url, **options) as client,
    ):
        assert await client.send(ReadThing()) == Thing(7)


@pytest.mark.sockets
@pytest.mark.parametrize("request_", [ReadThing(), MakeThing()])
async def test_an_untrusted_certificate_is_told_as_such_and_nothing_was_sent(
    authority: trustme.CA, request_: Any
) -> None:
    async with tls_server(authority.issue_cert("127.0.0.1")) as url:
        error = await failure(request_, base_url=url)
    assert isinstance(error, NotSent)
    assert "the TLS certificate of 127.0.0.1:" in error.message
    assert "unable to get local issuer certificate" in error.message


@pytest.mark.sockets
async def test_a_certificate_of_another_host_is_not_accepted(authority: trustme.CA, bundle: Path) -> None:
    async with tls_server(authority.issue_cert("server.example")) as url:
        error = await failure(base_url=url, ca_bundle=bundle)
    assert isinstance(error, NotSent)
    assert "the TLS certificate of 127.0.0.1:" in error.message


async def test_a_server_without_tls_is_told_as_such(loopback: Loopback) -> None:
    loopback.greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    error = await failure(base_url=loopback.url.replace("http:", "https:"))
    assert isinstance(error, NotSent)
    assert "no TLS connection to 127.0.0.1" in error.message


def test_a_ca_bundle_without_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificates\n")
    with pytest.raises(ConfigurationError, match=r"ca\.pem cannot be read"):
        SmartleadClient(KEY, ca_bundle=tmp_path / "ca.pem")
    with pytest.raises(ConfigurationError, match="either ssl or ca_bundle"):
        AiohttpTransport(ssl=ssl.create_default_context(), ca_bundle=tmp_path / "ca.pem")


# --- other reasons -----------------------------------------------------------------------------------


@pytest.mark.sockets
async def test_an_unresolvable_name_is_told_as_such() -> None:
    error = await failure(base_url="http://nowhere.invalid/api/v1")
    assert isinstance(error, NotSent)
    assert "nowhere.invalid:80: the name cannot be resolved" in error.message


async def test_an_unexpected_exception_of_the_session_does_not_escape() -> None:
    class Session:
        def request(self, *_: Any, **__: Any) -> None:
            raise RuntimeError(KEY)

    transport = AiohttpTransport(session=Session())  # type: ignore[arg-type]
    with pytest.raises(SmartleadError) as raised:
        await transport.send(HttpRequest("GET", f"https://server.example/?api_key={KEY}"))
    assert_no_leak(raised.value, KEY)


def test_http_without_tls_to_another_machine_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        SmartleadClient(KEY, base_url="http://127.0.0.1:8080", transport=ScriptedTransport())
        assert not caplog.records
        SmartleadClient(KEY, base_url=SERVER, transport=ScriptedTransport())
    assert "unencrypted" in caplog.text


async def test_a_session_that_was_passed_in_keeps_its_own_proxy_settings(
    loopback: Loopback, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("HTTP_PROXY", f"http://127.0.0.1:{loopback.port}")
    async with aiohttp.ClientSession() as session:
        transport = AiohttpTransport(session=session)
        with pytest.raises(NotSent, match=r"nowhere\.invalid"):
            await transport.send(HttpRequest("GET", "http://nowhere.invalid/"))
    assert not loopback.received
