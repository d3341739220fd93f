"""The command line, ``smartlead-async``; docs/command-line.md describes every command.

Commands import what they need when they run, so that ``--help`` appears at once.
"""

from __future__ import annotations

import sys
from typing import Final

_MODULES_OF_THE_EXTRA: Final = frozenset({"typer", "rich", "yaml", "aiosqlite", "filelock", "platformdirs"})

_INTERRUPTED_IN_TYPER: Final = 130


def main() -> int:
    """Run the command line and end the process with an :class:`~smartlead_async.cli.exit_code.ExitCode`."""
    from .signals import ignore_signals, interrupt_on_signals
    from .terminal import reopen_closed_streams

    try:
        interrupt_on_signals()
        reopen_closed_streams()
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
    except (KeyboardInterrupt, SystemExit) as ended:
        # Typer turns an interrupt that no command has handled into an exit without a word.
        if isinstance(ended, SystemExit) and ended.code != _INTERRUPTED_IN_TYPER:
            raise
        sys.stderr.write("smartlead-async: interrupted before anything was done\n")
        return 4
    finally:
        ignore_signals()
    return 0
