"""Every Python block of README and docs is a complete program with the documented output."""

from __future__ import annotations

import ast
import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from smartlead_async.fake import FakeSmartlead
from smartlead_async.fake.server import running

from ..integrations.pytest_runs import plugin_arguments
from .pages import ROOT, Block, blocks_of, pages

_LONGEST = 60


@attrs.frozen
class Run:
    """A Python block, its expected output (None: any), and the files above it on its page."""

    block: Block
    output: str | None
    files: tuple[Block, ...]


def _runs() -> Iterator[Run]:
    for page in pages():
        blocks = blocks_of(page)
        for at, block in enumerate(blocks):
            if block.language != "python":
                continue
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            output = following.text if following is not None and following.is_output else None
            files = tuple(b for b in blocks[: at + 1] if b.name and not b.is_output and b.language != "sh")
            yield Run(block, output, files)


RUNS = list(_runs())


def served_fake() -> FakeSmartlead:
    """Return the fake for programs that use ``from_env``: mailboxes 501 and 502, and client 7."""
    fake = FakeSmartlead()
    fake.add_client("Northwind", client_id=7)
    for address in ("ada@sender.example", "bo@sender.example"):
        fake.add_email_account(address, tags=["Team North"])
    return fake


async def _execute(arguments: list[str], folder: Path, base_url: str) -> str:
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "error",
        *arguments,
        cwd=folder,
        env={
            **inherited,
            "HOME": str(folder),
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "SMARTLEAD_API_KEY": "test-key",
            "SMARTLEAD_BASE_URL": base_url,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_LONGEST):
            out, err = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        pytest.fail(f"still running after {_LONGEST} s")
    assert process.returncode == 0, f"exit {process.returncode}\n{out.decode()}\n{err.decode()}"
    assert not err, err.decode()
    return out.decode()


@pytest.mark.slow
@pytest.mark.sockets
@pytest.mark.parametrize("run", RUNS, ids=[run.block.place for run in RUNS])
async def test_the_block_runs_and_prints_the_documented_output(run: Run, tmp_path: Path) -> None:
    for file in run.files:
        assert file.name is not None
        (tmp_path / file.name).write_text(file.text, encoding="utf-8")
    program = tmp_path / (run.block.name or "program.py")
    program.write_text(run.block.text, encoding="utf-8")
    arguments = [program.name]
    if run.block.is_test:
        # Without this setting, pytest-asyncio issues a warning.
        scope = "asyncio_default_fixture_loop_scope=function"
        arguments = [
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *plugin_arguments(),
            "-o",
            scope,
            program.name,
        ]
    async with running(served_fake()) as base_url:
        printed = await _execute(arguments, tmp_path, base_url)
    if run.output is not None:
        assert printed == run.output


def test_the_readme_has_runnable_blocks() -> None:
    on_readme = [run for run in RUNS if run.block.page.name == "README.md"]
    assert sum(run.block.is_program for run in on_readme) >= 5
    assert sum(run.block.is_test for run in on_readme) >= 2


@pytest.mark.parametrize("run", RUNS, ids=[run.block.place for run in RUNS])
def test_a_program_that_defines_main_calls_it(run: Run) -> None:
    """Otherwise the test above would pass for a program that does nothing."""
    tree = ast.parse(run.block.text)
    defined = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    if "main" in defined:
        last = tree.body[-1]
        assert isinstance(last, ast.Expr), "the last statement must run main()"
        assert "main()" in ast.unparse(last)


def test_every_output_block_follows_a_program() -> None:
    for page in pages():
        before: Block | None = None
        for block in blocks_of(page):
            if block.is_output:
                assert before is not None, block.place
                assert before.is_program, block.place
            before = block
