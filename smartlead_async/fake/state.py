"""The fake's state: accounts, keys, clients, mailboxes, campaigns and their leads.

These are plain records; the rules are in the handlers. Times are unix times; ids grow and are never reused.
Tests may read all of it, and may write to it if no method of the fake does what they need.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator
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
class Client:
    """A client (sub-account) of an account."""

    id: int
    name: str
    email: str | None = None


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
    campaign_ids: dict[int, None] = attrs.field(factory=dict)

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
    messages: list[dict[str, Any]] | None = None


@attrs.define(eq=False)
class Schedule:
    """The sending times of a campaign."""

    timezone: str
    days: tuple[int, ...]
    start_hour: str
    end_hour: str


@attrs.define(eq=False)
class Webhook:
    """A webhook of a campaign."""

    id: int
    name: str
    url: str
    event_types: list[str]
    categories: list[str]
    created_at: float
    updated_at: float


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


@attrs.define(eq=False)
class Account:
    """A SmartLead account with everything in it."""

    id: int
    name: str = "Example Agency"
    clients: dict[int, Client] = attrs.field(factory=dict)
    campaigns: dict[int, Campaign] = attrs.field(factory=dict)
    email_accounts: dict[int, EmailAccount] = attrs.field(factory=dict)
    leads: dict[int, Lead] = attrs.field(factory=dict)
    leads_by_email: dict[str, Lead] = attrs.field(factory=dict)
    campaign_leads_by_map_id: dict[int, CampaignLead] = attrs.field(factory=dict)
    lead_lists: dict[int, list[int]] = attrs.field(factory=dict)
    blocked: set[str] = attrs.field(factory=set)
    """Addresses and domains, in lower case."""
    unsubscribed: set[str] = attrs.field(factory=set)
    bounced: set[str] = attrs.field(factory=set)
    """The community bounce list."""
    lead_quota: int | None = None
    reconnects: list[float] = attrs.field(factory=list)
    tag_ids: dict[str, int] = attrs.field(factory=dict)

    def tag_id(self, name: str) -> int:
        """Return the id of a mailbox tag, which is created on first use."""
        return self.tag_ids.setdefault(name, 10 + len(self.tag_ids))


@attrs.frozen
class Access:
    """The access of an API key: to an account, or to one client of it."""

    key: str = attrs.field(repr=False)
    account: Account
    client_id: int | None = None

    def sees(self, client_id: int | None) -> bool:
        """Return whether an object of this client (None: of no client) is visible."""
        return self.client_id is None or self.client_id == client_id

    def campaign(self, campaign_id: int) -> Campaign | None:
        """Return a campaign, if it exists and is visible."""
        campaign = self.account.campaigns.get(campaign_id)
        return campaign if campaign is not None and self.sees(campaign.client_id) else None

    def email_account(self, email_account_id: int) -> EmailAccount | None:
        """Return a mailbox, if it exists and is visible."""
        mailbox = self.account.email_accounts.get(email_account_id)
        return mailbox if mailbox is not None and self.sees(mailbox.client_id) else None

    def lead(self, lead_id: int) -> Lead | None:
        """Return a lead, if it exists and is visible: a client's key sees those in the client's campaigns."""
        lead = self.account.leads.get(lead_id)
        if lead is None or self.client_id is None:
            return lead
        return lead if any(self.sees(member.campaign.client_id) for member in lead.memberships) else None


class Ids:
    """The counters of ids, shared by all accounts as on the server."""

    def __init__(self) -> None:
        self.account: Iterator[int] = itertools.count(77)
        self.client: Iterator[int] = itertools.count(301)
        self.email_account: Iterator[int] = itertools.count(501)
        self.webhook: Iterator[int] = itertools.count(801)
        self.link: Iterator[int] = itertools.count(3301)
        self.campaign: Iterator[int] = itertools.count(4101)
        self.step: Iterator[int] = itertools.count(6101)
        self.variant: Iterator[int] = itertools.count(16201)
        self.map: Iterator[int] = itertools.count(70001)
        self.lead: Iterator[int] = itertools.count(900001)
        self.message: Iterator[int] = itertools.count(1)
