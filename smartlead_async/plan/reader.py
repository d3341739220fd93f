"""Campaigns of a plan file, read into specs: keys, places and files. The specs check the values."""

from __future__ import annotations

import contextlib
import datetime as dt
import html
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from ..api.campaigns.models import OutOfOfficeSettings
from ..api.leads.models import ImportSettings, LeadInput
from .campaign import CampaignSpec
from .lead_columns import MAX_CUSTOM_FIELDS
from .leads import LeadSource
from .leads_csv import LeadFile
from .mailboxes import MailboxChoice
from .nodes import Node
from .origin import Origin
from .problem import InvalidPlan, Place, Problem, did_you_mean, error, warning
from .schedule import ScheduleSpec
from .sequence import StepSpec, VariantSpec
from .settings import SettingsSpec


def _names(cls: type) -> tuple[str, ...]:
    return tuple(a.name for a in attrs.fields(cls) if a.name != "origin")


CAMPAIGN_KEYS: Final = (*_names(CampaignSpec), "for_each")


_STEP_KEYS: Final = (*_names(StepSpec), "body_file")


_VARIANT_KEYS: Final = (*_names(VariantSpec), "body_file")


_FILE_KEYS: Final = ("csv", "columns", "where", "encoding", "delimiter")


_EACH_KEYS: Final = (*_FILE_KEYS, "column")


_TAG: Final = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")


def as_html(text: str) -> str:
    """Return a body as HTML: unchanged if it contains a tag, else escaped, with its line breaks."""
    text = text.rstrip("\n")
    return text if _TAG.search(text) else html.escape(text, quote=False).replace("\n", "<br>\n")


@attrs.define
class Reading:
    """The problems and the places of values collected while a campaign is read."""

    file: str
    problems: list[Problem] = attrs.field(factory=list)
    places: dict[str, Place] = attrs.field(factory=dict)

    def place(self, node: Node) -> Place:
        """Return the place of a node."""
        return Place(self.file, node.line)

    def note(self, path: str, node: Node) -> None:
        """Record the place of a value."""
        self.places[path] = self.place(node)

    def error(self, code: str, path: str, node: Node, message: str, advice: str = "") -> None:
        """Add an error about a node."""
        self.problems.append(error(code, message, path=path, advice=advice, place=self.place(node)))

    def mapping(self, node: Node, path: str, keys: Iterable[str]) -> dict[str, Node]:
        """Return the entries with a known key; unknown keys are errors, and null counts as omitted."""
        if not isinstance(node.value, dict):
            self.error("wrong_kind", path, node, "expected a mapping of keys to values")
            return {}
        known = tuple(keys)
        entries = {}
        for key, value in node.value.items():
            here = f"{path}.{key}" if path else key
            if key not in known:
                self.error("unknown_key", here, value, f"unknown key {key!r}", did_you_mean(key, known))
            elif value.value is not None:
                self.note(here, value)
                entries[key] = value
        return entries

    def items(self, node: Node, path: str) -> list[Node]:
        """Return the items of a list; anything else is an error."""
        if not isinstance(node.value, list):
            self.error("wrong_kind", path, node, "expected a list")
            return []
        for index, item in enumerate(node.value):
            self.note(f"{path}[{index}]", item)
        return node.value


class CampaignReader:
    """Reads the campaigns of one plan file; each body file is read once."""

    def __init__(self, plan: Path) -> None:
        self._file = str(plan)
        self._folder = plan.parent
        self._bodies: dict[str, str | Problem] = {}

    def campaign(
        self,
        node: Node,
        path: str,
        *,
        leads: LeadFile | None = None,
        value: Callable[[str], str] | None = None,
    ) -> tuple[CampaignSpec, list[Problem]]:
        """Return the spec of a campaign, and the problems of its keys and files.

        ``leads`` are those of a ``for_each``, and ``value`` substitutes its value in strings.
        """
        reading = Reading(self._file)
        change = value or _unchanged
        entries = reading.mapping(node.mapped(value) if value else node, "", CAMPAIGN_KEYS)
        plain: dict[str, Any] = {
            key: entries[key].plain() for key in ("name", "client_id", "start", "key") if key in entries
        }
        if "steps" in entries:
            steps = reading.items(entries["steps"], "steps")
            plain["steps"] = tuple(self._step(reading, n, f"steps[{i}]", change) for i, n in enumerate(steps))
        if "mailboxes" in entries:
            plain["mailboxes"] = _mailboxes(reading, entries["mailboxes"])
        if leads is not None:
            plain["leads"] = leads
        elif "leads" in entries:
            plain["leads"] = self._leads(reading, entries["leads"])
        if "schedule" in entries:
            plain["schedule"] = _schedule(reading, entries["schedule"])
        if "settings" in entries:
            plain["settings"] = _settings(reading, entries["settings"])
        if "lead_import" in entries:
            flags = reading.mapping(entries["lead_import"], "lead_import", _names(ImportSettings))
            plain["lead_import"] = ImportSettings(**_plain(flags))
        plain.setdefault("name", None)
        origin = Origin(self._file, node.line, path, reading.places)
        problems = [_under(path, p) for p in reading.problems]
        return CampaignSpec(**plain, origin=origin), problems

    # --- steps

    def _step(self, reading: Reading, node: Node, path: str, change: Callable[[str], str]) -> StepSpec:
        entries = reading.mapping(node, path, _STEP_KEYS)
        if not isinstance(node.value, dict):
            return StepSpec("?", "?", delay_days=1)
        values = self._with_body(reading, entries, path, change)
        if "variants" in entries:
            found = []
            for index, variant in enumerate(reading.items(entries["variants"], f"{path}.variants")):
                here = f"{path}.variants[{index}]"
                known = reading.mapping(variant, here, _VARIANT_KEYS)
                found.append(VariantSpec(**self._with_body(reading, known, here, change)))
            values["variants"] = tuple(found)
        return StepSpec(**values)

    def _with_body(
        self, reading: Reading, entries: Mapping[str, Node], path: str, change: Callable[[str], str]
    ) -> dict[str, Any]:
        values = _plain(entries)
        named = values.pop("body_file", None)
        body = values.get("body")
        if isinstance(body, str):
            values["body"] = as_html(body)
        if named is None:
            return values
        node = entries["body_file"]
        here = f"{path}.body_file"
        if body is not None:
            reading.error(
                "body_twice", here, node, "body and body_file are both given", "Remove one of them."
            )
            return values
        text = self._body(named) if isinstance(named, str) else None
        if isinstance(text, str):
            values["body"] = as_html(change(text))
            reading.places[f"{path}.body"] = Place(str(self._folder / named))
        else:
            # A placeholder, because an unreadable body should not also be reported as missing.
            values["body"] = "?"
            message = "expected a file name" if text is None else text.message
            reading.error("unreadable_file", here, node, message, "Paths are relative to the plan.")
        return values

    def _body(self, name: str) -> str | Problem:
        if name not in self._bodies:
            try:
                self._bodies[name] = (self._folder / name).read_text(encoding="utf-8-sig")
            except OSError as failure:
                reason = failure.strerror or type(failure).__name__
                self._bodies[name] = error(
                    "unreadable_file", f"the body file {name!r} cannot be read: {reason}"
                )
            except UnicodeDecodeError:
                self._bodies[name] = error("unreadable_file", f"the body file {name!r} is not UTF-8")
        return self._bodies[name]

    # --- leads

    def _leads(self, reading: Reading, node: Node) -> tuple[LeadInput, ...] | LeadSource:
        match node.value:
            case str():
                return LeadFile(self._folder / node.value)
            case dict():
                entries = reading.mapping(node, "leads", _FILE_KEYS)
                return self._lead_file(reading, entries, node, "leads") or ()
            case list():
                rows = reading.items(node, "leads")
                found = (_lead(reading, row, f"leads[{i}]") for i, row in enumerate(rows))
                return tuple(lead for lead in found if lead is not None)
            case _:
                reading.error("wrong_kind", "leads", node, "expected a list of leads, or {csv: FILE}")
                return ()

    def _lead_file(
        self, reading: Reading, entries: Mapping[str, Node], node: Node, path: str
    ) -> LeadFile | None:
        name = entries["csv"].value if "csv" in entries else None
        if not isinstance(name, str):
            reading.error(
                "wrong_kind",
                f"{path}.csv",
                entries.get("csv", node),
                "no lead file is given",
                "Add csv: FILE.",
            )
            return None
        options: dict[str, Any] = {}
        if "columns" in entries:
            options["columns"] = _columns(reading, entries["columns"], f"{path}.columns")
        if "where" in entries:
            options["where"] = _where(reading, entries["where"], f"{path}.where")
        for key in ("encoding", "delimiter"):
            if key in entries and (value := _csv_option(reading, key, entries[key], path)) is not None:
                options[key] = value
        return LeadFile(self._folder / name, **options)

    def for_each(self, node: Node, path: str) -> tuple[list[tuple[str, LeadFile]], list[Problem]]:
        """Return the values of a ``for_each``, each with the leads that have it, and the problems."""
        reading = Reading(self._file)
        entries = reading.mapping(node, "for_each", _EACH_KEYS)
        source = self._lead_file(reading, entries, node, "for_each")
        column = entries["column"].value if "column" in entries else None
        if not isinstance(column, str):
            reading.error("wrong_kind", "for_each.column", node, "no column is given", "Add column: HEADER.")
        each: list[tuple[str, LeadFile]] = []
        if source is not None and isinstance(column, str):
            try:
                counts = source.values(column)
            except InvalidPlan as invalid:
                reading.problems += [attrs.evolve(p, path="for_each") for p in invalid.problems]
                counts = {}
            for value, rows in counts.items():
                if value:
                    each.append((value, attrs.evolve(source, where={**source.where, column: (value,)})))
                else:
                    reading.problems.append(_rows_without_value(source, column, rows))
        return each, [_under(path, p) for p in reading.problems]


# --- parts -------------------------------------------------------------------------------------------
def _unchanged(text: str) -> str:
    return text


def _under(path: str, problem: Problem) -> Problem:
    return attrs.evolve(problem, path=".".join(p for p in (path, problem.path) if p))


def _plain(entries: Mapping[str, Node]) -> dict[str, Any]:
    return {key: _frozen(node.plain()) for key, node in entries.items()}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _mailboxes(reading: Reading, node: Node) -> MailboxChoice:
    entries = reading.mapping(node, "mailboxes", _names(MailboxChoice))
    for key in ("ids", "addresses"):
        if key in entries and isinstance(entries[key].value, list):
            reading.items(entries[key], f"mailboxes.{key}")
    return MailboxChoice(**_plain(entries))


def _schedule(reading: Reading, node: Node) -> ScheduleSpec:
    entries = reading.mapping(node, "schedule", _names(ScheduleSpec))
    values = _plain(entries)
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
    entries = reading.mapping(node, "settings", _names(SettingsSpec))
    out_of_office = entries.pop("out_of_office_detection_settings", None)
    values = _plain(entries)
    threshold = values.get("bounce_autopause_threshold")
    if isinstance(threshold, int) and not isinstance(threshold, bool):
        # The API requires a string, but people write a number.
        values["bounce_autopause_threshold"] = str(threshold)
    if out_of_office is not None:
        path = "settings.out_of_office_detection_settings"
        values["out_of_office_detection_settings"] = OutOfOfficeSettings(
            **_plain(reading.mapping(out_of_office, path, _names(OutOfOfficeSettings)))
        )
    return SettingsSpec(**values)


def _csv_option(reading: Reading, key: str, node: Node, path: str) -> str | None:
    value = node.plain()
    if isinstance(value, str) and (key == "encoding" or len(value) == 1):
        return value
    expected = "one character" if key == "delimiter" else "the name of an encoding, such as utf-16"
    reading.error("wrong_kind", f"{path}.{key}", node, f"expected {expected}")
    return None


def _rows_without_value(source: LeadFile, column: str, rows: int) -> Problem:
    subject = "1 row has" if rows == 1 else f"{rows} rows have"
    return warning(
        "no_value",
        f"{subject} no value for {column} and {'is' if rows == 1 else 'are'} not imported",
        path="for_each.column",
        advice="Fill in the column to include them.",
        place=Place(source.file),
    )


def _columns(reading: Reading, node: Node, path: str) -> dict[str, str | None]:
    if not isinstance(node.value, dict):
        reading.error("wrong_kind", path, node, "expected a mapping of headers to fields")
        return {}
    chosen: dict[str, str | None] = {}
    for header, target in node.value.items():
        if target.value is None or isinstance(target.value, str):
            chosen[header] = target.value
        else:
            reading.error("wrong_kind", f"{path}.{header}", target, "expected a lead field, a name or null")
    return chosen


def _where(reading: Reading, node: Node, path: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(node.value, dict):
        reading.error("wrong_kind", path, node, "expected a mapping of headers to values")
        return {}
    kept = {}
    for header, wanted in node.value.items():
        values = wanted.value if isinstance(wanted.value, list) else [wanted]
        if any(isinstance(v.value, (dict, list)) for v in values):
            reading.error("wrong_kind", f"{path}.{header}", wanted, "expected a value or a list of values")
        else:
            kept[header] = tuple("" if v.value is None else str(v.value) for v in values)
    return kept


def _lead(reading: Reading, node: Node, path: str) -> LeadInput | None:
    before = len(reading.problems)
    values = _plain(reading.mapping(node, path, _names(LeadInput)))
    custom = values.get("custom_fields")
    if custom is not None and not isinstance(custom, dict):
        reading.error("wrong_kind", f"{path}.custom_fields", node, "expected a mapping of names to values")
    elif custom is not None and len(custom) > MAX_CUSTOM_FIELDS:
        excess = ", ".join(list(custom)[MAX_CUSTOM_FIELDS:])
        message = (
            f"the lead has {len(custom)} custom fields; the maximum is {MAX_CUSTOM_FIELDS}, "
            f"which excludes: {excess}"
        )
        reading.error("too_many_columns", f"{path}.custom_fields", node, message)
    if "email" not in values:
        reading.error("no_address", f"{path}.email", node, "the lead has no e-mail address")
    for field in values:
        if field not in {"custom_fields", "email"} and not isinstance(values[field], (str, int)):
            reading.error("wrong_kind", f"{path}.{field}", node, "expected a string")
    if len(reading.problems) > before:
        return None
    strings = {field: str(value) for field, value in values.items() if field != "custom_fields"}
    return LeadInput(**strings, custom_fields=custom)
