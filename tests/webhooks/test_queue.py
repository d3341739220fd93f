"""The queue of events: each is handled once, also across restarts, and none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from smartlead_async import ConfigurationError
from smartlead_async import webhooks as w

from .payloads import PAYLOADS, body_of, payload, read


class Clock:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Handler:
    """Notes what it handles, and fails the first ``failures`` times."""

    def __init__(self, failures: int = 0) -> None:
        self.handled: list[w.Event] = []
        self.failures = failures

    async def __call__(self, event: w.Event) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the CRM is down")
        self.handled.append(event)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "webhooks.sqlite"


async def deliver(queue: w.EventQueue, *values: dict[str, Any]) -> list[bool]:
    events = [read(value) for value in values]
    return [await queue.put(w.deduplication_key(event), event) for event in events]


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("name", sorted(PAYLOADS))
async def test_a_repeated_delivery_acts_once(path: Path, clock: Clock, name: str, restarts: bool) -> None:
    handler = Handler()
    queue = await w.EventQueue(path, clock=clock).open()
    assert await deliver(queue, payload(name)) == [True]
    await queue.process_waiting(handler)
    if restarts:
        await queue.aclose()
        queue = await w.EventQueue(path, clock=clock).open()
    assert await deliver(queue, payload(name), payload(name)) == [False, False]
    await queue.process_waiting(handler)
    await queue.aclose()
    assert len(handler.handled) == 1


async def test_an_event_that_was_stored_before_a_restart_is_handled_after_it(path: Path) -> None:
    async with w.EventQueue(path) as queue:
        await deliver(queue, payload("EMAIL_SENT"), payload("EMAIL_REPLY"))
    handler = Handler()
    async with w.EventQueue(path) as queue:
        assert await queue.process_waiting(handler) == 2
        assert await queue.counts() == {"waiting": 0, "done": 2, "failed": 0}
    sent, reply = handler.handled
    assert (type(sent), type(reply)) == (w.EmailSent, w.EmailReplied)
    assert sent.key == w.deduplication_key(read(payload("EMAIL_SENT")))


async def test_a_cancelled_handler_is_called_again(path: Path) -> None:
    started = asyncio.Event()

    async def slow(event: w.Event) -> None:
        started.set()
        await asyncio.Event().wait()

    async with w.EventQueue(path) as queue:
        await deliver(queue, payload("EMAIL_SENT"))
        task = asyncio.create_task(queue.process(slow))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        handler = Handler()
        assert await queue.process_waiting(handler) == 1


async def test_a_handler_that_fails_is_called_again_later_and_others_do_not_wait_for_it(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    handler = Handler(failures=1)
    async with w.EventQueue(clock=clock) as queue:
        await deliver(queue, payload("EMAIL_SENT"), payload("EMAIL_OPEN"))
        assert await queue.process_waiting(handler) == 1
        assert [event.type for event in handler.handled] == ["EMAIL_OPEN"]
        clock.now += 10
        assert await queue.process_waiting(handler) == 1
    assert [event.type for event in handler.handled] == ["EMAIL_OPEN", "EMAIL_SENT"]
    assert "the CRM is down" in caplog.text


async def test_an_event_that_fails_each_time_is_kept_and_can_be_handled_later(clock: Clock) -> None:
    handler = Handler(failures=3)
    async with w.EventQueue(clock=clock, retry_after=(10, 20)) as queue:
        await deliver(queue, payload("EMAIL_SENT"))
        for _ in range(3):
            assert await queue.process_waiting(handler) == 0
            clock.now += 20
        (failed,) = await queue.failed()
        assert (failed.attempts, failed.error) == (3, "ConnectionError: the CRM is down")
        assert await deliver(queue, payload("EMAIL_SENT")) == [False]
        assert await queue.process_waiting(handler) == 0
        assert await queue.retry_failed() == 1
        assert await queue.process_waiting(handler) == 1
        assert await queue.failed() == []


async def test_a_delivery_that_cannot_be_read_is_kept_once_and_without_its_key(path: Path) -> None:
    raw = body_of(payload("EMAIL_SENT", campaign_id=[1]))
    with pytest.raises(w.WebhookPayloadError) as caught:
        w.parse(raw)
    async with w.EventQueue(path) as queue:
        assert await queue.park("k", raw, caught.value)
        assert not await queue.park("k", raw, caught.value)
        (failed,) = await queue.failed()
        assert await queue.process_waiting(Handler()) == 0
    assert "$.campaign_id" in failed.error
    assert PAYLOADS["EMAIL_SENT"]["secret_key"].encode() not in failed.body


async def test_the_file_holds_no_secret_and_no_payload_of_what_was_handled(path: Path) -> None:
    url = "https://hooks.example.com/smartlead?token=hunter2"
    async with w.EventQueue(path) as queue:
        await deliver(queue, payload("EMAIL_SENT", webhook_url=url))
        stored = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
        await queue.process_waiting(Handler())
        assert await queue._store.all("SELECT body FROM events") == [(None,)]
    assert b"lin@prospect.example" in stored
    assert b"hunter2" not in stored
    assert PAYLOADS["EMAIL_SENT"]["secret_key"].encode() not in stored
    assert path.stat().st_mode & 0o777 == 0o600


async def test_an_alert_that_comes_again_after_the_repeats_is_another_one(clock: Clock) -> None:
    handler = Handler()
    async with w.EventQueue(clock=clock) as queue:
        for hours, is_new in ((0, True), (7, False), (2, True)):
            clock.now += hours * 3600
            assert await deliver(queue, payload("EMAIL_ACCOUNT_DISCONNECTED")) == [is_new]
            await queue.process_waiting(handler)
    assert len(handler.handled) == 2


async def test_old_keys_are_forgotten_and_events_that_wait_are_not(path: Path, clock: Clock) -> None:
    async with w.EventQueue(path, clock=clock) as queue:
        await deliver(queue, payload("EMAIL_SENT"))
        await queue.process_waiting(Handler())
        await deliver(queue, payload("EMAIL_OPEN"))
    clock.now += 31 * 86_400
    async with w.EventQueue(path, clock=clock) as queue:
        assert await queue.counts() == {"waiting": 1, "done": 0, "failed": 0}


@pytest.mark.parametrize("queues", [1, 3])
async def test_several_processes_handle_each_event_once(path: Path, queues: int) -> None:
    handler = Handler()
    opened = [await w.EventQueue(path).open() for _ in range(queues)]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(queue.process(handler)) for queue in opened]
            values = [payload("EMAIL_OPEN", sequence_number=n) for n in range(10)]
            found = await asyncio.gather(*(deliver(queue, *values) for queue in opened))
            await _until(lambda: _all_done(opened[0], 10))
            for task in tasks:
                task.cancel()
    finally:
        for queue in opened:
            await queue.aclose()
    assert sum(sum(is_new) for is_new in found) == len(handler.handled) == 10


async def _all_done(queue: w.EventQueue, count: int) -> bool:
    return (await queue.counts())["done"] == count


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    while not await is_so():  # noqa: ASYNC110 - other queues share no event with the test
        await asyncio.sleep(0.5)


async def test_a_file_that_is_no_queue_is_left_alone(path: Path) -> None:
    path.write_bytes(b"not a database, and long enough to have a header" * 4)
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        await w.EventQueue(path).open()
    other = path.with_name("other.sqlite")
    async with w.EventQueue(other) as queue:
        await queue._store.write("PRAGMA application_id = 5")
    with pytest.raises(ConfigurationError, match="not an event queue"):
        await w.EventQueue(other).open()


async def test_a_closed_queue_says_so() -> None:
    with pytest.raises(ConfigurationError, match="closed"):
        await w.EventQueue().counts()
