"""Tags of leads."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ..fields import wire
from ..request import Effect, Request
from ..resource import Resource, endpoint
from .acknowledgement import Acknowledgement


@attrs.frozen
class LeadTag:
    """A tag of leads. ``tag_mapping_id`` identifies its assignment to the lead that was asked about."""

    id: int
    tag_mapping_id: int | None = None
    name: str | None = None
    color: str | None = None


@attrs.frozen
class ListLeadTags(
    Request[list[LeadTag]],
    method="GET",
    path="/crm/leads/tags",
    effect=Effect.READ,
    repeatable=True,
    page="lead-tags/get-all",
):
    """List the tags of a lead, or all tags of the account without a ``lead_id``.

    One request. Accounts have been seen on which this route does not exist (:class:`NotFound`). Example::

        for tag in await client.lead_tags.list(lead_id=9001):
            print(tag.name, tag.tag_mapping_id)
    """

    lead_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("leadId"))


@attrs.frozen
class AssignLeadTags(
    Request[Acknowledgement],
    method="POST",
    path="/crm/leads/tags",
    effect=Effect.WRITE,
    repeatable=False,
    page="lead-tags/add-to-lead",
):
    """Add tags to a lead.

    One request. Accounts have been seen on which this route does not exist (:class:`NotFound`). A repeat may
    add a second assignment, so a lost response raises :class:`OutcomeUnknown`. Example::

        await client.lead_tags.assign(9001, [9, 10])
    """

    lead_id: int = attrs.field(metadata=wire("leadId"))
    tag_ids: Sequence[int] = attrs.field(metadata=wire("tagIds"))


@attrs.frozen
class RemoveLeadTag(
    Request[Acknowledgement],
    method="DELETE",
    path="/crm/leads/tags/{tagMappingId}",
    effect=Effect.DELETE,
    repeatable=True,
    page="lead-tags/remove-from-lead",
):
    """Remove a tag from a lead. The tag itself stays.

    One request. ``tag_mapping_id`` is that of :class:`LeadTag`, not the id of the tag. Example::

        for tag in await client.lead_tags.list(lead_id=9001):
            await client.lead_tags.remove(tag.tag_mapping_id)
    """

    tag_mapping_id: int = attrs.field(metadata=wire("tagMappingId"))


class LeadTags(Resource):
    """``client.lead_tags``: tags of leads. Tags are created and renamed by ``client.email_account_tags``."""

    list = endpoint(ListLeadTags)
    assign = endpoint(AssignLeadTags)
    remove = endpoint(RemoveLeadTag)
