"""Lists that arrive in pages: a page, how to ask for the next one, and the iterator over all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from typing import Any, Final, Generic, Protocol, Self, TypeVar, get_args, get_origin

import attrs

from .errors import PaginationStalled
from .fields import wire
from .request import Request, with_arguments

T = TypeVar("T")
PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")
ListT = TypeVar("ListT", bound="Page[Any]")

LIMIT: Final = "limit"
"""Name of the field that holds the size of a page, which is always sent: a server's own default may be 10."""


@attrs.frozen
class Page(Generic[ItemT]):
    """One page of a list, which can be iterated over, indexed and measured like a list.

    ``data`` holds the items. ``has_more`` and ``total`` (over all pages) are what the server says, ``None``
    if it does not say. Example::

        page = await client.leads.list_all(limit=100)
        print(len(page), [lead.email for lead in page])
    """

    data: list[ItemT]
    # Beside the list or around it: the decoder brings both to one place.
    has_more: bool | None = attrs.field(
        default=None, metadata=wire("hasMore", "has_more", "pagination.has_more", "pagination.hasMore")
    )
    total: int | None = attrs.field(
        default=None, metadata=wire("total", "total_leads", "total_stats", "total_count", "totalCount")
    )
    scroll_id: str | None = None

    def __iter__(self) -> Iterator[ItemT]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> ItemT:
        return self.data[index]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return a dict for each item, as data frames take them; see :func:`smartlead_async.to_dicts`."""
        from .plain_data import to_dicts  # noqa: PLC0415 - start-up time: few programs need it

        return to_dicts(self.data)

    def _repr_html_(self) -> str:
        from .html_table import html_rows  # noqa: PLC0415 - start-up time: it compiles large patterns

        total = "" if self.total is None else f" of {self.total:,}"
        return html_rows(f"Page of {len(self):,}{total}", self.to_dicts(), len(self))


class Paged(Request[PageT], Generic[PageT, ItemT]):
    """A list request whose response is one page. The iterator of the resource requests them all."""

    __slots__ = ()

    def items(self, page: PageT) -> Sequence[ItemT]:
        """Return the items of a page."""
        raise NotImplementedError(f"{type(self).__name__} does not say where the items of a page are")

    def following(self, page: PageT) -> Self | None:
        """Return the request for the page after this one, or None if this was the last."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to find the next page")


class _ListPaged(Paged[ListT, ItemT], Generic[ListT, ItemT]):
    """A list request whose response is a :class:`Page`, with a ``limit`` that is always sent."""

    __slots__ = ()

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        super().__attrs_init_subclass__()
        if "_declared" in cls.__dict__:
            limits: list[Any] = [p.attribute.default for p in cls.parameters if p.name == LIMIT]
            if not any(isinstance(limit, int) for limit in limits):
                raise TypeError(f"{cls.__name__} needs a field {LIMIT!r} with a number as its default")

    def items(self, page: ListT) -> list[ItemT]:
        """Return the items of a page."""
        return page.data

    def _is_full(self, page: ListT) -> bool:
        size: int = getattr(self, LIMIT)
        return len(page.data) >= size


class OffsetPaged(_ListPaged[Page[ItemT], ItemT], Generic[ItemT]):
    """Pages by ``offset`` and ``limit``.

    Whether there is more: what the page says (``has_more``), else its ``total``, else whether it was full.
    """

    __slots__ = ()

    def following(self, page: Page[ItemT]) -> Self | None:
        """Return the same request with its offset moved on by what this page held."""
        offset = (getattr(self, "offset", None) or 0) + len(page.data)
        has_more = page.has_more
        if has_more is None:
            has_more = self._is_full(page) if page.total is None else offset < page.total
        return attrs.evolve(self, offset=offset) if has_more else None  # type: ignore[misc]


class ScrollPaged(_ListPaged[ListT, ItemT], Generic[ListT, ItemT]):
    """Pages by ``scroll_id``: each page names the next one, and an empty page or none named is the end.

    ``ListT`` is the class of the pages: ``Page[ItemT]``, or a class derived from it (with the type variable
    of this module) that has further fields.
    """

    __slots__ = ()

    def following(self, page: ListT) -> Self | None:
        """Return the same request with the scroll id of this page."""
        if not page.scroll_id or not page.data:
            return None
        return attrs.evolve(self, scroll_id=page.scroll_id)  # type: ignore[misc]


class KeysetPaged(_ListPaged[Page[ItemT], ItemT], Generic[ItemT]):
    """Pages that follow the last item of the page before; a page that is not full is the last."""

    __slots__ = ()

    def following(self, page: Page[ItemT]) -> Self | None:
        """Return the same request for what comes after the last item of this page."""
        return self.after(page.data[-1]) if self._is_full(page) else None

    def after(self, item: ItemT) -> Self:
        """Return the same request for what comes after an item."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to go on after an item")


def item_type(request: Any) -> Any:
    """Return the ``ItemT`` of the list request that a class derives from, directly or by way of others."""
    for base in request.__orig_bases__:
        origin = get_origin(base)
        if origin is Paged:
            return get_args(base)[1]
        if isinstance(origin, type) and issubclass(origin, Paged):
            return with_arguments(item_type(origin), base)
    raise TypeError(f"{request.__name__} does not say what its items are: derive it from Paged[...]")


class Sender(Protocol):
    """The one method of a client that resources and iterators need."""

    def __call__(self, request: Request[T], /) -> Coroutine[Any, Any, T]:
        """Send a request and return its response."""
        ...


async def walk_pages(send: Sender, first: Paged[PageT, ItemT]) -> AsyncIterator[ItemT]:
    """Yield the items of all pages, beginning with the page of ``first``. One request a page.

    Raises :class:`PaginationStalled` if the server repeats a page, or says that more follows an empty one.
    """
    request: Paged[PageT, ItemT] | None = first
    before: list[ItemT] | None = None
    while request is not None:
        page = await send(request)
        items = list(request.items(page))
        following = request.following(page)
        if before is not None and items and items == before:
            raise PaginationStalled(
                f"{request.operation.name}: the next page is the same as the one before it"
            )
        for item in items:
            yield item
        if following is not None and not items:
            raise PaginationStalled(f"{request.operation.name}: an empty page says that there is more")
        before, request = items, following
