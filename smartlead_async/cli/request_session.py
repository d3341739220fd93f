"""One request of the command line: its target, its errors as exit codes, and the question before it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from ..errors import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    OutcomeUnknown,
    PermissionDenied,
    SmartleadError,
)
from ..fields import NOT_GIVEN, mask
from ..pipeline.api_key import ApiKey
from ..wording import count, printable
from .consequences import as_sentence, consequences_of
from .exit_code import ExitCode
from .operation_names import summary_of
from .output import CommandError, Output, confirm
from .target import Target, require_api_key

if TYPE_CHECKING:
    from ..client import SmartleadClient
    from ..request import Request
    from .tier import Tier

_MAX_IN_FLIGHT = 4
_MAX_SHOWN = 60


@attrs.frozen
class RequestTarget:
    """The target of a request and its rate limit."""

    target: Target
    tier: Tier

    @classmethod
    def choose(cls, target: str, tier: str | None, proxy: str | None) -> RequestTarget:
        """Return the target of the options; raise :class:`CommandError` if it has no usable key."""
        chosen = Target.parse(target, proxy=proxy)
        if not chosen.is_fake:
            require_api_key()
        return cls(chosen, chosen.tier(tier))

    def redact(self, text: str) -> str:
        """Return a text of the server without the API key, which some servers repeat."""
        return text if self.target.is_fake else ApiKey(require_api_key()).redact(text)

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator[SmartleadClient]:
        """Yield a client; turn its errors into messages with exit codes."""
        async with self.target.client(None, self.tier.limits, max_in_flight=_MAX_IN_FLIGHT) as client:
            try:
                yield client
            except SmartleadError as error:
                raise request_error(error) from None


def request_error(error: SmartleadError) -> CommandError:
    """Return the message and exit code for a request that failed."""
    if isinstance(error, OutcomeUnknown):
        return CommandError(f"outcome unknown: {error}", ExitCode.OUTCOME_UNKNOWN)
    code = ExitCode.SOME_FAILED
    if isinstance(error, (AuthenticationError, PermissionDenied)):
        code = ExitCode.NOT_ALLOWED
    elif isinstance(error, ConfigurationError):
        code = ExitCode.UNUSABLE
    details = {"body": error.body} if isinstance(error, APIError) else {}
    return CommandError(printable(error), code, details=details)


def confirm_effect(output: Output, name: str, request: Request[Any], target: Target, *, yes: bool) -> None:
    """Ask before a request that mails, spends or destroys, with its figures; return if the user agrees."""
    consequences = consequences_of(request)
    if not consequences:
        return
    if not yes:
        output.paragraph(f"{name} on {target.name}: {summary_of(type(request))}", "yellow")
        for field, figure in figures_of(request).items():
            output.line(f"  {field}: {figure}")
        for consequence in consequences:
            output.paragraph(as_sentence(consequence), "bold red")
    confirm(output, "Send this request?", yes=yes, why=consequences[0])


def figures_of(request: Any) -> dict[str, str]:
    """Return the values of a request in words: lists are counted, secrets masked."""
    figures = {}
    for parameter in request.parameters:
        value = getattr(request, parameter.name)
        if value is not None and value is not NOT_GIVEN:
            masked = parameter.attribute.repr is mask
            figures[parameter.name] = "***" if masked else _figure(value)
    return figures


def _figure(value: Any) -> str:
    match value:
        case str():
            return _shortened(value)
        case Mapping():
            return count(len(value), "entry", "entries")
        case Sequence():
            listed = ", ".join(map(str, value)) if all(isinstance(v, (str, int)) for v in value) else ""
            return f"{len(value):,}" + (f" ({_shortened(listed)})" if listed else "")
        case _ if attrs.has(type(value)):
            return type(value).__name__ + _nested_counts(value)
        case _:
            return printable(value)


def _nested_counts(value: Any) -> str:
    lists = {a.name: getattr(value, a.name) for a in attrs.fields(type(value))}
    counted = [f"{name}: {len(each):,}" for name, each in lists.items() if isinstance(each, (list, tuple))]
    return f" ({', '.join(counted)})" if counted else ""


def _shortened(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"
