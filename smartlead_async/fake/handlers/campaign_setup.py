"""Between create and start: sequence, schedule, settings, mailboxes, status.

Where the sources do not tell how a refusal looks, it is a 400 with ``{"error": text}``, the commonest of
the envelopes: a START that lacks something, a forbidden change of status, sequences of an ACTIVE campaign,
the last mailbox of an ACTIVE campaign.
"""

from __future__ import annotations

import sys
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
from ..rendering import email_account_json, step_json, tags_json
from ..routing import Call, Refusal, Reply, answers, json_reply
from ..state import CampaignStatus, EmailAccount, Schedule, Step, Variant
from ..validation import Kind, Problem
from .campaigns import OK, SUCCESS, client_of, link


# --- status ------------------------------------------------------------------------------------------
def _status_wording(problem: Problem) -> Refusal | None:
    if problem.path == ("status",) and problem.kind in {Kind.ENUM, Kind.TYPE}:
        return Refusal(400, {"error": "Invalid value for status. Allowed values are - START,STOPPED,PAUSED"})
    return None


@answers(UpdateStatus, wording=_status_wording)
def update_status(call: Call) -> Reply:
    campaign = call.campaign
    before = campaign.status
    match call.body["status"]:
        case "START":
            wanted, allowed = CampaignStatus.ACTIVE, {CampaignStatus.DRAFTED, CampaignStatus.PAUSED}
        case "PAUSED":
            wanted, allowed = CampaignStatus.PAUSED, {CampaignStatus.ACTIVE}
        case _:
            wanted, allowed = CampaignStatus.STOPPED, set(CampaignStatus)
    # Saying what already is has to work: the operation may be repeated after a lost answer.
    if before is not wanted:
        if before not in allowed:
            text = f"Campaign status cannot be changed from {before} to {wanted}."
            raise Refusal(400, {"error": text})
        if wanted is CampaignStatus.ACTIVE and (missing := campaign.what_start_needs()) is not None:
            raise Refusal(400, {"error": f"Campaign cannot be started - it needs {missing}."})
        campaign.status = wanted
        campaign.touch(call.now)
    return OK


# --- sequences ---------------------------------------------------------------------------------------
@answers(GetSequences)
def get_sequences(call: Call) -> Reply:
    campaign = call.campaign
    return json_reply([step_json(step, campaign.id) for step in campaign.sequences])


@answers(SaveSequences)
def save_sequences(call: Call) -> Reply:
    campaign = call.campaign
    if campaign.status is CampaignStatus.ACTIVE:
        text = "Sequences cannot be changed while the campaign is ACTIVE. Please pause it first."
        raise Refusal(400, {"error": text})
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
    ids = call.fake.ids
    step_id = given.get("id")
    old = before.get(step_id) if step_id is not None else None
    if step_id is not None and old is None:
        raise Refusal(400, {"error": f"Invalid sequence id - {step_id}"})
    versions = given.get("seq_variants") or []
    if not versions and given.get("email_body") is None:
        problem = Problem(Kind.REQUIRED, "is required", path=("sequences", index, "email_body"))
        raise Refusal(400, problem.body("body"))
    kept = {variant.id for variant in old.variants} if old is not None else set()
    variants = [
        Variant(
            version["id"] if version.get("id") in kept else next(ids.variant),
            sys.intern(version["variant_label"]),
            sys.intern(version["subject"]),
            sys.intern(version["email_body"]),
            version.get("variant_distribution_percentage"),
            call.now,
        )
        for version in versions
    ]
    return Step(
        old.id if old is not None else next(ids.step),
        given["seq_number"],
        given["seq_delay_details"]["delay_in_days"],
        # A job writes the same texts to thousands of campaigns: keep one of each.
        sys.intern(given.get("subject") or ""),
        sys.intern(given["email_body"]) if given.get("email_body") is not None else None,
        old.created_at if old is not None else call.now,
        call.now,
        variants,
        {key: given[key] for key in _STEP_OPTIONS if given.get(key) is not None},
    )


# --- schedule and settings ---------------------------------------------------------------------------
def _schedule_wording(problem: Problem) -> Refusal | None:
    if problem.kind is Kind.FORM and problem.path in {("start_hour",), ("end_hour",)}:
        return Refusal(400, {"error": f"Invalid {problem.keys} - {problem.value}"})
    return None


@answers(UpdateSchedule, wording=_schedule_wording)
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


def _settings_wording(problem: Problem) -> Refusal | None:
    if problem.kind is Kind.ENUM and problem.path[0] in {"track_settings", "stop_lead_settings"}:
        return Refusal(400, {"error": f"Invalid {problem.path[0]} value - {problem.value}"})
    return None


@answers(UpdateSettings, wording=_settings_wording)
def update_settings(call: Call) -> Reply:
    campaign = call.campaign
    for key, value in call.body.items():
        if key == "client_id":
            campaign.client_id = client_of(call)
        elif key == "track_settings":
            campaign.track_settings = [each.replace("DONT_TRACK_", "DONT_") for each in value or ()]
        elif key in _READ_BACK:
            if value is not None or key == "unsubscribe_text":
                setattr(campaign, key, value)
        else:
            campaign.settings[key] = value
    campaign.touch(call.now)
    return OK


@answers(UpdateTeamMember)
def update_team_member(call: Call) -> Reply:
    campaign = call.campaign
    campaign.team_member_id = call.body["teamMemberId"]
    return SUCCESS


# --- mailboxes of a campaign -------------------------------------------------------------------------
def _mailboxes(call: Call) -> list[EmailAccount]:
    mailboxes = []
    for email_account_id in call.body["email_account_ids"]:
        mailbox = call.access.email_account(email_account_id)
        if mailbox is None:
            text = f"Email account id - {email_account_id} not allowed. Permission Error."
            raise Refusal(400, {"error": text})
        mailboxes.append(mailbox)
    return mailboxes


@answers(ListCampaignEmailAccounts)
def list_campaign_email_accounts(call: Call) -> Reply:
    campaign, account = call.campaign, call.account
    rows = []
    for email_account_id in campaign.email_account_ids:
        mailbox = account.email_accounts[email_account_id]
        row = email_account_json(mailbox, account.id, listed=True)
        if call.query.get("include_tags"):
            row["tags"] = tags_json(mailbox.tags, account)
        rows.append(row)
    return json_reply(rows)


@answers(AddEmailAccounts)
def add_email_accounts(call: Call) -> Reply:
    campaign = call.campaign
    mailboxes = _mailboxes(call)
    for mailbox in mailboxes:
        if not mailbox.usable:
            text = f"Email account id - {mailbox.id} not allowed. The account is suspended or not connected."
            raise Refusal(400, {"error": text})
    rows = [
        {
            "id": link(call, campaign, mailbox),
            "email_campaign_id": campaign.id,
            "email_account_id": mailbox.id,
            "updated_at": call.stamp,
        }
        for mailbox in mailboxes
    ]
    return json_reply({"ok": True, "result": rows})


@answers(RemoveEmailAccounts)
def remove_email_accounts(call: Call) -> Reply:
    campaign = call.campaign
    leaving = [mailbox for mailbox in _mailboxes(call) if mailbox.id in campaign.email_account_ids]
    leaving_ids = {mailbox.id for mailbox in leaving}
    nobody_left = bool(leaving) and leaving_ids >= set(campaign.email_account_ids)
    if campaign.status is CampaignStatus.ACTIVE and nobody_left:
        raise Refusal(400, {"error": "The last email account of an ACTIVE campaign cannot be removed."})
    for mailbox in leaving:
        campaign.email_account_ids.pop(mailbox.id, None)
        mailbox.campaign_ids.pop(campaign.id, None)
    return json_reply({"ok": True, "result": len(leaving_ids)})
