"""The configuration file, in TOML: where it is, and the line of everything in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

import attrs

from ..errors import ConfigurationError
from ..wording import printable

CONFIG_VARIABLE: Final = "SMARTLEAD_CONFIG"
_PROGRAM: Final = "smartlead-async"
_TABLE: Final = re.compile(r"\s*\[\[?\s*(?P<key>[^\]]+?)\s*\]\]?\s*(?:#.*)?")
_ENTRY: Final = re.compile(r"""\s*(?P<key>(?:[\w.\- ]|"[^"]*"|'[^']*')+?)\s*=""")
_LINE_OF_ERROR: Final = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")


def config_path() -> Path:
    """Return the path of the configuration file: that of SMARTLEAD_CONFIG, or the usual one of the system."""
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path(_PROGRAM, appauthor=False) / "config.toml"


@attrs.frozen
class ConfigFile:
    """The content of a configuration file; it is empty if there is none."""

    path: Path
    exists: bool = False
    content: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    _lines: Sequence[str] = attrs.field(default=(), repr=False)

    @classmethod
    def read(cls) -> Self:
        """Return the file; :class:`ConfigurationError` with its line if it cannot be parsed."""
        path = config_path()
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            if os.environ.get(CONFIG_VARIABLE):
                raise ConfigurationError(f"{CONFIG_VARIABLE}: there is no file {printable(path)}") from None
            return cls(path)
        except UnicodeDecodeError:
            raise ConfigurationError(f"{printable(path)} is not UTF-8: save it as UTF-8") from None
        except OSError as problem:
            raise ConfigurationError(f"{printable(path)} cannot be read: {problem.strerror}") from None
        return cls(path, True, _parsed(path, text), text.splitlines())

    def error(self, where: Sequence[str], message: str, advice: str = "") -> ConfigurationError:
        """Return the error that something in the file cannot be used."""
        text = f"{self.place(where)}: {message}"
        return ConfigurationError(printable(f"{text}. {advice}" if advice else text))

    def place(self, where: Sequence[str]) -> str:
        """Return file, line and dotted name of a table or a value, for the beginning of a message."""
        line = self._line_of(tuple(where))
        return f"{self.path}{'' if line is None else f':{line}'}: {'.'.join(where)}"

    def _line_of(self, where: tuple[str, ...]) -> int | None:
        """Return the line of a key, or of the innermost table around it that has a line."""
        found: tuple[int, int | None] = (0, None)
        for number, key in self._keys():
            if len(key) > found[0] and where[: len(key)] == key:
                found = (len(key), number)
        return found[1]

    def _keys(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        table: tuple[str, ...] = ()
        for number, line in enumerate(self._lines, 1):
            if header := _TABLE.fullmatch(line):
                table = _split(header["key"])
                yield number, table
            elif entry := _ENTRY.match(line):
                yield number, (*table, *_split(entry["key"]))


def _parsed(path: Path, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = _LINE_OF_ERROR.search(str(problem))
        line = f":{found['line']}" if found else ""
        reason = _LINE_OF_ERROR.sub("", str(problem))
        raise ConfigurationError(printable(f"{path}{line}: invalid TOML: {reason}")) from None


def _split(key: str) -> tuple[str, ...]:
    """Return the parts of a dotted key, whose parts may be quoted."""
    import tomllib

    try:
        inner: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    parts = []
    while isinstance(inner, dict):
        ((part, inner),) = inner.items()
        parts.append(part)
    return tuple(parts)
