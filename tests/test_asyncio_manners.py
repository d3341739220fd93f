"""Programs of users in processes of their own: nothing is left behind, and nothing is printed.

Every warning is an error, and asyncio is in debug mode.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import smartlead_async

ROOT = Path(smartlead_async.__file__).parents[1]

PROGRAM = """
import asyncio, gc, logging, os, threading, time

from smartlead_async import CampaignSpec, FakeSmartlead, RateLimits, SmartleadClient, SqliteLedger
from smartlead_async.fake.server_thread import running_in_thread

async def main(base_url, ledger):
    async with SmartleadClient("test-key", base_url=base_url, limits=RateLimits.UNLIMITED) as client:
        await asyncio.gather(*(client.campaigns.list() for _ in range(5)))
        names = [f"Dentists {n} {os.path.basename(ledger)} Q1 2027" for n in range(3)]
        report = await client.provision([CampaignSpec(name) for name in names], ledger=SqliteLedger(ledger))
        assert report.done == 3, report
        slow = asyncio.create_task(client.campaigns.list())
        await asyncio.sleep(0)
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
    assert asyncio.all_tasks() == {asyncio.current_task()}

def left():
    gc.collect()
    files = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    # The executor of the server's loop is not of these runs.
    return files, sum(not thread.name.startswith("asyncio_") for thread in threading.enumerate())

# In debug mode asyncio logs what takes long, which on a busy machine is anything.
logging.getLogger("asyncio").setLevel(logging.ERROR)
fake = FakeSmartlead()
with running_in_thread(fake) as base_url:
    for number in range(4):
        RUN
        if number == 0:
            time.sleep(1)  # The server closes its connections in its own time.
            first = left()
    for _ in range(20):
        if all(now <= then for now, then in zip(left(), first)):
            break
        time.sleep(0.2)
    else:
        raise AssertionError(f"{left()} files and threads are open, {first} after the first run")
assert len(fake.campaigns) == 12
"""

RUNNERS = {
    "asyncio": "asyncio.run(main(base_url, f'{number}.ledger'))",
    "uvloop": "import uvloop; uvloop.run(main(base_url, f'{number}.ledger'))",
    "anyio": "import anyio; anyio.run(main, base_url, f'{number}.ledger')",
}


@pytest.mark.slow
@pytest.mark.parametrize("runner", RUNNERS)
def test_a_program_may_run_its_event_loop_many_times(runner: str, tmp_path: Path) -> None:
    if runner in {"uvloop", "anyio"}:
        pytest.importorskip(runner)
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", PROGRAM.replace("RUN", RUNNERS[runner])],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONASYNCIODEBUG": "1", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_nothing_uses_what_newer_versions_of_python_have_deprecated() -> None:
    deprecated = {
        "get_event_loop", "set_event_loop", "get_event_loop_policy", "set_event_loop_policy",
        "iscoroutinefunction", "AbstractEventLoopPolicy", "DefaultEventLoopPolicy", "get_child_watcher",
    }  # fmt: skip
    found = []
    for path in sorted((ROOT / "smartlead_async").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if node.value.id == "asyncio" and node.attr in deprecated:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            elif isinstance(node, ast.ImportFrom) and node.module == "asyncio":
                found += [path.name for alias in node.names if alias.name in deprecated]
    assert found == []
