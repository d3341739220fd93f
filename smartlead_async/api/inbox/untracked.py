"""The request that lists replies which belong to no campaign."""

from __future__ import annotations

import datetime as dt

import attrs

from ...fields import Between, bare_string, single_or_list, wire
from ...paging import OffsetPaged
from ...request import Effect
from ...resource import Resource, endpoint, pages
from .models import Correspondent


@attrs.frozen(kw_only=True)
class MessageBody:
    """The body of an email as plain text and as HTML."""

    text: str | None = attrs.field(default=None, metadata=bare_string())
    html: str | None = attrs.field(default=None, metadata=wire("textAsHtml"))


@attrs.frozen(kw_only=True)
class UntrackedAttachment:
    """A file attached to an untracked reply. ``file_size`` is in bytes, ``file_type`` a MIME type."""

    id: str | None = None
    file_type: str | None = None
    file_size: int | None = None
    file_name: str | None = None
    charset: str | None = None
    file_url: str | None = None
    is_download_skipped: bool | None = None
    created_at: dt.datetime | None = None


@attrs.frozen(kw_only=True)
class UntrackedReply:
    """An email to a mailbox from somebody who is in no campaign of it.

    ``body`` and ``attachments`` are filled only on request.
    """

    id: str
    account_id: int | None = None
    message_id: str | None = None
    uid: int | None = None
    sender_detail: Correspondent | None = None
    recipient_detail: list[Correspondent] = attrs.field(factory=list, metadata=single_or_list())
    cc: list[Correspondent] = attrs.field(factory=list, metadata=single_or_list())
    bcc: list[Correspondent] = attrs.field(factory=list, metadata=single_or_list())
    from_email: str | None = None
    to_email: str | None = None
    subject: str | None = None
    visible_text: str | None = None
    reply_picked_time: dt.datetime | None = attrs.field(
        default=None, metadata=wire("reply_picked_time", "received_at")
    )
    is_read: bool | None = None
    has_attachment: bool | None = attrs.field(
        default=None, metadata=wire("has_attachment", "has_attachments")
    )
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    body: MessageBody | None = None
    attachments: list[UntrackedAttachment] = attrs.field(factory=list)


@attrs.frozen
class ListUntrackedReplies(
    OffsetPaged[UntrackedReply],
    method="GET",
    path="/master-inbox/untracked-replies",
    effect=Effect.READ,
    repeatable=True,
    page="inbox/get-untracked",
    items=("data.replies", "data.data.replies", "untracked_replies"),
):
    """List replies that belong to no lead of a campaign, up to 20 a page.

    ``list_untracked`` returns one page for one request; ``iter_untracked`` sends one request for each page.
    Example::

        async for reply in client.inbox.iter_untracked(fetch_body=True):
            print(reply.sender_detail, reply.subject)
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=20, kw_only=True, validator=Between(1, 20))
    fetch_attachments: bool | None = attrs.field(
        default=None, kw_only=True, metadata=wire("fetchAttachments")
    )
    fetch_body: bool | None = attrs.field(default=None, kw_only=True, metadata=wire("fetchBody"))
    from_email: str | None = attrs.field(default=None, kw_only=True)
    to_email: str | None = attrs.field(default=None, kw_only=True)
    subject_line: str | None = attrs.field(default=None, kw_only=True)


class UntrackedMethods(Resource):
    """The methods of ``client.inbox`` for untracked replies."""

    list_untracked = endpoint(ListUntrackedReplies)
    iter_untracked = pages(ListUntrackedReplies)
