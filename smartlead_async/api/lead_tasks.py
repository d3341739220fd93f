"""Tasks about leads."""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from ..fields import OneOf, wire
from ..request import Effect, Request
from ..resource import Resource, endpoint


class TaskPriority(enum.StrEnum):
    """The priority of a task."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


@attrs.frozen
class LeadTask:
    """A task about a lead. ``pending`` is the only known status."""

    id: int
    lead_id: int | None = None
    name: str | None = None
    description: str | None = None
    priority: TaskPriority | str | None = None
    due_date: dt.datetime | None = None
    status: str | None = None
    created_at: dt.datetime | None = None


@attrs.frozen
class ListLeadTasks(
    Request[list[LeadTask]],
    method="GET",
    path="/crm/leads/tasks/{id}",
    effect=Effect.READ,
    repeatable=True,
    page="lead-tasks/get-all",
):
    """List the tasks about a lead, by the id of the lead.

    One request. Accounts have been seen on which this route does not exist (:class:`NotFound`). Example::

        for task in await client.lead_tasks.list(9001):
            print(task.due_date, task.name, task.status)
    """

    lead_id: int = attrs.field(metadata=wire("id"))


@attrs.frozen
class NewTask:
    """The id of a new task and the time at which it was created."""

    id: int
    created_at: dt.datetime | None = None


@attrs.frozen
class TaskCreated:
    """The result of creating a task. Depending on the account, the task is in ``tasks`` or is this object.

    ``id`` is set in the second case only; ``task_id`` is set in both.
    """

    id: int | None = attrs.field(default=None, metadata=wire("id", "task_id"))
    email_lead_map_id: int | None = None
    name: str | None = None
    description: str | None = None
    priority: TaskPriority | str | None = None
    due_date: dt.datetime | None = None
    created_at: dt.datetime | None = None
    tasks: list[NewTask] = attrs.field(factory=list, metadata=wire("task"))
    success: bool = True

    @property
    def task_id(self) -> int | None:
        """The id of the new task."""
        return self.id if self.id is not None or not self.tasks else self.tasks[0].id


@attrs.frozen
class CreateLeadTask(
    Request[TaskCreated],
    method="POST",
    path="/master-inbox/create-task",
    effect=Effect.WRITE,
    repeatable=False,
    page="lead-tasks/create",
):
    """Create a task about a lead of a campaign.

    One request. ``email_lead_map_id`` is the ``campaign_lead_map_id`` of the lead, not its id. ``due_date``
    is an aware datetime. Older versions of the API required ``priority`` and ``due_date``. A lost response
    raises :class:`OutcomeUnknown`. Example::

        await client.lead_tasks.create(
            2500000017, "Send the deck", priority="HIGH", due_date=dt.datetime(2027, 3, 10, 9, tzinfo=dt.UTC),
        )
    """

    email_lead_map_id: int | str
    name: str
    description: str | None = attrs.field(default=None, kw_only=True)
    priority: TaskPriority | str | None = attrs.field(
        default=None, kw_only=True, validator=OneOf(TaskPriority)
    )
    due_date: dt.datetime | None = attrs.field(default=None, kw_only=True)


class LeadTasks(Resource):
    """``client.lead_tasks``: tasks about leads."""

    list = endpoint(ListLeadTasks)
    create = endpoint(CreateLeadTask)
