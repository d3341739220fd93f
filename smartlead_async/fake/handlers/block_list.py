"""The global block list."""

from __future__ import annotations

from ...api.block_list import AddToBlockList, DeleteFromBlockList, ListBlocked
from ..call import Call
from ..clock import timestamp
from ..problem import Problem, ProblemKind
from ..replies import Refusal, Reply, json_reply
from ..routing import handles


def _refuse_limit(problem: Problem) -> Refusal | None:
    if problem.path == ("limit",) and problem.kind in {ProblemKind.MINIMUM, ProblemKind.MAXIMUM}:
        return Refusal(422, {"error": "Limit must be between 1 and 1000"})
    return None


def _refuse_entries(problem: Problem) -> Refusal | None:
    if problem.path == ("domain_block_list",) and problem.kind is ProblemKind.TYPE:
        return Refusal(422, {"error": "domain_block_list must be an array"})
    return None


@handles(ListBlocked, on_problem=_refuse_limit)
def list_blocked(call: Call) -> Reply:
    query = call.query
    text = query.get("filter_email_or_domain", query.get("filter_email_with_domain", "")).lower()
    rows = [
        {
            "id": entry.id,
            "email_or_domain": entry.email_or_domain,
            "created_at": timestamp(entry.created_at),
            "source": entry.source,
            "client_id": entry.client_id,
        }
        for entry in call.account.blocked
        if text in entry.email_or_domain
        and call.access.sees(entry.client_id)
        and query.get("filter_client_id") in {None, entry.client_id}
    ]
    offset = query.get("offset", 0)
    return json_reply(rows[offset : offset + query.get("limit", 100)])


@handles(AddToBlockList, on_problem=_refuse_entries)
def add_to_block_list(call: Call) -> Reply:
    entries = call.body["domain_block_list"]
    client_id = call.access.client_id or call.body.get("client_id")
    added = sum(call.account.blocked.add(each, at=call.now, client_id=client_id) for each in entries)
    return json_reply({"uploadCount": len(entries), "totalDomainAdded": added})


@handles(DeleteFromBlockList)
def delete_from_block_list(call: Call) -> Reply:
    blocked = call.account.blocked
    entry = next((each for each in blocked if each.id == call.query["id"]), None)
    if entry is None or not call.access.sees(entry.client_id):
        raise Refusal(404, {"error": "Block list entry not found"})
    blocked.discard(entry)
    return json_reply({"success": True, "message": "Entry deleted successfully"})
