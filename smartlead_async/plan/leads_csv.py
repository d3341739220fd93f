"""Lead files as people export them, read as a stream of leads.

:class:`LeadFile` finds out encoding and delimiter by itself, knows the headers of Apollo, HubSpot, Clay and
Sales Navigator, and makes a custom field of every column that is no lead field.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from ..api.leads.models import LeadInput
from .addresses import address_flaw
from .leads import LeadRow
from .merge_tags import LEAD_FIELDS
from .problem import InvalidPlan, Place, Problem, did_you_mean, error, warning

MOST_CUSTOM_FIELDS: Final = 200


DELIMITERS: Final = (",", ";", "\t", "|")


ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "email": (
        "email", "emailaddress", "workemail", "businessemail", "professionalemail", "companyemail",
        "corporateemail", "primaryemail", "contactemail", "emailwork", "mail", "personalemail",
    ),
    "first_name": ("firstname", "givenname", "contactfirstname", "personfirstname", "fname", "first"),
    "last_name": ("lastname", "surname", "familyname", "contactlastname", "personlastname", "lname", "last"),
    "company_name": (
        "companynameforemails", "companyname", "company", "currentcompany", "organizationname",
        "organisationname", "organization", "organisation", "associatedcompany", "accountname", "employer",
    ),
    "phone_number": (
        "phonenumber", "phone", "workdirectphone", "directphone", "workphone", "mobilephone",
        "mobilephonenumber", "mobile", "telephone", "corporatephone", "companyphone", "homephone",
        "otherphone",
    ),
    "website": ("website", "websiteurl", "homepage", "web"),
    "location": ("location", "personlocation", "contactlocation"),
    "linkedin_profile": (
        "linkedinprofile", "personlinkedinurl", "linkedinprofileurl", "linkedinurl", "personlinkedin",
        "contactlinkedinurl", "linkedin", "salesnavigatorurl", "profileurl",
    ),
    "company_url": (
        "companyurl", "companywebsite", "companywebsiteurl", "companydomain", "companydomainname",
    ),
}  # fmt: skip
"""Which headers mean a lead field, best first; compared without case, blanks and punctuation.

Where a file has several of a field's headers, the first of this order is the field, and the others become
custom fields.
"""


_RANKS: Final = {alias: (field, rank) for field, names in ALIASES.items() for rank, alias in enumerate(names)}


_NO_DIGITS_NOR_LETTERS: Final = re.compile(r"[\W_]+")


# --- encoding and dialect ----------------------------------------------------------------------------
_BOMS: Final = (
    # UTF-32 LE begins like UTF-16 LE, so the longer marks come first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


_CHUNK: Final = 1 << 18


def detect_encoding(path: Path) -> str:
    """The encoding of a text file: its byte order mark, else UTF-16 by its zeros, else UTF-8 or cp1252.

    The file is read once through, a chunk at a time. OSError when it cannot be read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        for mark, encoding in _BOMS:
            if chunk.startswith(mark):
                return encoding
        odd, even = chunk[1:200:2], chunk[0:200:2]
        if odd and odd.count(0) > len(odd) // 2:
            return "utf-16-le"
        if even and even.count(0) > len(even) // 2:
            return "utf-16-be"
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def detect_delimiter(header: str) -> str:
    """The delimiter of a header line: the one that stands in it most often, outside quotes."""
    bare = re.sub(r'"[^"]*"?', "", header)
    return max(DELIMITERS, key=bare.count)


# --- columns -----------------------------------------------------------------------------------------
def header_form(header: str) -> str:
    """A header without case, blanks and punctuation."""
    return _NO_DIGITS_NOR_LETTERS.sub("", unicodedata.normalize("NFKC", header).casefold())


def field_of(header: str) -> str | None:
    """The lead field that a header stands for, if it is one of those that are known."""
    return _RANKS.get(header_form(header), (None, 0))[0]


@attrs.frozen
class Columns:
    """What the columns of a file mean: positions of the lead fields and of the custom fields."""

    headers: tuple[str, ...]
    fields: Mapping[str, int]
    custom: tuple[tuple[int, str], ...]
    problems: tuple[Problem, ...] = ()

    def position(self, header: str) -> int | None:
        """Where a column stands, by its header as written, else by its form."""
        if header in self.headers:
            return self.headers.index(header)
        forms = [header_form(h) for h in self.headers]
        return forms.index(header_form(header)) if header_form(header) in forms else None


def recognise(headers: Sequence[str], chosen: Mapping[str, str | None]) -> Columns:
    """What each column is. ``chosen`` says it for some: a lead field, a custom field, None (leave out)."""
    names = tuple(h.strip() for h in headers)
    problems: list[Problem] = []
    forms = [header_form(n) for n in names]
    given: dict[int, str | None] = {}
    for header, target in chosen.items():
        if header_form(header) in forms:
            given[forms.index(header_form(header))] = target
        else:
            problems.append(
                error("no_such_column", f"there is no column {header!r}", advice=did_you_mean(header, names))
            )
    problems += _header_problems(names, forms)
    fields: dict[str, int] = {target: i for i, target in given.items() if target in LEAD_FIELDS and target}
    ranked = sorted(
        (_RANKS[form][1], i, _RANKS[form][0])
        for i, form in enumerate(forms)
        if form in _RANKS and i not in given
    )
    for _, index, field in ranked:
        fields.setdefault(field, index)
    taken = set(fields.values())
    custom = []
    for index, name in enumerate(names):
        target = given.get(index, name) or ""
        if index not in taken and target:
            custom.append((index, target))
    problems += _same_target(custom, fields, given)
    if len(custom) > MOST_CUSTOM_FIELDS:
        beyond = ", ".join(name for _, name in custom[MOST_CUSTOM_FIELDS:])
        problems.append(
            error(
                "too_many_columns",
                f"{len(custom)} columns would be custom fields, and SmartLead takes {MOST_CUSTOM_FIELDS}; "
                f"beyond that are: {beyond}",
                advice="Remove columns, or map them to null under columns.",
            )
        )
    if "email" not in fields:
        problems.append(_no_address_column(names))
    return Columns(names, fields, tuple(custom[:MOST_CUSTOM_FIELDS]), tuple(problems))


def _header_problems(names: Sequence[str], forms: Sequence[str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, (name, form) in enumerate(zip(names, forms, strict=True)):
        if not name:
            yield warning(
                "unnamed_column",
                f"column {index + 1} has no header",
                advice="It is left out; name it to use it.",
            )
        elif form and form in first:
            yield error(
                "duplicate_column",
                f"columns {first[form] + 1} and {index + 1} are both called {name!r}",
                advice="Rename or remove one.",
            )
        else:
            first[form] = index


def _same_target(
    custom: Sequence[tuple[int, str]], fields: Mapping[str, int], given: Mapping[int, str | None]
) -> Iterator[Problem]:
    targets = [name for _, name in custom]
    targets += [t for i, t in given.items() if t in LEAD_FIELDS and t is not None and fields[t] != i]
    for name in dict.fromkeys(t for t in targets if targets.count(t) > 1 or t in LEAD_FIELDS):
        if any(given.get(i) == name for i in given):
            yield error(
                "duplicate_column", f"two columns would be {name!r}", advice="Rename or leave out one."
            )


def _no_address_column(names: Sequence[str]) -> Problem:
    if any(address_flaw(name) is None for name in names):
        return error(
            "no_header",
            "the first line is a lead already",
            advice="Put a line with the names of the columns above.",
        )
    found = ", ".join(n for n in names if n) or "all unnamed"
    return error(
        "no_email_column",
        f"no column is an e-mail address (the columns are {found})",
        advice="Name one Email, or say which it is: columns: {Contact: email}.",
    )


# --- the file ----------------------------------------------------------------------------------------
@attrs.frozen
class LeadFile:
    """A CSV of leads: a :class:`~smartlead_async.plan.campaign.LeadSource`.

    Encoding (UTF-8, UTF-16, else Windows-1252) and delimiter (comma, semicolon, tab, bar) are found out
    unless given. ``columns`` overrides what a column means: a lead field, the name of a custom field, or None
    to leave it out. ``where`` keeps the rows that have one of these values in that column. Nothing is read
    before it is asked for, and never more than a row is held. Example::

        LeadFile("founders.csv", columns={"Mail": "email", "Notes": None}, where={"Segment": ("Founders",)})
    """

    path: Path = attrs.field(converter=Path)
    columns: Mapping[str, str | None] = attrs.field(factory=dict)
    where: Mapping[str, Sequence[str]] = attrs.field(factory=dict)
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def file(self) -> str:
        """The path, as it is shown in messages."""
        return str(self.path)

    def rows(self) -> Iterator[LeadRow]:
        """Every row that ``where`` keeps, with its lead or its problems; those of the file come first."""
        for line, columns, cells, problems in self._records():
            if columns is None or cells is None:
                yield LeadRow(None, line, problems)
            else:
                yield self._row(line, columns, cells, problems)

    def values(self, column: str) -> dict[str, int]:
        """The values of a column in the order of their first row, each with how many rows have it.

        :class:`InvalidPlan` when the file cannot be read or has no such column.
        """
        counts: dict[str, int] = {}
        position: int | None = None
        for _, columns, cells, problems in self._records():
            errors = [p for p in problems if p.is_error]
            if columns is None and errors:
                raise InvalidPlan(errors)
            if columns is None or cells is None:
                continue
            if position is None:
                position = columns.position(column)
                if position is None:
                    raise InvalidPlan([self._no_column(column, columns.headers)])
            value = cells[position].strip() if position < len(cells) else ""
            counts[value] = counts.get(value, 0) + 1
        return counts

    # --- reading

    def _records(self) -> Iterator[tuple[int | None, Columns | None, list[str] | None, tuple[Problem, ...]]]:
        """(line, columns, cells, problems) of each row kept; without columns it is about the file."""
        place = Place(self.file)
        try:
            encoding = self.encoding or detect_encoding(self.path)
            if encoding == "cp1252" and self.encoding is None:
                yield None, None, None, (_guessed(place),)
            with self.path.open(encoding=encoding, newline="") as text:
                yield from self._read(text)
        except OSError as failure:
            said = failure.strerror or type(failure).__name__
            flaw = error("unreadable_file", f"the lead file cannot be read: {said}", place=place)
            yield None, None, None, (flaw,)
        except (UnicodeError, LookupError) as failure:
            flaw = error(
                "bad_encoding",
                f"the lead file cannot be read as {self.encoding or 'Windows-1252'}: {failure}",
                advice="Save it as UTF-8.",
                place=place,
            )
            yield None, None, None, (flaw,)

    def _read(
        self, text: Any
    ) -> Iterator[tuple[int | None, Columns | None, list[str] | None, tuple[Problem, ...]]]:
        lines = _Lines(text)
        header = lines.first_line()
        if header is None:
            empty = error(
                "empty_file", "the lead file is empty", advice="Export it again.", place=Place(self.file)
            )
            yield None, None, None, (empty,)
            return
        delimiter = self.delimiter or lines.announced or detect_delimiter(header)
        columns: Columns | None = None
        wanted: list[tuple[int, frozenset[str]]] = []
        for line, cells, flaw in lines.records(delimiter):
            place = Place(self.file, line)
            if flaw is not None:
                problem = error(
                    "bad_quotes", flaw, advice="Double the quotes inside a quoted value.", place=place
                )
                yield line, None, None, (problem,)
            elif not any(cell.strip() for cell in cells):
                continue
            elif columns is None:
                columns = recognise(cells, self.columns)
                wanted, missing = self._wanted(columns)
                problems = tuple(p.at(place) for p in (*columns.problems, *missing))
                if problems:
                    yield line, None, None, problems
                if any(p.code in _HOPELESS for p in problems):
                    return
            elif all((cells[i].strip() if i < len(cells) else "") in kept for i, kept in wanted):
                yield line, columns, cells, _width_problems(columns, cells, place)

    def _wanted(self, columns: Columns) -> tuple[list[tuple[int, frozenset[str]]], list[Problem]]:
        wanted, missing = [], []
        for column, values in self.where.items():
            position = columns.position(column)
            if position is None:
                missing.append(self._no_column(column, columns.headers))
            else:
                wanted.append((position, frozenset(v.strip() for v in values)))
        return wanted, missing

    def _no_column(self, column: str, headers: Sequence[str]) -> Problem:
        near = did_you_mean(column, [h for h in headers if h])
        return error(
            "no_such_column", f"there is no column {column!r}", advice=near, place=Place(self.file, 1)
        )

    def _row(
        self, line: int | None, columns: Columns, cells: list[str], problems: tuple[Problem, ...]
    ) -> LeadRow:
        width = len(cells)
        values = {
            field: value
            for field, index in columns.fields.items()
            if index < width and (value := cells[index].strip())
        }
        address = values.pop("email", "")
        flaw = address_flaw(address) if address else None
        place = Place(self.file, line)
        if not address:
            nobody = warning(
                "no_address", "the row has no e-mail address", advice="It is left out.", place=place
            )
            return LeadRow(None, line, (*problems, nobody))
        if flaw:
            malformed = error(
                "malformed_address",
                f"{address!r} is not an e-mail address: {flaw}",
                advice="Correct it or take the row out.",
                place=place,
            )
            return LeadRow(None, line, (*problems, malformed))
        custom = {
            name: value for index, name in columns.custom if index < width and (value := cells[index].strip())
        }
        phone = values.get("phone_number", "")
        if phone.startswith("'"):
            # Spreadsheets write '+49… to keep a number a text.
            values["phone_number"] = phone.removeprefix("'")
        return LeadRow(LeadInput(address, custom_fields=custom or None, **values), line, problems)


_HOPELESS: Final = frozenset({"no_header", "no_email_column", "duplicate_column", "no_such_column"})
"""Flaws of the header after which every row would be misread."""


def _guessed(place: Place) -> Problem:
    return warning(
        "guessed_encoding",
        "the file is not UTF-8 and was read as Windows-1252",
        advice="Save it as UTF-8 if names look wrong, or give its encoding.",
        place=place,
    )


def _width_problems(columns: Columns, cells: list[str], place: Place) -> tuple[Problem, ...]:
    width, have = len(columns.headers), len(cells)
    if have < width:
        flaw = warning(
            "short_row",
            f"the row has {have} of {width} columns",
            advice="The missing ones count as empty.",
            place=place,
        )
        return (flaw,)
    if have > width and any(cell.strip() for cell in cells[width:]):
        flaw = error(
            "long_row",
            f"the row has {have} columns, and the header {width}",
            advice="Put values with a delimiter or a line break into quotes.",
            place=place,
        )
        return (flaw,)
    return ()


class _Lines:
    """The lines of a file, with the first one that says something looked at before the rows are read."""

    def __init__(self, text: Any) -> None:
        self._text = text
        self._kept: list[str] = []
        self._skipped = 0
        self.announced: str | None = None

    def first_line(self) -> str | None:
        """The first line with something in it; Excel's ``sep=;`` is taken as what it announces."""
        for line in self._text:
            said = re.fullmatch(r"sep=(.)\s*", line, re.IGNORECASE)
            if said and self.announced is None:
                self.announced = said[1]
                self._skipped += 1
            elif line.strip():
                self._kept.append(line)
                return str(line)
            else:
                self._skipped += 1
        return None

    def records(self, delimiter: str) -> Iterator[tuple[int, list[str], str | None]]:
        """(line where it begins, cells, what is wrong with its quotes) of every record."""
        reader = csv.reader(self._all(), delimiter=delimiter, strict=True)
        while True:
            line = self._skipped + reader.line_num + 1
            try:
                yield line, next(reader), None
            except StopIteration:
                return
            except csv.Error as flaw:
                ended = "unexpected end" in str(flaw) or "field larger" in str(flaw)
                yield line, [], "a quote is opened and never closed" if ended else "the quotes do not match"

    def _all(self) -> Iterator[str]:
        yield from self._kept
        yield from self._text


__all__ = ["ALIASES", "LeadFile", "detect_delimiter", "detect_encoding"]
