"""Folders of spam tests."""

from __future__ import annotations

from typing import Any

from ...api.smart_delivery.folders import CreateFolder, DeleteFolder, GetFolder, ListFolders
from ..call import Call, as_number
from ..clock import timestamp
from ..paid import Folder
from ..replies import NOT_FOUND, Refusal, Reply, json_reply
from ..routing import handles


def _row(call: Call, folder: Folder) -> dict[str, Any]:
    return {
        "id": folder.id,
        "name": folder.name,
        "user_id": call.account.id,
        "client_id": None,
        "created_at": timestamp(folder.created_at),
        "updated_at": timestamp(folder.created_at),
    }


@handles(ListFolders)
def list_folders(call: Call) -> Reply:
    name, offset = call.query.get("name", "").lower(), call.query.get("offset", 0)
    found = [folder for folder in call.account.paid.folders.values() if name in folder.name.lower()]
    return json_reply([_row(call, each) for each in found[offset : offset + call.query.get("limit", 10)]])


@handles(CreateFolder)
def create_folder(call: Call) -> Reply:
    paid = call.account.paid
    folder = Folder(next(paid.ids.folder), call.body["folderName"], call.now)
    paid.folders[folder.id] = folder
    return json_reply(_row(call, folder))


@handles(GetFolder)
def get_folder(call: Call) -> Reply:
    folder = call.account.paid.folders.get(as_number(call.ids[0]))
    if folder is None:
        raise Refusal(404, NOT_FOUND)
    return json_reply(_row(call, folder))


@handles(DeleteFolder)
def delete_folder(call: Call) -> Reply:
    if call.account.paid.folders.pop(as_number(call.ids[0]), None) is None:
        raise Refusal(400, {"message": "Folder not found"})
    return json_reply({"message": "Folder deleted successfully"})
