"""Leads of a campaign: import with all its counters, list, export, and what is done to a single one."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

import attrs
import orjson

from ...api.campaigns.leads import (
    AddLeads,
    DeleteCampaignLead,
    ExportLeads,
    ListCampaignLeads,
    ListLeadActivities,
    MarkLeadComplete,
    PauseLead,
    ResumeLead,
    UnsubscribeCampaignLead,
    UpdateLead,
    UpdateLeadCategory,
    UpdateLeadEmailAccount,
)
from ..clock import instant
from ..rendering import CATEGORIES, place_json
from ..routing import Call, Refusal, Reply, answers, json_reply, text_reply
from ..state import LEAD_FIELDS, Account, Campaign, CampaignLead, CampaignStatus, Lead, LeadStatus
from ..validation import Kind, Problem
from .campaigns import OK, SUCCESS

_EMAIL: Final = re.compile(r"[^@\s,;<>\"()]+@(?:[\w-]+\.)+[\w-]{2,}")


_PAUSED: Final = json_reply({"ok": True, "data": "success"})


_LEAD_NOT_FOUND: Final = {"error": "Lead not found - Invalid lead_id."}


def unix(text: str) -> float:
    """An ISO 8601 instant as unix time; one without a zone is UTC."""
    moment = dt.datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


# --- import ------------------------------------------------------------------------------------------
def _import_wording(problem: Problem) -> Refusal | None:
    match problem.path, problem.kind:
        case ("lead_list",), Kind.LONG:
            body: dict[str, Any] = {
                "error": "lead_list cannot exceed 400 leads per request",
                "provided_count": len(problem.value),
                "max_allowed": 400,
            }
            return Refusal(422, body)
        case ("lead_list", int(), "email"), Kind.REQUIRED:
            text = "email field is required for all leads in lead_list"
            details = {"field": problem.label, "constraint": "required"}
            return Refusal(400, {"error": {"code": "VALIDATION_ERROR", "message": text, "details": details}})
        case _:
            return None


@attrs.define
class _Import:
    """One import under way. Every lead that was sent ends in exactly one of the counters."""

    call: Call
    campaign: Campaign
    settings: dict[str, Any]
    added: dict[str, str] = attrs.field(factory=dict)
    existing: dict[str, str] = attrs.field(factory=dict)
    elsewhere: dict[str, str] = attrs.field(factory=dict)
    invalid: list[str] = attrs.field(factory=list)
    unsubscribed: list[str] = attrs.field(factory=list)
    new: int = 0
    already: int = 0
    duplicates: int = 0
    blocked: int = 0
    bounced: int = 0
    stopped: int = 0

    def run(self, lead_list: list[dict[str, Any]]) -> None:
        account = self.call.account
        check_blocked = bool(account.blocked) and not self.settings.get("ignore_global_block_list")
        check_unsubscribed = not self.settings.get("ignore_unsubscribe_list")
        check_bounced = bool(account.bounced) and not self.settings.get("ignore_community_bounce_list")
        skip_elsewhere = self._skips_leads_of_other_campaigns()
        seen: set[str] = set()
        for given in lead_list:
            email = given["email"].strip()
            key = email.lower()
            if _EMAIL.fullmatch(email) is None:
                self.invalid.append(given["email"])
                continue
            if key in seen:
                self.duplicates += 1
                continue
            seen.add(key)
            lead = account.leads_by_email.get(key)
            if lead is not None and lead.id in self.campaign.leads:
                self.already += 1
                self.existing[email] = str(lead.id)
            elif check_blocked and not account.blocked.isdisjoint((key, key.partition("@")[2])):
                self.blocked += 1
            elif check_unsubscribed and (
                key in account.unsubscribed or (lead is not None and lead.unsubscribed)
            ):
                self.unsubscribed.append(email)
            elif check_bounced and key in account.bounced:
                self.bounced += 1
            elif skip_elsewhere and lead is not None and lead.places:
                self.duplicates += 1
                self.elsewhere[email] = str(lead.id)
            elif account.lead_quota is not None and account.lead_quota < 1:
                self.stopped += 1
            else:
                self._add(email, lead, given)

    def _skips_leads_of_other_campaigns(self) -> bool:
        # SmartLead's guide says of the flag "allow leads already in other campaigns", and its siblings skip a
        # check when true as well; so false (the default) keeps them out. Two public clients report the
        # reverse, hence the switch of the fake.
        flag = bool(self.settings.get("ignore_duplicate_leads_in_other_campaign"))
        return flag is (self.call.fake.duplicates_flag == "true_skips")

    def _add(self, email: str, lead: Lead | None, given: dict[str, Any]) -> None:
        call, account = self.call, self.call.account
        if lead is None:
            lead = Lead(next(call.fake.ids.lead), email, call.now)
            account.leads[lead.id] = account.leads_by_email[email.lower()] = lead
        change_lead(lead, given)
        place = CampaignLead(next(call.fake.ids.map), lead, self.campaign, call.now)
        lead.places.append(place)
        self.campaign.leads[lead.id] = place
        account.places_by_map_id[place.map_id] = place
        if account.lead_quota is not None:
            account.lead_quota -= 1
        self.new += 1
        self.added[email] = str(lead.id)

    def answer(self, sent: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "ok": not self.stopped,
            "upload_count": sent,
            "total_leads": self.new,
            "already_added_to_campaign": self.already,
            "duplicate_count": self.duplicates,
            "invalid_email_count": len(self.invalid),
            "invalid_emails": self.invalid,
            "unsubscribed_leads": self.unsubscribed,
            "block_count": self.blocked,
            "bounce_count": self.bounced,
            "is_lead_limit_exhausted": bool(self.stopped),
            "lead_import_stopped_count": self.stopped,
        }
        if self.stopped:
            body["error"] = "The lead credit limit has been reached, preventing any further lead imports."
        if self.settings.get("return_lead_ids"):
            body["emailToLeadIdMap"] = {
                "newlyAddedLeads": self.added,
                "existingLeads": self.existing,
                "existingLeadsInOtherCampaigns": self.elsewhere,
            }
        return body


def change_lead(lead: Lead, given: dict[str, Any]) -> None:
    """Write what was given to a lead's record; custom fields are merged, and their values become text."""
    for name, value in given.items():
        if value is None or name == "email":
            continue
        if name == "custom_fields":
            texts = {key: _as_text(each) for key, each in value.items() if each is not None}
            lead.custom_fields = {**lead.custom_fields, **texts} if lead.custom_fields else texts
        else:
            setattr(lead, name, value)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()


@answers(AddLeads, wording=_import_wording)
def add_leads(call: Call) -> Reply:
    given = call.body["lead_list"]
    run = _Import(call, call.campaign, call.body.get("settings") or {})
    run.run(given)
    return json_reply(run.answer(len(given)))


# --- reading -----------------------------------------------------------------------------------------
def page_limit_wording(problem: Problem) -> Refusal | None:
    """A page that is too long is a 422, unlike every other bad value."""
    if problem.path == ("limit",) and problem.kind is Kind.MAXIMUM and problem.limit is not None:
        return Refusal(422, {"error": f"limit must be less than or equal to {problem.limit:g}"})
    return None


def _filters(call: Call) -> list[Callable[[CampaignLead], bool]]:
    query = call.query
    chosen: list[Callable[[CampaignLead], bool]] = []
    if (status := query.get("status")) is not None:
        chosen.append(lambda place: place.status == status)
    if (category := query.get("lead_category_id")) is not None:
        chosen.append(lambda place: place.category_id == category)
    if (created := query.get("created_at_gt")) is not None:
        created_after = unix(created)
        chosen.append(lambda place: place.created_at > created_after)
    for key, kind in (("last_sent_time_gt", "SENT"), ("event_time_gt", None)):
        if (moment := query.get(key)) is not None:
            chosen.append(_has_message_after(unix(moment), kind))
    if (mail := query.get("emailStatus")) is not None:
        chosen.append(_MAIL_STATUS.get(mail, lambda _: False))
    return chosen


def _has_message_after(moment: float, kind: str | None) -> Callable[[CampaignLead], bool]:
    def has(place: CampaignLead) -> bool:
        return any(unix(m["time"]) > moment for m in place.messages or () if kind in {None, m["type"]})

    return has


def _replied(place: CampaignLead) -> bool:
    return any(message["type"] == "REPLY" for message in place.messages or ())


_MAIL_STATUS: Final[dict[str, Callable[[CampaignLead], bool]]] = {
    "is_replied": _replied,
    "not_replied": lambda place: not _replied(place),
    "is_unsubscribed": lambda place: place.unsubscribed or place.lead.unsubscribed,
}


@answers(ListCampaignLeads, wording=page_limit_wording)
def list_campaign_leads(call: Call) -> Reply:
    campaign = call.campaign
    offset, limit = call.query.get("offset", 0), call.query.get("limit", 100)
    chosen = _filters(call)
    places: Iterable[CampaignLead] = campaign.leads.values()
    total = len(campaign.leads)
    if chosen:
        places = [place for place in places if all(fits(place) for fits in chosen)]
        total = len(places)
    page = [place_json(place) for place in itertools.islice(places, offset, offset + limit)]
    return json_reply({"total_leads": str(total), "offset": offset, "limit": limit, "data": page})


_CSV_BEFORE: Final = ("id", "campaign_lead_map_id", "status", "category", "is_interested", "created_at")


_CSV_LEAD: Final = (
    "first_name",
    "last_name",
    "email",
    "phone_number",
    "company_name",
    "website",
    "location",
    "custom_fields",
    "linkedin_profile",
    "company_url",
    "is_unsubscribed",
    "unsubscribed_client_id_map",
)


_CSV_AFTER: Final = ("last_email_sequence_sent", "open_count", "click_count", "reply_count")


@answers(ExportLeads)
def export_leads(call: Call) -> Reply:
    campaign = call.campaign
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow((*_CSV_BEFORE, *_CSV_LEAD, *_CSV_AFTER))
    for place in campaign.leads.values():
        lead = place_json(place)["lead"]
        lead["custom_fields"] = orjson.dumps(lead["custom_fields"]).decode()
        lead["unsubscribed_client_id_map"] = ""
        lead["is_unsubscribed"] = str(lead["is_unsubscribed"]).lower()
        category = CATEGORIES[place.category_id][0] if place.category_id in CATEGORIES else ""
        replies = sum(message["type"] == "REPLY" for message in place.messages or ())
        table.writerow(
            (
                *(lead["id"], place.map_id, place.status.value, category),
                *(str(place.category_id == 1).lower(), instant(place.created_at)),
                *(lead[name] for name in _CSV_LEAD),
                *(place.last_step, 0, 0, replies),
            )
        )
    name = f"sl_campaign_{campaign.id}_leads.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Reply(200, out.getvalue().encode(), "text/csv; charset=utf-8", headers)


def _activities_wording(problem: Problem) -> Refusal | None:
    if problem.kind is Kind.TYPE and problem.path and str(problem.path[0]).startswith("event_time_"):
        text = f"Invalid {problem.path[0]} format. Use YYYY-MM-DD or ISO 8601 format."
        return Refusal(400, {"error": text, "status": "error"})
    return page_limit_wording(problem)


@answers(ListLeadActivities, wording=_activities_wording)
def list_lead_activities(call: Call) -> Reply:
    query = call.query
    offset, limit = query.get("offset", 0), query.get("limit", 100)
    try:
        since = unix(query["event_time_from"]) if "event_time_from" in query else float("-inf")
        until = unix(query["event_time_to"]) if "event_time_to" in query else float("inf")
    except ValueError:
        text = "Invalid event_time_from format. Use YYYY-MM-DD or ISO 8601 format."
        raise Refusal(400, {"error": text, "status": "error"}) from None
    rows = []
    for place in call.account.places_by_map_id.values():
        campaign = place.campaign
        if not place.messages or not call.access.sees(campaign.client_id):
            continue
        inside = [m for m in place.messages if m["type"] == "SENT" and since <= unix(m["time"]) <= until]
        if inside:
            rows.append(_activity(place, inside))
    page = rows[offset : offset + limit]
    more = offset + len(page) < len(rows)
    return json_reply({"data": page, "pagination": {"offset": offset, "limit": limit, "has_more": more}})


def _activity(place: CampaignLead, sent: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "lead_id": place.lead.id,
        "email_lead_map_id": str(place.map_id),
        "campaign_id": place.campaign.id,
        "campaign_name": place.campaign.name,
        "campaign_status": place.campaign.status,
        "status": place.status,
        "current_seq_num": place.last_step,
        "created_at": instant(place.created_at),
        "activities": [
            {
                "stats_id": message["stats_id"],
                "message_id": message["message_id"],
                "subject": message["subject"],
                "email_body": message["email_body"],
                "sent_time": message["time"],
                "from_email": message["from"],
                "to_email": message["to"],
                "email_seq_number": int(message["email_seq_number"]),
                "open_count": 0,
                "click_count": 0,
                "click_details": {},
                "reply_details": None,
                "thread_replies": [],
            }
            for message in sent
        ],
    }


# --- one lead ----------------------------------------------------------------------------------------
def place_of(call: Call, refusal: Any = _LEAD_NOT_FOUND, status: int = 404) -> CampaignLead:
    """The lead that the second id of the path names, in the campaign of the first."""
    place = call.campaign.leads.get(call.ids[1])
    if place is None:
        raise Refusal(status, refusal)
    return place


def remove_place(account: Account, place: CampaignLead) -> None:
    """Take a lead out of a campaign."""
    place.lead.places.remove(place)
    del place.campaign.leads[place.lead.id]
    del account.places_by_map_id[place.map_id]


def forget_lead(account: Account, lead: Lead) -> None:
    """Erase a lead's record, and with it its places in campaigns."""
    for place in list(lead.places):
        remove_place(account, place)
    del account.leads[lead.id]
    del account.leads_by_email[lead.email.lower()]


@answers(DeleteCampaignLead)
def delete_campaign_lead(call: Call) -> Reply:
    place = place_of(call)
    remove_place(call.account, place)
    if not place.lead.places:
        forget_lead(call.account, place.lead)
    return text_reply("success")


def _email_wording(problem: Problem) -> Refusal | None:
    if problem.path == ("email",) and problem.kind is Kind.REQUIRED:
        return Refusal(422, {"error": "email is required"})
    return None


@answers(UpdateLead, wording=_email_wording)
def update_lead(call: Call) -> Reply:
    lead = place_of(call, {"ok": False, "error": "Invalid request!"}).lead
    email = call.body["email"].strip()
    if _EMAIL.fullmatch(email) is None:
        raise Refusal(422, {"error": f"Invalid email format for {email}"})
    by_email = call.account.leads_by_email
    if by_email.get(email.lower(), lead) is not lead:
        raise Refusal(422, {"error": f"Another lead has the email {email}"})
    del by_email[lead.email.lower()]
    lead.email = email
    by_email[email.lower()] = lead
    change_lead(lead, {name: call.body[name] for name in LEAD_FIELDS if name in call.body})
    return OK


@answers(UpdateLeadCategory)
def update_lead_category(call: Call) -> Reply:
    place = place_of(call)
    category = call.body["category_id"]
    if category is not None and category not in CATEGORIES:
        raise Refusal(400, {"error": f"Invalid category_id - {category}"})
    place.category_id = category
    if call.body.get("pause_lead"):
        place.status = LeadStatus.PAUSED
    return OK


@answers(PauseLead)
def pause_lead(call: Call) -> Reply:
    place_of(call).status = LeadStatus.PAUSED
    return _PAUSED


@answers(ResumeLead)
def resume_lead(call: Call) -> Reply:
    place = place_of(call, {"error": "Invalid lead id"}, 500)
    if place.campaign.sequences and place.last_step >= len(place.campaign.sequences):
        raise Refusal(500, {"error": "This is the last sequence. You cannot resume this lead."})
    if place.status is LeadStatus.PAUSED:
        place.status = LeadStatus.INPROGRESS if place.last_step else LeadStatus.STARTED
    return _PAUSED


@answers(UnsubscribeCampaignLead)
def unsubscribe_campaign_lead(call: Call) -> Reply:
    place_of(call).unsubscribed = True
    return OK


@answers(MarkLeadComplete)
def mark_lead_complete(call: Call) -> Reply:
    campaign = call.campaign
    place = call.account.places_by_map_id.get(call.ids[1])
    if place is None or place.campaign is not campaign:
        raise Refusal(404, _LEAD_NOT_FOUND)
    place.last_step += 1
    if place.last_step < len(campaign.sequences):
        place.status = LeadStatus.INPROGRESS
        step = campaign.sequences[place.last_step]
        status = {
            "isLastSequence": False,
            "nextSequence": {"id": step.id, "delayInDays": str(step.delay_in_days)},
        }
        return json_reply({"ok": True, "status": status})
    place.status = LeadStatus.COMPLETED
    if campaign.status is CampaignStatus.ACTIVE and all(
        each.status is LeadStatus.COMPLETED for each in campaign.leads.values()
    ):
        campaign.status = CampaignStatus.COMPLETED
        campaign.touch(call.now)
    return json_reply({"ok": True, "status": {"isLastSequence": True, "nextSequence": None}})


@answers(UpdateLeadEmailAccount)
def update_lead_email_account(call: Call) -> Reply:
    body = call.body
    campaign = call.access.campaign(body["email_campaign_id"])
    place = campaign.leads.get(body["email_lead_id"]) if campaign is not None else None
    if campaign is None or place is None:
        raise Refusal(404, {"error": "Resource not found"})
    if body["email_account_id"] not in campaign.email_account_ids:
        text = f"Email account id - {body['email_account_id']} not allowed. Permission Error."
        raise Refusal(400, {"error": text})
    if place.email_account_id is None or body.get("override_lead_email_account"):
        place.email_account_id = body["email_account_id"]
    return SUCCESS
