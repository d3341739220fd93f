"""The whole examination of an account: which requests it takes, and the checks in their order."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import attrs

from ..api.account import GetUser
from ..errors import AuthenticationError, ConfigurationError, TransportError
from . import lists, writes
from .findings import Diagnosis, Outcome, ReadResult
from .limits import clock_findings, limit_facts, limit_findings
from .lists import check_lists
from .privacy import public_name
from .reads import try_read, try_reads
from .session import MOST_ATTEMPTS, Session
from .values import Values, reads, with_sources
from .writes import WriteCheck

_LISTED_AREAS: Final = frozenset({"campaigns", "email_accounts"})
"""Areas whose lists are checked."""
_KEY_READ: Final = "account.get_user"
"""Always tried, and first: without a valid key there is nothing to examine."""


@attrs.frozen
class Scope:
    """The checks of one examination, known before anything is sent."""

    operations: tuple[str, ...]
    """The reads that are tried, with those whose responses they need values of."""
    lists: bool = True
    write: bool = False

    @classmethod
    def of(cls, areas: Sequence[str] = (), *, write: bool = False) -> Scope:
        """Return the scope of some areas; of all if none is named. An unknown one is a ``ValueError``."""
        declared = reads()
        known = dict.fromkeys(name.partition(".")[0] for name in declared)
        for area in areas:
            if area not in known:
                near = difflib.get_close_matches(area, known, n=1)
                advice = f"did you mean {near[0]!r}?" if near else f"the areas are {', '.join(known)}"
                raise ValueError(f"there is no area {area!r}: {advice}")
        names = [name for name in declared if not areas or name.partition(".")[0] in areas]
        operations = dict.fromkeys([_KEY_READ, *with_sources(names)])
        return cls(tuple(operations), not areas or not _LISTED_AREAS.isdisjoint(areas), write)

    @property
    def requests(self) -> int:
        """The number of requests at most, if none has to be repeated."""
        count = len(self.operations)
        if self.lists:
            count += lists.MOST_REQUESTS
        if self.write:
            count += writes.MOST_REQUESTS
        return count

    @property
    def most_requests(self) -> int:
        """The number of requests at most, if every one of them has to be repeated."""
        return self.requests * MOST_ATTEMPTS


class Examination:
    """Runs the checks of a scope. ``diagnosis`` has the results so far, also after an interruption.

    ``progress`` is called with what is done next. Example::

        examination = Examination(session, Scope.of(["campaigns"]), print)
        await examination.run()
        print(examination.diagnosis.all_findings)
    """

    def __init__(
        self, session: Session, scope: Scope, progress: Callable[[str], object] = lambda _: None
    ) -> None:
        self.diagnosis = Diagnosis()
        self.left_behind: str | None = None
        """The name of the campaign of the write check if it could not be deleted."""
        self.wrote = False
        """Whether the write check has begun."""
        self._session = session
        self._scope = scope
        self._progress = progress

    async def run(self) -> None:
        """Run all checks. Raises the error of the first request if the key or the connection is no good."""
        with self._completed():
            await self._check_key()
            values = Values(self._session.wall_clock())
            await try_reads(self._session, values, self._scope.operations[1:], self._add_read)
            if self._scope.lists:
                self._progress("lists")
                self.diagnosis.findings += await check_lists(self._session, values)
            if self._scope.write:
                await self._write()

    async def _check_key(self) -> None:
        self._progress("key")
        result, answer = await try_read(self._session, _KEY_READ, GetUser())
        if isinstance(answer.error, (AuthenticationError, ConfigurationError, TransportError)):
            raise answer.error
        self.diagnosis.reads.append(result)
        user = answer.value
        self.diagnosis.facts |= {
            "plan": None
            if user is None or user.account_type is None
            else public_name(user.account_type.lower()),
            "key_of_client": None if user is None else user.client_id is not None,
        }

    def _add_read(self, result: ReadResult) -> None:
        self.diagnosis.reads.append(result)
        self._progress(result.operation)

    async def _write(self) -> None:
        self.wrote = True
        check = WriteCheck(self._session, self.diagnosis.findings.append)
        try:
            await check.run(lambda step: self._progress(f"write: {step}"))
        finally:
            self.left_behind = check.name if check.left_behind else None

    @contextlib.contextmanager
    def _completed(self) -> Iterator[None]:
        """Add what was not tried and what the headers of all responses say, also after an interruption."""
        recording = self._session.recording
        try:
            yield
        finally:
            tried = {read.operation for read in self.diagnosis.reads}
            self.diagnosis.reads += [
                ReadResult(name, Outcome.NOT_TRIED, "stopped before")
                for name in self._scope.operations
                if name not in tried
            ]
            self.diagnosis.facts |= limit_facts(recording)
            found = [*limit_findings(recording, self._session.limits), *clock_findings(recording)]
            self.diagnosis.findings[:0] = found
