"""The changes of a campaign as lines for people: what is added, removed or changed, value by value."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..wording import count, printable
from .text_diff import text_diff

if TYPE_CHECKING:
    from ..provisioning.changes.change import CampaignChange, Change, Drift

ADDED: Final = "green"
REMOVED: Final = "red"
CHANGED: Final = "yellow"
WARNING: Final = "bold red"

_STYLES: Final = {"+": ADDED, "-": REMOVED, "−": REMOVED, "~": CHANGED}
_INDENT: Final = "    "
_STEP: Final = re.compile(r"steps\[(\d+)\](?:\.variants\[(\d+)\])?(?:\.(.+))?")
_SHORT: Final = 60
"""Characters up to which two values are shown on one line."""

_MAX_TEXT: Final = 30
"""Lines of one text that are shown."""


@attrs.frozen
class Line:
    """One line of output and its style."""

    text: str
    style: str | None = None


def change_lines(change: CampaignChange, *, width: int, complete: bool = False) -> Iterator[Line]:
    """Yield the parts and values of a campaign that change, each indented below the campaign.

    Long texts are cut unless everything is to be shown.
    """
    if change.refusal is not None:
        yield from _wrapped(f"refused: {printable(change.refusal)}", WARNING, width)
    if change.leads:
        yield Line(f"{_INDENT}{change.leads}", REMOVED if change.leads.removed else ADDED)
    for value in change.changes:
        if value.path != "start":
            yield from _value_lines(value, width=width, complete=complete)
    yield from _start_lines(change)
    if change.needs_status and change.edited_steps and change.refusal is None:
        steps = " and ".join(map(str, change.edited_steps))
        yield Line(f"{_INDENT}possible unless step {steps} was sent already (provision looks first)", "dim")


def drift_lines(drift: Drift, *, width: int, complete: bool = False) -> Iterator[Line]:
    """Yield what was changed by hand in a campaign, and what provisioning does about it."""
    for value in drift.changes:
        yield from _value_lines(value, width=width, complete=complete)
    if drift.leads:
        some = ", ".join(map(printable, drift.addresses))
        more = ", …" if len(drift.addresses) < drift.leads.added else ""
        shown = f"{drift.leads} ({some}{more})" if some else str(drift.leads)
        yield Line(f"{_INDENT}{shown}", REMOVED if drift.leads.removed else ADDED)
    for outcome in drift.outcomes:
        yield from _wrapped(f"→ {outcome}", None, width)


def _start_lines(change: CampaignChange) -> Iterator[Line]:
    start = next((value for value in change.changes if value.path == "start"), None)
    if change.starts:
        mails = f", which mails {count(change.recipients, 'lead')}" if change.recipients else ""
        yield Line(f"{_INDENT}+ started{mails}", ADDED)
    elif start is not None:
        yield (
            Line(f"{_INDENT}− started: it is paused", REMOVED)
            if not start.after
            else Line(f"{_INDENT}+ started", ADDED)
        )


def _value_lines(change: Change, *, width: int, complete: bool) -> Iterator[Line]:
    if change.path.startswith("mailboxes"):
        yield from _mailbox_lines(change)
    elif isinstance(change.before or change.after, dict) and None in (change.before, change.after):
        yield from _whole(change, width=width, complete=complete)
    elif isinstance(change.before, str) and isinstance(change.after, str) and _is_long(change):
        yield from _text(change, width=width, complete=complete)
    else:
        yield _short(change)


def _short(change: Change) -> Line:
    name, after, before = title(change.path), value_text(change.after), value_text(change.before)
    mark, style = "", CHANGED
    if change.before is None:
        shown, style = f"+ {name} {after}", ADDED
    elif change.after is None:
        shown, style = f"− {name} {before}", REMOVED
    else:
        shown = f"~ {name} {before} → {after}"
    if change.weakens:
        mark, style = "! ", WARNING
        shown += " (weakens a protection)"
    return Line(f"{_INDENT}{mark}{shown}", style)


def _whole(change: Change, *, width: int, complete: bool) -> Iterator[Line]:
    """Yield the lines of a part that is added or removed as a whole."""
    content, sign = (change.after, "+") if change.before is None else (change.before, "−")
    if isinstance(content, dict) and change.path.startswith("steps["):
        yield Line(f"{_INDENT}{sign} {title(change.path)}", _STYLES[sign])
        for name in ("subject", "body"):
            if text := content.get(name):
                sides = ("", str(text)) if sign == "+" else (str(text), "")
                yield from _diff_lines(*sides, width=width, complete=complete)
        return
    for name, value in content.items():
        yield Line(f"{_INDENT}{sign} {change.path}.{name} {value_text(value)}", _STYLES[sign])


def _text(change: Change, *, width: int, complete: bool) -> Iterator[Line]:
    mark = "!" if change.weakens else "~"
    yield Line(f"{_INDENT}{mark} {title(change.path)}", WARNING if change.weakens else CHANGED)
    yield from _diff_lines(change.before, change.after, width=width, complete=complete)


def _diff_lines(before: str, after: str, *, width: int, complete: bool) -> Iterator[Line]:
    lines = list(text_diff(before, after))
    shown = lines if complete else lines[:_MAX_TEXT]
    for sign, text in shown:
        begin = f"{_INDENT * 2}{sign} "
        for line in textwrap.wrap(
            printable(text),
            max(width, 40),
            initial_indent=begin,
            subsequent_indent=" " * len(begin),
            break_on_hyphens=False,
        ) or [begin.rstrip()]:
            yield Line(line, _STYLES.get(sign, "dim"))
    if len(shown) < len(lines):
        yield Line(
            f"{_INDENT * 2}… and {count(len(lines) - len(shown), 'more line')} (--all shows them)", "dim"
        )


def _mailbox_lines(change: Change) -> Iterator[Line]:
    before, after = _mailboxes(change.path, change.before), _mailboxes(change.path, change.after)
    for sign, here, there in (("+", after, before), ("−", before, after)):
        for mailbox in here:
            if mailbox not in there:
                yield Line(f"{_INDENT}{sign} {mailbox}", _STYLES[sign])


def _mailboxes(path: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [name for key, part in value.items() for name in _mailboxes(f"mailboxes.{key}", part)]
    if path == "mailboxes.tag":
        return [f"mailboxes with the tag {value_text(value)}"] if value else []
    return [f"mailbox {printable(each)}" for each in value or ()]


def title(path: str) -> str:
    """Return a path in a plan as people read it: ``"step 2: body"`` for ``steps[1].body``."""
    found = _STEP.fullmatch(path)
    if found is None:
        return "client" if path == "client_id" else path
    number, variant, rest = found.groups()
    name = f"step {int(number) + 1}"
    if variant is not None:
        name += f", variant {int(variant) + 1}"
    return f"{name}: {rest}" if rest else name


def value_text(value: Any) -> str:
    """Return a value as it would be written in a plan."""
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return ", ".join(map(value_text, value)) or "none"
        case dict():
            return ", ".join(f"{name} {value_text(each)}" for name, each in value.items())
        case str():
            return printable(value) if value and value == value.strip() else repr(value)
        case _:
            return str(value)


def _is_long(change: Change) -> bool:
    is_body = change.path.endswith("body")
    return is_body or len(change.before) + len(change.after) > _SHORT or "\n" in change.before + change.after


def _wrapped(text: str, style: str | None, width: int) -> Iterable[Line]:
    lines = textwrap.wrap(text, max(width, 40), initial_indent=_INDENT, subsequent_indent=_INDENT * 2)
    return [Line(line, style) for line in lines]
