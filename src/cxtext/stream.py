"""Rows in, the same rows out with columns added: `cxtext detect` and `cxtext classify`.

Apart from the pipeline so that they start without loading what an analysis measures with.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Final, Literal

import polars as pl

from cxtext.protect import in_original
from cxtext.read import bytes_as_text, no_rows, open_table, renamed, scoring_columns, scoring_frame
from cxtext.runners import BATCH_ROWS, POOL_FROM_ROWS, Progress, Runner, choose_runner
from cxtext.schema.columns import CLASSIFIED, DETECTED, EXPLAINED, Role
from cxtext.schema.settings import Settings
from cxtext.score import ScoreContext, classify_batch, describe_file, detect_batch
from cxtext.write import open_rows, output_format


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
    InputError: the input can't be read, has no text column, or a column that comes too late for the output.
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
    written_as = output_format(output, table.info.format)
    with open_rows(output, written_as, force=force) as write:
        for batch in chosen.map(step, chain(head, batches)):
            write(batch if written_as == "parquet" else bytes_as_text(batch))
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
