"""Background jobs: accepted once, run to their end, also across restarts."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Header, HTTPException

from smartlead_async import FakeSmartlead, HttpRequest, HttpResponse, RetryPolicy, SmartleadClient
from smartlead_async.integrations.fastapi import (
    ProvisioningJobs,
    add_error_handlers,
    provisioning_router,
    smartlead_lifespan,
)

from .applications import running

STEP = {"subject": "Quick question", "body": "<p>Hi {{first_name}}</p>"}


def plan(count: int = 3, **campaign: Any) -> dict[str, Any]:
    def one(n: int) -> dict[str, Any]:
        return {
            "name": f"SaaS founders {n} Q1 2027 – demo invite",
            "steps": [STEP],
            "mailboxes": {"ids": [501]},
            "schedule": {"timezone": "UTC", "days": [1], "start": "09:00", "end": "17:00"},
            "start": True,
            "leads": [{"email": f"lin{n}@prospect.example", "first_name": "Lin"}],
        } | campaign

    return {"version": 1, "campaigns": [one(n) for n in range(count)]}


@pytest.fixture
def fake() -> FakeSmartlead:
    fake = FakeSmartlead()
    fake.add_email_account("ada@sender.example")
    return fake


def application(fake: FakeSmartlead, folder: Path, latency: float = 0.0, **options: Any) -> FastAPI:
    def client() -> SmartleadClient:
        return SmartleadClient("test-key", transport=fake.transport(latency), retry=RetryPolicy())

    app = FastAPI(lifespan=smartlead_lifespan(client=client))
    add_error_handlers(app)
    app.include_router(provisioning_router(ProvisioningJobs(folder), **options))
    return app


async def ended(http: httpx.AsyncClient, job_id: str) -> dict[str, Any]:
    async with asyncio.timeout(3600):
        while True:
            job: dict[str, Any] = (await http.get(f"/jobs/{job_id}")).json()
            if job["status"] in {"done", "failed", "stopped"}:
                return job
            await asyncio.sleep(2)


def names(fake: FakeSmartlead) -> Counter[tuple[str, str]]:
    return Counter((campaign.name or "", campaign.status.value) for campaign in fake.campaigns.values())


def expected(count: int) -> Counter[tuple[str, str]]:
    return Counter((c["name"], "ACTIVE") for c in plan(count)["campaigns"])


async def test_a_plan_is_run_in_the_background(fake: FakeSmartlead, tmp_path: Path) -> None:
    async with running(application(fake, tmp_path)) as http:
        accepted = await http.post("/jobs", json=plan())
        job = await ended(http, accepted.json()["id"])
        listed = (await http.get("/jobs")).json()
    assert accepted.status_code == 202
    assert accepted.headers["location"] == f"/jobs/{job['id']}"
    assert (job["status"], job["campaigns"], job["failures"]) == (
        "done", {"total": 3, "done": 3, "failed": 0, "in_progress": 0}, [],
    )  # fmt: skip
    assert [each["id"] for each in listed] == [job["id"]]
    assert job["name"] == "SaaS founders 0 Q1 2027 – demo invite and 2 others"
    assert names(fake) == expected(3)


async def test_the_same_idempotency_key_is_the_same_job(fake: FakeSmartlead, tmp_path: Path) -> None:
    headers = {"Idempotency-Key": "deal-77"}
    async with running(application(fake, tmp_path)) as http:
        answers = await asyncio.gather(*(http.post("/jobs", json=plan(), headers=headers) for _ in range(5)))
        other = await http.post("/jobs", json=plan(4), headers=headers)
        await ended(http, answers[0].json()["id"])
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert other.status_code == 409
    assert names(fake) == expected(3)


async def test_a_job_goes_on_after_a_restart_and_creates_each_campaign_once(
    fake: FakeSmartlead, tmp_path: Path
) -> None:
    async with running(application(fake, tmp_path, latency=1.0)) as http:
        job_id = (await http.post("/jobs", json=plan(15))).json()["id"]
        while not fake.campaigns:  # noqa: ASYNC110 - the fake has no event
            await asyncio.sleep(0.5)
    assert len(fake.campaigns) < 15
    async with running(application(fake, tmp_path)) as http:
        job = await ended(http, job_id)
    assert job["status"] == "done"
    assert names(fake) == expected(15)


class Watched:
    """A transport that counts the requests that were cancelled."""

    def __init__(self, fake: FakeSmartlead) -> None:
        self._inner = fake.transport(latency=5.0)
        self.cancelled = 0

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        try:
            return await self._inner.send(request)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()


async def test_a_cancelled_end_of_the_application_waits_for_the_requests_in_flight(
    fake: FakeSmartlead, tmp_path: Path
) -> None:
    created, transport = asyncio.Event(), Watched(fake)
    client = SmartleadClient("test-key", transport=transport)
    app = FastAPI(lifespan=smartlead_lifespan(client=lambda: client))
    app.include_router(provisioning_router(ProvisioningJobs(tmp_path)))

    async def serve() -> None:
        async with running(app) as http:
            await http.post("/jobs", json=plan(15))
            while not fake.campaigns:  # noqa: ASYNC110 - the fake has no event
                await asyncio.sleep(0.5)
            created.set()

    serving = asyncio.create_task(serve())
    await created.wait()
    for _ in range(3):
        await asyncio.sleep(0)
        serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert transport.cancelled == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_progress_is_streamed_until_the_end(fake: FakeSmartlead, tmp_path: Path) -> None:
    async with running(application(fake, tmp_path, latency=1.0)) as http:
        job_id = (await http.post("/jobs", json=plan(12))).json()["id"]
        response = await http.get(f"/jobs/{job_id}/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [
        dict(line.split(": ", 1) for line in event.splitlines())
        for event in response.text.split("\n\n")
        if event and not event.startswith(":")
    ]
    assert [each["event"] for each in events[1:-1]] == ["progress"] * len(events[1:-1])
    assert events[-1]["event"] == "end"
    done = [json.loads(each["data"])["campaigns"]["done"] for each in events[1:]]
    assert done == sorted(done)
    assert done[-1] == 12
    assert len(done) > 3


async def test_a_stream_ends_when_the_application_stops(fake: FakeSmartlead, tmp_path: Path) -> None:
    app = application(fake, tmp_path, latency=5.0)
    jobs = ProvisioningJobs(tmp_path / "other")
    app.include_router(provisioning_router(jobs, prefix="/others"))
    async with running(app) as http:
        job_id = (await http.post("/others", json=plan(15))).json()["id"]
        stream = asyncio.create_task(http.get(f"/others/{job_id}/events"))
        await asyncio.sleep(3)
        assert not stream.done()
        jobs.stop()
        assert "event: end" not in (await stream).text


async def test_a_job_is_stopped_and_resumed(fake: FakeSmartlead, tmp_path: Path) -> None:
    async with running(application(fake, tmp_path, latency=1.0)) as http:
        job_id = (await http.post("/jobs", json=plan(15))).json()["id"]
        await asyncio.sleep(5)
        assert (await http.post(f"/jobs/{job_id}/stop")).status_code == 202
        stopped = await ended(http, job_id)
        requests = fake.requests.total
        await asyncio.sleep(60)
        assert fake.requests.total == requests
        assert (await http.post(f"/jobs/{job_id}/resume")).status_code == 202
        job = await ended(http, job_id)
    assert (stopped["status"], job["status"]) == ("stopped", "done")
    assert names(fake) == expected(15)


async def test_campaigns_that_fail_are_shown_and_tried_again(fake: FakeSmartlead, tmp_path: Path) -> None:
    async with running(application(fake, tmp_path)) as http:
        job_id = (await http.post("/jobs", json=plan(2, mailboxes={"ids": [502]}))).json()["id"]
        job = await ended(http, job_id)
        fake.add_email_account("bo@sender.example")
        await http.post(f"/jobs/{job_id}/resume")
        again = await ended(http, job_id)
    assert (job["status"], job["campaigns"]["failed"]) == ("done", 2)
    assert "502" in job["failures"][0]["error"]
    assert again["campaigns"] == {"total": 2, "done": 2, "failed": 0, "in_progress": 0}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "JSON"),
        (b"[]", "mapping"),
        (json.dumps(plan(1, name="")).encode(), "name"),
        (json.dumps(plan(1, leads="/etc/passwd")).encode(), "must not name files"),
        (
            json.dumps(plan(1, steps=[{"subject": "Hi", "body_file": "../../x.html"}])).encode(),
            "must not name files",
        ),
    ],
)
async def test_a_plan_that_cannot_be_used_is_a_422_and_leaves_nothing(
    fake: FakeSmartlead, tmp_path: Path, content: bytes, fault: str
) -> None:
    async with running(application(fake, tmp_path)) as http:
        response = await http.post("/jobs", content=content)
    assert response.status_code == 422
    assert fault in response.text
    assert str(tmp_path) not in response.text
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


async def test_a_plan_that_is_too_large_is_refused(
    fake: FakeSmartlead, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartlead_async.integrations.fastapi._job_routes._MAX_PLAN", 100)
    async with running(application(fake, tmp_path)) as http:
        assert (await http.post("/jobs", json=plan(1))).status_code == 413
        assert (await http.get("/jobs")).json() == []


async def test_only_the_owner_of_the_process_can_read_the_jobs(fake: FakeSmartlead, tmp_path: Path) -> None:
    folder = tmp_path / "jobs"
    async with running(application(fake, folder)) as http:
        await ended(http, (await http.post("/jobs", json=plan(1))).json()["id"])
        modes = {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())}
    assert modes == {0}


@pytest.mark.parametrize(
    ("client", "status", "error"),
    [("Northwind", "done", None), ("Nortwind", "failed", "Did you mean 'Northwind'?")],
)
async def test_a_client_is_named_in_a_plan(
    fake: FakeSmartlead, tmp_path: Path, client: str, status: str, error: str | None
) -> None:
    fake.add_client("Northwind", client_id=7)
    async with running(application(fake, tmp_path)) as http:
        job = await ended(http, (await http.post("/jobs", json=plan(2, client=client))).json()["id"])
    assert job["status"] == status
    assert (error or "") in (job["error"] or "")
    assert [each.client_id for each in fake.campaigns.values()] == ([7, 7] if error is None else [])


async def test_a_wrong_key_fails_the_job_and_says_so(tmp_path: Path) -> None:
    other = FakeSmartlead(api_key="another")
    async with running(application(other, tmp_path)) as http:
        job = await ended(http, (await http.post("/jobs", json=plan(1))).json()["id"])
    assert job["status"] == "failed"
    assert "test-key" not in json.dumps(job)


async def test_campaigns_that_exist_are_not_created_again(fake: FakeSmartlead, tmp_path: Path) -> None:
    async with running(application(fake, tmp_path)) as http:
        ids = [(await http.post("/jobs", json=plan(1))).json()["id"]]
        await ended(http, ids[0])
        ids.append((await http.post("/jobs", json=plan(1))).json()["id"])
        job = await ended(http, ids[1])
    assert job["status"] == "failed"
    assert job["error"].endswith("exist already: 'SaaS founders 0 Q1 2027 – demo invite' (4101)")
    assert names(fake) == expected(1)


async def owner(x_user: Annotated[str | None, Header()] = None) -> str:
    if x_user is None:
        raise HTTPException(401)
    return x_user


async def test_each_owner_sees_own_jobs_only(fake: FakeSmartlead, tmp_path: Path) -> None:
    async with running(application(fake, tmp_path, owner=owner)) as http:
        ada, bo = {"x-user": "ada"}, {"x-user": "bo"}
        url = (await http.post("/jobs", json=plan(1), headers=ada)).headers["location"]
        statuses = [
            (await http.request(method, f"{url}{path}", headers=bo)).status_code
            for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/stop"), ("POST", "/resume"))
        ]
        assert (await http.get("/jobs", headers=bo)).json() == []
        assert len((await http.get("/jobs", headers=ada)).json()) == 1
        assert (await http.post("/jobs", json=plan(1))).status_code == 401
    assert statuses == [404] * 4


@pytest.mark.parametrize("job_id", ["..", "%2e%2e", "x" * 32, "0" * 32])
async def test_an_unknown_job_is_a_404(fake: FakeSmartlead, tmp_path: Path, job_id: str) -> None:
    async with running(application(fake, tmp_path)) as http:
        assert (await http.get(f"/jobs/{job_id}")).status_code == 404


async def test_one_process_runs_the_jobs_and_another_takes_over(fake: FakeSmartlead, tmp_path: Path) -> None:
    first, second = application(fake, tmp_path, latency=1.0), application(fake, tmp_path, latency=1.0)
    async with running(second) as other:
        async with running(first):
            await asyncio.sleep(2)
            job_id = (await other.post("/jobs", json=plan(10))).json()["id"]
            await asyncio.sleep(3)
        job = await ended(other, job_id)
    assert job["status"] == "done"
    assert names(fake) == expected(10)


async def test_the_document_is_readable(fake: FakeSmartlead, tmp_path: Path) -> None:
    async with running(application(fake, tmp_path)) as http:
        document = (await http.get("/openapi.json")).json()
    operations = [op for path in document["paths"].values() for op in path.values()]
    assert all(op["summary"] and op["description"] for op in operations)
    assert {"BackgroundJob", "CampaignCounts"} <= document["components"]["schemas"].keys()
