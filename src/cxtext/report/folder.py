"""The output folder: it appears whole, or not at all."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cxtext.errors import OutputError

MANIFEST = "manifest.json"  # written last; what has one is an output of cxtext


@contextmanager
def new_folder(out: Path, *, force: bool) -> Iterator[Path]:
    """Yield a hidden folder beside `out` to write into; on success it becomes `out`, else it is removed.

    Raises
    ------
    OutputError: `out` exists (and not `force`), is no output of cxtext, or can't be written.
    """
    _check_free(out, force=force)
    # Named before it is made: an interrupt at any moment finds what to remove.
    staging = out.parent / f".{out.name}-{secrets.token_hex(6)}"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staging.mkdir(mode=0o700)
        yield staging
        _put_in_place(staging, out)
    except OSError as error:
        raise OutputError(f"{out}: can't be written ({error.strerror}); choose another --out") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _check_free(out: Path, *, force: bool) -> None:
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not force:
        raise OutputError(f"{out}: exists already; choose another --out, or replace it with --force")
    if not (out / MANIFEST).is_file():
        raise OutputError(f"{out}: no output of cxtext, so --force leaves it; choose another --out")


def _put_in_place(staging: Path, out: Path) -> None:
    staging.chmod(0o755)  # till now only its owner could read it
    if out.exists():
        # Moved into the staging area of the old one first, so that there is never a mix of two runs.
        retired = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
        out.rename(retired / out.name)
        staging.rename(out)
        shutil.rmtree(retired)
    else:
        staging.rename(out)
