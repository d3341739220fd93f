"""Campaigns: create, duplicate, delete, read."""

from __future__ import annotations

import collections
from typing import Final

import attrs

from ...api.campaigns.create import CreateCampaign, CreateSubsequence, DeleteCampaign, DuplicateCampaign
from ...api.campaigns.read import GetCampaign, ListCampaigns
from ...api.campaigns.statistics import GetCampaignAnalytics
from ..call import Call
from ..clock import timestamp
from ..rendering import campaign_bytes
from ..replies import OK, Refusal, Reply, campaign_not_found, json_reply
from ..routing import handles
from ..state import Campaign, CampaignStatus, LeadStatus
from .campaign_statistics import event_counts
from .client_assignment import resolve_client
from .mailbox_links import link_mailbox


@handles(ListCampaigns)
def list_campaigns(call: Call) -> Reply:
    access, account = call.access, call.account
    now = call.world.clock.now()
    wanted = call.query.get("client_id")
    listed = [
        campaign
        for campaign in reversed(account.campaigns.values())
        if campaign.listed_from <= now
        and access.sees(campaign.client_id)
        and (wanted is None or campaign.client_id == wanted)
    ]
    arranged = call.world.quirks.arrange_list(listed)
    rows = [_with_tags(campaign_bytes(campaign, account), call) for campaign in arranged]
    return Reply(200, b"[" + b",".join(rows) + b"]")


def _with_tags(campaign: bytes, call: Call) -> bytes:
    return campaign[:-1] + b',"tags":[]}' if call.query.get("include_tags") else campaign


@handles(GetCampaign)
def get_campaign(call: Call) -> Reply:
    campaign = call.access.campaign(call.ids[0])
    if campaign is None:
        return Reply(200, b"{}")
    return Reply(200, _with_tags(campaign_bytes(campaign, call.account), call))


@handles(CreateCampaign)
def create_campaign(call: Call) -> Reply:
    name = call.body.get("name")
    if name is None:
        name = "Untitled Campaign"
    elif not name.strip():
        raise Refusal(422, {"error": "Invalid campaign name format"})
    campaign = new_campaign(call, name, resolve_client(call))
    return json_reply(
        {"ok": True, "id": campaign.id, "name": campaign.name, "created_at": timestamp(campaign.created_at)}
    )


def new_campaign(call: Call, name: str, client_id: int | None) -> Campaign:
    """Create a campaign with the defaults."""
    world = call.world
    name = world.quirks.store_name(name)
    campaign = Campaign(next(world.ids.campaign), name, call.now, call.now, client_id=client_id)
    campaign.listed_from = world.listed_from
    call.account.campaigns[campaign.id] = campaign
    return campaign


@handles(CreateSubsequence)
def create_subsequence(call: Call) -> Reply:
    parent = call.access.campaign(call.body["parent_campaign_id"])
    if parent is None:
        raise campaign_not_found()
    name = call.body.get("subsequence_name") or f"{parent.name} - subsequence"
    campaign = new_campaign(call, name, parent.client_id)
    campaign.parent_campaign_id = parent.id
    campaign.condition_events = call.body.get("condition_events") or []
    return json_reply(
        {
            "ok": True,
            "id": campaign.id,
            "name": campaign.name,
            "parent_campaign_id": parent.id,
            "created_at": timestamp(campaign.created_at),
        }
    )


@handles(DuplicateCampaign)
def duplicate_campaign(call: Call) -> Reply:
    source = call.access.campaign(call.ids[0])
    if source is None:
        # Documented as a 500; every other route below a campaign sends a 404.
        raise Refusal(500, {"message": "Invalid campaign Id!"})
    keep_client = call.body.get("duplicate_client_label") or call.access.client_id is not None
    copy = _copy(call, source, f"{source.name} - copy", source.client_id if keep_client else None)
    if call.body.get("duplicate_sub_sequence"):
        for child in [c for c in call.account.campaigns.values() if c.parent_campaign_id == source.id]:
            _copy(call, child, child.name, copy.client_id).parent_campaign_id = copy.id
    return json_reply({"ok": True, "newCampaignId": copy.id})


def _copy(call: Call, source: Campaign, name: str, client_id: int | None) -> Campaign:
    ids = call.world.ids
    copy = new_campaign(call, name, client_id)
    copy.sequences = [
        attrs.evolve(
            step,
            id=next(ids.step),
            created_at=call.now,
            updated_at=call.now,
            variants=[attrs.evolve(v, id=next(ids.variant), created_at=call.now) for v in step.variants],
            options=dict(step.options),
        )
        for step in source.sequences
    ]
    for attribute in _COPIED:
        setattr(copy, attribute, getattr(source, attribute))
    copy.track_settings = list(source.track_settings)
    copy.settings = dict(source.settings)
    copy.condition_events = list(source.condition_events)
    for email_account_id in source.email_account_ids:
        link_mailbox(call.world, copy, call.account.email_accounts[email_account_id])
    return copy


_COPIED: Final = (
    "schedule",
    "schedule_start_time",
    "min_time_between_emails",
    "max_leads_per_day",
    "stop_lead_settings",
    "unsubscribe_text",
    "send_as_plain_text",
    "follow_up_percentage",
    "enable_ai_esp_matching",
)


@handles(DeleteCampaign)
def delete_campaign(call: Call) -> Reply:
    campaign = call.campaign
    if campaign.status is CampaignStatus.ACTIVE:
        message = "Cannot delete active campaign. Please stop it first."
        return json_reply({"success": False, "error": {"code": "CAMPAIGN_ACTIVE", "message": message}})
    account = call.account
    del account.campaigns[campaign.id]
    for member in campaign.leads.values():
        member.lead.memberships.remove(member)
        del account.campaign_leads_by_map_id[member.map_id]
        account.inbox.pop(member.map_id, None)
    for email_account_id in campaign.email_account_ids:
        account.email_accounts[email_account_id].campaign_ids.pop(campaign.id, None)
    return OK


@handles(GetCampaignAnalytics)
def campaign_analytics(call: Call) -> Reply:
    campaign = call.campaign
    members = list(campaign.leads.values())
    statuses = collections.Counter(member.status for member in members)
    client = call.account.clients.get(campaign.client_id) if campaign.client_id is not None else None
    return json_reply(
        {
            "id": campaign.id,
            "user_id": call.account.id,
            "created_at": timestamp(campaign.created_at),
            "status": campaign.status,
            "name": campaign.name,
            **event_counts(campaign.events),
            "block_count": str(statuses[LeadStatus.BLOCKED]),
            "total_count": str(len(members)),
            "drafted_count": str(statuses[LeadStatus.STARTED]),
            "unsubscribed_count": str(sum(member.unsubscribed for member in members)),
            "sequence_count": str(len(campaign.sequences)),
            "campaign_lead_stats": {
                "total": len(members),
                "notStarted": statuses[LeadStatus.STARTED],
                "inprogress": statuses[LeadStatus.INPROGRESS],
                "completed": statuses[LeadStatus.COMPLETED],
                "paused": statuses[LeadStatus.PAUSED],
                "stopped": statuses[LeadStatus.STOPPED],
                "blocked": statuses[LeadStatus.BLOCKED],
                "interested": sum(member.category_id == 1 for member in members),
                "revenue": 0,
            },
            "parent_campaign_id": campaign.parent_campaign_id,
            "client_id": campaign.client_id,
            "client_name": client.name if client else None,
            "client_email": client.email if client else None,
        }
    )
