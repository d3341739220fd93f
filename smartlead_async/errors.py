"""The exception hierarchy of the package, rooted at :class:`SmartleadError`.

    SmartleadError
    ├── ConfigurationError          the client is misconfigured, closed, or used on a second event loop
    ├── TransportError              no response arrived
    │   ├── NotSent                 the request did not reach SmartLead
    │   ├── Interrupted             the connection broke; the request may have taken effect
    │   ├── RequestTimeout          no response within the timeout; the request may have taken effect
    │   └── ResponseTooLarge        the response is larger than allowed; the request may have taken effect
    ├── APIError                    SmartLead returned an error
    │   ├── BadRequest              400
    │   ├── AuthenticationError     401
    │   ├── PermissionDenied        403
    │   ├── NotFound                404, or an empty response to a read
    │   ├── Conflict                409
    │   ├── ValidationFailed        422
    │   ├── RateLimited             429
    │   ├── ServerError             5xx, 408, 425, 499
    │   │   └── ServiceUnavailable  503
    │   └── OperationRefused        status 200 with "ok" or "success" set to false
    ├── OutcomeUnknown              a request that must not be repeated may or may not have taken effect
    ├── ResponseDecodeError         a 2xx response could not be decoded
    ├── PaginationStalled           the next page of a list repeats the previous one
    └── StillRunning                work was not finished in the time that was given to wait for it

No exception carries the API key, and all of them can be pickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

E = TypeVar("E", bound=BaseException)


def _rebuild(cls: type[SmartleadError], args: tuple[Any, ...], state: dict[str, Any]) -> SmartleadError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


class SmartleadError(Exception):
    """The base class of all exceptions that this package raises deliberately.

    ``operation`` is the name of the request class (``"CreateCampaign"``) and ``attempts`` is the number of
    requests sent for it. The client sets both. Example::

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
        """The message without the operation and the number of attempts."""
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        if self.operation is None:
            return self.message
        tries = f", {self.attempts} attempts" if self.attempts > 1 else ""
        return f"{self.message} ({self.operation}{tries})"

    # By default, exceptions with keyword-only arguments cannot be unpickled. They have to be, because users
    # pass exceptions through process pools and job queues.
    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class ConfigurationError(SmartleadError):
    """The client cannot work as configured: no key, a bad URL, a closed client or a second event loop."""


class TransportError(SmartleadError):
    """No response arrived. The subclass says whether the request may have taken effect."""


class NotSent(TransportError):
    """The request did not reach SmartLead because no connection was made. Safe to send again."""


class Interrupted(TransportError):
    """The connection broke after the request was sent, or may have been; it may have taken effect."""


class RequestTimeout(TransportError):
    """No complete response arrived within the timeout; the request may have taken effect."""


class ResponseTooLarge(TransportError):
    """The response, decompressed, is larger than the transport allows; the request may have taken effect."""


class APIError(SmartleadError):
    """SmartLead responded with an error.

    ``status`` is the HTTP status. ``code`` is the server's error code (``"RATE_LIMIT_EXCEEDED"``) and
    ``field`` the path of the invalid field, if the response has them. ``body`` is the parsed JSON, or a
    string if the body is not JSON, with the API key redacted. ``headers`` has lowercase names. ``refused`` is
    true if the API itself refused the request, so that it had no effect, and false if that is not known: the
    response may come from a proxy or a gateway. Example::

        except APIError as error:
            print(error.status, error.code, error.field, error.message)
    """

    status: int
    code: str | None
    field: str | None
    body: Any
    headers: Mapping[str, str]
    retry_after: float | None
    refused: bool

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
        refused: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.body = body
        self.headers = dict(headers or {})
        self.retry_after = retry_after
        self.refused = refused

    def __str__(self) -> str:
        where = f" at {self.field}" if self.field and self.field not in self.message else ""
        tries = f", {self.attempts} attempts" if self.attempts > 1 else ""
        operation = f", {self.operation}" if self.operation else ""
        return f"{self.message}{where} (HTTP {self.status}{operation}{tries})"


class BadRequest(APIError):
    """400: an unknown key or an invalid value; ``field`` often names it."""


class AuthenticationError(APIError):
    """401: the API key is missing or invalid."""


class PermissionDenied(APIError):
    """403: the plan has no API access, or the object belongs to another account."""


class NotFound(APIError):
    """404, or the empty response that SmartLead sends instead for some reads.

    ``target`` names the objects of the request, such as ``campaign 4101``.
    """

    target: str | None = None

    def __str__(self) -> str:
        text = super().__str__()
        return text if self.target is None else f"{self.target}: {text}"


class Conflict(APIError):
    """409: the current state of the object does not allow the operation."""


class ValidationFailed(APIError):
    """422: the request is well-formed, but its values are invalid."""


class RateLimited(APIError):
    """429, after all retries that the policy allows; ``retry_after`` is in seconds, if given."""


class ServerError(APIError):
    """5xx, 408, 425 or 499: SmartLead, or a gateway before it, failed. The request may have taken effect."""


class ServiceUnavailable(ServerError):
    """503: SmartLead is temporarily unavailable."""


class OperationRefused(APIError):
    """Status 200 with ``ok`` or ``success`` false, such as when the lead quota is used up."""


class OutcomeUnknown(SmartleadError):
    """The response to a request that must not be repeated was lost; it may or may not have taken effect.

    SmartLead has no idempotency key, so sending a create again could create a second campaign. Before you
    repeat it, list the campaigns and look for the name; ``client.provision`` does this automatically.
    ``failure`` is the underlying :class:`TransportError` or :class:`APIError`. Every error response counts
    that is not known to be a refusal by the API itself (:attr:`APIError.refused`). This class derives from
    neither, so that a generic ``except TransportError`` handler that resends the request cannot repeat a
    create. Example::

        except OutcomeUnknown as unknown:
            print("maybe created:", unknown.failure)
    """

    failure: SmartleadError

    def __init__(self, message: str, *, failure: SmartleadError) -> None:
        super().__init__(message)
        self.failure = failure


class ResponseDecodeError(SmartleadError):
    """A response could not be decoded.

    ``problems`` has one line per problem, ``"message @ $.json.path"``. ``malformed`` is true if the body is
    not valid JSON (truncated, or an HTML page) and false if the JSON has an unexpected shape. ``excerpt`` is
    the beginning of the body, with the API key redacted; it is empty if the response may hold passwords or
    other secrets. The server reported success: after a create, look
    for the campaign before you send the request again.
    """

    problems: tuple[str, ...]
    malformed: bool
    status: int
    excerpt: str

    def __init__(
        self, problems: tuple[str, ...], *, malformed: bool = False, status: int = 200, excerpt: str = ""
    ) -> None:
        what = "is not JSON" if malformed else "has an unexpected shape"
        super().__init__(f"the response (HTTP {status}) {what}: {'; '.join(problems)}")
        self.problems = problems
        self.malformed = malformed
        self.status = status
        self.excerpt = excerpt


class PaginationStalled(SmartleadError):
    """The next page of a list had no new items, although the server reported more."""


class StillRunning(SmartleadError):
    """Work was not finished within the timeout of a :class:`Poll`. It goes on: wait for it again by its id.

    ``last`` is the last response, None if none arrived. Example::

        try:
            test = await client.smart_delivery.poll_test(9101)
        except StillRunning as error:
            print(error.last)
    """

    def __init__(self, message: str, last: Any = None) -> None:
        super().__init__(message)
        self.last = last


class SmartleadAdvice(UserWarning):
    """A warning about a request that SmartLead accepts but advises against.

    Opt-in. Example::

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
    # A server or proxy gave up on the request, whatever the application did.
    408: ServerError,
    425: ServerError,
    499: ServerError,
}


def stripped(error: E) -> E:
    """Return an exception without traceback, cause and context.

    Their frames can hold a URL with the API key, and some error trackers record the locals of frames.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def error_class(status: int) -> type[APIError]:
    """Return the exception class for an HTTP status."""
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= 500:
        return ServerError
    return OperationRefused if status < 300 else APIError
