"""Unusual headers and broken bodies, returned by a mocked aiohttp."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aioresponses import aioresponses

from smartlead_async.client import SmartleadClient
from smartlead_async.errors import (
    AuthenticationError,
    OutcomeUnknown,
    RateLimited,
    ResponseDecodeError,
    ServerError,
)
from smartlead_async.pipeline.retry import RetryPolicy

from ..conftest import CannedAnswers
from .scripted import KEY

URL = f"https://server.smartlead.ai/api/v1/campaigns/create?api_key={KEY}"


async def test_aioresponses_still_needs_the_custom_response_class() -> None:
    with aioresponses() as plain:
        plain.get("https://server.example/", payload={})
        async with aiohttp.ClientSession() as session:
            try:
                await session.get("https://server.example/")
            except TypeError as problem:
                needed = "stream_writer" in str(problem)
            else:
                needed = False
            if not needed:
                pytest.fail(
                    "aioresponses works with this aiohttp: delete _ResponseOfToday in tests/conftest.py"
                )


async def test_create_campaign_sends_the_expected_request(canned: CannedAnswers) -> None:
    canned.post(
        URL,
        payload={"ok": True, "id": "4101", "name": "x", "created_at": "2026-03-02T09:00:00.000Z", "new": []},
    )
    async with SmartleadClient(KEY) as client:
        assert (await client.campaigns.create("x")).id == 4101
    ((method, url),) = canned.requests
    assert (method, str(url)) == ("POST", URL)
    (call,) = next(iter(canned.requests.values()))
    assert call.kwargs["data"] == b'{"name":"x"}'
    assert call.kwargs["allow_redirects"] is False


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"\xff\xfe\x00{", ResponseDecodeError),
        (200, b'{"ok": true, "id": 41', ResponseDecodeError),
        (200, b"<!DOCTYPE html><title>Just a moment...</title>", ResponseDecodeError),
        (401, b'\xef\xbb\xbf{"message": "Invalid API Key"}', AuthenticationError),
        (429, b"\x1f\x8b broken gzip", RateLimited),
        (500, b"", OutcomeUnknown),
    ],
)
async def test_broken_bodies_raise_the_right_error(
    canned: CannedAnswers, status: int, body: bytes, kind: type[Exception]
) -> None:
    canned.post(URL, status=status, body=body)
    async with SmartleadClient(KEY, retry=RetryPolicy.NEVER) as client:
        with pytest.raises(kind):
            await client.campaigns.create("x")


@pytest.mark.parametrize(
    "headers",
    [
        {"RETRY-AFTER": "30"}, {"retry-after": "30"}, {"Retry-After": " 30 "},
        {"X-RateLimit-Limit": "sixty", "X-RateLimit-Remaining": "", "Retry-After": "30"},
        {"X-RateLimit-Reset": "soon", "Retry-After": "30"},
    ],
)  # fmt: skip
async def test_unusual_rate_limit_headers_are_parsed_or_ignored(
    canned: CannedAnswers, headers: dict[str, str]
) -> None:
    canned.post(URL, status=429, body=b"slow down", headers=headers)
    async with SmartleadClient(KEY, retry=RetryPolicy.NEVER) as client:
        with pytest.raises(RateLimited) as raised:
            await client.campaigns.create("x")
    assert raised.value.retry_after == 30


@pytest.mark.parametrize(
    "problem",
    [aiohttp.ClientConnectionError(f"reset {URL}"), aiohttp.ClientOSError(104, URL), OSError(5, URL)],
)
async def test_any_aiohttp_error_is_a_lost_response_without_the_url(
    canned: CannedAnswers, problem: Any
) -> None:
    canned.post(URL, exception=problem)
    async with SmartleadClient(KEY, retry=RetryPolicy.NEVER) as client:
        with pytest.raises(OutcomeUnknown) as raised:
            await client.campaigns.create("x")
    assert not isinstance(raised.value.failure, ServerError)
    assert KEY not in f"{raised.value} {raised.value.failure!r} {raised.value.failure.__context__!r}"
