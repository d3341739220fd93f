"""``smartlead-async schema``: the JSON Schema of plans, for editors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..output import command_output


def schema(
    file: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write it to this file. Default: stdout."),
    ] = None,
) -> None:
    """Print the JSON Schema of plans, with which editors complete and check a plan while you type.

    Name it in the first line of a YAML plan: # yaml-language-server: $schema=FILE

    Exit codes: 0 written, 2 the file cannot be written, or holds something else.
    """
    with command_output(data_on_stdout=True) as output:
        from ..schema_file import schema_text, write_schema

        if file is None:
            sys.stdout.write(schema_text())
            return
        write_schema(file, "--output")
        output.line(f"Wrote {file}.")
