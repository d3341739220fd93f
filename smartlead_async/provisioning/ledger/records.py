"""What is known of a job: one record for each campaign, kept by a ledger, read by reports."""

from __future__ import annotations

import enum
from typing import Any, Self

import attrs

from ...plan.step import Step


class StepState(enum.StrEnum):
    """How far a step has come. SENT without an answer is what a crash leaves behind."""

    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


class CampaignState(enum.StrEnum):
    """How far a campaign has come. FAILED ones are tried again when the job is run again."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@attrs.frozen
class StepRecord:
    """One step of one campaign. Instants are unix time; ``requests`` counts what was sent for it."""

    step: Step
    state: StepState
    sent_at: float
    ended_at: float | None = None
    requests: int = 0
    batches: int = 0
    """Lead batches that were answered; a resumed job goes on behind them."""
    looks: int = 0
    """Looks for a lost create that found nothing; a resumed job goes on behind them, too."""
    error: str | None = None


@attrs.frozen
class LeadTally:
    """What became of the leads of a campaign, as SmartLead counts them."""

    sent: int = 0
    added: int = 0
    already_there: int = 0
    skipped: int = 0
    """Duplicates elsewhere, blocked, unsubscribed, bounced or invalid addresses."""

    def __add__(self, other: LeadTally) -> LeadTally:
        return LeadTally(
            self.sent + other.sent,
            self.added + other.added,
            self.already_there + other.already_there,
            self.skipped + other.skipped,
        )


@attrs.frozen
class CampaignRecord:
    """One campaign of a job: its place in the plan, its id on the server, its steps so far.

    ``fingerprint`` is a digest of the spec it was made from; ``creates`` counts the creates that were sent,
    which is one unless answers were lost. Never a key in here, never a lead. Example::

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
    adopted: bool = False
    """The answer to its create was lost, and the campaign was found by looking."""
    signature: str | None = None
    """What it shares with the campaigns it could be copied from or to, in a job that clones."""
    copy_of: int | None = None
    """The campaign on the server that it is a copy of."""
    copy_name: str | None = None
    """What SmartLead calls that copy until it is renamed."""
    is_template: bool = False
    """It stands with everything that a copy takes over."""
    is_revised: bool = False
    """The plan changed after its create: it is set up anew, its name included."""
    leads: LeadTally = attrs.field(factory=LeadTally)
    steps: tuple[StepRecord, ...] = ()
    error: str | None = None
    updated_at: float = 0.0

    @property
    def head(self) -> RecordHead:
        """The part that :class:`RecordHead` has."""
        return RecordHead(
            self.key,
            self.name,
            self.client_id,
            self.fingerprint,
            self.state,
            self.campaign_id,
            self.is_template,
            self.leads,
        )

    def step(self, step: Step) -> StepRecord | None:
        """The record of one step, if it has begun."""
        return next((record for record in self.steps if record.step is step), None)

    def begun(self, step: Step) -> StepRecord:
        """The record of a step that has certainly begun."""
        record = self.step(step)
        if record is None:
            raise LookupError(f"{self.key!r} has not begun {step}")
        return record

    @property
    def server_id(self) -> int:
        """``campaign_id``, of a campaign that has certainly been created."""
        if self.campaign_id is None:
            raise LookupError(f"{self.key!r} is not created")
        return self.campaign_id

    def is_done(self, step: Step) -> bool:
        """Whether a step has come to its good end."""
        record = self.step(step)
        return record is not None and record.state is StepState.DONE

    def with_step(self, record: StepRecord, **changes: Any) -> Self:
        """This record with one step replaced or added, and other changes."""
        others = [kept for kept in self.steps if kept.step is not record.step]
        return attrs.evolve(self, steps=(*others, record), **changes)

    @property
    def is_under_way(self) -> bool:
        """Whether it exists on the server, or may: it was created, or its create has no answer yet."""
        create = self.step(Step.CREATE)
        return create is not None and create.state is not StepState.FAILED

    @property
    def requests(self) -> int:
        """How many requests its steps took."""
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
            # Its record says "sent": nobody knows whether one of them worked.
            return Step.CREATE
        return failed


@attrs.frozen
class RecordHead:
    """What a resumed job has to know of every campaign before it goes on: little, for 100,000 of them."""

    key: str
    name: str
    client_id: int | None
    fingerprint: str
    state: CampaignState
    campaign_id: int | None
    is_template: bool
    leads: LeadTally


@attrs.frozen
class JobRecord:
    """What a ledger knows of its job as a whole.

    ``mark`` is the newest campaign id before the first create: whatever is newer may be ours.
    """

    plan: str | None = None
    """The fingerprint of the plan."""
    mark: int | None = None
    began_at: float | None = None
    lost_creates: int = 0
    """Creates without an answer, ever."""
    to_sweep: bool = False
    """Creates were lost since the last sweep that found nothing: the job ends with another one."""


@attrs.frozen
class Orphan:
    """A campaign on the server that looks like one of ours and belongs to no record."""

    campaign_id: int
    name: str
    client_id: int | None
    status: str
    pruned: bool = False
