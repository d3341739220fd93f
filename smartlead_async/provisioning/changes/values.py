"""The values that differ between two contents of a step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import attrs

from ...plan.schedule import ScheduleSpec
from ...plan.sequence import StepSpec
from ...plan.step import Step
from .change import Change

_PATHS: Final = {
    Step.SEQUENCES: "steps",
    Step.MAILBOXES: "mailboxes",
    Step.LEADS: "lead_import",
    Step.SCHEDULE: "schedule",
    Step.SETTINGS: "settings",
}

_PROTECTS_IF_SET: Final = frozenset(
    {
        "add_unsubscribe_tag",
        "auto_pause_domain_leads_on_reply",
        "bounce_autopause_threshold",
        "domain_level_rate_limit",
        "unsubscribe_text",
    }
)


def changed_values(step: Step, before: Any, after: Any) -> tuple[Change, ...]:
    """Return the changes between two contents of a step, value by value."""
    return tuple(_changes(_PATHS[step], _with_defaults(step, before), _with_defaults(step, after)))


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _changes(f"{path}.{key}", before.get(key), after.get(key))
    elif _is_list_of_objects(before) and _is_list_of_objects(after):
        for index in range(max(len(before), len(after))):
            yield from _changes(f"{path}[{index}]", _item(before, index), _item(after, index))
    else:
        yield Change(path, before, after, weakens=weakens(path, before, after))


def _is_list_of_objects(content: Any) -> bool:
    return isinstance(content, list) and all(isinstance(item, dict) for item in content)


def _item(items: Any, index: int) -> Any:
    return items[index] if index < len(items) else None


def _with_defaults(step: Step, content: Any) -> Any:
    """Fill in the values that content leaves out since they are defaults, so that changes show both."""
    if step is Step.SCHEDULE and isinstance(content, dict):
        return {**_defaults(ScheduleSpec), **content}
    if step is Step.SEQUENCES and isinstance(content, list):
        return [{**_defaults(StepSpec), **item} for item in content]
    return content


def _defaults(spec: type) -> dict[str, Any]:
    fields = attrs.fields(spec)
    return {
        field.name: list(field.default) if isinstance(field.default, tuple) else field.default
        for field in fields
        if field.default is not attrs.NOTHING and field.default is not None and field.default != ()
    }


def weakens(path: str, before: Any, after: Any) -> bool:
    """Return whether a change of a value removes or weakens a protection of recipients, or tracking."""
    section, _, name = path.partition(".")
    if section not in ("settings", "lead_import"):
        return False
    if name.startswith("ignore_"):
        return bool(after) and not before
    if name == "track_settings":
        return bool(set(after or ()) - set(before or ()))
    if name == "stop_lead_settings":
        return before in (None, "REPLY_TO_AN_EMAIL") and after not in (None, "REPLY_TO_AN_EMAIL")
    return name in _PROTECTS_IF_SET and bool(before) and not after
