"""Mailboxes of an account."""

from __future__ import annotations

import itertools
from typing import Any, Final

import attrs

from ...api.email_accounts.connection import (
    BulkDeleteEmailAccounts,
    DeleteEmailAccount,
    DisconnectGoogle,
    DisconnectMicrosoft,
    ReconnectFailedEmailAccounts,
    SuspendEmailAccount,
    UnsuspendEmailAccount,
)
from ...api.email_accounts.messages import FetchMessages, FetchMessagesBulk
from ...api.email_accounts.read import GetEmailAccount, ListEmailAccounts, ListEmailAccountTags
from ...api.email_accounts.save import SaveEmailAccount, SaveOAuthEmailAccount, UpdateEmailAccount
from ...api.email_accounts.warmup import UpdateWarmup
from ..call import Call
from ..problem import Problem, ProblemKind
from ..rendering import email_account_json, tags_json
from ..replies import OK, Refusal, Reply, json_reply
from ..routing import handles
from ..state import EmailAccount
from .client_assignment import resolve_client
from .problem_refusals import refuse_long_page

_NOT_FOUND: Final = {"error": "Email account not found"}


_NOT_YOURS: Final = {"success": False, "message": "Email account not found or does not belong to you"}


_DAY: Final = 86_400.0


# --- reading -----------------------------------------------------------------------------------------
def _matches(mailbox: EmailAccount, query: dict[str, Any]) -> bool:
    warmup = mailbox.warmup or {}
    values = {
        "isInUse": str(bool(mailbox.campaign_ids)).lower(),
        "isSmtpSuccess": str(mailbox.smtp_ok).lower(),
        "isWarmupBlocked": "false",
        "emailWarmupStatus": "ACTIVE" if warmup.get("warmup_enabled") else "INACTIVE",
        "esp": mailbox.type,
        "client_id": mailbox.client_id,
    }
    if any(key in query and _plain(query[key]) != value for key, value in values.items()):
        return False
    return str(query.get("username", "")).lower() in mailbox.from_email.lower()


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


@handles(ListEmailAccounts, on_problem=refuse_long_page)
def list_email_accounts(call: Call) -> Reply:
    query, account = call.query, call.account
    filters = {
        key: value for key, value in query.items() if key not in {"offset", "limit", "fetch_campaigns"}
    }
    chosen = (
        mailbox
        for mailbox in account.email_accounts.values()
        if call.access.sees(mailbox.client_id) and (not filters or _matches(mailbox, filters))
    )
    offset = query.get("offset", 0)
    rows = []
    for mailbox in itertools.islice(chosen, offset, offset + query.get("limit", 100)):
        row = email_account_json(mailbox, account.id, call.now, listed=True)
        row["tags"] = tags_json(mailbox.tags, account)
        if query.get("fetch_campaigns"):
            row["campaign_ids"] = list(mailbox.campaign_ids)
        rows.append(row)
    return json_reply(rows)


@handles(GetEmailAccount)
def get_email_account(call: Call) -> Reply:
    mailbox = call.email_account(_NOT_FOUND)
    body = email_account_json(mailbox, call.account.id, call.now, listed=False)
    if call.query.get("fetch_campaigns"):
        body["campaign_ids"] = list(mailbox.campaign_ids)
    if call.query.get("fetch_tags"):
        body["tags"] = tags_json(mailbox.tags, call.account)
    return json_reply(body)


@handles(ListEmailAccountTags, unauthorized={"ok": False, "message": "User authentication required."})
def list_email_account_tags(call: Call) -> Reply:
    return json_reply([attrs.asdict(tag) for tag in call.account.tags.values()])


# --- writing -----------------------------------------------------------------------------------------
_ATTRIBUTES: Final = {
    "from_name": "from_name",
    "max_email_per_day": "message_per_day",
    "custom_tracking_url": "tracking_domain",
    "bcc": "bcc",
    "signature": "signature",
    "time_to_wait_in_mins": "minutes_between",
    "different_reply_to_address": "reply_to",
    "is_suspended": "suspended",
    "type": "type",
}
"""Written names, and the attributes that the fake stores them in."""


_CONNECTION: Final = {
    "user_name": "username",
    "username": "username",
    "password": "password",
    "smtp_host": "smtp_host",
    "smtp_port": "smtp_port",
    "smtp_port_type": "smtp_port_type",
    "imap_host": "imap_host",
    "imap_port": "imap_port",
    "imap_user_name": "imap_username",
    "imap_password": "imap_password",
    "token": "token",
}


_WARMUP: Final = (
    "warmup_enabled",
    "total_warmup_per_day",
    "daily_rampup",
    "reply_rate_percentage",
    "warmup_key_id",
    "auto_adjust_warmup",
    "is_rampup_enabled",
)


def _change(call: Call, mailbox: EmailAccount) -> None:
    for key, value in call.body.items():
        if key == "client_id":
            mailbox.client_id = resolve_client(call)
        elif value is None:
            continue
        elif key in _ATTRIBUTES:
            setattr(mailbox, _ATTRIBUTES[key], value)
        elif key in _CONNECTION:
            mailbox.connection[_CONNECTION[key]] = value
    warmup = {key: call.body[key] for key in _WARMUP if call.body.get(key) is not None}
    # A mailbox has no warm-up details before warm-up was enabled for the first time.
    if warmup.get("warmup_enabled") or mailbox.warmup is not None:
        mailbox.warmup = (mailbox.warmup or {}) | warmup
        is_on = mailbox.warmup.get("warmup_enabled")
        mailbox.warmup_since = (mailbox.warmup_since or call.now) if is_on else None
    mailbox.updated_at = call.now


@handles(UpdateEmailAccount)
def update_email_account(call: Call) -> Reply:
    _change(call, call.email_account(_NOT_FOUND))
    return json_reply({"ok": True, "message": "Email account details updated successfully!"})


def _refuse_warmup(problem: Problem) -> Refusal | None:
    if problem.path == ("total_warmup_per_day",) and problem.kind is ProblemKind.MAXIMUM:
        return Refusal(
            422, {"error": f"total_warmup_per_day must be less than or equal to {problem.limit:g}"}
        )
    return None


@handles(UpdateWarmup, on_problem=_refuse_warmup)
def update_warmup(call: Call) -> Reply:
    mailbox = call.email_account(_NOT_FOUND)
    _change(call, mailbox)
    return json_reply(
        {
            "ok": True,
            "message": "Warmup settings updated successfully",
            "emailAccountId": mailbox.id,
            "warmupKey": f"apple-{mailbox.id}",
        }
    )


def _saved(call: Call, kind: str) -> EmailAccount:
    body, account = call.body, call.account
    number = body.get("id")
    if number is not None:
        mailbox = call.access.email_account(number)
        if mailbox is None:
            raise Refusal(
                404, {"ok": False, "message": "Email account not found!", "errorCode": "ACCOUNT_NOT_FOUND"}
            )
        mailbox.from_email = body["from_email"]
    else:
        email = body["from_email"].lower()
        if any(each.from_email.lower() == email for each in account.email_accounts.values()):
            text = "Email account already exists!"
            raise Refusal(400, {"ok": False, "message": text, "errorCode": "ACCOUNT_ALREADY_EXIST"})
        number = next(call.world.ids.email_account)
        mailbox = EmailAccount(number, body["from_email"], body["from_name"], call.now, call.now)
        mailbox.client_id = resolve_client(call)
        mailbox.type = kind
        account.email_accounts[number] = mailbox
    _change(call, mailbox)
    return mailbox


def _refuse_unnamed(problem: Problem) -> Refusal | None:
    if problem.path == ("from_name",) and problem.kind is ProblemKind.REQUIRED:
        return Refusal(422, {"error": "from_name is required"})
    return None


@handles(SaveEmailAccount, on_problem=_refuse_unnamed)
def save_email_account(call: Call) -> Reply:
    mailbox = _saved(call, "SMTP")
    return json_reply(
        {
            "ok": True,
            "message": "Email account added/updated successfully!",
            "emailAccountId": mailbox.id,
            "warmupKey": f"apple-{mailbox.id}" if mailbox.warmup else None,
        }
    )


def _refuse_oauth(problem: Problem) -> Refusal | None:
    if problem.path == ("type",) and problem.kind is ProblemKind.ENUM:
        return Refusal(422, {"error": "type must be one of [GMAIL, OUTLOOK]"})
    return _refuse_unnamed(problem)


@handles(SaveOAuthEmailAccount, on_problem=_refuse_oauth)
def save_oauth_email_account(call: Call) -> Reply:
    mailbox = _saved(call, call.body["type"])
    return json_reply(
        {
            "ok": True,
            "message": "OAuth account added successfully",
            "data": {
                "id": mailbox.id,
                "from_email": mailbox.from_email,
                "type": mailbox.type,
                "is_smtp_success": mailbox.smtp_ok,
                "is_imap_success": mailbox.imap_ok,
            },
        }
    )


@handles(SuspendEmailAccount)
def suspend_email_account(call: Call) -> Reply:
    return _suspended(call, True, "Email account suspended successfully")


@handles(UnsuspendEmailAccount)
def unsuspend_email_account(call: Call) -> Reply:
    return _suspended(call, False, "Email account unsuspended successfully")


def _suspended(call: Call, suspended: bool, message: str) -> Reply:
    # An unknown mailbox is a 400 on these two routes.
    mailbox = call.email_account(_NOT_YOURS, 400)
    mailbox.suspended = suspended
    data = {"accountId": mailbox.id, "isSuspended": suspended}
    return json_reply({"success": True, "message": message, "data": data})


def _remove(call: Call, mailbox: EmailAccount) -> None:
    for campaign_id in mailbox.campaign_ids:
        campaign = call.account.campaigns.get(campaign_id)
        if campaign is not None:
            campaign.email_account_ids.pop(mailbox.id, None)
    del call.account.email_accounts[mailbox.id]


@handles(DeleteEmailAccount)
def delete_email_account(call: Call) -> Reply:
    number = call.ids[0]
    missing = {
        "ok": False,
        "message": "Email account not found!",
        "errorCode": "ACCOUNT_NOT_FOUND",
        "emailAccountId": number,
    }
    _remove(call, call.email_account(missing))
    message = "Email account deleted successfully!"
    return json_reply({"ok": True, "message": message, "emailAccountId": number})


@handles(BulkDeleteEmailAccounts)
def bulk_delete_email_accounts(call: Call) -> Reply:
    for number in call.body["ids"]:
        mailbox = call.access.email_account(number)
        if mailbox is not None:
            _remove(call, mailbox)
    return OK


@handles(ReconnectFailedEmailAccounts)
def reconnect_failed_email_accounts(call: Call) -> Reply:
    account = call.account
    account.reconnects = [at for at in account.reconnects if at > call.now - _DAY]
    if len(account.reconnects) >= 3:
        # The body says ok; only the status shows the refusal.
        message = "Bulk reconnect API cannot be consumed more than 3 times a day"
        return json_reply({"ok": True, "message": message}, 406)
    account.reconnects.append(call.now)
    visible = [m for m in account.email_accounts.values() if call.access.sees(m.client_id)]
    failed = [mailbox for mailbox in visible if not (mailbox.smtp_ok and mailbox.imap_ok)]
    if not failed:
        raise Refusal(404, {"message": "No failed email account found!"})
    for mailbox in failed:
        mailbox.smtp_ok = mailbox.imap_ok = True
    return json_reply({"ok": True, "message": "queued"})


@handles(FetchMessages)
def fetch_messages(call: Call) -> Reply:
    call.email_account(_NOT_FOUND)
    return json_reply({})


@handles(FetchMessagesBulk)
def fetch_messages_bulk(call: Call) -> Reply:
    for each in call.body:
        if call.access.email_account(each["account_id"]) is None:
            raise Refusal(404, _NOT_FOUND)
    return json_reply([])


@handles(DisconnectGoogle)
@handles(DisconnectMicrosoft)
def disconnect(call: Call) -> Reply:
    mailbox = call.email_account(_NOT_FOUND)
    mailbox.smtp_ok = mailbox.imap_ok = False
    return OK
