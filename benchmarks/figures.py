"""The figures: what is measured, the goal, and whether it is met. ``docs/performance.md`` explains each."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import attrs

from . import memory
from .loopback import serving
from .measuring import ROOT, Cost, environment, in_child, in_turns, median, ratio
from .rivals import BARE, BARE_HTTPX, HOUSE, TYPICAL, load_adapter


@attrs.frozen
class Row:
    """One line of the table. ``goal`` is in words; ``met`` is None where there is none."""

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None
    value: float | None = None


@attrs.frozen
class Options:
    """How much is measured. ``quick`` shows that everything runs; its figures mean little."""

    quick: bool = False
    adapter: str | None = None

    def size(self, full: int, quick: int) -> int:
        """One of two sizes."""
        return quick if self.quick else full


def at_most(what: str, value: float, goal: float, form: str = "{:.2f}") -> Row:
    """A figure that should not be above its goal."""
    return Row(what, form.format(value), f"≤ {form.format(goal)}", value <= goal, value)


def at_least(what: str, value: float, goal: float, form: str = "{:.2f}") -> Row:
    """A figure that should not be below its goal."""
    return Row(what, form.format(value), f"≥ {form.format(goal)}", value >= goal, value)


def overhead(options: Options) -> Iterator[Row]:
    """CPU of a create over loopback HTTP, concurrency 50, against bare and typical clients."""
    number, rounds = options.size(5000, 100), options.size(3, 1)
    names = [HOUSE, BARE, BARE_HTTPX, TYPICAL]
    if options.adapter is not None:
        names.append(load_adapter(options.adapter)[0])
    with serving("instant") as url:

        def turn(name: str) -> Callable[[], Cost]:
            adapter = options.adapter if name not in (HOUSE, BARE, BARE_HTTPX, TYPICAL) else None
            arguments = {
                "name": name,
                "base_url": url,
                "number": number,
                "concurrency": 50,
                "adapter": adapter,
            }

            def drive() -> Cost:
                found = in_child("benchmarks.overhead:drive", arguments)
                return Cost(found["cpu_seconds"], found["wall_seconds"])

            return drive

        costs = in_turns({name: turn(name) for name in names}, rounds)
    for name in names:
        each = median(costs[name]).each(number)
        yield Row(
            f"{name}: CPU (wall) a create",
            f"{each.cpu * 1e6:.0f} µs ({each.wall * 1e6:.0f} µs)",
            value=each.cpu,
        )
    yield at_most(f"CPU ratio to {BARE}", ratio(costs, HOUSE, BARE), 1.20)
    yield Row(f"CPU ratio to {BARE_HTTPX}", f"{ratio(costs, HOUSE, BARE_HTTPX):.2f}")
    yield at_most(f"CPU ratio to {TYPICAL}", ratio(costs, HOUSE, TYPICAL), 0.1)


def in_memory(options: Options) -> Iterator[Row]:
    """Creates through pipeline and fake, no sockets, for a second of CPU."""
    arguments = {"number": options.size(20_000, 500), "concurrency": 50}
    found = [
        in_child("benchmarks.tasks:in_memory", arguments)["per_second"] for _ in range(options.size(5, 1))
    ]
    yield at_least("requests for a second of one core", statistics.median(found), 15_000, "{:,.0f}")


def decode(options: Options) -> Iterator[Row]:
    """A list of 10,000 campaigns from bytes to objects."""
    found = in_child(
        "benchmarks.tasks:decode", {"number": options.size(10_000, 200), "rounds": options.size(7, 1)}
    )
    for name in ("ours", "pydantic", "orjson"):
        yield Row(f"{name}: CPU", f"{found[name] * 1000:.1f} ms", value=found[name])
    yield at_most("ratio to pydantic v2", found["ours"] / found["pydantic"], 1.0)
    yield at_most("ratio to orjson.loads alone", found["ours"] / found["orjson"], 2.5)


def limiter(options: Options) -> Iterator[Row]:
    """A turn in the limiter: its CPU, free and in line; use of the windows; violations."""
    arguments = {"free": options.size(100_000, 1000), "waiters": options.size(10_000, 500)}
    rounds = [in_child("benchmarks.tasks:limiter", arguments) for _ in range(options.size(5, 1))]
    yield at_most("CPU of a free turn, µs", statistics.median(r["free_us"] for r in rounds), 1.0)
    yield at_most(
        "CPU of a turn with 10,000 in line, µs",
        statistics.median(r["waiter_us"] for r in rounds),
        30.0,
        "{:.1f}",
    )
    yield at_least("use of what the windows allow", min(r["used"] for r in rounds), 0.98, "{:.3f}")
    yield at_most("violations", max(r["violations"] for r in rounds), 0, "{:.0f}")


def makespan(options: Options) -> Iterator[Row]:
    """500 campaigns on virtual time: over the lower bound, whichever way the server counts."""
    number = options.size(500, 60)
    for tier in ("standard", "pro"):
        for counting in ("sliding", "fixed", "token"):
            arguments = {"tier": tier, "counting": counting, "number": number}
            found = in_child("benchmarks.tasks:makespan", arguments)
            yield at_most(f"{tier}, {counting}: over the bound", found["ratio"], 1.02, "{:.4f}")
            yield at_most(f"{tier}, {counting}: 429s", found["throttled"], 0, "{:.0f}")


def requests(options: Options) -> Iterator[Row]:
    """Requests a campaign, by strategy, of 1,000 that are alike."""
    number = options.size(1000, 100)
    for strategy, goal in (("full", 7.0), ("clone", 4.0)):
        found = in_child("benchmarks.tasks:requests", {"strategy": strategy, "number": number})
        # The first of a kind is built in full, so that the average of clones is a little above four.
        yield at_most(
            f"{strategy}", found["each"], goal + (3 / number if strategy == "clone" else 0), "{:.3f}"
        )


def faults(options: Options) -> Iterator[Row]:
    """500 creates over HTTP, 10 % of the answers lost after the commit: campaigns made twice."""
    number = options.size(500, 60)
    for name in ("ours", BARE, BARE_HTTPX, TYPICAL):
        found = in_child("benchmarks.tasks:faults", {"name": name, "number": number, "seed": 1})
        said = f"{found['duplicates']} duplicates, {found['missing']} missing"
        if name == "ours":
            clean = not found["duplicates"] and not found["missing"]
            yield Row("client.provision", said, "0 and 0", clean, found["duplicates"])
        else:
            yield Row(f"{name}, tried again on errors", said, value=found["duplicates"])


_FIRST_REQUEST: Final = (
    "from smartlead_async import SmartleadClient\n"
    "from smartlead_async.resources.campaigns import CreateCampaign\n"
    "import smartlead_async.transport._aiohttp\n"
    "client = SmartleadClient('key')\n"
    "CreateCampaign('name')"
)


def imports(options: Options) -> Iterator[Row]:
    """What a process pays before the first request, in CPU beyond a bare interpreter."""
    rounds = options.size(15, 1)
    programs = {
        "nothing": ["-c", "pass"],
        "package": ["-c", "import smartlead_async"],
        "first request": ["-c", _FIRST_REQUEST],
        "libraries": ["-c", "import aiohttp, attrs, cattrs"],
        "help": ["-m", "smartlead_async", "--help"],
    }
    costs = in_turns({name: partial(_process, arguments) for name, arguments in programs.items()}, rounds)
    cpu = {name: median(found).cpu for name, found in costs.items()}
    beyond = {name: (spent - cpu["nothing"]) * 1000 for name, spent in cpu.items()}
    yield at_most("import smartlead_async, ms", beyond["package"], 60, "{:.0f}")
    yield at_most(
        "until the first request, over importing the libraries",
        beyond["first request"] / beyond["libraries"],
        1.15,
    )
    yield at_most("smartlead-async --help, ms", cpu["help"] * 1000, 200, "{:.0f}")


def _process(arguments: list[str]) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, env=environment(), cwd=ROOT, timeout=60
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, cpu)


def growth(options: Options) -> Iterator[Row]:
    """Jobs of 10² to 10⁵ campaigns with a ledger: memory, cost of a campaign, ledger time, resuming."""
    sizes = [100, 300] if options.quick else [100, 1_000, 10_000, 100_000]
    found = {number: memory.measured("job", number) for number in sizes}
    for number, job in found.items():
        yield at_most(f"{number:,} campaigns: peak, MiB", job["peak_mib"], memory.GOAL_MIB, "{:.0f}")
    each = {number: job["cpu_ms_per_campaign"] for number, job in found.items()}
    for number in sizes:
        yield Row(f"{number:,} campaigns: CPU of one", f"{each[number]:.2f} ms", value=each[number])
    # The smallest job is mostly the first use of every class; growth is judged from a thousand on.
    largest, smallest = sizes[-1], sizes[min(1, len(sizes) - 2)]
    yield at_most("CPU of one, largest over smaller job", each[largest] / each[smallest], 1.10)
    yield at_most("ledger, ms a step", found[largest]["ledger_ms_per_step"], memory.GOAL_STEP_MS)
    resumed: dict[str, Any] = memory.measured("resume", largest)
    took = resumed["seconds_to_first_request"]
    yield at_most(f"resuming a ledger of {largest:,}, s", took, memory.GOAL_RESUME_S)


FIGURES: Final[dict[str, Callable[[Options], Iterator[Row]]]] = {
    "overhead": overhead,
    "in-memory": in_memory,
    "decode": decode,
    "limiter": limiter,
    "makespan": makespan,
    "requests": requests,
    "faults": faults,
    "import": imports,
    "growth": growth,
}
