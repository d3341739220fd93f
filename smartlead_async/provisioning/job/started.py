"""Campaigns that were started: what SmartLead still allows, and what has been sent."""

from __future__ import annotations

from typing import Final

from ...api.campaigns.models import Campaign
from ...api.campaigns.read import GetCampaign
from ...api.campaigns.statistics import GetCampaignAnalytics
from ...errors import NotFound
from ..changes.change import CampaignChange, ChangeRefused
from ..changes.due import FINAL_STATUSES
from .client import RequestSender

_MAX_LISTED_STEP: Final = 20
"""The last step whose mails can be asked for."""


async def require_changeable(sender: RequestSender, change: CampaignChange, campaign_id: int) -> Campaign:
    """Return a started campaign as it is on the server; raise if the change is not possible any more.

    Costs one request, and a second one if the change edits steps that are saved. If any follow-up was sent,
    one more for each of those that are edited.
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

    SmartLead counts all mails and the leads with at least one mail, which tells the first step from the
    follow-ups. If any follow-up was sent, its mails are asked for step by step.
    """
    analytics = await sender.send(GetCampaignAnalytics(campaign_id))
    first = analytics.unique_sent_count or 0
    follow_ups = (analytics.sent_count or 0) - first
    edited = [number for number in change.edited_steps if (first if number == 1 else follow_ups) > 0]
    return [number for number in edited if number == 1 or await _was_sent(sender, campaign_id, number)]


async def _was_sent(sender: RequestSender, campaign_id: int, number: int) -> bool:
    """Return whether a follow-up may have been sent; only an empty list says that it was not."""
    if number > _MAX_LISTED_STEP:
        return True
    from ...api.campaign_statistics import ListEmailStatistics  # noqa: PLC0415 - few jobs need this area

    page = await sender.send(ListEmailStatistics(campaign_id, limit=1, email_sequence_number=number))
    return bool(page.data or page.total)
