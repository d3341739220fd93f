"""The leads of a plan file: lists, lead files with their options, and the values of a ``for_each``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ..api.leads.models import LeadInput
from ..formats import character_flaw
from .csv_lines import delimiter_flaw
from .hidden_characters import name_flaw
from .lead_columns import MAX_CUSTOM_FIELDS
from .leads import LeadSource
from .leads_csv import LeadFile
from .nodes import Node
from .problem import InvalidPlan, Place, Problem, error, warning
from .reading import Reading, is_file_name, names_of, plain_values
from .text_encoding import encoding_flaw
from .where import EachValue, Wanted
from .workbook import WORKBOOK_SUFFIXES

FILE_KEYS: Final = (
    "csv",
    "xlsx",
    "sheet",
    "columns",
    "where",
    "blank_values",
    "encoding",
    "delimiter",
)


EACH_KEYS: Final = (*FILE_KEYS, "column")


class LeadReader:
    """Reads the leads of the campaigns of one plan file."""

    def __init__(self, file: str, folder: Path, *, allow_files: bool = True) -> None:
        self._file = file
        self._folder = folder
        self._allow_files = allow_files

    def leads(self, reading: Reading, node: Node) -> tuple[LeadInput, ...] | LeadSource:
        """Return the leads of a campaign."""
        match node.value:
            case str() | dict() if not self._allow_files:
                refuse_file(reading, "leads", node)
                return ()
            case str():
                name = _file_name(reading, node, "leads")
                return () if name is None else self._file_of(name)
            case dict():
                entries = reading.mapping(node, "leads", FILE_KEYS)
                return self._lead_file(reading, entries, node, "leads") or ()
            case list():
                rows = reading.items(node, "leads")
                found = (_lead(reading, row, f"leads[{i}]") for i, row in enumerate(rows))
                return tuple(lead for lead in found if lead is not None)
            case _:
                reading.error("wrong_kind", "leads", node, "expected a list of leads, or {csv: FILE}")
                return ()

    def for_each(self, node: Node, path: str) -> tuple[list[tuple[str, LeadFile]], list[Problem]]:
        """Return the values of a ``for_each``, each with the leads that have it, and the problems."""
        reading = Reading(self._file)
        if not self._allow_files:
            refuse_file(reading, "for_each", node)
            return [], reading.under(path)
        entries = reading.mapping(node, "for_each", EACH_KEYS)
        source = self._lead_file(reading, entries, node, "for_each")
        column = entries["column"].text if "column" in entries else None
        if not isinstance(column, str):
            reading.error("wrong_kind", "for_each.column", node, "no column is given", "Add column: HEADER.")
        each: list[tuple[str, LeadFile]] = []
        if source is not None and isinstance(column, str):
            try:
                counts = source.values(column)
            except InvalidPlan as invalid:
                place = reading.places["for_each"]
                reading.problems += [attrs.evolve(p.at(place), path="for_each") for p in invalid.problems]
                counts = {}
            if not any(counts) and not reading.problems:
                message = "no row of the lead file is left, so there is no campaign"
                if counts:
                    message = f"no row has a value for {column}, so there is no campaign"
                    counts = {}
                reading.problems.append(
                    error("no_leads", message, path="for_each", place=reading.places["for_each"])
                )
            reading.problems += _problems_of_values(source, column, counts)
            each = [
                (value, attrs.evolve(source, where={**source.where, column: (EachValue(value),)}))
                for value in counts
                if value and not _flaw_of_value(value)
            ]
        return each, reading.under(path)

    def _lead_file(
        self, reading: Reading, entries: Mapping[str, Node], node: Node, path: str
    ) -> LeadFile | None:
        given = [key for key in ("csv", "xlsx") if key in entries]
        if len(given) == 2:
            reading.error("file_twice", f"{path}.xlsx", entries["xlsx"], "csv and xlsx are both given")
            return None
        key = given[0] if given else "csv"
        file = entries.get(key)
        if file is None or not isinstance(file.value, str):
            place = file or node
            reading.error("wrong_kind", f"{path}.{key}", place, "no lead file is given", "Add csv: FILE.")
            return None
        # What is wrong with the leads as a whole is a problem of the file.
        reading.note(path, file)
        name = _file_name(reading, file, f"{path}.{key}")
        if name is None:
            return None
        _refuse_unused(reading, entries, name, path)
        options: dict[str, Any] = {}
        if "columns" in entries:
            options["columns"] = _columns(reading, entries["columns"], f"{path}.columns")
        if "where" in entries:
            options["where"] = _where(reading, entries["where"], f"{path}.where")
        if "blank_values" in entries:
            options["blank_values"] = _blank_values(reading, entries["blank_values"], f"{path}.blank_values")
        for key in ("encoding", "delimiter", "sheet"):
            if key in entries and (value := _text_option(reading, key, entries[key], path)) is not None:
                options[key] = value
        return self._file_of(name, **options)

    def _file_of(self, name: str, **options: Any) -> LeadFile:
        return LeadFile(self._folder / name, **options, folder=self._folder)


def refuse_file(reading: Reading, path: str, node: Node) -> None:
    """Note that a plan names a file, and must not."""
    advice = "Write the leads or the body into the plan."
    reading.error("file_refused", path, node, "this plan must not name files", advice)


def _file_name(reading: Reading, node: Node, path: str) -> str | None:
    name = str(node.value)
    return name if is_file_name(reading, path, node, name) else None


_EXPECTED: Final = {
    "delimiter": "one character",
    "encoding": "the name of an encoding, such as utf-16",
    "sheet": "the name of a sheet",
}


_FLAWS: Final = {"delimiter": delimiter_flaw, "encoding": encoding_flaw}


def _text_option(reading: Reading, key: str, node: Node, path: str) -> str | None:
    value = node.text
    if isinstance(value, str):
        flaw = _FLAWS[key](value) if key in _FLAWS else None
        if flaw is not None:
            reading.error("invalid", f"{path}.{key}", node, *flaw)
        return None if flaw else value
    reading.error("wrong_kind", f"{path}.{key}", node, f"expected {_EXPECTED[key]}")
    return None


def _refuse_unused(reading: Reading, entries: Mapping[str, Node], name: str, path: str) -> None:
    """Add an error for an option that the kind of file does not have."""
    is_workbook = Path(name).suffix.lower() in WORKBOOK_SUFFIXES
    for option in ("encoding", "delimiter") if is_workbook else ("sheet",):
        if option in entries:
            message = f"a {'workbook' if is_workbook else 'text file'} has no {option}"
            reading.error("unused_option", f"{path}.{option}", entries[option], message, "Remove it.")


def _blank_values(reading: Reading, node: Node, path: str) -> tuple[str, ...] | None:
    """Return the values to treat as empty beside the known ones; None to treat none as empty."""
    if isinstance(node.value, bool):
        return () if node.value else None
    if isinstance(node.value, list) and not any(item.is_container for item in node.value):
        return tuple(str(item.text) for item in node.value)
    reading.error("wrong_kind", path, node, "expected true or a list of further values")
    return None


def _columns(reading: Reading, node: Node, path: str) -> dict[str, str | None]:
    if not isinstance(node.value, dict):
        reading.error("wrong_kind", path, node, "expected a mapping of headers to fields")
        return {}
    chosen: dict[str, str | None] = {}
    for header, target in node.value.items():
        if isinstance(target.value, str) and (flaw := name_flaw(target.value)):
            message = f"a custom field cannot be named {target.value[:60]!r}: {flaw}"
            reading.error("bad_name", f"{path}.{header}", target, message)
        elif target.value is None or isinstance(target.value, str):
            chosen[header] = target.value
        else:
            reading.error("wrong_kind", f"{path}.{header}", target, "expected a lead field, a name or null")
    return chosen


def _where(reading: Reading, node: Node, path: str) -> dict[str, tuple[Wanted, ...]]:
    if not isinstance(node.value, dict):
        reading.error("wrong_kind", path, node, "expected a mapping of headers to values")
        return {}
    kept = {}
    for header, wanted in node.value.items():
        values = wanted.value if isinstance(wanted.value, list) else [wanted]
        if any(v.is_container for v in values):
            reading.error("wrong_kind", f"{path}.{header}", wanted, "expected a value or a list of values")
        elif not values:
            reading.error("wrong_kind", f"{path}.{header}", wanted, "no value is listed, so no row is kept")
        else:
            kept[header] = tuple(_wanted(value) for value in values)
    return kept


def _wanted(node: Node) -> Wanted:
    match node.value:
        case None:
            return ""
        case float() if not math.isfinite(node.value):
            return str(node.text)
        case str() | bool() | int() | float():
            return node.value
    return str(node.text)


# --- for_each ----------------------------------------------------------------------------------------
def _problems_of_values(source: LeadFile, column: str, counts: Mapping[str, int]) -> Iterator[Problem]:
    place = Place(source.file)
    first: dict[str, str] = {}
    for value, rows in counts.items():
        if not value:
            yield _rows_without_value(column, rows).at(place)
            continue
        other = first.setdefault(value.casefold(), value)
        if other != value:
            yield warning(
                "similar_value",
                f"{other!r} and {value!r} differ only in case, and each becomes a campaign",
                path="for_each.column",
                advice=f"Use one spelling in the column {column}.",
                place=place,
            )
        if flaw := _flaw_of_value(value):
            message = f"the value {value[:80]!r} of {column} contains {flaw}"
            advice = "Remove the braces." if flaw.startswith("braces") else "Remove it."
            yield error("unusable_value", message, path="for_each.column", advice=advice, place=place)


def _flaw_of_value(value: str) -> str | None:
    """Return what makes a value unusable in names and texts, or None."""
    if "{" in value or "}" in value:
        return "braces, which would become a tag or spintax"
    return character_flaw(value, one_line=True)


def _rows_without_value(column: str, rows: int) -> Problem:
    subject = "1 row has" if rows == 1 else f"{rows} rows have"
    return warning(
        "no_value",
        f"{subject} no value for {column} and {'is' if rows == 1 else 'are'} not imported",
        path="for_each.column",
        advice="Fill in the column to include them.",
    )


# --- leads in a list ---------------------------------------------------------------------------------
def _lead(reading: Reading, node: Node, path: str) -> LeadInput | None:
    before = len(reading.problems)
    entries = reading.mapping(node, path, names_of(LeadInput))
    custom = entries.pop("custom_fields", None)
    values = plain_values(entries, LeadInput)
    if "email" not in values and isinstance(node.value, dict):
        reading.error("no_address", f"{path}.email", node, "the lead has no e-mail address")
    for field, value in values.items():
        if not isinstance(value, str) and field != "email":
            reading.error("wrong_kind", f"{path}.{field}", node, "expected a string")
    fields = None if custom is None else _custom_fields(reading, custom, f"{path}.custom_fields")
    if len(reading.problems) > before:
        return None
    return LeadInput(**{field: str(value) for field, value in values.items()}, custom_fields=fields)


def _custom_fields(reading: Reading, node: Node, path: str) -> dict[str, Any]:
    if not isinstance(node.value, dict):
        reading.error("wrong_kind", path, node, "expected a mapping of names to values")
        return {}
    if len(node.value) > MAX_CUSTOM_FIELDS:
        excess = ", ".join(list(node.value)[MAX_CUSTOM_FIELDS:])
        message = (
            f"the lead has {len(node.value)} custom fields; the maximum is {MAX_CUSTOM_FIELDS}, "
            f"which excludes: {excess}"
        )
        reading.error("too_many_columns", path, node, message)
    for name, value in node.value.items():
        if value.is_container:
            message = "expected a string or a number"
            reading.error("wrong_kind", f"{path}.{name}", value, message, "Put it in quotes if it is text.")
    return {name: value.exact for name, value in node.value.items() if value.value is not None}
