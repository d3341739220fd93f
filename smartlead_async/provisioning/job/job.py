"""Provisioning jobs: many campaigns, a few at a time, each from its create to its start.

A new campaign begins when one of those in progress is completed, or has to wait because the response to its
create was lost. Every step is recorded in the ledger before its request is sent and after its response.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterable
from typing import Any, Final, Self

import attrs

from ...errors import AuthenticationError, ConfigurationError, PermissionDenied, SmartleadError
from ...pipeline.events import Attempt
from ...pipeline.rate_limiter import recall
from ...plan.campaign import CampaignSpec
from ...plan.findings import describe
from ...typed import WrongType
from ...waiting import until_done
from ..ledger.memory import MemoryLedger
from ..ledger.protocol import LedgerError
from ..ledger.records import CampaignRecord, CampaignState
from ..report.report import Progress, Report, Traffic
from ..selection import Selection
from .campaign_list import IncompleteList
from .campaign_runs import CampaignRuns, Item, LeadsLeave
from .campaign_steps import CampaignSteps
from .client import ProvisioningClient
from .concurrency import AdaptiveConcurrency
from .job_limiter import Stopped
from .journal import Journal
from .operations import LedgerCampaigns, Operation
from .options import JobOptions
from .pending import PendingCampaigns
from .sender import GuardedSender
from .slots import Slot, Slots
from .sweep import OrphanSweep
from .told import told_campaign, told_job
from .unexpected import UnexpectedError

Publish = Callable[[CampaignRecord], Awaitable[None]]

_GRACE: Final = 0.5
"""Seconds that the workers of a stopped job have to record the responses they have just received."""


class Job:
    """A provisioning job, as returned by :meth:`SmartleadClient.provision`.

    Await it for the :class:`Report`, or iterate over it for the record of each campaign as it is completed
    (inside ``async with`` if you may leave the loop early, which ends the job). :meth:`stop` waits for the
    responses of requests in flight and ends the job. Example::

        job = client.provision(specs)
        async for campaign in job:
            print(campaign.name, campaign.state, campaign.campaign_id)
        print(job.report)
    """

    def __init__(
        self,
        client: ProvisioningClient,
        specs: Iterable[CampaignSpec],
        options: JobOptions | None = None,
        *,
        operation: Operation | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(specs, Iterable):
            raise WrongType(f"specs must be an iterable of CampaignSpec, not {describe(specs)}")
        self._options = options = options or JobOptions()
        self._client = client
        self._operation = operation
        self._wall_clock = wall_clock
        self._traffic = Traffic(limits=client.limiter.limits)
        ledger = MemoryLedger() if options.ledger is None else options.ledger
        self._journal = Journal(ledger, wall_clock=wall_clock)
        # Without windows there is nothing that a later run would have to know.
        before_send = self._journal.record_request if client.limiter.limits.windows else None
        self._sender = GuardedSender(client, on_attempt=self._note, before_send=before_send)
        self._concurrency = AdaptiveConcurrency(self._sender.limiter, client.limiter.max_in_flight)
        self._running: set[str] = set()
        self._slots = Slots(options.concurrency)
        self._stop_requested = asyncio.Event()
        self._abort: SmartleadError | None = None
        self._began = False
        self._task: asyncio.Task[Report] | None = None
        self._publishing: set[asyncio.Task[Any]] = set()
        self.report = Report(ledger=ledger, traffic=self._traffic)
        """The work done so far; complete when the job has ended."""
        selection = Selection.parse(options.select)
        pending: PendingCampaigns | LedgerCampaigns
        if operation is None:
            pending = PendingCampaigns(specs, self.report, options.allow_removals, selection)
        else:
            pending = LedgerCampaigns(operation, selection)
        self._runs = CampaignRuns(pending, options, journal=self._journal, sender=self._sender)

    # --- how it is used ------------------------------------------------------------------------------

    def __await__(self) -> Generator[Any, None, Report]:
        return self.run().__await__()

    async def __aiter__(self) -> AsyncGenerator[CampaignRecord, None]:
        completed: asyncio.Queue[CampaignRecord] = asyncio.Queue(maxsize=self._options.concurrency)
        job = self._task = asyncio.create_task(self.run(completed.put))
        try:
            while not (job.done() and completed.empty()):
                following = asyncio.ensure_future(completed.get())
                try:
                    await asyncio.wait({following, job}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not following.done():
                        following.cancel()
                if following.done() and not following.cancelled():
                    yield following.result()
            await job
        finally:
            await self._cancel()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._cancel()

    async def _cancel(self) -> None:
        """End what is still in progress when the caller leaves the loop. A later run reconciles it."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await until_done(self._task)

    def stop(self) -> None:
        """End the job: send nothing more, and record the responses of the requests in flight.

        Other jobs on the same client continue.
        """
        self._stop_requested.set()
        self._sender.stop()

    def __repr__(self) -> str:
        return f"<Job {'begun' if self._began else 'not begun'}, {self.report!r}>"

    def _repr_html_(self) -> str:
        return self.report._repr_html_()

    def progress(self) -> Progress:
        """Return a snapshot of the job's progress."""
        loop, pending = asyncio.get_running_loop(), self._runs.pending
        total, expected_requests = self._options.total, self._options.expected_requests
        if isinstance(pending, LedgerCampaigns):
            total, expected_requests = pending.total, pending.expected_requests
        progress = self.report.progress(
            now=loop.time(),
            total=total,
            expected_requests=expected_requests,
            running=len(self._running) - self._slots.waiting,
            limiter=self._sender.limiter,
            down_since=self._sender.down_since,
            outage=self._sender.outage,
        )
        if self._operation is Operation.DESTROY:
            progress = attrs.evolve(progress, done=self.report.removed)
        return progress

    async def run(self, publish: Publish | None = None) -> Report:
        """Run the job to its end and return the report.

        ``publish`` is awaited with the record of each campaign when it is completed. A wrong key ends the job
        with :class:`AuthenticationError`; everything else that can happen to a single campaign is in its
        record.
        """
        if self._began:
            raise ConfigurationError("this job has already been run: create a new one with client.provision")
        self._began = True
        if isinstance(self._runs.pending, PendingCampaigns):
            self._runs.pending.require_usable()
        with told_job(self._sender, self._operation or "provision", self.report):
            await self._run_all(publish)
        return self.report

    async def _run_all(self, publish: Publish | None) -> None:
        with self._reported():
            async with self._journal.opened():
                with self._deadline():
                    await self._until_stopped(self._resume())
                    for items in (self._runs.removals(), self._runs.campaigns()):
                        await self._until_stopped(self._work_through(items, publish))
                    if not self._sender.is_stopped:
                        if self._covers_plan:
                            await self._journal.record_applied()
                        if self._operation in (None, Operation.DESTROY):
                            await self._until_stopped(self._sweep())
        if self._abort is not None:
            raise self._abort

    @contextlib.contextmanager
    def _reported(self) -> Generator[None]:
        """Report when the job begins and ends, however it ends."""
        loop = asyncio.get_running_loop()
        self.report.start(self._wall_clock(), loop.time())
        try:
            yield
        finally:
            self.report.outage = self._sender.outage
            self.report.finish(self._wall_clock(), loop.time(), interrupted=self._sender.is_stopped)

    @contextlib.contextmanager
    def _deadline(self) -> Generator[None]:
        """Stop the job when its deadline has passed."""
        seconds = self._options.deadline
        timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self._expire)
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()

    def _expire(self) -> None:
        self.report.deadline_passed = True
        self.stop()

    # --- the plan ------------------------------------------------------------------------------------

    @property
    def _covers_plan(self) -> bool:
        """Whether the job works on all campaigns of its plan."""
        return isinstance(self._runs.pending, PendingCampaigns) and not self._options.select

    async def _resume(self) -> None:
        """Continue from what the ledger holds, or begin."""
        with contextlib.suppress(Stopped):
            await self._prepare()

    async def _prepare(self) -> None:
        limiter = self._client.limiter
        ages = await self._journal.request_ages(limiter.limits.longest_period)
        recall(limiter, ages)
        self.report.traffic.recall(ages)
        await self._runs.prepare()

    # --- the campaigns -------------------------------------------------------------------------------

    async def _work_through(self, campaigns: AsyncGenerator[Item, None], publish: Publish | None) -> None:
        """Run every pending campaign, as many at once as there are slots."""
        failure: BaseException | None = None
        try:
            async with asyncio.TaskGroup() as group:
                await self._begin_all(campaigns, group, publish)
        except BaseExceptionGroup as failures:
            failure = failures.exceptions[0]
        finally:
            await campaigns.aclose()
        if failure is not None:
            raise failure

    async def _begin_all(
        self, campaigns: AsyncIterator[Item], group: asyncio.TaskGroup, publish: Publish | None
    ) -> None:
        running: dict[asyncio.Task[None], None] = {}
        try:
            while (following := await self._following(campaigns)) is not None:
                task = group.create_task(self._work(*following, publish))
                running[task] = None
                task.add_done_callback(running.pop)
            while running:
                await asyncio.wait(tuple(running))
        except asyncio.CancelledError:
            # In the order in which they began: a group cancels in no order, and simulations would differ.
            for task in tuple(running):
                task.cancel()
            raise

    async def _following(self, campaigns: AsyncIterator[Item]) -> tuple[Item, Slot] | None:
        """Wait for a slot and return the campaign that gets it; None if no campaign is to begin any more."""
        slot = await self._slots.acquire()
        spec = None
        try:
            spec = None if self._sender.is_stopped else await anext(campaigns, None)
        except SmartleadError as error:
            self._abort_with(error)
        finally:
            if spec is None:
                slot.release()
        return None if spec is None else (spec, slot)

    async def _work(self, item: Item, slot: Slot, publish: Publish | None) -> None:
        try:
            record = await self._run(item, slot)
            is_complete = not isinstance(item, LeadsLeave) or record.state is CampaignState.FAILED
            if publish is not None and is_complete:
                await self._publish(record, publish)
        except Stopped:
            pass
        except SmartleadError as error:
            self._abort_with(error)
        finally:
            slot.release()

    async def _publish(self, record: CampaignRecord, publish: Publish) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that awaits runs in a task
        self._publishing.add(task)
        try:
            await publish(record)
        finally:
            self._publishing.discard(task)

    def _abort_with(self, error: SmartleadError) -> None:
        """End the job, since every other campaign would fail as well: a wrong key, a full disk."""
        self._abort = self._abort or error
        self.stop()

    async def _until_stopped(self, work: Coroutine[Any, Any, None]) -> None:
        """Run some work to its end; after :meth:`stop`, wait only for requests in flight."""
        task = asyncio.create_task(work)
        # All campaigns may be in a long pause, during an outage or while creates are reconciled.
        stop_requested = asyncio.create_task(self._stop_requested.wait())
        try:
            await asyncio.wait({task, stop_requested}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                await self._sender.limiter.idle()
                # Campaigns with a response record it; those that pause or wait for something are cancelled.
                await asyncio.wait({task}, timeout=_GRACE)
                if self._publishing:
                    await asyncio.wait(self._publishing)
            if task.done():
                task.result()
        finally:
            stop_requested.cancel()
            task.cancel()
            await until_done(task)

    async def _run(self, item: Item, slot: Slot) -> CampaignRecord:
        run = await self._runs.run_of(item, slot)
        key = run.record.key
        self._running.add(key)
        try:
            with told_campaign(self._sender, run):
                await _complete(run)
        finally:
            self._running.discard(key)
        self._runs.count(self.report, run)
        return run.record

    async def _sweep(self) -> None:
        """Look once more for campaigns that nobody owns, if creates were lost."""
        if not self._journal.job.to_sweep:
            return
        sweep = OrphanSweep(
            self._sender,
            self._journal,
            self._runs.reconciler,
            # What lost creates have made is made by this ledger, too.
            prune=self._options.prune_orphans or self._operation is Operation.DESTROY,
        )
        try:
            self.report.orphans = await sweep.run()
        except AuthenticationError as error:
            self._abort = error
        except Stopped:
            pass
        except SmartleadError as error:
            self.report.sweep_error = str(error)
        else:
            if all(orphan.pruned for orphan in self.report.orphans):
                await self._journal.record_clean_sweep()

    def _note(self, attempt: Attempt) -> None:
        self._traffic.note(attempt)
        self._concurrency.note(attempt)


async def _complete(run: CampaignSteps) -> None:
    """Take the steps of one campaign, and record its failure. Errors that concern all others are raised."""
    try:
        await run.complete()
    except (LedgerError, IncompleteList, Stopped):
        raise
    except SmartleadError as error:
        await run.fail(error)
        if isinstance(error, AuthenticationError):
            raise
        if isinstance(error, PermissionDenied) and run.record.campaign_id is None:
            raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one campaign, the others go on
        await run.fail(UnexpectedError.of(error))
