"""Campaigns as plain data to compare, without ids and timestamps, which differ from run to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .state import Campaign, EmailAccount


def campaign_snapshot(campaign: Campaign, email_accounts: Mapping[int, EmailAccount]) -> dict[str, Any]:
    """Return the settings, steps, schedule, mailboxes and leads of a campaign as plain data."""
    schedule = campaign.schedule
    return {
        "name": campaign.name,
        "client_id": campaign.client_id,
        "status": campaign.status.value,
        "sequences": [step.content() for step in campaign.sequences],
        "schedule": None
        if schedule is None
        else {
            "timezone": schedule.timezone,
            "days": list(schedule.days),
            "start_hour": schedule.start_hour,
            "end_hour": schedule.end_hour,
            "min_time_between_emails": campaign.min_time_between_emails,
            "max_leads_per_day": campaign.max_leads_per_day,
            "schedule_start_time": campaign.schedule_start_time,
        },
        "settings": {
            "track_settings": sorted(campaign.track_settings),
            "stop_lead_settings": campaign.stop_lead_settings,
            "unsubscribe_text": campaign.unsubscribe_text,
            "send_as_plain_text": campaign.send_as_plain_text,
            "follow_up_percentage": campaign.follow_up_percentage,
            "enable_ai_esp_matching": campaign.enable_ai_esp_matching,
            # False is the default.
            **{name: value for name, value in campaign.settings.items() if value is not False},
        },
        "email_accounts": sorted(email_accounts[n].from_email for n in campaign.email_account_ids),
        "leads": {
            member.lead.email: {"status": member.status.value, **member.lead.content()}
            for member in campaign.leads.values()
        },
        "webhooks": sorted((hook.name, hook.url) for hook in campaign.webhooks.values()),
        "is_subsequence": campaign.parent_campaign_id is not None,
    }
