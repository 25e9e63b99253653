"""`cxtext report`: render the reports of an output folder again, without computing."""

from pathlib import Path
from typing import Annotated

import typer

from cxtext.cli.options import Quiet
from cxtext.cli.pipe import reader_may_leave


def report(
    folder: Annotated[Path, typer.Argument(help="An output folder of cxtext analyse.")],
    report_language: Annotated[str | None, typer.Option(help="nl, fr, da or en for every page.")] = None,
    quiet: Quiet = False,
) -> None:
    """Render the reports again from FOLDER/report.json.

    Example: cxtext report cxtext-out --report-language nl
    """
    from cxtext.pipeline import render_again

    written = render_again(folder, report_language)
    if not quiet:
        with reader_may_leave():
            typer.echo("\n".join(str(path) for path in written))
