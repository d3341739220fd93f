"""Recorded responses with values replaced: each results in a value, or in an error that names the place."""

from __future__ import annotations

import copy
import json
from typing import Any, Final

from hypothesis import given, note, settings
from hypothesis import strategies as st

from smartlead_async.errors import APIError, ResponseDecodeError
from smartlead_async.pipeline.classify import read_response

from .contract import CONTRACT, request_of

RECORDED: Final = [
    (operation_id, example)
    for operation_id, operation in sorted(CONTRACT.items())
    for example in [
        operation["response"]["example"],
        *(seen["example"] for seen in operation["response"].get("also_seen", ())),
    ]
    if not isinstance(example, str)
]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1.5, 2**60, 10**20]),
    st.sampled_from(["", "x", "12", "9" * 5000, "1e400", "{}", "[]", '{"id": 1}', "2027-13-01", "\u0000"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["id", "data", "ok", "name", "message"]), inner, max_size=2),
    ),
    max_leaves=4,
)


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the place of a value and of every value in it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(found for key, each in inner for found in places(each, (*place, key)))]


def replaced(value: Any, place: tuple[Any, ...], by: Any) -> Any:
    """Return a copy of a value with another value at a place."""
    if not place:
        return by
    changed = copy.deepcopy(value)
    at = changed
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = by
    return changed


def problems_of(operation_id: str, response: Any) -> tuple[str, ...]:
    """Return what an operation reports about a response that it cannot read."""
    try:
        read_response(request_of(operation_id).operation, 200, {}, json.dumps(response).encode(), redact=str)
    except ResponseDecodeError as error:
        return error.problems or ("no problem",)
    except APIError:
        pass  # "ok" was set to false, or the response is empty
    return ()


@settings(max_examples=300)
@given(st.sampled_from(range(len(RECORDED))), st.data())
def test_a_changed_response_is_a_value_or_an_error_that_names_the_place(
    number: int, data: st.DataObject
) -> None:
    operation_id, response = RECORDED[number]
    for _ in range(data.draw(st.integers(1, 3))):
        response = replaced(response, data.draw(st.sampled_from(places(response))), data.draw(values))
    note(f"{operation_id}: {response!r}")
    assert [problem for problem in problems_of(operation_id, response) if " @ $" not in problem] == []
