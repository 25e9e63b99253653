"""`cxtext analyse`: comments and surveys in, an output folder and a summary out."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cxtext.cli import options
from cxtext.cli.options import ANALYSIS, INPUT, OUTPUT
from cxtext.cli.pipe import reader_may_leave
from cxtext.errors import InputError


def analyse(
    inputs: Annotated[
        list[str], typer.Argument(metavar="IN...", help="Files, folders, globs, or - for standard input.")
    ],
    surveys: Annotated[
        list[str] | None,
        typer.Option("--surveys", help="Survey results (NPS, CES, CSAT); repeatable.", rich_help_panel=INPUT),
    ] = None,
    customers: Annotated[
        list[str] | None,
        typer.Option(
            "--customers",
            help="Customers (start, end, margin), or customers counted by market and period; repeatable.",
            rich_help_panel=INPUT,
        ),
    ] = None,
    weights: Annotated[
        list[str] | None,
        typer.Option(
            "--weights",
            help="Margins to weight stated CSAT and NPS to: dimension, value, share.",
            rich_help_panel=INPUT,
        ),
    ] = None,
    totals: Annotated[
        list[str] | None,
        typer.Option(
            "--totals",
            help="How many were asked: market, invited; gives response rates.",
            rich_help_panel=INPUT,
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Output folder.", rich_help_panel=OUTPUT)] = Path(
        "cxtext-out"
    ),
    force: Annotated[
        bool, typer.Option("--force", help="Replace an output of an earlier run.", rich_help_panel=OUTPUT)
    ] = False,
    column: options.Column = None,
    delimiter: options.Delimiter = None,
    encoding: options.Encoding = None,
    sheet: options.Sheet = None,
    date_format: Annotated[
        str | None, typer.Option(help="Date format, e.g. %d-%m-%Y.", rich_help_panel=INPUT)
    ] = None,
    rating_scale: Annotated[
        str | None, typer.Option(help="1-5, 1-7, 1-10, 0-10, 0-100 or words.", rich_help_panel=INPUT)
    ] = None,
    ces_scale: Annotated[str | None, typer.Option(help="1-5, 0-5 or 1-7.", rich_help_panel=INPUT)] = None,
    ces_direction: Annotated[
        str | None, typer.Option(help="high_is_easy or high_is_hard.", rich_help_panel=INPUT)
    ] = None,
    question: options.Question = None,
    config: options.Config = None,
    engine: options.Engine = None,
    explain: options.Explain = None,
    languages: options.Languages = None,
    priors: options.Priors = None,
    keep_personal_data: options.KeepPersonalData = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="Breakdowns of market, language, channel, touchpoint, period; * crosses. "
            "Default: market,language,market*language.",
            rich_help_panel=ANALYSIS,
        ),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(
            help="week, month, quarter, year, or wave (of the input's own column); without --by the default "
            "breakdowns are also made by period.",
            rich_help_panel=ANALYSIS,
        ),
    ] = None,
    min_group_n: Annotated[
        int | None, typer.Option(help="Smaller groups show no figure.", rich_help_panel=ANALYSIS)
    ] = None,
    level: Annotated[float | None, typer.Option(help="Level of intervals.", rich_help_panel=ANALYSIS)] = None,
    themes: Annotated[
        bool | None, typer.Option("--themes/--no-themes", help="Find themes.", rich_help_panel=ANALYSIS)
    ] = None,
    drivers: Annotated[
        bool | None,
        typer.Option(
            "--drivers/--no-drivers", help="Find what goes with ratings and NPS.", rich_help_panel=ANALYSIS
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of every bootstrap.", rich_help_panel=ANALYSIS)
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option("--format", help="Of the comments: parquet,csv,jsonl,xlsx.", rich_help_panel=OUTPUT),
    ] = None,
    report_language: Annotated[
        str | None, typer.Option(help="nl, fr, da or en for every page.", rich_help_panel=OUTPUT)
    ] = None,
    workers: options.Workers = None,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    as_json: options.Json = False,
) -> None:
    """Analyse comments, and survey results if given, into a folder of reports and tables.

    Examples:

      cxtext analyse comments.jsonl

      cxtext analyse comments.xlsx --surveys surveys.csv --out report --by market,channel

      cxtext analyse comments.jsonl --customers customers.csv --period quarter

      cxtext analyse comments.csv --period wave --totals totals.csv

      cxtext analyse export.csv --column text=Toelichting --rating-scale 1-10
    """
    from cxtext import pipeline
    from cxtext.cli import summary
    from cxtext.runners import choose_runner

    settings = options.settings_from(
        config,
        columns=options.columns(column),
        delimiter=delimiter,
        encoding=encoding,
        sheet=sheet,
        date_format=date_format,
        rating_scale=rating_scale,
        ces_scale=ces_scale,
        ces_direction=ces_direction,
        question=question,
        engine=engine,
        explain=explain,
        language=options.language(languages, priors),
        keep_personal_data=keep_personal_data,
        by=options.breakdowns(by),
        period=period,
        min_group_n=min_group_n,
        level=level,
        themes=themes,
        drivers=drivers,
        seed=seed,
        formats=tuple(formats.split(",")) if formats else None,
        report_language=report_language,
    )
    with summary.progress(quiet=quiet or as_json) as progress:
        analysis = pipeline.analyse(
            inputs,
            surveys or [],
            customers or [],
            weights or [],
            totals or [],
            out=out,
            settings=settings,
            runner=choose_runner(workers=workers) if workers else None,
            command=shlex.join(["cxtext", *sys.argv[1:]]),
            force=force,
            progress=progress,
        )
    _tell(analysis, out, quiet=quiet, as_json=as_json)
    if strict and analysis.rejected:
        raise InputError(
            f"{analysis.rejected} rows were rejected (--strict); {out / 'rejected.jsonl'} lists them"
        )


def _tell(analysis: Any, out: Path, *, quiet: bool, as_json: bool) -> None:
    from cxtext.cli import summary

    with reader_may_leave():
        if as_json:
            summary.print_json(analysis, out)
        elif not quiet:
            summary.print_summary(analysis, out)
    summary.print_warnings(analysis, out)
