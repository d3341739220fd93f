"""Links in README and docs resolve."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .pages import ROOT, pages, prose_of

_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (?P<text>.+)$", re.MULTILINE)
_WRITTEN = re.compile(r"`(?P<path>(?:docs|tests|benchmarks|smartlead_async)/[\w./-]+)`")


def anchors(page: Path) -> set[str]:
    """Return the headings of a page as GitHub anchors."""
    headings = [match["text"].lower() for match in _HEADING.finditer(prose_of(page))]
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_files_and_headings_resolve(page: Path) -> None:
    for match in _LINK.finditer(prose_of(page)):
        target = match["target"]
        if re.match(r"[a-z]+:", target):
            assert target.startswith(("https://", "mailto:")), f"{page.name}: {target}"
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}, which does not exist"
        if anchor:
            assert anchor in anchors(file), f"{page.name}: {file.name} has no heading for #{anchor}"


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_files_mentioned_in_the_prose_exist(page: Path) -> None:
    for match in _WRITTEN.finditer(prose_of(page)):
        path = match["path"]
        assert (ROOT / path).exists(), f"{page.name} names {path}, which does not exist"


def test_every_page_of_docs_is_linked_from_the_readme() -> None:
    linked = {match["target"].partition("#")[0] for match in _LINK.finditer(prose_of(ROOT / "README.md"))}
    written = {str(page.relative_to(ROOT)) for page in sorted((ROOT / "docs").glob("*.md"))}
    assert written <= linked
