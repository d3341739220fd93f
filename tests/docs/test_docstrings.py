"""What docstrings owe to their readers: an example, the cost in requests, a link."""

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

# What people write out themselves when they describe campaigns and run jobs, besides the top-level names.
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


def _touched() -> Iterator[tuple[str, Any]]:
    by_name = {module.__name__: module for module in modules()}
    for name in smartlead_async.__all__:
        value = getattr(smartlead_async, name)
        # Errors are told apart by a line each; the two that carry more than a text have examples, and so
        # has the root. Enums show their members.
        if inspect.isclass(value) and not issubclass(value, (SmartleadError, enum.Enum)):
            yield name, value
    for name in _WRITTEN_BY_USERS.split():
        module, _, attribute = name.rpartition(".")
        yield name, getattr(by_name[f"smartlead_async.{module}"], attribute)


TOUCHED = dict(_touched())
EXAMPLES = [(name, example) for name, text in documented() if (example := example_in(text))]


def requests() -> list[Declared]:
    """The request classes of the package."""
    return request_classes()


@pytest.mark.parametrize("name", TOUCHED)
def test_what_people_touch_has_a_docstring_with_an_example(name: str) -> None:
    docstring = own_docstring(TOUCHED[name])
    assert docstring, f"{name} has no docstring"
    assert example_in(docstring), f"the docstring of {name} has no example"


@pytest.mark.parametrize("error", ["SmartleadError", "APIError", "OutcomeUnknown"])
def test_the_errors_that_tell_more_than_a_text_show_how_to_read_it(error: str) -> None:
    assert example_in(own_docstring(getattr(smartlead_async, error)))


def test_everything_public_has_a_docstring() -> None:
    # The handlers of the fake are called like the operations that they answer, and only by its router.
    private = re.compile(r"\._|\.fake\.handlers\.\w+\.\w+$")
    missing = [name for name, text in documented() if not text and not private.search(name)]
    assert not missing


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_example_compiles(name: str, example: str) -> None:
    if ">>>" in example:
        assert doctest.DocTestParser().get_examples(example)
        return
    # An example for an error begins where the error is caught.
    source = f"try: ...\n{example}" if example.startswith("except ") else example
    compile(source, name, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_there_are_examples_in_every_area() -> None:
    areas = {name.split(".")[1] for name, _ in EXAMPLES}
    assert {"client", "api", "plan", "provisioning", "fake", "limits", "pipeline", "errors"} <= areas
    assert len(EXAMPLES) > 80


@pytest.mark.parametrize("request_class", requests(), ids=lambda r: r.__name__)
def test_a_request_tells_its_cost_and_shows_an_example(request_class: Declared) -> None:
    docstring = own_docstring(request_class)
    assert _COST.search(docstring), "its docstring does not say how many requests it takes"
    assert example_in(docstring), "its docstring has no example"


def test_links_to_pages_of_smartlead_are_well_formed() -> None:
    # That each is the right one, or rightly missing, is checked against the contract.
    links = {r.__name__: r.operation.documentation for r in requests()}
    present = {name: link for name, link in links.items() if link is not None}
    assert len(present) > 50
    assert {name: link for name, link in present.items() if not _PAGE.fullmatch(link)} == {}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_doctests_hold(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


def test_some_doctest_is_run() -> None:
    finder = doctest.DocTestFinder()
    assert sum(len(test.examples) for module in modules() for test in finder.find(module)) > 0
