"""Creating each campaign exactly once, although answers get lost and nothing makes a create repeatable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final
from weakref import WeakValueDictionary

import attrs

from ...errors import OutcomeUnknown, ResponseDecodeError, SmartleadError
from ...pipeline.events import Response
from ...plan.step import Step
from ...request import Request
from ..ledger.records import CampaignRecord, StepRecord, StepState
from .client import Stopped
from .reconcile import Settler

_MOST_LOST: Final = 8


Save = Callable[[CampaignRecord], Awaitable[None]]


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

    ``send`` waits out outages; ``forget`` takes a record off the ledger; ``lost`` is told of every create
    without an answer, ``marked`` when the mark may have changed, and both put it on the ledger. The first
    create of a job goes out alone: its answer gives the mark below which nothing is ours, without a request
    for it.
    """

    send: Callable[[Request[Any]], Awaitable[Response[Any]]]
    forget: Callable[[str], Awaitable[None]]
    lost: Callable[[], Awaitable[None]]
    marked: Callable[[], Awaitable[None]]
    settler: Settler
    wall_clock: Callable[[], float]
    _names: WeakValueDictionary[tuple[str, int | None], asyncio.Lock] = attrs.field(
        factory=WeakValueDictionary
    )
    _first: asyncio.Lock = attrs.field(factory=asyncio.Lock)

    async def ensure(self, record: CampaignRecord, creation: Creation, save: Save) -> CampaignRecord:
        """The record with the id of its campaign on the server, which exists exactly once.

        ``save`` puts the record on the ledger before it returns.
        """
        if record.campaign_id is not None:
            return record
        # Whatever of this name turns up while no other create of it is under way is this one's.
        lock = self._names.setdefault((creation.name, creation.client_id), asyncio.Lock())
        async with lock:
            if self.settler.has_mark():
                return await self._ensure(record, creation, save)
            async with self._first:
                if not self.settler.has_mark():
                    return await self._ensure(record, creation, save)
            return await self._ensure(record, creation, save)

    async def _ensure(self, record: CampaignRecord, creation: Creation, save: Save) -> CampaignRecord:
        left_behind = record.step(Step.CREATE)
        if left_behind is not None and left_behind.state is StepState.SENT:
            # By a run that ended before the answer came. How long ago, only the wall clock could tell, and
            # clocks jump: the pauses before the looks that are left are counted from now.
            age = max(self.wall_clock() - left_behind.sent_at, 0.0)
            record = await self._settled(record, creation, save, age=age)
        for _ in range(_MOST_LOST):
            if record.campaign_id is not None:
                return record
            record = await self._sent(record, creation, save)
        if record.campaign_id is None:
            raise CreateLost(f"its create was sent {_MOST_LOST} times and the answer lost every time")
        return record

    async def _sent(self, before: CampaignRecord, creation: Creation, save: Save) -> CampaignRecord:
        loop = asyncio.get_running_loop()
        earlier = before.step(Step.CREATE)
        step = StepRecord(
            Step.CREATE,
            StepState.SENT,
            sent_at=self.wall_clock(),
            requests=earlier.requests if earlier is not None else 0,
        )
        record = before.with_step(step, creates=before.creates + 1)
        began = loop.time()
        await save(record)
        try:
            response = await self.send(creation.request)
        except (OutcomeUnknown, ResponseDecodeError) as unknown:
            step = attrs.evolve(step, requests=step.requests + unknown.attempts)
            return await self._settled(record.with_step(step), creation, save, age=loop.time() - began)
        except Stopped:
            # It never went out, so there is nothing to look for.
            await (save(before) if before.steps else self.forget(before.key))
            raise
        except SmartleadError as refused:
            requests = step.requests + refused.attempts
            failed = attrs.evolve(
                step,
                state=StepState.FAILED,
                ended_at=self.wall_clock(),
                requests=requests,
                error=str(refused),
            )
            await save(record.with_step(failed))
            raise
        step = attrs.evolve(step, requests=step.requests + response.attempts)
        return await self._own(record.with_step(step), creation.campaign_id(response.value), save)

    async def _settled(
        self, record: CampaignRecord, creation: Creation, save: Save, *, age: float
    ) -> CampaignRecord:
        await self.lost()
        await save(record)
        step = record.begun(Step.CREATE)

        async def looked(number: int) -> None:
            await save(record.with_step(attrs.evolve(step, looks=number)))

        found = await self.settler.settle(
            creation.name,
            creation.client_id,
            age=age,
            looked=looked,
            after=step.looks,
            is_copy=creation.is_copy,
        )
        await self.marked()
        return record if found is None else await self._own(attrs.evolve(record, adopted=True), found, save)

    async def _own(self, record: CampaignRecord, campaign_id: int, save: Save) -> CampaignRecord:
        # The mark first: a crash in between must not leave an id from which a higher mark would follow.
        self.settler.saw(campaign_id)
        await self.marked()
        step = record.begun(Step.CREATE)
        done = attrs.evolve(step, state=StepState.DONE, ended_at=self.wall_clock())
        record = record.with_step(done, campaign_id=campaign_id)
        await save(record)
        return record
