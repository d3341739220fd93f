"""Write the reference pages from the docstrings before Sphinx looks for its sources.

The pages are in ``docs/reference`` and not in version control: one for the names of ``smartlead_async`` by
topic, one for each area of the API with its methods, requests and responses, and copies of the files beside
``docs`` that belong to the site.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from pygments.lexers.data import JsonLexer
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.config import Config

import smartlead_async
from smartlead_async.api.areas import resources
from smartlead_async.resource import Resource, methods

TOPICS: Final = {
    "client": ("The client", ["client", "transport", "pipeline", "limits", "request", "fields"]),
    "errors": ("Errors", ["errors"]),
    "plans": ("Campaign specifications and plans", ["plan"]),
    "provisioning": ("Jobs, changes, reports and ledgers", ["provisioning"]),
    "fake": ("The fake", ["fake"]),
}
"""The pages on the names of ``smartlead_async``: title, and the modules they come from."""


PACKAGES: Final = {
    "webhooks": ("Webhooks", "smartlead_async.webhooks"),
    "fastapi": ("FastAPI", "smartlead_async.integrations.fastapi"),
}
"""The pages on the names of a package of its own."""


OUTSIDE: Final = ("THREAT_MODEL.md", "SECURITY.md", "CHANGELOG.md")
"""Files beside ``docs`` that are pages of the site."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("config-inited", write_pages)
    app.connect("source-read", link_to_copies)
    # The languages of code blocks that Pygments does not know.
    app.add_lexer("csv", TextLexer)
    app.add_lexer("jsonl", JsonLexer)
    return {"parallel_read_safe": True}


def write_pages(app: Sphinx, _config: Config) -> None:
    """Write all reference pages, leaving files alone that would not change."""
    folder = Path(app.srcdir) / "reference"
    folder.mkdir(exist_ok=True)
    pages = {f"{name}.rst": topic_page(*topic) for name, topic in TOPICS.items()}
    pages |= {f"{name}.rst": package_page(*package) for name, package in PACKAGES.items()}
    pages["areas.rst"] = index_page(sorted(resources()))
    pages |= {f"api-{area}.rst": area_page(area, resource) for area, resource in resources().items()}
    pages |= {name: copy_of(folder.parent.parent / name) for name in OUTSIDE}
    for stale in set(folder.iterdir()) - {folder / name for name in pages}:
        stale.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def copy_of(path: Path) -> str:
    """Return a file beside ``docs`` with links that hold in ``docs/reference``."""
    return path.read_text("utf-8").replace("](docs/", "](../")


def link_to_copies(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Make the links of a page to files beside ``docs`` lead to their copies."""
    for name in OUTSIDE:
        source[0] = source[0].replace(f"](../{name}", f"](reference/{name}")


def index_page(areas: list[str]) -> str:
    """Return the page that lists the areas of the API."""
    return "\n".join(
        [heading("The areas of the API"), ".. toctree::", "", *(f"   api-{area}" for area in areas), ""]
    )


def topic_page(title: str, modules: list[str]) -> str:
    """Return a page on the public names that come from some modules of the package."""
    found = [
        (name, value)
        for name in smartlead_async.__all__
        if (value := getattr(smartlead_async, name, None)) is not None
        and any(f"{module_of(value)}.".startswith(f"smartlead_async.{module}.") for module in modules)
    ]
    return "\n".join([heading(title), *(directive(name, value, "smartlead_async") for name, value in found)])


def package_page(title: str, package: str) -> str:
    """Return a page on the public names of a package."""
    module = import_module(package)
    values = ((name, getattr(module, name)) for name in module.__all__)
    found = [(name, value) for name, value in values if inspect.isclass(value) or inspect.isfunction(value)]
    return "\n".join([heading(title), *(directive(name, value, package) for name, value in found)])


def area_page(area: str, resource: type[Resource]) -> str:
    """Return a page on an area of the API: its methods, then the classes that they take and return."""
    package = ".".join(resource.__module__.split(".")[:3])
    parts = [heading(f"client.{area}"), inspect.cleandoc(resource.__doc__ or ""), "", heading("Methods", "-")]
    parts += [method_of(area, name, resource) for name in sorted(methods(resource))]
    parts.append(heading("Requests, responses and values", "-"))
    parts += [directive(name, value, package) for name, value in classes_of(package)]
    return "\n".join(parts)


def method_of(area: str, name: str, resource: type[Resource]) -> str:
    """Return the documentation of a method with the signature that its request class gives it."""
    method = getattr(resource(no_sender), name)
    signature = inspect.signature(method)
    values = ", ".join(str(value) for value in shortened(signature))
    text = textwrap.indent(inspect.cleandoc(method.__doc__ or ""), "   ")
    result = annotation(signature.return_annotation)
    return f".. py:method:: client.{area}.{name}({values}) -> {result}\n   :no-index:\n\n{text}\n"


async def no_sender(_request: Any) -> Any:
    """Stand in for the client of a resource whose methods are only described."""


def shortened(signature: inspect.Signature) -> Iterator[inspect.Parameter]:
    """Return the parameters with annotations and defaults that can be read."""
    for value in signature.parameters.values():
        default = value.default
        if default is not value.empty and not isinstance(default, str | int | float | tuple | None):
            value = value.replace(default=Shown(default))  # noqa: PLW2901
        yield value.replace(annotation=Shown(annotation(value.annotation)))


class Shown:
    """A value whose repr is its text, for the place of an annotation or default in a signature."""

    def __init__(self, text: object) -> None:
        self._text = str(text)

    def __repr__(self) -> str:
        return self._text


def annotation(kind: Any) -> str:
    """Return a type in the form in which it would be written."""
    return inspect.formatannotation(kind).replace("smartlead_async.", "").replace("collections.abc.", "")


def classes_of(package: str) -> Iterator[tuple[str, Any]]:
    """Return the public classes of an area with their names."""
    module = import_module(package)
    for name in sorted(dir(module)):
        value = getattr(module, name)
        public = isinstance(value, type) and not name.startswith("_")
        if public and value.__module__.startswith(package) and not issubclass(value, Resource):
            yield name, value


def directive(name: str, value: Any, module: str) -> str:
    """Return the directive that documents a name of a module."""
    kind = "autoclass" if isinstance(value, type) else "autofunction" if callable(value) else "autodata"
    members = "\n   :members:" if kind == "autoclass" else ""
    return f".. {kind}:: {module}.{name}{members}\n"


def module_of(value: Any) -> str:
    """Return the module in which a public name is defined."""
    return str(getattr(value, "__module__", type(value).__module__))


def heading(text: str, line: str = "=") -> str:
    """Return a heading in reStructuredText."""
    return f"{text}\n{line * len(text)}\n"
