"""Rated comments as training rows: which stars each row allows, how sets and languages are balanced."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cxtext.engines.readable import readable
from cxtext.errors import InputError
from cxtext.train.ratings import STARS_OF_LABEL, WRITTEN

_POLARITY: Final = {
    "positive": "pos",
    "pos": "pos",
    "negative": "neg",
    "neg": "neg",
    "neutral": "neu",
    "neu": "neu",
}
# A question that only names a survey says nothing: "Trust B - Q1".
_QUESTION_CODE: Final = re.compile(r"\bQ\d+$")
COLUMNS: Final[dict[str, pl.DataType]] = {
    "id": pl.String(),
    "set": pl.String(),
    "lang": pl.String(),
    "company": pl.String(),
    "text": pl.String(),
    "question": pl.String(),
    "stars": pl.Int64(),
    "label": pl.String(),
    "reading": pl.Float64(),  # the stars, 1..5, that a careful reader expects of people who write this
}


@dataclass(frozen=True)
class Balance:
    """How a mixed bag of sets becomes one training pass."""

    cap: int = 1500  # most rows of one set, language and class (star, else label)
    cap_translated: int = 200  # the same for sets of machine-translated sentences (aspects)
    # How often the rows of a language are seen.
    repeats: dict[str, int] = field(default_factory=lambda: {"nl": 2})
    capped_languages: tuple[str, ...] = ("en",)  # of which there is more than enough to distil on
    # (set, label) where the label is not the text's tone.
    ignored: tuple[tuple[str, str], ...] = (("en_nhs_phase1_pxtextmining", "neu"),)
    # Sets whose shares of stars someone chose: no guide to what a company may expect.
    balanced_by_hand: tuple[str, ...] = ("da_trustpilot_emma_tp2", "da_trustpilot_kenneth_lower", WRITTEN)
    held_out_companies: tuple[str, ...] = ("akc", "www.ups.com")
    held_out_share: float = 0.04  # of all other rated rows
    seed: int = 0


def read_rows(paths: Sequence[Path]) -> pl.DataFrame:
    """Read JSON-lines files (.jsonl, .jsonl.gz) of comments or of sentences with aspects.

    Returns
    -------
    A frame with the columns of COLUMNS. Of a sentence with aspects, the label is their common polarity; none
    if they disagree.

    Raises
    ------
    InputError: a line is not JSON, has no text, or stars, a label or a reading that are none.
    """
    rows = [_row(record, path) for path in paths for record in _records(path)]
    return pl.DataFrame(rows, schema=COLUMNS)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                record = json.loads(line)
            except ValueError as error:
                raise InputError(f"{path}, line {number}: not JSON; give one object a line") from error
            if not isinstance(record, dict) or not record.get("text"):
                raise InputError(f"{path}, line {number}: no `text`; remove the line")
            _check_rating(record, f"{path}, line {number}")
            yield record | {"line": number}


def _check_rating(record: dict[str, Any], place: str) -> None:
    if record.get("stars") not in (None, 1, 2, 3, 4, 5):
        raise InputError(f"{place}: `stars` is no whole number from 1 to 5; correct it or leave it out")
    if record.get("label") not in (None, *STARS_OF_LABEL):
        raise InputError(f"{place}: `label` is none of neg, neu, pos; correct it or leave it out")
    if not _is_reading(record.get("reading")):
        raise InputError(f"{place}: `reading` is no number from 1 to 5; correct it or leave it out")


def _is_reading(found: object) -> bool:
    return found is None or (isinstance(found, int | float) and 1 <= found <= 5)


def _row(record: dict[str, Any], path: Path) -> dict[str, Any]:
    question = record.get("question")
    informative = question and not _QUESTION_CODE.search(question)
    row = {name: record.get(name) for name in COLUMNS}
    row["text"], _ = readable(record["text"], record.get("lang") or "und")
    row["id"] = str(record.get("id") or f"{path.name}:{record['line']}")
    row["question"] = question if informative else None
    if "aspects" in record:
        row |= {"set": f"aspects_{record['domain']}", "label": _common_polarity(record["aspects"])}
    return row


def _common_polarity(aspects: list[dict[str, Any]]) -> str | None:
    found = {_POLARITY.get(str(aspect["polarity"]).strip().lower()) for aspect in aspects}
    return found.pop() if len(found) == 1 else None


def hold_out(rows: pl.DataFrame, balance: Balance) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part rows into those to train on and those to calibrate on: whole companies, and a share of the rest.

    A row's side depends on its id only.
    """
    held = pl.col("company").is_in(balance.held_out_companies).fill_null(value=False)
    held = (held | (place() < balance.held_out_share)) & ~pl.col("set").str.starts_with("aspects_")
    marked = rows.with_columns(held=held)
    return (
        marked.filter(~pl.col("held")).drop("held"),
        marked.filter(pl.col("held")).drop("held"),
    )


def place() -> pl.Expr:
    """Return a number in 0..1 that depends on a row's id only: what is drawn does not depend on other rows."""
    return pl.col("id").map_elements(_bucket, return_dtype=pl.Float64)


def _bucket(identifier: str) -> float:
    import hashlib

    return int.from_bytes(hashlib.blake2b(identifier.encode(), digest_size=4).digest(), "big") / 2**32


def balanced(rows: pl.DataFrame, balance: Balance) -> pl.DataFrame:
    """Return the rated rows of one pass: each class of each set capped, scarce languages repeated."""
    ignored = pl.DataFrame(balance.ignored, schema={"set": pl.String(), "label": pl.String()}, orient="row")
    rated = rows.join(ignored, on=["set", "label"], how="anti").filter(
        pl.col("stars").is_not_null() | pl.col("label").is_not_null()
    )
    group = pl.struct("set", "lang", pl.coalesce(pl.col("stars").cast(pl.String), "label"))
    translated = pl.col("set").str.starts_with("aspects_")
    cap = pl.when(translated).then(balance.cap_translated).otherwise(balance.cap)
    capped = rated.filter(place().rank("ordinal").over(group) <= cap)
    return repeated(capped, balance)


def repeated(rows: pl.DataFrame, balance: Balance) -> pl.DataFrame:
    """Return the rows, those of scarce languages as often as they are to be seen."""
    extra = [
        rows.filter(pl.col("lang") == language)
        for language, times in balance.repeats.items()
        for _ in range(times - 1)
    ]
    return pl.concat([rows, *extra])


def company_weight() -> pl.Expr:
    """Return the weight of a row: a company's n rows in a language weigh root n together."""
    return pl.len().over("set", "company", "lang").cast(pl.Float64) ** -0.5


def star_targets(rows: pl.DataFrame, smoothing: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what each row says of its stars, both (rows, 5).

    The first is a soft target over stars, with `smoothing` of its mass moved to the neighbouring stars; zeros
    where only a coarse label is known. The second is 1 at each star the coarse label allows; zeros where the
    star itself is known, or nothing.
    """
    soft = np.zeros((rows.height, 5), np.float32)
    allowed = np.zeros((rows.height, 5), np.float32)
    for index, (star, label) in enumerate(rows.select("stars", "label").iter_rows()):
        if star is not None:
            soft[index] = _smoothed(star, smoothing)
        elif label is not None:
            allowed[index, [star - 1 for star in STARS_OF_LABEL[label]]] = 1
    return soft, allowed


def set_priors(
    rows: pl.DataFrame, soft: NDArray[np.float32], allowed: NDArray[np.float32], floor: float = 0.02
) -> NDArray[np.float32]:
    """Return the log share of each star (rows, 5) in the row's set and language, each star at least `floor`.

    Added to the logits in training (logit adjustment, Menon et al. 2021), so that the text need not explain
    that one company's customers are happier than another's, or that a set was made without three stars.
    """
    known = soft + allowed / np.maximum(allowed.sum(1, keepdims=True), 1)
    group = rows.select(pl.struct("set", "lang").rank("dense") - 1).to_series().to_numpy().astype(np.int64)
    counts = np.zeros((int(group.max()) + 1, 5), np.float64)
    np.add.at(counts, group, known)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1e-9)
    shares = floor + (1 - 5 * floor) * shares
    priors: NDArray[np.float32] = np.log(shares).astype(np.float32)[group]
    return priors


def _smoothed(star: int, smoothing: float) -> NDArray[np.float32]:
    neighbours = [other for other in (star - 1, star + 1) if 1 <= other <= 5]
    target = np.zeros(5, np.float32)
    target[star - 1] = 1 - smoothing
    target[[other - 1 for other in neighbours]] = smoothing / len(neighbours)
    return target


def encode(
    tokenizer: Any, texts: Sequence[str], questions: Sequence[str | None], max_tokens: int
) -> list[tuple[list[int], list[int]]]:
    """Return (ids, type ids) of each text with its question; see cxtext.engines.transformer.encode."""
    from cxtext.engines.transformer import encode as encode_for_engine

    return [(item.ids, item.type_ids) for item in encode_for_engine(tokenizer, texts, questions, max_tokens)]


def batches(lengths: Sequence[int], size: int, seed: int) -> list[NDArray[np.int64]]:
    """Return one pass of batches of row indices: rows of similar length together, batches in random order."""
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(lengths))
    pool = size * 64
    cut: list[NDArray[np.int64]] = []
    for start in range(0, len(order), pool):
        part = order[start : start + pool]
        part = part[np.argsort(np.asarray(lengths)[part], kind="stable")]
        cut += [part[at : at + size] for at in range(0, len(part), size)]
    return [cut[index] for index in generator.permutation(len(cut))]
