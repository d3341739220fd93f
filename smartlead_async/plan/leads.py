"""The leads of a campaign: rows of a lead source, with their problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import attrs

from ..api.leads.models import LeadInput
from .addresses import address_digest, address_flaw
from .problem import Place, Problem, error, warning


@attrs.frozen
class LeadRow:
    """One row of a lead source: a lead, or the problems of the row. ``line`` is its line in the file."""

    lead: LeadInput | None
    line: int | None = None
    problems: Sequence[Problem] = ()


class LeadSource(Protocol):
    """A source of leads other than a list. It is read as a stream and can be read repeatedly.

    :class:`~smartlead_async.plan.leads_csv.LeadFile` is one; any object with these two members is another.
    """

    @property
    def file(self) -> str | None:
        """The name to show in messages, if it is a file."""
        ...

    def rows(self) -> Iterator[LeadRow]:
        """Yield all rows from the start, each with its lead or its problems."""
        ...


def inline_rows(leads: Sequence[LeadInput]) -> Iterator[LeadRow]:
    """Yield a row for each lead of a list."""
    for index, lead in enumerate(leads):
        address = lead.email
        flaw = address_flaw(address) if isinstance(address, str) else "it is not a string"
        if flaw is None:
            yield LeadRow(lead)
            continue
        malformed = error(
            "malformed_address",
            f"{address!r} is not an e-mail address: {flaw}",
            path=f"leads[{index}].email",
            advice="Correct it or remove the lead.",
        )
        yield LeadRow(None, None, (malformed,))


def unique_rows(rows: Iterable[LeadRow], file: str | None) -> Iterator[LeadRow]:
    """Yield the rows; where an address is repeated, a warning takes the place of the lead."""
    positions: dict[int, int] = {}
    for index, row in enumerate(rows):
        if row.lead is None:
            yield row
            continue
        digest = address_digest(row.lead.email)
        if digest in positions:
            yield LeadRow(None, row.line, (*row.problems, _repeated(row, index, positions[digest], file)))
        else:
            positions[digest] = index if row.line is None else row.line
            yield row


def _repeated(row: LeadRow, index: int, first: int, file: str | None) -> Problem:
    address = row.lead.email if row.lead else ""
    return warning(
        "duplicate_address",
        f"{address} already appears " + (f"in leads[{first}]" if row.line is None else f"on line {first}"),
        path=f"leads[{index}].email" if row.line is None else "",
        advice="Only the first is imported; remove this one.",
        place=Place(file, row.line) if file else None,
    )
