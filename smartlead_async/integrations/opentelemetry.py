"""OpenTelemetry spans and metrics for requests and jobs, by the semantic conventions for HTTP clients.

    client = SmartleadClient(key, listener=OpenTelemetryListener())

It needs the extra ``otel``: the API of OpenTelemetry, which records nothing without an SDK in the process.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import attrs
from opentelemetry import context, metrics, trace
from opentelemetry.context import Context
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider

from .._version import __version__
from ..events import (
    CampaignBegan,
    CampaignEnded,
    Event,
    JobBegan,
    JobEnded,
    RateLimitHit,
    ReconcileBegan,
    ReconcileEnded,
    RequestEnded,
    RequestQueued,
    RequestRetried,
    RequestSent,
    ResponseReceived,
    ServiceDown,
    ServiceUp,
)

_NAME: Final = "smartlead_async"
# Those that the semantic conventions give for the duration of a request.
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_WAIT_BUCKETS: Final = (0.01, 0.1, 1, 5, 15, 30, 60, 120, 300, 900, 3600)

Attributes: TypeAlias = dict[str, str | int | float]


@attrs.define
class _Call:
    """The spans of a call and of its present attempt, and the attributes that its metrics share."""

    span: Span
    attempt: Span | None = None
    attributes: Attributes = attrs.field(factory=dict)


@attrs.frozen
class _Scope:
    """A span that is the current one until it ends."""

    span: Span
    token: Token[Context]

    @classmethod
    def begin(cls, span: Span) -> _Scope:
        return cls(span, context.attach(trace.set_span_in_context(span)))

    def end(self) -> None:
        context.detach(self.token)
        self.span.end()


# Of the task in which the campaign runs: two campaigns of a job may have the same name.
_campaign: ContextVar[_Scope | None] = ContextVar("_campaign", default=None)


class OpenTelemetryListener:
    """A listener that records the requests and jobs of a client as spans and metrics.

    A request is a span named after its operation, from the rate limiter to the result. Its children are the
    attempts, which are client spans by the HTTP conventions (``GET /campaigns/{campaign_id}``), so that
    waiting and retries are visible. Below a job, each campaign is a span and the parent of its requests. The
    span that is current where a request or a job begins is the parent. ``url.full`` has no query string, and
    no attribute has the API key or the address of a lead.

    Metrics: ``http.client.request.duration``, ``smartlead.client.wait.duration`` (in the rate limiter),
    ``smartlead.client.retries`` and ``smartlead.job.campaigns``. The providers are by default those of the
    process. One listener may serve several clients. Example::

        client = SmartleadClient(key, listener=OpenTelemetryListener())
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        self._tracer = trace.get_tracer(_NAME, __version__, tracer_provider)
        meter = metrics.get_meter(_NAME, __version__, meter_provider)
        self._duration = meter.create_histogram(
            "http.client.request.duration",
            "s",
            "Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self._wait = meter.create_histogram(
            "smartlead.client.wait.duration",
            "s",
            "Time in the rate limiter before a request is sent.",
            explicit_bucket_boundaries_advisory=_WAIT_BUCKETS,
        )
        self._retries = meter.create_counter("smartlead.client.retries", "{retry}", "Requests sent again.")
        self._campaigns = meter.create_counter(
            "smartlead.job.campaigns", "{campaign}", "Campaigns on which a job has ended its work."
        )
        self._calls: dict[int, _Call] = {}
        self._jobs: dict[int, _Scope] = {}

    def __call__(self, event: Event) -> None:  # noqa: C901 - one line for each event
        """Record an event."""
        match event:
            case RequestQueued():
                self._queue(event)
            case RequestSent():
                self._send(event)
            case ResponseReceived():
                self._receive(event)
            case RequestRetried() | RateLimitHit():
                self._retry(event)
            case RequestEnded():
                self._end(event)
            case JobBegan():
                self._begin_job(event)
            case JobEnded():
                self._end_job(event)
            case CampaignBegan():
                self._begin_campaign(event)
            case CampaignEnded():
                self._end_campaign(event)
            case ReconcileBegan() | ReconcileEnded() | ServiceDown() | ServiceUp():
                trace.get_current_span().add_event(type(event).__name__, {"smartlead.event": str(event)})

    # --- requests ------------------------------------------------------------------------------------

    def _queue(self, event: RequestQueued) -> None:
        if event.call not in self._calls:
            attributes: Attributes = {"smartlead.operation": event.operation}
            attributes["smartlead.effect"] = event.effect.value
            self._calls[event.call] = _Call(self._tracer.start_span(event.operation, attributes=attributes))

    def _send(self, event: RequestSent) -> None:
        call, url = self._calls[event.call], urlsplit(event.url)
        call.attributes = {
            "http.request.method": event.method,
            "server.address": url.hostname or "",
            "server.port": url.port or (443 if url.scheme == "https" else 80),
            "url.template": event.template,
        }
        self._wait.record(event.waited, {"smartlead.operation": event.operation})
        attributes: Attributes = {"url.full": event.url, "smartlead.wait": event.waited, **call.attributes}
        if event.number > 1:
            attributes["http.request.resend_count"] = event.number - 1
        call.attempt = self._tracer.start_span(
            f"{event.method} {event.template}",
            trace.set_span_in_context(call.span),
            SpanKind.CLIENT,
            attributes,
        )

    def _receive(self, event: ResponseReceived) -> None:
        call = self._calls[event.call]
        outcome: Attributes = {}
        if event.status is not None:
            outcome["http.response.status_code"] = event.status
        if event.failure is not None:
            is_status = event.status is not None and event.status >= 400
            outcome["error.type"] = str(event.status) if is_status else event.failure
        self._duration.record(event.took, {**call.attributes, **outcome})
        if call.attempt is not None:
            _mark(call.attempt, event.failure)
            call.attempt.set_attributes(outcome)
            call.attempt.end()
            call.attempt = None

    def _retry(self, event: RequestRetried | RateLimitHit) -> None:
        reason = event.reason if isinstance(event, RequestRetried) else "HTTP 429"
        self._calls[event.call].span.add_event(
            type(event).__name__, {"smartlead.reason": reason, "smartlead.pause": event.pause}
        )
        self._retries.add(1, {"smartlead.operation": event.operation, "smartlead.reason": reason})

    def _end(self, event: RequestEnded) -> None:
        call = self._calls.pop(event.call, None)
        if call is None:
            return
        if call.attempt is not None:
            # It was cancelled before it had a response.
            _mark(call.attempt, event.failure)
            call.attempt.end()
        call.span.set_attribute("smartlead.attempts", event.attempts)
        _mark(call.span, event.failure)
        call.span.end()

    # --- jobs ----------------------------------------------------------------------------------------

    def _begin_job(self, event: JobBegan) -> None:
        span = self._tracer.start_span(event.operation, attributes={"smartlead.job": event.job})
        self._jobs[event.job] = _Scope.begin(span)

    def _end_job(self, event: JobEnded) -> None:
        scope = self._jobs.pop(event.job, None)
        if scope is None:
            return
        scope.span.set_attributes(
            {
                "smartlead.campaigns.done": event.done,
                "smartlead.campaigns.failed": event.failures,
                "smartlead.requests": event.requests,
                "smartlead.interrupted": event.interrupted,
            }
        )
        _mark(scope.span, event.failure)
        scope.end()

    def _begin_campaign(self, event: CampaignBegan) -> None:
        attributes: Attributes = {"smartlead.job": event.job, "smartlead.campaign.name": event.campaign}
        _campaign.set(_Scope.begin(self._tracer.start_span("campaign", attributes=attributes)))

    def _end_campaign(self, event: CampaignEnded) -> None:
        self._campaigns.add(1, {"smartlead.state": event.state})
        scope = _campaign.get()
        if scope is None:
            return
        _campaign.set(None)
        if event.campaign_id is not None:
            scope.span.set_attribute("smartlead.campaign.id", event.campaign_id)
        scope.span.set_attribute("smartlead.state", event.state)
        _mark(scope.span, event.failure)
        scope.end()


def _mark(span: Span, failure: str | None) -> None:
    if failure is not None:
        span.set_attribute("error.type", failure)
        span.set_status(Status(StatusCode.ERROR))
