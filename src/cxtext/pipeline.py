"""The whole job, top to bottom: read, score, join, measure, compare, report.

Scoring a comment is protect, detect, classify, theme: see score.py.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl

from cxtext import __version__
from cxtext.compare import compare_stated_with_inferred
from cxtext.engines import models_used
from cxtext.errors import NothingScoredError
from cxtext.join import join_surveys
from cxtext.measure import measure_groups
from cxtext.protect import pseudonymise_keys
from cxtext.read import read_comments, read_surveys
from cxtext.report import collect, new_folder, write_reports, write_tables
from cxtext.runners import BatchFunction, Runner, choose_runner, cut
from cxtext.schema.results import Analysis
from cxtext.schema.settings import Settings
from cxtext.score import describe_file, score_batch

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
    *,
    out: Path,
    settings: Settings,
    runner: Runner | None = None,
    command: str = "",
    force: bool = False,
    progress: Progress = lambda *_: None,
) -> Analysis:
    """Analyse comments and survey results and write the output folder `out`, whole or not at all.

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
        analysis = measure(sources, surveys, settings=settings, runner=runner, run=run, progress=progress)
        with run.stage("report"):
            write_tables(analysis, folder)
            write_reports(collect(analysis), folder)
        write_manifest(analysis, run, folder)
    _check_something_scored(analysis.joined.comments, out)
    return analysis


def measure(
    sources: Sequence[str],
    surveys: Sequence[str],
    *,
    settings: Settings,
    runner: Runner | None,
    run: Run,
    progress: Progress,
) -> Analysis:
    """Do everything `analyse` does, but write nothing. Raises as `analyse`."""
    with run.stage("read"):
        comments = read_comments(sources, settings)
        survey_results = read_surveys(surveys, settings)
    with run.stage("score"):
        score = partial(score_batch, context=describe_file(comments.frame, settings))
        scored = _score(comments.frame, score, runner or choose_runner(rows=comments.frame.height), progress)
    with run.stage("join"):
        joined = pseudonymise_keys(join_surveys(scored, survey_results))
    with run.stage("measure"):
        measured = measure_groups(joined, settings)
    with run.stage("compare"):
        compared = compare_stated_with_inferred(joined, settings)
    return Analysis(
        version=__version__,
        settings=settings,
        comments_read=comments,
        surveys_read=survey_results,
        joined=joined,
        measured=measured,
        compared=compared,
        models=models_used(settings.engine),
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
        "inputs": [asdict(file) for file in (*analysis.comments_read.files, *analysis.surveys_read.files)],
        "models": [asdict(model) for model in analysis.models],
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", "utf-8")


@dataclass(frozen=True)
class Streamed:
    """What a streaming command did: rows written, rows rejected and why, rows without an answer."""

    rows: int
    unanswered: Mapping[str, int]  # reason -> rows
    rejected: pl.DataFrame  # schema.columns.REJECTED


def stream(
    what: str,
    source: str,
    output: str,
    *,
    settings: Settings,
    runner: Runner | None = None,
    force: bool = False,
    progress: Progress = lambda *_: None,
) -> Streamed:
    """Copy the rows of `source` to `output` with the columns that `what` (detect | classify) adds.

    Raises
    ------
    InputError: the input can't be read or has no text column.
    OutputError: the output exists (and not `force`) or can't be written.
    MissingModelError: a model or an extra is missing.
    """
    add, reason = {"detect": (detect_batch, "language_reason"), "classify": (classify_batch, "unscored_reason")}[what]
    table = open_table(source, settings)
    roles = find_roles(table.columns, settings)
    batches = table.batches(BATCH_ROWS)
    head = list(islice(batches, POOL_FROM_ROWS // BATCH_ROWS))
    chosen = runner or choose_runner(rows=sum(map(len, head)))
    context = describe_file(comments_of(head[0], roles), settings)
    rows, unanswered = 0, Counter[str]()
    with open_rows(output, output_format(output, table.info.format), force=force) as write:
        for batch in chosen.map(partial(_with_added, add=add, roles=roles, context=context), chain(head, batches)):
            write(batch)
            ...
