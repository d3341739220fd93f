"""How things are measured: CPU beside wall time, medians, contenders in turns, work in child processes."""

from __future__ import annotations

import gc
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Final, Self

import attrs

ROOT: Final = Path(__file__).resolve().parent.parent
LONGEST_CHILD: Final = 300.0
"""Seconds after which a child process is ended, whatever it does."""

_VERSIONS_OF: Final = (
    "smartlead-async",
    "aiohttp",
    "attrs",
    "cattrs",
    "orjson",
    "httpx",
    "pydantic",
    "uvloop",
)


@attrs.frozen
class Cost:
    """What a piece of work took, in seconds; ``cpu`` is user and system time of the process."""

    cpu: float
    wall: float

    def each(self, number: int) -> Cost:
        """The same for one of so many."""
        return Cost(self.cpu / number, self.wall / number)


class Stopwatch:
    """Measures what happens in its block: ``with Stopwatch() as watch: …``, then ``watch.cost``."""

    cost: Cost

    def __enter__(self) -> Self:
        gc.collect()
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        self.cost = Cost(cpu, wall)


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each of the two times."""
    return Cost(statistics.median(c.cpu for c in costs), statistics.median(c.wall for c in costs))


def in_turns(contenders: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Every contender once, then again from the first: what disturbs the machine disturbs all of them.

    The order is turned round every time, so that none always runs after the same one.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders)[:: 1 if number % 2 == 0 else -1]
        for name in order:
            costs[name].append(contenders[name]())
    return costs


def ratio(costs: Mapping[str, Sequence[Cost]], name: str, to: str, *, beyond: str | None = None) -> float:
    """The median over the rounds of how much more CPU one took than the other in the same round.

    ``beyond`` is what both have in common and is taken off before.
    """
    shared = [cost.cpu for cost in costs[beyond]] if beyond else [0.0] * len(costs[name])
    rounds = zip(costs[name], costs[to], shared, strict=True)
    return statistics.median((a.cpu - off) / (b.cpu - off) for a, b, off in rounds)


# --- child processes ---------------------------------------------------------------------------------


class ChildFailed(Exception):
    """A child process did not do its work."""


def environment() -> dict[str, str]:
    """The environment of child processes: this checkout first, none of the caller's SmartLead settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTLEAD_")}
    # Or every process would compile this package anew, but not the installed ones.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    path = [str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | _STEADY | {"PYTHONPATH": os.pathsep.join(path), "PYTHONHASHSEED": "0"}


_STEADY: Final = {
    # asyncio reads a socket into 256 KiB, and glibc asks the system for such a piece each time and gives it
    # back, until a process has freed a larger one. Whether that has happened is luck, and a fifth of the time
    # of a request to a server that answers at once: so it has happened, for all contenders.
    "MALLOC_MMAP_THRESHOLD_": str(2**20),
    "MALLOC_TRIM_THRESHOLD_": str(2**22),
    "MALLOC_TOP_PAD_": str(2**20),
}


def in_child(task: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """What ``module:function`` of this package gives, run in a process of its own."""
    return json.loads(_python(*_call(task, arguments or {})).stdout.splitlines()[-1])


def _call(task: str, arguments: Mapping[str, Any]) -> list[str]:
    return ["-m", "benchmarks.measurement", task, json.dumps(arguments)]


def _python(*arguments: str, under: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """A Python process, run to its end: it is killed when its time is up."""
    command = [*under, sys.executable, *arguments]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=LONGEST_CHILD,
            env=environment(),
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ChildFailed(f"{arguments} was not done within {LONGEST_CHILD:g} s") from None
    if done.returncode:
        raise ChildFailed(f"{arguments} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done


def python_cost(*arguments: str) -> Cost:
    """What a whole Python process took."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    _python(*arguments)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, wall)


# --- instructions ------------------------------------------------------------------------------------

_COUNTING: Final = ("valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={os.devnull}")


def python_instructions(*arguments: str) -> int | None:
    """How many instructions a Python process executes, outside of the kernel; None without valgrind.

    Nearly the same each time, whatever else the machine does, and blind to what memory and caches cost.
    """
    if shutil.which(_COUNTING[0]) is None:
        return None
    found = re.search(r"I\s+refs:\s+([\d,]+)", _python(*arguments, under=_COUNTING).stderr)
    return int(found[1].replace(",", "")) if found else None


def instructions_each(task: str, arguments: Mapping[str, Any], number: int) -> float | None:
    """Instructions of one more of what ``task`` does ``number`` times: start and warm-up fall out."""
    few, many = (
        python_instructions(*_call(task, {**arguments, "number": size})) for size in (number, 3 * number)
    )
    return None if few is None or many is None else (many - few) / (2 * number)


def _child(task: str, arguments: str) -> None:
    module, _, function = task.partition(":")
    if not module.startswith("benchmarks."):
        raise ValueError(f"{task} is not of this package")
    result = getattr(import_module(module), function)(**json.loads(arguments))
    print(json.dumps(result))


# --- where it was measured ---------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """What the figures depend on, and nothing that tells whose machine it is."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "system": platform.system(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "versions": {name: version for name in _VERSIONS_OF if (version := _version(name))},
    }


def _cpu_model() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        text = ""
    found = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


if __name__ == "__main__":
    _child(*sys.argv[1:])
