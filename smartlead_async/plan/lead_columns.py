"""The columns of a lead file: which lead field or custom field each one is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from .addresses import address_flaw
from .merge_tags import LEAD_FIELDS
from .problem import Problem, did_you_mean, error, warning

MAX_CUSTOM_FIELDS: Final = 200


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
"""The headers of each lead field, most specific first, without case, whitespace and punctuation.

If a file has several headers of a field, the first in this order is the field, and the others become custom
fields.
"""


_RANKS: Final = {alias: (field, rank) for field, names in ALIASES.items() for rank, alias in enumerate(names)}


_NO_DIGITS_NOR_LETTERS: Final = re.compile(r"[\W_]+")


def normalize_header(header: str) -> str:
    """Return a header without case, whitespace and punctuation."""
    return _NO_DIGITS_NOR_LETTERS.sub("", unicodedata.normalize("NFKC", header).casefold())


def field_of(header: str) -> str | None:
    """Return the lead field that a header stands for, or None."""
    return _RANKS.get(normalize_header(header), (None, 0))[0]


@attrs.frozen
class Columns:
    """The meaning of a file's columns: the positions of lead fields and of custom fields."""

    headers: tuple[str, ...]
    fields: Mapping[str, int]
    custom: tuple[tuple[int, str], ...]
    problems: tuple[Problem, ...] = ()

    def position(self, header: str) -> int | None:
        """Return the position of a column, by its exact header or else by its normalized one."""
        if header in self.headers:
            return self.headers.index(header)
        normalized = [normalize_header(h) for h in self.headers]
        wanted = normalize_header(header)
        return normalized.index(wanted) if wanted in normalized else None


def recognize_columns(headers: Sequence[str], mapping: Mapping[str, str | None]) -> Columns:
    """Return the meaning of each column.

    ``mapping`` overrides it for some headers: a lead field, the name of a custom field, or None to ignore it.
    """
    names = tuple(h.strip() for h in headers)
    normalized = [normalize_header(n) for n in names]
    given: dict[int, str | None] = {}
    problems: list[Problem] = []
    for header, target in mapping.items():
        if normalize_header(header) in normalized:
            given[normalized.index(normalize_header(header))] = target
        else:
            problems.append(unknown_column(header, names))
    problems += _header_problems(names, normalized)
    fields = _lead_fields(normalized, given)
    taken = set(fields.values())
    custom = [
        (i, target) for i, name in enumerate(names) if i not in taken and (target := given.get(i, name) or "")
    ]
    problems += _duplicate_targets(custom, fields, given)
    if len(custom) > MAX_CUSTOM_FIELDS:
        problems.append(_too_many(custom))
    if "email" not in fields:
        problems.append(_no_address_column(names))
    return Columns(names, fields, tuple(custom[:MAX_CUSTOM_FIELDS]), tuple(problems))


def unknown_column(header: str, names: Sequence[str]) -> Problem:
    """Return the error that a file has no such column."""
    advice = did_you_mean(header, [name for name in names if name])
    return error("no_such_column", f"there is no column {header!r}", advice=advice)


def _lead_fields(normalized: Sequence[str], given: Mapping[int, str | None]) -> dict[str, int]:
    fields = {target: i for i, target in given.items() if target in LEAD_FIELDS and target}
    ranked = sorted(
        (_RANKS[form][1], i, _RANKS[form][0])
        for i, form in enumerate(normalized)
        if form in _RANKS and i not in given
    )
    for _, index, field in ranked:
        fields.setdefault(field, index)
    return fields


def _header_problems(names: Sequence[str], normalized: Sequence[str]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, (name, form) in enumerate(zip(names, normalized, strict=True)):
        if not name:
            yield warning(
                "unnamed_column",
                f"column {index + 1} has no header",
                advice="It is ignored; name it to use it.",
            )
        elif form and form in first:
            yield error(
                "duplicate_column",
                f"columns {first[form] + 1} and {index + 1} are both called {name!r}",
                advice="Rename or remove one.",
            )
        else:
            first[form] = index


def _duplicate_targets(
    custom: Sequence[tuple[int, str]], fields: Mapping[str, int], given: Mapping[int, str | None]
) -> Iterator[Problem]:
    targets = [name for _, name in custom]
    targets += [t for i, t in given.items() if t in LEAD_FIELDS and t is not None and fields[t] != i]
    for name in dict.fromkeys(t for t in targets if targets.count(t) > 1 or t in LEAD_FIELDS):
        if any(given.get(i) == name for i in given):
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


def _no_address_column(names: Sequence[str]) -> Problem:
    if any(address_flaw(name) is None for name in names):
        return error(
            "no_header",
            "the first line is a lead, not a header",
            advice="Add a line with the names of the columns above it.",
        )
    found = ", ".join(n for n in names if n) or "all unnamed"
    return error(
        "no_email_column",
        f"no column is known to contain e-mail addresses (columns: {found})",
        advice="Name one Email, or map it: columns: {Contact: email}.",
    )
