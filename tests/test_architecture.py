"""The floors of the house: who may import whom, and the rules that keep the modules small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import smartlead_async

ROOT = Path(smartlead_async.__file__).parent

# A module imports only from floors below its own, or from its own package. The longest prefix counts.
FLOORS = {
    "models": 0,
    "errors": 0,
    "naming": 0,
    "_version": 0,
    "reading": 0,
    "request": 1,
    "wire": 1,
    "encoding": 1,
    "deadline": 1,
    "transport": 2,
    "limits": 2,
    "retry": 2,
    "answers": 2,
    "_api_key": 2,
    "pipeline": 3,
    "resources": 4,
    "provisioning": 5,
    "client": 6,
    "simulation": 7,
    "report_html": 7,
    "cli": 8,
    "fastapi": 8,
    "pytest_plugin": 8,
    "__main__": 9,
}
# Neighbours on one floor that may use each other; everybody else on a floor keeps apart.
NEIGHBOURS = {("wire", "request"), ("encoding", "wire"), ("encoding", "request")}
# The fake stands beside the house: on the floors up to 2, and on the request classes. It is for whoever
# provisions, tests or serves, and the house itself never needs it.
FAKE_STANDS_ON = 2
MAY_USE_THE_FAKE = {"cli", "pytest_plugin", "simulation"}

LONGEST = 500
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


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only type checkers see."""
    for node in ast.iter_child_nodes(tree):
        if not _is_type_checking(node):
            yield node
            yield from _statements(node)


def imports_of(module: str, source: str, *, is_package: bool) -> set[str]:
    """The modules of the house (by their name below the package) that a module imports, late or early."""
    package = module.split(".") if module else []
    if not is_package:
        package = package[:-1]
    found: set[str] = set()
    for node in _statements(ast.parse(source)):
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = [ROOT.name, *package[: len(package) - (node.level - 1)]]
                origin = ".".join([*base, *([node.module] if node.module else [])])
            else:
                origin = node.module or ""
            # "from .resources import campaigns" imports a module, "from .errors import NotSent" a name.
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


def area(module: str) -> str:
    """The part of the house that a module belongs to."""
    return module.partition(".")[0]


def problem_of(importer: str, imported: str) -> str | None:  # noqa: PLR0911
    """What is wrong with an import, if anything."""
    here, there = area(importer), area(imported)
    if there in (here, ""):
        return None
    if here == "fake":
        if there == "resources" or FLOORS.get(there, 99) <= FAKE_STANDS_ON:
            return None
        return f"{importer} (beside the house) imports {imported}"
    if there == "fake":
        return (
            None if here in MAY_USE_THE_FAKE else f"{importer} imports {imported}: the house must not need it"
        )
    if here not in FLOORS or there not in FLOORS:
        return f"{here if here not in FLOORS else there} is on no floor: give it one in FLOORS"
    if FLOORS[there] < FLOORS[here] or (here, there) in NEIGHBOURS:
        return None
    return f"{importer} (floor {FLOORS[here]}) imports {imported} (floor {FLOORS[there]})"


@pytest.mark.parametrize("module", [m for m in MODULES if m])
def test_a_module_imports_only_from_the_floors_below(module: str) -> None:
    path = MODULES[module]
    imported = imports_of(module, path.read_text("utf-8"), is_package=path.name == "__init__.py")
    assert [p for other in sorted(imported) if (p := problem_of(module, other))] == []


@pytest.mark.parametrize(
    ("importer", "source", "wrong"),
    [
        ("errors", "from .request import Request", True),
        ("wire", "from .request import Request", False),
        ("request", "from .encoding import encode", True),
        ("pipeline", "from .limits import Limiter", False),
        ("limits", "from .retry import RetryPolicy", True),
        ("transport._aiohttp", "from ..errors import NotSent", False),
        ("transport._aiohttp", "from ._protocol import HttpRequest", False),
        ("transport._aiohttp", "from ..pipeline import Pipeline", True),
        ("transport._aiohttp", "def f():\n    from ..pipeline import Pipeline", True),
        ("transport._aiohttp", "import smartlead_async.pipeline", True),
        ("resources.campaigns", "from ..client import SmartleadClient", True),
        ("resources.campaigns", "if TYPE_CHECKING:\n    from ..client import SmartleadClient", False),
        ("client", "from .resources import campaigns", False),
        ("client", "from .fake import FakeSmartlead", True),
        ("client", "def f():\n    from .provisioning import runner", False),
        ("provisioning.runner", "from ..client import SmartleadClient", True),
        ("client", "def f():\n    from .cli import main", True),
        ("fake.state", "from ..limits import RateLimits", False),
        ("fake.state", "from ..resources.campaigns import CreateCampaign", False),
        ("fake.state", "from ..pipeline import Pipeline", True),
        ("simulation", "from .fake import FakeSmartlead", False),
        ("simulation", "from .cli import app", True),
        ("cli.main", "from ..fake import FakeSmartlead", False),
        ("provisioning.runner", "from ..cli.output import table", True),
        ("cellar", "from .errors import NotSent", True),
    ],
)
def test_the_check_above_finds_what_it_should(importer: str, source: str, wrong: bool) -> None:
    imported = imports_of(importer, source, is_package=False)
    problems = [problem_of(importer, other) for other in imported]
    assert any(problems) is wrong
    assert problems or not wrong or "TYPE_CHECKING" in source


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
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            assert not node.name.lower().endswith(("utils", "util", "helper", "helpers", "manager")), (
                node.name
            )


def _importers_of(package: str) -> list[str]:
    found = []
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
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
    assert _importers_of("backoff") == ["retry"]


def test_cattrs_is_imported_in_one_module() -> None:
    assert _importers_of("cattrs") == ["wire"]


def test_aiohttp_is_imported_only_where_there_is_a_network() -> None:
    for module in _importers_of("aiohttp"):
        assert module == "transport._aiohttp" or area(module) in {"fake", "cli"}, module


@pytest.mark.parametrize("module", [m for m in MODULES if area(m) not in {"cli", "fake"}])
def test_time_belongs_to_the_event_loop(module: str) -> None:
    # time.time as a value is the one injected wall clock; nothing calls it, or any other clock, by itself.
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            assert called not in {
                "time.time", "time.monotonic", "time.perf_counter", "time.sleep",
                "datetime.now", "datetime.utcnow", "dt.datetime.now", "dt.datetime.utcnow", "dt.date.today",
            }, f"{module}:{node.lineno} {called}"  # fmt: skip
