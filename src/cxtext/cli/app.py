"""The `cxtext` program: its commands, and the one place where errors become a line and an exit code."""

import os
import signal
import sys
import traceback
from pathlib import Path

import typer

from cxtext import __version__
from cxtext.cli import analyse, evaluate, models, report, rows, train
from cxtext.cli.pipe import drop_lost_output
from cxtext.errors import CxtextError

EXIT_CODES = """
Exit codes: 0 done (a warning line tells of rows that were rejected or unscored); 2 wrong usage; 3 input can't be
read or has no text column; 4 nothing could be scored; 5 a model or extra is missing; 6 the output can't be written
or exists already; 130 interrupted; 143 terminated. With --strict, rejected rows give 3.
"""

INTERRUPTED = 130
TERMINATED = 128 + signal.SIGTERM
OWN_CODE = str(Path(__file__).parents[1])

app = typer.Typer(
    name="cxtext",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Stated and inferred satisfaction from customer comments in Dutch, French, Danish and English.",
    epilog=EXIT_CODES,
)


@app.callback(invoke_without_command=True)
def _options(
    version: bool = typer.Option(False, "--version", help="Print the version and exit.", is_eager=True),
) -> None:
    if version:
        typer.echo(f"cxtext {__version__}")
        raise typer.Exit


app.command("analyse")(analyse.analyse)
app.command("analyze", hidden=True)(analyse.analyse)
app.command("detect")(rows.detect)
app.command("classify")(rows.classify)
app.command("report")(report.report)
app.add_typer(models.app, name="models")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(train.app, name="train")


def main() -> None:
    """Run the program. Errors meant for the user end in one line on standard error and their exit code."""
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        app()
    except CxtextError as error:
        _fail(str(error), error.exit_code)
    except SystemExit as stopped:
        # typer turns Ctrl-C into this code, without a word.
        if stopped.code == INTERRUPTED:
            _fail("interrupted; no output was left behind", INTERRUPTED)
        if stopped.code == TERMINATED:
            _fail("terminated; no output was left behind", TERMINATED)
        raise
    except Exception as error:
        if os.environ.get("CXTEXT_DEBUG"):
            raise
        _fail(_internal(error), 1)
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(*_: object) -> None:
    # An exception, so that what is half written is removed on the way out.
    sys.exit(TERMINATED)


def _fail(message: str, code: int) -> None:
    drop_lost_output()
    typer.echo("cxtext: " + " ".join(message.split()), err=True)
    sys.exit(code)


def _internal(error: Exception) -> str:
    # Not the error's own text: it may quote a comment.
    frames = traceback.extract_tb(error.__traceback__)
    place = next((frame for frame in reversed(frames) if OWN_CODE in frame.filename), frames[-1])
    where = f"{Path(place.filename).name}:{place.lineno}"
    return f"internal error ({type(error).__name__} at {where}); please report it, with CXTEXT_DEBUG=1 set"
