"""Reading from the server as far as possible: what ended it early is kept, and nothing is raised."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import attrs

from ..defects import describe_defect
from ..errors import AuthenticationError, PermissionDenied, SmartleadError
from ..waiting import until_done
from .exit_code import ExitCode
from .signals import Interruption


@attrs.define
class ServerRead:
    """The data that was read; ``problem`` is the error that ended the reading early."""

    problem: Exception | None = attrs.field(default=None, kw_only=True)
    interrupted: bool = attrs.field(default=False, kw_only=True)

    @property
    def error(self) -> str | None:
        """The reason why the read is incomplete; None if it is complete."""
        if self.interrupted:
            return "interrupted"
        if self.problem is None or isinstance(self.problem, SmartleadError):
            return None if self.problem is None else str(self.problem)
        return describe_defect(self.problem)

    @property
    def failure(self) -> ExitCode | None:
        """The exit code if it ended early."""
        if isinstance(self.problem, (AuthenticationError, PermissionDenied)):
            return ExitCode.NOT_ALLOWED
        if self.problem is not None and not isinstance(self.problem, SmartleadError):
            return ExitCode.DEFECT
        if self.interrupted:
            return ExitCode.INTERRUPTED
        return None if self.problem is None else ExitCode.SOME_FAILED

    async def run(self, reading: Coroutine[Any, Any, None], interruption: Interruption) -> None:
        """Read to the end, to the first error, or to a signal."""
        task = asyncio.create_task(reading)
        with interruption.phase(task.cancel):
            try:
                await asyncio.wait([task])
            finally:
                task.cancel()
                await until_done(task)
        if task.cancelled():
            self.interrupted = True
        elif isinstance(problem := task.exception(), Exception):
            self.problem = problem
