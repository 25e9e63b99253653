"""What a person sees in the terminal: progress, what was recognised, the figures, and where the report is."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cxtext.cli.pipe import Console

if TYPE_CHECKING:
    from cxtext.schema.results import Analysis
    from cxtext.stream import Streamed

SHOWN = {"csat_stated": "Stated CSAT", "csat_inferred": "Inferred CSAT", "nps": "NPS", "ces_mean": "CES"}

MOST_ALERTS = 10  # alerts.json has all


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a callback (stage, done, total) that draws a bar on a terminal and nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield lambda *_: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield show


def print_summary(analysis: "Analysis", out: Path) -> None:
    """Print what was recognised, the figures by market and language, and the path of the report."""
    console = Console()
    _print_recognised(console, analysis)
    settings = analysis.settings
    console.print(_figures(analysis.measured.metrics))
    console.print(
        f"{settings.level:.0%} intervals in brackets; n = comments, or respondents for NPS and CES; "
        f"hidden: n under {settings.min_group_n}; CES {settings.ces_scale}, {settings.ces_direction}."
    )
    _print_alerts(console, analysis)
    console.print(f"Report: [bold]{escape(str(out / 'report.html'))}[/bold]", soft_wrap=True)


def _print_recognised(console: Console, analysis: "Analysis") -> None:
    for file in (file for result in analysis.read for file in result.files):
        found = [entry for result in analysis.read for entry in result.recognised if entry.file == file.name]
        told = ", ".join(f"{entry.what}={entry.value}{' (assumed)' * entry.assumed}" for entry in found)
        console.print(f"[bold]{escape(file.name)}[/bold]: {file.rows} rows; {escape(told)}", soft_wrap=True)


def _figures(metrics: pl.DataFrame) -> Table:
    table = Table("Group", *SHOWN.values())
    chosen = metrics.filter(pl.col("metric").is_in(SHOWN))
    empty = 0
    for group in chosen["group"].unique(maintain_order=True):
        dimensions = json.loads(group).keys()
        if {"period"} < dimensions:
            continue  # every market and period: too long a table for a terminal
        rows = {row["metric"]: row for row in chosen.filter(pl.col("group") == group).iter_rows(named=True)}
        if "period" in dimensions and all(row["value"] is None for row in rows.values()):
            empty += 1
            continue
        name = " ".join(str(value) for value in json.loads(group).values()) or "all"
        table.add_row(escape(name), *(_cell(rows.get(metric)) for metric in SHOWN))
    table.caption = f"periods without a figure: {empty}" if empty else None
    return table


def _print_alerts(console: Console, analysis: "Analysis") -> None:
    """Print how many changes of the last period or of level are more than chance, and the first of them."""
    if not any("period" in dimensions for dimensions in analysis.settings.by):
        return
    alerts = analysis.compared.alerts
    console.print(f"Alerts: {alerts.height}")
    for row in alerts.head(MOST_ALERTS).iter_rows(named=True):
        console.print(f"  {escape(_alert(row))}", soft_wrap=True)
    if alerts.height > MOST_ALERTS:
        console.print(f"  and {alerts.height - MOST_ALERTS} more in alerts.json")


def _alert(row: dict[str, Any]) -> str:
    group = " ".join(str(value) for value in json.loads(row["group"]).values()) or "all"
    when = f"since {row['period']}" if row["kind"] == "shift" else f"in {row['period']}, the last period"
    digits = 0 if row["unit"] == "points" else 2
    low, high = (f"{row[end]:+.{digits}f}" for end in ("low", "high"))
    change = f"{row['difference']:+.{digits}f} {row['unit']} [{low}, {high}]"
    return f"{row['metric']}, {group}: {change} n={row['n']} {when}"


def _cell(row: dict[str, Any] | None) -> str:
    if row is None or row["value"] is None:
        return "hidden" if row and row["suppressed"] else "-"
    digits = 2 if row["metric"] == "ces_mean" else 0
    interval = "" if row["low"] is None else f" [{row['low']:.{digits}f}, {row['high']:.{digits}f}]"
    return escape(f"{row['value']:.{digits}f}{interval} n={row['n']}")


def print_json(analysis: "Analysis", out: Path) -> None:
    """Print the summary as JSON: counts, the figures of all groups, the alerts, and the output folder."""
    chosen = analysis.measured.metrics.filter(pl.col("metric").is_in(SHOWN))
    figures = [row | {"group": json.loads(row["group"])} for row in chosen.iter_rows(named=True)]
    alerts = [row | {"group": json.loads(row["group"])} for row in analysis.compared.alerts.to_dicts()]
    summary = {"out": str(out), "counts": analysis.measured.counts, "figures": figures, "alerts": alerts}
    typer.echo(json.dumps(summary, indent=2, ensure_ascii=False))


def print_warnings(analysis: "Analysis", out: Path) -> None:
    """Print one line on standard error for each warning, and one for rows without an answer."""
    for warning in analysis.warnings:
        typer.echo(f"warning: {warning}", err=True)
    rejected = analysis.rejected
    reasons = analysis.joined.comments["unscored_reason"].drop_nulls().value_counts(sort=True).rows()
    if rejected or reasons:
        told = ", ".join(
            f"{count} {reason}" for reason, count in sorted(reasons, key=lambda row: (-row[1], row[0]))
        )
        typer.echo(
            f"warning: {rejected} rows rejected, {sum(count for _, count in reasons)} comments not scored"
            f"{f' ({told})' if told else ''}; {out} keeps each with its reason",
            err=True,
        )


def print_streamed(streamed: "Streamed", *, quiet: bool) -> None:
    """Print warnings on standard error, and unless `quiet` a line on the rows written, unanswered and rejected."""
    for warning in streamed.warnings:
        typer.echo(f"warning: {warning}", err=True)
    for row in streamed.rejected.head(5).iter_rows(named=True):
        typer.echo(f"warning: {row['file']}, row {row['row']}: {row['reason']}", err=True)
    if quiet:
        return
    reasons = unanswered(streamed)
    told = f", without an answer: {reasons}" if reasons else ""
    typer.echo(f"{streamed.rows} rows written, {streamed.rejected.height} rejected{told}", err=True)


def unanswered(streamed: "Streamed") -> str:
    """Return how many rows got no answer, by reason."""
    return ", ".join(f"{count} {reason}" for reason, count in sorted(streamed.unanswered.items()))
