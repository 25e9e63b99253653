"""Adapt a star model to a company's own rated comments, gently, and say whether that helped.

The embeddings and the lower half of the layers stay as they are. Of the upper half only biases and normalisations
learn, and the head (Ben Zaken et al. 2022, BitFit, ACL): matrices are whole numbers in the file, and a small step of
one would be rounded back. The result is averaged with the model it came from, which keeps most of what fine-tuning
brings and loses less elsewhere (Wortsman et al. 2022, Robust fine-tuning of zero-shot models, CVPR). A share of the
writers is held out: on their comments the new model is calibrated, and compared with the old one.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext import registry
from cxtext.engines.linear import softmax
from cxtext.engines.transformer import (
    CALIBRATION_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    load_tokenizer,
)
from cxtext.errors import InputError, UsageError
from cxtext.folder import MODEL, check_free
from cxtext.schema.protocols import Floats
from cxtext.schema.settings import Settings
from cxtext.statistics.calibration import Calibration
from cxtext.train.folder import model_folder, written
from cxtext.train.stars import finetune, recipe, require_packages
from cxtext.train.stars import model as star_model
from cxtext.train.stars.calibrate import calibrate
from cxtext.train.stars.checkpoint import read_onnx, transformer_asset, write_float_model
from cxtext.train.stars.comparison import Change, Verdict, compare, judge
from cxtext.train.stars.data import Balance, balanced, hold_out, set_priors, star_targets
from cxtext.train.stars.export import export_onnx
from cxtext.train.stars.tables import RESPONDENT, RatedRows, read_rated_rows

FEWEST_ROWS: Final = 100
HELD_OUT: Final = 0.3  # of the writers
CALIBRATE_FROM: Final = 100  # held-out ratings other than three stars,
CALIBRATE_SIDE: Final = 10  # and so many on either side of three; else the old calibration stays
FOLDS: Final = 5  # of the held-out rows: what is compared is not calibrated on itself
COMPANIES: Final = 10  # companies from which whole ones are held out
LARGEST_WRITER: Final = 0.2  # a column in which one value has more rows tells no writers
AVERAGED: Final = 0.5  # of the adapted weights, the rest of the old ones

Report = Callable[[str], None]
SCHEDULE: Final = finetune.Schedule(
    passes=4.0, batch=16, encoder_rate=1e-3, head_rate=1e-3, warmup_steps=10, save_every=20
)


@dataclass(frozen=True)
class Adapted:
    """What came of it: rows learned from and held out, old against new on the held-out rows, and the verdict."""

    trained_on: int
    held_out: int
    calibrated: bool  # on the held-out rows; else the old calibration stays
    changes: tuple[Change, ...]
    verdict: Verdict


def adapt_stars(
    start: str,
    data: Sequence[Path],
    out: Path,
    work: Path,
    *,
    settings: Settings | None = None,
    minutes: float | None = None,
    schedule: finetune.Schedule = SCHEDULE,
    force: bool = False,
    report: Report = lambda _: None,
) -> Adapted:
    """Fine-tune the model `start` (a name or folder) on rated comments; write the model folder `out`.

    `work` keeps checkpoints: the same call goes on where an interrupted one was. Reads what `cxtext analyse`
    reads, see tables.read_rated_rows. `minutes` ends the fine-tuning.

    Raises
    ------
    InputError: the data can't be read, or holds fewer than FEWEST_ROWS usable rows. UsageError: `start` is no
    transformer, or `work` or `out` is another's. MissingModelError: `start` or the extra `train` is missing.
    OutputError: `out` exists (and not `force`), or `out` or `work` can't be written.
    """
    require_packages()
    asset = transformer_asset(start)
    if out.resolve() == asset.folder.resolve():
        raise UsageError(f"--out {out}: the model to start from lies there; choose another folder")
    check_free(out, MODEL, force=force)  # before the work, not after it
    rows = read_rated_rows(data, settings or Settings())
    for note in rows.notes:
        report(note)
    training, held = _parted(rows, data)
    with written(out):
        out.mkdir(parents=True, exist_ok=True)
    report(f"{training.height} rated comments to learn from, {held.height} held out")
    chosen = balanced(training, Balance(repeats={}, ignored=()))
    with written(work, "--work"):
        averaged = _fine_tuned(asset, chosen, work, replace(schedule, minutes=minutes), report)
    with model_folder(out, force=force) as folder:
        adapted, calibration = _exported(asset, averaged, folder, training, held)
        _seal(asset, folder, calibration, adapted)
    return adapted


def _parted(rows: RatedRows, data: Sequence[Path]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows to learn from and those held out, no writer on both sides; the column `id` tells writers."""
    if rows.frame.height < FEWEST_ROWS:
        told = "".join(f"; {note}" for note in rows.notes)
        raise InputError(
            f"{data[0]}: {rows.frame.height} usable rows; adapting takes {FEWEST_ROWS}, add rated comments{told}"
        )
    known = rows.frame.with_columns(writer(rows.frame).alias("id"))
    return hold_out(known, Balance(held_out_companies=(), held_out_share=HELD_OUT))


def writer(rows: pl.DataFrame) -> pl.Series:
    """Return what tells writers apart: the company where there are several, else the respondent, else the text."""
    if rows["company"].null_count() == 0 and rows["company"].n_unique() >= COMPANIES:
        return rows["company"]
    told = rows.select(pl.coalesce(RESPONDENT, "text")).to_series()
    largest = told.value_counts()["count"].max()
    is_told = isinstance(largest, int) and largest <= LARGEST_WRITER * len(told)
    return told if is_told else rows["text"]


def _fine_tuned(
    asset: registry.Asset, rows: pl.DataFrame, work: Path, schedule: finetune.Schedule, report: Report
) -> Path:
    """Return the folder of the float model, halfway between the old one and the one fitted to `rows`."""
    _claim(work, asset, rows, schedule)
    start, done = work / "start", work / "averaged"
    if not (start / "model.safetensors").is_file():
        write_float_model(read_onnx(asset.path(WEIGHTS_FILE)), start)
    if (done / "model.safetensors").is_file():
        return done
    model = star_model.load(start)
    for parameter in model["encoder"].parameters():
        parameter.requires_grad_(parameter.ndim == 1)
    layers = model["encoder"].config.num_hidden_layers
    encoded = recipe.encode_rows(load_tokenizer(asset.path(TOKENIZER_FILE)), rows)
    soft, allowed = star_targets(rows, recipe.SMOOTHING)
    examples = finetune.Examples(encoded, soft, allowed, set_priors(rows, soft, allowed))
    finetune.fit(model, examples, replace(schedule, frozen_layers=layers // 2), work / "tuned", report)
    _average(star_model.load(start), model)
    star_model.save(model, done)
    return done


def _claim(work: Path, asset: registry.Asset, rows: pl.DataFrame, schedule: finetune.Schedule) -> None:
    """Mark `work` as this run's; its checkpoints must not be mixed with another's."""
    texts = rows.select("id", "text", "question", "stars", "label").rows()
    mark = {
        "model": asset.config["files"],
        "rows": hashlib.sha256(json.dumps(texts).encode()).hexdigest(),
        "schedule": asdict(replace(schedule, minutes=None)),
    }
    work.mkdir(parents=True, exist_ok=True)
    file = work / "adaptation.json"
    if file.is_file() and json.loads(file.read_text("utf-8")) != mark:
        raise UsageError(f"--work {work}: holds another model's or other data's run; choose a new folder")
    file.write_text(json.dumps(mark), "utf-8")


def _average(old: Any, new: Any) -> None:
    """Move `new` back towards `old`, in place."""
    import torch

    with torch.no_grad():
        for mine, other in zip(new.parameters(), old.parameters(), strict=True):
            mine.copy_(torch.lerp(other, mine, AVERAGED))


def _exported(
    asset: registry.Asset, averaged: Path, out: Path, training: pl.DataFrame, held: pl.DataFrame
) -> tuple[Adapted, Calibration]:
    """Write weights and tokenizer to `out`; return what the new model does on the held-out rows."""
    tokenizer = load_tokenizer(asset.path(TOKENIZER_FILE))
    sample = recipe.encode_rows(tokenizer, recipe.range_sample(training))
    export_onnx(averaged, out / WEIGHTS_FILE, sample, read_onnx(asset.path(WEIGHTS_FILE)).ranges)
    shutil.copyfile(asset.path(TOKENIZER_FILE), out / TOKENIZER_FILE)
    old = json.loads(asset.path(CALIBRATION_FILE).read_text("utf-8"))
    given = Calibration(np.array(old["scale"], np.float64), np.array(old["offset"], np.float64))
    if held.is_empty():
        return Adapted(training.height, 0, False, (), "not measured"), given
    logits = recipe.exported_logits(out, held, asset.config["max_tokens"])
    enough = _is_enough(held)
    calibration = _calibration(asset, logits, held) if enough else given
    changes = _changes(asset, held, logits, given, enough=enough)
    return Adapted(training.height, held.height, enough, changes, judge(changes)), calibration


def _is_enough(held: pl.DataFrame) -> bool:
    unhappy, happy = (held.filter(side).height for side in (pl.col("stars") < 3, pl.col("stars") > 3))
    return unhappy + happy >= CALIBRATE_FROM and min(unhappy, happy) >= CALIBRATE_SIDE


def _calibration(asset: registry.Asset, logits: Floats, rows: pl.DataFrame) -> Calibration:
    """Return the values for the model's languages and for none, in the order of its calibration file."""
    fitted = calibrate(logits, rows, ())
    groups = 1 + len(asset.config["languages"])
    return Calibration(fitted.scale[:groups], fitted.offset[:groups])


def _changes(
    asset: registry.Asset, held: pl.DataFrame, logits: Floats, given: Calibration, *, enough: bool
) -> tuple[Change, ...]:
    known = held["stars"].is_not_null().to_numpy()
    if not known.any():
        return ()
    row = _calibration_rows(asset, held)
    was = recipe.exported_logits(asset.folder, held, asset.config["max_tokens"])
    now = given.apply(logits, row)
    if enough:
        fold = _folds(held)
        for part in range(FOLDS):
            others = _calibration(asset, logits[fold != part], held.filter(fold != part))
            now[fold == part] = others.apply(logits[fold == part], row[fold == part])
    writers = held["id"].to_numpy()[known].tolist()
    before, after = softmax(given.apply(was, row))[known], softmax(now)[known]
    return compare(held["stars"].to_numpy()[known].astype(np.int64), before, after, writers)


def _calibration_rows(asset: registry.Asset, rows: pl.DataFrame) -> NDArray[np.int64]:
    languages = list(asset.config["languages"])
    return np.array([1 + languages.index(x) if x in languages else 0 for x in rows["lang"]], dtype=np.int64)


def _folds(held: pl.DataFrame) -> NDArray[np.int64]:
    """Return the fold of each row; a writer's rows are in one."""
    return held.select(pl.col("id").rank("dense")).to_series().to_numpy().astype(np.int64) % FOLDS


def _seal(asset: registry.Asset, out: Path, calibration: Calibration, adapted: Adapted) -> None:
    values = {"scale": calibration.scale.tolist(), "offset": calibration.offset.tolist()}
    (out / CALIBRATION_FILE).write_text(json.dumps(values, indent=2) + "\n", "utf-8")
    # No cascade_sure_from: the cascade is of the two shipped models, and its limits hold for them alone.
    config = {
        "kind": "transformer",
        "version": f"{asset.config['version']}+adapted",
        "languages": asset.config["languages"],
        "max_tokens": asset.config["max_tokens"],
        "adapted_from": {
            "name": asset.name,
            "version": asset.config["version"],
            "files": asset.config["files"],
        },
        "adapted": asdict(adapted) | {"changes": [_finite(asdict(change)) for change in adapted.changes]},
    }
    registry.seal(out, config, [WEIGHTS_FILE, TOKENIZER_FILE, CALIBRATION_FILE])


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    return {key: None if value != value else value for key, value in values.items()}
