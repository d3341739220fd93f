"""Resources: request classes as methods, ``create = endpoint(CreateCampaign)``.

A resource with many methods is composed of parts. Each part stands below the request classes that it lists,
and is loaded when one of its methods is first used: building a request class takes a third of a millisecond,
and most programs use few of them.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from importlib import import_module
from types import MethodType
from typing import Any, ClassVar, Generic, NamedTuple, ParamSpec, Self, TypeVar, get_type_hints, overload

from .paging import Paged, Sender, item_type, walk_pages
from .request import Request

P = ParamSpec("P")
T = TypeVar("T")
PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")


class Resource:
    """One area of the API, bound to a client."""

    def __init__(self, send: Sender) -> None:
        self._send = send

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of a client>"


class Method:
    """A request class under the name of a method."""

    def __init__(self, request: Any) -> None:
        self.request = request
        self.doc: str | None = request.__doc__
        self._name = request.__name__
        self._function: Any = None

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def _bind(self, instance: Resource, call: Callable[..., Any], result: Callable[[], Any]) -> MethodType:
        """Return the function as a method, described on first use for ``help`` and ``inspect.signature``."""
        if self._function is None:
            described: Any = call
            described.__name__ = described.__qualname__ = self._name
            described.__doc__, described.__module__ = self.doc, self.request.__module__
            described.__signature__ = signature_of(self.request, result())
            self._function = described
        return MethodType(self._function, instance)


def _generic(kind: Any, argument: Any) -> Any:
    return kind[argument]  # type checkers take a subscript for an annotation


def signature_of(request: Any, result: Any, *first: inspect.Parameter) -> inspect.Signature:
    """Return the signature of a method that takes the values of an attrs class, after ``self`` and others."""
    kinds = get_type_hints(request)
    values = inspect.signature(request).parameters.values()
    described = [value.replace(annotation=kinds.get(value.name, value.annotation)) for value in values]
    bound = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    return inspect.Signature([bound, *first, *described], return_annotation=result)


class endpoint(Method, Generic[P, T]):  # noqa: N801 - reads as a keyword in a class body
    """A request class as a coroutine method with the signature of the class."""

    def __init__(self, request: Callable[P, Request[T]]) -> None:
        super().__init__(request)

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Resource, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Resource | None, owner: type) -> Any:
        if instance is None:
            return self
        request = self.request

        def call(resource: Resource, /, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
            return resource._send(request(*args, **kwargs))  # noqa: SLF001 - the two halves of one mechanism

        return self._bind(instance, call, lambda: _generic(Awaitable, request.operation.response_type))


class pages(Method, Generic[P, PageT, ItemT]):  # noqa: N801
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
        request = self.request

        def walk(resource: Resource, /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[ItemT]:
            return walk_pages(resource._send, request(*args, **kwargs))  # noqa: SLF001

        return self._bind(instance, walk, lambda: _generic(AsyncIterator, item_type(request)))


def methods(resource: type[Resource]) -> dict[str, Method]:
    """Return the methods of a resource by name, loading all of its parts."""
    return {name: value for name in dir(resource) if isinstance(value := getattr(resource, name), Method)}


# --- parts that are loaded on first use ---------------------------------------------------------------


class LazyModule:
    """A module of an area that is loaded when it is needed. Type checkers see the module itself.

    Its classes can be the parts of a resource. Example::

        if TYPE_CHECKING:
            from . import create, read
        else:
            create, read = (LazyModule(f"{__package__}.{name}") for name in ("create", "read"))

        class Campaigns(create.CreateMethods, read.ReadMethods): ...
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # inspection asks every object for these
        return LazyPart(self._name, name)


class LazyPart(NamedTuple):
    """A class in a module that need not be loaded yet."""

    module: str
    name: str

    def load(self) -> Any:
        """Return the class, loading its module."""
        return getattr(import_module(self.module), self.name)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        # Python asks what to derive from instead: once for all parts.
        return (_Composed,) if self is next(b for b in bases if isinstance(b, LazyPart)) else ()


class _PartLoader(type):
    """Looks up what a composed resource does not have yet in the parts that are not loaded yet."""

    def __getattr__(cls, name: str) -> Any:
        if not name.startswith("_"):
            for _ in _load_parts(cls):
                if name in vars(cls):
                    return getattr(cls, name)
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")

    def __dir__(cls) -> list[str]:
        for _ in _load_parts(cls):
            pass
        return [*super().__dir__()]


class _Composed(Resource, metaclass=_PartLoader):
    """A resource whose parts are loaded one after the other, until one has the method that is asked for."""

    _pending: ClassVar[list[LazyPart]]

    def __init_subclass__(cls) -> None:
        cls._pending = [base for base in cls.__orig_bases__ if isinstance(base, LazyPart)]

    def __getattr__(self, name: str) -> Any:
        getattr(type(self), name)
        return getattr(self, name)

    def __dir__(self) -> list[str]:
        return dir(type(self))


def _load_parts(cls: Any) -> Iterator[None]:
    """Load the parts of a resource one by one, and copy their methods to it."""
    while cls._pending:
        part = cls._pending[0].load()
        for name, value in vars(part).items():
            if isinstance(value, Method) and name not in vars(cls):
                setattr(cls, name, value)
        del cls._pending[0]
        yield
