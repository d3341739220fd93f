"""An API key of another type is refused as that, and its value is in no message."""

from __future__ import annotations

from typing import Any

import pytest

from smartlead_async import ConfigurationError, FakeSmartlead, SmartleadClient


@pytest.mark.parametrize(
    ("key", "kind"), [(5, "int"), (b"secret-key", "bytes"), (["secret-key"], "list"), (True, "bool")]
)
def test_a_key_of_another_type_is_refused_without_its_value(key: Any, kind: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        SmartleadClient(key, transport=FakeSmartlead().transport())
    assert str(refused.value) == f"the API key must be a string, not {kind}"


def test_an_empty_key_is_called_empty() -> None:
    with pytest.raises(ConfigurationError, match="the API key is empty"):
        SmartleadClient(" ", transport=FakeSmartlead().transport())
