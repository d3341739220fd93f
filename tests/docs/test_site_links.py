"""The check of the built site finds dead links."""

from __future__ import annotations

from pathlib import Path

from .site_links import dead_links


def test_links_to_missing_pages_places_and_images_are_dead(tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "index.html").write_text(
        '<a href="guide/one.html#a%20b">fine</a> <a href="#top" id="top">fine</a>'
        '<a href="guide/two.html">dead</a>'
        '<a href="guide/one.html#c">dead</a> <img src="none.png"> <a href="https://example.com/x">elsewhere</a>'
    )
    (tmp_path / "guide" / "one.html").write_text('<h2 id="a b">A</h2> <a href="../index.html">fine</a>')
    assert dead_links(tmp_path) == [
        "index.html: guide/one.html#c",
        "index.html: guide/two.html",
        "index.html: none.png",
    ]
