"""The pytest plugin, used by sample projects in processes of their own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest

from smartlead_async import FakeSmartlead, SmartleadClient
from smartlead_async.integrations.pytest_plugin import SmartleadServer

from .pytest_runs import PLUGIN, ROOT, Done, run_pytest, run_pytest_with_entry_points

MODES = {
    "strict": ("asyncio", "[pytest]\nasyncio_mode = strict\n", "@pytest.mark.asyncio"),
    "auto": ("asyncio", "[pytest]\nasyncio_mode = auto\n", ""),
    "anyio": ("anyio", "[pytest]\n", "@pytest.mark.anyio"),
}
_SCOPE = "asyncio_default_fixture_loop_scope = function\n"

PROJECT = '''
import asyncio
import os
import time

import pytest

from smartlead_async import NotSent, OutcomeUnknown, RateLimits, SmartleadClient, SmartleadError
from smartlead_async.api.campaigns import CreateCampaign
from smartlead_async.fake import Fault

NAME = "Dentists in Oslo Q1 2027"


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def create_safely(client):
    """Code under test: create a campaign, and look for it if the response was lost."""
    try:
        return (await client.campaigns.create(NAME)).id
    except OutcomeUnknown:
        await asyncio.sleep(60)
        return next(campaign.id for campaign in await client.campaigns.list() if campaign.name == NAME)


@MARK
async def test_a_campaign_is_created(smartlead_client, fake_smartlead):
    await create_safely(smartlead_client)
    fake_smartlead.assert_created_once(NAME)
    fake_smartlead.assert_requests(CreateCampaign, 1)


@MARK
async def test_the_fake_is_new_for_each_test(smartlead_client, fake_smartlead):
    fake_smartlead.assert_not_created(NAME)
    fake_smartlead.assert_no_requests()
    assert await smartlead_client.campaigns.list() == []


@MARK
async def test_without_the_marker_time_is_real(smartlead_client):
    assert type(asyncio.get_running_loop()).__name__ != "VirtualTimeLoop"


@pytest.mark.virtual_time
@MARK
async def test_an_hour_of_rate_limits_takes_no_time(fake_smartlead):
    began = time.monotonic()
    async with SmartleadClient("test-key", transport=fake_smartlead.transport()) as client:
        for number in range(70):
            await client.campaigns.create(f"Dentists, part {number}, Q1 2027")
    assert asyncio.get_running_loop().time() >= 60
    assert time.monotonic() - began < 30


@pytest.mark.virtual_time
@MARK
async def test_a_lost_response_is_looked_up(smartlead_client, fake_smartlead):
    fake_smartlead.fail_next(Fault.lost_after(), CreateCampaign)
    created = await create_safely(smartlead_client)
    assert fake_smartlead.assert_created_once(NAME).id == created


@pytest.mark.virtual_time
@MARK
async def test_nothing_is_ever_created_twice(smartlead_client, fake_smartlead, smartlead_fault):
    fake_smartlead.fail_next(smartlead_fault, CreateCampaign)
    try:
        await create_safely(smartlead_client)
    except (SmartleadError, StopIteration):
        fake_smartlead.settle()
    except RuntimeError:  # StopIteration in a coroutine
        fake_smartlead.settle()
    assert len(fake_smartlead.campaigns_named(NAME)) <= 1


@pytest.mark.smartlead(lead_quota=3)
class TestOptions:
    def test_a_marker_sets_the_options_of_the_fake(self, fake_smartlead):
        assert fake_smartlead.account.lead_quota == 3

    @pytest.mark.smartlead(lead_quota=7, limits=RateLimits.STANDARD)
    def test_the_closest_marker_takes_precedence(self, fake_smartlead, smartlead_client):
        assert fake_smartlead.account.lead_quota == 7
        assert smartlead_client.limiter.limits == RateLimits.STANDARD


@pytest.mark.virtual_time
@MARK
async def test_an_outage_ends_with_the_block(smartlead_client, fake_smartlead):
    with fake_smartlead.script(None, Fault.refused(), times=None):
        with pytest.raises(NotSent):
            await smartlead_client.campaigns.list()
    assert await smartlead_client.campaigns.list() == []


@MARK
async def test_a_client_of_the_environment_talks_to_the_server(smartlead_server):
    async with SmartleadClient.from_env() as client:
        await client.campaigns.create(NAME)
    smartlead_server.fake.assert_created_once(NAME)


def test_a_blocking_program_talks_to_the_server(smartlead_server):
    import json
    import urllib.request

    url = f"{smartlead_server.base_url}/campaigns/?api_key={smartlead_server.api_key}"
    request = urllib.request.Request(url, headers={"User-Agent": "my-service/1.0"})
    with urllib.request.urlopen(request) as response:
        assert json.load(response) == []


def test_the_environment_is_restored_after_the_server():
    assert "SMARTLEAD_BASE_URL" not in os.environ
'''


def project(folder: Path, mode: str, source: str = PROJECT) -> Path:
    _, ini, mark = MODES[mode]
    (folder / "pytest.ini").write_text(ini + ("" if mode == "anyio" else _SCOPE), "utf-8")
    (folder / "test_sample.py").write_text(dedent(source).replace("@MARK", mark), "utf-8")
    return folder


def run(folder: Path, mode: str, source: str = PROJECT) -> Done:
    plugins = (MODES[mode][0], PLUGIN)
    return run_pytest(project(folder, mode, source), "--strict-markers", plugins=plugins)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_the_tests_of_a_sample_project_pass(tmp_path: Path, mode: str) -> None:
    done = run(tmp_path, mode)
    assert done.exit_code == 0, done.output
    assert done.counts == {"passed": 21}


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_virtual_time_leaves_other_tests_of_a_project_alone(tmp_path: Path, mode: str) -> None:
    source = """
        import asyncio
        import pytest

        loops = []

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @MARK
        async def test_before():
            loops.append(type(asyncio.get_running_loop()).__name__)

        @pytest.mark.virtual_time
        @MARK
        async def test_marked():
            await asyncio.sleep(3600)
            loops.append(type(asyncio.get_running_loop()).__name__)

        @MARK
        async def test_after():
            loops.append(type(asyncio.get_running_loop()).__name__)

        def test_loops():
            before, marked, after = loops
            assert marked == "VirtualTimeLoop" and before == after != marked
    """
    done = run(tmp_path, mode, source)
    assert done.counts == {"passed": 4}, done.output
    listed = run_pytest(tmp_path, "--collect-only", plugins=(MODES[mode][0], PLUGIN))
    assert "test_after\n" in listed.output, "a test without the marker has no parameter"


@pytest.mark.slow
def test_a_failed_test_shows_the_requests_that_arrived(tmp_path: Path) -> None:
    source = """
        from smartlead_async.fake import Fault

        async def test_names(smartlead_client, fake_smartlead):
            fake_smartlead.fail_next(Fault.rate_limited(0.01))
            await smartlead_client.campaigns.create("Dentists in Oslo Q1 2027")
            fake_smartlead.assert_created_once("Dentists in Bergen Q1 2027")
    """
    done = run(tmp_path, "auto", source)
    assert done.counts == {"failed": 1}
    assert "SmartLead requests" in done.output
    assert "POST /api/v1/campaigns/create -> 429 (a 429 that no window explains)" in done.output
    assert "POST /api/v1/campaigns/create -> 200" in done.output
    assert (
        "no campaign is named 'Dentists in Bergen Q1 2027'; there is 'Dentists in Oslo Q1 2027'"
        in done.output
    )
    assert "assertions.py" not in done.output, "the traceback ends in the test"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("@pytest.mark.virtual_time\ndef test(): ...", "is for async tests"),
        (
            "@pytest.mark.virtual_time\nasync def test(smartlead_server): ...",
            "smartlead_server uses real sockets: remove the virtual_time marker",
        ),
        ("@pytest.mark.smartlead(7)\ndef test(fake_smartlead): ...", "takes keywords only"),
        (
            "@pytest.mark.smartlead(leads=7)\ndef test(fake_smartlead): ...",
            "unexpected keyword argument 'leads'",
        ),
    ],
)
def test_a_marker_that_cannot_work_is_an_error(tmp_path: Path, test: str, message: str) -> None:
    done = run(tmp_path, "auto", f"import pytest\n\n{test}\n")
    assert done.exit_code != 0
    assert message in done.output


@pytest.mark.slow
def test_virtual_time_without_an_async_plugin_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(
        "import pytest\n\n@pytest.mark.virtual_time\nasync def test(): ...\n", "utf-8"
    )
    done = run_pytest(tmp_path)
    assert done.exit_code != 0
    assert "pytest-asyncio 1.4 (or newer) or the plugin of anyio" in done.output


@pytest.mark.slow
def test_a_hook_of_the_project_keeps_its_tests(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "import asyncio\n\n"
        "class OwnLoop(asyncio.SelectorEventLoop): ...\n\n"
        "def pytest_asyncio_loop_factories(config, item):\n    return {'own': OwnLoop}\n",
        "utf-8",
    )
    source = """
        import asyncio
        import pytest

        async def test_unmarked():
            assert type(asyncio.get_running_loop()).__name__ == "OwnLoop"

        @pytest.mark.virtual_time
        async def test_marked():
            assert type(asyncio.get_running_loop()).__name__ == "VirtualTimeLoop"
    """
    assert run(tmp_path, "auto", source).counts == {"passed": 2}


@pytest.mark.slow
def test_pytest_finds_the_plugin_of_an_installed_package(tmp_path: Path) -> None:
    # The metadata of an installation, with the entry points that the package declares.
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]
    info = tmp_path / "site" / "smartlead_async-9.9.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.4\nName: smartlead-async\nVersion: 9.9\n", "utf-8")
    lines = [
        f"[{group}]\n" + "".join(f"{n} = {v}\n" for n, v in each.items()) for group, each in declared.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pytest.ini").write_text(f"[pytest]\n{_SCOPE}", "utf-8")
    (folder / "test_sample.py").write_text(
        "def test(fake_smartlead):\n    fake_smartlead.assert_no_requests()\n"
    )
    done = run_pytest_with_entry_points(folder, "-p", "no:schemathesis", on_path=info.parent)
    assert done.counts == {"passed": 1}, done.output


def test_the_plugin_loads_nothing_but_pytest() -> None:
    code = (
        "import pytest, sys\n"
        "before = set(sys.modules)\n"
        f"import {PLUGIN}\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if not name.startswith("asyncio")}
    own = {name for name in loaded if name.startswith("smartlead_async")}
    assert own == {"smartlead_async", "smartlead_async._version", "smartlead_async.integrations", PLUGIN}
    assert {name.partition(".")[0] for name in loaded - own} <= set(sys.stdlib_module_names)


@pytest.mark.slow
def test_a_test_that_uses_no_fixture_does_not_load_the_fake(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(
        "import sys\n\ndef test():\n    assert 'smartlead_async.fake' not in sys.modules\n", "utf-8"
    )
    assert run_pytest(tmp_path).counts == {"passed": 1}


@pytest.mark.slow
def test_the_tier_in_the_environment_is_that_of_the_fake(tmp_path: Path) -> None:
    source = """
        import pytest
        from smartlead_async import RateLimits, SmartleadClient

        LIMITS = RateLimits.of((3, 1.5), (60, 60))

        @pytest.mark.smartlead(limits=LIMITS)
        async def test_limits(smartlead_server):
            async with SmartleadClient.from_env() as client:
                assert client.limiter.limits == LIMITS
    """
    assert run(tmp_path, "auto", source).counts == {"passed": 1}


def test_the_types_of_the_fixtures_are_public() -> None:
    fixture_types = (FakeSmartlead, SmartleadClient, SmartleadServer)
    assert all(each.__doc__ for each in fixture_types)
