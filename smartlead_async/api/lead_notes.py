"""Notes on leads."""

from __future__ import annotations

import datetime as dt

import attrs

from ..fields import wire
from ..request import Effect, Request
from ..resource import Resource, endpoint


@attrs.frozen
class LeadNote:
    """A note on a lead."""

    id: int
    lead_id: int | None = None
    note_message: str | None = None
    created_by: str | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class ListLeadNotes(
    Request[list[LeadNote]],
    method="GET",
    path="/crm/leads/notes/{id}",
    effect=Effect.READ,
    repeatable=True,
    page="lead-notes/get-all",
):
    """List the notes on a lead, by the id of the lead.

    One request. Accounts have been seen on which this route does not exist (:class:`NotFound`). Example::

        for note in await client.lead_notes.list(9001):
            print(note.created_at, note.note_message)
    """

    lead_id: int = attrs.field(metadata=wire("id"))


@attrs.frozen
class NewNote:
    """The id of a new note and the time at which it was created."""

    id: int
    created_at: dt.datetime | None = None


@attrs.frozen
class NoteCreated:
    """The result of creating a note. Depending on the account, the note is in ``notes`` or is this object.

    ``id`` is set in the second case only; ``note_id`` is set in both.
    """

    id: int | None = None
    email_lead_map_id: int | None = None
    note_message: str | None = None
    created_at: dt.datetime | None = None
    notes: list[NewNote] = attrs.field(factory=list, metadata=wire("note"))
    success: bool = True

    @property
    def note_id(self) -> int | None:
        """The id of the new note."""
        return self.id if self.id is not None or not self.notes else self.notes[0].id


@attrs.frozen
class CreateLeadNote(
    Request[NoteCreated],
    method="POST",
    path="/master-inbox/create-note",
    effect=Effect.WRITE,
    repeatable=False,
    page="lead-notes/create",
):
    """Add a note to a lead of a campaign.

    One request. ``email_lead_map_id`` is the ``campaign_lead_map_id`` of the lead, not its id. A lost
    response raises :class:`OutcomeUnknown`. Example::

        await client.lead_notes.create(2500000017, "Call again in June")
    """

    email_lead_map_id: int | str
    note_message: str


class LeadNotes(Resource):
    """``client.lead_notes``: notes on leads."""

    list = endpoint(ListLeadNotes)
    create = endpoint(CreateLeadNote)
