"""Requests drawn from the OpenAPI document: none gets a 5xx or a response that cannot be decoded."""

from __future__ import annotations

import contextlib
import functools
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from smartlead_async.api.areas import request_classes
from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.openapi import openapi_document
from smartlead_async.pipeline.decode import Missing, decode
from smartlead_async.request import Operation

from .seeded import IDS, carry_out, seeded_fake

BASE_URL = "https://fake.example/api/v1"
OPERATIONS = {request.operation.name: request.operation for request in request_classes()}
REFUSE_WITH_500 = {"DuplicateCampaign", "ResumeLead"}
"""SmartLead refuses an unknown campaign or lead of these operations with a 500."""

Sent = tuple[str, str, str, bytes]


def with_known_ids(schema: Any, name: str = "") -> Any:
    """Return a document in which every id is one that exists: random ones never are."""
    if isinstance(schema, list):
        return [with_known_ids(each, name) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") in ("integer", ["integer", "null"]) and name.lower().rstrip("s").endswith("id"):
        kind = next(kind for kind in IDS if kind in name.lower())
        return {"enum": [*IDS[kind], 7]}
    name = schema.get("name", name) if "in" in schema else name
    keeps_name = {"schema", "items"}
    return {key: with_known_ids(each, name if key in keeps_name else key) for key, each in schema.items()}


@functools.cache
def strategies() -> list[st.SearchStrategy[Case[Any]]]:
    """Return the valid and the invalid requests to each operation. Built once, because it takes seconds."""
    document = with_known_ids(openapi_document(request_classes(), BASE_URL))
    # The test adds the key itself: with another, every request would end there.
    del document["security"]
    schema = schemathesis.openapi.from_dict(document)
    operations = [schema[path][method] for path, item in document["paths"].items() for method in item]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    return [operation.as_strategy(mode) for operation in operations for mode in modes]


@st.composite
def cases(draw: st.DrawFn) -> Case[Any]:
    """Return a request to any operation. Unlike that of ``st.one_of``, the repr does not name them all."""
    number = draw(st.integers(0, len(strategies()) - 1))
    return draw(strategies()[number])


def as_sent(case: Case[Any]) -> Sent:
    """Return method, path, query and body of a request as a client would send it."""
    arguments: Any = case.as_transport_kwargs(base_url=BASE_URL)
    request = requests.Request(**arguments).prepare()
    url, body = urlsplit(str(request.url)), request.body or b""
    assert isinstance(body, (str, bytes))
    return str(request.method), url.path, url.query, body.encode() if isinstance(body, str) else body


def check(fake: FakeSmartlead, sent: Sent) -> None:
    reply = carry_out(fake, *sent)
    entry = fake.requests.entries[-1]
    note(f"{sent} -> {reply.status} {reply.body[:200]!r} {entry.reason}")
    assert entry.reason is None
    assert reply.status < 500 or (reply.status == 500 and entry.operation in REFUSE_WITH_500)
    if reply.status == 404 and b"<pre>Cannot" in reply.body:
        return
    if reply.content_type.startswith("application/json"):
        value = orjson.loads(reply.body)
        if reply.status == 200:
            decodes(OPERATIONS[entry.operation], value)


def decodes(operation: Operation, value: Any) -> None:
    refused = isinstance(value, dict) and (value.get("ok") is False or value.get("success") is False)
    if not refused and operation.response_type not in (str, bytes):
        with contextlib.suppress(Missing):
            decode(operation, value)


def draw_from_the_document(examples: int) -> set[str]:
    """Check this number of sequences of requests, and return the operations that succeeded."""
    succeeded: set[str] = set()

    @settings(
        max_examples=examples,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(st.lists(cases(), min_size=1, max_size=6))
    def run(drawn: list[Case[Any]]) -> None:
        fake = seeded_fake()
        for case in drawn:
            check(fake, as_sent(case))
        succeeded.update(entry.operation for entry in fake.requests.entries if entry.status == 200)

    run()
    return succeeded


def test_no_request_drawn_from_the_document_gets_a_5xx() -> None:
    draw_from_the_document(60)


@pytest.mark.soak
def test_no_request_of_many_drawn_from_the_document_gets_a_5xx() -> None:
    assert len(draw_from_the_document(500)) > 40
