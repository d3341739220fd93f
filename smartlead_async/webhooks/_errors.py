"""Errors about deliveries of webhooks."""

from __future__ import annotations

from ..errors import SmartleadError


class WebhookPayloadError(SmartleadError, ValueError):
    """The body of a delivery is not a webhook event of SmartLead.

    ``problems`` has one line per problem, ``"message @ $.json.path"``. ``malformed`` is true if the body is
    not JSON. The message holds no secret of the body. Example::

        try:
            event = webhooks.parse(raw)
        except WebhookPayloadError as error:
            print(error.problems)    # ('expected an integer, got a list @ $.campaign_id',)
    """

    problems: tuple[str, ...]
    malformed: bool

    def __init__(self, problems: tuple[str, ...], *, malformed: bool = False) -> None:
        what = "is not JSON" if malformed else "is not a webhook event"
        super().__init__(f"the body of the delivery {what}: {'; '.join(problems)}")
        self.problems = problems
        self.malformed = malformed


class WebhookRefused(SmartleadError):
    """A delivery does not prove that SmartLead sent it. Respond with 401 and do not act on it.

    ``reason`` says which proof is missing or wrong, and holds none of the secrets. Example::

        try:
            webhooks.verify(raw, headers, received_token=token, url_token=TOKEN)
        except WebhookRefused as refused:
            log.warning("refused: %s", refused.reason)
    """

    reason: str

    def __init__(self, reason: str) -> None:
        super().__init__(f"the delivery is refused: {reason}")
        self.reason = reason
