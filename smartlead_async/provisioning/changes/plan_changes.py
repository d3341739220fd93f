"""The diff of a plan: every campaign compared with the ledger, and the totals. Nothing is sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterable
from typing import Any, Literal, Protocol

import attrs

from ...digests import fingerprint_digest, key_digest
from ...limits import RateLimits
from ...plan.campaign import CampaignSpec
from ...plan.keys import require_client_id
from ...plan.request_count import RequestCount
from ...plan.step import Step
from ..ledger.protocol import Ledger
from ..ledger.records import CampaignState, JobRecord
from ..selection import Selection
from .change import Action, CampaignChange
from .compare import compare, removal
from .plan_walk import PlanWalk
from .totals import ChangeTotals


class Refresher(Protocol):
    """Reads campaigns from the server, and counts its requests."""

    requests: int

    async def of(self, planned: CampaignChange, /) -> CampaignChange:
        """Return a change with the drift of its campaign."""
        ...


class PlanChanges:
    """The changes that provisioning would make, as returned by :meth:`SmartleadClient.plan_changes`.

    Iterate over it for one :class:`CampaignChange` for each campaign of the plan, and for each campaign of
    the ledger that the plan no longer has; or await it for the :class:`ChangeTotals`, which are complete
    in ``totals`` after an iteration, too. Example::

        changes = client.plan_changes(specs, ledger)
        async for change in changes:
            print(change.action, change.name, change.leads)
        print(changes.totals)
    """

    def __init__(
        self,
        specs: Iterable[CampaignSpec],
        ledger: Ledger,
        *,
        selection: Selection,
        limits: RateLimits = RateLimits.STANDARD,
        strategy: Literal["full", "clone"] = "full",
        plan: str | None = None,
        refresh: Callable[[], Refresher] | None = None,
    ) -> None:
        self._specs = specs
        self._ledger = ledger
        self._selection = selection
        self._limits = limits
        self._strategy = strategy
        self._plan = plan
        self._refresh = refresh
        self.totals = ChangeTotals(limits=limits)
        """The totals of what was compared so far."""

    def __await__(self) -> Generator[Any, None, ChangeTotals]:
        return self._run().__await__()

    async def __aiter__(self) -> AsyncGenerator[CampaignChange, None]:
        self.totals = ChangeTotals(limits=self._limits)
        try:
            job = await self._ledger.open()
            walk = PlanWalk(self._selection, allow_names=True)
            comparison = _Comparison(self._ledger, walk, is_same_plan=self._is_current(job))
            requests = _Requests(RequestCount(), self._strategy)
            refresher = None if self._refresh is None else self._refresh()
            async for spec, compared in comparison.changes(self._specs):
                change = compared
                if refresher is not None:
                    change = await refresher.of(compared)
                    self.totals.refresh_requests = refresher.requests
                self.totals.add(change)
                if change.action is not Action.NONE:
                    requests.add(spec, change)
                    self.totals.requests = requests.total()
                yield change
        finally:
            await self._ledger.aclose()

    async def _run(self) -> ChangeTotals:
        async for _ in self:
            pass
        return self.totals

    def _is_current(self, job: JobRecord) -> bool:
        return self._plan is not None and self._plan == job.applied_plan

    def __repr__(self) -> str:
        return f"<PlanChanges, compared so far: {self.totals}>"

    def _repr_html_(self) -> str:
        return self.totals._repr_html_()


@attrs.define
class _Comparison:
    """One pass over a plan and a ledger. It keeps digests of the ledger's records."""

    ledger: Ledger
    walk: PlanWalk
    is_same_plan: bool = attrs.field(kw_only=True)
    states: dict[int, CampaignState] = attrs.field(factory=dict)
    _fingerprints: dict[int, int] = attrs.field(factory=dict)

    async def changes(
        self, specs: Iterable[CampaignSpec]
    ) -> AsyncIterator[tuple[CampaignSpec | None, CampaignChange]]:
        async for head in self.ledger.heads():
            key = key_digest(head.key)
            self.states[key], self._fingerprints[key] = head.state, fingerprint_digest(head.fingerprint)
        async for spec in self.walk.specs(specs, self.states):
            if self.states:
                # With nothing to compare it with, a campaign is new whatever the id of its client is.
                require_client_id(spec)
            key = key_digest(spec.identity)
            is_done = self.states.get(key) is CampaignState.DONE
            yield spec, await self._change(spec, self._fingerprints[key] if is_done else None)
        async for head in self.walk.removed(self.ledger, self.states):
            yield None, removal(head)

    async def _change(self, spec: CampaignSpec, finished: int | None) -> CampaignChange:
        """Return the change of a campaign; ``finished`` is the digest of what it was finished with."""
        if finished is not None and (self.is_same_plan or fingerprint_digest(spec.fingerprint()) == finished):
            return CampaignChange(
                key=spec.identity, name=spec.name, client_id=spec.client_id, action=Action.NONE
            )
        return await compare(spec, await self.ledger.get(spec.identity), self.ledger)


@attrs.define
class _Requests:
    """The requests of all changes together: lists that serve the whole job are counted once."""

    _count: RequestCount
    _strategy: str
    _others: int = 0

    def add(self, spec: CampaignSpec | None, change: CampaignChange) -> None:
        """Count one campaign; ``spec`` is None if it is removed."""
        if spec is not None and change.action is Action.CREATE:
            self._count.add(spec, change.leads.added)
            return
        self._others += change.requests
        if spec is not None and Step.MAILBOXES in change.steps:
            self._count.add_lookup(spec)

    def total(self) -> int:
        """Return the number of requests."""
        counted = self._count.clone if self._strategy == "clone" else self._count.full
        return counted + self._others
