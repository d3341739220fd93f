"""Measuring CPU time, wall time and instructions, with contenders in turns and each in a child process."""

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
"""Seconds after which a child process is killed."""

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
    """The time that some work took, in seconds; ``cpu`` is the user and system time of the process."""

    cpu: float
    wall: float

    def each(self, number: int) -> Cost:
        """Return the cost of one of ``number`` iterations."""
        return Cost(self.cpu / number, self.wall / number)


class Stopwatch:
    """A context manager that measures its block: ``with Stopwatch() as watch: …``, then ``watch.cost``."""

    cost: Cost

    def __enter__(self) -> Self:
        gc.collect()
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        cpu, wall = time.process_time() - self._cpu, time.perf_counter() - self._wall
        self.cost = Cost(cpu, wall)


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of CPU time and the median of wall time."""
    return Cost(statistics.median(c.cpu for c in costs), statistics.median(c.wall for c in costs))


def in_turns(contenders: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Run every contender once per round, so that other load on the machine affects all of them alike.

    The order is reversed every round, so that no contender always runs after the same one.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders)[:: 1 if number % 2 == 0 else -1]
        for name in order:
            costs[name].append(contenders[name]())
    return costs


def ratio(costs: Mapping[str, Sequence[Cost]], name: str, to: str, *, beyond: str | None = None) -> float:
    """Return the median, over the rounds, of the ratio of CPU times within the same round.

    ``beyond`` names a baseline that both include; it is subtracted first.
    """
    shared = [cost.cpu for cost in costs[beyond]] if beyond else [0.0] * len(costs[name])
    rounds = zip(costs[name], costs[to], shared, strict=True)
    return statistics.median((a.cpu - baseline) / (b.cpu - baseline) for a, b, baseline in rounds)


# --- child processes ---------------------------------------------------------------------------------


class ChildFailed(Exception):
    """Raised when a child process fails or times out."""


def environment() -> dict[str, str]:
    """Return the environment of child processes: this checkout first, no SmartLead settings of the caller."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMARTLEAD_")}
    # Otherwise every process would recompile this package, but not the installed ones.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    path = [str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return kept | _STEADY | {"PYTHONPATH": os.pathsep.join(path), "PYTHONHASHSEED": "0"}


_STEADY: Final = {
    # asyncio reads a socket into a buffer of 256 KiB. glibc maps and unmaps such a block every time until the
    # process has freed a larger one. Whether that has happened is chance, and it makes up a fifth of the
    # time of a request to an instant server. These settings give all contenders the fast case.
    "MALLOC_MMAP_THRESHOLD_": str(2**20),
    "MALLOC_TRIM_THRESHOLD_": str(2**22),
    "MALLOC_TOP_PAD_": str(2**20),
}


def in_child(task: str, arguments: Mapping[str, Any] | None = None) -> Any:
    """Run ``module:function`` of this package in its own process and return its result."""
    return json.loads(_python(*_call(task, arguments or {})).stdout.splitlines()[-1])


def _call(task: str, arguments: Mapping[str, Any]) -> list[str]:
    return ["-m", "benchmarks.measurement", task, json.dumps(arguments)]


def _python(*arguments: str, under: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run a Python process to completion; kill it after :data:`LONGEST_CHILD` seconds."""
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
        raise ChildFailed(f"{arguments} timed out after {LONGEST_CHILD:g} s") from None
    if done.returncode:
        raise ChildFailed(f"{arguments} exited with code {done.returncode}:\n{done.stderr[-2000:]}")
    return done


def python_cost(*arguments: str) -> Cost:
    """Return the cost of a whole Python process."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    _python(*arguments)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, wall)


# --- instructions ------------------------------------------------------------------------------------

_COUNTING: Final = ("valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={os.devnull}")


def python_instructions(*arguments: str) -> int | None:
    """Count the instructions that a Python process executes outside the kernel; None without valgrind.

    The count hardly varies, whatever the load on the machine. It ignores the cost of memory and caches.
    """
    if shutil.which(_COUNTING[0]) is None:
        return None
    found = re.search(r"I\s+refs:\s+([\d,]+)", _python(*arguments, under=_COUNTING).stderr)
    return int(found[1].replace(",", "")) if found else None


def instructions_each(task: str, arguments: Mapping[str, Any], number: int) -> float | None:
    """Return the instructions of one further iteration of ``task``, without start-up and warm-up."""
    few, many = (
        python_instructions(*_call(task, {**arguments, "number": size})) for size in (number, 3 * number)
    )
    return None if few is None or many is None else (many - few) / (2 * number)


def _child(task: str, arguments: str) -> None:
    module, _, function = task.partition(":")
    if not module.startswith("benchmarks."):
        raise ValueError(f"{task} is not part of this package")
    result = getattr(import_module(module), function)(**json.loads(arguments))
    print(json.dumps(result))


# --- environment -------------------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    """Describe the machine and library versions, without anything that identifies its owner."""
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
