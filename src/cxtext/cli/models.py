"""`cxtext models`: what is shipped, whether it is intact, and a star model as a transformers checkpoint."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cxtext.cli.options import Json, Quiet
from cxtext.cli.pipe import reader_may_leave

app = typer.Typer()


@app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: Json = False) -> None:
    """List the models that ship with cxtext, and check that none was altered.

    Examples:

      cxtext models --json

      cxtext models export stars --out stars-checkpoint
    """
    if context.invoked_subcommand is None:
        with reader_may_leave():
            _list(as_json=as_json)


@app.command()
def export(
    model: Annotated[str, typer.Argument(help="stars, or the folder of a model made from it.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="New folder of the checkpoint.")],
    quiet: Quiet = False,
) -> None:
    """Write a transformer star model as a transformers checkpoint (safetensors); needs the extra `train`.

    transformers loads it as BertForTokenClassification; the mean over tokens of its logits is the star logits.
    cxtext runs it as --engine hf:DIR.

    Example: cxtext models export stars --out stars-checkpoint
    """
    from cxtext.train.stars.checkpoint import export_checkpoint

    export_checkpoint(model, out)
    if quiet:
        return
    with reader_may_leave():
        typer.echo(f"Checkpoint: {out} (--engine hf:{out})")


def _list(*, as_json: bool) -> None:
    from cxtext import registry

    found = [registry.model(name) for name in registry.assets("models")]
    rows = [
        {
            "name": asset.name,
            "version": asset.config["version"],
            "languages": asset.config.get("languages") or asset.config["labels"],  # a detector's labels
            "bytes": sum(asset.path(file).stat().st_size for file in asset.config["files"]),
            "folder": str(asset.folder),
        }
        for asset in found
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        size = f"{row['bytes'] / 1e6:.1f} MB"
        typer.echo(f"{row['name']} {row['version']}  {', '.join(row['languages'])}  {size}  {row['folder']}")
