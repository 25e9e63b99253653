"""Which files are to be read: paths, folders, globs and `-`, and whether a file stayed as it was."""

import hashlib
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, NamedTuple

from cxtext.errors import InputError

STDIN: Final = "stdin"
CHUNK: Final = 1 << 20  # bytes read at a time

FORMAT_ENDINGS: Final = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
}
# In a folder .json and .txt files are as often settings and notes.
_FOLDER_ENDINGS: Final = tuple(ending for ending in FORMAT_ENDINGS if ending not in (".json", ".txt"))
COMPRESSION_ENDINGS: Final = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}


@dataclass(frozen=True)
class Source:
    """One input: a file, or a pipe that can be read once.

    `given` is how the user names it (for messages), `name` how the output names it.
    """

    given: str
    name: str
    path: Path | None  # None: standard input

    @property
    def is_pipe(self) -> bool:
        """Whether the bytes can be read only once."""
        return self.path is None or self.path.is_fifo() or self.path.is_char_device()

    @property
    def ending(self) -> str | None:
        """The format that the name promises, under any compression."""
        return FORMAT_ENDINGS.get(_bare(self.path).suffix.lower()) if self.path else None

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes as they lie on disk or come through the pipe.

        Raises
        ------
        InputError: the file can't be read.
        """
        try:
            yield from _read(self.path)
        except OSError as error:
            raise InputError(f"{self.given}: can't be read ({error.strerror or error})") from error


class Fingerprint(NamedTuple):
    """What tells that a file is still the same."""

    size: int
    modified_ns: int
    sha256: str


def find_sources(given: str | Path | Sequence[str | Path]) -> tuple[Source, ...]:
    """Return the inputs that paths, folders, globs and `-` name, each once, folders and globs in name order.

    Raises
    ------
    InputError: there is no such file, or a folder or glob holds none of a known kind.
    """
    named = [given] if isinstance(given, str | Path) else given
    paths = [path for one in named for path in _expand(str(one))]
    once = list({_identity(path): path for path in reversed(paths)}.values())[::-1]
    names = [path.name if path else STDIN for path in once]
    return tuple(
        # Two files of one name in different folders are told apart by their paths.
        Source(str(path or "standard input"), str(path) if names.count(name) > 1 else name, path)
        for path, name in zip(once, names, strict=True)
    )


def fingerprint(source: Source) -> Fingerprint:
    """Return size, time of change and sha256 of a file (of a pipe: zeros, since it can't be read twice)."""
    if source.path is None or source.is_pipe:
        return Fingerprint(0, 0, "")
    digest = hashlib.sha256()
    for chunk in source.chunks():
        digest.update(chunk)
    try:
        status = source.path.stat()
    except OSError as error:
        raise InputError(f"{source.given}: can't be read ({error.strerror})") from error
    return Fingerprint(status.st_size, status.st_mtime_ns, digest.hexdigest())


@contextmanager
def on_disk(source: Source) -> Iterator[Source]:
    """Give a source that can be read twice: the file itself, or a copy on disk of what a pipe holds."""
    if not source.is_pipe:
        yield source
        return
    with NamedTemporaryFile(suffix="".join(source.path.suffixes) if source.path else "") as copy:
        for chunk in source.chunks():
            copy.write(chunk)
        copy.flush()
        yield Source(source.given, source.name, Path(copy.name))


def check_unchanged(source: Source, before: Fingerprint) -> None:
    """Raise InputError where a file is no longer what it was before it was read."""
    if fingerprint(source) != before:
        raise InputError(
            f"{source.given}: changed while it was read; run again once it is written, or copy it"
        )


def _expand(given: str) -> list[Path | None]:
    path = Path(given)
    if given == "-":
        return [None]
    if path.is_dir():
        return list(_in_folder(path, given))
    if _exists(path, given):
        return [path]
    found = sorted(Path(match) for match in glob(given, recursive=True))  # noqa: PTH207 Path.glob takes no absolute pattern
    if not found:
        raise InputError(f"{given}: no such file; check the path")
    files: list[Path | None] = [file for file in found if file.is_file()]
    return files


def _in_folder(folder: Path, given: str) -> list[Path]:
    known = [file for file in sorted(folder.iterdir()) if file.is_file() and _is_known(file)]
    if not known:
        raise InputError(f"{given}: the folder holds no {', '.join(_FOLDER_ENDINGS)} file; name the files")
    return known


def _is_known(file: Path) -> bool:
    return not file.name.startswith(".") and _bare(file).suffix.lower() in _FOLDER_ENDINGS


def _exists(path: Path, given: str) -> bool:
    try:
        return stat.S_IFMT(path.stat().st_mode) != 0
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise InputError(f"{given!r}: can't be read ({error})") from error


def _bare(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in COMPRESSION_ENDINGS else path


def _identity(path: Path | None) -> str:
    return str(path.resolve()) if path else "-"


def _read(path: Path | None) -> Iterator[bytes]:
    if path is None:
        yield from iter(lambda: sys.stdin.buffer.read(CHUNK), b"")
        return
    with closing(path.open("rb")) as file:
        yield from iter(lambda: file.read(CHUNK), b"")
