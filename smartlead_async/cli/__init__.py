"""The command line, ``smartlead-async``. docs/command-line.md tells every command.

What a command needs is loaded when it runs, so that ``--help`` is there at once.
"""

from __future__ import annotations

import sys
from typing import Final

_OF_THE_EXTRA: Final = frozenset({"typer", "rich", "yaml", "aiosqlite", "filelock"})


def main() -> int:
    """Run the command line; ends the process with one of :class:`~smartlead_async.cli.exit_code.ExitCode`."""
    try:
        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show "·" or a name gets a question mark, not a crash.
            getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
        from .app import app

        app(prog_name="smartlead-async")
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in _OF_THE_EXTRA:
            raise
        sys.stderr.write(
            f"smartlead-async: {missing.name} is not installed: "
            "the command line needs pip install 'smartlead-async[cli]'\n"
        )
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("smartlead-async: interrupted before anything was done\n")
        return 4
    return 0
