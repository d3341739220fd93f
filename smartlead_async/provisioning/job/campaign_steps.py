"""The steps of one campaign as records: written before a request is sent and after its response."""

from __future__ import annotations

import abc
import asyncio
from typing import Any

import attrs

from ...api.campaigns.models import Campaign, CampaignAction, CampaignStatus
from ...api.campaigns.read import GetCampaign
from ...api.campaigns.setup import UpdateStatus
from ...errors import SmartleadError
from ...pipeline.events import Attempt
from ...pipeline.refusals import may_take_effect
from ...plan.step import Step
from ...request import Request
from ..ledger.records import CampaignRecord, CampaignState, StepRecord, StepState
from .journal import Journal
from .reconcile import Reconciler
from .sender import GuardedSender
from .slots import Slot


class CampaignSteps(abc.ABC):
    """Sends the requests of one campaign, and keeps its record.

    If the response to a request was lost, the request may take effect late. A later one that contradicts it
    is therefore sent only when the earlier one cannot take effect any more.
    """

    def __init__(
        self,
        record: CampaignRecord,
        *,
        journal: Journal,
        sender: GuardedSender,
        reconciler: Reconciler,
        slot: Slot | None = None,
    ) -> None:
        self._journal = journal
        self._entry = journal.entry(record)
        self._sender = sender.observed_by(self._note)
        self._reconciler = reconciler
        self._slot = slot or Slot()
        self._at = Step.CREATE
        self._was_started = False
        """Whether the campaign was started before its start in this run."""
        self._lost_at: dict[Step, float] = {}
        self.failure: str | None = None
        """The class of the error with which the campaign failed."""

    @property
    def record(self) -> CampaignRecord:
        """The latest version of the campaign's record."""
        return self._entry.record

    @record.setter
    def record(self, record: CampaignRecord) -> None:
        self._entry.record = record

    @abc.abstractmethod
    async def complete(self) -> None:
        """Take every step that is due. Errors are raised, for :meth:`fail` to record."""

    async def fail(self, error: SmartleadError) -> None:
        """Record a failure at the current step."""
        record = self._with_failure(error)
        await self._entry.save(attrs.evolve(record, state=CampaignState.FAILED, error=str(error)))

    def _with_failure(self, error: SmartleadError) -> CampaignRecord:
        self.failure = type(error).__name__
        record = self.record
        # The creator records a failed create. One with an unknown outcome stays SENT, so that the next run
        # reconciles it before it creates again.
        if self._at is not Step.CREATE:
            step = record.step(self._at)
            if step is None or step.ended_at is not None:
                # It failed before it was sent by this run.
                step = attrs.evolve(
                    step or StepRecord(self._at, StepState.SENT, 0.0), sent_at=self._journal.now()
                )
            requests = step.requests + error.attempts
            failed = self._ended(step, StepState.FAILED, requests=requests, error=str(error))
            record = record.with_step(failed)
            if self._at is Step.START and not failed.lost:
                record = attrs.evolve(record, was_started=self._was_started)
        return record

    async def _send(self, step: Step, request: Request[Any], content: str | None = None) -> None:
        """Take a step of one request."""
        await self._begin(step, content)
        response = await self._sender.send_raw(request)
        self._end(step, response.attempts)

    async def _count(self, request: Request[Any]) -> Any:
        """Send one of the requests of the current step."""
        response = await self._sender.send_raw(request)
        self._entry.count_requests(self._at, response.attempts)
        return response.value

    async def _begin(
        self, step: Step, content: str | None = None, *, waits: bool | None = None, **changes: Any
    ) -> None:
        """Record a step before it is sent, together with the end of the previous one.

        It waits for earlier requests of the step that are in doubt if their content was another one, or as
        ``waits`` says.
        """
        self._at = step
        before = self.record.step(step)
        is_in_doubt = before is not None and before.is_in_doubt
        if waits if waits is not None else before is not None and before.content != content:
            await self._wait_out(step)
            is_in_doubt = False
        if step is Step.START:
            await self._wait_out(Step.PAUSE)
        now = self._journal.now()
        begun = attrs.evolve(
            self.record.step(step) or StepRecord(step, StepState.SENT, now),
            state=StepState.SENT,
            sent_at=now,
            ended_at=None,
            error=None,
            content=content,
            # An earlier request may take effect after this one; those of another content wait for that.
            lost=is_in_doubt,
            **changes,
        )
        if step is Step.START:
            self._was_started = self.record.was_started
            self.record = attrs.evolve(self.record, was_started=True)
        await self._entry.save(self.record.with_step(begun))

    def _end(self, step: Step, requests: int, **changes: Any) -> None:
        """Mark a step as done. It is recorded with the next step; until then, repeating it does no harm."""
        begun = attrs.evolve(self.record.begun(step), **changes)
        done = self._ended(begun, StepState.DONE, requests=begun.requests + requests)
        self.record = self.record.with_step(done)

    def _ended(
        self, step: StepRecord, state: StepState, *, requests: int, error: str | None = None
    ) -> StepRecord:
        lost = step.lost or step.step in self._lost_at
        now = self._journal.now()
        return attrs.evolve(step, state=state, ended_at=now, requests=requests, error=error, lost=lost)

    async def _pause(self, found: Campaign | None = None, *, restarts: bool) -> bool:
        """Pause a running campaign; its start is due again then. Return whether somebody else has paused it.

        With ``restarts``, a campaign that somebody has paused, or that is completed, stays as it is.
        """
        self._at = Step.PAUSE
        campaign_id, earlier = self.record.server_id, self.record.step(Step.PAUSE)
        start = self.record.step(Step.START)
        await self._wait_out(Step.START)
        if found is None or (start is not None and start.is_in_doubt):
            # A start that was in doubt may have taken effect since the campaign was read.
            found = await self._sender.send(GetCampaign(campaign_id))
        is_ours = start is None or start.state is not StepState.DONE
        if found.status == CampaignStatus.ACTIVE:
            self.record = self.record.without_step(Step.START)
            await self._send(Step.PAUSE, UpdateStatus(campaign_id, CampaignAction.PAUSED))
        elif is_ours or found.status == CampaignStatus.DRAFTED or not restarts:
            self.record = self.record.without_step(Step.START)
            if earlier is not None and earlier.is_in_doubt:
                self.record = self.record.with_step(attrs.evolve(earlier, state=StepState.DONE, lost=True))
        else:
            return True
        return False

    def _note(self, attempt: Attempt) -> None:
        if attempt.error is not None and may_take_effect(attempt.error):
            self._lost_at[self._at] = asyncio.get_running_loop().time()

    async def _wait_out(self, step: Step) -> None:
        """Wait until no earlier request of a step can take effect any more."""
        before = self.record.step(step)
        if before is None or not (before.is_in_doubt or step in self._lost_at):
            return
        lost_at = self._lost_at.pop(step, self._journal.opened_at)
        left = lost_at + self._reconciler.policy.horizon - asyncio.get_running_loop().time()
        if left > 0:
            async with self._slot.given_up():
                await asyncio.sleep(left)
        self.record = self.record.with_step(attrs.evolve(before, lost=False))
