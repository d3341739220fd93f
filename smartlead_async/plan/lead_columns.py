"""The columns of a lead file: which lead field or custom field each one is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from .header_flaws import quoting_flaw
from .hidden_characters import name_flaw, strip_hidden
from .lead_aliases import alias_form, field_and_rank, last_name_beside_first
from .lead_export import CUSTOM_FIELDS, ExportColumns
from .merge_tags import LEAD_FIELDS, normalize_name
from .problem import Problem, did_you_mean, error, warning
from .value_kinds import contains_address

MAX_CUSTOM_FIELDS: Final = 200


def field_of(header: str) -> str | None:
    """Return the lead field that a header stands for, or None."""
    found = field_and_rank(header)
    return found[0] if found else None


def position_of(header: str, headers: Sequence[str]) -> int | None:
    """Return the position of a column: by its exact header, else as names compare, else by letters alone.

    A header that matches several columns only by its letters matches none.
    """
    if header in headers:
        return headers.index(header)
    named = [i for i, h in enumerate(headers) if h and normalize_name(h) == normalize_name(header)]
    if named:
        return named[0]
    form = alias_form(header)
    similar = [i for i, h in enumerate(headers) if form and alias_form(h) == form]
    return similar[0] if len(similar) == 1 else None


@attrs.frozen
class Columns:
    """The meaning of a file's columns: the positions of lead fields and of custom fields.

    ``export`` is set for an export of SmartLead, and ``json_fields`` is the position of the column that
    holds custom fields as JSON.
    """

    headers: tuple[str, ...]
    fields: Mapping[str, int]
    custom: tuple[tuple[int, str], ...]
    problems: tuple[Problem, ...] = ()
    export: ExportColumns | None = None
    json_fields: int | None = None

    def position(self, header: str) -> int | None:
        """Return the position of a column."""
        return position_of(header, self.headers)


def recognize_columns(headers: Sequence[str], mapping: Mapping[str, str | None]) -> Columns:
    """Return the meaning of each column.

    ``mapping`` overrides it for some headers: a lead field, the name of a custom field, or None to ignore it.
    """
    names = tuple(unicodedata.normalize("NFC", strip_hidden(h)) for h in headers)
    given: dict[int, str | None] = {}
    problems: list[Problem] = []
    for header, target in mapping.items():
        position = position_of(header, names)
        if position is None:
            problems.append(unknown_column(header, names))
        else:
            given[position] = target
    problems += [flaw] if (flaw := quoting_flaw(names)) else _header_problems(names)
    fields = _lead_fields(names, given)
    export = ExportColumns.recognize(names)
    json_fields = position_of(CUSTOM_FIELDS, names)
    if json_fields in given or json_fields in fields.values():
        json_fields = None
    ignored = {*fields.values(), json_fields, *(export.positions.values() if export else ())} - set(given)
    custom = [
        (i, target)
        for i, name in enumerate(names)
        if i not in ignored and fields.get(given.get(i) or "") != i and (target := given.get(i, name) or "")
    ]
    problems += _duplicate_targets(custom, fields, given)
    if len(custom) > MAX_CUSTOM_FIELDS:
        problems.append(_too_many(custom))
    if "email" in fields:
        problems += _addresses_in_headers(names)
    kept = tuple(custom[:MAX_CUSTOM_FIELDS])
    return Columns(names, fields, kept, tuple(problems), export, json_fields)


def unknown_column(header: str, names: Sequence[str]) -> Problem:
    """Return the error that a file has no such column."""
    advice = did_you_mean(header, [name for name in names if name])
    return error("no_such_column", f"there is no column {header!r}", advice=advice)


def _lead_fields(names: Sequence[str], given: Mapping[int, str | None]) -> dict[str, int]:
    fields = {target: i for i, target in given.items() if target in LEAD_FIELDS and target}
    ranked = []
    for index, name in enumerate(names):
        found = field_and_rank(name)
        if found is not None and index not in given:
            ranked.append((found[1], index, found[0]))
    for _, index, field in sorted(ranked):
        fields.setdefault(field, index)
    last = last_name_beside_first(names)
    if last is not None and last not in given:
        fields.setdefault("last_name", last)
    return fields


def _header_problems(names: Sequence[str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        form = normalize_name(name)
        if name and (flaw := name_flaw(name)):
            message = f"the header of column {index + 1}, {name[:60]!r}, cannot be used: {flaw}"
            yield error("bad_header", message, advice="Retype the header.")
        if not name:
            yield warning(
                "unnamed_column",
                f"column {index + 1} has no header",
                advice="It is ignored; name it to use it.",
            )
        elif form in first:
            yield error(
                "duplicate_column",
                f"columns {first[form] + 1} and {index + 1} are both called {name!r}",
                advice="Rename or remove one.",
            )
        else:
            first[form] = index


def _addresses_in_headers(names: Sequence[str]) -> Iterator[Problem]:
    found = ", ".join(repr(name) for name in names if contains_address(name))
    if found:
        yield warning(
            "address_in_header",
            f"the header contains an e-mail address, which is not imported: {found}",
            advice="If the first row is in the same line, put a line break before it.",
        )


def _duplicate_targets(
    custom: Sequence[tuple[int, str]], fields: Mapping[str, int], given: Mapping[int, str | None]
) -> Iterator[Problem]:
    targets = [name for _, name in custom]
    targets += [t for i, t in given.items() if t in LEAD_FIELDS and t is not None and fields[t] != i]
    forms = [normalize_name(target) for target in targets]
    chosen = {normalize_name(target) for target in given.values() if target}
    for name, form in dict(zip(forms, zip(targets, forms, strict=True), strict=True)).values():
        if form in chosen and (forms.count(form) > 1 or name in LEAD_FIELDS):
            message = f"two columns are mapped to {name!r}"
            yield error("duplicate_column", message, advice="Rename one, or map it to null.")


def _too_many(custom: Sequence[tuple[int, str]]) -> Problem:
    excess = ", ".join(name for _, name in custom[MAX_CUSTOM_FIELDS:])
    return error(
        "too_many_columns",
        f"{len(custom)} columns would become custom fields; the maximum is {MAX_CUSTOM_FIELDS}, "
        f"which excludes: {excess}",
        advice="Remove columns, or map them to null under columns.",
    )
