"""Small operations for tests, one for each combination of effect and result."""

from __future__ import annotations

import attrs

from smartlead_async.api.acknowledgement import Acknowledgement
from smartlead_async.request import Effect, Request


@attrs.frozen
class Thing:
    """A response with one required field."""

    id: int
    name: str | None = None


@attrs.frozen
class ReadThing(Request[Thing], method="GET", path="/things/{thing_id}", effect=Effect.READ, repeatable=True):
    """A read."""

    thing_id: int = 7
    verbose: bool | None = None


@attrs.frozen
class FindThing(Request[Thing | None], method="GET", path="/things/", effect=Effect.READ, repeatable=True):
    """A read with an optional result."""


@attrs.frozen
class ListThings(Request[list[Thing]], method="GET", path="/things/", effect=Effect.READ, repeatable=True):
    """A list that is not in pages."""


@attrs.frozen
class SaveThing(Request[Thing], method="POST", path="/things/7", effect=Effect.WRITE, repeatable=True):
    """A repeatable write."""

    name: str | None = None


@attrs.frozen
class MakeThing(Request[Thing], method="POST", path="/things", effect=Effect.WRITE, repeatable=False):
    """A write that is not repeatable: it creates a new thing each time."""

    name: str | None = None


@attrs.frozen
class DeleteThing(
    Request[Acknowledgement], method="DELETE", path="/things/7", effect=Effect.DELETE, repeatable=True,
    plain_text_response=True,
):  # fmt: skip
    """A delete."""


@attrs.frozen
class ReadText(Request[str], method="GET", path="/things.csv", effect=Effect.READ, repeatable=True):
    """A text file."""


@attrs.frozen
class AskThing(
    Request[Acknowledgement], method="POST", path="/things/ask", effect=Effect.WRITE, repeatable=True,
    ok_false_is_result=True,
):  # fmt: skip
    """A write for which ``ok: false`` is a regular result."""
