"""SmartLead's naming advice, for those who ask for it."""

from __future__ import annotations

import warnings

import pytest

from smartlead_async import FakeSmartlead, SmartleadAdvice, SmartleadClient


def client(*, review_names: bool) -> SmartleadClient:
    return SmartleadClient("test-key", transport=FakeSmartlead().transport(), review_names=review_names)


async def test_a_name_that_says_nothing_is_created_with_a_warning_that_says_what_is_missing() -> None:
    with pytest.warns(SmartleadAdvice, match="CreateCampaign: the name does not describe") as caught:
        created = await client(review_names=True).campaigns.create("Campaign 1")
    assert created.name == "Campaign 1"
    assert len(caught) == 1


async def test_a_copy_of_the_client_reviews_names_too() -> None:
    with pytest.warns(SmartleadAdvice):
        await client(review_names=True).with_options(timeout=5).campaigns.create("Campaign 1")


async def test_a_good_name_and_a_client_that_did_not_ask_hear_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await client(review_names=True).campaigns.create("SaaS founders Q1 2027 – demo invite")
        await client(review_names=False).campaigns.create("Campaign 1")
