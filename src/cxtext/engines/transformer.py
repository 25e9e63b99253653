"""The shipped four-language star model: int8 ONNX, run by onnxruntime and tokenizers, no torch."""

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxtext import registry
from cxtext.engines.linear import softmax
from cxtext.engines.readable import has_evidence, readable
from cxtext.errors import MissingModelError
from cxtext.schema.protocols import Bools, Floats, Stars

WEIGHTS_FILE: Final = "model.onnx"
TOKENIZER_FILE: Final = "tokenizer.json"
CALIBRATION_FILE: Final = "calibration.json"

BATCH_TOKENS: Final = 512  # tokens of one batch: what fits the processor's cache is fastest
BATCH_TEXTS: Final = 64


@dataclass(frozen=True)
class Encoded:
    """One text as the model reads it. `ids` and `type_ids` have the same length."""

    ids: list[int]
    type_ids: list[int]
    truncated: bool


@dataclass(frozen=True)
class TransformerEngine:
    """Star probabilities from the text itself, its question and its order of words.

    Each distinct text is read once; texts of one length go together, so that nothing is padded. Neither changes
    a text's result.
    scale: (1 + languages,), offset: (1 + languages, 5); the first is for a text of unknown language, of which
    only the emoji are read.
    """

    name: str
    languages: tuple[str, ...]
    tokenizer: Any
    session: Any
    max_tokens: int
    scale: Floats
    offset: Floats

    @classmethod
    def load(cls, name_or_folder: str) -> "TransformerEngine":
        """Load a model that ships with cxtext by its name, or any by its folder.

        Raises
        ------
        MissingModelError: a file is missing or altered, or the folder holds another kind of model.
        """
        asset = registry.model(name_or_folder)
        if asset.config.get("kind") != "transformer":
            raise MissingModelError(f"{asset.folder}: not a transformer star model; see cxtext models")
        calibration = json.loads(asset.path(CALIBRATION_FILE).read_text("utf-8"))
        return cls(
            name=asset.name,
            languages=tuple(asset.config["languages"]),
            tokenizer=load_tokenizer(asset.path(TOKENIZER_FILE)),
            session=load_session(asset.path(WEIGHTS_FILE)),
            max_tokens=asset.config["max_tokens"],
            scale=np.array(calibration["scale"], dtype=np.float64),
            offset=np.array(calibration["offset"], dtype=np.float64),
        )

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the star probabilities of n texts; NaN where a text says nothing (see has_evidence)."""
        read = [readable(text, language) for text, language in zip(texts, languages, strict=True)]
        keys = [(text, asked) for (text, _), asked in zip(read, questions, strict=True)]
        distinct = {key: index for index, key in enumerate(dict.fromkeys(keys))}
        logits, truncated = self.logits([text for text, _ in distinct], [asked for _, asked in distinct])
        chosen = np.array([distinct[key] for key in keys], dtype=np.int64)
        row = np.array(
            [1 + self.languages.index(x) if x in self.languages else 0 for x in languages], dtype=int
        )
        probabilities = softmax(self.scale[row, None] * logits[chosen] + self.offset[row])
        probabilities[[not has_evidence(text, asked) for text, asked in keys]] = np.nan
        cut = np.array([was_cut for _, was_cut in read], dtype=np.bool_)
        return Stars(probabilities, truncated[chosen] | cut)

    def logits(self, texts: Sequence[str], questions: Sequence[str | None]) -> tuple[Floats, Bools]:
        """Return uncalibrated star logits (texts, 5), and whether each text was cut."""
        encoded = encode(self.tokenizer, texts, questions, self.max_tokens)
        found = np.zeros((len(texts), 5))
        for rows in batches([len(item.ids) for item in encoded]):
            found[rows] = self.run(stacked([encoded[row] for row in rows]))
        return found, np.array([item.truncated for item in encoded], dtype=np.bool_)

    def run(self, feed: dict[str, NDArray[np.int64]]) -> Floats:
        """Return the star logits (texts, 5) of a batch of texts of one length."""
        logits: Floats = self.session.run(["logits"], feed)[0]
        return logits


def load_session(weights: Path) -> Any:
    """Return onnxruntime's session; its threads sleep while they wait, so that others can work.

    A process of a pool takes one thread: there are as many processes as cores.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    if multiprocessing.parent_process() is not None:
        options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])


def load_tokenizer(file: Path) -> Any:
    """Return a tokenizers.Tokenizer."""
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(file))


def encode(
    tokenizer: Any, texts: Sequence[str], questions: Sequence[str | None], max_tokens: int
) -> list[Encoded]:
    """Return each text as `<s> text </s>`, with a question as `<s> text </s> question </s>`.

    Of a text that is too long the first and the last pieces are kept (two thirds, one third): reviews state
    their verdict at either end. A question takes at most a quarter of the room.
    """
    pieces = tokenizer.encode_batch_fast([text.strip() for text in texts], add_special_tokens=False)
    asked = sorted({question for question in questions if question})
    asked_pieces = {
        question: found.ids[: max_tokens // 4 - 1]
        for question, found in zip(
            asked, tokenizer.encode_batch_fast(asked, add_special_tokens=False), strict=True
        )
    }
    start, end = tokenizer.token_to_id("<s>"), tokenizer.token_to_id("</s>")
    return [
        _join(found.ids, asked_pieces[question] if question else None, start, end, max_tokens)
        for found, question in zip(pieces, questions, strict=True)
    ]


def _join(ids: list[int], question: list[int] | None, start: int, end: int, max_tokens: int) -> Encoded:
    second = [] if question is None else [*question, end]
    room = max_tokens - 2 - len(second)
    tail = room // 3
    kept = ids if len(ids) <= room else ids[: room - tail] + ids[-tail:]
    first = [start, *kept, end]
    return Encoded(first + second, [0] * len(first) + [1] * len(second), len(ids) > room)


def batches(lengths: Sequence[int]) -> Iterator[NDArray[np.int64]]:
    """Yield the rows of each batch, short texts first: texts of one length, BATCH_TOKENS tokens at most."""
    order = np.argsort(lengths, kind="stable")
    ends = np.flatnonzero(np.diff(np.asarray(lengths)[order])) + 1
    for alike in np.split(order, ends) if len(order) else ():
        size = min(max(BATCH_TOKENS // max(lengths[alike[0]], 1), 1), BATCH_TEXTS)
        yield from (alike[start : start + size] for start in range(0, len(alike), size))


def stacked(encoded: Sequence[Encoded]) -> dict[str, NDArray[np.int64]]:
    """Return the model's inputs, each (texts, tokens)."""
    return {
        "input_ids": np.array([item.ids for item in encoded], dtype=np.int64),
        "token_type_ids": np.array([item.type_ids for item in encoded], dtype=np.int64),
    }
