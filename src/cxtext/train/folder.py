"""The folder of a trained model, and disks that fill while one is written."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from safetensors import SafetensorError

from cxtext.folder import MODEL, cant_be_written, new_folder

_SYSTEM_ERROR: Final = re.compile(r"os error (\d+)")


@contextmanager
def model_folder(out: Path, *, force: bool) -> Iterator[Path]:
    """Yield a hidden folder beside `out` to write a model into; on success its files become those of `out`.

    What else lies in a model's folder, as its card, stays there.

    Raises
    ------
    OutputError: `out` holds a model (and not `force`), or something else, or can't be written.
    """
    with new_folder(out, MODEL, force=force) as staging, written(out):
        yield staging


@contextmanager
def written(folder: Path, option: str = "--out") -> Iterator[None]:
    """Turn the errors of writing to a folder, a full disk among them, into OutputError."""
    try:
        yield
    except OSError as error:
        raise cant_be_written(folder, error.strerror or type(error).__name__, option) from error
    except SafetensorError as error:
        found = _SYSTEM_ERROR.search(str(error))
        if found is None:
            raise
        raise cant_be_written(folder, os.strerror(int(found[1])), option) from error
