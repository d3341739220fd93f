"""The figures: what is measured, the goal, and whether it is met. ``docs/performance.md`` explains each."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import attrs

from . import memory
from .loopback import serving
from .measurement import (
    Cost,
    in_child,
    in_turns,
    instructions_each,
    median,
    python_cost,
    python_instructions,
    ratio,
)
from .clients import BARE, BARE_HTTPX, THIS_SDK, TYPICAL, load_adapter


@attrs.frozen
class Row:
    """One line of the table. ``goal`` is in words; ``met`` is None where there is none.

    ``value`` is the figure as a number: a ratio, or seconds of CPU. ``wall`` is seconds as well,
    ``instructions`` their number, where something counts them.
    """

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None
    value: float | None = None
    wall: float | None = None
    instructions: float | None = None


@attrs.frozen
class Options:
    """How much is measured. ``quick`` shows that everything runs; its figures mean little."""

    quick: bool = False
    adapter: str | None = None

    def size(self, full: int, quick: int) -> int:
        """One of two sizes."""
        return quick if self.quick else full

    def count(self, task: str, arguments: dict[str, Any], number: int) -> float | None:
        """Instructions of one of what ``task`` does ``number`` times. Not in a hurry: it takes a while."""
        return None if self.quick else instructions_each(task, arguments, number)


def at_most(what: str, value: float, goal: float, form: str = "{:.2f}") -> Row:
    """A figure that should not be above its goal."""
    return Row(what, form.format(value), f"≤ {form.format(goal)}", value <= goal, value)


def at_least(what: str, value: float, goal: float, form: str = "{:.2f}") -> Row:
    """A figure that should not be below its goal."""
    return Row(what, form.format(value), f"≥ {form.format(goal)}", value >= goal, value)


def taken(what: str, cost: Cost, unit: str, instructions: float | None = None) -> Row:
    """What something took: CPU and wall time in ``unit`` ("µs", "ms"), and instructions where counted."""
    scale = {"µs": 1e6, "ms": 1e3}[unit]
    figure = f"{cost.cpu * scale:.4g} {unit} (wall {cost.wall * scale:.4g})"
    if instructions is not None:
        figure += f", {instructions / 1000:,.0f} k instr."
    return Row(what, figure, value=cost.cpu, wall=cost.wall, instructions=instructions)


def instruction_ratios(counts: dict[str, float | None], name: str, others: Sequence[str]) -> Iterator[Row]:
    """The same comparison in instructions, where they were counted."""
    for other in others:
        ours, theirs = counts[name], counts[other]
        if ours is not None and theirs is not None:
            yield Row(f"instructions, ratio to {other}", f"{ours / theirs:.2f}", value=ours / theirs)


def overhead(options: Options) -> Iterator[Row]:
    """CPU of a create over loopback HTTP, concurrency 50, against bare and typical clients."""
    number, rounds = options.size(5000, 100), options.size(7, 1)
    names = [THIS_SDK, BARE, BARE_HTTPX, TYPICAL]
    if options.adapter is not None:
        names.append(load_adapter(options.adapter)[0])
    with serving("instant") as url:

        def arguments(name: str) -> dict[str, Any]:
            adapter = options.adapter if name not in (THIS_SDK, BARE, BARE_HTTPX, TYPICAL) else None
            return {"name": name, "base_url": url, "concurrency": 50, "adapter": adapter}

        def turn(name: str) -> Callable[[], Cost]:
            def drive() -> Cost:
                return Cost(**in_child("benchmarks.overhead:drive", {**arguments(name), "number": number}))

            return drive

        costs = in_turns({name: turn(name) for name in names}, rounds)
        counted = {name: options.count("benchmarks.overhead:drive", arguments(name), 300) for name in names}
    yield at_most(f"CPU ratio to {BARE}", ratio(costs, THIS_SDK, BARE), 1.20)
    yield at_most(f"CPU ratio to {TYPICAL}", ratio(costs, THIS_SDK, TYPICAL), 0.1)
    for other in (name for name in names if name not in (THIS_SDK, BARE, TYPICAL)):
        yield Row(f"CPU ratio to {other}", f"{ratio(costs, THIS_SDK, other):.2f}")
    yield from instruction_ratios(counted, THIS_SDK, names[1:])
    for name in names:
        yield taken(f"{name}: CPU of a create", median(costs[name]).each(number), "µs", counted[name])


def in_memory(options: Options) -> Iterator[Row]:
    """Creates through pipeline and fake, no sockets, for a second of CPU."""
    arguments = {"number": options.size(20_000, 500), "concurrency": 50}
    found = [
        in_child("benchmarks.workloads:in_memory", arguments)["per_second"] for _ in range(options.size(5, 1))
    ]
    yield at_least("requests for a second of one core", statistics.median(found), 15_000, "{:,.0f}")
    alone = statistics.median(
        in_child("benchmarks.workloads:pipeline", {"number": arguments["number"]})["cpu_seconds"]
        for _ in range(options.size(5, 1))
    )
    yield Row("pipeline alone: CPU of a create", f"{alone * 1e6:.1f} µs", value=alone)


def decode(options: Options) -> Iterator[Row]:
    """A list of 10,000 campaigns from bytes to objects."""
    number, names = options.size(10_000, 200), ("ours", "pydantic", "orjson")
    found = in_child("benchmarks.workloads:decode", {"number": number, "rounds": options.size(15, 1)})
    costs = {name: [Cost(**cost) for cost in found[name]] for name in names}
    counted = {name: options.count("benchmarks.workloads:decode_by", {"name": name}, 2000) for name in names}
    yield at_most("ratio to pydantic v2", ratio(costs, "ours", "pydantic"), 1.0)
    yield at_most("ratio to orjson.loads alone", ratio(costs, "ours", "orjson"), 2.5)
    yield from instruction_ratios(counted, "ours", names[1:])
    for name in names:
        yield taken(f"{name}: CPU of one campaign", median(costs[name]).each(number), "µs", counted[name])


def limiter(options: Options) -> Iterator[Row]:
    """A turn in the limiter: its CPU, free and in line; use of the windows; violations."""
    arguments = {"free": options.size(100_000, 1000), "waiters": options.size(10_000, 500)}
    rounds = [in_child("benchmarks.workloads:limiter", arguments) for _ in range(options.size(5, 1))]
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
            found = in_child("benchmarks.workloads:makespan", arguments)
            yield at_most(f"{tier}, {counting}: over the bound", found["ratio"], 1.02, "{:.4f}")
            yield at_most(f"{tier}, {counting}: 429s", found["throttled"], 0, "{:.0f}")


def requests(options: Options) -> Iterator[Row]:
    """Requests a campaign, by strategy, of 1,000 that are alike."""
    number = options.size(1000, 100)
    for strategy, goal in (("full", 7.0), ("clone", 4.0)):
        found = in_child("benchmarks.workloads:requests", {"strategy": strategy, "number": number})
        # The first of a kind is built in full, so that the average of clones is a little above four.
        yield at_most(
            f"{strategy}", found["each"], goal + (3 / number if strategy == "clone" else 0), "{:.3f}"
        )


def faults(options: Options) -> Iterator[Row]:
    """500 creates over HTTP, 10 % of the answers lost after the commit: campaigns made twice."""
    number = options.size(500, 60)
    for name in ("ours", BARE, BARE_HTTPX, TYPICAL):
        found = in_child("benchmarks.workloads:faults", {"name": name, "number": number, "seed": 1})
        said = f"{found['duplicates']} duplicates, {found['missing']} missing"
        if name == "ours":
            clean = not found["duplicates"] and not found["missing"]
            yield Row("client.provision", said, "0 and 0", clean, found["duplicates"])
        else:
            yield Row(f"{name}, tried again on errors", said, value=found["duplicates"])


FIRST_REQUEST: Final = """
import asyncio
from smartlead_async import AiohttpTransport, SmartleadClient

class GoneOut(Exception): ...

class Transport(AiohttpTransport):
    async def send(self, request, /):
        raise GoneOut

async def main():
    async with SmartleadClient("key", transport=Transport()) as client:
        try:
            await client.campaigns.create("SaaS founders Q1 2027")
        except GoneOut:
            return
    raise SystemExit("nothing went out")

asyncio.run(main())
"""
"""A whole program, up to where its first request is with aiohttp."""


def imports(options: Options) -> Iterator[Row]:
    """What a process pays before its first request is with aiohttp, beyond a bare interpreter."""
    programs = {
        "nothing": ("-c", "pass"),
        "package": ("-c", "import smartlead_async"),
        "first request": ("-c", FIRST_REQUEST),
        "libraries": ("-c", "import aiohttp, attrs, cattrs"),
        "help": ("-m", "smartlead_async", "--help"),
    }
    for arguments in programs.values():
        python_cost(*arguments)  # bytecode is written, files are in memory
    costs = in_turns(
        {name: partial(python_cost, *arguments) for name, arguments in programs.items()}, options.size(25, 1)
    )
    cpu = {name: median(found).cpu for name, found in costs.items()}
    yield at_most(
        "until the first request, over importing the libraries",
        ratio(costs, "first request", "libraries", beyond="nothing"),
        1.15,
    )
    nothing, first, libraries = (
        None if options.quick else python_instructions(*programs[name])
        for name in ("nothing", "first request", "libraries")
    )
    if nothing and first and libraries:
        figure = (first - nothing) / (libraries - nothing)
        yield Row("the same in instructions", f"{figure:.2f}", value=figure)
    yield at_most("import smartlead_async, ms", (cpu["package"] - cpu["nothing"]) * 1000, 60, "{:.0f}")
    yield at_most("smartlead-async --help, ms", cpu["help"] * 1000, 200, "{:.0f}")
    for name in programs:
        yield taken(f"{name}: the whole process", median(costs[name]), "ms")


def _sizes(options: Options) -> list[int]:
    return [100, 300] if options.quick else [100, 1_000, 10_000, 100_000]


@functools.cache
def _job(number: int) -> dict[str, float]:
    """What a job of so many took, measured once for the figures that tell of it.

    Small jobs are over in a moment, in which the machine may do something else: the median of several.
    """
    found = [memory.measured("job", number) for _ in range(max(1, min(9, 20_000 // number)))]
    return {name: statistics.median(job[name] for job in found) for name in found[0]}


def peak_memory(options: Options) -> Iterator[Row]:
    """Peak memory of jobs of 10² to 10⁵ campaigns with a ledger."""
    peaks = {number: _job(number)["peak_mib"] for number in _sizes(options)}
    yield at_most("the largest peak over the smallest", max(peaks.values()) / min(peaks.values()), 1.20)
    for number, peak in peaks.items():
        yield at_most(f"{number:,} campaigns: peak, MiB", peak, memory.GOAL_MIB, "{:.0f}")


def growth(options: Options) -> Iterator[Row]:
    """What a campaign costs in jobs of 10² to 10⁵ campaigns with a ledger, and taking up the largest."""
    found = {number: _job(number) for number in _sizes(options)}
    each = {number: job["cpu_ms_per_campaign"] for number, job in found.items()}
    yield at_most("CPU of a campaign, the most over the least", max(each.values()) / min(each.values()), 1.10)
    largest = max(found)
    yield at_most("ledger, ms a step", found[largest]["ledger_ms_per_step"], memory.GOAL_STEP_MS)
    resumed: dict[str, Any] = memory.measured("resume", largest)
    took = resumed["seconds_to_first_request"]
    yield at_most(f"resuming a ledger of {largest:,}, s", took, memory.GOAL_RESUME_S)
    for number, cost in each.items():
        yield Row(f"{number:,} campaigns: CPU of one", f"{cost:.2f} ms", value=cost)


FIGURES: Final[dict[str, Callable[[Options], Iterator[Row]]]] = {
    "overhead": overhead,
    "in-memory": in_memory,
    "decode": decode,
    "limiter": limiter,
    "makespan": makespan,
    "requests": requests,
    "faults": faults,
    "import": imports,
    "memory": peak_memory,
    "growth": growth,
}
