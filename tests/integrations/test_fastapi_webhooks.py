"""The webhook router: what is answered with what, and that each event is handled once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from smartlead_async import ConfigurationError, webhooks
from smartlead_async.integrations.fastapi import webhook_router

from .applications import running

URL = "/webhooks/smartlead"
TOKEN = {"token": "t0ken"}


class Handler:
    """Notes the events that it gets."""

    def __init__(self) -> None:
        self.events: list[webhooks.Event] = []
        self._called = asyncio.Event()

    async def __call__(self, event: webhooks.Event) -> None:
        self.events.append(event)
        self._called.set()

    async def wait_for(self, count: int) -> None:
        """Wait for this many events, without a timeout: the thread of the file takes no virtual time."""
        while len(self.events) < count:
            self._called.clear()
            await self._called.wait()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "webhooks.sqlite"


def application(handle: Any, queue: Any, **options: Any) -> FastAPI:
    app = FastAPI()
    chosen: dict[str, Any] = {"url_token": "t0ken"} | options
    app.include_router(webhook_router(handle, queue=queue, **chosen))
    return app


def body(name: str = "EMAIL_REPLY", **values: Any) -> bytes:
    return json.dumps(webhooks.sample(name, **values)).encode()


async def test_every_sample_is_taken_once_and_handled(path: Path) -> None:
    handler = Handler()
    async with running(application(handler, path)) as http:
        for _ in range(3):
            for name in webhooks.SAMPLES:
                response = await http.post(URL, params=TOKEN, content=body(name))
                assert (response.status_code, response.content) == (200, b"")
        await handler.wait_for(len(webhooks.SAMPLES))
    assert [event.type for event in handler.events] == list(webhooks.SAMPLES)


async def test_a_repeated_delivery_is_not_handled_after_a_restart(path: Path) -> None:
    for expected in (1, 0):
        handler = Handler()
        async with running(application(handler, path)) as http:
            assert (await http.post(URL, params=TOKEN, content=body())).status_code == 200
            await handler.wait_for(expected)
        assert len(handler.events) == expected


async def test_an_event_is_handled_after_the_restart_if_there_was_no_time_before(path: Path) -> None:
    async def never(_: webhooks.Event) -> None:
        raise ConnectionError("the CRM is down")

    async with running(application(never, webhooks.EventQueue(path, retry_after=[3600]))) as http:
        assert (await http.post(URL, params=TOKEN, content=body())).status_code == 200
    handler = Handler()
    async with running(application(handler, webhooks.EventQueue(path, clock=lambda: time.time() + 7200))):
        await handler.wait_for(1)
    assert handler.events[0].key is not None


async def test_the_end_of_the_application_lets_a_handler_finish(path: Path) -> None:
    began, done = asyncio.Event(), []

    async def slow(event: webhooks.Event) -> None:
        began.set()
        await asyncio.sleep(5)
        done.append(event)

    async with running(application(slow, path)) as http:
        await http.post(URL, params=TOKEN, content=body())
        await began.wait()
    assert len(done) == 1


async def test_a_cancelled_end_of_the_application_leaves_no_handler_running(path: Path) -> None:
    began, left = asyncio.Event(), []

    async def stubborn(event: webhooks.Event) -> None:
        began.set()
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(1)  # It has something to put away, too.
            left.append(event)

    async def serve() -> None:
        async with running(application(stubborn, path)) as http:
            await http.post(URL, params=TOKEN, content=body())
            await began.wait()

    serving = asyncio.create_task(serve())
    await began.wait()
    await asyncio.sleep(1)
    for _ in range(3):
        serving.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert len(left) == 1
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("params", [{}, {"token": "guess"}, {"token": ""}])
async def test_a_delivery_without_proof_is_a_401_that_tells_nothing(
    path: Path, params: dict[str, str]
) -> None:
    handler = Handler()
    async with running(application(handler, path)) as http:
        response = await http.post(URL, params=params, content=body())
    assert (response.status_code, response.json()) == (401, {"detail": "The delivery could not be verified."})


async def test_a_signature_is_of_the_raw_body(path: Path) -> None:
    raw = b'{ "event_type" : "EMAIL_SENT", "event_timestamp": "2026-07-11T12:51:48Z" }'
    signature = hmac.new(b"s1gning", raw, hashlib.sha256).hexdigest()
    app = application(Handler(), path, url_token=None, signing_secret="s1gning", require=["signature"])
    async with running(app) as http:
        right = await http.post(URL, content=raw, headers={"X-Smartlead-Signature": f"sha256={signature}"})
        wrong = await http.post(URL, content=raw + b" ", headers={"X-Smartlead-Signature": signature})
        without = await http.post(URL, content=raw)
    assert [right.status_code, wrong.status_code, without.status_code] == [200, 401, 401]


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"event_type": "EMAIL_SENT", "campaign_id": []}'])
async def test_what_cannot_be_read_is_kept_and_not_asked_for_again(path: Path, raw: bytes) -> None:
    queue = webhooks.EventQueue(path)
    async with running(application(Handler(), queue)) as http:
        statuses = [(await http.post(URL, params=TOKEN, content=raw)).status_code for _ in range(2)]
        (kept,) = await queue.failed()
    assert statuses == [200, 200]
    assert kept.body == raw


async def test_a_body_that_is_too_large_is_refused(path: Path) -> None:
    async with running(application(Handler(), path)) as http:
        response = await http.post(URL, params=TOKEN, content=b" " * (10 * 2**20 + 1))
    assert response.status_code == 413


async def test_what_cannot_be_stored_is_asked_for_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = webhooks.EventQueue(path)

    async def full(*_: object) -> bool:
        raise sqlite3.OperationalError("database or disk is full")

    async with running(application(Handler(), queue)) as http:
        monkeypatch.setattr(queue, "put", full)
        response = await http.post(URL, params=TOKEN, content=body())
    assert (response.status_code, response.headers["retry-after"]) == (503, "60")
    assert "disk" not in response.text


@pytest.mark.parametrize(("own", "count"), [({}, 1), ({"X-Webhook-Level": "campaign"}, 2)])
async def test_the_request_ids_of_a_proxy_do_not_make_two_events_of_one(
    path: Path, own: dict[str, str], count: int
) -> None:
    queue = webhooks.EventQueue(path)
    async with running(application(Handler(), queue)) as http:
        for request_id in ("a", "b"):
            await http.post(URL, params=TOKEN, content=body(), headers={"X-Request-Id": request_id, **own})
        assert sum((await queue.counts()).values()) == count


@pytest.mark.parametrize(
    "options",
    [{"url_token": None}, {"url_token": None, "signing_secret": "s"}, {"url_token": ""},
     {"require": ["secret_key"]}],
)  # fmt: skip
def test_a_router_that_would_let_in_anybody_is_refused(path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        application(Handler(), path, **options)


async def test_the_token_is_not_in_the_access_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("uvicorn.access")
    async with running(application(Handler(), path)):
        with caplog.at_level(logging.INFO, "uvicorn.access"):
            logger.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1", "POST", f"{URL}?a=1&token=t0ken", "1.1", 200)
    assert "token=***" in caplog.text
    assert "t0ken" not in caplog.text
    assert logger.filters == []


async def test_the_document_shows_a_sample(path: Path) -> None:
    async with running(application(Handler(), path)) as http:
        operation = (await http.get("/openapi.json")).json()["paths"][URL]["post"]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    assert example["event_type"] == "EMAIL_REPLY"
    assert operation["summary"] == "Receive an event of SmartLead"
