"""OpenTelemetry: spans and metrics of requests and jobs, read from the SDK's in-memory exporters."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import attrs
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from smartlead_async import (
    FakeSmartlead,
    LeadInput,
    OutcomeUnknown,
    RateLimits,
    RetryPolicy,
    ServiceUnavailable,
    SmartleadClient,
)
from smartlead_async.api.campaigns import CreateCampaign
from smartlead_async.fake import Fault
from smartlead_async.integrations.opentelemetry import OpenTelemetryListener

from ..provisioning.jobs import CHECKS, campaigns, seeded_fake

KEY = "k3y-that-nobody-may-see"


@attrs.define
class Telemetry:
    """A listener with an SDK of its own."""

    exporter: InMemorySpanExporter = attrs.field(factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = attrs.field(factory=InMemoryMetricReader)
    tracers: TracerProvider = attrs.field(factory=TracerProvider)
    listener: OpenTelemetryListener = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        meters = MeterProvider([self.reader])
        self.listener = OpenTelemetryListener(tracer_provider=self.tracers, meter_provider=meters)

    def client(self, fake: FakeSmartlead, **options: Any) -> SmartleadClient:
        return SmartleadClient(
            fake.api_keys[0], transport=fake.transport(latency=0.2), listener=self.listener, **options
        )

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        return self.exporter.get_finished_spans()

    def named(self, name: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == name]

    def points(self, name: str) -> list[Any]:
        data = self.reader.get_metrics_data()
        assert data is not None
        return [
            point
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@pytest.fixture
def telemetry() -> Telemetry:
    return Telemetry()


def attributes_of(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def is_child_of(span: ReadableSpan, parent: ReadableSpan) -> bool:
    return span.parent is not None and span.parent.span_id == parent.get_span_context().span_id  # type: ignore[union-attr]


async def test_a_request_follows_the_conventions_for_http_clients(telemetry: Telemetry) -> None:
    fake = FakeSmartlead()
    created = await telemetry.client(fake).campaigns.create("Dentists in Oslo Q1 2027")
    await telemetry.client(fake).campaigns.get(created.id)
    (attempt,) = telemetry.named("GET /campaigns/{campaign_id}")
    assert attempt.kind is SpanKind.CLIENT
    assert attributes_of(attempt) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "server.smartlead.ai",
        "server.port": 443,
        "url.full": "https://server.smartlead.ai/api/v1/campaigns/4101",
        "url.template": "/campaigns/{campaign_id}",
        "smartlead.wait": 0.0,
    }
    assert attempt.status.status_code is StatusCode.UNSET
    (call,) = telemetry.named("GetCampaign")
    assert is_child_of(attempt, call)
    assert attributes_of(call) == {
        "smartlead.operation": "GetCampaign", "smartlead.effect": "read", "smartlead.attempts": 1,
    }  # fmt: skip


async def test_each_attempt_is_a_span_of_its_own(telemetry: Telemetry) -> None:
    fake = FakeSmartlead()
    fake.fail_next(Fault.status_before(503))
    fake.fail_next(Fault.lost_before())
    await telemetry.client(fake).campaigns.list()
    attempts = telemetry.named("GET /campaigns/")
    assert [span.status.status_code for span in attempts] == [
        StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET,
    ]  # fmt: skip
    details = [attributes_of(span) for span in attempts]
    assert [each.get("error.type") for each in details] == ["503", "Interrupted", None]
    assert [each.get("http.response.status_code") for each in details] == [503, None, 200]
    assert [each.get("http.request.resend_count") for each in details] == [None, 1, 2]
    (call,) = telemetry.named("ListCampaigns")
    assert all(is_child_of(span, call) for span in attempts)
    assert [event.name for event in call.events] == ["RequestRetried", "RequestRetried"]
    assert call.status.status_code is StatusCode.UNSET


async def test_a_call_that_fails_has_the_error(telemetry: Telemetry) -> None:
    fake = FakeSmartlead()
    fake.fail_next(Fault.lost_after())
    with pytest.raises(OutcomeUnknown):
        await telemetry.client(fake).campaigns.create("Dentists in Oslo Q1 2027")
    (call,) = telemetry.named("CreateCampaign")
    assert call.status.status_code is StatusCode.ERROR
    assert attributes_of(call)["error.type"] == "OutcomeUnknown"


@pytest.mark.parametrize("where", ["transport", "limiter"])
async def test_a_cancelled_call_ends_its_spans(telemetry: Telemetry, where: str) -> None:
    client = telemetry.client(FakeSmartlead(), max_in_flight=1)
    tasks = [asyncio.create_task(client.campaigns.list()) for _ in range(1 if where == "transport" else 2)]
    await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    calls = telemetry.named("ListCampaigns")
    assert [attributes_of(call)["error.type"] for call in calls] == ["CancelledError"] * len(tasks)
    assert [attributes_of(s)["error.type"] for s in telemetry.named("GET /campaigns/")] == ["CancelledError"]
    assert telemetry.listener._calls == {}


async def test_the_current_span_is_the_parent(telemetry: Telemetry) -> None:
    client = telemetry.client(FakeSmartlead())
    with telemetry.tracers.get_tracer("app").start_as_current_span("deal closes"):
        await client.campaigns.list()
    (deal,) = telemetry.named("deal closes")
    (call,) = telemetry.named("ListCampaigns")
    assert is_child_of(call, deal)


async def test_a_job_is_the_parent_of_campaigns_and_these_of_their_requests(telemetry: Telemetry) -> None:
    fake = seeded_fake()
    fake.fail_next(Fault.lost_after(), CreateCampaign)
    with telemetry.tracers.get_tracer("app").start_as_current_span("nightly"):
        await telemetry.client(fake).provision(campaigns(4), concurrency=3, reconcile=CHECKS)
        await telemetry.client(fake).clients.list()
    (nightly,) = telemetry.named("nightly")
    (job,) = telemetry.named("provision")
    assert is_child_of(job, nightly)
    assert attributes_of(job)["smartlead.campaigns.done"] == 4
    runs = telemetry.named("campaign")
    assert len(runs) == 4
    assert all(is_child_of(run, job) for run in runs)
    assert {attributes_of(run)["smartlead.campaign.id"] for run in runs} == set(fake.campaigns)
    for name in ("SaveSequences", "AddLeads", "UpdateSchedule"):
        calls = telemetry.named(name)
        assert sorted(sum(is_child_of(call, run) for call in calls) for run in runs) == [1] * 4, name
    events = [event.name for run in runs for event in run.events]
    assert events == ["ReconcileBegan", "ReconcileEnded"]
    (after,) = telemetry.named("ListClients")
    assert is_child_of(after, nightly), "the context of the caller is restored"


async def test_a_cancelled_job_ends_its_spans(telemetry: Telemetry) -> None:
    task = asyncio.create_task(telemetry.client(seeded_fake()).provision(campaigns(4), concurrency=2).run())
    await asyncio.sleep(1.0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    (job,) = telemetry.named("provision")
    assert attributes_of(job)["error.type"] == "CancelledError"
    assert telemetry.named("campaign")
    assert (telemetry.listener._calls, telemetry.listener._jobs) == ({}, {})


async def test_metrics_count_requests_waits_and_retries(telemetry: Telemetry) -> None:
    fake = FakeSmartlead()
    fake.fail_next(Fault.status_before(503))
    client = telemetry.client(fake, limits=RateLimits.of((2, 60)))
    for _ in range(3):
        await client.campaigns.list()
    durations = {point.attributes["http.response.status_code"]: point for point in
                 telemetry.points("http.client.request.duration")}  # fmt: skip
    assert {status: point.count for status, point in durations.items()} == {200: 3, 503: 1}
    assert durations[200].sum == pytest.approx(0.6)
    assert dict(durations[503].attributes) == {
        "http.request.method": "GET", "http.response.status_code": 503, "error.type": "503",
        "server.address": "server.smartlead.ai", "server.port": 443, "url.template": "/campaigns/",
    }  # fmt: skip
    (wait,) = telemetry.points("smartlead.client.wait.duration")
    assert wait.count == 4
    assert 55 <= wait.sum <= 65
    (retries,) = telemetry.points("smartlead.client.retries")
    assert (retries.value, dict(retries.attributes)["smartlead.reason"]) == (1, "HTTP 503")


async def test_metrics_count_the_campaigns_of_jobs(telemetry: Telemetry) -> None:
    await telemetry.client(seeded_fake()).provision(campaigns(3))
    (done,) = telemetry.points("smartlead.job.campaigns")
    assert (done.value, dict(done.attributes)) == (3, {"smartlead.state": "done"})


async def test_no_span_and_no_metric_has_the_key_or_an_address(telemetry: Telemetry) -> None:
    fake = seeded_fake(api_key=KEY)
    refusal = {"ok": False, "error": f"lin@prospect.example {KEY}"}
    fake.fail_next(Fault.status_before(503, refusal), times=4)
    client = telemetry.client(fake)
    with pytest.raises(ServiceUnavailable):
        await client.with_options(retry=RetryPolicy.NEVER).leads.get_by_email("lin@prospect.example")
    await client.leads.get_by_email("lin@prospect.example")
    await client.block_list.add(["lin@prospect.example"])
    plan = attrs.evolve(
        campaigns(1)[0], name="Welcome lin@prospect.example", leads=[LeadInput("lin@prospect.example")]
    )
    fake.fail_next(Fault.lost_after(), CreateCampaign)
    await client.provision([plan], reconcile=CHECKS)
    texts = [span.to_json() for span in telemetry.spans]
    data = telemetry.reader.get_metrics_data()
    assert data is not None
    for text in [*texts, data.to_json()]:
        assert KEY not in text
        assert "prospect.example" not in text


async def test_without_an_sdk_nothing_is_recorded_and_nothing_breaks() -> None:
    fake = FakeSmartlead()
    async with SmartleadClient(
        "test-key", transport=fake.transport(), listener=OpenTelemetryListener()
    ) as client:
        await client.campaigns.create("Dentists in Oslo Q1 2027")
        await client.provision([])
    fake.assert_created_once("Dentists in Oslo Q1 2027")
