"""Folders that a command writes: they appear whole, or not at all."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from cxtext.errors import OutputError


class Kind(NamedTuple):
    """What a folder holds: the file written last, by which it is known; its name in messages.

    keeps_rest: whether what is there else, such as a model's card, stays when a new one replaces it.
    """

    mark: str
    called: str
    keeps_rest: bool


OUTPUT: Final = Kind("manifest.json", "output of cxtext", keeps_rest=False)
MODEL: Final = Kind("config.json", "model", keeps_rest=True)


@contextmanager
def new_folder(out: Path, kind: Kind = OUTPUT, *, force: bool) -> Iterator[Path]:
    """Yield a hidden folder beside `out` to write into; on success it becomes `out`, else it is removed.

    Raises
    ------
    OutputError: as `check_free`, or `out` can't be written.
    """
    check_free(out, kind, force=force)
    # Named before it is made: an interrupt at any moment finds what to remove.
    staging = out.parent / f".{out.name}-{secrets.token_hex(6)}"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staging.mkdir(mode=0o700)
        yield staging
        _put_in_place(staging, out, kind)
    except OSError as error:
        raise cant_be_written(out, error.strerror or type(error).__name__) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def check_free(out: Path, kind: Kind = OUTPUT, *, force: bool) -> None:
    """Refuse a folder that holds anything; with `force` only one that is not of that kind.

    Raises
    ------
    OutputError: `out` exists (and not `force`), or is something else.
    """
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not force:
        raise OutputError(f"{out}: exists already; choose another --out, or replace it with --force")
    if not (out / kind.mark).is_file():
        raise OutputError(f"{out}: no {kind.called}, so --force leaves it; choose another --out")


def cant_be_written(folder: Path, reason: str, option: str = "--out") -> OutputError:
    """Return the error to raise where a folder can't be written."""
    return OutputError(f"{folder}: can't be written ({reason}); choose another {option}")


def _put_in_place(staging: Path, out: Path, kind: Kind) -> None:
    staging.chmod(0o755)  # till now only its owner could read it
    if not out.exists():
        staging.rename(out)
    elif kind.keeps_rest:
        for file in sorted(staging.iterdir(), key=lambda file: file.name == kind.mark):
            file.replace(out / file.name)
    else:
        # Moved into the staging area of the old one first, so that there is never a mix of two runs.
        retired = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
        out.rename(retired / out.name)
        staging.rename(out)
        shutil.rmtree(retired)
