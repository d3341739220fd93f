"""The captured and documented payloads, one of each shape, and what hypothesis makes of them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from smartlead_async.webhooks import Event, parse

_ROWS: Final = json.loads(Path(__file__).with_name("samples.json").read_text("utf-8"))
PAYLOADS: Final[dict[str, dict[str, Any]]] = {row["event"]: row["payload"] for row in _ROWS}
NESTED: Final = "(older docs shape)"


def payload(name: str, **values: Any) -> dict[str, Any]:
    return copy.deepcopy(PAYLOADS[name]) | values


def without(name: str, *keys: str, **values: Any) -> dict[str, Any]:
    return {key: value for key, value in payload(name, **values).items() if key not in keys}


def body_of(value: Any) -> bytes:
    return json.dumps(value).encode()


def read(value: Any) -> Event:
    return parse(body_of(value))


_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += _places(item, (*path, key))
    return found


@st.composite
def mutations(draw: st.DrawFn) -> Any:
    """A sample in which values were replaced by others, or taken out."""
    value: Any = copy.deepcopy(PAYLOADS[draw(st.sampled_from(sorted(PAYLOADS)))])
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_places(value)))
        if not path:
            return draw(_JSON)
        around = value
        for step in path[:-1]:
            around = around[step]
        if draw(st.booleans()):
            del around[path[-1]]
        else:
            around[path[-1]] = draw(_JSON)
    return value
