"""`cxtext models`: what is shipped, and whether it is intact."""

import json

import typer

from cxtext.cli.options import Json


def models(as_json: Json = False) -> None:
    """List the models that ship with cxtext, and check that none was altered.

    Example: cxtext models --json
    """
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
