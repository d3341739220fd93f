"""The records of a job: one for each campaign, kept by a ledger and read by reports."""

from __future__ import annotations

import enum
from collections import Counter
from typing import Any, Final, Self

import attrs

from ...plan.step import Step

_LEFT_TO_OTHERS: Final = ("duplicate", "skipped")
"""The reasons of SmartLead for leaving out leads that other campaigns have."""


LEAD_BYTES: Final = 16
"""What the ledger holds of a lead: the digest of its address, and that of all its data."""


class StepState(enum.StrEnum):
    """The state of a step. A crash leaves a step in flight as SENT."""

    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


class CampaignState(enum.StrEnum):
    """The state of a campaign. FAILED ones are retried when the job is run again."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    PAUSED = "paused"
    """Paused by the operator; the next run of the job starts it again if the plan says so."""


@attrs.frozen
class StepRecord:
    """One step of one campaign. Timestamps are unix time; ``requests`` counts the requests sent for it."""

    step: Step
    state: StepState
    sent_at: float
    ended_at: float | None = None
    requests: int = 0
    batches: int = 0
    """Lead batches with a response."""
    checks: int = 0
    """Checks for a lost create that found nothing; a resumed job continues after them, too."""
    error: str | None = None
    content: str | None = None
    """The digest of what was sent."""
    lost: bool = False
    """The response to one of its requests was lost, which may take effect late.

    Of a create: the campaign is an adopted copy, which may still have what it has inherited.
    """
    mailbox_ids: tuple[int, ...] = ()
    """The mailboxes that the campaign was given, or may have been given."""
    settings: tuple[str, ...] = ()
    """The settings that the plan has set at some time, and may have changed since."""
    was_unfinished: bool = False
    """The campaign was not what its plan says when the operator paused it."""

    @property
    def is_in_doubt(self) -> bool:
        """Whether a request that was sent for it may still take effect."""
        return self.lost or self.state is StepState.SENT


@attrs.frozen
class LeadBatch:
    """The leads of one import, as 16 bytes each: the digest of the address, and that of all its data.

    It is written before the import is sent, and again with ``is_done`` after the response.
    """

    number: int
    entries: bytes
    is_done: bool

    def __len__(self) -> int:
        """Return the number of leads."""
        return len(self.entries) // LEAD_BYTES


@attrs.frozen
class LeadTally:
    """The outcome of importing the leads of a campaign, as SmartLead counts them."""

    sent: int = 0
    added: int = 0
    already_there: int = 0
    skipped: int = 0
    """Duplicates elsewhere, blocked, unsubscribed, bounced or invalid addresses."""
    left_out: dict[str, int] = attrs.field(factory=dict, eq=False)
    """The same by reason, as far as SmartLead gave one."""

    def __add__(self, other: LeadTally) -> LeadTally:
        return LeadTally(
            self.sent + other.sent,
            self.added + other.added,
            self.already_there + other.already_there,
            self.skipped + other.skipped,
            dict(Counter(self.left_out) + Counter(other.left_out)) if other.left_out else self.left_out,
        )

    @property
    def left_to_others(self) -> int:
        """The number of leads that were left out because other campaigns had them."""
        return sum(self.left_out.get(reason, 0) for reason in _LEFT_TO_OTHERS)

    def with_fewer_left_out(self, number: int) -> Self:
        """Return this tally with so many leads less that were left out, those that others had first."""
        reasons = sorted(self.left_out, key=lambda reason: reason not in _LEFT_TO_OTHERS)
        left_out, rest = dict(self.left_out), number
        for reason in reasons:
            taken = min(left_out[reason], rest)
            left_out[reason] -= taken
            rest -= taken
        some = {reason: count for reason, count in left_out.items() if count}
        return attrs.evolve(self, skipped=max(self.skipped - number, 0), left_out=some)


@attrs.frozen
class CampaignRecord:
    """One campaign of a job: its place in the plan, its id on the server, its steps so far.

    ``fingerprint`` is a digest of the spec it was made from; ``creates`` counts the creates that were sent,
    which is one unless responses were lost. It holds no API key and no leads. Example::

        async for campaign in client.provision(specs):
            print(campaign.name, campaign.campaign_id, campaign.failed_step, campaign.error)
    """

    key: str
    name: str
    client_id: int | None
    fingerprint: str = ""
    state: CampaignState = CampaignState.RUNNING
    campaign_id: int | None = None
    creates: int = 0
    lost: int = 0
    """Creates whose outcome was unknown, each of which may have made a campaign."""
    adopted: bool = False
    """The response to its create was lost, and the campaign was found in the list."""
    signature: str | None = None
    """The content it shares with the campaigns it could be copied from or to, in a job that clones."""
    copy_of: int | None = None
    """The campaign on the server that it is a copy of."""
    copy_name: str | None = None
    """The name that SmartLead gives to that copy until it is renamed."""
    is_template: bool = False
    """It has everything that a copy inherits."""
    was_started: bool = False
    """It was started at some time, so that mail may have been sent."""
    leads: LeadTally = attrs.field(factory=LeadTally)
    steps: tuple[StepRecord, ...] = ()
    error: str | None = None
    updated_at: float = 0.0

    @property
    def head(self) -> RecordHead:
        """The part that a resumed job reads first."""
        return RecordHead(
            self.key,
            self.name,
            self.client_id,
            self.fingerprint,
            self.state,
            self.campaign_id,
            self.signature is not None,
            self.copy_name,
            self.lost - self.adopted,
            self.leads,
        )

    def step(self, step: Step) -> StepRecord | None:
        """Return the record of a step, or None if it has not begun."""
        return next((record for record in self.steps if record.step is step), None)

    def begun(self, step: Step) -> StepRecord:
        """Return the record of a step that has begun."""
        record = self.step(step)
        if record is None:
            raise LookupError(f"{self.key!r} has not begun {step}")
        return record

    @property
    def server_id(self) -> int:
        """The ``campaign_id`` of a campaign that has been created."""
        if self.campaign_id is None:
            raise LookupError(f"{self.key!r} is not created")
        return self.campaign_id

    def is_done(self, step: Step) -> bool:
        """Return whether a step was completed successfully."""
        record = self.step(step)
        return record is not None and record.state is StepState.DONE

    def without_step(self, *steps: Step) -> Self:
        """Return this record without some steps."""
        return attrs.evolve(self, steps=tuple(kept for kept in self.steps if kept.step not in steps))

    def with_step(self, record: StepRecord, **changes: Any) -> Self:
        """Return this record with one step replaced or added, and other changes."""
        others = [kept for kept in self.steps if kept.step is not record.step]
        return attrs.evolve(self, steps=(*others, record), **changes)

    @property
    def is_under_way(self) -> bool:
        """Whether it exists on the server or may exist: its create was sent and did not fail."""
        create = self.step(Step.CREATE)
        return create is not None and create.state is not StepState.FAILED

    @property
    def requests(self) -> int:
        """The number of requests that its steps took."""
        return sum(record.requests for record in self.steps)

    @property
    def failed_step(self) -> Step | None:
        """The step at which it stopped, if it failed."""
        failed = next((record.step for record in self.steps if record.state is StepState.FAILED), None)
        if (
            failed is None
            and self.state is CampaignState.FAILED
            and self.campaign_id is None
            and self.creates
        ):
            # Its record says "sent": the outcome of its creates is unknown.
            return Step.CREATE
        return failed


@attrs.frozen
class RecordHead:
    """The part of a record that a resumed job keeps of every campaign: little, for 100,000 of them."""

    key: str
    name: str
    client_id: int | None
    fingerprint: str
    state: CampaignState
    campaign_id: int | None
    has_copies: bool
    """It is, or is to become, the template of others."""
    copy_name: str | None
    lost: int
    """Lost creates that may have made a campaign other than its own."""
    leads: LeadTally

    @property
    def names(self) -> tuple[str, ...]:
        """The planned name, and the one that the campaign has as a copy until it is renamed."""
        return (self.name,) if self.copy_name is None else (self.name, self.copy_name)

    @property
    def is_on_server(self) -> bool:
        """Whether it exists on the server, or may exist."""
        return self.campaign_id is not None or self.state is CampaignState.RUNNING or self.lost > 0


@attrs.frozen
class JobRecord:
    """The record of a job as a whole.

    ``baseline_id`` is the newest campaign id before the first create: newer campaigns may belong to the job.
    """

    plan: str | None = None
    """The fingerprint of the plan of the latest run."""
    baseline_id: int | None = None
    began_at: float | None = None
    lost_creates: int = 0
    """Creates without a response, over all runs."""
    to_sweep: bool = False
    """Creates were lost since the last clean sweep, so the job ends with another one."""
    waited: float = 0.0
    """Seconds that the runs of the job have waited for that sweep since the last loss."""
    applied_plan: str | None = None
    """The fingerprint of the plan that every finished campaign agrees with."""


@attrs.frozen
class Orphan:
    """A campaign on the server that looks like one of ours and belongs to no record."""

    campaign_id: int
    name: str
    client_id: int | None
    status: str
    pruned: bool = False
