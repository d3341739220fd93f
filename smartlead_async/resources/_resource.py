"""How a request class becomes a method: ``create = endpoint(CreateCampaign)``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from importlib import import_module
from typing import Any, Generic, NamedTuple, ParamSpec, Protocol, Self, TypeVar, overload

from ..errors import PaginationStalled
from ..request import Paged, Request

P = ParamSpec("P")
T = TypeVar("T")
PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")


class Sender(Protocol):
    """What a resource needs of a client: the one method that sends a request."""

    def __call__(self, request: Request[T], /) -> Coroutine[Any, Any, T]:
        """Send a request and give its answer."""
        ...


class Resource:
    """One area of the API, bound to a client."""

    def __init__(self, send: Sender) -> None:
        self._send = send


class Later:
    """A module of this package that is loaded when one of its request classes is used, and not before.

    Building a request class takes a third of a millisecond, and most programs use few of them. So a resource
    names the classes of other modules by way of this; type checkers see the module itself. Example::

        if TYPE_CHECKING:
            from . import campaign_leads
        else:
            campaign_leads = Later("campaign_leads")

        class Campaigns(Resource):
            add_leads = endpoint(campaign_leads.AddLeads)
    """

    def __init__(self, module: str) -> None:
        self._module = f"{__package__}.{module}"

    def __getattr__(self, name: str) -> _Unloaded:
        if name.startswith("__"):
            raise AttributeError(name)  # what inspection asks every object for
        return _Unloaded(self._module, name)


class _Unloaded(NamedTuple):
    """A request class in a module that need not be loaded yet."""

    module: str
    name: str


class _Method:
    """A request class under the name of a method."""

    def __init__(self, request: Any) -> None:
        self._request = request

    @property
    def request(self) -> Any:
        """The request class; it is loaded if it was not."""
        if isinstance(self._request, _Unloaded):
            self._request = getattr(import_module(self._request.module), self._request.name)
        return self._request


class endpoint(_Method, Generic[P, T]):  # noqa: N801 - reads as a keyword in a class body
    """A request class as a coroutine method with the class's own signature."""

    def __init__(self, request: Callable[P, Request[T]]) -> None:
        super().__init__(request)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Resource, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Resource | None, owner: type) -> Any:
        if instance is None:
            return self
        send, request = instance._send, self.request  # noqa: SLF001 - the two halves of one mechanism

        def call(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
            return send(request(*args, **kwargs))

        call.__doc__ = request.__doc__
        call.__wrapped__ = request  # type: ignore[attr-defined] # what inspect.signature shows
        return call


class pages(_Method, Generic[P, PageT, ItemT]):  # noqa: N801
    """A list request as an async iterator over the items of all its pages, one request a page."""

    def __init__(self, request: Callable[P, Paged[PageT, ItemT]]) -> None:
        super().__init__(request)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Resource, owner: type) -> Callable[P, AsyncIterator[ItemT]]: ...
    def __get__(self, instance: Resource | None, owner: type) -> Any:
        if instance is None:
            return self
        send, request = instance._send, self.request  # noqa: SLF001

        def walk(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[ItemT]:
            return walk_pages(send, request(*args, **kwargs))

        walk.__doc__ = request.__doc__
        walk.__wrapped__ = request  # type: ignore[attr-defined]
        return walk


async def walk_pages(send: Sender, first: Paged[PageT, ItemT]) -> AsyncIterator[ItemT]:
    request: Paged[PageT, ItemT] | None = first
    before: list[ItemT] | None = None
    while request is not None:
        page = await send(request)
        items = list(request.items(page))
        following = request.following(page)
        if before is not None and items and items == before:
            raise PaginationStalled(f"{request.operation.name}: the next page is the page before it; stopped")
        for item in items:
            yield item
        if following is not None and not items:
            raise PaginationStalled(f"{request.operation.name}: an empty page says there is more; stopped")
        before, request = items, following
