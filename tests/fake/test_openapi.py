"""The OpenAPI document of the declared operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from smartlead_async.api.areas import request_classes
from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.openapi import openapi_document
from smartlead_async.fake.server import running

from .raw import AGENT
from .seeded import carry_out, seeded_fake

BASE_URL = "https://fake.example/api/v1"


def document() -> dict[str, Any]:
    return openapi_document(request_classes(), BASE_URL)


def operations_of(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method.upper(), operation


def test_the_document_has_every_declared_operation_once() -> None:
    ids = [operation["operationId"] for _, _, operation in operations_of(document())]
    # Operations at the same path are told apart by their bodies, and are one operation for OpenAPI.
    names = [name for each in ids for name in each.split("_or_")]
    assert sorted(names) == sorted(request.operation.name for request in request_classes())


def test_the_parameters_of_a_path_are_those_that_it_names() -> None:
    for path, _, operation in operations_of(document()):
        named = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert sorted(named) == sorted(re.findall(r"\{(\w+)\}", path))


def test_bounds_come_from_the_declarations() -> None:
    found = {operation["operationId"]: operation for _, _, operation in operations_of(document())}
    schedule = found["UpdateSchedule"]["requestBody"]["content"]["application/json"]["schema"]
    assert schedule["properties"]["days_of_the_week"]["items"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 7,
    }
    assert "timezone" in schedule["required"]
    query = {each["name"]: each for each in found["ListGlobalLeads"]["parameters"]}
    assert query["limit"]["schema"]["minimum"] == 1
    assert query["offset"]["schema"] == {"type": "integer", "minimum": 0}


@pytest.mark.sockets
@pytest.mark.parametrize("path", ["/openapi.json", "/api/v1/openapi.json"])
async def test_a_served_fake_serves_its_document(fake: FakeSmartlead, path: str) -> None:
    async with running(fake) as base_url, aiohttp.ClientSession(headers=AGENT) as session:
        async with session.get(f"{base_url.removesuffix('/api/v1')}{path}") as response:
            served = await response.json()
        async with session.get(base_url) as response:
            assert "/openapi.json" in await response.text()
    assert served == openapi_document(request_classes(), base_url)


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")


def undocumented() -> Iterator[tuple[str, str, str]]:
    paths = document()["paths"]
    for path in paths:
        # To GET /spam-test/schedule, "schedule" may be the id of a test.
        same = [other for other in paths if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", other), path)]
        allowed = {method.upper() for other in same for method in paths[other]}
        for method in METHODS:
            if method not in allowed:
                yield method, path, ", ".join(sorted(allowed))


@pytest.mark.parametrize(("method", "path", "allowed"), list(undocumented()))
def test_an_undocumented_method_is_refused(method: str, path: str, allowed: str) -> None:
    fake = seeded_fake()
    before = fake.snapshot()
    reply = carry_out(fake, method, "/api/v1" + re.sub(r"\{\w+\}", "4101", path), body=b"{}")
    assert reply.status in {400, 404}
    assert fake.snapshot() == before
