"""Campaigns of a plan file, read into specs: keys, places and files. The specs check the values."""

from __future__ import annotations

import contextlib
import datetime as dt
import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ..api.campaigns.models import OutOfOfficeSettings
from ..api.leads.models import ImportSettings
from .body_files import BodyFiles
from .campaign import CampaignSpec
from .files import RELATIVE_TO_PLAN
from .html_body import as_html
from .lead_reader import LeadReader, refuse_file
from .leads_csv import LeadFile
from .mailboxes import MailboxChoice
from .nodes import Node
from .problem import Place, Problem
from .reading import Reading, is_file_name, names_of, plain_values
from .schedule import ScheduleSpec
from .sequence import StepSpec, VariantSpec
from .settings import SettingsSpec
from .spintax import is_in_spintax, spintax_spans

CAMPAIGN_KEYS: Final = (*names_of(CampaignSpec), "for_each")


_PLAIN_KEYS: Final = ("name", "client", "client_id", "start", "key")


STEP_KEYS: Final = (*names_of(StepSpec), "body_file")


VARIANT_KEYS: Final = (*names_of(VariantSpec), "body_file")


# Not {{value}}, which is a merge tag; but {a|{value}} and {{value}|b} are spintax with the value.
_VALUE: Final = re.compile(r"(?<!\{)\{value\}|\{value\}(?!\})")


@attrs.frozen
class Substitution:
    """The value of a ``for_each``, which takes the place of ``{value}``; without a value, nothing changes."""

    value: str | None = None

    def text(self, template: str) -> str:
        """Return a string with the value."""
        return self._put(template, self.value)

    def markup(self, template: str) -> str:
        """Return HTML with the value, escaped: a value is data."""
        return self._put(template, None if self.value is None else html.escape(self.value))

    def splits(self, template: str) -> bool:
        """Return whether the value has a bar that would split the spintax around it."""
        if self.value is None or "|" not in self.value:
            return False
        # Not a brace, so that the place of the value is no group of its own.
        held = _VALUE.sub("\ue001", template)
        spans = spintax_spans(held)
        return any(is_in_spintax(found.start(), spans) for found in re.finditer("\ue001", held))

    def may_change(self, node: Node) -> bool:
        """Return whether the value may have a place in a part of a campaign, or in a file that it names."""
        if self.value is None:
            return False
        written = str(node.plain())
        return "{value}" in written or "body_file" in written

    @staticmethod
    def _put(template: str, value: str | None) -> str:
        return template if value is None else _VALUE.sub(lambda _: value, template)


@attrs.frozen
class _Part:
    """A part of a campaign that was read: its node, its value, and the places in it."""

    node: Node
    value: object
    places: dict[str, Place]


_MAX_PARTS: Final = 64
"""Parts that are kept because other campaigns may share them."""


class CampaignReader:
    """Reads the campaigns of one plan file; each body file, and each part that they share, is read once."""

    def __init__(self, plan: Path, *, allow_files: bool = True) -> None:
        self._file = str(plan)
        self._allow_files = allow_files
        self._bodies = BodyFiles(plan.parent)
        self._leads = LeadReader(self._file, plan.parent, allow_files=allow_files)
        self._parts: dict[tuple[str, int], _Part] = {}
        """Parts by their key and the identity of their node, which they hold."""

    def campaign(
        self,
        node: Node,
        path: str,
        *,
        leads: LeadFile | None = None,
        value: str | None = None,
    ) -> tuple[CampaignSpec, list[Problem]]:
        """Return the spec of a campaign, and the problems of its keys and files.

        ``leads`` are those of a ``for_each``, and ``value`` is its value.
        """
        reading = Reading(self._file)
        put = Substitution(value)
        written = reading.mapping(node, "", CAMPAIGN_KEYS)
        own = {key: entry.mapped(put.text) for key, entry in written.items() if key in _PLAIN_KEYS}
        plain = plain_values(own, CampaignSpec)
        for key in ("steps", "mailboxes", "schedule", "settings", "lead_import"):
            if key in written:
                plain[key] = self._part(reading, key, written[key], put)
        if leads is not None:
            plain["leads"] = leads
        elif "leads" in written:
            plain["leads"] = self._leads.leads(reading, written["leads"].mapped(put.text))
        plain.setdefault("name", None)
        origin = reading.origin(node, path)
        return CampaignSpec(**plain, origin=origin), reading.under(path)

    def for_each(self, node: Node, path: str) -> tuple[list[tuple[str, LeadFile]], list[Problem]]:
        """Return the values of a ``for_each``, each with the leads that have it, and the problems."""
        return self._leads.for_each(node, path)

    # --- parts

    def _part(self, reading: Reading, key: str, node: Node, put: Substitution) -> object:
        """Return a part of a campaign. A flawless one that campaigns share, as in defaults, is read once."""
        if (kept := self._parts.get((key, id(node)))) is None:
            alone = Reading(self._file)
            part = self._read_part(alone, key, node, put)
            if alone.has_flaws:
                return self._read_part(
                    reading, key, node, put
                )  # Some may follow from others in the campaign.
            kept = _Part(node, part, alone.places)
            if not put.may_change(node):
                if len(self._parts) >= _MAX_PARTS:
                    self._parts.clear()
                self._parts[key, id(node)] = kept
        reading.places |= kept.places
        return kept.value

    def _read_part(self, reading: Reading, key: str, node: Node, put: Substitution) -> object:
        if key == "steps":
            items = enumerate(reading.items(node, key))
            return tuple(self._step(reading, item, f"{key}[{i}]", put) for i, item in items)
        return _PARTS[key](reading, node.mapped(put.text))

    # --- steps

    def _step(self, reading: Reading, node: Node, path: str, put: Substitution) -> StepSpec:
        entries = reading.mapping(node, path, STEP_KEYS)
        if not isinstance(node.value, dict):
            return StepSpec("?", "?", delay_days=1)
        variants = entries.pop("variants", None)
        values: dict[str, Any] = self._texts(reading, entries, StepSpec, path, put)
        if variants is not None:
            found = []
            for index, variant in enumerate(reading.items(variants, f"{path}.variants")):
                here = f"{path}.variants[{index}]"
                known = reading.mapping(variant, here, VARIANT_KEYS)
                found.append(VariantSpec(**self._texts(reading, known, VariantSpec, here, put)))
            values["variants"] = tuple(found)
            if f"{path}.variants" in reading.unread:
                # The e-mails may be in there.
                values.setdefault("subject", "?")
                values.setdefault("body", "?")
        return StepSpec(**values)

    def _texts(
        self, reading: Reading, entries: Mapping[str, Node], cls: type, path: str, put: Substitution
    ) -> dict[str, Any]:
        own = {key: node for key, node in entries.items() if key not in {"body", "body_file"}}
        values = plain_values({key: node.mapped(put.text) for key, node in own.items()}, cls)
        for key in {"subject", "body"} & entries.keys():
            _check_bar(reading, f"{path}.{key}", entries[key], entries[key].value, put)
        if "body" in entries:
            body = entries["body"].text
            values["body"] = put.markup(as_html(body)) if isinstance(body, str) else body
        if "body_file" in entries:
            here = f"{path}.body_file"
            if "body" in entries:
                message = "body and body_file are both given"
                reading.error("body_twice", here, entries["body_file"], message, "Remove one of them.")
            else:
                values["body"] = self._body(reading, entries["body_file"], path, put)
        return values

    def _body(self, reading: Reading, node: Node, path: str, put: Substitution) -> str:
        """Return the text of a body file, or a placeholder: an unreadable body is not a missing one."""
        here = f"{path}.body_file"
        if not self._allow_files:
            refuse_file(reading, here, node)
            return "?"
        if not isinstance(node.value, str):
            reading.error("unreadable_file", here, node, "expected a file name", RELATIVE_TO_PLAN)
            return "?"
        name = put.text(node.value)
        if not is_file_name(reading, here, node, name):
            return "?"
        if name != node.value and (flaw := self._bodies.flaw_of_value(node.value, name)):
            reading.error("unsafe_file", here, node, f"the body file {name!r} cannot be used: {flaw}")
            return "?"
        text = self._bodies.read(name)
        if isinstance(text, Problem):
            reading.error("unreadable_file", here, node, text.message, text.advice)
            return "?"
        reading.places[f"{path}.body"] = Place(str(self._bodies.path(name)))
        _check_bar(reading, here, node, text, put)
        return put.markup(as_html(text))


def _check_bar(reading: Reading, path: str, node: Node, text: object, put: Substitution) -> None:
    if isinstance(text, str) and put.splits(text):
        message = (
            f"the value {str(put.value)[:80]!r} contains |, which would split the spintax around {{value}}"
        )
        advice = "Remove the | from the value, or put {value} outside of the spintax."
        reading.error("markup_in_value", path, node, message, advice)


# --- parts -------------------------------------------------------------------------------------------
def _mailboxes(reading: Reading, node: Node) -> MailboxChoice:
    entries = reading.mapping(node, "mailboxes", names_of(MailboxChoice))
    for key in ("ids", "addresses"):
        if key in entries and isinstance(entries[key].value, list):
            reading.items(entries[key], f"mailboxes.{key}")
    return MailboxChoice(**plain_values(entries, MailboxChoice))


def _schedule(reading: Reading, node: Node) -> ScheduleSpec:
    entries = reading.mapping(node, "schedule", names_of(ScheduleSpec))
    values = plain_values(entries, ScheduleSpec)
    values.setdefault("timezone", None)
    days = values.get("days")
    if isinstance(days, str):
        values["days"] = tuple(part.strip() for part in days.split(","))
    elif isinstance(days, int) and not isinstance(days, bool):
        values["days"] = (days,)
    starts_at = values.get("starts_at")
    if isinstance(starts_at, str):
        # An invalid string stays as it is: the checks of the spec report it.
        with contextlib.suppress(ValueError):
            values["starts_at"] = dt.datetime.fromisoformat(starts_at)
    return ScheduleSpec(**values)


def _settings(reading: Reading, node: Node) -> SettingsSpec:
    entries = reading.mapping(node, "settings", names_of(SettingsSpec))
    out_of_office = entries.pop("out_of_office_detection_settings", None)
    values = plain_values(entries, SettingsSpec)
    if out_of_office is not None:
        path = "settings.out_of_office_detection_settings"
        values["out_of_office_detection_settings"] = OutOfOfficeSettings(
            **reading.options(out_of_office, path, OutOfOfficeSettings)
        )
    return SettingsSpec(**values)


def _lead_import(reading: Reading, node: Node) -> ImportSettings:
    return ImportSettings(**reading.options(node, "lead_import", ImportSettings))


_PARTS: Final[Mapping[str, Callable[[Reading, Node], object]]] = {
    "mailboxes": _mailboxes,
    "schedule": _schedule,
    "settings": _settings,
    "lead_import": _lead_import,
}
