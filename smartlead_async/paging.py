"""Lists that arrive in pages: how the next page is asked for, and the iterator over all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

import attrs

from .errors import PaginationStalled
from .request import Request

T = TypeVar("T")
PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")


class Sender(Protocol):
    """What a resource needs of a client: the one method that sends a request."""

    def __call__(self, request: Request[T], /) -> Coroutine[Any, Any, T]:
        """Send a request and give its answer."""
        ...


class Paged(Request[PageT], Generic[PageT, ItemT]):
    """A list request whose answer is one page. The resource's iterator walks them all."""

    __slots__ = ()

    def items(self, page: PageT) -> Sequence[ItemT]:
        """The items of a page: the page itself, or its ``data``."""
        answer: Any = page
        items: Sequence[ItemT] = answer if isinstance(answer, (list, tuple)) else answer.data
        return items

    def following(self, page: PageT) -> Self | None:  # noqa: ARG002 - for the subclasses
        """The request for the page after this one; None when this was the last."""
        raise TypeError(f"{type(self).__name__} does not say how to find the next page")


class OffsetPaged(Paged[PageT, ItemT]):
    """Pages by ``offset`` and ``limit``.

    Whether there is more: what the page says (``has_more``), else its ``total``, else whether it was full.
    """

    __slots__ = ()

    def following(self, page: PageT) -> Self | None:
        """The same request, its offset moved on by what this page held."""
        got = len(self.items(page))
        offset = (getattr(self, "offset", None) or 0) + got
        has_more: bool | None = getattr(page, "has_more", None)
        total: int | None = getattr(page, "total", None)
        if has_more is None:
            has_more = offset < total if total is not None else got >= self._page_size()
        return attrs.evolve(self, offset=offset) if has_more else None  # type: ignore[misc]

    def _page_size(self) -> int:
        return getattr(self, "limit", None) or self.default_limit

    default_limit: ClassVar[int] = 100


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
