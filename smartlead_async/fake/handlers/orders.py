"""Orders of domains and mailboxes, which take eight hours."""

from __future__ import annotations

from ...api.smart_senders import GetOrder, ListDomains, PlaceOrder
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
