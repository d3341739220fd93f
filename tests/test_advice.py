"""SmartLead's naming advice as opt-in warnings."""

from __future__ import annotations

import warnings

import pytest

from smartlead_async import FakeSmartlead, SmartleadAdvice, SmartleadClient


def client(*, review_names: bool) -> SmartleadClient:
    return SmartleadClient("test-key", transport=FakeSmartlead().transport(), review_names=review_names)


async def test_a_meaningless_name_is_created_with_a_warning() -> None:
    with pytest.warns(SmartleadAdvice, match="CreateCampaign: the name does not describe") as caught:
        created = await client(review_names=True).campaigns.create("Campaign 1")
    assert created.name == "Campaign 1"
    assert len(caught) == 1


async def test_a_copy_of_the_client_reviews_names_too() -> None:
    with pytest.warns(SmartleadAdvice):
        await client(review_names=True).with_options(timeout=5).campaigns.create("Campaign 1")


async def test_a_good_name_and_a_client_without_reviews_cause_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await client(review_names=True).campaigns.create("SaaS founders Q1 2027 – demo invite")
        await client(review_names=False).campaigns.create("Campaign 1")
