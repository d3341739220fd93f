"""Make a failing input smaller: remove parts of it while it still fails in the same way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from .case import Input

MAX_SECONDS: Final = 15.0
MAX_RUNS: Final = 2_000


def shrink(given: Input, fails: Callable[[Input], bool]) -> Input:
    """Return the smallest input found that still fails."""
    smallest, end, runs = dict(given), time.monotonic() + MAX_SECONDS, 0
    progress = True
    while progress:
        progress = False
        for smaller in _smaller(smallest):
            runs += 1
            if runs > MAX_RUNS or time.monotonic() > end:
                return smallest
            if fails(smaller):
                smallest, progress = smaller, True
                break
    return smallest


def _smaller(value: Any) -> Iterator[Any]:
    """Yield values with a part removed, the largest parts first. The keys of the input itself stay."""
    for key, item in value.items():
        for smaller in _parts(item):
            yield value | {key: smaller}


def _parts(value: Any) -> Iterator[Any]:
    match value:
        case str() | bytes() | list():
            yield from _without_span(value)
            if isinstance(value, list):
                for index, item in enumerate(value):
                    for smaller in _parts(item):
                        yield [*value[:index], smaller, *value[index + 1 :]]
        case dict():
            for key in value:
                yield {name: item for name, item in value.items() if name != key}
            for key, item in value.items():
                for smaller in _parts(item):
                    yield value | {key: smaller}


def _without_span(value: Any) -> Iterator[Any]:
    size = len(value)
    while size:
        for start in range(0, len(value), size):
            yield value[:start] + value[start + size :]
        size //= 2
