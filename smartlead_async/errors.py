"""Everything this package raises, as one tree under :class:`SmartleadError`.

    SmartleadError
    ├── ConfigurationError        the client cannot work as it was set up
    ├── TransportError            no answer arrived
    │   ├── NotSent               the request certainly never reached SmartLead
    │   ├── Interrupted           it may have: the connection broke while it was under way
    │   └── RequestTimeout        it may have: no answer within the timeout
    ├── APIError                  SmartLead answered with a refusal
    │   ├── BadRequest 400 · AuthenticationError 401 · PermissionDenied 403 · NotFound 404
    │   ├── Conflict 409 · ValidationFailed 422 · RateLimited 429
    │   ├── ServerError 5xx  └── ServiceUnavailable 503
    │   └── OperationRefused      status 200, but the body says ok/success false
    ├── OutcomeUnknown            a request that must not be repeated may or may not have worked
    ├── ResponseDecodeError       SmartLead answered something this version cannot read
    └── PaginationStalled         a list's next page was the page before it

None of them carries the API key, and all of them can be pickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def _rebuild(cls: type[SmartleadError], args: tuple[Any, ...], state: dict[str, Any]) -> SmartleadError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class SmartleadError(Exception):
    """The root: ``except SmartleadError`` catches whatever this package raises on its own account.

    ``operation`` names the request class (``"CreateCampaign"``) and ``attempts`` counts the requests that
    were sent for it, both filled in by the client. Example::

        try:
            campaign = await client.campaigns.create("SaaS founders Q1 2027")
        except SmartleadError as error:
            print(error, error.operation, error.attempts)
    """

    operation: str | None = None
    attempts: int = 0

    def __init__(self, message: str) -> None:
        super().__init__(message)

    @property
    def message(self) -> str:
        """The text alone, without operation and attempt count."""
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        if self.operation is None:
            return self.message
        tries = f", {self.attempts} attempts" if self.attempts > 1 else ""
        return f"{self.message} ({self.operation}{tries})"

    # Keyword-only arguments do not survive the default way of pickling an exception, and people put
    # these into process pools and job queues.
    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class ConfigurationError(SmartleadError):
    """The client cannot work as it was set up: no key, a bad URL, a closed client, a second event loop."""


class TransportError(SmartleadError):
    """No answer arrived. Which of the three subclasses it is says whether the request may have worked."""


class NotSent(TransportError):
    """The request certainly did not reach SmartLead: no connection came about. Safe to send again."""


class Interrupted(TransportError):
    """The connection broke after the request was (or may have been) sent; it may have worked."""


class RequestTimeout(TransportError):
    """No complete answer came within the timeout; the request may have worked."""


class APIError(SmartleadError):
    """SmartLead answered, and the answer is a refusal.

    ``status`` is the HTTP status, ``code`` the server's error code (``"RATE_LIMIT_EXCEEDED"``) and ``field``
    the path of the offending field, both where given; ``body`` is the answer as parsed JSON, or its text,
    with the API key blotted out; ``headers`` has lower-case names. Example::

        except APIError as error:
            print(error.status, error.code, error.field, error.message)
    """

    status: int
    code: str | None
    field: str | None
    body: Any
    headers: Mapping[str, str]
    retry_after: float | None

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str | None = None,
        field: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.body = body
        self.headers = dict(headers or {})
        self.retry_after = retry_after

    def __str__(self) -> str:
        where = f" at {self.field}" if self.field and self.field not in self.message else ""
        tries = f", {self.attempts} attempts" if self.attempts > 1 else ""
        operation = f", {self.operation}" if self.operation else ""
        return f"{self.message}{where} (HTTP {self.status}{operation}{tries})"


class BadRequest(APIError):
    """400: a key that is not known, or a value that is not allowed. ``field`` often names it."""


class AuthenticationError(APIError):
    """401: the API key is missing or wrong."""


class PermissionDenied(APIError):
    """403: the plan has no API access, or the object belongs to somebody else."""


class NotFound(APIError):
    """404, or the empty answer with which SmartLead says the same."""


class Conflict(APIError):
    """409: the object is in a state that does not allow this."""


class ValidationFailed(APIError):
    """422: the request was understood and its values were refused."""


class RateLimited(APIError):
    """429, after every retry that the deadline allowed. ``retry_after`` is in seconds, where given."""


class ServerError(APIError):
    """5xx: SmartLead failed. The request may have worked all the same."""


class ServiceUnavailable(ServerError):
    """503: SmartLead is down for the moment."""


class OperationRefused(APIError):
    """HTTP 200 whose body says ``ok`` or ``success`` false: the lead quota is spent, a campaign is active."""


class OutcomeUnknown(SmartleadError):
    """A request that must not be sent twice lost its answer: it may or may not have taken effect.

    SmartLead has no idempotency key, so a second create would make a second campaign. Look before you
    repeat: list the campaigns and search for the name (``client.provision`` does this by itself).
    ``failure`` is what happened: a :class:`TransportError` or a :class:`ServerError` (a 500 or 503 to a
    create is one of these). This class is neither of them on purpose, so that an
    ``except TransportError: again()`` cannot repeat a create. Example::

        except OutcomeUnknown as unknown:
            print("maybe created:", unknown.failure)
    """

    failure: SmartleadError

    def __init__(self, message: str, *, failure: SmartleadError) -> None:
        super().__init__(message)
        self.failure = failure


class ResponseDecodeError(SmartleadError):
    """An answer could not be read. ``problems`` has one line for each place, ``"what @ $.json.path"``.

    ``malformed`` is true when the body was not JSON at all (cut off, an HTML page), and false when it
    was JSON of another shape. ``excerpt`` is the beginning of the body, with the API key blotted out. The
    server had said yes: after a create, look for the campaign before you send it again.
    """

    problems: tuple[str, ...]
    malformed: bool
    status: int
    excerpt: str

    def __init__(
        self, problems: tuple[str, ...], *, malformed: bool = False, status: int = 200, excerpt: str = ""
    ) -> None:
        what = "is not JSON" if malformed else "has an unexpected shape"
        super().__init__(f"the answer (HTTP {status}) {what}: {'; '.join(problems)}")
        self.problems = problems
        self.malformed = malformed
        self.status = status
        self.excerpt = excerpt


class PaginationStalled(SmartleadError):
    """The next page of a list brought nothing new although the server said there is more."""


class SmartleadAdvice(UserWarning):
    """A warning, not an error: SmartLead takes the request and advises against it.

    Only for those who ask. Example::

        client = SmartleadClient(key, review_names=True)
        await client.campaigns.create("Campaign 1")   # SmartleadAdvice: the name does not describe …
    """


BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequest,
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    422: ValidationFailed,
    429: RateLimited,
    503: ServiceUnavailable,
}


def error_class(status: int) -> type[APIError]:
    """The class for an HTTP status."""
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500:
        return ServerError
    return OperationRefused if status < 300 else APIError
