"""The runner: many campaigns, a few at a time, each from its create to its start.

Workers take one campaign and see it through before they take the next, so what was begun is finished first.
Every step is on the ledger before it is sent and after it is answered.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
)
from typing import Any, TypeVar

import attrs

from ..errors import AuthenticationError, ConfigurationError, PermissionDenied, SmartleadError
from ..limits import Lane, TurnedAway
from ..models.campaigns import Campaign, CampaignCreated
from ..pipeline import Attempt, Response
from ..request import Request
from ..resources.campaigns import CreateCampaign, DeleteCampaign
from ..resources.email_accounts import ListEmailAccounts
from ..retry import RetryPolicy
from ._sending import SendsRequests
from .circuit import Circuit
from .creating import CreateLost, Creation, Creator
from .ledger import Ledger, LedgerError, MemoryLedger
from .mailboxes import MailboxDirectory
from .records import CampaignRecord, CampaignState, JobRecord, Step, StepRecord, StepState
from .report import Progress, Report, Traffic
from .settling import Orphan, Settler, Settling
from .spec import CampaignSpec, with_keys
from .steps import lead_batches, request_for, steps_of, tally

T = TypeVar("T")


class _Stopped(Exception):
    """Control flow: the job was asked to stop."""


@attrs.frozen(kw_only=True)
class JobOptions:
    """How a job runs.

    ``concurrency`` bounds the campaigns under way at once; ``prune_orphans`` lets the final sweep delete empty
    drafts that a lost create left behind; ``accept_changes`` goes on although campaigns of the plan differ
    from what the ledger began with; ``total`` and ``expected_requests`` are what a check of the plan found,
    for the progress display; ``deadline`` is in seconds.
    """

    concurrency: int = attrs.field(default=10, validator=attrs.validators.ge(1))
    settling: Settling = attrs.field(factory=Settling)
    prune_orphans: bool = False
    accept_changes: bool = False
    deadline: float | None = None
    total: int | None = None
    expected_requests: int | None = None
    plan: str | None = None


class Job:
    """A provisioning job: what :meth:`SmartleadClient.provision` gives.

    Await it for the :class:`Report`, or iterate over it for each campaign's record as it comes to its end.
    :meth:`stop` lets requests that are under way be answered and ends the job. Example::

        job = client.provision(specs)
        async for campaign in job:
            print(campaign.name, campaign.state, campaign.campaign_id)
        print(job.report)
    """

    def __init__(
        self,
        client: SendsRequests,
        specs: Iterable[CampaignSpec],
        *,
        ledger: Ledger | None = None,
        options: JobOptions | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._options = options or JobOptions()
        self._traffic = Traffic()
        self._client = client.with_options(lane=Lane.BULK, on_attempt=self._note)
        self._specs = specs
        self._ledger: Ledger = MemoryLedger() if ledger is None else ledger
        self._wall_clock = wall_clock
        self._circuit = Circuit(probe=self._probe)
        self._settler = Settler(self._client, self._ledger, self._options.settling)
        self._mailboxes = MailboxDirectory(self._send)
        self._job = JobRecord()
        self._creator = Creator(
            send=self._send,
            save=self._save,
            lost=self._note_lost,
            settler=self._settler,
            wall_clock=wall_clock,
        )
        self._feed_lock = asyncio.Lock()
        self._stopping = False
        self._abort: SmartleadError | None = None
        self._last_lost_at: float | None = None
        self._running: dict[str, CampaignRecord] = {}
        self._began = False
        self.report = Report(ledger=self._ledger, traffic=self._traffic)
        """What has been done so far; complete when the job has ended."""

    # --- how people use it ---------------------------------------------------------------------------

    def __await__(self) -> Generator[Any, None, Report]:
        return self.run().__await__()

    async def __aiter__(self) -> AsyncIterator[CampaignRecord]:
        outcomes: asyncio.Queue[CampaignRecord | None] = asyncio.Queue(maxsize=self._options.concurrency)

        async def work() -> None:
            try:
                await self.run(outcomes.put)
            finally:
                await outcomes.put(None)

        task = asyncio.create_task(work())
        try:
            while (outcome := await outcomes.get()) is not None:
                yield outcome
            await task
        finally:
            task.cancel()
            while not task.done():
                # The job may be putting its last outcomes into a queue that nobody reads any more.
                if not outcomes.empty():
                    outcomes.get_nowait()
                await asyncio.sleep(0)

    def stop(self) -> None:
        """End the job: nothing more is sent, what is under way is answered and recorded."""
        self._stopping = True
        self._client.limiter.turn_away(Lane.BULK)

    def progress(self) -> Progress:
        """Where the job is right now."""
        loop = asyncio.get_running_loop()
        return self.report.progress(
            now=loop.time(),
            total=self._options.total,
            expected_requests=self._options.expected_requests,
            running=len(self._running),
            limiter=self._client.limiter,
            down_since=self._circuit.open_since,
        )

    async def run(self, publish: Callable[[CampaignRecord], Awaitable[None]] | None = None) -> Report:
        """Run the job to its end and give the report.

        A wrong key ends it with :class:`AuthenticationError`; everything else that can happen to a single
        campaign is in its record.
        """
        if self._began:
            raise ConfigurationError("this job has run already: make a new one with client.provision")
        self._began = True
        loop = asyncio.get_running_loop()
        self.report.start(self._wall_clock(), loop.time())
        self._job = await self._ledger.open()
        try:
            await self._take_up()
            await self._work_through(publish)
            if not self._stopping:
                await self._sweep()
        finally:
            self.report.finish(self._wall_clock(), loop.time(), interrupted=self._stopping)
            await self._ledger.aclose()
        if self._abort is not None:
            raise self._abort
        return self.report

    # --- the plan ------------------------------------------------------------------------------------

    async def _take_up(self) -> None:
        """Carry on from what the ledger holds, or begin."""
        self._settler.mark = self._job.mark
        if self._job.began_at is None:
            await self._save_job(began_at=self._wall_clock(), plan=self._options.plan)
        elif self._options.plan is None or self._options.plan != self._job.plan:
            await self._refuse_changes()
            await self._save_job(plan=self._options.plan)

    async def _refuse_changes(self) -> None:
        if isinstance(self._specs, Iterator):
            return  # Can be read only once: each campaign is compared when its turn comes.
        changed = [_key(spec) for spec in with_keys(self._specs) if await self._has_changed(spec)]
        if changed and not self._options.accept_changes:
            some = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
            raise LedgerError(
                f"the plan has changed since this ledger was begun, in {some}. Use another ledger, undo the "
                "change, or accept it (--accept-changes): unfinished campaigns are then made as the plan "
                "says now, finished ones stay as they are"
            )

    async def _has_changed(self, spec: CampaignSpec) -> bool:
        record = await self._ledger.get(_key(spec))
        return record is not None and record.fingerprint != spec.fingerprint()

    async def _feed(self) -> AsyncGenerator[CampaignSpec, None]:
        """The campaigns in the order of the plan, those that were begun before first."""
        begun = {record.key async for record in self._ledger.records(CampaignState.RUNNING)}
        if begun and not isinstance(self._specs, Iterator):
            left = set(begun)
            for spec in with_keys(self._specs):
                if _key(spec) in left:
                    left.discard(_key(spec))
                    yield spec
                if not left:
                    break
        else:
            begun = set()
        for spec in with_keys(self._specs):
            if _key(spec) not in begun:
                yield spec

    async def _work_through(self, publish: Callable[[CampaignRecord], Awaitable[None]] | None) -> None:
        feed = self._feed()
        try:
            async with asyncio.timeout(self._options.deadline):
                workers = [
                    asyncio.create_task(self._work(feed, publish)) for _ in range(self._options.concurrency)
                ]
                try:
                    await self._watch(workers)
                finally:
                    for worker in workers:
                        worker.cancel()
                    await asyncio.gather(*workers, return_exceptions=True)
        except TimeoutError:
            self._stopping = True
            self.report.deadline_passed = True
        finally:
            await feed.aclose()

    async def _watch(self, workers: list[asyncio.Task[None]]) -> None:
        """Wait for the workers; when the job is stopped, for no more than what is under way."""
        pending = set(workers)
        while pending and not self._stopping:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for worker in done:
                worker.result()
        if pending:
            await self._client.limiter.idle()

    async def _work(
        self, feed: AsyncIterator[CampaignSpec], publish: Callable[[CampaignRecord], Awaitable[None]] | None
    ) -> None:
        while not self._stopping:
            async with self._feed_lock:
                spec = await anext(feed, None)
            if spec is None:
                return
            try:
                outcome = await self._provision(spec)
            except _Stopped:
                return
            except (AuthenticationError, PermissionDenied) as error:
                self._abort = error
                self.stop()
                return
            if publish is not None:
                await publish(outcome)

    # --- one campaign --------------------------------------------------------------------------------

    async def _provision(self, spec: CampaignSpec) -> CampaignRecord:
        before = await self._ledger.get(_key(spec))
        if before is not None and before.state is CampaignState.DONE:
            self.report.count_finished_before(before)
            return before
        self._running[_key(spec)] = before or CampaignRecord(_key(spec), spec.name, spec.client_id)
        try:
            self._take_over(spec, before)
            await self._set_up(spec)
        except (LedgerError, _Stopped):
            raise
        except SmartleadError as error:
            await self._fail(spec, error)
            if isinstance(error, AuthenticationError) or (
                isinstance(error, PermissionDenied) and self._running[_key(spec)].campaign_id is None
            ):
                raise
        finally:
            record = self._running.pop(_key(spec))
        self.report.count(record)
        return record

    def _take_over(self, spec: CampaignSpec, before: CampaignRecord | None) -> None:
        """The record to go on with: what an earlier run left, if the campaign is still the same."""
        spec.validate()
        fingerprint = spec.fingerprint()
        record = attrs.evolve(
            self._running[_key(spec)], fingerprint=fingerprint, state=CampaignState.RUNNING, error=None
        )
        if before is not None and before.fingerprint != fingerprint:
            if not self._options.accept_changes:
                raise LedgerError(f"campaign {_key(spec)!r} has changed since this ledger was begun")
            # Set up anew but for the create, so that the server ends up with what the plan says now.
            kept = tuple(step for step in record.steps if step.step is Step.CREATE)
            record = attrs.evolve(record, name=spec.name, steps=kept)
        self._running[_key(spec)] = record

    async def _set_up(self, spec: CampaignSpec) -> None:
        """Every step that is not done yet. The record in ``_running`` is always the latest."""
        key = _key(spec)
        record = await self._creator.ensure(self._running[key], self._creation(spec))
        self._running[key] = record
        for step in steps_of(spec):
            if step is Step.CREATE or self._running[key].is_done(step):
                continue
            if step is Step.LEADS:
                await self._import_leads(spec, record.server_id)
            else:
                await self._take(spec, step, record.server_id)
        await self._save(attrs.evolve(self._running[key], state=CampaignState.DONE))

    def _creation(self, spec: CampaignSpec) -> Creation:
        request = CreateCampaign(spec.name, client_id=spec.client_id)
        return Creation(request, _created_id, spec.name, spec.client_id)

    async def _take(self, spec: CampaignSpec, step: Step, campaign_id: int) -> None:
        mailbox_ids: tuple[int, ...] = ()
        if step is Step.MAILBOXES and spec.mailboxes is not None:
            mailbox_ids = await self._mailboxes.ids(spec.mailboxes)
        await self._begin(spec, step)
        response = await self._send(request_for(step, spec, campaign_id, mailbox_ids))
        self._end(spec, step, response.attempts)

    async def _import_leads(self, spec: CampaignSpec, campaign_id: int) -> None:
        key = _key(spec)
        begun = await self._begin(spec, Step.LEADS)
        for request in lead_batches(spec, campaign_id, after=begun.batches):
            response = await self._send(request)
            imported = tally(request.lead_list, response.value)
            record = self._running[key]
            step = record.begun(Step.LEADS)
            step = attrs.evolve(step, batches=step.batches + 1, requests=step.requests + response.attempts)
            await self._save(record.with_step(step, leads=record.leads + imported))
        self._end(spec, Step.LEADS, 0)

    async def _begin(self, spec: CampaignSpec, step: Step) -> StepRecord:
        """On the ledger before it is sent; the end of the step before goes along."""
        record = self._running[_key(spec)]
        now = self._wall_clock()
        before = record.step(step) or StepRecord(step, StepState.SENT, now)
        begun = attrs.evolve(before, state=StepState.SENT, sent_at=now, ended_at=None, error=None)
        await self._save(record.with_step(begun))
        return begun

    def _end(self, spec: CampaignSpec, step: Step, requests: int) -> None:
        """Done; it goes on the ledger with the next step or the end, and would be harmless to repeat."""
        record = self._running[_key(spec)]
        begun = record.begun(step)
        done = attrs.evolve(
            begun, state=StepState.DONE, ended_at=self._wall_clock(), requests=begun.requests + requests
        )
        self._running[_key(spec)] = record.with_step(done)

    async def _fail(self, spec: CampaignSpec, error: SmartleadError) -> None:
        record = self._running[_key(spec)]
        # What is still unknown stays SENT, so that the next run looks before it creates.
        open_steps = [
            s for s in record.steps if s.state is StepState.SENT and not isinstance(error, CreateLost)
        ]
        for step in open_steps:
            failed = attrs.evolve(
                step,
                state=StepState.FAILED,
                ended_at=self._wall_clock(),
                requests=step.requests + error.attempts,
                error=str(error),
            )
            record = record.with_step(failed)
        await self._save(attrs.evolve(record, state=CampaignState.FAILED, error=str(error)))

    # --- the ends ------------------------------------------------------------------------------------

    async def _sweep(self) -> None:
        """After lost creates: look once more for campaigns that nobody owns."""
        if not self._job.lost_creates:
            return
        if self._last_lost_at is not None:
            horizon = self._last_lost_at + self._options.settling.horizon
            await asyncio.sleep(horizon - asyncio.get_running_loop().time())
        names = {(r.name, r.client_id) async for r in self._ledger.records()}
        unowned = await self._circuit.call(self._settler.unowned)
        ours = [campaign for campaign in unowned if (campaign.name, campaign.client_id) in names]
        self.report.orphans = tuple([await self._judged(campaign) for campaign in ours])

    async def _judged(self, campaign: Campaign) -> Orphan:
        pruned = False
        if self._options.prune_orphans and await self._settler.is_empty(campaign):
            await self._send(DeleteCampaign(campaign.id))
            pruned = True
        return Orphan(campaign.id, campaign.name, campaign.client_id, str(campaign.status), pruned)

    # --- the wire and the ledger ---------------------------------------------------------------------

    async def _send(self, request: Request[T]) -> Response[T]:
        if self._stopping:
            raise _Stopped
        try:
            return await self._circuit.call(lambda: self._client.send_raw(request))
        except TurnedAway:
            raise _Stopped from None

    async def _probe(self) -> object:
        return await self._client.with_options(retry=RetryPolicy.NEVER).send(ListEmailAccounts(limit=1))

    async def _save(self, record: CampaignRecord) -> None:
        self._running[record.key] = record = attrs.evolve(record, updated_at=self._wall_clock())
        await _to_its_end(self._ledger.save(record))

    async def _save_job(self, **changes: Any) -> None:
        self._job = attrs.evolve(self._job, **changes)
        await _to_its_end(self._ledger.save_job(self._job))

    async def _note_lost(self) -> None:
        self._last_lost_at = asyncio.get_running_loop().time()
        await self._save_job(lost_creates=self._job.lost_creates + 1, mark=self._settler.mark)

    def _note(self, attempt: Attempt) -> None:
        self._traffic.note(attempt)


def _key(spec: CampaignSpec) -> str:
    return spec.identity


def _created_id(answer: CampaignCreated) -> int:
    return answer.id


async def _to_its_end(write: Coroutine[Any, Any, None]) -> None:
    """A write that a cancellation does not cut short: what is being recorded is recorded."""
    task = asyncio.ensure_future(write)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
