"""Fields whose values differ in JSON: the type of the value decides which member of a union is read."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from smartlead_async.errors import ResponseDecodeError
from smartlead_async.pipeline.classify import read_response
from smartlead_async.pipeline.converter import structure
from smartlead_async.pipeline.decode import decode
from smartlead_async.request import Effect, Request


@attrs.frozen
class Totals:
    """The sum of all rows."""

    count: int


@attrs.frozen
class Row:
    """One row, whose id is a number or a string."""

    id: int | str | None = None
    value: float | str | None = None
    passed: str | bool | None = None
    seeds: int | bool | None = None


@attrs.frozen
class Report:
    """Rows, or their totals, or a remark."""

    details: list[Row] | Totals | str | None = None
    counted: list[Row] | int | None = None


@attrs.frozen
class GetRows(
    Request[list[Row]], method="GET", path="/rows", effect=Effect.READ, repeatable=True, list_or_item=True
):
    """A list that may come as its only item."""


@pytest.mark.parametrize(
    ("key", "sent", "read"),
    [
        ("id", 7, 7),
        ("id", "7", 7),
        ("id", "test_001", "test_001"),
        ("id", None, None),
        ("value", "0.5", 0.5),
        ("value", "50%", 50.0),
        ("value", "good", "good"),
        ("passed", True, True),
        ("passed", "PASS", "PASS"),
        ("passed", "true", "true"),
        ("seeds", 3, 3),
        ("seeds", False, False),
    ],
)
def test_a_scalar_is_read_as_the_first_type_that_takes_it(key: str, sent: Any, read: Any) -> None:
    found = getattr(structure({key: sent}, Row), key)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ([{"id": "a"}, {"id": "2"}], [Row("a"), Row(2)]),
        ([], []),
        ({"count": "3"}, Totals(3)),
        ('{"count": 3}', Totals(3)),
        ("", ""),
        ("{not JSON", "{not JSON"),
        (None, None),
    ],
)
def test_lists_objects_and_strings_are_told_apart(sent: Any, read: Any) -> None:
    assert structure({"details": sent}, Report).details == read


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"details": {"count": "x"}}, "expected an integer, got the string 'x' @ $.details.count"),
        ({"details": [{"id": []}]}, "expected an integer or a string, got a list @ $.details[0].id"),
        ({"details": True}, "expected a string, got true @ $.details"),
        ({"counted": {}}, "expected a list or an integer, got an object @ $.counted"),
        ({"counted": "many"}, "expected an integer, got the string 'many' @ $.counted"),
    ],
)
def test_a_value_of_no_member_is_an_error_with_its_place(sent: Any, problem: str) -> None:
    with pytest.raises(ResponseDecodeError) as caught:
        structure(sent, Report)
    assert caught.value.problems == (problem,)


@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: {"data": v}, lambda v: {"data": [v]}])
def test_a_list_may_come_as_its_only_item(wrap: Any) -> None:
    assert decode(GetRows.operation, wrap({"id": 1})) == [Row(1)]


@pytest.mark.parametrize("body", [b'{"rows": 1}', b"{}", b'"text"'])
def test_an_object_without_a_known_key_is_not_taken_for_an_item(body: bytes) -> None:
    with pytest.raises(ResponseDecodeError):
        read_response(GetRows.operation, 200, {}, body, redact=str)
