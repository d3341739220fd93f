"""The fake's state as JSON, with the read names, digit strings and nulls of the contract."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Any, Final

import attrs
import orjson

from .accounts import Account, Client
from .clock import timestamp
from .state import Campaign, CampaignLead, EmailAccount, Lead, Step
from .warmup import warmup_days

CATEGORIES: Final[dict[int, tuple[str, str | None]]] = {
    1: ("Interested", "positive"),
    2: ("Meeting Request", "positive"),
    3: ("Not Interested", "negative"),
    4: ("Do Not Contact", "negative"),
    5: ("Information Request", "positive"),
    6: ("Out Of Office", "neutral"),
    7: ("Wrong Person", None),
}
"""The built-in lead categories: id to name and sentiment."""


def campaign_bytes(campaign: Campaign, account: Account) -> bytes:
    """Return a campaign as JSON, cached until it changes, because long lists are requested often."""
    if campaign.cached_json is None:
        campaign.cached_json = orjson.dumps(_campaign(campaign, account))
    return campaign.cached_json


def _campaign(campaign: Campaign, account: Account) -> dict[str, Any]:
    schedule = campaign.schedule
    cron = None
    if schedule is not None:
        cron = {
            "tz": schedule.timezone,
            "days": schedule.days,
            "startHour": schedule.start_hour,
            "endHour": schedule.end_hour,
        }
    return {
        "id": campaign.id,
        "user_id": account.id,
        "created_at": timestamp(campaign.created_at),
        "updated_at": timestamp(campaign.updated_at),
        "status": campaign.status,
        "name": campaign.name,
        "track_settings": campaign.track_settings,
        "scheduler_cron_value": cron,
        "min_time_btwn_emails": campaign.min_time_between_emails,
        "max_leads_per_day": campaign.max_leads_per_day,
        "stop_lead_settings": campaign.stop_lead_settings,
        "schedule_start_time": campaign.schedule_start_time,
        "enable_ai_esp_matching": campaign.enable_ai_esp_matching,
        "send_as_plain_text": campaign.send_as_plain_text,
        "follow_up_percentage": campaign.follow_up_percentage,
        "unsubscribe_text": campaign.unsubscribe_text,
        "parent_campaign_id": campaign.parent_campaign_id,
        "client_id": campaign.client_id,
    }


def client_json(client: Client, account: Account) -> dict[str, Any]:
    """Return a client as in the lists of clients and of analytics."""
    return {
        "id": client.id,
        "name": client.name,
        "email": client.email,
        "uuid": client.uuid,
        "created_at": timestamp(client.created_at),
        "user_id": account.id,
        "logo": client.logo,
        "logo_url": client.logo_url,
    }


def step_json(step: Step, campaign_id: int) -> dict[str, Any]:
    """Return a step; its ``delayInDays`` and ``sequence_variants`` have other names in writes."""
    variants = [
        {
            "id": variant.id,
            "created_at": timestamp(variant.created_at),
            "updated_at": timestamp(variant.created_at),
            "is_deleted": False,
            "subject": variant.subject,
            "email_body": variant.body,
            "email_campaign_seq_id": step.id,
            "variant_label": variant.label,
            "optional_email_body_1": None,
            "variant_distribution_percentage": variant.percentage,
        }
        for variant in step.variants
    ]
    return {
        "id": step.id,
        "created_at": timestamp(step.created_at),
        "updated_at": timestamp(step.updated_at),
        "email_campaign_id": campaign_id,
        "seq_number": step.number,
        "seq_delay_details": {"delayInDays": step.delay_in_days},
        "subject": step.subject,
        "email_body": step.body,
        "sequence_variants": variants or None,
        "variant_distribution_type": step.options.get("variant_distribution_type"),
        "seq_type": step.options.get("seq_type", "EMAIL"),
    }


def lead_json(lead: Lead) -> dict[str, Any]:
    """Return a lead's record."""
    return {
        "id": lead.id,
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "email": lead.email,
        "phone_number": lead.phone_number,
        "company_name": lead.company_name,
        "website": lead.website,
        "location": lead.location,
        "custom_fields": lead.custom_fields or {},
        "linkedin_profile": lead.linkedin_profile,
        "company_url": lead.company_url,
        "is_unsubscribed": lead.unsubscribed,
        "unsubscribed_client_id_map": {},
    }


def campaign_lead_json(member: CampaignLead) -> dict[str, Any]:
    """Return a lead of a campaign, as in the campaign's list of leads."""
    lead = lead_json(member.lead)
    lead["is_unsubscribed"] = member.is_unsubscribed
    return {
        "campaign_lead_map_id": member.map_id,
        "lead_category_id": member.category_id,
        "status": member.status,
        "created_at": timestamp(member.created_at),
        "lead": lead,
    }


def email_account_json(mailbox: EmailAccount, user_id: int, now: float, *, listed: bool) -> dict[str, Any]:
    """Return a mailbox. Lists encode the passwords in base64 and have the reputation as a percentage."""
    connection = mailbox.connection
    secret = {
        name: base64.b64encode(str(connection.get(name, "secret")).encode()).decode()
        if listed
        else connection.get(name, "secret")
        for name in ("password", "imap_password")
    }
    host = mailbox.from_email.partition("@")[2]
    return {
        "id": mailbox.id,
        "created_at": timestamp(mailbox.created_at),
        "updated_at": timestamp(mailbox.updated_at),
        "user_id": user_id,
        "from_name": mailbox.from_name,
        "from_email": mailbox.from_email,
        "minTimeToWaitInMins": mailbox.minutes_between,
        "username": connection.get("username", mailbox.from_email),
        "password": secret["password"],
        "smtp_host": connection.get("smtp_host", f"smtp.{host}"),
        "smtp_port": connection.get("smtp_port", 587),
        "smtp_port_type": connection.get("smtp_port_type", "TLS"),
        "message_per_day": mailbox.message_per_day,
        "different_reply_to_address": mailbox.reply_to,
        "is_different_imap_account": False,
        "imap_username": connection.get("imap_username", mailbox.from_email),
        "imap_password": secret["imap_password"],
        "imap_host": connection.get("imap_host", f"imap.{host}"),
        "imap_port": connection.get("imap_port", 993),
        "imap_port_type": "SSL",
        "signature": mailbox.signature,
        "custom_tracking_domain": mailbox.tracking_domain,
        "bcc_email": mailbox.bcc,
        "is_smtp_success": mailbox.smtp_ok,
        "is_imap_success": mailbox.imap_ok,
        "smtp_failure_error": None if mailbox.smtp_ok else "Invalid login",
        "imap_failure_error": None if mailbox.imap_ok else "Invalid login",
        "type": mailbox.type,
        "daily_sent_count": mailbox.sent_since(now - now % 86_400),
        "client_id": mailbox.client_id,
        "campaign_count": len(mailbox.campaign_ids),
        "is_suspended": mailbox.suspended,
        "warmup_details": _warmup(mailbox, now, listed=listed),
    }


def tags_json(names: Iterable[str], account: Account) -> list[dict[str, Any]]:
    """Return tags by their names."""
    return [attrs.asdict(account.tag(name)) for name in names]


def _warmup(mailbox: EmailAccount, now: float, *, listed: bool) -> dict[str, Any] | None:
    warmup = mailbox.warmup
    if warmup is None:
        return None
    days = list(warmup_days(mailbox, now))
    details = {
        "id": mailbox.id,
        "status": "ACTIVE" if warmup.get("warmup_enabled") else "INACTIVE",
        "created_at": timestamp(mailbox.created_at),
        "reply_rate": warmup.get("reply_rate_percentage", 30),
        "warmup_key_id": warmup.get("warmup_key_id"),
        "blocked_reason": None,
        "total_sent_count": str(sum(day.sent for day in days)),
        "total_spam_count": str(sum(day.spam for day in days)),
        "warmup_max_count": warmup.get("total_warmup_per_day", 20),
        "is_warmup_blocked": False,
        "warmup_reputation": "100%" if listed else 100,
    }
    if listed:
        details["warmup_created_at"] = details.pop("created_at")
    return details


_MERGE_TAG: Final = re.compile(r"\{\{\s*([^{}|]+?)\s*(?:\|[^{}]*)?\}\}")


def filled_in(text: str, lead: Lead) -> str:
    """Return a text with the lead's values in place of merge tags; a tag without a value becomes empty."""
    if "{{" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        name = match[1]
        found = getattr(lead, name, None) if name in _LEAD_TAGS else (lead.custom_fields or {}).get(name)
        return "" if found is None else str(found)

    return _MERGE_TAG.sub(value, text)


_TAG: Final = re.compile(r"<[^>]*>")


def plain_text(html: str) -> str:
    """Return the text of a mail without its tags."""
    return _TAG.sub("", html)


_LEAD_TAGS: Final = frozenset(
    {
        *("email", "first_name", "last_name", "company_name", "phone_number", "website", "location"),
        *("linkedin_profile", "company_url"),
    }
)
