"""Campaigns: create, copy, delete, read."""

from __future__ import annotations

from typing import Final

import attrs

from ...api.campaigns.create import CreateCampaign, CreateSubsequence, DeleteCampaign, DuplicateCampaign
from ...api.campaigns.read import GetCampaign, ListCampaigns
from ...api.campaigns.statistics import GetCampaignAnalytics
from ..clock import instant
from ..rendering import campaign_bytes
from ..routing import Call, Refusal, Reply, answers, json_reply
from ..state import Campaign, CampaignStatus, Client, EmailAccount, LeadStatus

OK: Final = json_reply({"ok": True})


SUCCESS: Final = json_reply({"success": True, "message": "updated"})


def client_of(call: Call) -> int | None:
    """The client that a new object belongs to: the key's own, else the one given."""
    given: int | None = call.body.get("client_id")
    own = call.access.client_id
    if own is not None:
        if given not in {None, own}:
            raise Refusal(400, {"error": f"Client id - {given} not allowed. Permission Error."})
        return own
    if given is not None and given not in call.account.clients:
        if call.fake.strict_clients:
            raise Refusal(400, {"error": f"Invalid client_id - {given}"})
        call.account.clients[given] = Client(given, f"Client {given}")
    return given


# --- the campaign itself -----------------------------------------------------------------------------
@answers(ListCampaigns)
def list_campaigns(call: Call) -> Reply:
    access, account = call.access, call.account
    now = call.fake.clock.now()
    wanted = call.query.get("client_id")
    listed = [
        _with_tags(campaign_bytes(campaign, account), call)
        for campaign in reversed(account.campaigns.values())
        if campaign.listed_from <= now
        and access.sees(campaign.client_id)
        and (wanted is None or campaign.client_id == wanted)
    ]
    return Reply(200, b"[" + b",".join(listed) + b"]")


def _with_tags(campaign: bytes, call: Call) -> bytes:
    return campaign[:-1] + b',"tags":[]}' if call.query.get("include_tags") else campaign


@answers(GetCampaign)
def get_campaign(call: Call) -> Reply:
    campaign = call.access.campaign(call.ids[0])
    if campaign is None:
        return Reply(200, b"{}")
    return Reply(200, _with_tags(campaign_bytes(campaign, call.account), call))


@answers(CreateCampaign)
def create_campaign(call: Call) -> Reply:
    name = call.body.get("name")
    if name is None:
        name = "Untitled Campaign"
    elif not name.strip():
        raise Refusal(422, {"error": "Invalid campaign name format"})
    campaign = _new_campaign(call, name, client_of(call))
    return json_reply(
        {"ok": True, "id": campaign.id, "name": campaign.name, "created_at": instant(campaign.created_at)}
    )


def _new_campaign(call: Call, name: str, client_id: int | None) -> Campaign:
    fake = call.fake
    campaign = Campaign(next(fake.ids.campaign), name, call.now, call.now, client_id=client_id)
    campaign.listed_from = fake.listed_from()
    call.account.campaigns[campaign.id] = campaign
    return campaign


@answers(CreateSubsequence)
def create_subsequence(call: Call) -> Reply:
    parent = call.access.campaign(call.body["parent_campaign_id"])
    if parent is None:
        raise Refusal(404, {"error": "Campaign not found - Invalid campaign_id."})
    name = call.body.get("subsequence_name") or f"{parent.name} - subsequence"
    campaign = _new_campaign(call, name, parent.client_id)
    campaign.parent_campaign_id = parent.id
    campaign.condition_events = call.body.get("condition_events") or []
    return json_reply(
        {
            "ok": True,
            "id": campaign.id,
            "name": name,
            "parent_campaign_id": parent.id,
            "created_at": instant(campaign.created_at),
        }
    )


@answers(DuplicateCampaign)
def duplicate_campaign(call: Call) -> Reply:
    source = call.access.campaign(call.ids[0])
    if source is None:
        # Documented as a 500, unlike every other route below a campaign.
        raise Refusal(500, {"message": "Invalid campaign Id!"})
    keep_client = call.body.get("duplicate_client_label") or call.access.client_id is not None
    copy = _copy(call, source, f"{source.name} - copy", source.client_id if keep_client else None)
    if call.body.get("duplicate_sub_sequence"):
        for child in [c for c in call.account.campaigns.values() if c.parent_campaign_id == source.id]:
            _copy(call, child, child.name, copy.client_id).parent_campaign_id = copy.id
    return json_reply({"ok": True, "newCampaignId": copy.id})


def _copy(call: Call, source: Campaign, name: str, client_id: int | None) -> Campaign:
    ids = call.fake.ids
    copy = _new_campaign(call, name, client_id)
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
    for name_of in _COPIED:
        setattr(copy, name_of, getattr(source, name_of))
    copy.track_settings = list(source.track_settings)
    copy.settings = dict(source.settings)
    copy.condition_events = list(source.condition_events)
    for email_account_id in source.email_account_ids:
        link(call, copy, call.account.email_accounts[email_account_id])
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


def link(call: Call, campaign: Campaign, mailbox: EmailAccount) -> int:
    """Link a mailbox to a campaign, once; gives the id of the link."""
    number = campaign.email_account_ids.get(mailbox.id)
    if number is None:
        number = campaign.email_account_ids[mailbox.id] = next(call.fake.ids.link)
        mailbox.campaign_ids[campaign.id] = None
    return number


@answers(DeleteCampaign)
def delete_campaign(call: Call) -> Reply:
    campaign = call.campaign
    if campaign.status is CampaignStatus.ACTIVE:
        text = "Cannot delete active campaign. Please stop it first."
        return json_reply({"success": False, "error": {"code": "CAMPAIGN_ACTIVE", "message": text}})
    account = call.account
    del account.campaigns[campaign.id]
    for place in campaign.leads.values():
        place.lead.places.remove(place)
        del account.places_by_map_id[place.map_id]
    for email_account_id in campaign.email_account_ids:
        account.email_accounts[email_account_id].campaign_ids.pop(campaign.id, None)
    return OK


@answers(GetCampaignAnalytics)
def campaign_analytics(call: Call) -> Reply:
    campaign = call.campaign
    places = campaign.leads.values()
    counts = dict.fromkeys(LeadStatus, 0)
    for place in places:
        counts[place.status] += 1
    sent = sum(m["type"] == "SENT" for place in places for m in place.messages or ())
    replied = sum(any(m["type"] == "REPLY" for m in place.messages or ()) for place in places)
    client = call.account.clients.get(campaign.client_id) if campaign.client_id is not None else None
    return json_reply(
        {
            "id": campaign.id,
            "user_id": call.account.id,
            "created_at": instant(campaign.created_at),
            "status": campaign.status,
            "name": campaign.name,
            "sent_count": str(sent),
            "unique_sent_count": str(sum(bool(place.messages) for place in places)),
            "open_count": "0",
            "unique_open_count": "0",
            "click_count": "0",
            "unique_click_count": "0",
            "reply_count": str(replied),
            "block_count": str(counts[LeadStatus.BLOCKED]),
            "total_count": str(len(places)),
            "drafted_count": str(counts[LeadStatus.STARTED]),
            "bounce_count": "0",
            "unsubscribed_count": str(sum(place.unsubscribed for place in places)),
            "sequence_count": str(len(campaign.sequences)),
            "campaign_lead_stats": {
                "total": len(places),
                "notStarted": counts[LeadStatus.STARTED],
                "inprogress": counts[LeadStatus.INPROGRESS],
                "completed": counts[LeadStatus.COMPLETED],
                "paused": counts[LeadStatus.PAUSED],
                "stopped": counts[LeadStatus.STOPPED],
                "blocked": counts[LeadStatus.BLOCKED],
                "interested": sum(place.category_id == 1 for place in places),
                "revenue": 0,
            },
            "parent_campaign_id": campaign.parent_campaign_id,
            "client_id": campaign.client_id,
            "client_name": client.name if client else None,
            "client_email": client.email if client else None,
        }
    )
