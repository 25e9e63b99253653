"""The folder of a trained model: its files appear whole, or not at all."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from safetensors import SafetensorError

from cxtext.errors import OutputError

CONFIG: Final = "config.json"  # written last; what has one is a model
_SYSTEM_ERROR: Final = re.compile(r"os error (\d+)")


def check_free(out: Path, *, force: bool) -> None:
    """Refuse a folder that holds anything; with `force` only one that holds no model.

    Raises
    ------
    OutputError: `out` holds a model (and not `force`), or something else.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not force:
        raise OutputError(f"{out}: exists already; choose another --out, or replace it with --force")
    if not (out / CONFIG).is_file():
        raise OutputError(f"{out}: no model, so --force leaves it; choose another --out")


@contextmanager
def model_folder(out: Path, *, force: bool) -> Iterator[Path]:
    """Yield a hidden folder beside `out` to write into; on success its files become those of `out`.

    What else lies in a model's folder, as its card, stays there.

    Raises
    ------
    OutputError: as `check_free`, or the folder can't be written.
    """
    check_free(out, force=force)
    staging = out.parent / f".{out.name}-{secrets.token_hex(6)}"
    try:
        with written(out):
            staging.mkdir(mode=0o700, parents=True)
            yield staging
            _put_in_place(staging, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def written(folder: Path, option: str = "--out") -> Iterator[None]:
    """Turn the errors of writing to a folder, a full disk among them, into OutputError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{folder}: can't be written ({reason}); choose another {option}") from error
    except SafetensorError as error:
        found = _SYSTEM_ERROR.search(str(error))
        if found is None:
            raise
        reason = os.strerror(int(found[1]))
        raise OutputError(f"{folder}: can't be written ({reason}); choose another {option}") from error


def _put_in_place(staging: Path, out: Path) -> None:
    staging.chmod(0o755)  # till now only its owner could read it
    if not out.exists():
        staging.rename(out)
        return
    for file in sorted(staging.iterdir(), key=lambda file: file.name == CONFIG):
        file.replace(out / file.name)
