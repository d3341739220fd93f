"""Prospect search: the lists that a search for contacts can be narrowed by."""

from __future__ import annotations

import attrs

from ..fields import Between, Length
from ..paging import OffsetPaged
from ..request import Effect, Host
from ..resource import Resource, endpoint, pages


@attrs.frozen
class Country:
    """A country."""

    id: int | None = None
    country_name: str | None = None


@attrs.frozen
class ListCountries(
    OffsetPaged[Country],
    method="GET",
    path="/countries",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/countries",
):
    """List the countries, up to 100 a page.

    ``countries`` returns one page for one request; ``iter_countries`` walks all pages, one request for each.
    ``search`` finds parts of names. Example::

        names = [item.country_name async for item in client.smart_prospect.iter_countries()]
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 100))
    search: str | None = attrs.field(default=None, kw_only=True, validator=Length(1, 255))


@attrs.frozen
class HeadCount:
    """A range of company sizes, such as 11-50."""

    id: int | None = None
    head_count: str | None = None


@attrs.frozen
class ListHeadCounts(
    OffsetPaged[HeadCount],
    method="GET",
    path="/head-counts",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/head-counts",
):
    """List the ranges of company sizes, up to 100 a page.

    ``head_counts`` returns one page for one request; ``iter_head_counts`` sends one request for each page.
    ``search`` finds parts of names. Example::

        names = [item.head_count async for item in client.smart_prospect.iter_head_counts()]
    """

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 100))
    search: str | None = attrs.field(default=None, kw_only=True, validator=Length(1, 255))


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

    countries = endpoint(ListCountries)
    iter_countries = pages(ListCountries)
    head_counts = endpoint(ListHeadCounts)
    iter_head_counts = pages(ListHeadCounts)
    levels = endpoint(ListLevels)
    iter_levels = pages(ListLevels)
