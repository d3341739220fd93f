"""A bound in real time for each call of a test, so that a hang is a failed test with a traceback.

It is not a bound for the whole test: Hypothesis calls a test function hundreds of times, and many more times
while it shrinks a failing example, and none of that is a hang.
"""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from smartlead_async.virtual_time import describe_tasks

TEST_LIMIT = 240.0
"""Seconds for the set-up, the call and the tear-down of a test, each. The slowest takes about 40."""

EXAMPLE_LIMIT = 60.0
"""Seconds for one example of a property. Most take milliseconds."""

_REPEAT = 5.0


class Hang(Exception):
    """Raised in a test that takes too long."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`Hang` in the block after this many seconds of real time; the innermost limit counts.

    The traceback of every thread goes to stderr. In code that swallows the exception it is raised again.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def expired(_number: int, _frame: FrameType | None) -> None:
        faulthandler.dump_traceback(file=sys.__stderr__ or 2)
        raise Hang(f"still running after {seconds:g} s of real time; tasks:\n{_tasks()}")

    handler = signal.signal(signal.SIGALRM, expired)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


def _tasks() -> str:
    try:
        return describe_tasks()
    except RuntimeError:
        return "  none: no event loop is running"


def limit_examples(item: pytest.Item) -> None:
    """Bound each example of a property; any other test is left as it is."""
    # The handle that Hypothesis documents for test runners.
    handle: Any = getattr(getattr(item, "obj", None), "hypothesis", None)
    if handle is not None and not hasattr(handle.inner_test, "has_time_limit"):
        handle.inner_test = _limited(handle.inner_test)


def _limited(function: Callable[..., object]) -> Callable[..., object]:
    @functools.wraps(function)
    def limited(*args: Any, **kwargs: Any) -> object:
        with time_limit(EXAMPLE_LIMIT):
            return function(*args, **kwargs)

    limited.has_time_limit = True  # type: ignore[attr-defined]
    return limited


def item_limit(item: pytest.Item) -> contextlib.AbstractContextManager[None]:
    """Bound a phase of a test as a whole, unless it is a property or a long run."""
    many_calls = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    if many_calls or item.get_closest_marker("soak"):
        return contextlib.nullcontext()
    return time_limit(TEST_LIMIT)
