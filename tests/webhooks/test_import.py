"""Webhooks cost a process nothing that does not use them."""

from __future__ import annotations

import json
import subprocess
import sys

import smartlead_async.webhooks as w


def test_the_package_loads_its_parts_when_they_are_used() -> None:
    script = (
        "import json, sys\nfrom smartlead_async import webhooks\nbare = sorted(sys.modules)\n"
        "webhooks.parse\nprint(json.dumps([bare, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    bare, parsing = json.loads(done.stdout)
    assert {"attrs", "smartlead_async.webhooks._parse"}.isdisjoint(bare)
    assert {"aiohttp", "sqlite3", "aiosqlite", "filelock"}.isdisjoint(parsing)


def test_every_public_name_is_there() -> None:
    assert [name for name in dir(w) if getattr(w, name) is None] == []
