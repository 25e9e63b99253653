"""`cxtext evaluate`: how good cxtext is on your own labelled rows."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Column, Table

from cxtext.cli import options
from cxtext.cli.options import OUTPUT
from cxtext.cli.pipe import Console, reader_may_leave
from cxtext.errors import OutputError, UsageError

app = typer.Typer(
    no_args_is_help=True, help="Measure on your own labelled rows, per language, with intervals."
)

Gold = Annotated[str, typer.Option("--gold", help="JSONL, CSV, Excel or Parquet: texts with a gold column.")]
GoldColumn = Annotated[str, typer.Option(help="The column that holds the gold.")]


@app.command()
def language(
    gold: Gold,
    gold_column: GoldColumn = "language",
    column: options.Column = None,
    languages: options.Languages = None,
    priors: options.Priors = None,
    as_json: options.Json = False,
) -> None:
    """Measure language detection: per language and length, with the confusions.

    Example: cxtext evaluate language --gold labelled.csv
    """
    from cxtext.engines import load_detector
    from cxtext.evaluate.gold import read_gold_languages
    from cxtext.evaluate.language import evaluate_language

    settings = options.settings_from(
        None, columns=options.columns(column), language=options.language(languages, priors)
    )
    rows, left_out = read_gold_languages(gold, gold_column, settings)
    for line in left_out:
        typer.echo(f"warning: {line}", err=True)
    found = evaluate_language(rows, load_detector(), settings.language)
    # A matrix for people, rows for programs.
    matrix = found.confusion.pivot("answer", index=["length", "gold"], values="n").fill_null(0)
    confusion = found.confusion if as_json else matrix
    _show(
        {"accuracy": found.accuracy, "confusion": confusion, "calibration": found.calibration},
        as_json=as_json,
    )


@app.command()
def stars(
    gold: Gold,
    gold_column: GoldColumn = "stars",
    engine: options.Engine = None,
    rating_scale: Annotated[
        str | None, typer.Option(help="Of the gold: 1-5, 1-7, 1-10, 0-10, 0-100 or words.")
    ] = None,
    against: Annotated[str | None, typer.Option(help="A second engine to compare with.")] = None,
    column: options.Column = None,
    question: options.Question = None,
    languages: options.Languages = None,
    priors: options.Priors = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="Write the calibration plot to this .svg file.", rich_help_panel=OUTPUT),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing plot.", rich_help_panel=OUTPUT)
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Measure inferred stars on your data: is cxtext good enough, and for which language not.

    Examples:

      cxtext evaluate stars --gold labelled.csv

      cxtext evaluate stars --gold labelled.csv --engine cascade --plot calibration.svg
    """
    from cxtext.engines import load_star_engine
    from cxtext.evaluate.answers import answers, told
    from cxtext.evaluate.gold_stars import in_words, read_gold_stars
    from cxtext.evaluate.plot import calibration_svg
    from cxtext.evaluate.stars import evaluate_stars

    _check_plot(plot, force=force)
    settings = options.settings_from(
        None,
        columns=options.columns(column),
        engine=engine,
        rating_scale=rating_scale,
        question=question,
        language=options.language(languages, priors),
    )
    read = read_gold_stars(gold, gold_column, settings)
    rows = read.frame.filter(pl.col("language").is_not_null())
    second = load_star_engine(against) if against else None
    found = evaluate_stars(rows, load_star_engine(settings.engine), second, level=settings.level)
    verdicts = answers(found.figures)
    tables = {"figures": found.figures, "calibration": found.calibration}
    left_out = pl.DataFrame([each._asdict() for each in read.left_out])
    if plot:
        _write(plot, calibration_svg(found.calibration, found.figures, verdicts))
    scale = f"{gold}: gold read on the scale {read.scale}, each as the nearest of five stars"
    missing = [f"{gold}: left out of {read.frame.height} rows: {in_words(each)}" for each in read.left_out]
    told_after = [*told(verdicts), *([scale] if read.scale != "1-5" else []), *missing]
    more = {"verdicts": verdicts, "left_out": left_out} if as_json else {}
    _show(tables | more, told_after, as_json=as_json)


def _check_plot(plot: Path | None, *, force: bool) -> None:
    # Before the work, not after it.
    if plot and plot.suffix.lower() != ".svg":
        raise UsageError(f"--plot {plot}: the plot is an SVG; give the file the ending .svg")
    if plot and plot.exists() and not force:
        raise OutputError(f"{plot}: exists already; choose another --plot, or replace it with --force")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise OutputError(f"{path}: can't be written ({error.strerror}); choose another --plot") from error


def _show(tables: dict[str, pl.DataFrame], told_after: Iterable[str] = (), *, as_json: bool) -> None:
    """Print the tables as JSON, or to read, with what is told after them."""
    with reader_may_leave():
        if as_json:
            typer.echo(json.dumps({name: table.to_dicts() for name, table in tables.items()}, indent=2))
            return
        _print(tables)
        for line in told_after:
            typer.echo(line)


def _print(tables: dict[str, pl.DataFrame]) -> None:
    for name, frame in tables.items():
        table = Table(*(Column(column, overflow="fold") for column in frame.columns), title=name)
        for row in frame.iter_rows():
            table.add_row(*(_cell(value) for value in row))
        Console().print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
