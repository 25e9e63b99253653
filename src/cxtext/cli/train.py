"""`cxtext train`: make the shipped models again, or make them from your own data."""

from pathlib import Path
from typing import Annotated

import typer

from cxtext.cli.options import Quiet

app = typer.Typer(
    no_args_is_help=True, help="Make the models that ship with cxtext, or your own from your data."
)

Data = Annotated[list[Path], typer.Option("--data", help="JSONL (.gz) or CSV: text, stars or label, lang.")]
Out = Annotated[Path, typer.Option("--out", help="Folder of the model.")]
Seed = Annotated[int, typer.Option(help="Seed.")]


@app.command()
def linear(data: Data, out: Out, seed: Seed = 0, quiet: Quiet = False) -> None:
    """Train the linear star model. The same data gives the same bytes.

    Example: cxtext train linear --data rated.jsonl --out models/stars-linear
    """
    from cxtext.train.linear import train_linear

    train_linear(data, out, seed=seed)
    _tell(out, quiet=quiet)


@app.command()
def language(data: Data, out: Out, seed: Seed = 0, quiet: Quiet = False) -> None:
    """Train the language detector. The same data gives the same bytes.

    Example: cxtext train language --data texts.jsonl --out models/language
    """
    from cxtext.train.language import train_language

    train_language(data, out, seed=seed)
    _tell(out, quiet=quiet)


@app.command()
def stars(
    data: Annotated[list[Path], typer.Option("--data", help="JSONL (.gz): text, lang, stars or label.")],
    out: Out,
    work: Annotated[
        Path, typer.Option(help="Folder of checkpoints; the same call goes on where it stopped.")
    ],
    minutes: Annotated[float | None, typer.Option(help="End fine-tuning after so long.")] = None,
    quiet: Quiet = False,
) -> None:
    """Train the transformer star model; takes hours, and the extra `train`.

    Example: cxtext train stars --data rated.jsonl --out models/stars --work checkpoints
    """
    from cxtext.train.stars import StarRecipe, train_stars
    from cxtext.train.stars.finetune import Schedule

    chosen = StarRecipe(teacher=Schedule(minutes=minutes))
    train_stars(data, out, work, chosen=chosen, report=(lambda _: None) if quiet else typer.echo)
    _tell(out, quiet=quiet)


def _tell(out: Path, *, quiet: bool) -> None:
    if not quiet:
        typer.echo(f"Model: {out}")
