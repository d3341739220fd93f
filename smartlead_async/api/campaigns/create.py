"""Requests that create, duplicate and delete campaigns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ...fields import Between, Length, wire
from ...limits import MAX_NAME_LENGTH
from ...request import Effect, Request
from ...resource import Resource, endpoint
from ..acknowledgement import Acknowledgement


@attrs.frozen
class CampaignCreated:
    """The result of creating a campaign, which is DRAFTED and has this ``id``.

    ``created_at`` is an aware datetime; ``name`` is the name as stored. Example::

        created = await client.campaigns.create("SaaS founders Q1 2027")
        print(created.id, created.created_at)
    """

    id: int = attrs.field(validator=Between(1))
    name: str | None = None
    created_at: dt.datetime | None = None
    ok: bool = True


@attrs.frozen
class SubsequenceCreated:
    """The result of creating a subsequence: a campaign (``id``) below ``parent_campaign_id``."""

    id: int = attrs.field(metadata=wire("id", "subsequence_id"), validator=Between(1))
    name: str | None = None
    parent_campaign_id: int | None = None
    created_at: dt.datetime | None = None
    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))


@attrs.frozen
class CampaignDuplicated:
    """The result of duplicating a campaign.

    ``campaign_id`` is the id of the copy, which is DRAFTED and has no leads.
    """

    campaign_id: int = attrs.field(metadata=wire("newCampaignId"), validator=Between(1))
    ok: bool = True


@attrs.frozen
class CreateCampaign(
    Request[CampaignCreated],
    method="POST",
    path="/campaigns/create",
    effect=Effect.WRITE,
    repeatable=False,
    page="campaigns/create",
):
    """Create a campaign. It is DRAFTED: nothing is sent until it has been set up and started.

    One request. ``name`` (up to 255 characters) defaults to "Untitled Campaign" on the server; a good name
    states purpose, audience and period, and ``smartlead_async.naming.review`` reports what is missing.
    ``client_id`` assigns it to one of your clients. A lost response raises :class:`OutcomeUnknown`, because a
    second request would create a second campaign. Example::

        created = await client.campaigns.create("SaaS founders Q1 2027", client_id=7)
    """

    name: str | None = attrs.field(default=None, validator=Length(maximum=MAX_NAME_LENGTH))
    client_id: int | None = attrs.field(default=None, kw_only=True)

    def advice(self) -> tuple[str, ...]:
        """Return the points of SmartLead's naming advice that the name does not follow."""
        from ...naming import review  # noqa: PLC0415 - loaded only when needed

        return tuple(advice.message for advice in review(self.name or "").advice)


@attrs.frozen
class CreateSubsequence(
    Request[SubsequenceCreated],
    method="POST",
    path="/campaigns/create-subsequence",
    effect=Effect.WRITE,
    repeatable=False,
    page="campaigns/create-subsequence",
):
    """Create a subsequence: a campaign below another one, which sends emails to leads after an event.

    One request. SmartLead does not document the items of ``condition_events``, so they are passed on
    unchanged. A lost response raises :class:`OutcomeUnknown`. Example::

        created = await client.campaigns.create_subsequence(4101, "After a reply")
    """

    parent_campaign_id: int
    subsequence_name: str | None = None
    condition_events: Sequence[Mapping[str, Any]] | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class DuplicateCampaign(
    Request[CampaignDuplicated],
    method="POST",
    path="/campaigns/{campaign_id}/duplicate",
    effect=Effect.WRITE,
    repeatable=False,
    page="campaigns/duplicate",
):
    """Duplicate a campaign: its sequence, variants, settings, schedule and mailboxes, but not its leads.

    One request. The copy is DRAFTED and its name ends in " - copy". ``duplicate_sub_sequence`` copies the
    subsequences too, ``duplicate_client_label`` the client. An unknown id raises :class:`ServerError`
    (SmartLead responds with 500), and a lost response raises :class:`OutcomeUnknown`. Example::

        copy = await client.campaigns.duplicate(4101)
        await client.campaigns.update_settings(copy.campaign_id, name="SaaS founders Q2 2027")
    """

    campaign_id: int
    duplicate_sub_sequence: bool | None = attrs.field(default=None, kw_only=True)
    duplicate_client_label: bool | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class DeleteCampaign(
    Request[Acknowledgement],
    method="DELETE",
    path="/campaigns/{campaign_id}",
    effect=Effect.DELETE,
    repeatable=True,
    page="campaigns/delete",
):
    """Delete a campaign permanently.

    One request. An ACTIVE campaign is refused (``CAMPAIGN_ACTIVE``, usually :class:`OperationRefused`): stop
    it first. :class:`NotFound` means that it is already deleted. Example::

        await client.campaigns.delete(4101)
    """

    campaign_id: int


class CreateMethods(Resource):
    """The create methods of ``client.campaigns``."""

    create = endpoint(CreateCampaign)
    create_subsequence = endpoint(CreateSubsequence)
    duplicate = endpoint(DuplicateCampaign)
    delete = endpoint(DeleteCampaign)
