"""Campaigns that were started: what SmartLead still allows, and what has been sent."""

from __future__ import annotations

from ...api.campaigns.models import Campaign
from ...api.campaigns.read import GetCampaign
from ...api.campaigns.statistics import GetCampaignAnalytics
from ...errors import NotFound
from ..changes.change import CampaignChange, ChangeRefused
from ..changes.due import FINAL_STATUSES
from .client import RequestSender


async def require_changeable(sender: RequestSender, change: CampaignChange, campaign_id: int) -> Campaign:
    """Return a started campaign as it is on the server; raise if the change is not possible any more.

    Costs one request, and a second one if the change edits steps that are saved.
    """
    try:
        campaign = await sender.send(GetCampaign(campaign_id))
    except NotFound:
        raise ChangeRefused(
            f"campaign {campaign_id} is no longer on the server. Remove it from the ledger "
            "(smartlead-async forget) to have it created again"
        ) from None
    if campaign.status in FINAL_STATUSES:
        raise ChangeRefused(
            f"campaign {campaign_id} is {campaign.status}, which is final: it can be neither changed nor "
            "started. Undo the change, or plan another campaign"
        )
    if change.edited_steps and (sent := await _sent_steps(sender, change, campaign_id)):
        numbers = " and ".join(map(str, sent))
        raise ChangeRefused(
            f"step {numbers} of campaign {campaign_id} has been sent already, and SmartLead cannot change "
            "mail that has gone out. Undo the change of that step; steps that nobody has got yet can "
            "be changed"
        )
    return campaign


async def _sent_steps(sender: RequestSender, change: CampaignChange, campaign_id: int) -> list[int]:
    """Return the edited steps that were sent to anybody.

    SmartLead counts all mails and the leads with at least one mail, so follow-ups are told apart from the
    first step only as a whole.
    """
    analytics = await sender.send(GetCampaignAnalytics(campaign_id))
    first = analytics.unique_sent_count or 0
    follow_ups = (analytics.sent_count or 0) - first
    return [number for number in change.edited_steps if (first if number == 1 else follow_ups) > 0]
