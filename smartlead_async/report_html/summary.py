"""The top of the page: a headline, a few sentences and tiles with the main numbers."""

from __future__ import annotations

from typing import Literal

import attrs

from .. import wording
from .data import ReportData, ServerCheck

Tone = Literal["good", "bad", "wait", "plain"]


@attrs.frozen
class Tile:
    """One number with its label and a note."""

    label: str
    value: str
    note: str = ""
    tone: Tone = "plain"


def headline(data: ReportData) -> str:
    """Return the result of the job in one line."""
    verb = "would be set up" if data.server is not None else "set up"
    if data.total and data.done == data.total:
        return f"All {data.total:,} campaigns {verb}" if data.total > 1 else f"One campaign {verb}"
    said = f"{data.done:,} of {wording.count(data.total, 'campaign')} {verb}"
    return f"{said}, {data.failed:,} failed" if data.failed else said


def story(data: ReportData) -> list[str]:
    """Return the sentences below the headline."""
    return [*_how_it_ended(data), *_how_it_went(data), *_what_was_lost(data)]


def tone(data: ReportData) -> Tone:
    """Return the tone of the headline."""
    wrong_on_the_server = data.server is not None and _wrong(data.server)
    if data.failed or data.error or _orphans_left(data) or data.differences or wrong_on_the_server:
        return "bad"
    unknown = data.sweep_error is not None or data.verify_error is not None
    return "good" if data.done == data.total and not unknown else "wait"


def tiles(data: ReportData) -> tuple[list[Tile], list[Tile]]:
    """Return the tiles of the campaigns and those of the requests."""
    return _campaign_tiles(data), _request_tiles(data)


def _campaign_tiles(data: ReportData) -> list[Tile]:
    before = f"{data.finished_before:,} by an earlier run" if data.finished_before else ""
    shown = [
        Tile(
            "campaigns done",
            f"{data.done:,}",
            before or f"of {data.total:,}",
            "good" if data.done else "plain",
        ),
        Tile("campaigns failed", f"{data.failed:,}", "", "bad" if data.failed else "plain"),
    ]
    if data.running:
        shown.append(Tile("unfinished", f"{data.running:,}", "begun, not finished", "wait"))
    if data.not_begun:
        shown.append(Tile("not begun", f"{data.not_begun:,}", "", "wait"))
    shown.append(Tile("leads imported", f"{data.leads.added:,}", _other_leads(data)))
    return [*shown, *_exactly_once(data)]


def _request_tiles(data: ReportData) -> list[Tile]:
    traffic = data.traffic
    each = f"{traffic.total / data.done:.1f} per campaign" if data.done and not data.finished_before else ""
    shown = [
        Tile("requests", f"{traffic.total:,}", each),
        Tile("retries", f"{traffic.retries:,}", _share(traffic.retries, traffic.total)),
        Tile(
            "429 responses",
            f"{traffic.rate_limited:,}",
            "" if traffic.rate_limited else "limit never exceeded",
            "wait" if traffic.rate_limited else "plain",
        ),
        Tile("without a response", f"{traffic.unanswered:,}", _share(traffic.unanswered, traffic.total)),
    ]
    if data.server is not None and data.server.restarts:
        shown.append(Tile("restarts", f"{data.server.restarts:,}", "the process was killed"))
    return shown


def _exactly_once(data: ReportData) -> list[Tile]:
    left, pruned = _orphans_left(data), sum(orphan.pruned for orphan in data.orphans)
    note = "search failed" if data.sweep_error else f"{pruned:,} deleted" if pruned else ""
    shown = [
        Tile("adopted", f"{len(data.adopted):,}", "create without a response" if data.adopted else ""),
        Tile("orphans", f"{left:,}", note, "bad" if left else "plain"),
    ]
    if data.differences is not None:
        number = len(data.differences)
        shown.append(Tile("differences", f"{number:,}", "from the plan", "bad" if number else "good"))
    if data.server is not None:
        duplicates, lost = data.server.duplicates, data.server.lost
        shown += [
            Tile("duplicates", f"{duplicates:,}", "counted on the server", "bad" if duplicates else "good"),
            Tile("lost", f"{lost:,}", "counted on the server", "bad" if lost else "good"),
        ]
    return shown


def _how_it_ended(data: ReportData) -> list[str]:
    said = []
    if data.deadline_passed:
        said.append("The deadline passed before the end.")
    elif data.interrupted:
        said.append("It was stopped before the end.")
    if data.outage:
        said.append(f"The server was down: {data.outage}")
    if data.error:
        said.append(f"It ended early: {data.error}")
    return said


def _how_it_went(data: ReportData) -> list[str]:
    if not data.traffic.total:
        return ["Nothing was sent."]
    rate = data.traffic.total / max(data.elapsed / 60, 1 / 60)
    tier = f", with tier {data.tier}" if data.tier else ""
    pace = f", {rate:,.0f} per minute" if data.elapsed >= 60 else ""
    verb = "would take" if data.server is not None else "took"
    requests = wording.count(data.traffic.total, "request")
    return [f"It {verb} {wording.measured_duration(data.elapsed)} and {requests}{pace}{tier}."]


def _what_was_lost(data: ReportData) -> list[str]:
    said = []
    if data.server is not None and data.server.faults:
        said.append(f"{wording.count(data.server.faults, 'request')} failed on purpose.")
    if data.adopted:
        creates = wording.count(len(data.adopted), "create")
        said.append(f"{creates} got no response; the campaigns were found on the server and adopted.")
    if left := _orphans_left(data):
        belongs = "belongs" if left == 1 else "belong"
        said.append(f"{wording.count(left, 'campaign')} on the server {belongs} to no campaign of the plan.")
    if data.sweep_error:
        said.append(f"The search for orphans failed, and the next run repeats it: {data.sweep_error}")
    if data.verify_error:
        said.append(f"Not all campaigns were compared with the plan: {data.verify_error}")
    if data.server is not None and data.server.leads_missing:
        said.append(f"{wording.count(data.server.leads_missing, 'lead')} of finished campaigns are missing.")
    return said


def _orphans_left(data: ReportData) -> int:
    found = sum(not orphan.pruned for orphan in data.orphans)
    return found if data.server is None else max(found, data.server.orphans)


def _other_leads(data: ReportData) -> str:
    parts = []
    if data.leads.already_there:
        parts.append(f"{data.leads.already_there:,} already there")
    if data.leads.skipped:
        parts.append(f"{data.leads.skipped:,} left out{wording.reasons(data.leads.left_out)}")
    if data.rows is not None and (left_out := data.rows.read - data.rows.leads):
        parts.append(f"{left_out:,} of {wording.count(data.rows.read, 'row')} left out by the check")
    return ", ".join(parts)


def _share(part: int, whole: int) -> str:
    return f"{wording.percent(part / whole)} of the requests" if part else ""


def _wrong(server: ServerCheck) -> int:
    return server.duplicates + server.lost + server.leads_missing
