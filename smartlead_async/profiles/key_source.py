"""The places where a profile finds its API key: an environment variable, the keyring or a command.

The configuration file never holds the key itself.
"""

from __future__ import annotations

import enum
import os
import subprocess
from collections.abc import Sequence
from typing import Final

import attrs

from ..errors import ConfigurationError

KEYRING_SERVICE: Final = "smartlead-async"
_TIMEOUT: Final = 30.0
_MAX_OUTPUT: Final = 10_000


class KeyUnavailable(ConfigurationError):
    """There is no API key, or the place that has it cannot be read."""


class KeyKind(enum.StrEnum):
    """The kinds of places; the values are the keys of a profile."""

    ENVIRONMENT = "key_env"
    KEYRING = "key_keyring"
    COMMAND = "key_command"


@attrs.frozen
class KeySource:
    """A place that has an API key. ``place`` is where the configuration file names it."""

    kind: KeyKind
    value: Sequence[str]
    place: str

    @property
    def description(self) -> str:
        """The place in words; never what it holds."""
        match self.kind:
            case KeyKind.ENVIRONMENT:
                return f"the environment variable {self.value[0]}"
            case KeyKind.KEYRING:
                return f"the keyring entry {self.value[0]}"
            case KeyKind.COMMAND:
                return f"the command {self.value[0]}"

    def read(self) -> str:
        """Return the key; :class:`KeyUnavailable` if it cannot be had."""
        match self.kind:
            case KeyKind.ENVIRONMENT:
                key = os.environ.get(self.value[0], "").strip()
            case KeyKind.KEYRING:
                key = self._from_keyring()
            case KeyKind.COMMAND:
                key = self._from_command()
        if not key:
            raise self.error(f"{self.description} has no key")
        return key

    def error(self, message: str) -> KeyUnavailable:
        """Return the error that the key cannot be had or used."""
        return KeyUnavailable(f"{self.place}: {message}")

    def _from_keyring(self) -> str:
        try:
            import keyring
            import keyring.errors
        except ModuleNotFoundError:
            advice = "pip install 'smartlead-async[keyring]'"
            raise self.error(
                f"the keyring needs the package keyring, which is not installed: {advice}"
            ) from None
        try:
            return (keyring.get_password(KEYRING_SERVICE, self.value[0]) or "").strip()
        except keyring.errors.KeyringError as problem:
            raise self.error(f"the keyring cannot be read: {type(problem).__name__}") from None

    def _from_command(self) -> str:
        """Return what the command prints. It gets no shell and no input; its messages are not shown."""
        try:
            ended = subprocess.run(  # noqa: S603 - the user's own command
                self.value, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT, check=False
            )
        except subprocess.TimeoutExpired:
            raise self.error(f"{self.description} did not end within {_TIMEOUT:g} s") from None
        except (OSError, ValueError) as problem:
            reason = (isinstance(problem, OSError) and problem.strerror) or "it is not a valid command"
            raise self.error(f"{self.description} cannot be run: {reason}") from None
        if ended.returncode:
            message = f"{self.description} failed with exit code {ended.returncode}"
            raise self.error(f"{message}: run it by hand to see why")
        text = ended.stdout.decode("utf-8", "replace").strip()
        if len(text) > _MAX_OUTPUT or len(text.splitlines()) > 1:
            raise self.error(f"{self.description} printed more than one line: it must print the key alone")
        return text
