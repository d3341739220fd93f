"""Four small operations, one for each way of failing. They exist in tests only."""

from __future__ import annotations

import attrs

from smartlead_async.api.acknowledgement import Acknowledgement
from smartlead_async.request import Effect, Request


@attrs.frozen
class Thing:
    """An answer with one field that must be there."""

    id: int
    name: str | None = None


@attrs.frozen
class ReadThing(Request[Thing], method="GET", path="/things/{thing_id}", effect=Effect.READ, repeatable=True):
    """A read."""

    thing_id: int = 7
    verbose: bool | None = None


@attrs.frozen
class FindThing(Request[Thing | None], method="GET", path="/things/", effect=Effect.READ, repeatable=True):
    """A read for which "none" is an answer."""


@attrs.frozen
class SaveThing(Request[Thing], method="POST", path="/things/7", effect=Effect.WRITE, repeatable=True):
    """A write that leaves the same state, however often it is made."""

    name: str | None = None


@attrs.frozen
class MakeThing(Request[Thing], method="POST", path="/things", effect=Effect.WRITE, repeatable=False):
    """A write that makes a new thing each time."""

    name: str | None = None


@attrs.frozen
class DeleteThing(
    Request[Acknowledgement], method="DELETE", path="/things/7", effect=Effect.DELETE, repeatable=True,
    plain_text_response=True,
):  # fmt: skip
    """A deletion."""


@attrs.frozen
class ReadText(Request[str], method="GET", path="/things.csv", effect=Effect.READ, repeatable=True):
    """A file."""


@attrs.frozen
class AskThing(
    Request[Acknowledgement], method="POST", path="/things/ask", effect=Effect.WRITE, repeatable=True,
    ok_false_is_result=True,
):  # fmt: skip
    """``ok: false`` is one of its answers."""
