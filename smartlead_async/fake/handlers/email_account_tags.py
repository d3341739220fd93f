"""Tags of mailboxes."""

from __future__ import annotations

import collections
from typing import Any

import attrs

from ...api.email_account_tags import AssignTags, CreateTag, ListTagsForEmails, RemoveTags, UpdateTag
from ..call import Call
from ..replies import NOT_FOUND, Refusal, Reply, json_reply
from ..routing import handles
from ..state import EmailAccount


@handles(CreateTag)
def create_tag(call: Call) -> Reply:
    tag = call.account.tag(call.body["name"])
    tag.color = call.body.get("color") or tag.color
    return json_reply({"ok": True, "data": attrs.asdict(tag)})


@handles(UpdateTag)
def update_tag(call: Call) -> Reply:
    tag = call.account.tags.get(call.body["id"])
    if tag is None:
        raise Refusal(404, NOT_FOUND)
    for mailbox in call.account.email_accounts.values():
        mailbox.tags = [call.body["name"] if name == tag.name else name for name in mailbox.tags]
    tag.name, tag.color = call.body["name"], call.body["color"]
    return json_reply({"ok": True, "message": "Tag updated successfully!", "data": 1})


@handles(ListTagsForEmails)
def list_tags_for_emails(call: Call) -> Reply:
    wanted = {email.lower() for email in call.body["email_ids"]}
    rows = [
        {
            "email_account_id": mailbox.id,
            "email_id": mailbox.from_email,
            "tags": [{"tag_id": call.account.tag(name).id, "tag_name": name} for name in mailbox.tags],
        }
        for mailbox in call.account.email_accounts.values()
        if mailbox.from_email.lower() in wanted and call.access.sees(mailbox.client_id)
    ]
    return json_reply({"success": True, "data": rows})


@handles(AssignTags)
def assign_tags(call: Call) -> Reply:
    def assign(mailbox: EmailAccount, name: str) -> dict[str, Any]:
        if name in mailbox.tags:
            return {"action": "skipped"}
        mailbox.tags.append(name)
        return {"action": "added", "mapping_id": next(call.world.ids.mapping)}

    return _changed(call, assign, "added")


@handles(RemoveTags)
def remove_tags(call: Call) -> Reply:
    def remove(mailbox: EmailAccount, name: str) -> dict[str, Any]:
        if name not in mailbox.tags:
            return {"action": "skipped"}
        mailbox.tags.remove(name)
        return {"action": "deleted"}

    return _changed(call, remove, "deleted")


def _changed(call: Call, change: Any, action: str) -> Reply:
    """Change each mailbox with each tag; those that do not exist have failed."""
    results = []
    for mailbox_id in call.body["email_account_ids"]:
        mailbox = call.access.email_account(mailbox_id)
        for tag_id in call.body["tag_ids"]:
            tag = call.account.tags.get(tag_id)
            done = change(mailbox, tag.name) if mailbox and tag else {"action": "failed"}
            results.append({"email_account_id": mailbox_id, "tag_id": tag_id} | done)
    counts = collections.Counter(each["action"] for each in results)
    summary = {"total_processed": len(results), action: counts[action]}
    summary |= {"skipped": counts["skipped"], "failed": counts["failed"]}
    return json_reply({"success": True, "message": "ok", "data": {"results": results, "summary": summary}})
