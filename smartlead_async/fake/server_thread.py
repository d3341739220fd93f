"""The fake over HTTP in a thread of its own, for tests and programs that are not asynchronous."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future

from .exchange import Receiver
from .server import running

_Started = tuple[str, Callable[[], object]]


@contextlib.contextmanager
def running_in_thread(fake: Receiver, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve the fake from another thread while the block runs, and return its base URL.

    Code that blocks can talk to it, and so can other processes. Port 0 takes a free port. Example::

        with running_in_thread(fake) as base_url:
            subprocess.run(["my-program"], env=os.environ | {"SMARTLEAD_BASE_URL": base_url})
    """
    started: Future[_Started] = Future()
    thread = threading.Thread(
        target=_run, args=(fake, host, port, started), name="fake SmartLead", daemon=True
    )
    thread.start()
    try:
        base_url, stop = started.result()
        try:
            yield base_url
        finally:
            stop()
    finally:
        thread.join()


def _run(fake: Receiver, host: str, port: int, started: Future[_Started]) -> None:
    try:
        # Not the factory of the process, which may be one with a virtual clock.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(_serve(fake, host, port, started))
    except BaseException as error:
        if started.done():
            raise
        started.set_exception(error)


async def _serve(fake: Receiver, host: str, port: int, started: Future[_Started]) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    async with running(fake, host=host, port=port) as base_url:
        started.set_result((base_url, lambda: loop.call_soon_threadsafe(stopped.set)))
        await stopped.wait()
