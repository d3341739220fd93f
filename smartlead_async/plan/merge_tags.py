"""Merge tags such as ``{{first_name}}`` in subjects and bodies, and the values that leads have for them.

SmartLead fills a tag from the lead's fields and custom fields, by name. A tag without a value leaves a blank
in the e-mail, so blanks are counted. Spintax (``{Hi|Hello}``) is not a tag.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

import attrs

from ..api.leads.models import LeadInput

LEAD_FIELDS: Final = tuple(a.name for a in attrs.fields(LeadInput) if a.name != "custom_fields")
"""The predefined fields of a lead; all other names are custom fields."""

_TAG: Final = re.compile(r"\{\{([^{}]*)\}\}")

SYSTEM_VARIABLES: Final = ("sl_date", "sl_day_of_week", "sl_time_of_day")
"""Variables that SmartLead fills by itself. It has more, and the names of all of them begin with ``sl_``."""

_SYSTEM: Final = re.compile(r"sl_\w+", re.IGNORECASE)

# "{{a|b}|c}" is nested spintax, so a bar after the first word means that no brace is missing.
_OPENED: Final = re.compile(r"\{\{(?![^{}]*\}\})\s*\w[\w ]*(?=[^\w |{}]|$|\}(?!\}))")

_DANGLING: Final = re.compile(r"\{\{\s*(?=<|\Z)")
"""Two braces with nothing behind them but markup or the end."""

_SINGLE: Final = re.compile(rf"(?<!\{{)\{{\s*({'|'.join(LEAD_FIELDS)})\s*\}}(?!\}})", re.IGNORECASE)


@attrs.frozen
class MergeTag:
    """A tag in a text: its name, where it begins, and whether it has a fallback (``a|b``)."""

    name: str
    position: int
    fallback: bool = False


@attrs.frozen
class BrokenTag:
    """Text that looks like a tag but is not one; ``flaw`` says why."""

    text: str
    position: int
    flaw: str
    is_certain: bool = True
    """False if the text may be intended."""


def find_tags(text: str) -> Iterator[MergeTag]:
    """Yield the merge tags of a text in order, without SmartLead's own variables."""
    return (tag for tag in _all_tags(text) if not _SYSTEM.match(tag.name))


def find_system_tags(text: str) -> Iterator[MergeTag]:
    """Yield the variables that SmartLead fills by itself, such as ``{{sl_date "tomorrow" "dddd"}}``."""
    for tag in _all_tags(text):
        if found := _SYSTEM.match(tag.name):
            yield attrs.evolve(tag, name=found[0])


def _all_tags(text: str) -> Iterator[MergeTag]:
    for match in _TAG.finditer(text):
        name, bar, _ = match[1].partition("|")
        has_three = (
            text[match.start() - 1 : match.start()] == "{" and text[match.end() : match.end() + 1] == "}"
        )
        # Three braces on each side are told as such.
        if name.strip() and not has_three:
            yield MergeTag(name.strip(), match.start(), bool(bar))


def find_broken_tags(text: str) -> Iterator[BrokenTag]:
    """Yield tags that lack a brace or a name."""
    for match in _TAG.finditer(text):
        if not match[1].partition("|")[0].strip():
            yield BrokenTag(match[0], match.start(), "it has no name")
    for match in _OPENED.finditer(text):
        end = text.find("\n", match.start())
        shown = text[match.start() : end if end >= 0 else None][:24]
        yield BrokenTag(shown, match.start(), "it is not closed with }}")
    for match in _DANGLING.finditer(text):
        if "}}" not in text[match.end() :].partition("{{")[0]:
            yield BrokenTag(match[0].strip(), match.start(), "it is not closed with }}")
    for match in _SINGLE.finditer(text):
        yield BrokenTag(match[0], match.start(), "it has single braces", is_certain=False)


TAG_SIGNS: Final = "{}[]()<>%$*|# \t"
"""The characters around the name in a tag or placeholder."""


def bare_name(tag: str) -> str:
    """Return a tag or placeholder without its braces, brackets and signs."""
    return tag.strip(TAG_SIGNS)


def normalize_name(name: str) -> str:
    """Return a name as names compare: without case, Unicode form, whitespace, underscores and hyphens.

    A name that consists of such characters only is compared as it is.
    """
    form = unicodedata.normalize("NFC", name).casefold()
    return re.sub(r"[\s_\-]+", "", form) or form.strip()


_LEADS_FOR_NAMES: Final = 100
"""The leads whose custom fields are known by name in a campaign without merge tags."""


class TagUse:
    """Counts for how many leads each tag has a value.

    It stores counts and names, not leads. Add every lead of a campaign, then query it.
    """

    def __init__(
        self, tags: Iterable[str], in_spintax: Collection[str] = (), in_subjects: Collection[str] = ()
    ) -> None:
        """``in_spintax`` are tags inside of spintax, which a bar in a value would split.

        ``in_subjects`` are tags in subjects, which a line break in a value would end.
        """
        self.leads = 0
        self._in_spintax = frozenset(in_spintax)
        self._in_subjects = frozenset(in_subjects)
        self.breaks: dict[str, tuple[int | None, str, int]] = {}
        """For tags in subjects: line and value of the first lead with a line break, and their number."""
        self.bars: dict[str, tuple[int | None, str, int]] = {}
        """For tags in spintax: line and value of the first lead whose value has a bar, and how many have."""
        self._blank: dict[str, int] = dict.fromkeys(tags, 0)
        self._spelling: dict[str, str] = {}
        self._served: dict[str, AbstractSet[str]] = {}
        self._by_form: dict[str, set[str]] = {}
        for name in self._blank:
            self._by_form.setdefault(normalize_name(name), set()).add(name)
        self._fields = [
            (field, self._by_form[normalize_name(field)])
            for field in LEAD_FIELDS
            if normalize_name(field) in self._by_form
        ]
        self._custom: dict[str, frozenset[str]] = {}
        self._used_custom: list[str] = []
        self._first_blank: dict[str, int] = {}

    def add(self, lead: LeadInput, line: int | None = None) -> None:
        """Count one lead, from this line of its file."""
        self.leads += 1
        if self._blank:
            self._count(lead, line)
        elif self.leads <= _LEADS_FOR_NAMES:
            self._custom |= dict.fromkeys(lead.custom_fields or (), frozenset())

    def _count(self, lead: LeadInput, line: int | None) -> None:
        filled: set[str] = set()
        for field, names in self._fields:
            value = getattr(lead, field)
            if value is not None and _has_value(value):
                self._fill(field, names, value, line, filled)
        custom = lead.custom_fields
        if custom:
            if not custom.keys() <= self._custom.keys():
                self._learn(custom)
            for field in self._used_custom:
                if (value := custom.get(field)) is not None and _has_value(value):
                    self._fill(field, self._custom[field], value, line, filled)
        if len(filled) < len(self._blank):
            self._note_blanks(filled, line)

    def _learn(self, names: Iterable[str]) -> None:
        """Find the tags that use custom fields of these names."""
        for name in names:
            if name not in self._custom:
                tags = self._custom[name] = frozenset(self._by_form.get(normalize_name(name), ()))
                if tags:
                    self._used_custom.append(name)

    def _fill(
        self, field: str, names: AbstractSet[str], value: object, line: int | None, filled: set[str]
    ) -> None:
        filled |= names
        if self._served.get(field) is not names:
            # Once for each field, as long as the same tags use it.
            self._served[field] = names
            for name in names:
                if self._spelling.get(name) != name:
                    self._spelling[name] = field
        if self._in_spintax and "|" in str(value):
            _note(self.bars, self._in_spintax.intersection(names), value, line)
        if self._in_subjects and ("\n" in str(value) or "\r" in str(value)):
            _note(self.breaks, self._in_subjects.intersection(names), value, line)

    def _note_blanks(self, filled: AbstractSet[str], line: int | None) -> None:
        for name in self._blank.keys() - filled:
            self._blank[name] += 1
            if line is not None:
                self._first_blank.setdefault(name, line)

    def blanks(self, name: str) -> int:
        """Return how many leads would get a blank for this tag."""
        return self._blank[name]

    def first_blank(self, name: str) -> int | None:
        """Return the line of the first lead that would get a blank, if leads have lines."""
        return self._first_blank.get(name)

    def provided(self, name: str) -> bool:
        """Return whether any lead has a value for this tag."""
        return self._blank[name] < self.leads

    def spelling(self, name: str) -> str | None:
        """Return the name of the leads' field if it is spelled differently from the tag."""
        field = self._spelling.get(name)
        return None if field == name else field

    @property
    def known_names(self) -> Mapping[str, None]:
        """The names that a tag could use with these leads, for suggestions."""
        return dict.fromkeys([*LEAD_FIELDS, *self._custom])


def _note(
    found: dict[str, tuple[int | None, str, int]], names: Iterable[str], value: object, line: int | None
) -> None:
    for name in names:
        first = found.get(name, (line, str(value), 0))
        found[name] = (first[0], first[1], first[2] + 1)


def _has_value(value: object) -> bool:
    if isinstance(value, str):
        return value != "" and not value.isspace()
    return value is not None and str(value).strip() != ""
