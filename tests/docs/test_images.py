"""Images of README and docs: described, light, used, and complete without a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .pages import ROOT, pages, prose_of

IMAGES = sorted((ROOT / "docs/images").iterdir())
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)\s]+)\)")
USED = {
    (page.parent / match["target"]).resolve(): match["alt"]
    for page in pages()
    for match in _IMAGE.finditer(prose_of(page))
}


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.name)
def test_an_image_is_used_described_and_light(image: Path) -> None:
    assert len(USED[image]) > 40
    assert image.stat().st_size < 40_000


@pytest.mark.parametrize("image", [each for each in IMAGES if each.suffix == ".svg"], ids=lambda i: i.name)
def test_a_drawing_loads_nothing(image: Path) -> None:
    text = image.read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|@import|<script|href=|url\((?!#)", text)
