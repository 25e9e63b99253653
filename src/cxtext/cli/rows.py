"""`cxtext detect` and `cxtext classify`: the input's rows with columns added, streaming."""

from typing import Annotated, Literal

import typer

from cxtext.cli import options
from cxtext.cli.options import OUTPUT
from cxtext.cli.pipe import drop_output
from cxtext.errors import InputError, NothingScoredError
from cxtext.schema.settings import Settings

Input = Annotated[str, typer.Argument(metavar="IN", help="A JSONL, CSV or Parquet file, or - for a pipe.")]
Output = Annotated[
    str, typer.Option("--output", "-o", help="File (format by its ending), or - .", rich_help_panel=OUTPUT)
]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.", rich_help_panel=OUTPUT)]


def detect(
    source: Input,
    output: Output = "-",
    force: Force = False,
    column: options.Column = None,
    delimiter: options.Delimiter = None,
    encoding: options.Encoding = None,
    config: options.Config = None,
    languages: options.Languages = None,
    priors: options.Priors = None,
    workers: options.Workers = None,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> None:
    """Add each comment's language to every row of the input.

    Adds language, language_confidence, language_reason, language_detected and language_shares; keeps every
    row, column and the order. A market or language column of the input helps.

    Examples:

      cxtext detect comments.jsonl --output with-language.jsonl

      cat comments.csv | cxtext detect - --languages nl,fr > with-language.csv
    """
    settings = options.settings_from(
        config,
        columns=options.columns(column),
        delimiter=delimiter,
        encoding=encoding,
        language=options.language(languages, priors),
    )
    _stream("detect", source, output, settings, force=force, workers=workers, strict=strict, quiet=quiet)


def classify(
    source: Input,
    output: Output = "-",
    force: Force = False,
    column: options.Column = None,
    delimiter: options.Delimiter = None,
    encoding: options.Encoding = None,
    question: options.Question = None,
    config: options.Config = None,
    engine: options.Engine = None,
    explain: options.Explain = None,
    languages: options.Languages = None,
    priors: options.Priors = None,
    workers: options.Workers = None,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> None:
    """Add each comment's language and inferred satisfaction to every row of the input.

    Adds the columns of `detect`, then p_star_1 to p_star_5, inferred_rating_1_5, inferred_star_1_5,
    inferred_csat_0_1, sentiment, unscored_reason, truncated and engine; with --explain also evidence, the
    words that moved the score most and where they stand in the text.

    Examples:

      cxtext classify comments.csv --output scored.parquet

      cat comments.jsonl | cxtext classify - --question "What could be better?" > scored.jsonl

      cxtext classify comments.jsonl --explain --output explained.jsonl
    """
    settings = options.settings_from(
        config,
        columns=options.columns(column),
        delimiter=delimiter,
        encoding=encoding,
        question=question,
        engine=engine,
        explain=explain,
        language=options.language(languages, priors),
    )
    _stream("classify", source, output, settings, force=force, workers=workers, strict=strict, quiet=quiet)


def _stream(
    what: Literal["detect", "classify"],
    source: str,
    output: str,
    settings: Settings,
    *,
    force: bool,
    workers: int | None,
    strict: bool,
    quiet: bool,
) -> None:
    from cxtext.cli import summary
    from cxtext.runners import choose_runner
    from cxtext.stream import stream

    try:
        with summary.progress(quiet=quiet or output == "-") as progress:
            streamed = stream(
                what,
                source,
                output,
                settings=settings,
                runner=choose_runner(workers=workers) if workers else None,
                force=force,
                progress=progress,
            )
    except BrokenPipeError:  # the reader of our output has seen enough (`cxtext detect ... | head`)
        drop_output()
        return
    summary.print_streamed(streamed, quiet=quiet)
    if what == "classify" and sum(streamed.unanswered.values()) == streamed.rows:
        raise NothingScoredError(f"{source}: no comment could be scored ({summary.unanswered(streamed)})")
    if strict and streamed.rejected.height:
        raise InputError(f"{source}: {streamed.rejected.height} rows were rejected (--strict)")
