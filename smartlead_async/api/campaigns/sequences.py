"""Models of sequences: the emails of a campaign, their delays and their A/B variants."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from typing import Any

import attrs

from ...fields import Between, Matches, OneOf, wire
from ...typed import Typed


class VariantDistribution(enum.StrEnum):
    """The way leads are distributed over the variants of a step."""

    MANUAL_EQUAL = "MANUAL_EQUAL"
    MANUAL_PERCENTAGE = "MANUAL_PERCENTAGE"
    AI_EQUAL = "AI_EQUAL"


class WinningMetric(enum.StrEnum):
    """The metric that decides which variant is best."""

    OPEN_RATE = "OPEN_RATE"
    CLICK_RATE = "CLICK_RATE"
    REPLY_RATE = "REPLY_RATE"
    POSITIVE_REPLY_RATE = "POSITIVE_REPLY_RATE"


class StepType(enum.StrEnum):
    """The type of a step: sent by SmartLead, or done by hand."""

    EMAIL = "EMAIL"
    MANUAL = "MANUAL"


@attrs.frozen
class Delay(Typed):
    """A delay in days after the previous step (0 or more)."""

    delay_in_days: int = attrs.field(validator=Between(minimum=0))


@attrs.frozen
class VariantInput(Typed):
    """A variant of a step's email. ``variant_label`` is one capital letter, percentages are integers."""

    subject: str
    email_body: str
    variant_label: str = attrs.field(validator=Matches("[A-Z]", "one capital letter"))
    variant_distribution_percentage: int | None = attrs.field(default=None, validator=Between(0, 100))
    id: int | None = None


@attrs.frozen
class StepInput(Typed):
    """One email of a sequence, to be saved.

    The subject of step 2 and later may be empty: the email then continues the thread of step 1. A step with
    ``seq_variants`` may leave out its own subject and body. To keep an existing step, set its ``id``.
    Example::

        StepInput(1, Delay(0), subject="Hello {{first_name}}", email_body="<p>…</p>")
    """

    seq_number: int = attrs.field(validator=Between(minimum=1))
    seq_delay_details: Delay
    subject: str | None = None
    email_body: str | None = None
    seq_variants: Sequence[VariantInput] | None = None
    variant_distribution_type: VariantDistribution | str | None = attrs.field(
        default=None, validator=OneOf(VariantDistribution)
    )
    lead_distribution_percentage: int | None = attrs.field(default=None, validator=Between(20, 100))
    winning_metric_property: WinningMetric | str | None = attrs.field(
        default=None, validator=OneOf(WinningMetric)
    )
    seq_type: StepType | str | None = attrs.field(default=None, validator=OneOf(StepType))
    id: int | None = None


@attrs.frozen
class SequenceDelay:
    """A delay in days after the previous step, as saved."""

    delay_in_days: int | None = attrs.field(default=None, metadata=wire("delayInDays", "delay_in_days"))


@attrs.frozen
class SequenceVariant:
    """A variant of a step's email, as saved."""

    id: int
    variant_label: str | None = attrs.field(default=None, metadata=wire("variant_label", "variant_name"))
    subject: str | None = None
    email_body: str | None = None
    variant_distribution_percentage: float | None = None
    optional_email_body_1: str | None = None
    is_deleted: bool | None = None
    email_campaign_seq_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@attrs.frozen
class SequenceStep:
    """One email of a campaign's sequence, as saved.

    The variants are read as ``sequence_variants`` and saved as ``StepInput.seq_variants``. Example::

        for step in await client.campaigns.get_sequences(4101):
            print(step.seq_number, step.subject, len(step.sequence_variants))
    """

    id: int
    seq_number: int
    subject: str | None = None
    email_body: str | None = None
    seq_delay_details: SequenceDelay | None = None
    sequence_variants: list[SequenceVariant] = attrs.field(
        factory=list, metadata=wire("sequence_variants", "seq_variants")
    )
    variant_distribution_type: VariantDistribution | str | None = None
    seq_type: StepType | str | None = None
    email_campaign_id: int | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None


@attrs.frozen
class SequencesSaved:
    """The result of saving a sequence.

    ``data`` has many shapes: read the sequence back if you need its ids.
    """

    ok: bool = True
    data: Any = None
