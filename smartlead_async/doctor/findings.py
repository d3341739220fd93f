"""The results of the checks, as plain data that can be published."""

from __future__ import annotations

import enum
from typing import Any

import attrs


@attrs.frozen
class Finding:
    """A deviation: the check that found it, its kind, and where it is.

    ``operation`` is the name of a method, ``place`` a JSON path without keys that could be data.
    """

    check: str
    kind: str
    message: str
    operation: str | None = None
    place: str | None = None

    def __str__(self) -> str:
        where = " ".join(part for part in (self.operation, self.place) if part)
        return f"{where}: {self.message}" if where else self.message


class Outcome(enum.StrEnum):
    """The result of trying an operation."""

    OK = "ok"
    DEVIATES = "deviates"
    UNAVAILABLE = "unavailable"
    """Not part of the plan, or there is no data: says nothing about this package."""
    NOT_TRIED = "not tried"


@attrs.frozen
class ReadResult:
    """The result of one READ operation. ``seconds`` is the time of its last request."""

    operation: str
    outcome: Outcome
    reason: str | None = None
    status: int | None = None
    seconds: float | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    """Differences that the class allows for, which are no deviations."""


@attrs.define
class Diagnosis:
    """All results so far; it grows while the checks run, so that an interrupted run can be reported."""

    reads: list[ReadResult] = attrs.field(factory=list)
    findings: list[Finding] = attrs.field(factory=list)
    facts: dict[str, Any] = attrs.field(factory=dict)
    """Findings about the plan, the limits and the clock."""

    @property
    def all_findings(self) -> list[Finding]:
        """The findings of all checks, those about single operations last."""
        return self.findings + [finding for read in self.reads for finding in read.findings]

    @property
    def notes(self) -> list[Finding]:
        """The notes about single operations."""
        return [note for read in self.reads for note in read.notes]
