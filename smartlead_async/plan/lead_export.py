"""SmartLead's own export of the leads of a campaign, read again.

Its custom fields are one JSON object per row, its bookkeeping columns are not part of a lead, and leads that
must not be mailed again are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from .hidden_characters import name_flaw
from .merge_tags import LEAD_FIELDS, normalize_name

BOOKKEEPING: Final[tuple[str, ...]] = (
    "id", "campaign_lead_map_id", "status", "category", "is_interested", "created_at", "is_unsubscribed",
    "unsubscribed_client_id_map", "last_email_sequence_sent", "open_count", "click_count", "reply_count",
)  # fmt: skip
"""The columns of an export that are neither lead fields nor custom fields."""

CUSTOM_FIELDS: Final = "custom_fields"

_TRUE: Final = frozenset({"true", "1", "yes", "t", "y", "on", "x"})

_UNMAILABLE_STATUSES: Final = {"BLOCKED": "blocked", "BOUNCED": "bounced", "UNSUBSCRIBED": "unsubscribed"}

_CATEGORIES: Final = {
    "donotcontact": "do_not_contact", "dnc": "do_not_contact", "donotcall": "do_not_contact",
    "unsubscribe": "unsubscribed", "unsubscribed": "unsubscribed", "optout": "unsubscribed",
    "optedout": "unsubscribed", "removeme": "unsubscribed",
}  # fmt: skip
"""Categories of leads that must not be mailed; accounts can have categories of their own."""


class BadCustomFields(ValueError):
    """The custom fields of a row are not a JSON object."""


@attrs.frozen
class ExportColumns:
    """The positions of an export's own columns."""

    positions: Mapping[str, int]
    custom_fields: int | None

    @classmethod
    def recognize(cls, headers: Sequence[str]) -> ExportColumns | None:
        """Return the columns if these are the headers of an export, or None."""
        # Spreadsheets and people write "Is Unsubscribed".
        names = [header.casefold().strip().replace(" ", "_") for header in headers]
        positions = {name: names.index(name) for name in BOOKKEEPING if name in names}
        custom = names.index(CUSTOM_FIELDS) if CUSTOM_FIELDS in names else None
        is_export = "campaign_lead_map_id" in positions or (custom is not None and len(positions) > 0)
        return cls(positions, custom) if is_export else None

    def reason_to_leave_out(self, cells: Sequence[str]) -> str | None:
        """Return why a lead must not be mailed again: unsubscribed, bounced, blocked, do_not_contact."""
        if self._cell(cells, "is_unsubscribed").lower() in _TRUE:
            return "unsubscribed"
        if self._cell(cells, "unsubscribed_client_id_map").replace(" ", "") not in {"", "{}", "[]", "null"}:
            return "unsubscribed"
        category = normalize_name(self._cell(cells, "category"))
        if category in _CATEGORIES:
            return _CATEGORIES[category]
        if "bounce" in category:
            return "bounced"
        return _UNMAILABLE_STATUSES.get(self._cell(cells, "status").upper())

    def _cell(self, cells: Sequence[str], name: str) -> str:
        position = self.positions.get(name)
        return cells[position] if position is not None and position < len(cells) else ""


def parse_custom_fields(cell: str) -> dict[str, str]:
    """Return the custom fields of a cell as strings, without empty ones; raise :class:`BadCustomFields`."""
    if cell in {"", "null"}:
        return {}
    try:
        parsed = json.loads(cell)
    except (ValueError, RecursionError):
        raise BadCustomFields("it is not JSON") from None
    if not isinstance(parsed, dict):
        raise BadCustomFields("it is not a JSON object")
    fields = {str(name).strip(): _as_text(value) for name, value in parsed.items()}
    for name in fields:
        if name and (flaw := name_flaw(name)):
            raise BadCustomFields(f"{name[:60]!r} cannot be a name: {flaw}")
    return {name: value for name, value in fields.items() if name and value and name not in LEAD_FIELDS}


def describe_left_out(counts: Mapping[str, int]) -> str:
    """Return the leads that were left out, by reason: ``"2 unsubscribed, 1 blocked"``."""
    return ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in _sorted(counts.items()))


def _sorted(items: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(items, key=lambda item: -item[1])


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
