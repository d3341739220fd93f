"""Data as YAML that :mod:`.yaml_nodes` reads as the same data; needs PyYAML (the ``cli`` extra)."""

from __future__ import annotations

import functools
import re
from typing import Any, Final

from .yaml_nodes import is_plain_string
from .yaml_traps import looks_mistaken

_NO_WRAPPING: Final = 1 << 30

_NOT_IN_BLOCKS: Final = re.compile(
    "[^\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010fffe]| \n"
)
"""Parts of a text that need double quotes: tabs, unusual line breaks and characters, final blanks."""


def yaml_text(content: Any) -> str:
    """Return mappings, lists and scalars as YAML, long strings as blocks.

    Every string is written so that it is read as a string: ``"on"``, ``"9:30"`` and ``"007"`` are quoted.
    """
    import yaml  # noqa: PLC0415 - an extra, and slow to import

    return str(yaml.dump(content, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=_NO_WRAPPING))


@functools.cache
def _dumper() -> Any:
    import yaml  # noqa: PLC0415 - as above

    class Dumper(yaml.SafeDumper):
        """Writes repeated values in full, and indents the items of lists."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - its name is PyYAML's
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's
            super().increase_indent(flow, False)

    def string(dumper: Any, value: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=_style(value))

    Dumper.add_representer(str, string)
    return Dumper


def _style(value: str) -> str | None:
    if _NOT_IN_BLOCKS.search(value) or not is_plain_string(value) or looks_mistaken(value):
        return '"'
    return "|" if "\n" in value else None
