"""Lookups: the lists of values that a search for contacts can be narrowed by.

All of them are alike: a page of named values of a search server, narrowed by a part of the name.
"""

from __future__ import annotations

from typing import Any, Generic

import attrs

from ...fields import Between, Length, wire
from ...paging import ItemT, OffsetPaged
from ...request import Effect, Host, Request
from ...resource import Resource, endpoint, pages


@attrs.frozen
class _Lookup(OffsetPaged[ItemT], Generic[ItemT]):
    """A list of names, of which ``search`` finds parts. Its subclasses declare path and page."""

    offset: int | None = attrs.field(default=None, kw_only=True)
    limit: int = attrs.field(default=100, kw_only=True)
    search: str | None = attrs.field(default=None, kw_only=True)

    def __init_subclass__(cls, **declaration: Any) -> None:
        if declaration:
            alike = {"method": "GET", "effect": Effect.READ, "repeatable": True, "host": Host.PROSPECT}
            declaration = alike | declaration
        super().__init_subclass__(**declaration)


@attrs.frozen
class _BoundedLookup(_Lookup[ItemT], Generic[ItemT]):
    """A lookup whose pages hold 100 names at most."""

    offset: int | None = attrs.field(default=None, kw_only=True, validator=Between(minimum=0))
    limit: int = attrs.field(default=100, kw_only=True, validator=Between(1, 100))
    search: str | None = attrs.field(default=None, kw_only=True, validator=Length(1, 255))


@attrs.frozen
class City:
    """A city."""

    id: int | None = None
    city_name: str | None = None


@attrs.frozen
class ListCities(_BoundedLookup[City], path="/cities", page="smart-prospect/cities"):
    """List the cities, also those of some states or countries, up to 100 a page.

    ``cities`` returns one page for one request; ``iter_cities`` sends one request for each page.
    ``search`` finds parts of names. ``state`` and ``country`` are one name or
    several, comma-separated; ``country`` is only allowed together with ``state``. Example::

        names = [item.city_name async for item in client.smart_prospect.iter_cities(search="bil")]
    """

    state: str | None = attrs.field(default=None, kw_only=True, validator=Length(1, 255))
    country: str | None = attrs.field(default=None, kw_only=True, validator=Length(1, 255))

    def __attrs_post_init__(self) -> None:
        if self.country is not None and self.state is None:
            raise ValueError("country narrows the states: give state as well")


@attrs.frozen
class Company:
    """A company."""

    company_name: str | None = None


@attrs.frozen
class ListCompanies(_Lookup[Company], path="/company", page="smart-prospect/company"):
    """List the companies.

    ``companies`` returns one page for one request; ``iter_companies`` sends one request for each page.
    ``search`` finds parts of names. Example::

        names = [item.company_name async for item in client.smart_prospect.iter_companies(search="north")]
    """


@attrs.frozen
class Country:
    """A country."""

    id: int | None = None
    country_name: str | None = None


@attrs.frozen
class ListCountries(_BoundedLookup[Country], path="/countries", page="smart-prospect/countries"):
    """List the countries, up to 100 a page.

    ``countries`` returns one page for one request; ``iter_countries`` sends one request for each page.
    ``search`` finds parts of names. Example::

        names = [item.country_name async for item in client.smart_prospect.iter_countries()]
    """


@attrs.frozen
class Department:
    """A department, such as Sales."""

    id: int | None = None
    department_name: str | None = None


@attrs.frozen
class ListDepartments(_BoundedLookup[Department], path="/departments", page="smart-prospect/departments"):
    """List the departments, up to 100 a page.

    ``departments`` returns one page for one request; ``iter_departments`` sends one request for each page.
    ``search`` finds parts of names. Example::

        names = [item.department_name async for item in client.smart_prospect.iter_departments()]
    """


@attrs.frozen
class CompanyDomain:
    """The domain of a company."""

    domain_name: str | None = None


@attrs.frozen
class ListDomains(_Lookup[CompanyDomain], path="/domain", page="smart-prospect/domain"):
    """List the domains of companies.

    ``domains`` returns one page for one request; ``iter_domains`` sends one request for each page.
    ``search`` finds parts of names. Example::

        names = [item.domain_name async for item in client.smart_prospect.iter_domains(search="north")]
    """


@attrs.frozen
class HeadCount:
    """A range of company sizes, such as 11-50."""

    id: int | None = None
    head_count: str | None = None


@attrs.frozen
class ListHeadCounts(_BoundedLookup[HeadCount], path="/head-counts", page="smart-prospect/head-counts"):
    """List the ranges of company sizes, up to 100 a page.

    ``head_counts`` returns one page for one request; ``iter_head_counts`` sends one request for each page.
    ``search`` finds parts of names. Example::

        names = [item.head_count async for item in client.smart_prospect.iter_head_counts()]
    """


@attrs.frozen
class SubIndustry:
    """A part of an industry."""

    id: int | None = None
    sub_industry_name: str | None = None
    industry_id: int | None = None


@attrs.frozen
class Industry:
    """An industry. ``sub_industry_list`` is empty unless it was asked for, and has names without ids."""

    id: int | None = None
    industry_name: str | None = None
    sub_industry_list: list[SubIndustry] = attrs.field(factory=list)


@attrs.frozen
class ListIndustries(_BoundedLookup[Industry], path="/industries", page="smart-prospect/industries"):
    """List the industries, also with their sub-industries, up to 100 a page.

    ``industries`` returns one page for one request; ``iter_industries`` sends one request for each page.
    ``search`` finds parts of names. ``with_sub_industry`` adds the names of the sub-industries of
    each. Example::

        names = [item.industry_name async for item in client.smart_prospect.iter_industries()]
    """

    with_sub_industry: bool | None = attrs.field(default=None, kw_only=True, metadata=wire("withSubIndustry"))


@attrs.frozen
class JobTitle:
    """A job title."""

    job_title: str | None = None


@attrs.frozen
class ListJobTitles(_Lookup[JobTitle], path="/job-title", page="smart-prospect/job-title"):
    """List the job titles.

    ``job_titles`` returns one page for one request; ``iter_job_titles`` sends one request for each page.
    ``search`` finds parts of names. Example::

        names = [item.job_title async for item in client.smart_prospect.iter_job_titles(search="sales")]
    """


@attrs.frozen
class Keyword:
    """A keyword of companies."""

    keyword: str | None = None


@attrs.frozen
class ListKeywords(_Lookup[Keyword], path="/keywords", page="smart-prospect/keywords"):
    """List the keywords of companies.

    ``keywords`` returns one page for one request; ``iter_keywords`` sends one request for each page.
    ``search`` finds parts of names. Example::

        names = [item.keyword async for item in client.smart_prospect.iter_keywords(search="logis")]
    """


@attrs.frozen
class Level:
    """A level of seniority."""

    id: int | None = None
    level_name: str | None = None


@attrs.frozen
class ListLevels(_BoundedLookup[Level], path="/levels", page="smart-prospect/levels"):
    """List the levels of seniority, up to 100 a page.

    ``levels`` returns one page for one request; ``iter_levels`` sends one request for each page.
    ``search`` finds parts of names. Example::

        names = [item.level_name async for item in client.smart_prospect.iter_levels()]
    """


@attrs.frozen
class State:
    """A state or region."""

    id: int | None = None
    state_name: str | None = None


@attrs.frozen
class ListStates(_BoundedLookup[State], path="/states", page="smart-prospect/states"):
    """List the states and regions, also those of some countries, up to 100 a page.

    ``states`` returns one page for one request; ``iter_states`` sends one request for each page.
    ``search`` finds parts of names. ``country`` is one name or several, comma-separated. Example::

        names = [item.state_name async for item in client.smart_prospect.iter_states()]
    """

    country: str | None = attrs.field(default=None, kw_only=True, validator=Length(1, 255))


@attrs.frozen
class ListSubIndustries(
    _BoundedLookup[SubIndustry], path="/sub-industries", page="smart-prospect/sub-industries"
):
    """List the sub-industries, also those of one industry, up to 100 a page.

    ``sub_industries`` returns one page for one request; ``iter_sub_industries`` sends one request for each
    page. ``search`` finds parts of names. ``industry_id`` is the id that ``industries`` returns. Example::

        names = [item.sub_industry_name async for item in client.smart_prospect.iter_sub_industries()]
    """

    industry_id: int | None = attrs.field(default=None, kw_only=True)


@attrs.frozen
class RevenueRange:
    """A range of yearly revenue, such as $1M-$10M."""

    id: int | None = None
    revenue: str | None = None


@attrs.frozen
class ListRevenueRanges(
    Request[list[RevenueRange]],
    method="GET",
    path="/revenue",
    effect=Effect.READ,
    repeatable=True,
    host=Host.PROSPECT,
    page="smart-prospect/revenue",
):
    """List all ranges of yearly revenue.

    One request. Example::

        ranges = [item.revenue for item in await client.smart_prospect.revenue_ranges()]
    """


class LookupMethods(Resource):
    """The lists of values that a search for contacts can be narrowed by."""

    cities = endpoint(ListCities)
    iter_cities = pages(ListCities)
    companies = endpoint(ListCompanies)
    iter_companies = pages(ListCompanies)
    countries = endpoint(ListCountries)
    iter_countries = pages(ListCountries)
    departments = endpoint(ListDepartments)
    iter_departments = pages(ListDepartments)
    domains = endpoint(ListDomains)
    iter_domains = pages(ListDomains)
    head_counts = endpoint(ListHeadCounts)
    iter_head_counts = pages(ListHeadCounts)
    industries = endpoint(ListIndustries)
    iter_industries = pages(ListIndustries)
    job_titles = endpoint(ListJobTitles)
    iter_job_titles = pages(ListJobTitles)
    keywords = endpoint(ListKeywords)
    iter_keywords = pages(ListKeywords)
    levels = endpoint(ListLevels)
    iter_levels = pages(ListLevels)
    states = endpoint(ListStates)
    iter_states = pages(ListStates)
    sub_industries = endpoint(ListSubIndustries)
    iter_sub_industries = pages(ListSubIndustries)
    revenue_ranges = endpoint(ListRevenueRanges)
