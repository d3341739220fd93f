"""The report of ``doctor`` as text of 80 columns and as JSON, which can be published."""

from __future__ import annotations

import platform
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from .._version import __version__
from ..doctor.findings import Diagnosis, Finding, Outcome, ReadResult
from ..wording import count

_WIDTH: Final = 80
_NAME_WIDTH: Final = 11


@attrs.frozen
class DoctorReport:
    """The results of an examination. ``target`` is ``fake``, ``live`` or ``another server``."""

    diagnosis: Diagnosis
    target: str
    tier: str
    requests: int
    interrupted: bool
    wrote: bool

    def as_json(self, exit_code: int) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "version": __version__,
            "python": platform.python_version(),
            "target": self.target,
            "tier": self.tier,
            "exit_code": exit_code,
            "interrupted": self.interrupted,
            "wrote": self.wrote,
            "requests": self.requests,
            "facts": self.diagnosis.facts,
            "findings": [attrs.asdict(finding) for finding in self.diagnosis.all_findings],
            "notes": [attrs.asdict(note) for note in self.diagnosis.notes],
            "reads": [_read_as_json(read) for read in self.diagnosis.reads],
        }

    def as_text(self) -> str:
        """Return the report for people."""
        return "\n".join(line.rstrip() for line in self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"smartlead-async {__version__} doctor, Python {platform.python_version()}, {self.target}"
        yield ""
        for name, value in self._summary().items():
            yield from _wrapped(value, f"{name:<{_NAME_WIDTH}}", " " * _NAME_WIDTH)
        yield from self._findings()
        yield from self._without_result(Outcome.UNAVAILABLE, "Unavailable to this account")
        yield from self._without_result(Outcome.NOT_TRIED, "Not tried")
        yield from self._absent_fields()
        yield from self._slowest()
        yield ""
        yield self._conclusion()

    def _summary(self) -> dict[str, str]:
        facts = self.diagnosis.facts
        limits = ", ".join(map(str, facts.get("limits") or ())) or "none in the headers"
        tally = Counter(read.outcome for read in self.diagnosis.reads)
        return {
            "Key": _key(facts),
            "Limits": f"{limits}; configured: {self.tier}",
            "Clock": _clock(facts.get("clock_skew")),
            "Requests": f"{self.requests}, {facts.get('too_many_requests', 0)} refused with HTTP 429",
            "Reads": ", ".join(f"{tally[outcome]} {outcome.value}" for outcome in Outcome),
            "Writes": "one draft, created and deleted" if self.wrote else "none",
        }

    def _findings(self) -> Iterator[str]:
        found = self.diagnosis.all_findings
        if found:
            yield from ("", f"{count(len(found), 'deviation')}:")
        for finding in found:
            yield from _finding_lines(finding)

    def _without_result(self, outcome: Outcome, title: str) -> Iterator[str]:
        reads = [read for read in self.diagnosis.reads if read.outcome is outcome]
        if reads:
            yield from ("", f"{title}:")
        for read in reads:
            yield from _wrapped(f"{read.operation}: {read.reason}", "  ", "    ")

    def _absent_fields(self) -> Iterator[str]:
        absent: dict[str, list[str]] = {}
        for note in self.diagnosis.notes:
            if note.kind == "absent-field":
                absent.setdefault(str(note.operation), []).append(str(note.place))
        if absent:
            yield from ("", "Optional fields that no object had (no deviation):")
        for operation, places in absent.items():
            yield from _wrapped(f"{operation}: {', '.join(places)}", "  ", "    ")

    def _slowest(self) -> Iterator[str]:
        timed = sorted(_timed(self.diagnosis.reads), key=lambda pair: -pair[0])[:3]
        if timed and timed[0][0] >= 1:
            yield from ("", "Slowest:")
            for seconds, name in timed:
                yield f"  {name}: {seconds:.1f} s"

    def _conclusion(self) -> str:
        if self.interrupted:
            return "Stopped before the end."
        if self.diagnosis.all_findings:
            return "Please report the deviations: this text has no key, no ids and no data."
        return "No deviation found."


def _timed(reads: Iterable[ReadResult]) -> Iterator[tuple[float, str]]:
    return ((read.seconds, read.operation) for read in reads if read.seconds is not None)


def _key(facts: dict[str, Any]) -> str:
    if "plan" not in facts:
        return "not checked"
    plan = "plan not told" if facts["plan"] is None else f"plan {facts['plan']}"
    return f"accepted, {plan}" + (", key of a client" if facts.get("key_of_client") else "")


def _clock(skew: float | None) -> str:
    if skew is None:
        return "no date in the headers"
    return f"{abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'} this machine"


def _finding_lines(finding: Finding) -> Iterator[str]:
    where = " ".join(part for part in (finding.operation, finding.place) if part)
    yield from _wrapped(f"[{finding.kind}] {where}".rstrip(), "  ", "    ")
    yield from _wrapped(finding.message, "    ", "    ")


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)


def _read_as_json(read: ReadResult) -> dict[str, Any]:
    return {
        "operation": read.operation,
        "outcome": read.outcome.value,
        "reason": read.reason,
        "status": read.status,
        "seconds": read.seconds,
    }
