"""The checks of this project, one session each: ``nox -l`` lists them, ``nox -s lint types`` runs two.

``bash .ci/run`` runs all that has to pass before a merge; these sessions are for working on one thing.
"""

from __future__ import annotations

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.error_on_missing_interpreters = False

PYTHONS = ["3.11", "3.12", "3.13"]


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests; arguments go to pytest: ``nox -s tests-3.13 -- tests/client``."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the code and its format with ruff."""
    session.install("ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types with mypy and pyright."""
    session.install("-e", ".[dev]")
    session.run("mypy")
    session.run("pyright", "--pythonpath", f"{session.bin}/python")


@nox.session
def docs(session: nox.Session) -> None:
    """Run the programs and commands of README.md and docs/, and check their links."""
    session.install("-e", ".[dev]")
    session.run("python", "-m", "pytest", "tests/docs", "-m", "", *session.posargs)


@nox.session
def site(session: nox.Session) -> None:
    """Build the documentation site into build/site, and look for dead links."""
    session.install("-e", ".[docs]")
    session.run("python", "-m", "sphinx", "-W", "--keep-going", "docs", "build/site")
    session.run("python", "-m", "tests.docs.site_links", "build/site")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Run the benchmarks; ``nox -s benchmarks -- overhead`` runs one."""
    session.install("-e", ".[bench,cli]")
    session.run("python", "-m", "benchmarks", *session.posargs)
