"""The public names, and the cost of importing them."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys

import pytest

import smartlead_async
from benchmarks.figures import FIRST_REQUEST
from smartlead_async import api
from smartlead_async.api.areas import resources
from smartlead_async.api.campaigns.resource import Campaigns

_NAMES = """
    __version__
    SmartleadClient FakeSmartlead AiohttpTransport Transport HttpRequest HttpResponse
    RateLimits Window Lane RetryPolicy Response Attempt Request Effect Host NOT_GIVEN Secret
    CampaignSpec StepSpec VariantSpec MailboxChoice ScheduleSpec SettingsSpec LeadFile LeadFrame LeadInput
    InvalidPlan load_plan to_dicts
    Job JobOptions Operation ReconcilePolicy Report CampaignRecord CampaignState verify
    Ledger LedgerError MemoryLedger SqliteLedger SmartleadAdvice
    SmartleadError ConfigurationError TransportError NotSent Interrupted RequestTimeout
    APIError BadRequest AuthenticationError PermissionDenied NotFound Conflict ValidationFailed RateLimited
    ServerError ServiceUnavailable OperationRefused OutcomeUnknown ResponseDecodeError ResponseTooLarge
    PaginationStalled StillRunning
    Action CampaignChange Change ChangeRefused ChangeTotals Drift PlanChanges
    CampaignsExist IncompleteList StaleLedger
"""
NAMES = _NAMES.split()

NOT_BEFORE_USE = ("aiohttp", "typer", "rich", "yaml", "click", "yarl", "aioresponses", "fastapi", "sqlite3")


def _loaded_after(code: str) -> set[str]:
    """The modules that a fresh interpreter has after this code."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "code",
    [
        "import smartlead_async",
        "import smartlead_async\nsmartlead_async.SmartleadClient",
        "from smartlead_async import SmartleadError, RateLimits, RetryPolicy",
        "import smartlead_async.client, smartlead_async.api.campaigns.resource",
    ],
)
def test_importing_loads_neither_aiohttp_nor_what_the_command_line_needs(code: str) -> None:
    loaded = _loaded_after(code)
    assert "smartlead_async" in loaded
    assert loaded.isdisjoint(NOT_BEFORE_USE)


def test_importing_the_package_alone_loads_none_of_its_parts() -> None:
    parts = {m for m in _loaded_after("import smartlead_async") if m.startswith("smartlead_async.")}
    assert parts == {"smartlead_async._version"}
    assert "attrs" not in _loaded_after("import smartlead_async")


def test_aiohttp_comes_with_the_first_client_that_needs_it() -> None:
    # Otherwise the test above might hold for no better reason than a wrong name.
    assert "aiohttp" in _loaded_after("from smartlead_async import SmartleadClient\nSmartleadClient('key')")


def test_a_first_create_loads_what_it_needs_and_no_other_requests() -> None:
    loaded = _loaded_after(FIRST_REQUEST)
    house = {module for module in loaded if module.startswith("smartlead_async.")}
    assert {module.removeprefix("smartlead_async.api.") for module in house if ".api." in module} == {
        "acknowledgement", "areas", "campaigns", "campaigns.create", "campaigns.resource", "exports"
    }  # fmt: skip
    assert not {module for module in house if "provisioning" in module or "fake" in module}
    # What is for failures comes with the first failure, and what gives advice with who asks for it.
    assert {"backoff", "smartlead_async.naming"}.isdisjoint(loaded)
    assert len(house) <= 40, sorted(house)


def test_a_method_loads_the_module_of_its_request_when_it_is_used() -> None:
    code = "from smartlead_async import SmartleadClient\nclient = SmartleadClient('key')\n"
    before, after = (
        _loaded_after(f"{code}client.campaigns"),
        _loaded_after(f"{code}client.campaigns.add_leads"),
    )
    assert "smartlead_async.api.campaigns.leads" in after - before
    assert "smartlead_async.api.campaigns.webhooks" not in after


def test_a_method_that_was_used_can_still_be_replaced_in_its_class(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(request: object, /) -> None: ...

    campaigns = Campaigns(nothing)  # type: ignore[arg-type]
    assert callable(campaigns.create)
    monkeypatch.setattr(Campaigns, "create", lambda _, name: f"replaced {name}")
    assert campaigns.create("x") == "replaced x"  # type: ignore[comparison-overlap]


def test_the_public_names_are_these() -> None:
    assert sorted(smartlead_async.__all__) == sorted(NAMES)
    assert sorted(dir(smartlead_async)) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(smartlead_async, name)
    if inspect.isclass(value):
        assert value.__name__ == name
        assert inspect.getdoc(value)


def test_names_that_do_not_exist_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'SmartLeadClient'"):
        _ = smartlead_async.SmartLeadClient


def test_type_checkers_see_the_same_names() -> None:
    # The TYPE_CHECKING block and the table of lazy names are two lists of the same things.
    source = inspect.getsource(smartlead_async)
    for name in NAMES:
        if name != "__version__":
            assert f"import {name} as {name}\n" in source


def test_every_error_that_the_package_raises_is_public() -> None:
    from smartlead_async import errors

    raised = {
        n for n, v in vars(errors).items() if inspect.isclass(v) and issubclass(v, errors.SmartleadError)
    }
    assert raised <= set(NAMES)


# --- the areas ---------------------------------------------------------------------------------------


AREA_PACKAGES = [
    name for _, name, is_package in pkgutil.iter_modules(api.__path__, f"{api.__name__}.") if is_package
]


def _classes_of(package: str) -> set[str]:
    """The public classes that the modules of an area define, except for the parts of its resource."""
    found = set()
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            is_own = inspect.isclass(value) and value.__module__ == module.name
            if is_own and not name.startswith("_") and not name.endswith("Methods"):
                found.add(name)
    return found


@pytest.mark.parametrize("package", AREA_PACKAGES)
def test_every_class_of_an_area_can_be_imported_from_the_area(package: str) -> None:
    area, classes = importlib.import_module(package), _classes_of(package)
    assert classes == set(dir(area))
    assert {name for name in classes if getattr(area, name).__name__ != name} == set()
    # What type checkers see: a star import of each module, which is one list more of the same names.
    modules = {module.name for module in pkgutil.iter_modules(area.__path__)}
    assert set(re.findall(r"^    from \.(\w+) import \*$", inspect.getsource(area), re.MULTILINE)) == modules


def test_an_area_loads_what_is_asked_for() -> None:
    loaded = _loaded_after("from smartlead_async.api.campaigns import CreateCampaign")
    assert "smartlead_async.api.campaigns.create" in loaded
    assert "smartlead_async.api.campaigns.webhooks" not in loaded


def test_an_area_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'CreateCampain'"):
        _ = importlib.import_module("smartlead_async.api.campaigns").CreateCampain


@pytest.mark.parametrize("attribute", sorted(resources()))
def test_every_area_is_an_attribute_of_the_client_and_its_resource(attribute: str) -> None:
    client = smartlead_async.SmartleadClient(
        "test-key", transport=smartlead_async.FakeSmartlead().transport()
    )
    resource = getattr(client, attribute)
    assert isinstance(resource, resources()[attribute])
    assert getattr(client, attribute) is resource


def test_a_method_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'Campaigns' has no attribute 'craete'"):
        _ = Campaigns.craete  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue]
    assert not hasattr(Campaigns, "craete")
    assert "create" in dir(Campaigns)
