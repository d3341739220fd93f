"""Measure the check of large lead files: CPU time and memory per lead.

    python -m benchmarks.leads --rows 200000 1000000

Each size runs in its own process, on a file that is written for it: nine columns, a few of which are custom
fields, and two merge tags. Memory is the growth of the peak, so the interpreter and the package do not count.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from smartlead_async.plan.check import check

HEADER = "First Name,Last Name,Email,Company Name,Title,City,Industry,Employees,Website\n"


PLAN = """\
version: 1
campaigns:
  - name: SaaS founders Q1 2027 – demo invite
    leads: leads.csv
    steps:
      - {subject: "{{first_name}}, a question", body: "How is {{city}}?"}
"""


def write_leads(path: Path, rows: int) -> None:
    """Write a lead file; one row in ten has letters beyond ASCII, one in twenty quotes a comma."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for n in range(rows):
            first = "Zoë" if n % 10 == 0 else f"Lin{n % 997}"
            company = f'"Alder {n % 5000}, Ltd"' if n % 20 == 0 else f"Alder {n % 5000}"
            file.write(
                f"{first},Berg{n % 4001},lin.berg{n}@c{n % 90000}.example,{company},Head of Sales,"
                f"Oslo{n % 300},Software,{n % 900},https://c{n % 90000}.example\n"
            )


def measure(rows: int) -> dict[str, float]:
    """Return CPU microseconds and bytes per lead of one check."""
    with tempfile.TemporaryDirectory() as folder:
        write_leads(Path(folder) / "leads.csv", rows)
        plan = Path(folder) / "plan.yaml"
        plan.write_text(PLAN, encoding="utf-8")
        before = _peak()
        begin = time.process_time()
        report = check(plan)
        seconds = time.process_time() - begin
    if report.leads != rows or report.errors:
        raise SystemExit(f"{report.leads} of {rows} leads: {report.problems[:3]}")
    return {"rows": rows, "microseconds": seconds * 1e6 / rows, "bytes": (_peak() - before) / rows}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size in a process of its own and print a line for it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.leads", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[200_000, 1_000_000])
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(measure(options.rows[0])))
        return
    for rows in options.rows:
        command = [sys.executable, "-m", "benchmarks.leads", "--one", "--rows", str(rows)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = json.loads(output)
        print(f"{rows:>9,} leads: {found['microseconds']:.1f} µs CPU and {found['bytes']:.0f} bytes a lead")


if __name__ == "__main__":
    main()
