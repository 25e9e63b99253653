"""The whole job, top to bottom: read, score, join, measure, compare, report.

Scoring a comment is protect, detect, classify, theme: see score.py.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from cxtext import __version__
from cxtext.compare import compare_all
from cxtext.engines import models_used
from cxtext.errors import NothingScoredError, OutputError
from cxtext.folder import new_folder
from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.protect import numbers_as_text, protect_names, protect_text, pseudonymise_frame, pseudonymise_keys
from cxtext.read import (
    check_waves,
    read_comments,
    read_customers,
    read_surveys,
    read_totals,
    read_weights,
)
from cxtext.report import (
    collect,
    load_report,
    write_reports,
    write_tables,
)
from cxtext.runners import BatchFunction, Progress, Runner, choose_runner, cut
from cxtext.schema.results import Analysis, CommentsRead, CustomersRead, SurveysRead, TotalsRead, WeightsRead
from cxtext.schema.settings import Settings
from cxtext.score import describe_file, score_batch

Read = TypeVar("Read", CommentsRead, SurveysRead, CustomersRead, WeightsRead, TotalsRead)


@dataclass(frozen=True)
class Run:
    """What a run was told and how long it took: the part of a result that is not the result."""

    command: str
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


def analyse(
    sources: Sequence[str],
    surveys: Sequence[str] = (),
    customers: Sequence[str] = (),
    weights: Sequence[str] = (),
    totals: Sequence[str] = (),
    *,
    out: Path,
    settings: Settings,
    runner: Runner | None = None,
    command: str = "",
    force: bool = False,
    progress: Progress = lambda *_: None,
) -> Analysis:
    """Analyse comments, survey results and customers and write the output folder `out`, whole or not at all.

    `weights` are files of margins that stated CSAT and NPS are weighted to, `totals` say how many
    were asked in each market.
    Without a `runner`, a pool of processes is used once the rows are worth it.

    Raises
    ------
    InputError: an input can't be read, or contradicts what was declared of it.
    NothingScoredError: not one comment could be scored; the folder holds what could be measured.
    MissingModelError: a model or an extra is missing.
    OutputError: `out` exists already (and not `force`), or can't be written.
    """
    run = Run(command)
    with new_folder(out, force=force) as folder:
        inputs = (sources, surveys, customers, weights, totals)
        analysis = measure(*inputs, settings=settings, runner=runner, run=run, progress=progress)
        with run.stage("report"):
            write_tables(analysis, folder)
            write_reports(collect(analysis), folder)
        write_manifest(analysis, run, folder)
    _check_something_scored(analysis.joined.comments, out)
    return analysis


def measure(
    sources: Sequence[str],
    surveys: Sequence[str],
    customers: Sequence[str],
    weights: Sequence[str],
    totals: Sequence[str],
    *,
    settings: Settings,
    runner: Runner | None,
    run: Run,
    progress: Progress,
) -> Analysis:
    """Do everything `analyse` does, but write nothing. Raises as `analyse`."""
    with run.stage("read"):
        comments = _without_personal_data(read_comments(sources, settings), settings)
        survey_results = _without_personal_data(read_surveys(surveys, settings), settings)
        customers_read = _without_personal_data(read_customers(customers, settings), settings)
        weights_read = _without_personal_data(read_weights(weights, settings), settings)
        totals_read = _without_personal_data(read_totals(totals, settings), settings)
        check_waves(comments, survey_results, settings)
    with run.stage("score"):
        score = partial(score_batch, context=describe_file(comments.frame, settings))
        scored = _score(comments.frame, score, runner or choose_runner(rows=comments.frame.height), progress)
    with run.stage("join"):
        joined = join_surveys(scored, survey_results)
        if not settings.keep_personal_data:
            joined = pseudonymise_keys(joined)
            rows = pseudonymise_frame(customers_read.customers)
            customers_read = replace(customers_read, customers=rows)
    with run.stage("measure"):
        measured = measure_groups(joined, settings, customers_read, weights_read, totals_read)
    with run.stage("compare"):
        compared = compare_all(joined, measured, settings)
    return Analysis(
        version=__version__,
        settings=settings,
        comments_read=comments,
        surveys_read=survey_results,
        joined=joined,
        measured=measured,
        compared=compared,
        models=models_used(settings.engine),
        customers_read=customers_read,
        weights_read=weights_read,
        totals_read=totals_read,
    )


def _without_personal_data(read: Read, settings: Settings) -> Read:
    if settings.keep_personal_data:
        return read
    names = [each.name for each in fields(read) if each.type is pl.DataFrame and each.name != "rejected"]
    tables: dict[str, Any] = {name: protect_names(numbers_as_text(getattr(read, name))) for name in names}
    # Rows that could not be read are kept as they came: they may hold an address like any other.
    raw = [protect_text(text)[0] for text in read.rejected["raw"]]
    return replace(
        read,
        **tables,
        rejected=read.rejected.with_columns(pl.Series("raw", raw, dtype=pl.String)),
        recognised=tuple(replace(one, value=protect_text(one.value)[0]) for one in read.recognised),
        warnings=tuple(protect_text(warning)[0] for warning in read.warnings),
    )


def _score(comments: pl.DataFrame, score: BatchFunction, runner: Runner, progress: Progress) -> pl.DataFrame:
    batches: list[pl.DataFrame] = []
    for batch in runner.map(score, cut(comments)):
        batches.append(batch)
        progress("score", sum(map(len, batches)), comments.height)
    return pl.concat(batches)


def _check_something_scored(comments: pl.DataFrame, out: Path) -> None:
    # The folder is written all the same: ratings and survey scores don't need the text.
    if comments["inferred_rating_1_5"].is_null().all():
        reasons = comments["unscored_reason"].value_counts(sort=True).rows()
        told = ", ".join(f"{count} {reason}" for reason, count in reasons) or "there are no rows"
        raise NothingScoredError(f"no comment could be scored ({told}); {out} holds what could be measured")


def write_manifest(analysis: Analysis, run: Run, folder: Path) -> None:
    """Write manifest.json: the one file that holds a clock, and all that is needed to repeat the run."""
    manifest = {
        "version": analysis.version,
        "command": run.command,
        "started": run.started.isoformat(timespec="seconds"),
        "seconds": run.seconds,
        "seed": analysis.settings.seed,
        "settings": analysis.settings.model_dump(mode="json"),
        "inputs": [asdict(file) for read in analysis.read for file in read.files],
        "models": [asdict(model) for model in analysis.models],
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", "utf-8")


def render_again(folder: Path, report_language: str | None = None) -> list[Path]:
    """Render the reports of an output folder again from its report.json; return their paths.

    Raises
    ------
    InputError: the folder has no report.json that can be read. UsageError: there is no report in that language.
    OutputError: the folder can't be written to.
    """
    data = load_report(folder / "report.json")
    if report_language is not None:
        data["settings"]["report_language"] = report_language
    try:
        return write_reports(data, folder)
    except OSError as error:
        raise OutputError(f"{folder}: can't be written ({error.strerror})") from error
