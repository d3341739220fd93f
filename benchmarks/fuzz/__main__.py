"""The command line: ``python -m benchmarks.fuzz --minutes 20 [--seed N]``."""

from __future__ import annotations

import argparse
import logging
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from .case import Kind
from .jobs import GarbledJobs
from .lead_files import LeadCsv, LeadWorkbook
from .plans import PlanBytes, PlanValues
from .responses import Creates, Responses, Wire
from .run import fuzz, replay

KINDS: Final[tuple[Kind, ...]] = (
    PlanValues(),
    PlanBytes(),
    LeadCsv(),
    LeadWorkbook(),
    Responses(),
    Creates(),
    Wire(),
    GarbledJobs(),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. The exit code is 1 if a case failed."""
    args = _parse(arguments)
    kinds = [kind for kind in KINDS if not args.kind or kind.name in args.kind]
    if args.replay is not None:
        failure = replay(KINDS, args.replay)
        print(failure.details if failure else "no longer fails")
        return 1 if failure else 0
    # The warnings about odd responses are not of interest here.
    logging.getLogger("smartlead_async").addHandler(logging.NullHandler())
    print(f"seed {args.seed}", flush=True)
    result = fuzz(
        kinds, seed=args.seed, seconds=args.minutes * 60, max_cases=args.cases, save_to=args.failures
    )
    for line in result.lines():
        print(line)
    for failure in result.failures.values():
        print(f"FAILED {failure.kind}: {failure.what} ({failure.save(args.failures)})")
    return 1 if result.failed else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = [kind.name for kind in KINDS]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.fuzz", description="Fuzz plans, lead files, server responses and jobs."
    )
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="default: a fresh one")
    parser.add_argument("--cases", type=int, help="stop after this many cases")
    parser.add_argument("--kind", action="append", choices=names, help="only this kind (repeatable)")
    parser.add_argument(
        "--failures",
        type=Path,
        default=Path("fuzz-failures"),
        metavar="FOLDER",
        help="where failures are saved",
    )
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run the input of a saved failure again")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
