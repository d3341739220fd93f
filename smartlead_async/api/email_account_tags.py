"""Tags of mailboxes. Leads seem to share them."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Final

import attrs

from ..fields import Length, Matches, wire
from ..request import Effect, Request
from ..resource import Resource, endpoint
from .email_accounts.models import EmailAccountTag

COLOR: Final = Matches("#[0-9A-Fa-f]{6}", "a color such as #FF5733")


@attrs.frozen
class MailboxTags:
    """A mailbox with its tags."""

    email_account_id: int | None = None
    from_email: str | None = attrs.field(default=None, metadata=wire("from_email", "email_id"))
    tags: list[EmailAccountTag] = attrs.field(factory=list)


@attrs.frozen
class ListTagsForEmails(
    Request[list[MailboxTags]],
    method="POST",
    path="/email-accounts/tag-list",
    effect=Effect.READ,
    repeatable=True,
    page="email-account-tags/get-all",
):
    """List the tags of mailboxes, found by their addresses.

    One request. Example::

        for mailbox in await client.email_account_tags.list_for_emails(["ana@sender.example"]):
            print(mailbox.from_email, [tag.name for tag in mailbox.tags])
    """

    emails: Sequence[str] = attrs.field(metadata=wire("email_ids"), validator=Length(minimum=1))


@attrs.frozen
class TagUpdated:
    """The result of changing a tag: the tag, or the number of tags that were changed."""

    tag: EmailAccountTag | int | None = attrs.field(default=None, metadata=wire("data"))
    message: str | None = None
    ok: bool = True


@attrs.frozen
class UpdateTag(
    Request[TagUpdated],
    method="POST",
    path="/email-accounts/tag-manager",
    effect=Effect.WRITE,
    repeatable=True,
    page="email-account-tags/create",
):
    """Change the name and color of a tag.

    One request. Example::

        await client.email_account_tags.update(9, "Primary", "#4455AA")
    """

    tag_id: int = attrs.field(metadata=wire("id"))
    name: str
    color: str = attrs.field(validator=COLOR)


class TagAction(enum.StrEnum):
    """The result for a tag on a mailbox."""

    ADDED = "added"
    DELETED = "deleted"
    SKIPPED = "skipped"


@attrs.frozen
class TagResult:
    """The result for one tag on one mailbox. ``reason`` says why it was skipped."""

    email_account_id: int | None = None
    tag_id: int | None = None
    action: TagAction | str | None = None
    mapping_id: int | None = None
    reason: str | None = None


@attrs.frozen
class TagCounts:
    """The number of pairs of mailbox and tag, in total and by what became of them."""

    total_processed: int | None = None
    added: int | None = None
    deleted: int | None = None
    skipped: int | None = None
    failed: int | None = None


@attrs.frozen
class TagsChanged:
    """The result of assigning or removing tags. Some accounts return only ``ok`` and ``message``."""

    results: list[TagResult] = attrs.field(factory=list, metadata=wire("data.results"))
    summary: TagCounts | None = attrs.field(default=None, metadata=wire("data.summary"))
    message: str | None = None
    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))


@attrs.frozen
class AssignTags(
    Request[TagsChanged],
    method="POST",
    path="/email-accounts/tag-mapping",
    effect=Effect.WRITE,
    repeatable=True,
    page="email-account-tags/assign",
):
    """Add each of the tags to each of up to 25 mailboxes. Tags that are there already are skipped.

    One request. Example::

        changed = await client.email_account_tags.assign([7001, 7002], [9])
        print(changed.summary)
    """

    email_account_ids: Sequence[int] = attrs.field(validator=Length(1, 25))
    tag_ids: Sequence[int] = attrs.field(validator=Length(minimum=1))


@attrs.frozen
class RemoveTags(
    Request[TagsChanged],
    method="DELETE",
    path="/email-accounts/tag-mapping",
    effect=Effect.DELETE,
    repeatable=True,
    page="email-account-tags/remove",
):
    """Remove each of the tags from each of the mailboxes. The tags themselves stay.

    One request. Example::

        await client.email_account_tags.remove([7001, 7002], [9])
    """

    email_account_ids: Sequence[int] = attrs.field(validator=Length(minimum=1))
    tag_ids: Sequence[int] = attrs.field(validator=Length(minimum=1))


@attrs.frozen
class CreateTag(
    Request[EmailAccountTag],
    method="POST",
    path="/tags",
    effect=Effect.WRITE,
    repeatable=False,
    page="email-account-tags/create-new",
):
    """Create a tag.

    One request. What SmartLead does with a name that exists is not documented. A lost response raises
    :class:`OutcomeUnknown`. Example::

        tag = await client.email_account_tags.create("Primary", color="#4455AA")
        await client.email_account_tags.assign([7001], [tag.id])
    """

    name: str
    color: str | None = attrs.field(default=None, kw_only=True, validator=COLOR)


class EmailAccountTags(Resource):
    """``client.email_account_tags``: tags of mailboxes."""

    list_for_emails = endpoint(ListTagsForEmails)
    create = endpoint(CreateTag)
    update = endpoint(UpdateTag)
    assign = endpoint(AssignTags)
    remove = endpoint(RemoveTags)
