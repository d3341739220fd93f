"""The example service as its users run it: under uvicorn, under load, through SIGTERM, in a browser."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import httpx
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from smartlead_async import FakeSmartlead, webhooks

from ..cli.processes import environment
from ..cli.serving import Served, serving
from ..report.conftest import chrome  # noqa: F401 - a fixture

FOLDER: Final = Path(__file__).parents[2] / "docs" / "examples" / "fastapi"
TAG: Final = "Onboarding"
TOKEN: Final = "t0ken"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sockets,
    pytest.mark.skipif(sys.platform == "win32", reason="stopped by SIGTERM"),
]


@attrs.frozen
class Service:
    """A running service."""

    process: asyncio.subprocess.Process
    url: str
    log: list[str]

    def http(self) -> httpx.AsyncClient:
        headers = {"Content-Type": "application/json"}
        return httpx.AsyncClient(base_url=self.url, timeout=30, headers=headers)

    async def terminate(self) -> float:
        """Send SIGTERM, and return the seconds until the process has ended."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(self.process.wait(), 30)
        return time.monotonic() - began


@contextlib.asynccontextmanager
async def service(served: Served, data: Path, tier: str = "unlimited") -> AsyncIterator[Service]:
    """Run the example in a process of its own, and kill it if it has not ended by the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error::ResourceWarning", "-m", "uvicorn", "main:app", "--port", "0",
        cwd=FOLDER,
        env=environment(
            SMARTLEAD_API_KEY="test-key", SMARTLEAD_BASE_URL=served.url, SMARTLEAD_TIER=tier,
            DATA_FOLDER=str(data), WEBHOOK_TOKEN=TOKEN, MAILBOX_TAG=TAG, PYTHONUNBUFFERED="1",
            PYTHONDONTWRITEBYTECODE="1",
        ),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    log: list[str] = []
    reading: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(60):
            while (found := re.search(r"running on (http://\S+)", log[-1] if log else "")) is None:
                line = await process.stdout.readline()
                assert line, "".join(log)
                log.append(line.decode())
        reading = asyncio.create_task(_read(process.stdout, log))
        yield Service(process, found[1], log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        if reading is not None:
            await reading


async def _read(stream: asyncio.StreamReader, log: list[str]) -> None:
    log += [line.decode() async for line in stream]


@pytest.fixture
def served() -> Iterator[Served]:
    fake = FakeSmartlead()
    fake.add_email_account("ada@sender.example", tags=[TAG])
    with serving(fake) as running:
        yield running


def deal(number: int, contacts: int = 1) -> dict[str, Any]:
    return {
        "id": f"deal-{number}",
        "company": "Northwind",
        "contacts": [
            {"email": f"lin{number}-{n}@prospect.example", "first_name": "Lin"} for n in range(contacts)
        ],
    }


def reply(number: int) -> bytes:
    payload = webhooks.sample("EMAIL_REPLY", sl_lead_email=f"lin{number}@prospect.example")
    payload["reply_message"]["message_id"] = f"<r{number}@prospect.example>"
    return json.dumps(payload).encode()


async def post_all(service: Service, deals: range, replies: range) -> list[int]:
    """Send deals and replies, each of them twice, as senders do that have lost a response."""
    async with service.http() as http:
        slots = asyncio.Semaphore(20)

        async def post(path: str, content: bytes, **params: str) -> int:
            async with slots:
                return (await http.post(path, content=content, params=params)).status_code

        requests = [post("/deals", json.dumps(deal(n)).encode()) for n in deals for _ in range(2)]
        requests += [post("/webhooks/smartlead", reply(n), token=TOKEN) for n in replies for _ in range(2)]
        return await asyncio.gather(*requests)


async def jobs_of(service: Service) -> list[dict[str, Any]]:
    async with service.http() as http:
        return list((await http.get("/jobs")).json())


def recorded(data: Path) -> list[str]:
    return (data / "replies.jsonl").read_text("utf-8").splitlines()


async def until_done(service: Service, count: int) -> None:
    async with asyncio.timeout(60):
        while collections.Counter(j["status"] for j in await jobs_of(service)) != {"done": count}:  # noqa: ASYNC110
            await asyncio.sleep(0.3)


async def test_under_load_and_through_restarts_everything_happens_once(
    served: Served, tmp_path: Path
) -> None:
    async with service(served, tmp_path, tier="15/60") as first:
        statuses = await post_all(first, range(8), range(60))
        last = (await jobs_of(first))[-1]["id"]
        async with first.http() as http, http.stream("GET", f"/jobs/{last}/events"):
            took = await first.terminate()
    assert 0 < served.call(lambda: len(served.fake.campaigns)) < 8
    assert set(statuses) == {200, 202}
    assert took < 15
    async with service(served, tmp_path) as second:
        await post_all(second, range(5, 12), range(30, 80))
        await until_done(second, 12)
        async with asyncio.timeout(30):
            while len(replies := recorded(tmp_path)) < 80:  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.2)
        await second.terminate()
    campaigns = served.call(lambda: [(c.name, c.status.value) for c in served.fake.campaigns.values()])
    assert sorted(campaigns) == sorted((f"Onboarding of Northwind (deal-{n})", "ACTIVE") for n in range(12))
    assert collections.Counter(json.loads(line)["lead"] for line in replies) == {
        f"lin{n}@prospect.example": 1 for n in range(80)
    }
    for log in ("".join(first.log), "".join(second.log)):
        assert "Traceback" not in log
        assert "Warning" not in log
        assert TOKEN not in log
        assert "test-key" not in log


async def test_the_service_answers_as_it_is_documented(served: Served, tmp_path: Path) -> None:
    async with service(served, tmp_path) as running, running.http() as http:
        document = (await http.get("/openapi.json")).json()
        refused = await http.post("/deals", json={"id": "", "company": "", "contacts": []})
        missing = await http.get("/campaigns/1")
        unverified = await http.post("/webhooks/smartlead", content=reply(1))
        await running.terminate()
    operations = {
        f"{verb} {path}": op for path, verbs in document["paths"].items() for verb, op in verbs.items()
    }
    assert {name for name, op in operations.items() if not op.get("description")} == set()
    assert {"post /deals", "get /jobs/{job_id}/events", "post /webhooks/smartlead"} <= operations.keys()
    assert [each.status_code for each in (refused, missing, unverified)] == [422, 404, 401]


@pytest.mark.parametrize("width", [1280, 400])
async def test_the_page_shows_jobs_while_they_run(
    served: Served,
    tmp_path: Path,
    width: int,
    chrome: Any,  # noqa: F811
) -> None:
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    async with service(served, tmp_path) as running:
        await post_all(running, range(2), range(0))
        await asyncio.to_thread(_use_page, chrome, running.url)
        if folder := os.environ.get("SCREENSHOTS"):
            chrome.save_screenshot(f"{folder}/fastapi-{width}.png")
        wide = chrome.execute_script("return document.documentElement.scrollWidth")
        chrome.get("about:blank")
        await running.terminate()
    assert wide <= width
    assert chrome.get_log("browser") == []


def _use_page(browser: Any, url: str) -> None:
    browser.get(url)
    wait = WebDriverWait(browser, 30, 0.1)
    wait.until(lambda _: len(browser.find_elements(By.CSS_SELECTOR, "article.done")) == 2)
    values = {"id": "deal-77", "company": "Northwind", "email": "kim@prospect.example", "first_name": "Kim"}
    for name, value in values.items():
        browser.find_element(By.NAME, name).send_keys(value)
    browser.find_element(By.CSS_SELECTOR, "form button").click()
    wait.until(lambda _: len(browser.find_elements(By.CSS_SELECTOR, "article.done")) == 3)
