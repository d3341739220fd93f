"""The runner: many campaigns, a few at a time, each from its create to its start.

Workers take one campaign and see it through before they take the next, so what was begun is finished first.
Every step is on the ledger before it is sent and after it is answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterable
from typing import Any, Final, Literal, Self, TypeVar

import attrs

from ..errors import AuthenticationError, ConfigurationError, PermissionDenied, SmartleadError
from ..limits import Lane, TurnedAway
from ..models.campaigns import Campaign
from ..pipeline import Attempt, Response
from ..request import Request
from ..resources.campaign_creation import DeleteCampaign
from ..resources.email_accounts import ListEmailAccounts
from ..retry import RetryPolicy
from ._sending import SendsRequests, Stopped
from .campaign_run import CampaignRun, Services
from .circuit import Circuit
from .cloning import Templates, name_of_copy
from .creating import Creator
from .feed import Feed
from .ledger import Ledger, LedgerError, MemoryLedger
from .mailboxes import MailboxDirectory
from .pacing import Pacing
from .records import CampaignRecord, JobRecord, Step, StepState
from .report import Progress, Report, Traffic
from .settling import Orphan, Settler, Settling
from .spec import CampaignSpec

R = TypeVar("R")
T = TypeVar("T")

_GRACE: Final = 0.5
"""Seconds that a stopped job gives its workers to write down what they have just been told."""


@attrs.frozen(kw_only=True)
class JobOptions:
    """How a job runs.

    ``concurrency`` bounds the campaigns under way at once; ``strategy="clone"`` copies campaigns that share
    everything but name, client and leads, which takes fewer requests; ``prune_orphans`` lets the final sweep
    delete empty drafts that a lost create left behind; ``accept_changes`` goes on although campaigns of the
    plan differ from what the ledger began with; ``deadline`` is in seconds. ``total`` and
    ``expected_requests`` are what a check of the plan found, for the progress display, and ``plan`` is its
    fingerprint. They are the keywords of ``client.provision``. Example::

        report = await client.provision(specs, concurrency=20, strategy="clone", deadline=8 * 3600)
    """

    concurrency: int = attrs.field(default=10, validator=attrs.validators.ge(1))
    settling: Settling = attrs.field(factory=Settling)
    strategy: Literal["full", "clone"] = attrs.field(
        default="full", validator=attrs.validators.in_(("full", "clone"))
    )
    prune_orphans: bool = False
    accept_changes: bool = False
    deadline: float | None = None
    total: int | None = None
    expected_requests: int | None = None
    plan: str | None = None


class Job:
    """A provisioning job: what :meth:`SmartleadClient.provision` gives.

    Await it for the :class:`Report`, or iterate over it for each campaign's record as it comes to its end
    (inside ``async with`` if you may leave the loop early: that ends the job before it goes on).
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
        self._traffic = Traffic(limits=client.limiter.limits)
        self._client = client.with_options(lane=Lane.BULK, on_attempt=self._note)
        self._pacing = Pacing(client.limiter, client.limiter.max_in_flight)
        self._ledger: Ledger = MemoryLedger() if ledger is None else ledger
        self._wall_clock = wall_clock
        self._circuit = Circuit(probe=self._probe)
        self._settler = Settler(
            self._client,
            self._ledger,
            self._options.settling,
            guard=self._guarded,
            wall_clock=wall_clock,
        )
        self._job = JobRecord()
        cloning = self._options.strategy == "clone"
        self._templates = Templates(self._options.accept_changes) if cloning else None
        self._services = Services(
            send=self._send,
            save=self._save,
            creator=Creator(
                send=self._send,
                forget=self._forget,
                lost=self._note_lost,
                marked=self._note_mark,
                settler=self._settler,
                wall_clock=wall_clock,
            ),
            mailboxes=MailboxDirectory(self._send),
            templates=self._templates,
            wall_clock=wall_clock,
            accept_changes=self._options.accept_changes,
        )
        self._feed_lock = asyncio.Lock()
        self._stopping = False
        self._stop_asked = asyncio.Event()
        self._abort: SmartleadError | None = None
        self._last_lost_at: float | None = None
        self._running: dict[str, CampaignRun] = {}
        self._began = False
        self._task: asyncio.Task[Report] | None = None
        self._publishing: set[asyncio.Task[Any] | None] = set()
        self.report = Report(ledger=self._ledger, traffic=self._traffic)
        """What has been done so far; complete when the job has ended."""
        self._feed = Feed(specs, self._options.accept_changes, self.report.count_finished_before)

    # --- how people use it ---------------------------------------------------------------------------

    def __await__(self) -> Generator[Any, None, Report]:
        return self.run().__await__()

    async def __aiter__(self) -> AsyncGenerator[CampaignRecord, None]:
        outcomes: asyncio.Queue[CampaignRecord] = asyncio.Queue(maxsize=self._options.concurrency)
        job = self._task = asyncio.create_task(self.run(outcomes.put))
        try:
            while not (job.done() and outcomes.empty()):
                coming = asyncio.ensure_future(outcomes.get())
                try:
                    await asyncio.wait({coming, job}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not coming.done():
                        coming.cancel()
                if coming.done() and not coming.cancelled():
                    yield coming.result()
            await job
        finally:
            await self._cut_off()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._cut_off()

    async def _cut_off(self) -> None:
        """Nobody looks any more: end what is still under way. A later run settles it."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task})

    def stop(self) -> None:
        """End the job: nothing more is sent, what is under way is answered and recorded.

        Other jobs on the same client end with it.
        """
        self._stopping = True
        self._stop_asked.set()
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
        self._feed.refuse_equal_keys()
        loop = asyncio.get_running_loop()
        self.report.start(self._wall_clock(), loop.time())
        deadline = None
        try:
            self._job = await self._ledger.open()
            await self._take_up()
            if self._options.deadline is not None:
                deadline = loop.call_later(self._options.deadline, self._time_is_up)
            await self._work_through(publish)
            if not self._stopping:
                await self._drive([asyncio.create_task(self._sweep())])
        finally:
            try:
                if deadline is not None:
                    deadline.cancel()
                self._client.limiter.welcome(Lane.BULK)
                self._pacing.restore()
                self.report.finish(self._wall_clock(), loop.time(), interrupted=self._stopping)
            finally:
                await self._ledger.aclose()
        if self._abort is not None:
            raise self._abort
        return self.report

    # --- the plan ------------------------------------------------------------------------------------

    async def _take_up(self) -> None:
        """Carry on from what the ledger holds, or begin."""
        job, plan = self._job, self._options.plan
        await self._feed.take_up(self._ledger, same_plan=plan is not None and plan == job.plan)
        self._settler.mark = job.mark
        if job.mark is None and self._feed.lowest_id is not None:
            # Killed between the first answer and its mark. That create went out alone, so nothing is below.
            self._settler.saw(self._feed.lowest_id)
        elif job.mark is None:
            # Before the answer of another create gives a mark above the one that was left behind.
            await self._drive([asyncio.create_task(self._find_mark())])
        if self._templates is not None:
            for key in self._feed.templates:
                if (record := await self._ledger.get(key)) is not None:
                    self._templates.known(record)
        began_at = self._wall_clock() if job.began_at is None else job.began_at
        await self._save_job(began_at=began_at, plan=plan, mark=self._settler.mark)

    async def _find_mark(self) -> None:
        for key in self._feed.without_id:
            record = await self._ledger.get(key)
            create = record.step(Step.CREATE) if record is not None else None
            if create is not None and create.state is StepState.SENT:
                with contextlib.suppress(Stopped):
                    await self._settler.find_mark(max(self._wall_clock() - create.sent_at, 0.0))
                return

    async def _work_through(self, publish: Callable[[CampaignRecord], Awaitable[None]] | None) -> None:
        feed = self._feed.campaigns()
        try:
            workers = range(self._options.concurrency)
            await self._drive([asyncio.create_task(self._work(feed, publish)) for _ in workers])
        finally:
            await feed.aclose()

    async def _drive(self, tasks: list[asyncio.Task[None]]) -> None:
        """See tasks to their end, or to that of what is under way when the job is stopped."""
        try:
            await self._watch(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, workers: list[asyncio.Task[None]]) -> None:
        """Wait for the workers; when the job is stopped, for no more than what is under way."""
        pending = set(workers)
        # All of them may be in a long pause, while the service is away or a create is being settled.
        asked = asyncio.create_task(self._stop_asked.wait())
        try:
            while pending and not self._stopping:
                done, _ = await asyncio.wait({*pending, asked}, return_when=asyncio.FIRST_COMPLETED)
                for worker in pending & done:
                    worker.result()
                pending -= done
        finally:
            asked.cancel()
        if pending:
            await self._client.limiter.idle(Lane.BULK)
            # Who has an answer writes it down; who is in a pause or in line for something is sent home.
            await asyncio.wait(pending, timeout=_GRACE)
        if handing_over := pending & self._publishing:
            await asyncio.wait(handing_over)

    async def _work(
        self, feed: AsyncIterator[CampaignSpec], publish: Callable[[CampaignRecord], Awaitable[None]] | None
    ) -> None:
        while not self._stopping:
            try:
                async with self._feed_lock:
                    spec = await anext(feed, None)
                if spec is None:
                    return
                outcome = await self._provision(spec)
            except Stopped:
                return
            except SmartleadError as error:
                # What no other campaign could be spared: a wrong key, a full disk, a plan that is not one.
                self._abort = self._abort or error
                self.stop()
                return
            if publish is not None:
                self._publishing.add(asyncio.current_task())
                await publish(outcome)
                self._publishing.discard(asyncio.current_task())

    async def _provision(self, spec: CampaignSpec) -> CampaignRecord:
        before = await self._ledger.get(spec.identity) if self._feed.has_begun(spec) else None
        run = self._running[spec.identity] = CampaignRun(spec, before, self._services)
        try:
            await run.complete()
        except LedgerError:
            raise
        except SmartleadError as error:
            await run.fail(error)
            if isinstance(error, AuthenticationError):
                raise
            if isinstance(error, PermissionDenied) and run.record.campaign_id is None:
                raise
        finally:
            del self._running[spec.identity]
        self.report.count(run.record)
        return run.record

    # --- the ends ------------------------------------------------------------------------------------

    async def _sweep(self) -> None:
        """After lost creates: look once more for campaigns that nobody owns."""
        if not self._job.to_sweep:
            return
        if self._last_lost_at is not None:
            horizon = self._last_lost_at + self._options.settling.horizon
            await asyncio.sleep(horizon - asyncio.get_running_loop().time())
        try:
            unowned = await self._settler.unowned()
            suspects = {campaign.name for campaign in unowned}
            planned: set[str | None] = set()
            async for head in self._ledger.heads():
                planned |= suspects & {head.name, name_of_copy(head.name)}
            ours = [campaign for campaign in unowned if campaign.name in planned]
            self.report.orphans = tuple([await self._judged(campaign) for campaign in ours])
        except AuthenticationError as error:
            self._abort = error
        except Stopped:
            pass
        except SmartleadError as error:
            self.report.sweep_error = str(error)
        else:
            if all(orphan.pruned for orphan in self.report.orphans):
                await self._save_job(to_sweep=False)

    async def _judged(self, campaign: Campaign) -> Orphan:
        pruned = False
        if self._options.prune_orphans and await self._settler.is_empty(campaign):
            await self._send(DeleteCampaign(campaign.id))
            pruned = True
        return Orphan(campaign.id, campaign.name, campaign.client_id, str(campaign.status), pruned)

    # --- the wire and the ledger ---------------------------------------------------------------------

    async def _send(self, request: Request[T]) -> Response[T]:
        spent = 0

        async def once() -> Response[T]:
            nonlocal spent
            try:
                response = await self._client.send_raw(request)
            except SmartleadError as error:
                spent = error.attempts = spent + error.attempts
                raise
            return attrs.evolve(response, attempts=spent + response.attempts)

        return await self._guarded(once, repeatable=request.is_repeatable)

    async def _guarded(self, operation: Callable[[], Awaitable[R]], *, repeatable: bool = True) -> R:
        """Wait out every outage; :class:`Stopped` in place of whatever would be sent after a stop."""
        if self._stopping:
            raise Stopped
        try:
            return await self._circuit.call(operation, repeatable=repeatable)
        except TurnedAway:
            if not self._stopping:
                # By another job on this client.
                self.stop()
            raise Stopped from None

    async def _probe(self) -> object:
        return await self._client.with_options(retry=RetryPolicy.NEVER).send(ListEmailAccounts(limit=1))

    async def _save(self, record: CampaignRecord) -> None:
        await _to_its_end(self._ledger.save(attrs.evolve(record, updated_at=self._wall_clock())))

    async def _forget(self, key: str) -> None:
        await _to_its_end(self._ledger.forget(key))

    async def _save_job(self, **changes: Any) -> None:
        self._job = attrs.evolve(self._job, **changes)
        await _to_its_end(self._ledger.save_job(self._job))

    async def _note_lost(self) -> None:
        self._last_lost_at = asyncio.get_running_loop().time()
        await self._save_job(lost_creates=self._job.lost_creates + 1, to_sweep=True)

    async def _note_mark(self) -> None:
        if self._settler.mark != self._job.mark:
            await self._save_job(mark=self._settler.mark)

    def _time_is_up(self) -> None:
        self.report.deadline_passed = True
        self.stop()

    def _note(self, attempt: Attempt) -> None:
        self._traffic.note(attempt)
        self._pacing.note(attempt)


async def _to_its_end(write: Coroutine[Any, Any, object]) -> None:
    """A write that a cancellation does not cut short: what is being recorded is recorded."""
    task = asyncio.ensure_future(write)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
