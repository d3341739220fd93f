"""Prospect search: the lists that a search for contacts can be narrowed by."""

from __future__ import annotations

import attrs

from ..fields import Between, Length
from ..paging import OffsetPaged
from ..request import Effect, Host
from ..resource import Resource, endpoint, pages


@attrs.frozen
class Level:
    """A level of seniority."""

    id: int | None = None
    level_name: str | None = None


@attrs.frozen
class ListLevels(
    OffsetPaged[Level],
    method="GET",
    path="/levels",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/levels",
):
    """List the levels of seniority, up to 100 a page.

    ``levels`` returns one page for one request; ``iter_levels`` walks all pages, one request for each.
    ``search`` finds parts of names. Example::

        names = [level.level_name async for level in client.smart_prospect.iter_levels()]
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 100))
    search: str | None = attrs.field(default=None, kw_only=True, validator=Length(1, 255))


class SmartProspect(Resource):
    """``client.smart_prospect``: the lists that a search for contacts can be narrowed by."""

    levels = endpoint(ListLevels)
    iter_levels = pages(ListLevels)
