"""The leads of a campaign: rows of a lead source, with their problems and their count."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol, TypeGuard, get_type_hints

import attrs

from ..api.leads.models import LeadInput
from ..typed import is_list, mismatch
from .addresses import address_digest, address_flaw, advice_on_address, normalize_address
from .findings import Findings
from .hidden_characters import name_flaw, strip_hidden
from .lead_values import BadValue, ValueFindings
from .merge_tags import LEAD_FIELDS
from .problem import Place, Problem, error, warning
from .value_kinds import is_clean, is_plain_name

NOT_SELECTED: Final = "not_selected"
"""The reason of a row that ``where`` does not keep."""


class LeadRow(NamedTuple):
    """One row of a lead source: a lead, or the reason why it is none, with the problems of the row.

    ``line`` is its line in the file. ``left_out`` is the code of the reason; a row with neither lead nor
    reason carries problems of the file as a whole. ``cells`` are those of a malformed row. It is a tuple
    because one is made for every row.
    """

    lead: LeadInput | None
    line: int | None = None
    problems: Sequence[Problem] = ()
    left_out: str | None = None
    cells: Sequence[str] = ()
    digest: int | None = None
    """The digest of the lead's address, if it has been computed."""

    @property
    def is_of_file(self) -> bool:
        """Whether this is no row, but carries problems of the file as a whole."""
        return self.lead is None and self.left_out is None


@attrs.define
class RowTally:
    """The outcome of the rows of lead sources. Every row counts once: ``read == leads + left out``.

    ``left_out`` counts by reason: ``no_address``, ``duplicate_address``, ``malformed_address``,
    ``unsubscribed`` and so on. Rows that ``where`` does not keep are counted in ``not_selected`` only.
    """

    read: int = 0
    leads: int = 0
    left_out: dict[str, int] = attrs.field(factory=dict)
    not_selected: int = 0

    def add(self, row: LeadRow) -> None:
        """Count one row."""
        if row.lead is not None:
            self.read += 1
            self.leads += 1
        elif row.left_out == NOT_SELECTED:
            self.not_selected += 1
        elif row.left_out is not None:
            self.read += 1
            self.left_out[row.left_out] = self.left_out.get(row.left_out, 0) + 1

    def as_json(self) -> dict[str, Any]:
        """Return the counts for programs."""
        return attrs.asdict(self)


class LeadSource(Protocol):
    """A source of leads other than a list. It is read as a stream and can be read repeatedly.

    :class:`~smartlead_async.plan.leads_csv.LeadFile` is one; any object with these two members is another.
    It may also have a method ``option_problems()``, which returns the problems that are known before it is
    read.
    """

    @property
    def file(self) -> str | None:
        """The name to show in messages, if it is a file."""
        ...

    def rows(self) -> Iterator[LeadRow]:
        """Yield all rows from the start, each with its lead or its problems."""
        ...


def rows_of(leads: object) -> Iterator[LeadRow]:
    """Yield every row of a list or a source of leads; anything else is one row with the problem."""
    if is_list(leads):
        yield from inline_rows(leads)
    elif is_source(leads):
        rows: Iterator[object] = leads.rows()
        for row in rows:
            if not isinstance(row, LeadRow):
                yield _wrong_row("leads", "a source that yields LeadRow", row)
                return
            yield row
    else:
        advice = f"Write LeadFile({leads[:100]!r})." if isinstance(leads, str) else ""
        if hasattr(leads, "columns"):
            advice = "Write LeadFrame(…)."
        yield _wrong_row("leads", "a list of LeadInput or a lead source such as LeadFile", leads, advice)


def is_source(leads: object) -> TypeGuard[LeadSource]:
    """Return whether leads are a source that can be read."""
    return not isinstance(leads, type) and hasattr(leads, "file") and callable(getattr(leads, "rows", None))


def option_problems(leads: object) -> Iterable[Problem]:
    """Return the problems of a lead source that are known before it is read."""
    method: Callable[[], Iterable[Problem]] | None = getattr(leads, "option_problems", None)
    return method() if is_source(leads) and method is not None else ()


def wrong_types(leads: Any) -> tuple[Problem, ...]:
    """Return the options of a lead source, an attrs object, that have wrong types."""
    kinds, findings = get_type_hints(type(leads)), Findings()
    for field in attrs.fields(type(leads)):
        if found := mismatch(kinds[field.name], getattr(leads, field.name)):
            findings.wrong_type(f"leads.{field.name}{found.where}", found.due, found.value)
    return tuple(findings.problems)


def _wrong_row(path: str, expected: str, value: object, advice: str = "") -> LeadRow:
    findings = Findings()
    findings.wrong_type(path, expected, value, advice)
    return LeadRow(None, None, tuple(findings.problems))


def inline_rows(leads: Sequence[object]) -> Iterator[LeadRow]:
    """Yield a row for each lead of a list, cleaned like those of files, then the findings about them."""
    findings = ValueFindings()
    for index, lead in enumerate(leads):
        if isinstance(lead, LeadInput) and _is_clean(lead):
            yield LeadRow(lead, digest=address_digest(lead.email))
            continue
        path = f"leads[{index}]"
        if not isinstance(lead, LeadInput):
            yield _wrong_row(path, "a LeadInput", lead, "Write LeadInput(…).")
            continue
        address = strip_hidden(lead.email)
        flaw = address_flaw(address)
        if flaw is not None:
            message = f"{address!r} is not an e-mail address: {flaw}"
            advice = advice_on_address(address, "lead")
            malformed = error("malformed_address", message, path=f"{path}.email", advice=advice)
            yield LeadRow(None, None, (malformed,), malformed.code)
            continue
        try:
            yield LeadRow(_cleaned(lead, address, findings))
        except BadValue as bad:
            yield LeadRow(None, None, (error("bad_value", str(bad), path=path),), "bad_value")
    if problems := tuple(findings.problems(None)):
        yield LeadRow(None, None, problems)


def are_clean(leads: Sequence[object]) -> TypeGuard[Sequence[LeadInput]]:
    """Return whether the rows of a list are certainly its leads, each as it is and without a problem."""
    if len(leads) > _MAX_LOOKED_AT:
        return False
    addresses = {
        normalize_address(lead.email) for lead in leads if isinstance(lead, LeadInput) and _is_clean(lead)
    }
    return len(addresses) == len(leads)


_MAX_LOOKED_AT: Final = 1000
"""Leads that are looked at in advance; of a longer list, rows are made one by one."""

_values: Final = operator.attrgetter(*LEAD_FIELDS)


def _is_clean(lead: LeadInput) -> bool:
    """Return whether a lead certainly is as it would be after cleaning, and nothing is to be said about it.

    Nearly every lead is, and this is much cheaper than a look at each of its values.
    """
    given = [value for value in _values(lead) if value is not None]
    if lead.custom_fields:
        given += [value for value in lead.custom_fields.values() if value]
    try:
        if lead.custom_fields and not all(map(str.strip, lead.custom_fields)):
            return False
        if lead.custom_fields and not "".join(lead.custom_fields).isprintable():
            return False
        has_plain_names = all(not name or is_plain_name(name) for name in (lead.first_name, lead.last_name))
        return has_plain_names and is_clean(given) and address_flaw(lead.email) is None
    except (AttributeError, TypeError):
        return False  # Not all of them are strings.


def _cleaned(lead: LeadInput, address: str, findings: ValueFindings) -> LeadInput:
    changes: dict[str, Any] = {} if address == lead.email else {"email": address}
    for field in LEAD_FIELDS:
        value = getattr(lead, field)
        if field != "email" and isinstance(value, str) and (clean := findings.clean(value, field)) != value:
            changes[field] = clean or None
    if isinstance(lead.phone_number, int):
        # Equal to the same digits in a file, and to what an update of the lead can send.
        changes["phone_number"] = str(lead.phone_number)
    custom = lead.custom_fields
    if custom:
        for name in custom:
            if flaw := name_flaw(str(name)):
                raise BadValue(f"the custom field {str(name)[:60]!r} cannot have this name: {flaw}")
        cleaned = {k: findings.clean(v, str(k)) if isinstance(v, str) else v for k, v in custom.items()}
        if cleaned != custom:
            changes["custom_fields"] = cleaned
    return attrs.evolve(lead, **changes) if changes else lead


def unique_rows(rows: Iterable[LeadRow], file: str | None) -> Iterator[LeadRow]:
    """Yield the rows; where an address is repeated, a warning takes the place of the lead."""
    positions: dict[int, int] = {}
    for index, row in enumerate(rows):
        if row.lead is None:
            yield row
            continue
        digest = address_digest(row.lead.email) if row.digest is None else row.digest
        if digest in positions:
            repeated = _repeated(row.lead.email, row.line, index, positions[digest], file)
            yield LeadRow(None, row.line, (*row.problems, repeated), repeated.code)
        else:
            positions[digest] = index if row.line is None else row.line
            yield row if row.digest is not None else row._replace(digest=digest)


def _repeated(address: str, line: int | None, index: int, first: int, file: str | None) -> Problem:
    return warning(
        "duplicate_address",
        f"{address} already appears " + (f"in leads[{first}]" if line is None else f"on line {first}"),
        path=f"leads[{index}].email" if line is None else "",
        advice="Only the first is imported; remove this one.",
        place=Place(file, line) if file else None,
    )
