"""The command line in a process of its own, as users run it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

import smartlead_async

COMMAND = (sys.executable, "-m", "smartlead_async")
TIMEOUT = 60.0
_ROOT = Path(smartlead_async.__file__).parent.parent


def environment(**more: str) -> dict[str, str]:
    """Return the environment without the variables that the command line reads, plus these."""
    ours = ("SMARTLEAD_", "PYTHONUNBUFFERED", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    ours_set = {"SMARTLEAD_CONFIG": os.devnull}
    return {
        **kept,
        **ours_set,
        "PYTHONPATH": str(_ROOT),
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "100",
        **more,
    }


@attrs.frozen
class Finished:
    """The exit code and output of a process that has ended."""

    code: int
    out: str
    err: str

    @property
    def everything(self) -> str:
        return self.out + self.err


def run(*arguments: object, **env: str) -> Finished:
    """Run the command and wait for its end."""
    with started(*arguments, **env) as process:
        return process.finish()


@attrs.define
class Started:
    """A running process whose output is collected continuously."""

    process: subprocess.Popen[bytes]
    out: list[bytes] = attrs.field(factory=list)
    err: list[bytes] = attrs.field(factory=list)
    threads: list[threading.Thread] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err)):
            assert stream is not None
            thread = threading.Thread(target=lines.extend, args=(stream,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def until(self, text: str, *, in_err: bool = False) -> str:
        """Wait until a line of the output contains this text, and return the line."""
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            for line in list(self.err if in_err else self.out):
                if text in (found := line.decode("utf-8", "replace")):
                    return found.rstrip()
            if self.process.poll() is not None and not any(thread.is_alive() for thread in self.threads):
                break
            time.sleep(0.01)
        raise AssertionError(f"{text!r} did not appear; out: {self.out!r}, err: {self.err!r}")

    def finish(self) -> Finished:
        code = self.process.wait(TIMEOUT)
        for thread in self.threads:
            thread.join(TIMEOUT)
        return Finished(code, _decoded(self.out), _decoded(self.err))


def _decoded(lines: Sequence[bytes]) -> str:
    return b"".join(lines).decode("utf-8", "replace")


@contextmanager
def started(*arguments: object, **env: str) -> Iterator[Started]:
    """Start the command, and kill it if it has not ended when the block ends."""
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**env),
    )
    running = Started(process)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(TIMEOUT)
        for thread in running.threads:
            thread.join(TIMEOUT)
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
