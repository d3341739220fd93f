"""The check that takes one drafted campaign without leads through its life, and deletes it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

from ..api.campaigns.create import CreateCampaign, DeleteCampaign
from ..api.campaigns.models import StoredTrackSetting
from ..api.campaigns.read import GetCampaign, ListCampaigns
from ..api.campaigns.sequences import Delay, StepInput
from ..api.campaigns.setup import GetSequences, SaveSequences, UpdateSchedule, UpdateSettings
from ..errors import NotFound, NotSent
from ..request import Request
from .findings import Finding
from .reads import failure_findings
from .session import Answer, Session

_CHECK: Final = "write"
_PAUSES: Final = (0.0, 5.0, 15.0)
"""Seconds before each look for a campaign whose create got no response."""

STEPS: Final = ("create", "sequences", "schedule", "settings", "read back", "delete")
MOST_REQUESTS: Final = 8 + len(_PAUSES)
"""The number of requests that the life of a campaign takes at most, not counting repeated ones."""

_SEQUENCE: Final = (
    StepInput(1, Delay(0), subject="Hello {{first_name}}", email_body="<p>This is a test.</p>"),
    StepInput(2, Delay(3), subject="", email_body="<p>This is a test, too.</p>"),
)


class WriteCheck:
    """The life of one campaign. ``name`` is unique, so that it is found if its create got no response.

    :meth:`run` always deletes the campaign, also when it is cancelled or fails.
    """

    def __init__(self, session: Session, report: Callable[[Finding], object]) -> None:
        self.name = f"smartlead-async doctor {secrets.token_hex(6)}: can be deleted"
        self.left_behind = False
        """Whether the campaign may exist."""
        self._session = session
        self._report = report
        self._campaign_id: int | None = None

    async def run(self, step: Callable[[str], object]) -> None:
        """Create, set up, read back and delete the campaign; ``step`` is called with each step's name."""
        try:
            step("create")
            # A create that was sent is waited for: only its response has the id that the delete needs.
            await _uninterrupted(self._create())
            if self._campaign_id is not None:
                await self._set_up(self._campaign_id, step)
        finally:
            if self.left_behind:
                step("delete")
                await _uninterrupted(self._delete())

    async def _create(self) -> None:
        self.left_behind = True
        answer = await self._session.ask(CreateCampaign(self.name))
        self._note("campaigns.create", answer)
        if answer.error is None:
            self._campaign_id = answer.value.id
        elif isinstance(answer.error, NotSent) or getattr(answer.error, "refused", False):
            self.left_behind = False

    async def _set_up(self, campaign_id: int, step: Callable[[str], object]) -> None:
        schedule = UpdateSchedule(
            campaign_id,
            timezone="Europe/Berlin",
            days_of_the_week=(1, 2, 3),
            start_hour="09:15",
            end_hour="16:45",
            min_time_btw_emails=17,
            max_new_leads_per_day=11,
        )
        settings = UpdateSettings(
            campaign_id,
            track_settings=["DONT_TRACK_EMAIL_OPEN"],
            stop_lead_settings="REPLY_TO_AN_EMAIL",
            send_as_plain_text=True,
            follow_up_percentage=40,
        )
        requests: tuple[tuple[str, str, Request[Any]], ...] = (
            ("sequences", "campaigns.save_sequences", SaveSequences(campaign_id, _SEQUENCE)),
            ("schedule", "campaigns.update_schedule", schedule),
            ("settings", "campaigns.update_settings", settings),
        )
        saved = set()
        for title, name, request in requests:
            step(title)
            answer = await self._session.ask(request)
            self._note(name, answer)
            if answer.error is None:
                saved.add(title)
        step("read back")
        await self._read_back(campaign_id, saved, schedule, settings)

    async def _read_back(
        self, campaign_id: int, saved: set[str], schedule: UpdateSchedule, settings: UpdateSettings
    ) -> None:
        answer = await self._session.ask(GetCampaign(campaign_id))
        self._note("campaigns.get", answer)
        if answer.error is None:
            expected = {"name": self.name, "status": "DRAFTED"}
            expected |= _expected_schedule(schedule) if "schedule" in saved else {}
            expected |= _expected_settings(settings) if "settings" in saved else {}
            self._compare("campaigns.get", answer.value, expected)
        answer = await self._session.ask(GetSequences(campaign_id))
        self._note("campaigns.get_sequences", answer)
        if answer.error is None and "sequences" in saved:
            for place, differs in _sequence_differences(answer.value):
                if differs:
                    self._differs("campaigns.get_sequences", place)

    def _compare(self, name: str, found: Any, expected: dict[str, Any]) -> None:
        for path, value in expected.items():
            if _at(found, path) != value:
                self._differs(name, f"$.{path}")

    def _differs(self, name: str, place: str) -> None:
        self._report(
            Finding(_CHECK, "not-as-saved", "the value read differs from the one saved", name, place)
        )

    def _note(self, name: str, answer: Answer) -> None:
        if answer.error is not None:
            for finding in failure_findings(name, answer.error, _CHECK):
                self._report(finding)

    async def _delete(self) -> None:
        """Delete the campaign, whose id may have to be found by its name."""
        if self._campaign_id is not None:
            await self._delete_one(self._campaign_id)
            return
        for pause in _PAUSES:
            await asyncio.sleep(pause)
            answer = await self._session.ask(ListCampaigns())
            listed = [] if answer.error else [c.id for c in answer.value if c.name == self.name]
            for campaign_id in listed:
                await self._delete_one(campaign_id)
            if listed:
                return
        # None is listed: the create had no effect, unless it takes still longer.
        message = (
            "a create got no response; look for a campaign whose name begins with smartlead-async doctor"
        )
        self._report(Finding(_CHECK, "outcome-unknown", message, "campaigns.create"))

    async def _delete_one(self, campaign_id: int) -> None:
        answer = await self._session.ask(DeleteCampaign(campaign_id))
        if not isinstance(answer.error, NotFound):
            self._note("campaigns.delete", answer)
        gone = await self._session.ask(GetCampaign(campaign_id))
        self.left_behind = not isinstance(gone.error, NotFound)
        if self.left_behind:
            message = "the campaign still exists after its delete: delete it in SmartLead"
            self._report(Finding(_CHECK, "not-deleted", message, "campaigns.delete"))


def _expected_schedule(schedule: UpdateSchedule) -> dict[str, Any]:
    return {
        "schedule.timezone": schedule.timezone,
        "schedule.days": list(schedule.days_of_the_week),
        "schedule.start_hour": schedule.start_hour,
        "schedule.end_hour": schedule.end_hour,
        "min_time_between_emails": schedule.min_time_btw_emails,
        "max_leads_per_day": schedule.max_new_leads_per_day,
    }


def _expected_settings(settings: UpdateSettings) -> dict[str, Any]:
    return {
        # It is saved under one name and read under another.
        "track_settings": [StoredTrackSetting.DONT_EMAIL_OPEN],
        "stop_lead_settings": settings.stop_lead_settings,
        "send_as_plain_text": settings.send_as_plain_text,
        "follow_up_percentage": settings.follow_up_percentage,
    }


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = getattr(value, name, None)
    return value


def _sequence_differences(saved: list[Any]) -> Iterator[tuple[str, bool]]:
    yield "$", len(saved) != len(_SEQUENCE)
    for expected, step in zip(_SEQUENCE, sorted(saved, key=lambda step: step.seq_number), strict=False):
        yield "$[].seq_number", step.seq_number != expected.seq_number
        yield "$[].subject", (step.subject or "") != (expected.subject or "")
        yield "$[].email_body", step.email_body != expected.email_body


async def _uninterrupted(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work to its end; a cancellation meanwhile is raised afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
