"""Orders of domains and mailboxes, which take eight hours, and what can be ordered."""

from __future__ import annotations

from typing import Any

from ...api.smart_senders import (
    AutoGenerateMailboxes,
    GetOrder,
    GetOtp,
    ListDomains,
    PlaceOrder,
    SearchDomain,
)
from ..call import Call
from ..clock import timestamp
from ..paid import Order
from ..replies import NOT_FOUND, Refusal, Reply, json_reply
from ..routing import handles


@handles(PlaceOrder)
def place_order(call: Call) -> Reply:
    paid = call.account.paid
    order = Order(str(next(paid.ids.order)), call.body, call.now)
    paid.orders[order.id] = order
    return json_reply({"status": "success", "order_id": order.id})


@handles(GetOrder)
def get_order(call: Call) -> Reply:
    order = call.account.paid.orders.get(call.query["order_id"])
    if order is None:
        raise Refusal(404, NOT_FOUND)
    data = {"order_id": order.id, "status": order.status(call.now), "message": ""}
    return json_reply({"status": "success", "message": "ok", "data": data})


@handles(ListDomains)
def list_domains(call: Call) -> Reply:
    rows = [
        {
            "domain_name": domain["domain_name"],
            "vendor_id": order.body["vendor_id"],
            "created_at": timestamp(order.created_at),
            "updated_at": timestamp(order.created_at),
            "forwarding_domain": order.body["forwarding_domain"],
            "is_active": order.status(call.now) == "Completed",
            "order_id": order.id,
        }
        for order in call.account.paid.orders.values()
        for domain in order.body["domains"]
    ]
    return json_reply([{"id": number, **row} for number, row in enumerate(rows, start=611)])


def _order_of(call: Call, domain: str) -> Order | None:
    orders = call.account.paid.orders.values()
    return next((o for o in orders if any(d["domain_name"] == domain for d in o.body["domains"])), None)


@handles(SearchDomain)
def search_domain(call: Call) -> Reply:
    # Every domain can be bought once.
    domain = call.query["domain_name"]
    is_available = _order_of(call, domain) is None
    suggestions = [] if is_available else [{"domain": f"get{domain}"}, {"domain": f"try{domain}"}]
    return json_reply({"domain": domain, "available": is_available, "suggestions": suggestions})


@handles(AutoGenerateMailboxes)
def auto_generate_mailboxes(call: Call) -> Reply:
    rows = [
        {
            "domain_name": domain["domain_name"],
            "mailbox_details": [
                _suggested(owner, domain["domain_name"]) for owner in domain.get("mailbox_details") or [{}]
            ],
        }
        for domain in call.body["domains"]
    ]
    return json_reply(rows)


def _suggested(owner: dict[str, Any], domain: str) -> dict[str, Any]:
    first, last = owner.get("first_name") or "Ana", owner.get("last_name") or "Ruiz"
    mailbox = f"{first}.{last}@{domain}".lower().replace(" ", "")
    picture = owner.get("profile_pic") or ""
    return {"mailbox": mailbox, "first_name": first, "last_name": last, "profile_pic": picture}


@handles(GetOtp)
def get_otp(call: Call) -> Reply:
    mailbox = call.query["email_account"]
    order = _order_of(call, mailbox.rpartition("@")[2])
    number = order.id if order is not None else None
    return json_reply({"success": True, "data": {"otp": "000000", "mailbox": mailbox, "order_id": number}})
