"""The contract of the API as data, and which of our classes stands for which operation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from smartlead_async.request import Request
from smartlead_async.resources._resource import Resource, endpoint
from smartlead_async.resources.campaigns import Campaigns
from smartlead_async.resources.email_accounts import EmailAccounts
from smartlead_async.resources.leads import Leads

FILES: Final = ("campaigns", "leads", "email-accounts")
RESOURCES: Final[dict[str, type[Resource]]] = {
    "campaigns": Campaigns,
    "leads": Leads,
    "email_accounts": EmailAccounts,
}
CONTRACT: Final[dict[str, dict[str, Any]]] = {
    operation["id"]: operation
    for name in FILES
    for operation in json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
}


def request_of(operation_id: str) -> type[Request[Any]]:
    area, _, method = operation_id.partition(".")
    descriptor = vars(RESOURCES[area])[method]
    assert isinstance(descriptor, endpoint), f"{operation_id} is not an endpoint"
    cls = descriptor.request
    assert isinstance(cls, type)
    assert issubclass(cls, Request)
    return cls


every_operation = pytest.mark.parametrize("operation_id", sorted(CONTRACT))
