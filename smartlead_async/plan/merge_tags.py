"""Merge tags: ``{{first_name}}`` in subjects and bodies, and what the leads have for them.

SmartLead fills a tag from the lead's fields and custom fields, by name. A tag without a value leaves a hole
in the mail, so the check tells for how many leads it would. Spintax (``{Hi|Hello}``) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from ..api.leads.models import LeadInput

LEAD_FIELDS: Final = tuple(a.name for a in attrs.fields(LeadInput) if a.name != "custom_fields")
"""The fields that every lead can have; all other names are custom fields."""


_TAG: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


# "{{a|b}|c}" is spintax in spintax, so a bar after the first word means that nothing is missing.
_OPENED: Final = re.compile(r"\{\{(?![^{}]*\}\})\s*\w[\w ]*(?=[^\w |{}]|$|\}(?!\}))")


_SINGLE: Final = re.compile(rf"(?<!\{{)\{{\s*({'|'.join(LEAD_FIELDS)})\s*\}}(?!\}})", re.IGNORECASE)


@attrs.frozen
class MergeTag:
    """A tag as it stands in a text: its name, where it begins, and whether a fallback follows (``a|b``)."""

    name: str
    position: int
    fallback: bool = False


@attrs.frozen
class BrokenTag:
    """Something that was meant as a tag and is none; ``flaw`` says why."""

    text: str
    position: int
    flaw: str
    is_certain: bool = True
    """False where it may be meant as it stands."""


def find_tags(text: str) -> Iterator[MergeTag]:
    """Every merge tag of a text, in its order."""
    for match in _TAG.finditer(text):
        name, bar, _ = match[1].partition("|")
        if name.strip():
            yield MergeTag(name.strip(), match.start(), bool(bar))


def find_broken_tags(text: str) -> Iterator[BrokenTag]:
    """What looks like a tag with a brace too few, and tags without a name."""
    for match in _TAG.finditer(text):
        if not match[1].partition("|")[0].strip():
            yield BrokenTag(match[0], match.start(), "it has no name")
    for match in _OPENED.finditer(text):
        end = text.find("\n", match.start())
        shown = text[match.start() : end if end >= 0 else None][:24]
        yield BrokenTag(shown, match.start(), "it is not closed with }}")
    for match in _SINGLE.finditer(text):
        yield BrokenTag(match[0], match.start(), "it has single braces", is_certain=False)


def squash(name: str) -> str:
    """A name without case, blanks, underscores and hyphens: what people mean to be the same."""
    return re.sub(r"[\s_\-]+", "", name).casefold()


class TagUse:
    """Which of the tags in use the leads can fill, counted while the leads go by.

    It holds counts and names, no leads. Feed it every lead of a campaign, then ask.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.leads = 0
        self._filled: dict[str, int] = dict.fromkeys(names, 0)
        self._spelt: dict[str, str] = {}
        self._meant: dict[str, set[str]] = {}
        for name in self._filled:
            self._meant.setdefault(squash(name), set()).add(name)
        self._fields = [
            (field, self._meant[squash(field)]) for field in LEAD_FIELDS if squash(field) in self._meant
        ]
        self._custom: dict[str, frozenset[str]] = {}
        self._first_blank: dict[str, int] = {}

    def add(self, lead: LeadInput, line: int | None = None) -> None:
        """Count one lead, from this line of its file."""
        self.leads += 1
        if not self._filled:
            return
        filled: set[str] = set()
        for field, names in self._fields:
            if _has_value(getattr(lead, field)):
                self._fill(field, names, filled)
        for field, value in (lead.custom_fields or {}).items():
            meant = self._custom.get(field)
            if meant is None:
                meant = self._custom[field] = frozenset(self._meant.get(squash(field), ()))
            if meant and _has_value(value):
                self._fill(field, meant, filled)
        for name in self._filled:
            if name in filled:
                self._filled[name] += 1
            elif line is not None:
                self._first_blank.setdefault(name, line)

    def _fill(self, field: str, names: Iterable[str], filled: set[str]) -> None:
        filled.update(names)
        for name in names:
            if self._spelt.get(name) != name:
                self._spelt[name] = field

    def blanks(self, name: str) -> int:
        """How many leads would get a blank for this tag."""
        return self.leads - self._filled[name]

    def first_blank(self, name: str) -> int | None:
        """The line of the first lead that would get a blank, where leads have lines."""
        return self._first_blank.get(name)

    def provided(self, name: str) -> bool:
        """Whether any lead has a value for it."""
        return self._filled[name] > 0

    def spelling(self, name: str) -> str | None:
        """How the leads' field is written, when that is not how the tag is written."""
        field = self._spelt.get(name)
        return None if field == name else field

    @property
    def known_names(self) -> Mapping[str, None]:
        """Every name that a tag could use with these leads, for suggestions."""
        return dict.fromkeys([*LEAD_FIELDS, *self._custom])


def _has_value(value: object) -> bool:
    return value is not None and str(value).strip() != ""
