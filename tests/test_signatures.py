"""Signatures and help texts of the methods of resources, as help() and inspect.signature show them."""

from __future__ import annotations

import inspect
import pydoc
from collections.abc import AsyncIterator, Awaitable, Iterable
from typing import Any, TypeVar, get_type_hints

import attrs
import pytest

from smartlead_async.api.areas import resources
from smartlead_async.api.campaigns.create import CampaignCreated
from smartlead_async.api.campaigns.leads import CampaignLead
from smartlead_async.api.campaigns.resource import Campaigns
from smartlead_async.client import SmartleadClient
from smartlead_async.plan.campaign import CampaignSpec
from smartlead_async.polling import Poll, poll
from smartlead_async.provisioning.job.job import Job
from smartlead_async.provisioning.job.options import JobOptions
from smartlead_async.request import Request
from smartlead_async.resource import methods, pages

T = TypeVar("T")


async def no_send(request: Request[T], /) -> T:
    raise LookupError(request.operation.name)


METHODS = [
    pytest.param(resource, name, method, id=f"{area}.{name}")
    for area, resource in resources().items()
    for name, method in methods(resource).items()
]


@pytest.mark.parametrize(("resource", "name", "method"), METHODS)
def test_every_method_shows_its_parameters_and_its_result(resource: Any, name: str, method: Any) -> None:
    bound = getattr(resource(no_send), name)
    shown = inspect.signature(bound)
    kinds = get_type_hints(method.request)
    in_order = sorted(attrs.fields(method.request), key=lambda field: field.kw_only)
    assert list(shown.parameters) == [field.alias for field in in_order]
    for field in attrs.fields(method.request):
        parameter = shown.parameters[field.alias]
        assert parameter.annotation == kinds[field.name]
        assert (parameter.default is inspect.Parameter.empty) is (field.default is attrs.NOTHING)
    result = shown.return_annotation
    expected = {pages: AsyncIterator, poll: Poll}.get(type(method), Awaitable)
    assert result.__origin__ is expected
    assert (bound.__name__, bound.__doc__) == (name, method.doc)


def test_results_are_those_of_the_request_class() -> None:
    campaigns = Campaigns(no_send)
    assert inspect.signature(campaigns.create).return_annotation == Awaitable[CampaignCreated]
    assert inspect.signature(campaigns.iter_leads).return_annotation == AsyncIterator[CampaignLead]


def test_provision_shows_the_options_of_a_job() -> None:
    shown = inspect.signature(SmartleadClient("test-key").provision)
    assert list(shown.parameters) == ["specs", *(field.name for field in attrs.fields(JobOptions))]
    assert shown.parameters["specs"].annotation == Iterable[CampaignSpec]
    assert shown.parameters["concurrency"].annotation is int
    assert shown.parameters["concurrency"].default == 10
    assert shown.return_annotation is Job
    assert "Set up many campaigns" in pydoc.render_doc(SmartleadClient.provision)


def test_help_shows_signature_and_docstring() -> None:
    text = pydoc.plain(pydoc.render_doc(Campaigns(no_send).create))
    assert "create(name: str | None = None, *, client_id: int | None = None)" in text
    assert "CampaignCreated" in text
    assert "Create a campaign. It is DRAFTED" in text
