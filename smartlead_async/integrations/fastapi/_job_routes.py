"""A router that takes plans, runs them in the background, and shows their progress."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from ...redaction import without_addresses
from ._job_files import JobStatus, KeyReused, StoredJob
from ._jobs import JobState, ProvisioningJobs
from ._shutdown import on_shutdown

_MAX_PLAN: Final = 50 * 2**20
_EVERY: Final = 0.5
_KEEP_ALIVE: Final = 15.0
_RECONNECT: Final = b"retry: 1000\n\n"

_EXAMPLE: Final = {
    "version": 1,
    "campaigns": [
        {
            "name": "SaaS founders Q1 2027 – demo invite",
            "steps": [{"subject": "Quick question", "body": "<p>Hi {{first_name}}</p>"}],
            "mailboxes": {"ids": [501]},
            "schedule": {"timezone": "Europe/Berlin", "days": [1, 2, 3], "start": "09:00", "end": "17:00"},
            "leads": [{"email": "lin@prospect.example", "first_name": "Lin"}],
            "start": True,
        }
    ],
}


class CampaignCounts(BaseModel):
    """The number of campaigns of a job, by what has become of them."""

    total: int
    done: int = 0
    failed: int = 0
    in_progress: int = 0


class FailedCampaign(BaseModel):
    """A campaign that failed, and why."""

    name: str
    error: str | None


class JobProgress(BaseModel):
    """The progress of a job."""

    status: JobStatus
    campaigns: CampaignCounts
    requests: int | None = Field(default=None, description="Requests that the run in progress has sent.")
    requests_left: int | None = Field(default=None, description="Requests that are left, about.")
    seconds_left: float | None = Field(default=None, description="The time left, about.")
    outage: str | None = Field(default=None, description="Why SmartLead cannot be reached at the moment.")


class BackgroundJob(JobProgress):
    """A plan that runs in the background."""

    id: str
    name: str = Field(description="The name of the first campaign, and the number of others.")
    created_at: dt.datetime
    error: str | None = Field(default=None, description="Why the job as a whole failed.")
    failures: list[FailedCampaign] = Field(default=[], description="The first campaigns that failed.")


def provisioning_router(
    jobs: ProvisioningJobs,
    *,
    prefix: str = "/jobs",
    owner: Callable[..., Any] | None = None,
    dependencies: Sequence[Any] = (),
) -> APIRouter:
    """Return a router that runs plans in the background.

    - ``POST /jobs`` stores a plan in JSON, begins, and responds with 202 and the job. Repeat it with the same
      ``Idempotency-Key`` if the response was lost.
    - ``GET /jobs`` and ``GET /jobs/{id}`` show the jobs, and one of them with its failures.
    - ``GET /jobs/{id}/events`` sends its progress as server-sent events, until it ends.
    - ``POST /jobs/{id}/stop`` and ``POST /jobs/{id}/resume`` stop it, and let it go on.

    ``owner`` is a dependency that returns a string; each owner sees only jobs of its own. ``dependencies``
    guard the routes. A plan with errors, or one that names files of the server, is a 422 with
    :func:`add_error_handlers`. The jobs run while the application does, and go on after its restart.
    Example::

        app.include_router(provisioning_router(jobs, dependencies=[Depends(require_admin)]))
    """
    routes = _Routes(jobs)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with jobs.running(lambda _: app.state.smartlead):
            with on_shutdown(jobs.stop):
                yield

    router = APIRouter(prefix=prefix, lifespan=lifespan, tags=["jobs"], dependencies=list(dependencies))
    owner_of = owner or _nobody

    async def own_job(job_id: str, name: str = Depends(owner_of)) -> StoredJob:
        job = jobs.get(job_id, owner=name)
        if job is None:
            raise HTTPException(404, "There is no such job.")
        return job

    async def submit(
        request: HttpRequest,
        response: Response,
        name: str = Depends(owner_of),
        idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    ) -> BackgroundJob:
        """Store a plan, and run it in the background.

        Repeat the request with the same Idempotency-Key if its response was lost: there will be one job.
        """
        job = await routes.submit(request, name, idempotency_key)
        response.headers["Location"] = f"{request.url.path.rstrip('/')}/{job.id}"
        return await routes.shown(job)

    async def list_jobs(name: str = Depends(owner_of)) -> list[BackgroundJob]:
        """List the jobs, oldest first."""
        return [await routes.shown(job, with_failures=False) for job in jobs.all(owner=name)]

    async def show(job: StoredJob = Depends(own_job)) -> BackgroundJob:  # noqa: B008 - FastAPI's way
        """Show a job with its progress and its first failures."""
        return await routes.shown(job)

    async def events(job: StoredJob = Depends(own_job)) -> StreamingResponse:  # noqa: B008
        """Follow the progress of a job as server-sent events.

        `progress` events have the data of JobProgress; the last one is `end`. After a restart of the server
        the browser connects again by itself.
        """
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(routes.events(job), media_type="text/event-stream", headers=headers)

    async def stop(job: StoredJob = Depends(own_job)) -> BackgroundJob:  # noqa: B008
        """Stop a job after its requests in flight."""
        return await routes.shown(jobs.request_stop(job))

    async def resume(job: StoredJob = Depends(own_job)) -> BackgroundJob:  # noqa: B008
        """Let a job that has ended go on: what is done stays done, what failed is tried again."""
        return await routes.shown(jobs.resume(job))

    router.add_api_route(
        "",
        submit,
        methods=["POST"],
        status_code=202,
        responses={409: {"description": "The Idempotency-Key was used for another plan"}, 413: {}, 422: {}},
        openapi_extra={
            "requestBody": {
                "required": True,
                "description": "A plan, as docs/plan-format.md describes it.",
                "content": {"application/json": {"schema": {"type": "object"}, "example": _EXAMPLE}},
            }
        },
    )
    router.add_api_route("", list_jobs, methods=["GET"])
    router.add_api_route("/{job_id}", show, methods=["GET"])
    router.add_api_route(
        "/{job_id}/events",
        events,
        methods=["GET"],
        response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    router.add_api_route("/{job_id}/stop", stop, methods=["POST"], status_code=202)
    router.add_api_route("/{job_id}/resume", resume, methods=["POST"], status_code=202)
    return router


async def _nobody() -> str:
    return ""


class _Routes:
    """The work of the routes."""

    def __init__(self, jobs: ProvisioningJobs) -> None:
        self._jobs = jobs

    async def submit(self, request: HttpRequest, owner: str, key: str | None) -> StoredJob:
        plan = bytearray()
        async for chunk in request.stream():
            plan += chunk
            if len(plan) > _MAX_PLAN:
                raise HTTPException(413, "The plan is too large.")
        try:
            return await self._jobs.submit(bytes(plan), owner=owner, key=key)
        except KeyReused:
            raise HTTPException(409, "The Idempotency-Key was used for another plan.") from None

    async def shown(self, job: StoredJob, *, with_failures: bool = True) -> BackgroundJob:
        progress = _progress(await self._jobs.state(job))
        failures = await self._jobs.failures(job) if with_failures else []
        return BackgroundJob(
            **progress.model_dump(),
            id=job.id,
            name=job.name,
            created_at=dt.datetime.fromtimestamp(job.created_at, dt.UTC),
            error=job.error,
            failures=[
                FailedCampaign(name=record.name, error=record.error and without_addresses(record.error))
                for record in failures
            ],
        )

    async def events(self, job: StoredJob) -> AsyncIterator[bytes]:
        """Yield the progress whenever it has changed, until the job or the process ends."""
        yield _RECONNECT
        last, silent = b"", 0.0
        while True:
            job = self._jobs.get(job.id, owner=job.owner) or job
            data = _progress(await self._jobs.state(job)).model_dump_json().encode()
            if data != last or job.status.is_final:
                yield _event("end" if job.status.is_final else "progress", data)
                last, silent = data, 0.0
            if job.status.is_final or await self._jobs.wait_stopping(_EVERY):
                return
            silent += _EVERY
            if silent >= _KEEP_ALIVE:
                yield b": still running\n\n"
                silent = 0.0


def _progress(state: JobState) -> JobProgress:
    progress, counts = state.progress, CampaignCounts(total=state.job.campaigns)
    counts = counts.model_copy(update={"done": state.done, "failed": state.failed})
    if progress is None:
        return JobProgress(status=state.job.status, campaigns=counts)
    return JobProgress(
        status=state.job.status,
        campaigns=counts.model_copy(update={"in_progress": max(progress.running, 0)}),
        requests=progress.requests,
        requests_left=progress.requests_left,
        seconds_left=None if progress.time_left is None else round(progress.time_left),
        outage=progress.outage and without_addresses(progress.outage),
    )


def _event(name: str, data: bytes) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
