"""The fake's accounts: their clients, keys and everything in them."""

from __future__ import annotations

import attrs

from .paid import Purchases
from .records import BlockList, ClientKey, InboxEntry, LeadList, Note, Tag, Task
from .state import Campaign, CampaignLead, EmailAccount, Lead, Webhook


@attrs.define(eq=False)
class Client:
    """A client (sub-account) of an account."""

    id: int
    name: str
    email: str | None = None
    created_at: float = 0.0
    logo: str | None = None
    logo_url: str | None = None
    permissions: list[str] = attrs.field(factory=lambda: ["full_access"])

    @property
    def uuid(self) -> str:
        """A UUID that is the same in every run."""
        return f"00000000-0000-4000-8000-{self.id:012d}"


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
    lead_lists: dict[int, LeadList] = attrs.field(factory=dict)
    blocked: BlockList = attrs.field(factory=BlockList)
    unsubscribed: set[str] = attrs.field(factory=set)
    bounced: set[str] = attrs.field(factory=set)
    """The community bounce list."""
    lead_quota: int | None = None
    reconnects: list[float] = attrs.field(factory=list)
    tags: dict[int, Tag] = attrs.field(factory=dict)
    lead_tags: dict[int, tuple[int, int]] = attrs.field(factory=dict)
    """The lead and the tag of each tag of a lead, by the id of the mapping."""
    inbox: dict[int, InboxEntry] = attrs.field(factory=dict)
    """The data of the inbox on leads, by their ids in campaigns."""
    notes: list[Note] = attrs.field(factory=list)
    tasks: list[Task] = attrs.field(factory=list)
    client_keys: dict[int, ClientKey] = attrs.field(factory=dict)
    paid: Purchases = attrs.field(factory=Purchases)
    webhooks: dict[int, Webhook] = attrs.field(factory=dict)
    """Those of the user and of clients; the others are with their campaigns."""

    @property
    def webhook_secret(self) -> str:
        """The ``secret_key`` in the body of every delivery."""
        return f"00000000-0000-4000-9000-{self.id:012d}"

    def tag(self, name: str) -> Tag:
        """Return the tag with a name, which is created on first use."""
        found = next((tag for tag in self.tags.values() if tag.name == name), None)
        if found is None:
            found = Tag(10 + len(self.tags), name)
            self.tags[found.id] = found
        return found

    def inbox_entry(self, map_id: int) -> InboxEntry:
        """Return what the inbox knows of a lead of a campaign."""
        return self.inbox.setdefault(map_id, InboxEntry())


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
