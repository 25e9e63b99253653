"""What models/ and corpora/ hold, and whether it is still what was shipped (sha256)."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxtext.errors import MissingModelError

_INSTALLED = Path(__file__).parent / "_assets"  # where the wheel puts them
_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Asset:
    """A model or corpus: a folder with `config.json` whose `files` maps file names to sha256."""

    name: str
    folder: Path
    config: dict[str, Any]

    def path(self, file: str) -> Path:
        """Return the path of a declared file after checking its sha256.

        Raises
        ------
        MissingModelError: the file is not declared, not there, or altered.
        """
        path = self.folder / file
        declared = self.config.get("files", {}).get(file)
        if declared is None or not path.is_file():
            raise MissingModelError(f"{path}: missing; reinstall cxtext or train the model again")
        if sha256(path) != declared:
            raise MissingModelError(f"{path}: altered since it was made (sha256 differs); reinstall cxtext")
        return path


def sha256(path: Path) -> str:
    """Return the hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def assets(kind: str) -> dict[str, Path]:
    """Return name -> folder of everything shipped under `kind` (models or corpora)."""
    root = next((base / kind for base in (_INSTALLED, _CHECKOUT) if (base / kind).is_dir()), None)
    folders = sorted(root.iterdir()) if root else []
    return {folder.name: folder for folder in folders if (folder / "config.json").is_file()}


def model(name_or_folder: str) -> Asset:
    """Return a shipped model by name, or any model by its folder.

    Raises
    ------
    MissingModelError: there is no such model, or its config.json can't be read.
    """
    folder = assets("models").get(name_or_folder, Path(name_or_folder))
    file = folder / "config.json"
    try:
        config = dict(json.loads(file.read_text("utf-8")))
    except OSError as error:
        known = ", ".join(assets("models"))
        raise MissingModelError(f"{name_or_folder}: no such model; shipped are {known}") from error
    except (ValueError, TypeError) as error:
        raise MissingModelError(
            f"{file}: no JSON object; reinstall cxtext or train the model again"
        ) from error
    return Asset(name=folder.name, folder=folder, config=config)


def seal(folder: Path, config: dict[str, Any], files: list[str]) -> None:
    """Write `config.json` with the sha256 of each file, the last step of making a model."""
    sealed = config | {"files": {name: sha256(folder / name) for name in sorted(files)}}
    text = json.dumps(sealed, indent=2, ensure_ascii=False, sort_keys=True)
    (folder / "config.json").write_text(text + "\n", "utf-8")
