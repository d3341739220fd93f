"""Single emails outside of campaigns."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ..fields import wire
from ..request import Effect, Request
from ..resource import Resource, endpoint
from ..typed import Typed


@attrs.frozen
class InlineAttachment(Typed):
    """A file that is sent within the request.

    ``content`` is the file in Base64. Example::

        InlineAttachment("deck.pdf", base64.b64encode(data).decode(), "application/pdf")
    """

    filename: str
    content: str = attrs.field(repr=False)
    mime_type: str = attrs.field(metadata=wire("mimeType"))


@attrs.frozen
class EmailSent:
    """An email that was handed over for sending."""

    message_id: str | None = attrs.field(default=None, metadata=wire("data.message_id", "message_id"))
    message: str | None = attrs.field(default=None, metadata=wire("data.message", "message"))
    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))


@attrs.frozen
class SendEmail(
    Request[EmailSent],
    method="POST",
    path="/send-email/initiate",
    effect=Effect.SEND,
    repeatable=False,
    page="utilities/send-single-email",
):
    """Send one email at once, outside of any campaign.

    One request. The mailbox is given by ``from_email`` or ``from_email_id``, by exactly one of them;
    ``body`` is HTML. A lost response raises :class:`OutcomeUnknown`, and the email may have been sent.
    Example::

        sent = await client.emails.send(
            "max@prospect.example", "Hello", "<p>Hello Max</p>", from_email="ana@sender.example",
        )
    """

    to: str
    subject: str
    body: str
    from_email: str | None = attrs.field(default=None, kw_only=True, metadata=wire("fromEmail"))
    from_email_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("fromEmailId"))
    from_name: str | None = attrs.field(default=None, kw_only=True, metadata=wire("fromName"))
    reply_to: str | None = attrs.field(default=None, kw_only=True, metadata=wire("replyTo"))
    attachments: Sequence[InlineAttachment] | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if (self.from_email is None) is (self.from_email_id is None):
            raise ValueError("an email is sent from one mailbox: pass from_email or from_email_id")


class Emails(Resource):
    """``client.emails``: single emails outside of campaigns."""

    send = endpoint(SendEmail)
