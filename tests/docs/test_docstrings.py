"""Docstrings have what users need: an example, the cost in requests, a link."""

from __future__ import annotations

import ast
import doctest
import enum
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

import smartlead_async
from smartlead_async.api.areas import request_classes
from smartlead_async.errors import SmartleadError
from smartlead_async.request import Request

from .docstrings import documented, example_in, modules, own_docstring

_PAGE = re.compile(r"https://api\.smartlead\.ai/api-reference/[a-z0-9-]+(/[a-z0-9-]+)*")
_COST = re.compile(r"(?i)\bone request\b|\brequests? for (each|every)\b")

# Names that users write when they describe campaigns and run jobs, in addition to the top-level names.
_WRITTEN_BY_USERS = """
    api.leads.models.LeadInput api.leads.models.ImportSettings
    api.campaigns.sequences.StepInput api.campaigns.models.OutOfOfficeSettings
    api.campaigns.models.Campaign api.campaigns.create.CampaignCreated api.campaigns.leads.LeadsAdded
    plan.campaign.CampaignSpec plan.sequence.StepSpec plan.sequence.VariantSpec
    plan.mailboxes.MailboxChoice plan.schedule.ScheduleSpec plan.settings.SettingsSpec
    plan.leads_csv.LeadFile plan.plan.Plan
    provisioning.job.job.Job provisioning.report.report.Report provisioning.ledger.sqlite.SqliteLedger
    fake.Fault fake.Faults fake.FakeTransport fake.RequestLog virtual_time.VirtualTimeLoop
    fake.server.running pipeline.limiter.Limiter
"""

Declared = type[Request[Any]]


def _public() -> Iterator[tuple[str, Any]]:
    by_name = {module.__name__: module for module in modules()}
    for name in smartlead_async.__all__:
        value = getattr(smartlead_async, name)
        # One line is enough for most errors; a separate test covers those with additional attributes. Enums
        # document their members.
        if inspect.isclass(value) and not issubclass(value, (SmartleadError, enum.Enum)):
            yield name, value
    for name in _WRITTEN_BY_USERS.split():
        module, _, attribute = name.rpartition(".")
        yield name, getattr(by_name[f"smartlead_async.{module}"], attribute)


PUBLIC = dict(_public())
EXAMPLES = [(name, example) for name, text in documented() if (example := example_in(text))]


def requests() -> list[Declared]:
    """Return the request classes of the package."""
    return request_classes()


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_a_docstring_with_an_example(name: str) -> None:
    docstring = own_docstring(PUBLIC[name])
    assert docstring, f"{name} has no docstring"
    assert example_in(docstring), f"the docstring of {name} has no example"


@pytest.mark.parametrize("error", ["SmartleadError", "APIError", "OutcomeUnknown"])
def test_errors_with_additional_attributes_have_an_example(error: str) -> None:
    assert example_in(own_docstring(getattr(smartlead_async, error)))


def test_everything_public_has_a_docstring() -> None:
    # Handlers of the fake are named after the operations they implement, and called only by its router.
    private = re.compile(r"\._|\.fake\.handlers\.\w+\.\w+$")
    missing = [name for name, text in documented() if not text and not private.search(name)]
    assert not missing


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_example_compiles(name: str, example: str) -> None:
    if ">>>" in example:
        assert doctest.DocTestParser().get_examples(example)
        return
    # An example for an exception starts with its except clause.
    source = f"try: ...\n{example}" if example.startswith("except ") else example
    compile(source, name, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_every_area_has_examples() -> None:
    areas = {name.split(".")[1] for name, _ in EXAMPLES}
    assert {"client", "api", "plan", "provisioning", "fake", "limits", "pipeline", "errors"} <= areas
    assert len(EXAMPLES) > 80


@pytest.mark.parametrize("request_class", requests(), ids=lambda r: r.__name__)
def test_a_request_class_documents_its_cost_and_has_an_example(request_class: Declared) -> None:
    docstring = own_docstring(request_class)
    assert _COST.search(docstring), "the docstring does not say how many requests the operation takes"
    assert example_in(docstring), "the docstring has no example"


def test_links_to_the_smartlead_documentation_are_well_formed() -> None:
    # Whether each link is correct, or missing on purpose, is checked against the contract.
    links = {r.__name__: r.operation.documentation for r in requests()}
    present = {name: link for name, link in links.items() if link is not None}
    assert len(present) > 50
    assert {name: link for name, link in present.items() if not _PAGE.fullmatch(link)} == {}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_doctests_pass(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


def test_there_are_doctests() -> None:
    finder = doctest.DocTestFinder()
    assert sum(len(test.examples) for module in modules() for test in finder.find(module)) > 0
