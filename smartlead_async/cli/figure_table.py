"""Tables of counters with their rates, for a terminal of any width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from ..wording import printable, rate

if TYPE_CHECKING:
    from rich.console import RenderableType

NARROW: Final = 60
"""Below this width a table has one figure on each line."""
_UNKNOWN: Final = "–"


@attrs.frozen
class FigureRow:
    """A name, what is known about it, and its counters; the rates of all others are shares of the first.

    Rows with an ``indent`` belong to the head above them.
    """

    name: str
    note: str
    figures: Sequence[int | None]
    indent: int = 0
    is_head: bool = False
    is_sum: bool = False

    def cells(self) -> Iterator[tuple[str, str]]:
        """Yield each counter and its rate as strings."""
        whole = self.figures[0]
        for place, figure in enumerate(self.figures):
            shown = _UNKNOWN if figure is None else f"{figure:,}"
            known = place and figure is not None and whole is not None
            yield shown, rate(figure, whole) if known and figure is not None and whole is not None else ""

    @property
    def style(self) -> str:
        """The style of the name and the counters."""
        return "bold" if self.is_sum or self.is_head else ""

    def label(self) -> Any:
        """Return the name with the note below it."""
        from rich.padding import Padding
        from rich.text import Text

        name = (printable(self.name) or "(no name)", self.style)
        label = Text.assemble(name, *([("\n" + printable(self.note), "dim")] if self.note else []))
        return Padding(label, (0, 0, 0, self.indent), expand=False)


def figure_table(title: str, columns: Sequence[str], rows: Sequence[FigureRow], width: int) -> RenderableType:
    """Return the rows as a table with the rate below each counter, or as lists where that does not fit."""
    return _stacked(columns, rows) if width < NARROW else _wide(title, columns, rows)


def _wide(title: str, columns: Sequence[str], rows: Sequence[FigureRow]) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(title, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        if row.is_sum or (row.is_head and row is not rows[0]):
            table.add_section()
        cells = [Text.assemble((figure, row.style), ("\n" + share, "dim")) for figure, share in row.cells()]
        table.add_row(row.label(), *cells)
    return table


def _stacked(columns: Sequence[str], rows: Sequence[FigureRow]) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    parts: list[RenderableType] = []
    for row in rows:
        grid = Table.grid(padding=(0, 2, 0, 0))
        for justify in ("left", "right", "right"):
            grid.add_column(justify=justify, no_wrap=True)
        for name, (figure, share) in zip(columns, row.cells(), strict=True):
            grid.add_row(name, figure, Text(share, "dim"))
        last = row is rows[-1]
        parts += [row.label(), Padding(grid, (0, 0, 0 if last else 1, 2 + row.indent), expand=False)]
    return Group(*parts)
