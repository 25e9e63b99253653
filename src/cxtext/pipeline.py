"""The whole job, top to bottom: read, score, join, measure, compare, report.

Scoring a comment is protect, detect, classify, theme: see score.py.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import polars as pl

from cxtext import __version__
from cxtext.compare import compare_all
from cxtext.engines import models_used
from cxtext.errors import NothingScoredError, OutputError
from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.protect import in_original, protect_names, protect_text, pseudonymise_frame, pseudonymise_keys
from cxtext.read import (
    check_waves,
    no_rows,
    open_table,
    read_comments,
    read_customers,
    read_surveys,
    read_totals,
    read_weights,
    renamed,
    scoring_columns,
    scoring_frame,
)
from cxtext.report import (
    collect,
    load_report,
    new_folder,
    open_rows,
    output_format,
    write_reports,
    write_tables,
)
from cxtext.runners import BATCH_ROWS, POOL_FROM_ROWS, BatchFunction, Runner, choose_runner, cut
from cxtext.schema.columns import CLASSIFIED, DETECTED, EXPLAINED, Role
from cxtext.schema.results import Analysis, CommentsRead, CustomersRead, SurveysRead, TotalsRead, WeightsRead
from cxtext.schema.settings import Settings
from cxtext.score import ScoreContext, classify_batch, describe_file, detect_batch, score_batch

Read = TypeVar("Read", CommentsRead, SurveysRead, CustomersRead, WeightsRead, TotalsRead)
Progress = Callable[[str, int, int], None]  # stage, rows done, rows in all


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
    tables: dict[str, Any] = {name: protect_names(getattr(read, name)) for name in names}
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


@dataclass(frozen=True)
class Streamed:
    """What a streaming command did: rows written, rows without an answer, rows that could not be read."""

    rows: int
    unanswered: dict[str, int]  # reason -> rows
    rejected: pl.DataFrame  # schema.columns.REJECTED
    warnings: tuple[str, ...]


# What a streaming command adds, and the column that says why a row got no answer.
STREAMS: Final = {
    "detect": (detect_batch, (*DETECTED,), "language_reason"),
    "classify": (classify_batch, (*DETECTED, *CLASSIFIED), "unscored_reason"),
}


def stream(
    what: Literal["detect", "classify"],
    source: str,
    output: str,
    *,
    settings: Settings,
    runner: Runner | None = None,
    force: bool = False,
    progress: Progress = lambda *_: None,
) -> Streamed:
    """Copy the rows of `source` to `output`, in order, with the columns that `what` adds.

    Raises
    ------
    InputError: the input can't be read or has no text column.
    OutputError: the output exists (and not `force`) or can't be written.
    MissingModelError: a model or an extra is missing.
    """
    score, added, reason = STREAMS[what]
    added = (*added, *EXPLAINED) if what == "classify" and settings.explain else added
    table = open_table(source, settings)
    columns = scoring_columns(table, settings)
    batches = table.batches(BATCH_ROWS)
    head = list(islice(batches, POOL_FROM_ROWS // BATCH_ROWS))
    if not head:
        raise no_rows(source, "comments")
    context = describe_file(scoring_frame(head[0], columns), settings)
    step = partial(_add_columns, score=score, added=added, columns=columns, context=context)
    chosen = runner or choose_runner(rows=sum(batch.height for batch in head))
    rows, reasons = 0, Counter[str]()
    with open_rows(output, output_format(output, table.info.format), force=force) as write:
        for batch in chosen.map(step, chain(head, batches)):
            write(batch)
            rows += batch.height
            reasons.update(batch[reason].drop_nulls())
            progress(what, rows, 0)
    return Streamed(rows, dict(reasons), table.rejected, table.warnings)


def _add_columns(
    batch: pl.DataFrame,
    score: Callable[[pl.DataFrame, ScoreContext], pl.DataFrame],
    added: tuple[str, ...],
    columns: Mapping[Role, str],
    context: ScoreContext,
) -> pl.DataFrame:
    """Return the input's columns as they are (`in_` before the name on a clash), then those added."""
    kept = batch.rename(renamed(batch.columns, added))
    read = scoring_frame(batch, columns)
    scored = score(read, context)
    if "evidence" in added:  # its places are those of the text as it is written out, not as it was scored
        places = in_original(scored["evidence"], scored["text"], read["text"])
        scored = scored.with_columns(evidence=places)
    return kept.hstack(scored.select(added))


def render_again(folder: Path, report_language: str | None = None) -> list[Path]:
    """Render the reports of an output folder again from its report.json; return their paths.

    Raises
    ------
    InputError: the folder has no report.json that can be read. OutputError: it can't be written to.
    """
    data = load_report(folder / "report.json")
    if report_language:
        data["settings"]["report_language"] = report_language
    try:
        return write_reports(data, folder)
    except OSError as error:
        raise OutputError(f"{folder}: can't be written ({error.strerror})") from error
