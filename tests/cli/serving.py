"""A fake served over HTTP, which the test can inspect while other processes use it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import attrs

from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.server import running
from smartlead_async.plan.needs import account_needs
from smartlead_async.plan.plan import load_plan
from smartlead_async.simulation import seed_account

from .plans import KEY

T = TypeVar("T")


@attrs.define
class Served:
    """A fake and its URL."""

    fake: FakeSmartlead
    url: str
    loop: asyncio.AbstractEventLoop

    def furnish(self, plan: Path) -> None:
        """Add the clients and mailboxes of a plan."""
        self.call(lambda: seed_account(self.fake, account_needs(load_plan(plan).specs())))

    def call(self, function: Callable[[], T]) -> T:
        """Call a function on the event loop of the fake, to inspect or change it."""

        async def run() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(30)

    def statuses(self) -> Counter[tuple[str, str]]:
        """Count the campaigns by name and status."""
        return self.call(lambda: Counter((c.name, c.status.value) for c in self.fake.campaigns.values()))

    def requests(self) -> int:
        return self.call(lambda: self.fake.requests.total)


@contextmanager
def serving(fake: FakeSmartlead | None = None) -> Iterator[Served]:
    """Serve a fake on a thread of its own."""
    fake = fake or FakeSmartlead(api_key=KEY)
    ready: list[Served] = []
    began, end = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with running(fake) as url:
            ready.append(Served(fake, url, asyncio.get_running_loop()))
            began.set()
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert began.wait(30)
    try:
        yield ready[0]
    finally:
        ready[0].loop.call_soon_threadsafe(end.set)
        thread.join(30)
