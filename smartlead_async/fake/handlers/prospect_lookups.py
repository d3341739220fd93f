"""Lists of values that prospects are searched by: those of the contract's examples, searched and paged."""

from __future__ import annotations

import functools
from typing import Any, Final

import orjson

from ...api.smart_prospect import lookups
from ...request import Operation, Request
from ..call import Call
from ..examples import example_reply
from ..replies import Reply, json_reply
from ..routing import handles

_LOOKUPS: Final[tuple[type[Request[Any]], ...]] = (
    lookups.ListCities,
    lookups.ListCompanies,
    lookups.ListCountries,
    lookups.ListDepartments,
    lookups.ListDomains,
    lookups.ListHeadCounts,
    lookups.ListIndustries,
    lookups.ListJobTitles,
    lookups.ListKeywords,
    lookups.ListLevels,
    lookups.ListStates,
    lookups.ListSubIndustries,
)


def _page(operation: Operation, call: Call) -> Reply:
    body, query = _example(operation), call.query
    limit = query.get("limit", 10 if "pagination" in body else 100)
    offset, text = query.get("offset", 0), query.get("search")
    rows = [row for row in body["data"] if _matches(row, text or "")]
    if (industry := query.get("industry_id")) is not None:
        rows = [row for row in rows if row["industry_id"] == industry]
        body["industry_id"] = industry
    body["data"] = rows[offset : offset + limit]
    if "pagination" in body:
        counts = {"page": offset // limit + 1, "count": len(body["data"])}
        body |= {"pagination": {"limit": limit, "offset": offset, **counts}, "search": text}
    return json_reply(body)


def _example(operation: Operation) -> dict[str, Any]:
    reply = example_reply(operation)
    example: dict[str, Any] = orjson.loads(reply.body) if reply is not None else {}
    return example


def _matches(row: dict[str, Any], text: str) -> bool:
    return any(isinstance(value, str) and text.lower() in value.lower() for value in row.values())


for _request in _LOOKUPS:
    handles(_request)(functools.partial(_page, _request.operation))
