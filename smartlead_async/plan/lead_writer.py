"""Leads as a CSV file that :class:`~smartlead_async.plan.leads_csv.LeadFile` reads as the same leads."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs

from ..api.leads.models import LeadInput
from .hidden_characters import strip_hidden
from .lead_aliases import alias_form
from .lead_columns import MAX_CUSTOM_FIELDS, field_of
from .lead_export import BOOKKEEPING, CUSTOM_FIELDS
from .leads import unique_rows
from .leads_csv import LeadFile
from .merge_tags import LEAD_FIELDS, normalize_name
from .value_kinds import contains_address

DELIMITER: Final = ","

_RESERVED: Final = frozenset(map(normalize_name, LEAD_FIELDS))


def write_lead_file(path: Path, leads: Sequence[LeadInput]) -> list[LeadInput]:
    """Write leads, and return those that no CSV file can hold, which are not in it.

    The columns are the lead fields that are used, then one for each custom field. A custom field whose name
    or values would be misread there is in the column ``custom_fields``, as JSON.
    """
    _write(path, leads)
    # A line that is too long would make the whole file unreadable.
    kept = [lead for lead in leads if _fits(lead)]
    _write(path, kept)
    if misread := _misread(path, kept):
        kept = [lead for lead in kept if lead.email not in misread]
        _write(path, kept)
    addresses = {lead.email for lead in kept}
    return [lead for lead in leads if lead.email not in addresses]


def _fits(lead: LeadInput) -> bool:
    values = (*(getattr(lead, name) or "" for name in LEAD_FIELDS), *(lead.custom_fields or {}).values())
    return sum(map(len, values)) < csv.field_size_limit()


def _write(path: Path, leads: Sequence[LeadInput]) -> None:
    columns = _Columns.of(leads)
    with path.open("w", encoding="utf-8", newline="") as file:
        # With "\r\n", values that contain either character are quoted.
        table = csv.writer(file, delimiter=DELIMITER, lineterminator="\r\n")
        table.writerow(columns.headers)
        table.writerows(map(columns.row, leads))


def _misread(path: Path, leads: Sequence[LeadInput]) -> set[str]:
    """Return the addresses of the leads that are read differently, if at all."""
    wanted = {lead.email: lead for lead in leads}
    for row in unique_rows(LeadFile(path, delimiter=DELIMITER).rows(), None):
        if row.lead is not None and wanted.get(row.lead.email) == row.lead:
            del wanted[row.lead.email]
    return set(wanted)


@attrs.frozen
class _Columns:
    """The columns of a file that is written."""

    fields: tuple[str, ...]
    custom: tuple[str, ...]
    has_json: bool

    @classmethod
    def of(cls, leads: Sequence[LeadInput]) -> _Columns:
        names = dict.fromkeys(name for lead in leads for name in lead.custom_fields or ())
        unsafe = {
            name
            for lead in leads
            for name, value in (lead.custom_fields or {}).items()
            if not _is_safe_value(value)
        }
        custom = tuple(_safe_names(name for name in names if name not in unsafe))
        if len(names) > MAX_CUSTOM_FIELDS:
            custom = ()
        # A header that could be taken for a lead field is a custom field beside that field's own column.
        used = {field for name in custom if (field := field_of(name))}
        fields = (
            name
            for name in LEAD_FIELDS
            if name == "email" or name in used or any(getattr(lead, name) for lead in leads)
        )
        return cls(tuple(fields), custom, len(custom) < len(names))

    @property
    def headers(self) -> tuple[str, ...]:
        return (*self.fields, *self.custom, *([CUSTOM_FIELDS] if self.has_json else []))

    def row(self, lead: LeadInput) -> Iterator[str]:
        for name in self.fields:
            value = getattr(lead, name) or ""
            # Of a phone number, the reader takes off one quote, as spreadsheets write it.
            yield f"'{value}" if name == "phone_number" and value.startswith("'") else value
        values = dict(lead.custom_fields or {})
        for name in self.custom:
            yield values.pop(name, "")
        if self.has_json:
            yield json.dumps(values, ensure_ascii=False) if values else ""


def _safe_names(names: Iterator[str]) -> Iterator[str]:
    taken = set(_RESERVED)
    for name in names:
        form = normalize_name(name)
        if _is_safe_name(name) and form not in taken:
            taken.add(form)
            yield name


def _is_safe_name(name: str) -> bool:
    return (
        bool(name)
        and name.isprintable()
        and name == unicodedata.normalize("NFC", strip_hidden(name))
        and name.casefold() not in BOOKKEEPING
        and alias_form(name) != alias_form(CUSTOM_FIELDS)
        and not contains_address(name)
    )


def _is_safe_value(value: str) -> bool:
    """Return whether a value can be a cell: a line that looks like a row may be taken for one."""
    return "\0" not in value and not ("@" in value and ("\n" in value or "\r" in value))
