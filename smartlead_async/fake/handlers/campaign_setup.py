"""Setup of campaigns between create and start: sequences, schedule, settings, mailboxes, status.

Where the sources do not show a refusal, it is a 400 with ``{"error": message}``, the most common of the
envelopes: a START with something missing, a forbidden change of status, sequences of an ACTIVE campaign, the
last mailbox of an ACTIVE campaign.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, Final

from ...api.campaigns.setup import (
    AddEmailAccounts,
    GetSequences,
    ListCampaignEmailAccounts,
    RemoveEmailAccounts,
    SaveSequences,
    UpdateSchedule,
    UpdateSettings,
    UpdateStatus,
    UpdateTeamMember,
)
from ...formats import has_time_zones, is_clock_time, is_time_zone
from ..call import Call
from ..problem import Problem, ProblemKind
from ..rendering import email_account_json, step_json, tags_json
from ..replies import OK, UPDATED, Refusal, Reply, json_reply
from ..routing import handles
from ..state import CampaignStatus, EmailAccount, Schedule, Step, Variant
from .client_assignment import resolve_client
from .mailbox_links import link_mailbox, mailbox_not_allowed, unlink_mailbox


# --- status ------------------------------------------------------------------------------------------
def _refuse_status(problem: Problem) -> Refusal | None:
    if problem.path == ("status",) and problem.kind in {ProblemKind.ENUM, ProblemKind.TYPE}:
        return Refusal(400, {"error": "Invalid value for status. Allowed values are - START,STOPPED,PAUSED"})
    return None


_TRANSITIONS: Final = {
    "START": (CampaignStatus.ACTIVE, {CampaignStatus.DRAFTED, CampaignStatus.PAUSED}),
    "PAUSED": (CampaignStatus.PAUSED, {CampaignStatus.ACTIVE}),
    "STOPPED": (CampaignStatus.STOPPED, set(CampaignStatus)),
}
"""The status that each written value leads to, and the statuses from which it is allowed."""


@handles(UpdateStatus, on_problem=_refuse_status)
def update_status(call: Call) -> Reply:
    campaign = call.campaign
    wanted, allowed = _TRANSITIONS[call.body["status"]]
    # A repeated request must succeed: clients resend it after a lost response.
    if campaign.status is not wanted:
        if campaign.status not in allowed:
            message = f"Campaign status cannot be changed from {campaign.status} to {wanted}."
            raise Refusal(400, {"error": message})
        if wanted is CampaignStatus.ACTIVE and (missing := campaign.missing_for_start()) is not None:
            raise Refusal(400, {"error": f"Campaign cannot be started - it needs {missing}."})
        campaign.status = wanted
        campaign.touch(call.now)
    return OK


# --- sequences ---------------------------------------------------------------------------------------
@handles(GetSequences)
def get_sequences(call: Call) -> Reply:
    campaign = call.campaign
    return json_reply([step_json(step, campaign.id) for step in campaign.sequences])


@handles(SaveSequences)
def save_sequences(call: Call) -> Reply:
    campaign = call.campaign
    if campaign.status is CampaignStatus.ACTIVE:
        message = "Sequences cannot be changed while the campaign is ACTIVE. Please pause it first."
        raise Refusal(400, {"error": message})
    before = {step.id: step for step in campaign.sequences}
    steps = [_step(call, index, given, before) for index, given in enumerate(call.body["sequences"])]
    campaign.sequences = sorted(steps, key=lambda step: step.number)
    campaign.touch(call.now)
    saved = [{"id": step.id, "seqNumber": step.number} for step in campaign.sequences]
    return json_reply({"ok": True, "data": {"sequences": saved}})


_STEP_OPTIONS: Final = (
    "variant_distribution_type",
    "lead_distribution_percentage",
    "winning_metric_property",
    "seq_type",
)


def _step(call: Call, index: int, given: dict[str, Any], before: dict[int, Step]) -> Step:
    step_id = given.get("id")
    old = before.get(step_id) if step_id is not None else None
    if step_id is not None and old is None:
        raise Refusal(400, {"error": f"Invalid sequence id - {step_id}"})
    if not given.get("seq_variants") and given.get("email_body") is None:
        problem = Problem(ProblemKind.REQUIRED, "is required", path=("sequences", index, "email_body"))
        raise Refusal(400, problem.body("body"))
    return Step(
        old.id if old is not None else next(call.world.ids.step),
        given["seq_number"],
        given["seq_delay_details"]["delay_in_days"],
        # A job writes the same strings to thousands of campaigns: keep one copy of each.
        sys.intern(given.get("subject") or ""),
        sys.intern(given["email_body"]) if given.get("email_body") is not None else None,
        old.created_at if old is not None else call.now,
        call.now,
        _variants(call, given.get("seq_variants") or (), old),
        {key: given[key] for key in _STEP_OPTIONS if given.get(key) is not None},
    )


def _variants(call: Call, given: Iterable[dict[str, Any]], old: Step | None) -> list[Variant]:
    kept = {variant.id for variant in old.variants} if old is not None else set()
    return [
        Variant(
            variant["id"] if variant.get("id") in kept else next(call.world.ids.variant),
            sys.intern(variant["variant_label"]),
            sys.intern(variant["subject"]),
            sys.intern(variant["email_body"]),
            variant.get("variant_distribution_percentage"),
            call.now,
        )
        for variant in given
    ]


# --- schedule and settings ---------------------------------------------------------------------------
def _refuse_schedule(problem: Problem) -> Refusal | None:
    if problem.kind is ProblemKind.PATTERN and problem.path in {("start_hour",), ("end_hour",)}:
        return Refusal(400, {"error": f"Invalid {problem.dotted_path} - {problem.value}"})
    return None


@handles(UpdateSchedule, on_problem=_refuse_schedule)
def update_schedule(call: Call) -> Reply:
    campaign, body = call.campaign, call.body
    if not is_time_zone(body["timezone"]) and has_time_zones():
        raise Refusal(400, {"error": f"Invalid timezone - {body['timezone']}"})
    for key in ("start_hour", "end_hour"):
        if not is_clock_time(body[key]):
            raise Refusal(400, {"error": f"Invalid {key} - {body[key]}"})
    if body["start_hour"] >= body["end_hour"]:
        raise Refusal(400, {"error": "startHour cannot be greater that endHour"})
    zone, start, end = (sys.intern(body[key]) for key in ("timezone", "start_hour", "end_hour"))
    campaign.schedule = Schedule(zone, tuple(body["days_of_the_week"]), start, end)
    campaign.min_time_between_emails = body["min_time_btw_emails"]
    campaign.max_leads_per_day = body["max_new_leads_per_day"]
    if "schedule_start_time" in body:
        campaign.schedule_start_time = body["schedule_start_time"]
    campaign.touch(call.now)
    return OK


_READ_BACK: Final = frozenset(
    {
        "name",
        "stop_lead_settings",
        "unsubscribe_text",
        "send_as_plain_text",
        "follow_up_percentage",
        "enable_ai_esp_matching",
    }
)


def _refuse_settings(problem: Problem) -> Refusal | None:
    if problem.kind is ProblemKind.ENUM and problem.path[0] in {"track_settings", "stop_lead_settings"}:
        return Refusal(400, {"error": f"Invalid {problem.path[0]} value - {problem.value}"})
    return None


@handles(UpdateSettings, on_problem=_refuse_settings)
def update_settings(call: Call) -> Reply:
    campaign = call.campaign
    for key, value in call.body.items():
        if key == "client_id":
            campaign.client_id = resolve_client(call)
        elif key == "track_settings":
            campaign.track_settings = [each.replace("DONT_TRACK_", "DONT_") for each in value or ()]
        elif key in _READ_BACK:
            if isinstance(value, str) and key == "name":
                campaign.name = call.world.quirks.store_name(value)
            elif value is not None or key == "unsubscribe_text":
                setattr(campaign, key, value)
        else:
            campaign.settings[key] = value
    campaign.touch(call.now)
    return OK


@handles(UpdateTeamMember)
def update_team_member(call: Call) -> Reply:
    campaign = call.campaign
    campaign.team_member_id = call.body["teamMemberId"]
    return UPDATED


# --- mailboxes of a campaign -------------------------------------------------------------------------
def _mailboxes(call: Call) -> list[EmailAccount]:
    mailboxes = []
    for email_account_id in call.body["email_account_ids"]:
        mailbox = call.access.email_account(email_account_id)
        if mailbox is None:
            raise mailbox_not_allowed(email_account_id)
        mailboxes.append(mailbox)
    return mailboxes


@handles(ListCampaignEmailAccounts)
def list_campaign_email_accounts(call: Call) -> Reply:
    campaign, account = call.campaign, call.account
    rows = []
    for email_account_id in campaign.email_account_ids:
        mailbox = account.email_accounts[email_account_id]
        row = email_account_json(mailbox, account.id, call.now, listed=True)
        if call.query.get("include_tags"):
            row["tags"] = tags_json(mailbox.tags, account)
        rows.append(row)
    return json_reply(rows)


@handles(AddEmailAccounts)
def add_email_accounts(call: Call) -> Reply:
    campaign = call.campaign
    mailboxes = _mailboxes(call)
    for mailbox in mailboxes:
        if not mailbox.usable:
            message = (
                f"Email account id - {mailbox.id} not allowed. The account is suspended or not connected."
            )
            raise Refusal(400, {"error": message})
    rows = [
        {
            "id": link_mailbox(call.world, campaign, mailbox),
            "email_campaign_id": campaign.id,
            "email_account_id": mailbox.id,
            "updated_at": call.timestamp,
        }
        for mailbox in mailboxes
    ]
    return json_reply({"ok": True, "result": rows})


@handles(RemoveEmailAccounts)
def remove_email_accounts(call: Call) -> Reply:
    campaign = call.campaign
    removed = [mailbox for mailbox in _mailboxes(call) if mailbox.id in campaign.email_account_ids]
    removed_ids = {mailbox.id for mailbox in removed}
    is_last = bool(removed) and removed_ids >= set(campaign.email_account_ids)
    if campaign.status is CampaignStatus.ACTIVE and is_last:
        raise Refusal(400, {"error": "The last email account of an ACTIVE campaign cannot be removed."})
    for mailbox in removed:
        unlink_mailbox(campaign, mailbox)
    return json_reply({"ok": True, "result": len(removed_ids)})
