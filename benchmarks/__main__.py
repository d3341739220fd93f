"""``python -m benchmarks [NAME …]``: measure, print a table and optionally write JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from .figures import FIGURES, Effort, Options, Row
from .measurement import machine

_QUICK_NOTE: Final = (
    "Quick form: smaller sizes and fewer rounds. The ratios are noisier than those of a full run."
)
_SMOKE_NOTE: Final = "Smoke form: only checks that every benchmark runs. The figures are meaningless."
_NOTES: Final = {Effort.FULL: None, Effort.QUICK: _QUICK_NOTE, Effort.SMOKE: _SMOKE_NOTE}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. The exit code is 0 whether or not the goals are met."""
    args = _parse(arguments)
    note = _NOTES[args.effort]
    if note is not None:
        print(note)
    options = Options(effort=args.effort, adapter=args.adapter)
    result: dict[str, Any] = {
        "machine": machine(),
        "effort": args.effort.value,
        "note": note,
        "figures": {name: _measure(name, options) for name in args.names or FIGURES},
    }
    if args.json is not None:
        args.json.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure the performance of smartlead-async."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(FIGURES)} (default: all)"
    )
    effort = parser.add_mutually_exclusive_group()
    effort.add_argument(
        "--quick",
        dest="effort",
        action="store_const",
        const=Effort.QUICK,
        help="measure with fewer rounds and smaller sizes; noisier than a full run",
    )
    effort.add_argument(
        "--smoke",
        dest="effort",
        action="store_const",
        const=Effort.SMOKE,
        help="only check that the benchmarks run; the figures are meaningless",
    )
    parser.set_defaults(effort=Effort.FULL)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    parser.add_argument("--adapter", metavar="FILE", help="add the client of an adapter file to 'overhead'")
    args = parser.parse_args(arguments)
    if unknown := set(args.names) - set(FIGURES):
        parser.error(f"unknown figure: {', '.join(sorted(unknown))}; choose from {', '.join(FIGURES)}")
    return args


def _measure(name: str, options: Options) -> list[dict[str, Any]]:
    measure = FIGURES[name]
    print(f"\n{name}: {(measure.__doc__ or '').strip()}", flush=True)
    rows = []
    for row in measure(options):
        _print_row(row)
        rows.append(attrs.asdict(row))
    return rows


def _print_row(row: Row) -> None:
    verdict = {None: "", True: "met", False: "NOT MET"}[row.met]
    print(f"  {row.what:58} {row.figure:>32}  {row.goal:>10}  {verdict}".rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
