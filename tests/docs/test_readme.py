"""README agrees with the package: the error tree, and the import paths it shows."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from typing import Final

import pytest

from smartlead_async import errors

from .pages import ROOT, Block, all_blocks, blocks_of

# The package itself, an area of the API, and modules directly below the package are public paths.
_PUBLIC: Final = re.compile(r"smartlead_async(\.api\.\w+|\.\w+)?")
_OTHER_PUBLIC: Final = {
    "smartlead_async.fake.server",
    "smartlead_async.integrations.fastapi",
    "smartlead_async.integrations.opentelemetry",
    "smartlead_async.plan.check",
}

PROGRAMS = [block for block in all_blocks() if block.language == "python"]


def error_tree_of_the_docstring() -> str:
    lines = inspect.getdoc(errors) or ""
    return textwrap.dedent("".join(f"{line}\n" for line in lines.splitlines() if line.startswith("    ")))


def test_the_error_tree_of_the_readme_is_that_of_the_docstring() -> None:
    trees = [
        block.text for block in blocks_of(ROOT / "README.md") if block.text.startswith("SmartleadError\n")
    ]
    assert trees == [error_tree_of_the_docstring()]


def test_the_error_tree_has_the_real_base_classes() -> None:
    path: list[str] = []
    for line in error_tree_of_the_docstring().splitlines():
        match = re.match(r"(?P<branch>[│├└─ ]*)(?P<name>\w+)", line)
        assert match is not None, line
        path = [*path[: len(match["branch"]) // 4], match["name"]]
        base = path[-2] if len(path) > 1 else "Exception"
        assert getattr(errors, match["name"]).__bases__[0].__name__ == base


@pytest.mark.parametrize("block", PROGRAMS, ids=[block.place for block in PROGRAMS])
def test_a_program_imports_from_public_paths(block: Block) -> None:
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("smartlead_async"):
            module = node.module or ""
            assert _PUBLIC.fullmatch(module) or module in _OTHER_PUBLIC, f"{block.place}: {module}"
