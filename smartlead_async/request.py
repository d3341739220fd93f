"""Request declarations: an endpoint is one attrs class, derived from :class:`Request`.

    @attrs.frozen
    class CreateCampaign(
        Request[CampaignCreated],
        method="POST", path="/campaigns/create", effect=Effect.WRITE, repeatable=False,
        page="campaigns/create",
    ):
        name: str | None = None
        client_id: int | None = None

URL, query, body, retry rule, decoding and the fake's routing are derived from this. A field named in the
path goes there; the other fields of a GET are its query, those of every other verb its JSON body
(``metadata=query()`` moves one). A field that equals its default is left out of the request.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Generic, TypeVar, get_args, get_origin

import attrs

from .fields import WIRE
from .limits import RateLimits
from .typed import Typed

T = TypeVar("T")

_PART: Final = "smartlead_async.part"
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


class Effect(enum.Enum):
    """The effect of an operation on the account, which users are told and asked about before it runs."""

    READ = "read"
    WRITE = "write"
    SEND = "send"
    DELETE = "delete"
    SPEND = "spend"


class Host(enum.Enum):
    """The SmartLead server of an operation."""

    CORE = "https://server.smartlead.ai/api/v1"
    DELIVERY = "https://smartdelivery.smartlead.ai/api/v1"
    PROSPECT = "https://prospect-api.smartlead.ai/api/v1/search-email-leads"
    SENDERS = "https://smart-senders.smartlead.ai/api/v1"

    # Enum would compute the hash from the name for every request; members are compared by identity anyway.
    __hash__ = object.__hash__


class Part(enum.Enum):
    """The part of an HTTP request that a field goes to. ``WHOLE_BODY``: the field is the body itself."""

    PATH = "path"
    QUERY = "query"
    BODY = "body"
    WHOLE_BODY = "whole body"


def query(*names: str) -> dict[str, Any]:
    """Return metadata that sends a field of any verb in the query, under this name if one is given."""
    return {_PART: Part.QUERY} | ({WIRE: names} if names else {})


def whole_body() -> dict[str, Any]:
    """Return metadata that makes a field the JSON body itself (a top-level array)."""
    return {_PART: Part.WHOLE_BODY}


@attrs.frozen(eq=False)
class Parameter:
    """A field of a request: its attribute, its name in HTTP, and the part it goes to."""

    attribute: attrs.Attribute[Any]
    wire: str
    part: Part

    @property
    def name(self) -> str:
        """The name of the Python attribute."""
        return self.attribute.name

    @property
    def required(self) -> bool:
        """Whether the field has no default."""
        return self.attribute.default is attrs.NOTHING


@attrs.frozen(eq=False)
class Operation:
    """The declaration of a request class; compared by identity, since there is one for each class."""

    name: str
    method: str
    path: str
    effect: Effect
    repeatable: bool
    response_type: Any
    host: Host = Host.CORE
    page: str | None = None
    """The slug of SmartLead's page below ``api.smartlead.ai/api-reference/``."""
    unwrap: tuple[str, ...] = ("data",)
    """Keys under which the response may be wrapped; SmartLead sends it wrapped and bare. Dots step in."""
    items: tuple[str, ...] = ("data",)
    """Keys under which the list of a page may be; dots step into objects."""
    list_or_item: bool = False
    """A list may come as its only item, without the list."""
    body_key: str | None = None
    """A key of the body that tells the operation from another one at the same path."""
    plain_text_response: bool = False
    """A plain-text success ("success") is a normal response."""
    ok_false_is_result: bool = False
    """``ok: false`` is a result (nothing changed) instead of a refusal."""
    limits: RateLimits | None = None
    """Limits of its own, which hold beside those of the key."""
    min_timeout: float | None = None
    """The shortest timeout in seconds, for operations that take long."""
    verified: bool = True
    """False if only third parties document the operation."""

    @property
    def documentation(self) -> str | None:
        """The URL of SmartLead's page about the operation."""
        return f"https://api.smartlead.ai/api-reference/{self.page}" if self.page else None


class Request(Typed, Generic[T]):
    """The base of every request class; ``T`` is the type of the response.

    Send one with ``await client.send(request)``, which is typed ``T``. Example::

        created = await client.send(CreateCampaign("SaaS founders Q1 2027"))   # CampaignCreated
    """

    __slots__ = ()

    operation: ClassVar[Operation]
    parameters: ClassVar[tuple[Parameter, ...]]
    _declared: ClassVar[dict[str, Any]]

    def __init_subclass__(cls, **declaration: Any) -> None:
        # attrs builds a slotted class twice, the second time without the keywords: keep the first ones.
        super().__init_subclass__()
        if declaration:
            cls._declared = declaration

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        super().__attrs_init_subclass__()
        if "_declared" not in cls.__dict__:
            return
        declared: Any = cls  # by now it is an attrs class, which type checkers cannot see
        cls.operation = Operation(name=cls.__name__, response_type=_response_type(cls), **cls._declared)
        in_path = set(_PLACEHOLDER.findall(cls.operation.path))
        cls.parameters = tuple(_parameter(a, in_path, cls.operation.method) for a in attrs.fields(declared))
        missing = in_path - {p.wire for p in cls.parameters if p.part is Part.PATH}
        if missing:
            raise TypeError(f"{cls.__name__}: no field for {sorted(missing)} of {cls.operation.path}")

    @property
    def effect(self) -> Effect:
        """The effect of this request on the account; overridden where that depends on its values."""
        return self.operation.effect

    @property
    def is_repeatable(self) -> bool:
        """Whether a second, identical request leaves the same state as one: the retry rule.

        Overridden where that depends on the values of the request.
        """
        return self.operation.repeatable

    def advice(self) -> Sequence[str]:
        """Return what SmartLead advises against in this request, although it accepts it."""
        return ()


def _response_type(cls: Any) -> Any:
    """Return the ``T`` of the ``Request[T]`` that a class derives from, directly or by way of others."""
    for base in getattr(cls, "__orig_bases__", ()):
        origin = get_origin(base)
        if origin is Request:
            return get_args(base)[0]
        if isinstance(origin, type) and issubclass(origin, Request):
            return with_arguments(_response_type(origin), base)
    raise TypeError(f"{cls.__name__} does not declare its response: derive it from Request[...]")


def with_arguments(kind: Any, alias: Any) -> Any:
    """Return a type with the arguments of ``alias`` in place of its type variables.

    >>> with_arguments(list[T], Request[int])
    list[int]
    """
    variables: tuple[Any, ...] = getattr(get_origin(alias), "__parameters__", ())
    arguments: dict[Any, Any] = dict(zip(variables, get_args(alias), strict=True))
    if isinstance(kind, TypeVar):
        return arguments.get(kind, kind)
    inner = getattr(kind, "__parameters__", ())
    return kind[tuple(arguments.get(variable, variable) for variable in inner)] if inner else kind


def _parameter(attribute: attrs.Attribute[Any], in_path: set[str], method: str) -> Parameter:
    names: tuple[str, ...] = attribute.metadata.get(WIRE, (attribute.name,))
    part: Part | None = attribute.metadata.get(_PART)
    if part is None:
        elsewhere = Part.QUERY if method == "GET" else Part.BODY
        part = Part.PATH if names[0] in in_path else elsewhere
    return Parameter(attribute, names[0], part)
