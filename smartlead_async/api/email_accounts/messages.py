"""Requests that fetch the messages of mailboxes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import attrs

from ...fields import Between, wire
from ...request import Effect, Request, whole_body
from ...resource import Resource, endpoint
from ...typed import Typed


@attrs.frozen
class FetchMessagesInput(Typed):
    """The messages to fetch from a mailbox: the newest ``limit`` (1 to 500) in a time range."""

    account_id: int
    limit: int | None = attrs.field(default=None, validator=Between(1, 500))
    folder: str | None = None
    include_body: bool | None = attrs.field(default=None, metadata=wire("includeBody"))
    from_time: dt.datetime | None = attrs.field(default=None, metadata=wire("from"))
    to_time: dt.datetime | None = attrs.field(default=None, metadata=wire("to"))


@attrs.frozen
class FetchMessages(
    Request[dict[str, Any]],
    method="POST",
    path="/email-accounts/{email_account_id}/fetch-messages",
    effect=Effect.READ,
    repeatable=True,
):
    """Fetch the newest messages of a mailbox, as SmartLead returns them: the fields are not documented.

    One request. ``limit`` is 1 to 500, and there are no further pages: narrow the time range instead
    (``from_time`` and ``to_time``, aware datetimes). Example::

        messages = await client.email_accounts.fetch_messages(501, limit=50, include_body=True)
    """

    email_account_id: int
    limit: int | None = attrs.field(default=None, kw_only=True, validator=Between(1, 500))
    folder: str | None = attrs.field(default=None, kw_only=True)
    include_body: bool | None = attrs.field(default=None, kw_only=True, metadata=wire("includeBody"))
    from_time: dt.datetime | None = attrs.field(default=None, kw_only=True, metadata=wire("from"))
    to_time: dt.datetime | None = attrs.field(default=None, kw_only=True, metadata=wire("to"))


@attrs.frozen
class FetchMessagesBulk(
    Request[Any],
    method="POST",
    path="/email-accounts/multi/fetch-messages",
    effect=Effect.READ,
    repeatable=True,
):
    """Fetch the newest messages of several mailboxes, as SmartLead returns them (a list or an object).

    One request. Example::

        await client.email_accounts.fetch_messages_bulk([FetchMessagesInput(501, limit=50)])
    """

    accounts: Sequence[FetchMessagesInput] = attrs.field(metadata=whole_body())


class MessagesMethods(Resource):
    """The message methods of ``client.email_accounts``."""

    fetch_messages = endpoint(FetchMessages)
    fetch_messages_bulk = endpoint(FetchMessagesBulk)
