"""Links between campaigns and the mailboxes that they send from."""

from __future__ import annotations

from typing import Any

from ..replies import Refusal
from ..state import Campaign, EmailAccount
from ..world import World


def link_mailbox(world: World, campaign: Campaign, mailbox: EmailAccount) -> int:
    """Link a mailbox to a campaign, if it is not linked already, and return the id of the link."""
    link_id = campaign.email_account_ids.get(mailbox.id)
    if link_id is None:
        link_id = campaign.email_account_ids[mailbox.id] = next(world.ids.link)
        mailbox.campaign_ids[campaign.id] = None
    return link_id


def unlink_mailbox(campaign: Campaign, mailbox: EmailAccount) -> None:
    """Remove the link between a mailbox and a campaign, if there is one."""
    campaign.email_account_ids.pop(mailbox.id, None)
    mailbox.campaign_ids.pop(campaign.id, None)


def mailbox_not_allowed(email_account_id: Any) -> Refusal:
    """Return the 400 for a mailbox that does not exist, is not visible, or is not linked."""
    return Refusal(400, {"error": f"Email account id - {email_account_id} not allowed. Permission Error."})
