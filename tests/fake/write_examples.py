"""Write the package's ``examples.json``: ``python -m tests.fake.write_examples [FOLDER]``.

The entries come from the contract files in the folder (without one, from the present ``examples.json``) and
from ``tests/contract``, which takes precedence.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import smartlead_async.fake
from smartlead_async.fake.examples import route_key
from smartlead_async.request import Host

from ..contract import CONTRACT

EXAMPLES = Path(smartlead_async.fake.__file__).with_name("examples.json")

Entries = dict[str, dict[str, Any]]


def entries(operations: Iterable[dict[str, Any]]) -> Entries:
    """Return the entries of operations by route. If some share a route, the first that is no alias counts."""
    found: Entries = {}
    for operation in sorted(operations, key=lambda each: each.get("alias_of") is not None):
        response = operation["response"]
        entry = {"example": response["example"]}
        if operation["effect"] == "read" and operation["method"] != "GET":
            entry["effect"] = "read"
        if "content_type" in response:
            # "text/html or application/json": the first one was recorded.
            entry["content_type"] = response["content_type"].partition(" or ")[0]
        host = Host[operation["host"].upper()]
        routes = [(operation["method"], operation["path"])]
        routes += [tuple(route.split()[:2]) for route in operation.get("alt_routes", [])]
        for method, path in routes:
            found.setdefault(route_key(method, host, path), entry)
    return found


def main(folder: str | None = None) -> None:
    """Write the file, one route a line."""
    if folder is None:
        examples = json.loads(EXAMPLES.read_text("utf-8"))
    else:
        files = sorted(Path(folder).glob("*.json"))
        examples = entries(each for file in files for each in json.loads(file.read_text("utf-8")))
    examples |= entries(CONTRACT.values())
    lines = [
        f"{json.dumps(key)}: {json.dumps(entry, separators=(',', ':'), ensure_ascii=False)}"
        for key, entry in sorted(examples.items())
    ]
    EXAMPLES.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
