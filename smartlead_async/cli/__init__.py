"""The command line, ``smartlead-async``; docs/command-line.md describes every command.

Commands import what they need when they run, so that ``--help`` appears at once.
"""

from __future__ import annotations

import sys
from typing import Final

_MODULES_OF_THE_EXTRA: Final = frozenset({"typer", "rich", "yaml", "aiosqlite", "filelock"})


def main() -> int:
    """Run the command line and end the process with an :class:`~smartlead_async.cli.exit_code.ExitCode`."""
    try:
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show "·" or a name gets a question mark instead of a crash.
            getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
        from .app import app

        app(prog_name="smartlead-async")
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _MODULES_OF_THE_EXTRA:
            raise
        sys.stderr.write(
            f"smartlead-async: the command line needs {missing.name}, which is not installed: "
            "pip install 'smartlead-async[cli]'\n"
        )
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("smartlead-async: interrupted before anything was done\n")
        return 4
    return 0
