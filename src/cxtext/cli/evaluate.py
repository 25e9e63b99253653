"""`cxtext evaluate`: how good cxtext is on your own labelled rows."""

import json
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.table import Column, Table

from cxtext.cli import options

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
    from cxtext.evaluate.gold import read_gold
    from cxtext.evaluate.language import evaluate_language

    settings = options.settings_from(
        None, columns=options.columns(column), language=options.language(languages, priors)
    )
    rows = read_gold(gold, gold_column, settings, keep_language=False)
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
    against: Annotated[str | None, typer.Option(help="A second engine to compare with.")] = None,
    column: options.Column = None,
    question: options.Question = None,
    languages: options.Languages = None,
    priors: options.Priors = None,
    as_json: options.Json = False,
) -> None:
    """Measure inferred stars on your data: is cxtext good enough, and for which language not.

    Example: cxtext evaluate stars --gold labelled.csv
    """
    from cxtext.engines import load_star_engine
    from cxtext.evaluate.gold import read_gold_stars
    from cxtext.evaluate.stars import evaluate_stars

    settings = options.settings_from(
        None,
        columns=options.columns(column),
        engine=engine,
        question=question,
        language=options.language(languages, priors),
    )
    rows = read_gold_stars(gold, gold_column, settings).filter(pl.col("language").is_not_null())
    second = load_star_engine(against) if against else None
    found = evaluate_stars(rows, load_star_engine(settings.engine), second, level=settings.level)
    _show({"figures": found.figures, "calibration": found.calibration}, as_json=as_json)


def _show(tables: dict[str, pl.DataFrame], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({name: table.to_dicts() for name, table in tables.items()}, indent=2))
        return
    for name, frame in tables.items():
        table = Table(*(Column(column, overflow="fold") for column in frame.columns), title=name)
        for row in frame.iter_rows():
            table.add_row(*(_cell(value) for value in row))
        Console().print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
