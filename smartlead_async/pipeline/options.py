"""The options of calls."""

from __future__ import annotations

import attrs

from ..errors import ConfigurationError
from ..limits import Lane
from .events import Listener, Observer
from .rate_limiter import RateLimiter
from .retry import RetryPolicy


def _check_timeout(_instance: object, _attribute: object, seconds: float) -> None:
    if not seconds > 0:
        raise ConfigurationError(f"timeout must be a number of seconds above 0, not {seconds!r}")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Options:
    """Options that may differ from call to call on the same connections."""

    timeout: float = attrs.field(default=30.0, validator=_check_timeout)
    retry: RetryPolicy = attrs.field(factory=RetryPolicy)
    lane: Lane = Lane.INTERACTIVE
    on_attempt: Observer | None = None
    listener: Listener | None = None
    limiter: RateLimiter | None = None
    """Replaces the limiter of the pipeline."""
    is_observed: bool = attrs.field(
        init=False,
        default=attrs.Factory(
            lambda self: self.listener is not None or self.on_attempt is not None, takes_self=True
        ),
    )
    """Whether somebody wants to know of the attempts."""
