"""One normal form for the base URLs of the client and the command line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartlead_async import FakeSmartlead, SmartleadClient
from smartlead_async.base_url import is_loopback, normalize_base_url
from smartlead_async.cli.output import CommandError
from smartlead_async.cli.target import Target
from smartlead_async.errors import ConfigurationError


@pytest.mark.parametrize(
    ("given_", "normal"),
    [
        ("https://server.example/api/v1", "https://server.example/api/v1"),
        ("  https://server.example/api/v1/ \n", "https://server.example/api/v1"),
        ("https://server.example", "https://server.example/api/v1"),
        ("https://server.example/", "https://server.example/api/v1"),
        ("https://server.example//", "https://server.example/api/v1"),
        ("https://server.example//api//v1//", "https://server.example/api/v1"),
        ("https://server.example/other/API/", "https://server.example/other/API"),
        ("HTTPS://Server.Example:443/api/v1", "https://server.example/api/v1"),
        ("http://127.0.0.1:80/api/v1", "http://127.0.0.1/api/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v1"),
        ("https://server.example.:8443", "https://server.example:8443/api/v1"),
        ("http://[::1]:8080/", "http://[::1]:8080/api/v1"),
        ("https://bücher.example", "https://xn--bcher-kva.example/api/v1"),
    ],
)
def test_the_client_the_environment_and_the_command_line_share_one_normal_form(
    monkeypatch: pytest.MonkeyPatch, given_: str, normal: str
) -> None:
    assert normalize_base_url(given_) == normal
    assert normalize_base_url(normal) == normal
    assert Target.parse(given_).base_url == normal
    transport = FakeSmartlead().transport()
    client = SmartleadClient("test-key", base_url=given_, transport=transport)
    monkeypatch.setenv("SMARTLEAD_API_KEY", "test-key")
    monkeypatch.setenv("SMARTLEAD_BASE_URL", given_)
    for one in (client, SmartleadClient.from_env(transport=transport)):
        assert repr(one).startswith(f"<SmartleadClient {normal}, ")
    assert Target.parse("live").base_url == normal


SECRET = "s3cret"


@pytest.mark.parametrize(
    "url",
    [
        "", "   ", SECRET, f"//{SECRET}", f"{SECRET}.example/api/v1", f"ftp://{SECRET}.example", "https://",
        f"https:///{SECRET}", f"https://server.example?api_key={SECRET}", f"https://server.example/#{SECRET}",
        f"https://me:{SECRET}@server.example", f"https://{SECRET}@server.example/api/v1",
        f"https://[::1/{SECRET}", f"https://server.example:0/{SECRET}", f"https://server.example:99999/{SECRET}",
        f"https://server.example:x/{SECRET}", f"https://ser ver.example/{SECRET}", f"https://a..b/{SECRET}",
        f"https://server.example/api v1/{SECRET}", f"https://server.example\\{SECRET}",
        f"https://server.example/\x1b[31m{SECRET}", f"https://server.example/\x00{SECRET}",
        f"http://server.smartlead.ai/api/v1/{SECRET}", f"http://SMARTLEAD.ai:8080/{SECRET}",
        f"https://{'a' * 70}.example/{SECRET}",
    ],
)  # fmt: skip
def test_what_is_not_a_plain_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        normalize_base_url(url, "SOURCE")
    assert raised.value.message.startswith("SOURCE ")
    assert SECRET not in raised.value.message
    with pytest.raises(CommandError) as refused:
        Target.parse(url)
    if "://" in url:
        assert SECRET not in str(refused.value)


@pytest.mark.parametrize("url", [None, 7, b"https://server.example"])
def test_a_base_url_of_another_type_is_named(url: object) -> None:
    with pytest.raises(ConfigurationError, match=f"must be a string.*{type(url).__name__}"):
        normalize_base_url(url)  # type: ignore[arg-type]


@given(st.one_of(st.text(max_size=30), st.text(max_size=30).map("https://{}".format)))
def test_any_string_is_normalized_for_good_or_refused(text: str) -> None:
    try:
        normal = normalize_base_url(text)
    except ConfigurationError:
        return
    assert normalize_base_url(normal) == normal
    assert normal.isascii() or not text.isascii()


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True), ("fake.localhost", True), ("127.0.0.1", True), ("127.9.9.9", True),
        ("::1", True),
        ("server.example", False), ("10.0.0.1", False), ("", False),
    ],
)  # fmt: skip
def test_loopback_hosts_are_recognized(host: str, here: bool) -> None:
    assert is_loopback(host) is here
