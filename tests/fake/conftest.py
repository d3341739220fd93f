"""A fake and a raw client for each test."""

from __future__ import annotations

import pytest

from smartlead_async.fake import FakeSmartlead

from .raw import Raw


@pytest.fixture
def fake() -> FakeSmartlead:
    return FakeSmartlead()


@pytest.fixture
def raw(fake: FakeSmartlead) -> Raw:
    return Raw(fake, fake.transport())
