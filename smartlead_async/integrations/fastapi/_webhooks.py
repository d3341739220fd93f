"""A router that receives webhooks: verify, store, respond; the work is done afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import re
import sqlite3
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Any, Final

import attrs
from fastapi import APIRouter, FastAPI
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from ...errors import ConfigurationError
from ...fields import Secret
from ...waiting import until_done
from ...webhooks import (
    EventHandler,
    EventQueue,
    Proof,
    WebhookPayloadError,
    WebhookRefused,
    deduplication_key,
    has_own_headers,
    parse,
    sample,
    verify,
)

_log: Final = logging.getLogger("smartlead_async.fastapi")

_MAX_BODY: Final = 10 * 2**20
_GRACE: Final = 10.0
_PAUSE_AFTER_FAILURE: Final = 5.0
_TOKEN_PARAMETER: Final = "token"  # noqa: S105 - the name of a query parameter

Secrets = str | Secret | Collection[str | Secret] | None


def webhook_router(
    handle: EventHandler,
    *,
    queue: EventQueue | str | Path,
    url_token: Secrets = None,
    secret_key: Secrets = None,
    signing_secret: Secrets = None,
    require: Collection[Proof | str] = (),
    path: str = "/webhooks/smartlead",
    trust_request_id: bool | None = None,
) -> APIRouter:
    """Return a router that receives SmartLead's webhooks and calls ``handle`` for each event, once.

    A delivery is verified as by :func:`~smartlead_async.webhooks.verify`, with the query parameter ``token``
    as its ``received_token``, and stored in ``queue``, an :class:`EventQueue` or the path of its file. Then
    it is answered with 200, and ``handle`` is called after that, also after a restart. At least one of
    ``url_token`` and ``secret_key`` is needed, or a required signature: ``signing_secret`` alone would let in
    everything that is not signed. ``X-Request-Id`` identifies an event if ``trust_request_id`` is set; by
    default if the delivery has another header of SmartLead, since most often it is a proxy's.

    - 200: new or repeated; SmartLead is done
    - 200: verified, but no event that can be read; it is kept in ``queue.failed()``
    - 401 and 413: not verified, or larger than 10 MiB; SmartLead may give up
    - 503: cannot be stored; SmartLead tries again

    The router opens the queue with the application, and at its end lets a handler finish. Example::

        async def on_event(event: webhooks.Event) -> None:
            print(event.type, event.time)

        app.include_router(webhook_router(on_event, queue="webhooks.sqlite", url_token=TOKEN))
    """
    secrets: dict[str, Any] = {
        "url_token": url_token,
        "secret_key": secret_key,
        "signing_secret": signing_secret,
        "require": require,
    }
    _require_proof(secrets)
    opened = queue if isinstance(queue, EventQueue) else EventQueue(queue)
    receiver = _Receiver(opened, secrets, trust_request_id)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with opened, _processing(opened, handle), _token_out_of_access_log():
            yield

    router = APIRouter(lifespan=lifespan, tags=["webhooks"])
    router.add_api_route(
        path,
        receiver.receive,
        methods=["POST"],
        summary="Receive an event of SmartLead",
        response_class=Response,
        responses={401: {"description": "Not verified"}, 503: {"description": "Not stored: try again"}},
        openapi_extra=_DOCUMENTED_BODY,
    )
    return router


_DOCUMENTED_BODY: Final = {
    "parameters": [{"name": _TOKEN_PARAMETER, "in": "query", "schema": {"type": "string"}}],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": sample("EMAIL_REPLY")},
        },
    },
}


def _require_proof(secrets: dict[str, Any]) -> None:
    if secrets["url_token"] is None and secrets["secret_key"] is None and not secrets["require"]:
        raise ConfigurationError(
            "the webhook router would accept deliveries of anybody: pass url_token or secret_key, "
            "or require=['signature'] if your account gets signed deliveries"
        )
    # What else is wrong with the secrets is found now and not by the first delivery.
    with contextlib.suppress(WebhookRefused):
        verify(b"", {}, **secrets)


@attrs.frozen
class _Receiver:
    queue: EventQueue
    secrets: dict[str, Any] = attrs.field(repr=False)
    trust_request_id: bool | None

    async def receive(self, request: HttpRequest) -> Response:
        """Verify a delivery, store its event and respond. What the event calls for is done afterwards."""
        try:
            body = await _read(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return JSONResponse({"detail": "The body is too large."}, 413)
        try:
            verify(
                body,
                request.headers,
                received_token=request.query_params.get(_TOKEN_PARAMETER),
                **self.secrets,
            )
        except WebhookRefused as refused:
            _log.warning("%s: %s", request.scope["path"], refused)
            return JSONResponse({"detail": "The delivery could not be verified."}, 401)
        try:
            await self._store(body, request)
        except (sqlite3.Error, OSError) as problem:
            _log.error("a webhook event could not be stored: %s", problem)
            return JSONResponse({"detail": "Not stored; try again."}, 503, {"Retry-After": "60"})
        return Response(status_code=200)

    async def _store(self, body: bytes, request: HttpRequest) -> None:
        try:
            event = parse(body)
        except WebhookPayloadError as error:
            # A repetition would be as unreadable, so SmartLead is told that it is done.
            _log.error("a webhook delivery is kept as failed: %s", error)
            await self.queue.park(f"unreadable:{hashlib.blake2b(body).hexdigest()[:32]}", body, error)
            return
        trusted = self.trust_request_id
        if trusted is None:
            trusted = has_own_headers(request.headers)
        key = deduplication_key(event, request.headers, trust_request_id=trusted)
        await self.queue.put(key, event)


async def _read(request: HttpRequest) -> bytes | None:
    """Return the body as it was sent, or None if it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY:
            return None
    return bytes(body)


@contextlib.asynccontextmanager
async def _processing(queue: EventQueue, handle: EventHandler) -> AsyncIterator[None]:
    """Handle events while the block runs, and let the handler that is running at its end finish."""
    task = asyncio.create_task(_process(queue, handle))
    try:
        yield
    finally:
        queue.stop()
        try:
            await asyncio.wait({task}, timeout=_GRACE)
        finally:
            task.cancel()
            await until_done(task)


async def _process(queue: EventQueue, handle: EventHandler) -> None:
    while not queue.is_stopped:
        try:
            await queue.process(handle)
        except Exception:  # noqa: BLE001 - a full disk, for example
            _log.exception("the queue of webhook events failed; it is tried again")
            await asyncio.sleep(_PAUSE_AFTER_FAILURE)


@contextlib.asynccontextmanager
async def _token_out_of_access_log() -> AsyncIterator[None]:
    """Redact the token from the URLs that uvicorn logs."""
    logger = logging.getLogger("uvicorn.access")
    logger.addFilter(_redact_token)
    try:
        yield
    finally:
        logger.removeFilter(_redact_token)


_TOKEN_IN_URL: Final = re.compile(rf"([?&]{_TOKEN_PARAMETER}=)[^&\s]+")


def _redact_token(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            _TOKEN_IN_URL.sub(r"\1***", arg) if isinstance(arg, str) else arg for arg in record.args
        )
    return True
