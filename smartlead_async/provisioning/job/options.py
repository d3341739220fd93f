"""The options of a job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

from ...typed import Typed
from ..ledger.protocol import Ledger


def _as_tuple(checks: Iterable[float]) -> tuple[float, ...]:
    return tuple(checks)


@attrs.frozen
class ReconcilePolicy(Typed):
    """The times of the checks for a campaign whose create got no response: seconds after it was lost.

    Lists may lag and a create may take effect late, so several checks are made. Only if the last one finds
    nothing is the campaign created again. One list request serves all campaigns that are waiting. Example::

        client.provision(specs, reconcile=ReconcilePolicy(checks=(10, 60)))
    """

    checks: tuple[float, ...] = attrs.field(
        default=(5.0, 15.0, 45.0), validator=attrs.validators.min_len(1), converter=_as_tuple
    )

    @property
    def horizon(self) -> float:
        """Seconds after which a lost create is assumed to have had no effect."""
        return self.checks[-1]


@attrs.frozen(kw_only=True)
class JobOptions(Typed):
    """The options of a job, which are the keywords of ``client.provision``.

    ``ledger`` records progress so that the job can be resumed; by default it is kept in memory.
    ``concurrency`` bounds the campaigns in progress at once. ``strategy="clone"`` duplicates campaigns that
    share everything but name, client and leads, which takes fewer requests. ``prune_orphans`` lets the final
    sweep delete empty drafts that a lost create left behind. ``allow_removals`` lets the job remove what the
    plan no longer has: leads, mailboxes, steps, a schedule, whole campaigns. ``create_anyway`` lets a job
    with a new ledger create campaigns although others of their name and client exist. ``select`` restricts
    the job to a part of the plan, see :class:`Selection`. ``deadline`` is in seconds. ``total`` and
    ``expected_requests`` are the results of checking the plan, for the progress display, and ``plan`` is its
    fingerprint. Example::

        report = await client.provision(specs, concurrency=20, strategy="clone", deadline=8 * 3600)
    """

    ledger: Ledger | None = None
    concurrency: int = attrs.field(default=10, validator=attrs.validators.ge(1))
    strategy: Literal["full", "clone"] = attrs.field(
        default="full", validator=attrs.validators.in_(("full", "clone"))
    )
    reconcile: ReconcilePolicy = attrs.field(factory=ReconcilePolicy)
    prune_orphans: bool = False
    allow_removals: bool = False
    create_anyway: bool = False
    select: Sequence[str] = ()
    deadline: float | None = None
    total: int | None = None
    expected_requests: int | None = None
    plan: str | None = None
