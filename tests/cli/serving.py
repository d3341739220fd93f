"""A fake over HTTP beside the test, which can look into it while other processes talk to it."""

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
from smartlead_async.simulation import furnish

from .plans import KEY

T = TypeVar("T")


@attrs.define
class Served:
    """The fake and where it is reached."""

    fake: FakeSmartlead
    url: str
    loop: asyncio.AbstractEventLoop

    def furnish(self, plan: Path) -> None:
        """Give it the clients and mailboxes of a plan."""
        self.ask(lambda: furnish(self.fake, account_needs(load_plan(plan).specs())))

    def ask(self, question: Callable[[], T]) -> T:
        """Look at the fake, or change it, where it lives."""

        async def answer() -> T:
            return question()

        return asyncio.run_coroutine_threadsafe(answer(), self.loop).result(30)

    def statuses(self) -> Counter[tuple[str, str]]:
        """How many campaigns there are of each name and status."""
        return self.ask(lambda: Counter((c.name, c.status.value) for c in self.fake.campaigns.values()))

    def requests(self) -> int:
        return self.ask(lambda: self.fake.requests.total)


@contextmanager
def serving(fake: FakeSmartlead | None = None) -> Iterator[Served]:
    """Serve a fake from a thread of its own."""
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
