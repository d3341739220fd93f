"""``python -m smartlead_async``: the same as the ``smartlead-async`` command."""

from __future__ import annotations

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
