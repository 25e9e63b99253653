"""`cxtext evaluate`: how good cxtext is on your own labelled rows."""

import typer

app = typer.Typer(
    no_args_is_help=True, help="Measure on your own labelled rows, per language, with intervals."
)
