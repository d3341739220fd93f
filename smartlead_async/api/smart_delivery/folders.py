"""Folders of spam tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from ...fields import Between, wire
from ...paging import OffsetPaged
from ...request import Effect, Host, Request
from ...resource import Resource, endpoint, pages
from ..acknowledgement import Acknowledgement


@attrs.frozen
class SpamTestFolder:
    """A folder of spam tests. ``tests`` are the tests in it, as received, or their number."""

    id: int | str
    name: str | None = None
    user_id: int | str | None = None
    client_id: int | str | None = None
    created_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    tests: list[dict[str, Any]] | int | None = None


@attrs.frozen
class ListFolders(
    OffsetPaged[SpamTestFolder],
    method="GET",
    path="/spam-test/folder",
    effect=Effect.READ,
    repeatable=True,
    host=Host.DELIVERY,
    page="smart-delivery/get-folders",
):
    """List the folders of spam tests; ``name`` narrows them.

    ``list_folders`` returns one page for one request; ``iter_folders`` sends one request for each page.
    Example::

        folders = {folder.name: folder.id async for folder in client.smart_delivery.iter_folders()}
    """

    limit: int = attrs.field(default=100, kw_only=True, validator=Between(minimum=1))
    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    name: str | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class GetFolder(
    Request[SpamTestFolder],
    method="GET",
    path="/spam-test/folder/{folderId}",
    effect=Effect.READ,
    repeatable=True,
    host=Host.DELIVERY,
    page="smart-delivery/get-folder-by-id",
):
    """Return a folder of spam tests.

    One request. Example::

        folder = await client.smart_delivery.get_folder(31)
    """

    folder_id: int | str = attrs.field(metadata=wire("folderId"))


@attrs.frozen
class CreateFolder(
    Request[SpamTestFolder],
    method="POST",
    path="/spam-test/folder",
    effect=Effect.WRITE,
    repeatable=False,
    host=Host.DELIVERY,
    page="smart-delivery/create-folder",
):
    """Create a folder of spam tests.

    One request. A repeat creates a second one, so a lost response raises :class:`OutcomeUnknown`. Example::

        folder = await client.smart_delivery.create_folder("Q2")
    """

    name: str = attrs.field(metadata=wire("folderName"))


@attrs.frozen
class DeleteFolder(
    Request[Acknowledgement],
    method="DELETE",
    path="/spam-test/folder/{folderId}",
    effect=Effect.DELETE,
    repeatable=True,
    host=Host.DELIVERY,
    page="smart-delivery/delete-folder",
):
    """Delete a folder of spam tests for good. Whether its tests go with it is not documented.

    One request. A folder that does not exist raises :class:`BadRequest`. Example::

        await client.smart_delivery.delete_folder(31)
    """

    folder_id: int | str = attrs.field(metadata=wire("folderId"))


class FolderMethods(Resource):
    """Folders of spam tests."""

    list_folders = endpoint(ListFolders)
    iter_folders = pages(ListFolders)
    get_folder = endpoint(GetFolder)
    create_folder = endpoint(CreateFolder)
    delete_folder = endpoint(DeleteFolder)
