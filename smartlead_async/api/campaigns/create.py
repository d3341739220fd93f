"""What SmartLead answers when a campaign comes to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ...fields import Length, wire
from ...limits import MAX_NAME_LENGTH
from ...request import Effect, Request
from ...resource import Resource, endpoint
from ..acknowledgement import Acknowledgement


@attrs.frozen
class CampaignCreated:
    """What Create Campaign answers: the new campaign is DRAFTED and has this ``id``.

    ``created_at`` is an aware datetime; ``name`` is the name as stored. Example::

        created = await client.campaigns.create("SaaS founders Q1 2027")
        print(created.id, created.created_at)
    """

    id: int
    name: str | None = None
    created_at: dt.datetime | None = None
    ok: bool = True


@attrs.frozen
class SubsequenceCreated:
    """A new subsequence: a campaign of its own (``id``) below ``parent_campaign_id``."""

    id: int = attrs.field(metadata=wire("id", "subsequence_id"))
    name: str | None = None
    parent_campaign_id: int | None = None
    created_at: dt.datetime | None = None
    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))


@attrs.frozen
class CampaignDuplicated:
    """A copy was made: ``campaign_id`` is the new campaign's, which is DRAFTED and has no leads."""

    campaign_id: int = attrs.field(metadata=wire("newCampaignId"))
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
    """Create a campaign. It is DRAFTED: nothing is sent before it has been set up and started.

    One request. ``name`` (up to 255 characters) defaults to "Untitled Campaign" on the server; a good one
    says purpose, audience and period, and ``smartlead_async.naming.review`` tells what is missing.
    ``client_id`` files it under a client of yours. A lost answer raises :class:`OutcomeUnknown`, because a
    second create would make a second campaign. Example::

        created = await client.campaigns.create("SaaS founders Q1 2027", client_id=7)
    """

    name: str | None = attrs.field(default=None, validator=Length(maximum=MAX_NAME_LENGTH))
    client_id: int | None = attrs.field(default=None, kw_only=True)

    def advice(self) -> tuple[str, ...]:
        """What the name lacks, by SmartLead's naming advice."""
        from ...naming import review  # noqa: PLC0415 - for those who ask

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
    """Create a subsequence: a campaign below another one, which leads enter when something happened.

    One request. SmartLead does not document what an item of ``condition_events`` holds, so each is passed on
    as it is given. A lost answer raises :class:`OutcomeUnknown`. Example::

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
    """Copy a campaign: sequence, variants, settings, schedule and mailboxes, never its leads.

    One request. The copy is DRAFTED and its name ends in " - copy". ``duplicate_sub_sequence`` copies the
    subsequences too, ``duplicate_client_label`` the client. An unknown id is a :class:`ServerError` here
    (SmartLead answers 500), and a lost answer raises :class:`OutcomeUnknown`. Example::

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
    """Delete a campaign for good.

    One request. An ACTIVE campaign is refused (``CAMPAIGN_ACTIVE``, usually :class:`OperationRefused`): stop
    it first. :class:`NotFound` means that it is gone already. Example::

        await client.campaigns.delete(4101)
    """

    campaign_id: int


class CreateMethods(Resource):
    """The create part of ``client.campaigns``."""

    create = endpoint(CreateCampaign)
    create_subsequence = endpoint(CreateSubsequence)
    duplicate = endpoint(DuplicateCampaign)
    delete = endpoint(DeleteCampaign)
