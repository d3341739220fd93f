"""Notes, tasks and tags of leads."""

from __future__ import annotations

from typing import Any

from ...api.lead_notes import CreateLeadNote, ListLeadNotes
from ...api.lead_tags import AssignLeadTags, ListLeadTags, RemoveLeadTag
from ...api.lead_tasks import CreateLeadTask, ListLeadTasks
from ..call import Call
from ..clock import timestamp
from ..records import Note, Tag, Task
from ..replies import NOT_FOUND, Refusal, Reply, json_reply
from ..routing import handles
from ..state import Lead
from .inbox_updates import member_of


def _lead(call: Call, lead_id: int) -> Lead:
    lead = call.access.lead(lead_id)
    if lead is None:
        raise Refusal(404, NOT_FOUND)
    return lead


def _created(kind: str, number: int, call: Call) -> Reply:
    created = [{"id": str(number), "created_at": call.timestamp}]
    return json_reply({"ok": True, "message": "ok", "data": {"success": True, kind: created}})


@handles(CreateLeadNote)
def create_lead_note(call: Call) -> Reply:
    lead = member_of(call).lead
    note = Note(next(call.world.ids.note), lead.id, call.body["note_message"], call.now)
    call.account.notes.append(note)
    return _created("note", note.id, call)


@handles(ListLeadNotes)
def list_lead_notes(call: Call) -> Reply:
    lead = _lead(call, call.ids[0])
    rows = [
        {
            "id": note.id,
            "lead_id": lead.id,
            "note_message": note.message,
            "created_by": call.account.name,
            "created_at": timestamp(note.created_at),
        }
        for note in call.account.notes
        if note.lead_id == lead.id
    ]
    return json_reply({"ok": True, "data": rows})


@handles(CreateLeadTask)
def create_lead_task(call: Call) -> Reply:
    body = call.body
    task = Task(
        next(call.world.ids.task),
        member_of(call).lead.id,
        body["name"],
        call.now,
        body.get("description"),
        body.get("priority", "MEDIUM"),
        body.get("due_date"),
    )
    call.account.tasks.append(task)
    return _created("task", task.id, call)


@handles(ListLeadTasks)
def list_lead_tasks(call: Call) -> Reply:
    lead = _lead(call, call.ids[0])
    rows = [
        {
            "id": task.id,
            "lead_id": lead.id,
            "name": task.name,
            "description": task.description,
            "priority": task.priority,
            "due_date": task.due_date,
            "status": "pending",
            "created_at": timestamp(task.created_at),
        }
        for task in call.account.tasks
        if task.lead_id == lead.id
    ]
    return json_reply({"ok": True, "data": rows})


# --- tags --------------------------------------------------------------------------------------------
@handles(ListLeadTags)
def list_lead_tags(call: Call) -> Reply:
    if (lead_id := call.query.get("leadId")) is None:
        rows = [_tag_row(tag) for tag in call.account.tags.values()]
    else:
        lead = _lead(call, lead_id)
        rows = [
            _tag_row(call.account.tags[tag_id]) | {"tag_mapping_id": mapping_id}
            for mapping_id, (tagged, tag_id) in call.account.lead_tags.items()
            if tagged == lead.id
        ]
    return json_reply({"ok": True, "data": rows})


def _tag_row(tag: Tag) -> dict[str, Any]:
    return {"id": tag.id, "name": tag.name, "color": tag.color}


@handles(AssignLeadTags)
def assign_lead_tags(call: Call) -> Reply:
    account, lead = call.account, _lead(call, call.body["leadId"])
    for tag_id in call.body["tagIds"]:
        if tag_id not in account.tags:
            raise Refusal(404, NOT_FOUND)
        if (lead.id, tag_id) not in account.lead_tags.values():
            account.lead_tags[next(call.world.ids.mapping)] = lead.id, tag_id
    return json_reply({"ok": True, "message": "ok"})


@handles(RemoveLeadTag)
def remove_lead_tag(call: Call) -> Reply:
    lead_id, _ = call.account.lead_tags.get(call.ids[0], (None, None))
    if lead_id is None or call.access.lead(lead_id) is None:
        raise Refusal(404, NOT_FOUND)
    del call.account.lead_tags[call.ids[0]]
    return json_reply({"ok": True, "message": "ok"})
