"""`cxtext train`: make the shipped models again, or make them from your own data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cxtext.cli import options
from cxtext.cli.options import Quiet
from cxtext.errors import UsageError

if TYPE_CHECKING:
    from cxtext.train.stars.adapt import Adapted

app = typer.Typer(
    no_args_is_help=True, help="Make the models that ship with cxtext, or your own from your data."
)

Out = Annotated[Path, typer.Option("--out", help="Folder of the model.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the model that lies there.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed.")]

_VERDICTS: Final = {
    "better": "Better on held-out comments: use the new model for comments like these.",
    "worse": "Worse on held-out comments: keep the model you started from.",
    "no difference shown": "No improvement shown: the difference may be chance; keep the model you started from, or "
    "add rated comments.",
    "not measured": "Too few held-out ratings to compare: nothing is known of an improvement.",
}


@app.command()
def linear(
    data: Annotated[
        list[Path],
        typer.Option(
            "--data", help="JSONL, CSV, TSV, Parquet or Excel: text, lang, stars or label; repeatable."
        ),
    ],
    out: Out,
    teacher: Annotated[
        str | None, typer.Option(help="Learn what this star engine says of the comments, rated or not.")
    ] = None,
    seed: Seed = 0,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Train the linear star model. The same data gives the same bytes.

    Examples:

      cxtext train linear --data rated.jsonl --out my-linear

      cxtext train linear --teacher transformer --data comments.jsonl --out my-taught
    """
    from cxtext.engines import load_star_engine
    from cxtext.train.linear import train_linear

    found = None if teacher is None else load_star_engine(teacher)
    learned = train_linear(data, out, seed=seed, teacher=found, force=force, warn=_warn)
    _tell(out, learned, quiet=quiet)


@app.command()
def language(
    data: Annotated[
        list[Path],
        typer.Option(
            "--data",
            help="JSONL, CSV, TSV, Parquet or Excel: text, lang; and the folder of words; repeatable.",
        ),
    ],
    out: Out,
    seed: Seed = 0,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Train the language detector. The same data gives the same bytes.

    It takes comments of each language, and a folder of the languages' words, made by
    cxtext.train.language_sources.gather.

    Example: cxtext train language --data texts.jsonl --data words --out my-detector
    """
    from cxtext.train.language import train_language

    trained = train_language(data, out, seed=seed, force=force, warn=_warn)
    _tell(out, trained.comments, quiet=quiet)


@app.command()
def stars(
    data: Annotated[
        list[Path],
        typer.Option("--data", help="JSONL, CSV, TSV, Parquet or Excel: comments with a rating; repeatable."),
    ],
    out: Out,
    work: Annotated[
        Path, typer.Option(help="Folder of checkpoints; the same call goes on where it stopped.")
    ],
    start: Annotated[
        str | None, typer.Option("--from", help="Adapt this model: stars, or the folder of one.")
    ] = None,
    readings: Annotated[
        list[Path] | None,
        typer.Option(help="JSONL of set, id, lang, reading: what a careful reader expects; repeatable."),
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="End fine-tuning after so long.")] = None,
    column: options.Column = None,
    rating_scale: Annotated[str | None, typer.Option(help="1-5, 1-7, 1-10, 0-10, 0-100 or words.")] = None,
    question: options.Question = None,
    delimiter: options.Delimiter = None,
    encoding: options.Encoding = None,
    sheet: options.Sheet = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Adapt the transformer star model to your rated comments, or train it anew (hours); the extra `train`.

    With --from, a share of the comments is held out: the result is calibrated on them, and compared with the
    model it came from.

    Examples:

      cxtext train stars --from stars --data rated.csv --out my-stars --work checkpoints

      cxtext train stars --data rated.jsonl --out my-stars --work checkpoints
    """
    settings = options.settings_from(
        None,
        columns=options.columns(column),
        rating_scale=rating_scale,
        question=question,
        delimiter=delimiter,
        encoding=encoding,
        sheet=sheet,
    )
    if start is not None and readings:
        raise UsageError(
            "--readings: they teach a student of the whole recipe; leave them out, or leave out --from"
        )
    report = _silent if quiet else typer.echo
    if start is None:
        from cxtext.train.stars import StarRecipe, train_stars

        chosen = StarRecipe.within(minutes)
        train_stars(
            data,
            out,
            work,
            chosen=chosen,
            settings=settings,
            readings=readings or (),
            force=force,
            report=report,
        )
    else:
        from cxtext.train.stars.adapt import adapt_stars

        found = adapt_stars(
            start, data, out, work, settings=settings, minutes=minutes, force=force, report=report
        )
        for line in () if quiet else adapted_lines(found):
            typer.echo(line)
    _tell(out, quiet=quiet)


def adapted_lines(adapted: "Adapted") -> list[str]:
    """Return what adapting brought, in words that claim no more than was measured."""
    lines = [
        f"{change.metric}: before {change.before:.3f}, after {change.after:.3f} (n = {change.n}; difference"
        f" {change.after - change.before:+.3f}, 95% interval {change.low:+.3f} to {change.high:+.3f})"
        for change in adapted.changes
    ]
    calibrated = "on the held-out comments" if adapted.calibrated else "as before: too few held-out ratings"
    return [*lines, f"calibration: {calibrated}", _VERDICTS[adapted.verdict]]


def _silent(_: str) -> None:
    """Report nothing."""


def _warn(line: str) -> None:
    typer.echo(f"warning: {line}", err=True)


def _tell(out: Path, learned: dict[str, int] | None = None, *, quiet: bool) -> None:
    if quiet:
        return
    if learned:
        each = ", ".join(f"{language} {n}" for language, n in learned.items() if n)
        typer.echo(f"Learned from {sum(learned.values())} different comments: {each}")
    typer.echo(f"Model: {out}")
