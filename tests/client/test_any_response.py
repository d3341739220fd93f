"""Any response, however malformed, results in a value or a SmartleadError and in no other exception."""

from __future__ import annotations

import contextlib
from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartlead_async import (
    HttpRequest,
    HttpResponse,
    RateLimits,
    RetryPolicy,
    SmartleadClient,
    SmartleadError,
)
from smartlead_async.api.campaigns.create import CreateCampaign, DeleteCampaign
from smartlead_async.api.campaigns.leads import AddLeads, ListCampaignLeads
from smartlead_async.api.campaigns.read import GetCampaign, ListCampaigns
from smartlead_async.api.campaigns.setup import GetSequences, UpdateStatus
from smartlead_async.api.campaigns.statistics import GetCampaignAnalytics
from smartlead_async.api.leads.models import LeadInput
from smartlead_async.request import Request
from smartlead_async.virtual_time import run

REQUESTS: Final[list[Request[Any]]] = [
    CreateCampaign("SaaS founders Q1 2027"),
    ListCampaigns(),
    GetCampaign(4101),
    DeleteCampaign(4101),
    UpdateStatus(4101, "START"),
    GetSequences(4101),
    GetCampaignAnalytics(4101),
    AddLeads(4101, lead_list=[LeadInput("lin@prospect.example")]),
    ListCampaignLeads(4101),
]

# Arbitrary strings, and strings that resemble valid values.
texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", " 7 ", "9" * 5000, "1e400", "nan", "-1", "DRAFTED", "2027-01-04T09:00:00.000Z", "{}", "[1]"]
    ),
    st.sampled_from(
        ["Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 99 Oct 99999 99:99:99 GMT", "Thu, 01 Jan 1 00:00:00 -9999"]
    ),
)
keys = st.one_of(
    st.sampled_from(
        [
            "id",
            "name",
            "status",
            "ok",
            "success",
            "message",
            "error",
            "errorCode",
            "code",
            "details",
            "field",
            "validation",
            "keys",
            "retry_after",
            "data",
            "campaigns",
            "leads",
            "total_leads",
            "created_at",
            "scheduler_cron_value",
            "track_settings",
            "tags",
            "sequence_variants",
        ]
    ),
    st.text(max_size=8),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=6)),
    max_leaves=15,
)
bodies = st.one_of(
    st.binary(max_size=60),
    values.map(orjson.dumps),
    values.map(lambda value: orjson.dumps(value)[:-1]),
    st.sampled_from(
        [b"", b"  ", b"success", b"<html>no</html>", b"\xef\xbb\xbf{}", b"[" * 3000, b'{"id":' * 900]
    ),
)
headers = st.dictionaries(
    st.sampled_from(
        [
            "retry-after",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "date",
            "content-type",
        ]
    ),
    texts,
)


class FixedResponse:
    def __init__(self, response: HttpResponse) -> None:
        self.response = response

    async def send(self, _: HttpRequest, /) -> HttpResponse:
        return self.response

    async def aclose(self) -> None: ...


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(status=st.one_of(st.just(200), st.integers(100, 599)), said=headers, body=bodies)
def test_any_response_results_in_a_value_or_a_smartlead_error(
    request_: Request[Any], status: int, said: dict[str, str], body: bytes
) -> None:
    async def main() -> None:
        async with SmartleadClient(
            "test-key",
            transport=FixedResponse(HttpResponse(status, said, body)),
            limits=RateLimits.STANDARD,
            retry=RetryPolicy(max_attempts=2, max_rate_limited=1, deadline=3600),
        ) as client:
            with contextlib.suppress(SmartleadError):
                await client.send(request_)

    run(main())
