"""Provisioning jobs: many campaigns, a few at a time, each from its create to its start.

A worker completes one campaign before it takes the next, so campaigns in progress are finished first. Every
step is recorded in the ledger before its request is sent and after its response.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterable
from typing import Any, Final, Self

from ...errors import AuthenticationError, ConfigurationError, PermissionDenied, SmartleadError
from ...pipeline.events import Attempt
from ...plan.campaign import CampaignSpec
from ...plan.step import Step
from ..ledger.memory import MemoryLedger
from ..ledger.protocol import LedgerError
from ..ledger.records import CampaignRecord, StepState
from ..report.report import Progress, Report, Traffic
from .campaign_run import CampaignRun
from .client import ProvisioningClient
from .clone import Templates
from .concurrency import AdaptiveConcurrency
from .create import Creator
from .job_limiter import Stopped
from .journal import Journal
from .mailboxes import MailboxDirectory
from .options import JobOptions
from .pending import PendingCampaigns
from .reconcile import Reconciler
from .sender import GuardedSender
from .sweep import OrphanSweep

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
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._options = options = options or JobOptions()
        self._client = client
        self._wall_clock = wall_clock
        self._traffic = Traffic(limits=client.limiter.limits)
        self._sender = GuardedSender(client, on_attempt=self._note)
        self._concurrency = AdaptiveConcurrency(self._sender.limiter, client.limiter.max_in_flight)
        ledger = MemoryLedger() if options.ledger is None else options.ledger
        self._journal = Journal(ledger, wall_clock=wall_clock)
        self._reconciler = Reconciler(self._sender, self._journal, options.reconcile)
        self._creator = Creator(self._sender, self._journal, self._reconciler)
        self._mailboxes = MailboxDirectory(self._sender)
        self._templates = Templates(options.accept_changes) if options.strategy == "clone" else None
        self._running: set[str] = set()
        self._queue_lock = asyncio.Lock()
        self._stop_requested = asyncio.Event()
        self._abort: SmartleadError | None = None
        self._began = False
        self._task: asyncio.Task[Report] | None = None
        self._publishing: set[asyncio.Task[Any] | None] = set()
        self.report = Report(ledger=ledger, traffic=self._traffic)
        """What has been done so far; complete when the job has ended."""
        self._pending = PendingCampaigns(specs, options.accept_changes, self.report)

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
            await asyncio.wait({self._task})

    def stop(self) -> None:
        """End the job: send nothing more, and record the responses of the requests in flight.

        Other jobs on the same client continue.
        """
        self._stop_requested.set()
        self._sender.stop()

    def progress(self) -> Progress:
        """Return a snapshot of the job's progress."""
        loop = asyncio.get_running_loop()
        return self.report.progress(
            now=loop.time(),
            total=self._options.total,
            expected_requests=self._options.expected_requests,
            running=len(self._running),
            limiter=self._sender.limiter,
            down_since=self._sender.down_since,
        )

    async def run(self, publish: Publish | None = None) -> Report:
        """Run the job to its end and return the report.

        ``publish`` is awaited with the record of each campaign when it is completed. A wrong key ends the job
        with :class:`AuthenticationError`; everything else that can happen to a single campaign is in its
        record.
        """
        if self._began:
            raise ConfigurationError("this job has already been run: create a new one with client.provision")
        self._began = True
        self._pending.reject_duplicate_keys()
        with self._reported():
            async with self._journal.opened():
                await self._resume()
                with self._deadline():
                    await self._work_through(publish)
                    if not self._sender.is_stopped:
                        await self._drive([asyncio.create_task(self._sweep())])
        if self._abort is not None:
            raise self._abort
        return self.report

    @contextlib.contextmanager
    def _reported(self) -> Generator[None]:
        """Report when the job begins and ends, however it ends."""
        loop = asyncio.get_running_loop()
        self.report.start(self._wall_clock(), loop.time())
        try:
            yield
        finally:
            self._concurrency.restore()
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

    async def _resume(self) -> None:
        """Continue from what the ledger holds, or begin."""
        job, plan = self._journal.job, self._options.plan
        await self._pending.load(self._journal.ledger, same_plan=plan is not None and plan == job.plan)
        if job.baseline_id is None and self._pending.lowest_id is not None:
            # Killed between the first response and its baseline. That create was sent alone, so no other
            # campaign of this job has a smaller id.
            await self._journal.record_own_id(self._pending.lowest_id)
        elif job.baseline_id is None:
            # Before the response to another create gives a baseline above the campaign that was left behind.
            await self._drive([asyncio.create_task(self._find_baseline())])
        if self._templates is not None:
            for key in self._pending.templates:
                if (record := await self._journal.ledger.get(key)) is not None:
                    self._templates.known(record)
        await self._journal.record_begin(plan)

    async def _find_baseline(self) -> None:
        for key in self._pending.without_id:
            record = await self._journal.ledger.get(key)
            create = record.step(Step.CREATE) if record is not None else None
            if create is not None and create.state is StepState.SENT:
                with contextlib.suppress(Stopped):
                    await self._reconciler.find_baseline(max(self._wall_clock() - create.sent_at, 0.0))
                return

    # --- the workers ---------------------------------------------------------------------------------

    async def _work_through(self, publish: Publish | None) -> None:
        campaigns = self._pending.campaigns()
        try:
            workers = range(self._options.concurrency)
            await self._drive([asyncio.create_task(self._work(campaigns, publish)) for _ in workers])
        finally:
            await campaigns.aclose()

    async def _drive(self, tasks: list[asyncio.Task[None]]) -> None:
        """Wait for tasks; after :meth:`stop`, only for requests in flight."""
        try:
            await self._wait_for(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _wait_for(self, tasks: list[asyncio.Task[None]]) -> None:
        pending = set(tasks)
        # All of them may be in a long pause, during an outage or while a create is reconciled.
        stop_requested = asyncio.create_task(self._stop_requested.wait())
        try:
            while pending and not self._sender.is_stopped:
                done, _ = await asyncio.wait({*pending, stop_requested}, return_when=asyncio.FIRST_COMPLETED)
                for task in pending & done:
                    task.result()
                pending -= done
        finally:
            stop_requested.cancel()
        if pending:
            await self._sender.limiter.idle()
            # Tasks with a response record it; those that pause or wait for something are cancelled.
            await asyncio.wait(pending, timeout=_GRACE)
        if publishing := pending & self._publishing:
            await asyncio.wait(publishing)

    async def _work(self, campaigns: AsyncIterator[CampaignSpec], publish: Publish | None) -> None:
        while not self._sender.is_stopped:
            try:
                async with self._queue_lock:
                    spec = await anext(campaigns, None)
                if spec is None:
                    return
                record = await self._provision(spec)
            except Stopped:
                return
            except SmartleadError as error:
                # Every other campaign would fail as well: a wrong key, a full disk, an invalid plan.
                self._abort = self._abort or error
                self.stop()
                return
            if publish is not None:
                self._publishing.add(asyncio.current_task())
                await publish(record)
                self._publishing.discard(asyncio.current_task())

    async def _provision(self, spec: CampaignSpec) -> CampaignRecord:
        ledger = self._journal.ledger
        before = await ledger.get(spec.identity) if self._pending.has_begun(spec) else None
        run = self._run_of(spec, before)
        self._running.add(spec.identity)
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
            self._running.discard(spec.identity)
        self.report.count(run.record)
        return run.record

    def _run_of(self, spec: CampaignSpec, before: CampaignRecord | None) -> CampaignRun:
        return CampaignRun(
            spec,
            before,
            journal=self._journal,
            sender=self._sender,
            creator=self._creator,
            mailboxes=self._mailboxes,
            templates=self._templates,
            accept_changes=self._options.accept_changes,
        )

    async def _sweep(self) -> None:
        """Look once more for campaigns that nobody owns, if creates were lost."""
        if not self._journal.job.to_sweep:
            return
        sweep = OrphanSweep(self._sender, self._journal, self._reconciler, prune=self._options.prune_orphans)
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
