"""The rates at which leads react to mails."""

from __future__ import annotations

import attrs


def _is_share(_instance: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{attribute.name} must be between 0 and 1, not {value}")


@attrs.define(
    kw_only=True, field_transformer=lambda _, fields: [f.evolve(validator=_is_share) for f in fields]
)
class Rates:
    """Shares between 0 and 1 of mails that leads react to.

    Example::

        fake.rates = Rates(replied=0.2, bounced=0)
        fake.rates.opened = 0.6
    """

    bounced: float = 0.02
    """Of the first mails to leads. A mail that bounces is not delivered, and nothing else happens to it."""
    opened: float = 0.45
    """Of delivered mails. Without tracking of opens, opens are not recorded."""
    clicked: float = 0.1
    """Of opened mails that contain a link."""
    replied: float = 0.05
    """Of delivered mails."""
    positive: float = 0.35
    """Of replies: those that are put into a category with a positive sentiment."""
    unsubscribed: float = 0.01
    """Of delivered mails."""
