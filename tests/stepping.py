"""Cancellation at a chosen await: counts the suspensions of all tasks of a loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Generator, Iterator
from typing import Any

import attrs


@attrs.define
class Suspensions:
    """Counts every suspension of every task, and calls a function at one of them."""

    at: int
    action: Callable[[], object]
    seen: int = 0

    @property
    def is_reached(self) -> bool:
        return self.seen >= self.at

    def note(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            self.action()


@attrs.define
class _Stepped:
    """Awaits a coroutine and notes each of its suspensions."""

    coroutine: Coroutine[Any, Any, Any]
    suspensions: Suspensions

    def __await__(self) -> Generator[Any, Any, Any]:
        # Not "yield from": that would hide the suspensions.
        step = _sending(self.coroutine, None)
        while True:
            try:
                waits_for = step()
            except StopIteration as done:
                return done.value
            self.suspensions.note()
            try:
                value = yield waits_for
            except BaseException as error:  # noqa: BLE001 - passed on
                step = _throwing(self.coroutine, error)
            else:
                step = _sending(self.coroutine, value)


def _throwing(coroutine: Coroutine[Any, Any, Any], error: BaseException) -> Callable[[], Any]:
    return lambda: coroutine.throw(error)


def _sending(coroutine: Coroutine[Any, Any, Any], value: object) -> Callable[[], Any]:
    return lambda: coroutine.send(value)


async def _run(coroutine: Coroutine[Any, Any, Any], suspensions: Suspensions) -> Any:
    return await _Stepped(coroutine, suspensions)


@contextlib.contextmanager
def stepping(suspensions: Suspensions) -> Iterator[None]:
    """Count the suspensions of the tasks that are created in the block."""
    loop = asyncio.get_running_loop()

    def create(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(_run(coroutine, suspensions), loop=loop, **options)
        # One that was cancelled before its first step has not begun the coroutine.
        task.add_done_callback(lambda _: coroutine.close())
        return task

    before = loop.get_task_factory()
    loop.set_task_factory(create)
    try:
        yield
    finally:
        loop.set_task_factory(before)


async def cancelled_at(number: int, work: Coroutine[Any, Any, Any]) -> bool:
    """Run some work in a task and cancel it at this suspension of it or of a task below it.

    Return whether there was such a suspension. Errors other than the cancellation are raised.
    """
    task: asyncio.Task[Any] | None = None
    suspensions = Suspensions(number, lambda: task is not None and task.cancel())
    with stepping(suspensions):
        task = asyncio.create_task(work)
        with contextlib.suppress(asyncio.CancelledError):
            await task
    return suspensions.is_reached


def tasks_left() -> set[asyncio.Task[Any]]:
    """Return the tasks of the loop other than the present one."""
    return asyncio.all_tasks() - {asyncio.current_task()}
