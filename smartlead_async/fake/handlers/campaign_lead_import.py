"""Import of leads into a campaign, with all its counters."""

from __future__ import annotations

from typing import Any

import attrs

from ...api.campaigns.leads import AddLeads
from ..call import Call
from ..problem import Problem, ProblemKind
from ..replies import Refusal, Reply, json_reply
from ..routing import handles
from ..state import Campaign, Lead
from .lead_membership import add_to_campaign, is_email, new_lead, write_lead_fields


def _refuse_import(problem: Problem) -> Refusal | None:
    match problem.path, problem.kind:
        case ("lead_list",), ProblemKind.TOO_LONG:
            body: dict[str, Any] = {
                "error": "lead_list cannot exceed 400 leads per request",
                "provided_count": len(problem.value),
                "max_allowed": 400,
            }
            return Refusal(422, body)
        case ("lead_list", int(), "email"), ProblemKind.REQUIRED:
            message = "email field is required for all leads in lead_list"
            details = {"field": problem.label, "constraint": "required"}
            error = {"code": "VALIDATION_ERROR", "message": message, "details": details}
            return Refusal(400, {"error": error})
        case _:
            return None


@handles(AddLeads, on_problem=_refuse_import)
def add_leads(call: Call) -> Reply:
    sent = call.body["lead_list"]
    lead_import = LeadImport(call, call.campaign, call.body.get("settings") or {})
    lead_import.run(sent)
    return json_reply(lead_import.response(len(sent)))


@attrs.define
class LeadImport:
    """One import. Every lead that was sent is counted in exactly one of the counters."""

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
        """Import leads, given by their fields."""
        seen: set[str] = set()
        for fields in lead_list:
            email = fields["email"].strip()
            key = email.lower()
            if not is_email(email):
                self.invalid.append(fields["email"])
            elif key in seen:
                self.duplicates += 1
            else:
                seen.add(key)
                lead = self.call.account.leads_by_email.get(key)
                if lead is not None and lead.id in self.campaign.leads:
                    self.already += 1
                    self.existing[email] = str(lead.id)
                elif not self._is_suppressed(email, lead) and not self._is_surplus(email, lead):
                    self._add(email, lead, fields)

    def _is_suppressed(self, email: str, lead: Lead | None) -> bool:
        """Count a lead that is on a suppression list, unless the settings ignore the list."""
        account, settings, key = self.call.account, self.settings, email.lower()
        is_blocked = account.blocked.blocks(key, self.campaign.client_id)
        is_unsubscribed = key in account.unsubscribed or (lead is not None and lead.unsubscribed)
        if is_blocked and not settings.get("ignore_global_block_list"):
            self.blocked += 1
        elif is_unsubscribed and not settings.get("ignore_unsubscribe_list"):
            self.unsubscribed.append(email)
        elif key in account.bounced and not settings.get("ignore_community_bounce_list"):
            self.bounced += 1
        else:
            return False
        return True

    def _is_surplus(self, email: str, lead: Lead | None) -> bool:
        """Count a lead that another campaign has already, or for which no credit is left."""
        if lead is not None and lead.memberships and self._skips_leads_of_other_campaigns():
            self.duplicates += 1
            self.elsewhere[email] = str(lead.id)
            return True
        quota = self.call.account.lead_quota
        if quota is not None and quota < 1:
            self.stopped += 1
            return True
        return False

    def _skips_leads_of_other_campaigns(self) -> bool:
        # SmartLead's guide says of the flag "allow leads already in other campaigns", and its siblings skip a
        # check when true as well; so false (the default) keeps them out. Two public clients report the
        # reverse, hence the switch of the fake.
        flag = bool(self.settings.get("ignore_duplicate_leads_in_other_campaign"))
        return flag is (self.call.world.duplicates_flag == "true_skips")

    def _add(self, email: str, lead: Lead | None, fields: dict[str, Any]) -> None:
        call, account = self.call, self.call.account
        if lead is None:
            lead = new_lead(call, email)
        write_lead_fields(lead, fields)
        add_to_campaign(call, self.campaign, lead)
        if account.lead_quota is not None:
            account.lead_quota -= 1
        self.new += 1
        self.added[email] = str(lead.id)

    def response(self, sent: int) -> dict[str, Any]:
        """Return the counters as the body of a response."""
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
