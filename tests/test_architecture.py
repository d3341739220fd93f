"""The floors of the house: who may import whom, and the rules that keep the modules small."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

import smartlead_async

ROOT = Path(smartlead_async.__file__).parent

# From the bottom to the top; docs/architecture.md shows the same. A module imports from the layers below its
# own and, within its layer, from modules that do not lead back to it. The longest prefix of a name counts.
LAYERS: list[tuple[str, tuple[str, ...]]] = [
    (
        "foundation",
        (
            "errors",
            "fields",
            "typed",
            "limits",
            "formats",
            "naming",
            "base_url",
            "defects",
            "digests",
            "virtual_time",
            "waiting",
            "_version",
            "wording",
            "atomic_file",
            "redaction",
            "html_table",
            "plain_data",
            "",
        ),
    ),
    ("declarations", ("request", "paging", "resource", "polling")),
    ("API", ("api",)),
    ("transport", ("transport",)),
    ("pipeline", ("pipeline", "events")),
    ("webhooks", ("webhooks",)),
    ("fake", ("fake",)),
    ("plan", ("plan",)),
    ("profiles", ("profiles",)),
    ("ledger", ("provisioning.ledger",)),
    ("report", ("provisioning.report",)),
    ("job", ("provisioning.job", "provisioning")),
    ("client", ("client",)),
    ("simulation", ("simulation", "activity", "report_html")),
    ("doctor", ("doctor",)),
    ("integrations", ("integrations",)),
    ("command line", ("cli", "__main__")),
]
LAYER_OF = {prefix: number for number, (_, prefixes) in enumerate(LAYERS) for prefix in prefixes}
# What stands beside the pipeline must not know it, although its layer is above.
MUST_NOT_IMPORT = {
    "fake": ("pipeline", "client"),
    "plan": ("pipeline", "transport", "fake"),
    "provisioning": ("fake",),
    "doctor": ("fake",),
}

LONGEST = 400
# module -> (lines, why it is in one piece)
LONGER_WITH_REASON: dict[str, tuple[int, str]] = {}

NAMES_THAT_SAY_NOTHING = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common_utils"}


def _modules() -> dict[str, Path]:
    """Every module by its name below the package: ``"transport._aiohttp"``; a package by its own name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()


@functools.cache
def statements(module: str) -> list[ast.Import | ast.ImportFrom | ast.ClassDef | ast.Call]:
    """Return the nodes of a module that the rules are about; parsing takes seconds, so it is done once."""
    return _of_interest(MODULES[module].read_text("utf-8"))


def _of_interest(source: str) -> list[ast.Import | ast.ImportFrom | ast.ClassDef | ast.Call]:
    kinds = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.Call)
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]


def imports_of(module: str, nodes: Iterable[ast.AST], *, is_package: bool) -> set[str]:
    """Return the modules of the package that a module imports, wherever in it the import stands."""
    package = module.split(".") if module else []
    if not is_package:
        package = package[:-1]
    found: set[str] = set()
    for node in nodes:
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = [ROOT.name, *package[: len(package) - (node.level - 1)]]
                origin = ".".join([*base, *([node.module] if node.module else [])])
            else:
                origin = node.module or ""
            # "from .api import areas" imports a module, "from .errors import NotSent" a name.
            targets = [
                f"{origin}.{alias.name}"
                if f"{origin}.{alias.name}".removeprefix(f"{ROOT.name}.") in MODULES
                else origin
                for alias in node.names
            ]
        for target in targets:
            if target == ROOT.name or target.startswith(f"{ROOT.name}."):
                found.add(target.removeprefix(ROOT.name).removeprefix("."))
    return found


def layer_of(module: str) -> int:
    """Return the number of the layer that a module belongs to."""
    prefix = module
    while prefix not in LAYER_OF:
        assert prefix, f"{module} is in no layer: give it one in LAYERS"
        prefix = prefix.rpartition(".")[0]
        assert prefix, f"{module} is in no layer: give it one in LAYERS"
    return LAYER_OF[prefix]


def is_below(module: str, prefix: str) -> bool:
    """Return whether a module is a package, or in it."""
    return module == prefix or module.startswith(f"{prefix}.")


def problem_of(importer: str, imported: str) -> str | None:
    """Return what is wrong with an import, or None."""
    for prefix, forbidden in MUST_NOT_IMPORT.items():
        if is_below(importer, prefix) and any(is_below(imported, other) for other in forbidden):
            return f"{importer} must not import {imported}"
    if layer_of(imported) > layer_of(importer):
        here, there = LAYERS[layer_of(importer)][0], LAYERS[layer_of(imported)][0]
        return f"{importer} ({here}) imports {imported} ({there}), which is above it"
    return None


def _graph() -> dict[str, set[str]]:
    # Without the root, which is the public face of everything.
    return {
        module: imports_of(module, statements(module), is_package=path.name == "__init__.py")
        for module, path in MODULES.items()
        if module
    }


GRAPH = _graph()


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that import each other, by Tarjan's algorithm."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        path.append(module)
        for other in sorted(graph[module] & graph.keys() - {module}):
            if other not in order:
                visit(other)
            if other in path:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == order[module]:
            group = path[path.index(module) :]
            del path[path.index(module) :]
            if len(group) > 1:
                found.append(sorted(group))

    for module in graph:
        if module not in order:
            visit(module)
    return found


@pytest.mark.parametrize("module", [m for m in MODULES if m])
def test_a_module_imports_only_from_the_layers_below(module: str) -> None:
    assert [p for other in sorted(GRAPH[module] - {""}) if (p := problem_of(module, other))] == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles(GRAPH) == []


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"d"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_private_modules_are_imported_in_their_package_only() -> None:
    outside = []
    for importer, imported in GRAPH.items():
        for other in imported:
            package, _, name = other.rpartition(".")
            is_own = package == "" or is_below(importer, package)
            if name.startswith("_") and not is_own:
                outside.append((importer, other))
    assert outside == []


def test_the_documentation_shows_the_same_layers() -> None:
    page = (ROOT.parent / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| ([\w ]+) \| (.+?) \|", page, flags=re.MULTILINE)
    shown = {
        name: {path.strip("`/").replace("/", ".").removesuffix(".py") for path in paths.split(", ")}
        for _, name, paths in rows
    }
    assert shown == {name: {prefix for prefix in prefixes if prefix} for name, prefixes in LAYERS}
    assert [int(number) for number, _, _ in rows] == sorted(range(1, len(LAYERS) + 1), reverse=True)


@pytest.mark.parametrize(
    ("importer", "source", "wrong"),
    [
        ("errors", "from .request import Request", True),
        ("pipeline.converter", "from ..request import Request", False),
        ("request", "from .pipeline.encode import encode", True),
        ("pipeline.pipeline", "from .limiter import Limiter", False),
        ("limits", "from .pipeline.retry import RetryPolicy", True),
        ("transport.aiohttp", "from ..errors import NotSent", False),
        ("transport.aiohttp", "from .protocol import HttpRequest", False),
        ("transport.aiohttp", "from ..pipeline.pipeline import Pipeline", True),
        ("transport.aiohttp", "def f():\n    from ..pipeline.pipeline import Pipeline", True),
        ("transport.aiohttp", "import smartlead_async.pipeline.pipeline", True),
        ("api.campaigns.create", "from ...client import SmartleadClient", True),
        ("api.campaigns.create", "if TYPE_CHECKING:\n    from ...client import SmartleadClient", True),
        ("client", "from .api import areas", False),
        ("client", "from .simulation import simulate", True),
        ("client", "def f():\n    from .provisioning.job import job", False),
        ("provisioning.job.job", "from ...client import SmartleadClient", True),
        ("client", "def f():\n    from .cli import main", True),
        ("fake.state", "from ..limits import RateLimits", False),
        ("fake.state", "from ..api.campaigns.create import CreateCampaign", False),
        ("fake.state", "from ..pipeline.pipeline import Pipeline", True),
        ("simulation", "from .fake import FakeSmartlead", False),
        ("simulation", "from .cli import app", True),
        ("cli.app", "from ..fake import FakeSmartlead", False),
        ("provisioning.job.job", "from ...cli.output import Output", True),
        ("provisioning.job.job", "from ...fake import FakeSmartlead", True),
    ],
)
def test_the_check_above_finds_what_it_should(importer: str, source: str, wrong: bool) -> None:
    imported = imports_of(importer, _of_interest(source), is_package=False)
    assert imported
    assert any(problem_of(importer, other) for other in imported) is wrong


def test_a_module_in_no_layer_is_found() -> None:
    with pytest.raises(AssertionError, match="cellar is in no layer"):
        layer_of("cellar")


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_longer_than_one_can_read_at_once(module: str) -> None:
    allowed, reason = LONGER_WITH_REASON.get(module, (LONGEST, ""))
    length = len(MODULES[module].read_text("utf-8").splitlines())
    assert length <= allowed, f"{module} has {length} lines; split it ({reason})"


def test_the_exceptions_to_the_length_are_still_needed() -> None:
    for module, (allowed, reason) in LONGER_WITH_REASON.items():
        length = len(MODULES[module].read_text("utf-8").splitlines())
        assert LONGEST < length <= allowed, f"{module} is short enough: take it off the list"
        assert reason


@pytest.mark.parametrize("module", [m for m in MODULES if m])
def test_module_and_class_names_say_something(module: str) -> None:
    words = {word for part in module.split(".") for word in part.strip("_").split("_")}
    assert words.isdisjoint(NAMES_THAT_SAY_NOTHING)
    for node in statements(module):
        if isinstance(node, ast.ClassDef):
            assert not node.name.lower().endswith(("utils", "util", "helper", "helpers", "manager")), (
                node.name
            )


def area(module: str) -> str:
    """Return the part of the package that a module belongs to."""
    return module.partition(".")[0]


def _importers_of(package: str) -> list[str]:
    found = []
    for module in MODULES:
        for node in statements(module):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )
            if any(name.partition(".")[0] == package for name in names):
                found.append(module)
                break
    return found


def test_backoff_is_imported_in_one_module() -> None:
    assert _importers_of("backoff") == ["pipeline.retry"]


def test_cattrs_is_imported_in_one_module() -> None:
    assert _importers_of("cattrs") == ["pipeline.converter"]


def test_aiohttp_is_imported_only_where_there_is_a_network() -> None:
    for module in _importers_of("aiohttp"):
        assert module.startswith("transport.aiohttp") or area(module) in {"fake", "cli"}, module


@pytest.mark.parametrize("module", [m for m in MODULES if area(m) not in {"cli", "fake"}])
def test_time_belongs_to_the_event_loop(module: str) -> None:
    # time.time as a value is the one injected wall clock; nothing calls it, or any other clock, by itself.
    for node in statements(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            assert called not in {
                "time.time", "time.monotonic", "time.perf_counter", "time.sleep",
                "datetime.now", "datetime.utcnow", "dt.datetime.now", "dt.datetime.utcnow", "dt.date.today",
            }, f"{module}:{node.lineno} {called}"  # fmt: skip
