"""``python -m benchmarks [NAME …]``: measure, print a table, write JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from .figures import FIGURES, Options
from .measurement import machine


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. The exit code is 0 whether or not the goals are met: figures are for reading."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Figures that anyone can check."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(FIGURES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round: shows that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    parser.add_argument("--adapter", metavar="FILE", help="add an installed client by an adapter file")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(FIGURES):
        parser.error(f"no figure is called {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    options = Options(quick=given.quick, adapter=given.adapter)
    told: dict[str, Any] = {"machine": machine(), "quick": given.quick, "figures": {}}
    for name in given.names or FIGURES:
        measure = FIGURES[name]
        print(f"\n{name}: {(measure.__doc__ or '').strip()}")
        rows = []
        for row in measure(options):
            verdict = {None: "", True: "met", False: "NOT MET"}[row.met]
            print(f"  {row.what:58} {row.figure:>32}  {row.goal:>10}  {verdict}".rstrip(), flush=True)
            rows.append(attrs.asdict(row))
        told["figures"][name] = rows
    if given.json is not None:
        given.json.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
