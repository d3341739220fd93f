"""Run cases for some time, count their outcomes, and save each failure with a small input."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import json
import os
import random
import signal
import tempfile
import time
import traceback
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

import attrs

from .case import Finding, Input, Kind
from .shrink import shrink

CASE_LIMIT: Final = 20.0
"""Seconds of real time after which a case counts as hanging. Most take milliseconds."""

MAX_SAVED: Final = 20
"""The number of different failures that are made smaller and saved."""


class Hang(Finding):
    """A case that takes too long."""


@attrs.frozen
class Failure:
    """A failed case: its kind, the seed that draws it, what happened, and the smallest input found."""

    kind: str
    seed: str
    what: str
    details: str
    given: Input

    @property
    def identity(self) -> tuple[str, str]:
        """Equal for cases that fail in the same way."""
        return self.kind, self.what

    def save(self, folder: Path) -> Path:
        """Write the failure to a JSON file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.seed.replace('/', '-')}.json"
        content = attrs.asdict(self, recurse=False) | {"given": _as_json(self.given)}
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")
        return path


@attrs.define
class Result:
    """The counts of a run."""

    seed: int
    outcomes: dict[str, Counter[str]] = attrs.field(factory=lambda: defaultdict(Counter))
    failures: dict[tuple[str, str], Failure] = attrs.field(factory=dict)
    failed: int = 0
    seconds: float = 0.0

    @property
    def cases(self) -> int:
        """The number of cases."""
        return sum(outcomes.total() for outcomes in self.outcomes.values())

    def lines(self) -> Iterator[str]:
        """Yield the counts as text."""
        for kind, outcomes in self.outcomes.items():
            counts = ", ".join(f"{number:,} {outcome}" for outcome, number in outcomes.most_common())
            yield f"{kind:10} {outcomes.total():>9,} cases: {counts}"
        yield f"{self.cases:,} cases in {self.seconds:,.0f} s with seed {self.seed}; {self.failed:,} failed"


def fuzz(
    kinds: Sequence[Kind],
    *,
    seed: int,
    seconds: float,
    max_cases: int | None = None,
    save_to: Path | None = None,
) -> Result:
    """Run cases of these kinds in turns, so that each kind gets an equal share of the time."""
    result, began = Result(seed), time.monotonic()
    spent = dict.fromkeys((kind.name for kind in kinds), 0.0)
    while (now := time.monotonic()) < began + seconds and (max_cases is None or result.cases < max_cases):
        kind = min(kinds, key=lambda kind: spent[kind.name])
        _run_case(kind, result, save_to)
        spent[kind.name] += time.monotonic() - now
    result.seconds = time.monotonic() - began
    return result


def replay(kinds: Sequence[Kind], file: Path) -> Failure | None:
    """Run the input of a saved failure again and return its failure, if it still fails."""
    content = json.loads(file.read_text("utf-8"))
    kind = next(kind for kind in kinds if kind.name == content["kind"])
    _, failure = attempt(kind, content["seed"], _from_json(content["given"]))
    return failure


def attempt(kind: Kind, seed: str, given: Input) -> tuple[str, Failure | None]:
    """Use an input; return its outcome, and the failure if there is one."""
    try:
        with tempfile.TemporaryDirectory() as folder, _limited(), _nothing_hidden():
            return kind.run(given, Path(folder)), None
    except Finding as finding:
        return "FAILED", Failure(kind.name, seed, str(finding), traceback.format_exc(), given)
    except Exception as error:  # noqa: BLE001 - any exception is a failure
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno} in {place.name}"
        return "FAILED", Failure(kind.name, seed, what, traceback.format_exc(), given)


def _run_case(kind: Kind, result: Result, save_to: Path | None) -> None:
    outcomes = result.outcomes[kind.name]
    seed = f"{kind.name}/{result.seed}/{outcomes.total()}"
    given = kind.draw(random.Random(seed))
    outcome, failure = attempt(kind, seed, given)
    outcomes[outcome] += 1
    if failure is None:
        return
    result.failed += 1
    if failure.identity in result.failures or len(result.failures) >= MAX_SAVED:
        return
    smallest = shrink(given, lambda other: _fails_alike(kind, failure, other))
    _, small = attempt(kind, seed, smallest)
    result.failures[failure.identity] = small or failure
    if save_to is not None:
        (small or failure).save(save_to)


def _fails_alike(kind: Kind, failure: Failure, given: Input) -> bool:
    _, other = attempt(kind, failure.seed, given)
    return other is not None and other.identity == failure.identity


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Raise :class:`Hang` in a block that takes too long."""

    def expired(_number: int, _frame: FrameType | None) -> None:
        raise Hang(f"still running after {CASE_LIMIT:g} s")

    handler = signal.signal(signal.SIGALRM, expired)
    timer = signal.setitimer(signal.ITIMER_REAL, CASE_LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


@contextlib.contextmanager
def _nothing_hidden() -> Iterator[None]:
    """Make warnings errors, and ignore the user's settings."""
    kept = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("SMARTLEAD_", "HTTP_", "HTTPS_", "ALL_"))]:
        del os.environ[name]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    finally:
        os.environ.clear()
        os.environ.update(kept)


def run_async(runner: asyncio.Runner, main: Any) -> Any:
    """Run a coroutine to its end; raise what the loop would only log as well."""
    hidden: list[Mapping[str, Any]] = []
    with runner:
        runner.get_loop().set_exception_handler(lambda _, context: hidden.append(context))
        value = runner.run(main)
        gc.collect(0)
    if hidden:
        error = hidden[0].get("exception")
        raise error if isinstance(error, Exception) else Finding(str(hidden[0].get("message")))
    return value


def _as_json(value: Any) -> Any:
    match value:
        case bytes():
            return {"base64": base64.b64encode(value).decode(), "text": value.decode("utf-8", "replace")}
        case list() | tuple():
            return [_as_json(item) for item in value]
        case dict():
            return {key: _as_json(item) for key, item in value.items()}
        case _:
            return value


def _from_json(value: Any) -> Any:
    match value:
        case {"base64": str(data), "text": str()}:
            return base64.b64decode(data)
        case list():
            return [_from_json(item) for item in value]
        case dict():
            return {key: _from_json(item) for key, item in value.items()}
        case _:
            return value
