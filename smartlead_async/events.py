"""Events: what happens to requests and jobs, as it is logged and passed to the ``listener`` of a client.

Every event is plain data without the API key, query values, bodies and addresses of leads, so it may be
stored anywhere. ``str(event)`` is one line. The events of one request share their ``call`` and those of one
job their ``job``, both numbers that are unique in the process.

    RequestQueued       an attempt enters the rate limiter
    RequestSent         it left the limiter and is passed to the transport
    ResponseReceived    it has a response, or none will come
    RateLimitHit        after a 429 nothing is sent for a while, by any request of the client
    RequestRetried      another attempt follows
    RequestEnded        the caller gets a result or an error

    JobBegan, JobEnded, CampaignBegan, CampaignEnded
    ReconcileBegan      the response to a create was lost, and the campaign is looked for
    ReconcileEnded      the campaign was found, or there is none and it is created again
    ServiceDown, ServiceUp
"""

from __future__ import annotations

import logging
from typing import Any

import attrs

from .pipeline.events import Event, Listener
from .redaction import without_addresses
from .request import Effect
from .wording import count

__all__ = [
    "CampaignBegan",
    "CampaignEnded",
    "Event",
    "JobBegan",
    "JobEnded",
    "Listener",
    "RateLimitHit",
    "ReconcileBegan",
    "ReconcileEnded",
    "RequestEnded",
    "RequestQueued",
    "RequestRetried",
    "RequestSent",
    "ResponseReceived",
    "ServiceDown",
    "ServiceUp",
]

# --- requests --------------------------------------------------------------------------------------------


@attrs.frozen
class RequestQueued(Event):
    """An attempt enters the rate limiter. ``number`` counts the attempts of its call from 1."""

    message = "%(operation)s: queued (attempt %(number)d)"
    operation: str
    call: int
    number: int
    effect: Effect


@attrs.frozen
class RequestSent(Event):
    """An attempt is passed to the transport, after ``waited`` seconds in the rate limiter.

    ``url`` has no query string, and ``template`` is the path of the operation.
    """

    message = "%(operation)s: %(method)s %(template)s sent (attempt %(number)d, waited %(waited).3f s)"
    operation: str
    call: int
    number: int
    method: str
    url: str
    template: str
    waited: float


@attrs.frozen
class ResponseReceived(Event):
    """An attempt has a response after ``took`` seconds; ``status`` is None if none will come.

    ``failure`` is the class of the error, such as ``"RequestTimeout"``; None if it succeeded.
    """

    message = "%(operation)s -> %(answer)s in %(took).3f s (attempt %(number)d)%(failed)s"
    operation: str
    call: int
    number: int
    status: int | None
    failure: str | None
    took: float

    def _values(self) -> dict[str, Any]:
        answer = "no response" if self.status is None else self.status
        return {**super()._values(), "answer": answer}


@attrs.frozen
class RateLimitHit(Event):
    """After a 429, nothing is sent with this client for ``pause`` seconds."""

    message = "%(operation)s: rate limited (429), nothing is sent for %(pause).1f s"
    level = logging.INFO
    operation: str
    call: int
    pause: float


@attrs.frozen
class RequestRetried(Event):
    """Attempt ``number`` failed, and another follows after ``pause`` seconds."""

    message = "%(operation)s: attempt %(number)d failed (%(reason)s), retrying in %(pause).1f s"
    level = logging.INFO
    operation: str
    call: int
    number: int
    reason: str
    pause: float


@attrs.frozen
class RequestEnded(Event):
    """A call has its result, or ``failure``: the class of the error, also ``"CancelledError"``."""

    message = "%(operation)s: ended after %(tries)s%(failed)s"
    operation: str
    call: int
    attempts: int
    failure: str | None

    def _values(self) -> dict[str, Any]:
        return {**super()._values(), "tries": count(self.attempts, "attempt")}


# --- jobs ------------------------------------------------------------------------------------------------


@attrs.frozen
class JobBegan(Event):
    """A job begins. ``operation`` is ``provision``, ``pause``, ``resume`` or ``destroy``."""

    message = "job %(job)d: %(operation)s begins"
    level = logging.INFO
    job: int
    operation: str


@attrs.frozen
class JobEnded(Event):
    """A job has ended. ``failure`` is the class of the error that ended it early, if one did."""

    message = "job %(job)d: %(operation)s %(ending)s, %(done)d done, %(failures)d failed%(failed)s"
    level = logging.INFO
    job: int
    operation: str
    done: int
    failures: int
    requests: int
    interrupted: bool
    failure: str | None

    def _values(self) -> dict[str, Any]:
        return {**super()._values(), "ending": "is interrupted" if self.interrupted else "ends"}


@attrs.frozen
class CampaignBegan(Event):
    """A job begins to work on a campaign. ``campaign_id`` is None if it has not been created yet."""

    message = "job %(job)d: %(campaign)r begins"
    job: int
    campaign: str = attrs.field(converter=without_addresses)
    campaign_id: int | None


@attrs.frozen
class CampaignEnded(Event):
    """A job has ended its work on a campaign, and ``state`` is that of its record."""

    message = "job %(job)d: %(campaign)r (campaign %(campaign_id)s) is %(state)s%(failed)s"
    level = logging.INFO
    job: int
    campaign: str = attrs.field(converter=without_addresses)
    campaign_id: int | None
    state: str
    failure: str | None


@attrs.frozen
class ReconcileBegan(Event):
    """It is not known whether a create took effect. The campaign is looked for before it is created again."""

    message = "job %(job)d: the response to the create of %(campaign)r was lost, looking for it"
    level = logging.INFO
    job: int
    campaign: str = attrs.field(converter=without_addresses)


@attrs.frozen
class ReconcileEnded(Event):
    """The campaign of a lost create was found; ``campaign_id`` is None if it made none."""

    message = "job %(job)d: the lost create of %(campaign)r made %(made)s"
    level = logging.INFO
    job: int
    campaign: str = attrs.field(converter=without_addresses)
    campaign_id: int | None

    def _values(self) -> dict[str, Any]:
        made = "no campaign" if self.campaign_id is None else f"campaign {self.campaign_id}"
        return {**super()._values(), "made": made}


@attrs.frozen
class ServiceDown(Event):
    """A job's requests fail for reasons that are not theirs. The job probes the service until it is back."""

    message = "job %(job)d: the service is down, probing until it is back"
    level = logging.WARNING
    job: int


@attrs.frozen
class ServiceUp(Event):
    """The service is back after ``after`` seconds."""

    message = "job %(job)d: the service is back after %(after).0f s"
    level = logging.WARNING
    job: int
    after: float
