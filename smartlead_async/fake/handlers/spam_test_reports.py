"""Reports about spam tests: where the mails arrived, and why. All are counted from the mails of the runs."""

from __future__ import annotations

from typing import Any, Final

from ...api.smart_delivery.authentication import (
    GetDkimDetails,
    GetDomainBlacklist,
    GetIpAnalytics,
    GetIpBlacklist,
    GetRdnsDetails,
    GetSpamFilterDetails,
    GetSpfDetails,
)
from ...api.smart_delivery.placement import (
    GetGroupReport,
    GetMailboxesCount,
    GetMailboxesSummary,
    GetProviderReport,
)
from ...api.smart_delivery.senders import (
    GetReplyEmailHeaders,
    GetReplyIpDetails,
    GetSenderReport,
    ListSenderAccounts,
)
from ...api.smart_delivery.spam_tests import GetEmailContent, GetScheduleHistory, ListSeedProviders
from ..call import Call, as_number
from ..clock import timestamp
from ..figures import percentage
from ..rendering import plain_text
from ..replies import NOT_FOUND, Refusal, Reply, json_reply
from ..routing import handles
from ..spam_test import (
    GROUP,
    PROVIDERS,
    REGION,
    SPAM_TEST_SECONDS,
    SeedMail,
    SpamTest,
    placement_of,
)
from ..state import Step
from .spam_tests import spam_test_of, visible_tests

_FOLDERS: Final = {"inbox_count": "INBOX", "tab_count": "TAB", "spam_count": "SPAM"}
_BLACKLISTS: Final = 52
"""The number of blacklists of the contract's examples. The fake's senders are on none."""


# --- placement ---------------------------------------------------------------------------------------
@handles(GetProviderReport)
def provider_report(call: Call) -> Reply:
    test = spam_test_of(call)
    mails = test.arrived(call.now)
    rows = [
        {
            "provider_id": number,
            "provider_name": PROVIDERS[number],
            "group_id": GROUP[0],
            "region_id": REGION[0],
            **placement_of(mail for mail in mails if mail.provider_id == number),
        }
        for number in test.providers
    ]
    return _report(call, test, rows)


@handles(GetGroupReport)
def group_report(call: Call) -> Reply:
    test = spam_test_of(call)
    row = {"group_id": GROUP[0], "group_name": GROUP[1], "region_id": REGION[0]}
    return _report(call, test, [row | placement_of(test.arrived(call.now))])


def _report(call: Call, test: SpamTest, rows: list[dict[str, Any]]) -> Reply:
    result = rows if test.arrived(call.now) else []
    return json_reply({"overallTotalCount": test.total, "status": test.status(call.now), "result": result})


@handles(GetScheduleHistory)
def schedule_history(call: Call) -> Reply:
    test = spam_test_of(call)
    rows = [
        {
            "spam_test_id": test.id,
            "test_run_no": number,
            "status": "COMPLETED" if call.now >= began + SPAM_TEST_SECONDS else "ACTIVE",
            "reply_hour_interval_start": 0,
            "reply_hour_interval_end": 24,
            **placement_of(test.arrived(call.now, number)),
        }
        for number, began in enumerate(test.runs, start=1)
    ]
    return json_reply(rows)


def _all_arrived(call: Call) -> list[SeedMail]:
    return [mail for test in visible_tests(call) for mail in test.all_arrived(call.now)]


@handles(GetMailboxesCount)
def mailboxes_count(call: Call) -> Reply:
    counts = placement_of(_all_arrived(call))
    total = counts.pop("adjusted_total_email_count")
    return json_reply(counts | {"failed_count": 0, "total_email_count": total})


@handles(GetMailboxesSummary)
def mailboxes_summary(call: Call) -> Reply:
    by_sender: dict[str, list[SeedMail]] = {}
    for mail in _all_arrived(call):
        by_sender.setdefault(mail.sender, []).append(mail)
    offset = call.query.get("offset", 0)
    senders = list(by_sender)[offset : offset + call.query.get("limit", 10)]
    return json_reply([_mailbox(call, sender, by_sender[sender]) for sender in senders])


def _mailbox(call: Call, sender: str, mails: list[SeedMail]) -> dict[str, Any]:
    counts = placement_of(mails)
    total = counts.pop("adjusted_total_email_count")
    shares = {name.removesuffix("_count"): percentage(count, total) for name, count in counts.items()}
    passed = dict.fromkeys(("dkim_pass", "spf_pass"), percentage(total, total))
    mailboxes = call.account.email_accounts.values()
    provider = next((box.type for box in mailboxes if box.from_email.lower() == sender.lower()), None)
    totals = {"placement_count": total, "adjusted_total_count": total}
    return {"from_email": sender, "esp": provider, "percentages": shares | passed} | totals | counts


@handles(ListSeedProviders)
def list_seed_providers(_call: Call) -> Reply:
    # The ids are strings here, and numbers in the bodies that create tests.
    providers = [{"provider_id": str(number), "provider_name": name} for number, name in PROVIDERS.items()]
    group = {"group_id": str(GROUP[0]), "group_name": GROUP[1], "providers": providers}
    return json_reply([{"region_id": str(REGION[0]), "region_name": REGION[1], "groups": [group]}])


# --- senders -----------------------------------------------------------------------------------------
@handles(ListSenderAccounts)
def list_sender_accounts(call: Call) -> Reply:
    test = spam_test_of(call)
    rows = [
        {
            "id": 701 + number,
            "spam_test_id": test.id,
            "from_email": sender,
            "created_at": timestamp(test.created_at),
            "updated_at": timestamp(test.created_at),
            "client_id": test.client_id,
            "user_id": call.account.id,
        }
        for number, sender in enumerate(test.senders)
    ]
    return json_reply(rows)


@handles(GetSenderReport)
def sender_report(call: Call) -> Reply:
    test = spam_test_of(call)

    def row(mail: SeedMail) -> dict[str, Any]:
        return {"id": mail.seed_id, "email": mail.to_email, "reply": _received(test, mail)}

    reports = test.by_sender(call.now, row)
    return json_reply([{"email": sender, "details": rows} for sender, rows in reports])


def _received(test: SpamTest, mail: SeedMail) -> dict[str, Any]:
    return {
        # The reply_id of the two reports below.
        "id": str(mail.id),
        "uid": mail.number,
        "message_id": f"<t{mail.id}@{mail.domain}>",
        "email_size": 2048,
        "mail_folder": _FOLDERS[mail.placement],
        "rdns_result": {"rdns": _mail_server(mail.domain), "status": True},
        "spf_result": {"spf": mail.domain, "status": "PASS"},
        "dkim_result": {"dkim": mail.domain, "status": "PASS"},
        "dmarc_result": {"dmarc": mail.domain, "status": "PASS"},
        "sender_ip": _ip(test, mail.domain),
        "delivered_in": "2",
        "blacklist_status": _blacklists(mail.domain),
    }


def _reply_of(call: Call) -> SeedMail:
    test, number = spam_test_of(call), as_number(call.ids[1])
    found = next((mail for mail in test.all_arrived(call.now) if mail.id == number), None)
    if found is None:
        raise Refusal(404, NOT_FOUND)
    return found


@handles(GetReplyEmailHeaders)
def reply_email_headers(call: Call) -> Reply:
    mail = _reply_of(call)
    receiver = f"mx.{mail.to_email.rpartition('@')[2]}"
    headers = {
        "Return-Path": f"<{mail.sender}>",
        "Received": f"from {_mail_server(mail.domain)} by {receiver}",
        # The misspelt name is SmartLead's.
        "Reveived-Spf": "pass",
        "Authentication-Results": f"{receiver}; dkim=pass; spf=pass; dmarc=pass",
    }
    return json_reply(headers)


@handles(GetReplyIpDetails)
def reply_ip_details(call: Call) -> Reply:
    return json_reply(_blacklists(_reply_of(call).domain))


# --- authentication ----------------------------------------------------------------------------------
def _authentication(call: Call, check: str, status: str | bool) -> Reply:
    def row(mail: SeedMail) -> dict[str, Any]:
        return {"to_email": mail.to_email, f"{check}_result": {check: mail.domain, "status": status}}

    reports = spam_test_of(call).by_sender(call.now, row)
    return json_reply([{"from_email": sender, "seed_accounts": rows} for sender, rows in reports])


@handles(GetDkimDetails)
def dkim_details(call: Call) -> Reply:
    return _authentication(call, "dkim", "PASS")


@handles(GetSpfDetails)
def spf_details(call: Call) -> Reply:
    return _authentication(call, "spf", "PASS")


@handles(GetRdnsDetails)
def rdns_details(call: Call) -> Reply:
    return _authentication(call, "rdns", status=True)


@handles(GetIpBlacklist)
def ip_blacklist(call: Call) -> Reply:
    def row(mail: SeedMail) -> dict[str, Any]:
        reply = {"blacklist_status": _blacklists(mail.domain)}
        return {"id": mail.seed_id, "email": mail.to_email, "reply": reply}

    reports = spam_test_of(call).by_sender(call.now, row)
    return json_reply([{"from_email": sender, "details": rows} for sender, rows in reports])


@handles(GetDomainBlacklist)
def domain_blacklist(call: Call) -> Reply:
    # One object, also for a test of several domains: that of the first sender.
    return json_reply(_blacklists(_domains(spam_test_of(call))[0]))


@handles(GetIpAnalytics)
def ip_analytics(call: Call) -> Reply:
    test = spam_test_of(call)
    rows = [
        {
            "ip": _ip(test, domain),
            "blacklisted": False,
            "summary": "",
            "whois_data": {
                "isp": "Example Net",
                "location": "ES",
                "reverse_dns": _mail_server(domain),
                "organization": "Example",
            },
            "created_at": timestamp(test.created_at),
        }
        for domain in _domains(test)
    ]
    return json_reply(rows)


def _domains(test: SpamTest) -> list[str]:
    return list(dict.fromkeys(sender.rpartition("@")[2] for sender in test.senders))


def _ip(test: SpamTest, domain: str) -> str:
    return f"192.0.2.{10 + _domains(test).index(domain) % 240}"


def _mail_server(domain: str) -> str:
    return f"mta1.{domain}"


def _blacklists(domain: str) -> dict[str, Any]:
    results = {"totalBlacklist": 0, "totalTestedOk": _BLACKLISTS, "totalTests": _BLACKLISTS}
    return {"domain": domain, **results, "totalTimedOut": 0}


# --- content -----------------------------------------------------------------------------------------
def _step(call: Call, test: SpamTest) -> Step | None:
    campaign = call.account.campaigns.get(test.body["campaign_id"])
    steps = campaign.sequences if campaign is not None else []
    return next((step for step in steps if step.id == test.body["sequence_mapping_id"]), None)


@handles(GetEmailContent)
def email_content(call: Call) -> Reply:
    test = spam_test_of(call)
    step = _step(call, test)
    if step is None:
        return json_reply({"spamTest": test.id, "subject": None, "text": None, "html": None})
    text = plain_text(step.body or "")
    raw = f"Subject: {step.subject}\r\n\r\n{text}"
    content = {"subject": step.subject, "text": text, "html": step.body, "rawEmailContent": raw}
    return json_reply({"spamTest": test.id} | content)


@handles(GetSpamFilterDetails)
def spam_filter_details(call: Call) -> Reply:
    test = spam_test_of(call)
    step = _step(call, test)
    rule = {"ruleName": "DKIM_VALID", "ruleDescription": "valid signature", "ruleScore": "-0.1"}
    result = {
        "contentPreview": plain_text(step.body or "")[:40] if step is not None else None,
        "detailedRules": [rule],
        "isSpam": False,
        "required": "5.0",
        "score": "-0.1",
    }
    detail = {"spam_filter_result": result, "score": "-0.1", "required": "5.0"}
    arrived = {mail.sender for mail in test.arrived(call.now)}
    rows = [
        {"from_email": sender, "spam_filter_details": [detail] * len(test.body["spam_filters"])}
        for sender in test.senders
        if sender in arrived
    ]
    return json_reply(rows)
