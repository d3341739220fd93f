"""Pytest plugin with a fake SmartLead for the tests of your code, active where the package is installed.

Fixtures: ``fake_smartlead``, ``smartlead_client``, ``smartlead_server`` and ``smartlead_fault``. Markers:
``smartlead(**options)`` for the options of the fake, and ``virtual_time``. A test that uses none of them pays
nothing: this module imports pytest alone, and the fake is loaded by the first test that asks for it. The
fixtures are not asynchronous, so they work with pytest-asyncio in both modes, with anyio, and without either.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from ..client import SmartleadClient
    from ..fake import FakeSmartlead, Fault

_MARKERS = (
    "smartlead(**options): options of FakeSmartlead for the fixtures of smartlead-async, such as faults=0.2",
    "virtual_time: run an async test on an event loop on which waiting takes no time",
)
_VIRTUAL_TIME = "virtual time"
_SHOWN_REQUESTS = 50


class SmartleadServer(NamedTuple):
    """A fake over HTTP on 127.0.0.1, as the fixture ``smartlead_server`` returns it.

    ``environment`` are the variables from which ``SmartleadClient.from_env`` and the command line take key,
    URL and rate limits. They are set while the test runs, and subprocesses inherit them. Example::

        def test_the_report_counts_campaigns(smartlead_server):
            subprocess.run(["my-report"], check=True)
            smartlead_server.fake.assert_requests("ListCampaigns", 1)
    """

    fake: FakeSmartlead
    base_url: str
    api_key: str
    environment: Mapping[str, str]


@pytest.fixture
def fake_smartlead(request: pytest.FixtureRequest) -> FakeSmartlead:
    """Create an in-memory SmartLead for one test; ``@pytest.mark.smartlead(...)`` sets its options."""
    from ..fake import FakeSmartlead  # noqa: PLC0415 - loaded by the tests that use it

    options: dict[str, Any] = {}
    for marker in request.node.iter_markers("smartlead"):
        if marker.args:
            pytest.fail("@pytest.mark.smartlead takes keywords only: the options of FakeSmartlead")
        options = {**marker.kwargs, **options}
    return FakeSmartlead(**options)


@pytest.fixture
def smartlead_client(fake_smartlead: FakeSmartlead) -> SmartleadClient:
    """Create a client of ``fake_smartlead`` with the rate limits that the fake enforces: none by default."""
    from ..client import SmartleadClient  # noqa: PLC0415

    # It holds no connections, so that it need not be closed.
    return SmartleadClient(
        fake_smartlead.api_keys[0], transport=fake_smartlead.transport(), limits=fake_smartlead.limits
    )


@pytest.fixture
def smartlead_server(
    request: pytest.FixtureRequest, fake_smartlead: FakeSmartlead, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SmartleadServer]:
    """Serve ``fake_smartlead`` over HTTP on a free port of 127.0.0.1, from a thread of its own."""
    from ..fake.server_thread import running_in_thread  # noqa: PLC0415

    if request.node.get_closest_marker("virtual_time"):
        pytest.fail("smartlead_server uses real sockets: remove the virtual_time marker of this test")
    with running_in_thread(fake_smartlead) as base_url:
        key = fake_smartlead.api_keys[0]
        environment = {
            "SMARTLEAD_API_KEY": key,
            "SMARTLEAD_BASE_URL": base_url,
            "SMARTLEAD_TIER": _tier_of(fake_smartlead),
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        # The proxy and the hosts of a profile are meant for SmartLead.
        monkeypatch.delenv("SMARTLEAD_PROFILE", raising=False)
        yield SmartleadServer(fake_smartlead, base_url, key, environment)


def _tier_of(fake: FakeSmartlead) -> str:
    windows = fake.limits.windows
    return ",".join(f"{window.limit}/{window.period:g}" for window in windows) or "unlimited"


@pytest.fixture
def smartlead_fault(request: pytest.FixtureRequest) -> Fault:
    """Return a fault; a test that uses this fixture runs once for each kind of fault."""
    fault: Fault = request.param
    return fault


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> Generator[None, object, object]:
    """Run a test with ``smartlead_fault`` once for each kind of fault, and marked ones on virtual time."""
    if "smartlead_fault" in metafunc.fixturenames:
        _parametrize_faults(metafunc)
    if not metafunc.definition.get_closest_marker("virtual_time"):
        return (yield)
    if "anyio_backend" in metafunc.fixturenames:
        _set_anyio_backend(metafunc)
        return (yield)
    # Pytest-asyncio changes how all async tests are run if a plugin with this hook is registered at all.
    hook = _LoopFactories()
    metafunc.config.pluginmanager.register(hook)
    try:
        result = yield
    finally:
        metafunc.config.pluginmanager.unregister(hook)
    if not hook.used:
        pytest.fail(
            f"{metafunc.definition.nodeid}: @pytest.mark.virtual_time is for async tests that pytest-asyncio "
            "1.4 (or newer) or the plugin of anyio runs; elsewhere use smartlead_async.virtual_time.run",
            pytrace=False,
        )
    return result


def _parametrize_faults(metafunc: pytest.Metafunc) -> None:
    from ..fake import Fault  # noqa: PLC0415 - loaded by the tests that use it

    faults = {
        "refused": Fault.refused(),
        "503": Fault.status_before(503),
        "lost": Fault.lost_before(),
        "rate_limited": Fault.rate_limited(),
        "done_then_500": Fault.status_after(500),
        "done_then_lost": Fault.lost_after(),
        "done_later": Fault.late_commit(),
        "done_then_timeout": Fault.too_slow(),
        "done_then_truncated": Fault.truncated(),
        "done_then_html": Fault.not_json(502),
    }
    metafunc.parametrize("smartlead_fault", list(faults.values()), ids=list(faults), indirect=True)


def _set_anyio_backend(metafunc: pytest.Metafunc) -> None:
    from ..virtual_time import VirtualTimeLoop  # noqa: PLC0415 - loaded by the tests that use it

    backend = pytest.param(("asyncio", {"loop_factory": VirtualTimeLoop}), id=_VIRTUAL_TIME)
    # As a marker, because anyio's fixture has parameters of its own, and only a marker replaces these.
    metafunc.definition.add_marker(pytest.mark.parametrize("anyio_backend", [backend], scope="module"))


class _LoopFactories:
    """The plugin that gives pytest-asyncio the event loop of one test."""

    def __init__(self) -> None:
        self.used = False

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_asyncio_loop_factories(self) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
        from ..virtual_time import VirtualTimeLoop  # noqa: PLC0415 - loaded by the tests that use it

        self.used = True
        return {_VIRTUAL_TIME: VirtualTimeLoop}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the requests that reached the fake below the traceback of a test that failed."""
    report = yield
    fake = getattr(item, "funcargs", {}).get("fake_smartlead")
    if fake is not None and call.when == "call" and report.failed:
        report.sections.append(("SmartLead requests", _describe(fake)))
    return report


def _describe(fake: FakeSmartlead) -> str:
    entries = list(fake.requests.entries)
    hidden = len(entries) - _SHOWN_REQUESTS
    lines = [f"… {hidden} earlier requests"] if hidden > 0 else []
    for entry in entries[-_SHOWN_REQUESTS:]:
        status = "no response" if entry.status is None else entry.status
        fault = f" ({entry.fault.value})" if entry.fault else ""
        lines.append(f"{entry.time:9.3f} s  {entry.method} {entry.path} -> {status}{fault}")
    return "\n".join(lines) or "none"
