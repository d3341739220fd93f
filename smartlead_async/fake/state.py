"""The fake's state: mailboxes, campaigns, their leads, and the mails that were sent to them.

These are plain records; the rules are in the handlers. Times are unix times; ids grow and are never reused.
Tests may read all of it, and may write to it if no method of the fake does what they need.
"""

from __future__ import annotations

import bisect
import enum
from typing import Any

import attrs


class CampaignStatus(enum.StrEnum):
    """The statuses of a campaign in responses."""

    DRAFTED = "DRAFTED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    COMPLETED = "COMPLETED"
    ARCHIVED = "ARCHIVED"


class LeadStatus(enum.StrEnum):
    """The statuses of a lead of a campaign in responses."""

    STARTED = "STARTED"
    INPROGRESS = "INPROGRESS"
    COMPLETED = "COMPLETED"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    BLOCKED = "BLOCKED"


@attrs.define(eq=False)
class EmailAccount:
    """A mailbox that campaigns send from."""

    id: int
    from_email: str
    from_name: str
    created_at: float
    updated_at: float
    client_id: int | None = None
    type: str = "SMTP"
    smtp_ok: bool = True
    imap_ok: bool = True
    suspended: bool = False
    tags: list[str] = attrs.field(factory=list)
    message_per_day: int = 40
    minutes_between: int = 5
    signature: str | None = None
    tracking_domain: str | None = None
    bcc: str | None = None
    reply_to: str | None = None
    connection: dict[str, Any] = attrs.field(factory=dict, repr=False)
    warmup: dict[str, Any] | None = None
    warmup_since: float | None = None
    """The time at which warm-up was turned on; None while it is off."""
    campaign_ids: dict[int, None] = attrs.field(factory=dict)
    sent_at: list[float] = attrs.field(factory=list, repr=False)
    """Times of the mails of sequences sent from it, oldest first; also of campaigns deleted since."""

    def sent_since(self, moment: float) -> int:
        """Return how many mails of sequences were sent from it since a moment."""
        return len(self.sent_at) - bisect.bisect_left(self.sent_at, moment)

    @property
    def usable(self) -> bool:
        """Whether it can be linked to a campaign: both connections work and it is not suspended."""
        return self.smtp_ok and self.imap_ok and not self.suspended


@attrs.define(eq=False)
class Variant:
    """A variant of a step's mail."""

    id: int
    label: str
    subject: str
    body: str
    percentage: int | None
    created_at: float


@attrs.define(eq=False)
class Step:
    """One mail of a sequence."""

    id: int
    number: int
    delay_in_days: int
    subject: str
    body: str | None
    created_at: float
    updated_at: float
    variants: list[Variant] = attrs.field(factory=list)
    options: dict[str, Any] = attrs.field(factory=dict)
    """variant_distribution_type, lead_distribution_percentage, winning_metric_property, seq_type."""

    def content(self) -> dict[str, Any]:
        """Return the content of the step, without ids and timestamps."""
        return {
            "number": self.number,
            "delay_in_days": self.delay_in_days,
            "subject": self.subject,
            "body": self.body,
            "variants": [(v.label, v.subject, v.body, v.percentage) for v in self.variants],
            **self.options,
        }


@attrs.define(eq=False)
class Lead:
    """The record of an address in an account, shared by all its campaigns."""

    id: int
    email: str
    created_at: float
    first_name: str | None = None
    last_name: str | None = None
    company_name: str | None = None
    phone_number: str | int | None = None
    website: str | None = None
    location: str | None = None
    linkedin_profile: str | None = None
    company_url: str | None = None
    custom_fields: dict[str, str] | None = None
    unsubscribed: bool = False
    memberships: list[CampaignLead] = attrs.field(factory=list, repr=False)

    def content(self) -> dict[str, Any]:
        """Return the imported fields that have a value."""
        fields = {name: getattr(self, name) for name in LEAD_FIELDS}
        return {name: value for name, value in fields.items() if value is not None}


LEAD_FIELDS = (
    "first_name",
    "last_name",
    "company_name",
    "phone_number",
    "website",
    "location",
    "linkedin_profile",
    "company_url",
    "custom_fields",
)


@attrs.define(eq=False)
class CampaignLead:
    """The membership of a lead in a campaign, which SmartLead calls the campaign lead map."""

    map_id: int
    lead: Lead
    campaign: Campaign = attrs.field(repr=False)
    created_at: float
    status: LeadStatus = LeadStatus.STARTED
    category_id: int | None = None
    last_step: int = 0
    unsubscribed: bool = False
    email_account_id: int | None = None
    not_before: float = 0.0
    """The earliest time of the next mail, for a lead that was resumed or pushed with a delay."""
    has_unread: bool = False
    """Whether the inbox shows a reply of the lead as unread."""
    mails: list[Mail] | None = None
    """The mails to the lead and its replies, oldest first."""
    last_sent: Mail | None = attrs.field(default=None, repr=False)
    """The newest mail of the sequence among them."""

    @property
    def is_unsubscribed(self) -> bool:
        """Whether the lead gets no more mail, from this campaign or from any."""
        return self.unsubscribed or self.lead.unsubscribed


class MailKind(enum.Enum):
    """The kinds of mails in a thread."""

    SENT = "a mail of the sequence"
    REPLY = "a reply of the lead"
    MANUAL = "a mail that was written in the inbox"


@attrs.define(eq=False)
class Mail:
    """A mail to a lead, or a reply of the lead. Merge tags are filled in when it is read."""

    id: int
    kind: MailKind
    member: CampaignLead = attrs.field(repr=False)
    at: float
    mailbox: EmailAccount | None
    subject: str
    body: str = attrs.field(repr=False)
    step_number: int = 0
    """The number of the step, or of the step that is replied to."""
    step: Step | None = attrs.field(default=None, repr=False)
    variant: Variant | None = attrs.field(default=None, repr=False)
    answers: Mail | None = attrs.field(default=None, repr=False)
    """The mail that a reply belongs to."""
    events: list[MailEvent] = attrs.field(factory=list, repr=False)

    @property
    def stats_id(self) -> str:
        """The id that a mail and the replies to it have in common."""
        return self.answers.stats_id if self.answers is not None else f"stats-{self.id:08d}"

    @property
    def message_id(self) -> str:
        """The Message-ID header."""
        return f"<{self.id}@{'prospect' if self.kind is MailKind.REPLY else 'sender'}.example>"

    @property
    def mailbox_address(self) -> str:
        """The address on our side of the mail."""
        return self.mailbox.from_email if self.mailbox is not None else "sender@sender.example"

    def times(self, kind: EventKind) -> list[float]:
        """Return when events of a kind happened to the mail."""
        return [event.at for event in self.events if event.kind is kind]


class EventKind(enum.StrEnum):
    """The kinds of events of a mail."""

    SENT = "SENT"
    OPEN = "OPEN"
    CLICK = "CLICK"
    REPLY = "REPLY"
    BOUNCE = "BOUNCE"
    UNSUBSCRIBE = "UNSUBSCRIBE"


@attrs.define(eq=False)
class MailEvent:
    """An entry of a campaign's log, from which all figures are taken."""

    kind: EventKind
    at: float
    mail: Mail = attrs.field(repr=False)
    """The mail of the sequence that it happened to."""
    reply: Mail | None = attrs.field(default=None, repr=False)
    detail: str = ""
    """The link that was clicked, or the text of the bounce."""


@attrs.define(eq=False)
class Schedule:
    """The sending times of a campaign."""

    timezone: str
    days: tuple[int, ...]
    start_hour: str
    end_hour: str


@attrs.define(eq=False)
class Webhook:
    """A webhook of a campaign, a client or the user."""

    id: int
    name: str
    url: str
    event_types: list[str]
    categories: list[str]
    created_at: float
    updated_at: float
    level: str = "campaign"
    campaign_id: int | None = None
    client_id: int | None = None


@attrs.define(eq=False)
class Campaign:
    """A campaign with all its parts; a new one has the documented defaults."""

    id: int
    name: str
    created_at: float
    updated_at: float
    client_id: int | None = None
    parent_campaign_id: int | None = None
    status: CampaignStatus = CampaignStatus.DRAFTED
    sequences: list[Step] = attrs.field(factory=list, repr=False)
    schedule: Schedule | None = None
    schedule_start_time: str | None = None
    min_time_between_emails: int = 20
    max_leads_per_day: int = 100
    track_settings: list[str] = attrs.field(factory=list)
    stop_lead_settings: str = "REPLY_TO_AN_EMAIL"
    unsubscribe_text: str | None = None
    send_as_plain_text: bool = False
    follow_up_percentage: int = 100
    enable_ai_esp_matching: bool = False
    settings: dict[str, Any] = attrs.field(factory=dict)
    """Settings that can be written but are not in responses (bounce_autopause_threshold, …)."""
    email_account_ids: dict[int, int] = attrs.field(factory=dict)
    """The ids of the linked mailboxes, each with the id of the link."""
    leads: dict[int, CampaignLead] = attrs.field(factory=dict, repr=False)
    webhooks: dict[int, Webhook] = attrs.field(factory=dict, repr=False)
    events: list[MailEvent] = attrs.field(factory=list, repr=False)
    """The events of its mails, oldest first."""
    condition_events: list[Any] = attrs.field(factory=list, repr=False)
    team_member_id: int | None = None
    listed_from: float = 0.0
    """The time of the fake's clock from which lists show the campaign."""
    cached_json: bytes | None = attrs.field(default=None, repr=False)
    """The campaign as JSON, until it changes."""

    def touch(self, at: float) -> None:
        """Record that the campaign has changed."""
        self.updated_at = at
        self.cached_json = None

    def missing_for_start(self) -> str | None:
        """Return the first part that is missing for a START; None if the campaign can start."""
        if not self.sequences:
            return "a sequence with at least one step"
        if not self.email_account_ids:
            return "an email account"
        if not self.leads:
            return "a lead"
        return None if self.schedule is not None else "a schedule"
