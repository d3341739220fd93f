"""Creating each campaign exactly once, although answers get lost and nothing makes a create repeatable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final
from weakref import WeakValueDictionary

import attrs

from ..errors import OutcomeUnknown, ResponseDecodeError, SmartleadError
from ..pipeline import Response
from ..request import Request
from .records import CampaignRecord, Step, StepRecord, StepState
from .settling import Settler

_MOST_LOST: Final = 8


class CreateLost(SmartleadError):
    """One campaign's create was sent again and again, and its answer lost every time."""


@attrs.frozen
class Creation:
    """How one campaign is made: the request, where its answer has the id, what to look for if it is lost."""

    request: Request[Any]
    campaign_id: Callable[[Any], int]
    name: str
    client_id: int | None
    is_copy: bool = False


@attrs.define
class Creator:
    """Sends creates, one at a time for each name, and settles those that are lost.

    ``send`` waits out outages; ``save`` puts a record on the ledger before it returns; ``lost`` is told of
    every create without an answer. The first create of a job goes out alone: its answer gives the mark below
    which nothing is ours, without a request for it.
    """

    send: Callable[[Request[Any]], Awaitable[Response[Any]]]
    save: Callable[[CampaignRecord], Awaitable[None]]
    lost: Callable[[], Awaitable[None]]
    settler: Settler
    wall_clock: Callable[[], float]
    _names: WeakValueDictionary[tuple[str, int | None], asyncio.Lock] = attrs.field(
        factory=WeakValueDictionary
    )
    _first: asyncio.Lock = attrs.field(factory=asyncio.Lock)

    async def ensure(self, record: CampaignRecord, creation: Creation) -> CampaignRecord:
        """The record with the id of its campaign on the server, which exists exactly once."""
        if record.campaign_id is not None:
            self.settler.saw(record.campaign_id)
            return record
        # Whatever of this name turns up while no other create of it is under way is this one's.
        lock = self._names.setdefault((creation.name, creation.client_id), asyncio.Lock())
        async with lock:
            if self.settler.has_mark():
                return await self._ensure(record, creation)
            async with self._first:
                if not self.settler.has_mark():
                    return await self._ensure(record, creation)
            return await self._ensure(record, creation)

    async def _ensure(self, record: CampaignRecord, creation: Creation) -> CampaignRecord:
        left_behind = record.step(Step.CREATE)
        if left_behind is not None and left_behind.state is StepState.SENT:
            # By a run that ended before the answer came. Its create is as old as the record says.
            age = max(self.wall_clock() - left_behind.sent_at, 0.0)
            record = await self._settled(record, creation, lost_at=asyncio.get_running_loop().time() - age)
        while record.campaign_id is None:
            if record.creates >= _MOST_LOST:
                raise CreateLost(f"its create was sent {record.creates} times and the answer lost every time")
            record = await self._sent(record, creation)
        return record

    async def _sent(self, record: CampaignRecord, creation: Creation) -> CampaignRecord:
        before = record.step(Step.CREATE)
        step = StepRecord(
            Step.CREATE,
            StepState.SENT,
            sent_at=self.wall_clock(),
            requests=before.requests if before is not None else 0,
        )
        record = record.with_step(step, creates=record.creates + 1)
        await self.save(record)
        try:
            response = await self.send(creation.request)
        except (OutcomeUnknown, ResponseDecodeError) as unknown:
            step = attrs.evolve(step, requests=step.requests + unknown.attempts)
            return await self._settled(
                record.with_step(step), creation, lost_at=asyncio.get_running_loop().time()
            )
        step = attrs.evolve(step, requests=step.requests + response.attempts)
        return await self._own(record.with_step(step), creation.campaign_id(response.value))

    async def _settled(self, record: CampaignRecord, creation: Creation, *, lost_at: float) -> CampaignRecord:
        await self.lost()
        await self.save(record)
        step = record.begun(Step.CREATE)
        found = await self.settler.settle(
            creation.name,
            creation.client_id,
            lost_at=lost_at,
            sent_at=step.sent_at,
            is_copy=creation.is_copy,
        )
        return record if found is None else await self._own(attrs.evolve(record, adopted=True), found)

    async def _own(self, record: CampaignRecord, campaign_id: int) -> CampaignRecord:
        step = record.begun(Step.CREATE)
        done = attrs.evolve(step, state=StepState.DONE, ended_at=self.wall_clock())
        record = record.with_step(done, campaign_id=campaign_id)
        await self.save(record)
        self.settler.saw(campaign_id)
        return record
