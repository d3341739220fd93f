"""The block list: domains and addresses to which nothing is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs

from ..fields import Between, Length, wire
from ..paging import OffsetPaged
from ..request import Effect, Request, query
from ..resource import Resource, endpoint, pages
from .acknowledgement import Acknowledgement


@attrs.frozen
class BlockedEntry:
    """A domain or address on the block list. Without a ``client_id`` it holds for the whole account."""

    id: int
    email_or_domain: str
    created_at: dt.datetime | None = None
    source: str | None = None
    client_id: int | None = None


@attrs.frozen
class ListBlocked(
    OffsetPaged[BlockedEntry],
    method="GET",
    path="/leads/get-domain-block-list",
    effect=Effect.READ,
    repeatable=True,
    page="utilities/domain-block-list",
):
    """List the entries of the block list, up to 1,000 a page.

    ``list`` returns one page for one request; ``iter_all`` sends one request for each page. Example::

        blocked = {entry.email_or_domain async for entry in client.block_list.iter_all()}
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 1000))
    client_id: int | None = attrs.field(default=None, kw_only=True, metadata=wire("filter_client_id"))
    email_or_domain: str | None = attrs.field(
        default=None, kw_only=True, metadata=wire("filter_email_or_domain")
    )
    email_with_domain: str | None = attrs.field(
        default=None, kw_only=True, metadata=wire("filter_email_with_domain")
    )


@attrs.frozen
class BlockListExtended:
    """The result of adding to the block list. Counters that SmartLead did not return are ``None``."""

    upload_count: int | None = attrs.field(default=None, metadata=wire("uploadCount"))
    total_domain_added: int | None = attrs.field(default=None, metadata=wire("totalDomainAdded"))
    message: str | None = None
    ok: bool = attrs.field(default=True, metadata=wire("ok", "success"))


@attrs.frozen
class AddToBlockList(
    Request[BlockListExtended],
    method="POST",
    path="/leads/add-domain-block-list",
    effect=Effect.WRITE,
    repeatable=True,
    page="utilities/domain-block-list",
):
    """Block domains and addresses, for the whole account or for one client.

    One request. Example::

        await client.block_list.add(["blocked.example", "max@prospect.example"])
    """

    entries: Sequence[str] = attrs.field(metadata=wire("domain_block_list"), validator=Length(minimum=1))
    client_id: int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class DeleteFromBlockList(
    Request[Acknowledgement],
    method="DELETE",
    path="/leads/delete-domain-block-list",
    effect=Effect.DELETE,
    repeatable=True,
    page="utilities/domain-block-list",
):
    """Unblock a domain or address: campaigns can send to it again.

    One request. Example::

        async for entry in client.block_list.iter_all(email_or_domain="blocked.example"):
            await client.block_list.delete(entry.id)
    """

    entry_id: int = attrs.field(metadata=query("id"))


class BlockList(Resource):
    """``client.block_list``: domains and addresses to which nothing is sent."""

    list = endpoint(ListBlocked)
    iter_all = pages(ListBlocked)
    add = endpoint(AddToBlockList)
    delete = endpoint(DeleteFromBlockList)
