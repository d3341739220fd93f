"""The kinds of cases: how an input is drawn, and what must hold when it is used."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias

Input: TypeAlias = Mapping[str, Any]
"""An input as plain data, so that it can be saved and made smaller."""


class Finding(Exception):
    """A promise that an input has broken, other than by an unexpected exception."""


class Kind(Protocol):
    """A kind of input."""

    @property
    def name(self) -> str:
        """The name of the kind."""
        ...

    def draw(self, rng: random.Random) -> Input:
        """Return a random input."""
        ...

    def run(self, given: Input, folder: Path) -> str:
        """Use an input and return its outcome, for the counts.

        The folder is empty. Any exception is a failure; :class:`Finding` says which promise is broken.
        """
        ...


def require(condition: object, promise: str) -> None:
    """Raise :class:`Finding` unless the condition holds."""
    if not condition:
        raise Finding(promise)
