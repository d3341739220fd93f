"""Look for dead links in the built site: ``python -m tests.docs.site_links build/site``."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import attrs


@attrs.define
class Page(HTMLParser):
    """The targets of a page's links, and the places in it that a link can name."""

    links: set[str] = attrs.field(factory=set)
    places: set[str] = attrs.field(factory=set)

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record the link or the place of a tag."""
        values = dict(attrs)
        if place := values.get("id"):
            self.places.add(place)
        if target := values.get("href" if tag in {"a", "link"} else "src"):
            self.links.add(target)


def dead_links(site: Path) -> list[str]:
    """Return a line for each link within the site that leads nowhere."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    return [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in sorted(page.links)
        if not _leads_somewhere(link, path, pages)
    ]


def _read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text("utf-8"))
    return page


def _leads_somewhere(link: str, path: Path, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True  # other sites are not asked
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not parts.fragment:
        return target.exists()
    return target in pages and unquote(parts.fragment) in pages[target].places


def main() -> None:
    """Print the dead links; the exit code is 1 if there are any or the site has no pages."""
    site = Path(sys.argv[1]).resolve()
    pages = len(list(site.rglob("*.html")))
    dead = dead_links(site)
    sys.stdout.writelines(f"{line}\n" for line in [*dead, f"{pages} pages, {len(dead)} dead links"])
    sys.exit(1 if dead or not pages else 0)


if __name__ == "__main__":
    main()
