"""The account of a key, its credits, and single emails."""

from __future__ import annotations

from ...api.account import GetCredits, GetUser
from ...api.emails import SendEmail
from ..call import Call
from ..clock import timestamp
from ..replies import NOT_FOUND, Refusal, Reply, json_reply
from ..routing import handles


@handles(GetUser)
def get_user(call: Call) -> Reply:
    access, account = call.access, call.account
    client = account.clients.get(access.client_id) if access.client_id is not None else None
    user = {
        "id": account.id,
        "email": f"owner{account.id}@sender.example" if client is None else client.email,
        "name": account.name if client is None else client.name,
        "company": None,
        "account_type": "PRO",
        "api_key": access.key,
        "created_at": timestamp(0.0 if client is None else client.created_at),
        "is_agency": bool(account.clients),
        "client_id": access.client_id,
        "subscription_status": "ACTIVE",
    }
    return json_reply(user)


@handles(GetCredits)
def get_credits(call: Call) -> Reply:
    figures = call.account.paid.prospect_figures()
    names = {"total_credits": "total", "used_credits": "used", "remaining_credits": "available"}
    return json_reply({name: figures[key] for name, key in names.items()})


@handles(SendEmail)
def send_email(call: Call) -> Reply:
    body = call.body
    if (body.get("fromEmail") is None) is (body.get("fromEmailId") is None):
        raise Refusal(422, {"error": "Invalid parameters provided"})
    address = (body.get("fromEmail") or "").lower()
    if not any(
        call.access.sees(mailbox.client_id)
        and (mailbox.id == body.get("fromEmailId") or mailbox.from_email.lower() == address)
        for mailbox in call.account.email_accounts.values()
    ):
        raise Refusal(404, NOT_FOUND)
    number = next(call.world.ids.message)
    return json_reply({"success": True, "data": {"message": "sent", "message_id": f"msg_{number}"}})
