"""The shipped four-language star model: int8 ONNX, run by onnxruntime and tokenizers, no torch."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxtext import registry
from cxtext.errors import missing_extra
from cxtext.schema.protocols import Bools, Floats, Stars

BATCH_TOKENS: Final = 2048  # padded tokens of one batch: more needs memory and wins no time
BATCH_TEXTS: Final = 64
_WORD: Final = re.compile(r"[^\W\d_]")
_EMOJI: Final = re.compile("[☀-➿⬀-⯿\U0001f000-\U0001faff]|[:;=][-']?[)(D/]")
_NOT_WORD: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Encoded:
    """One text as the model reads it. `ids` and `type_ids` have the same length."""

    ids: list[int]
    type_ids: list[int]
    truncated: bool


class TransformerEngine:
    """Star probabilities from the text itself, its question and its order of words.

    Each distinct text is read once; texts of similar length go together. Neither changes a text's result.
    """

    def __init__(
        self,
        name: str,
        languages: Sequence[str],
        tokenizer: Any,
        session: Any,
        max_tokens: int,
        calibration: dict[str, dict[str, Any]],
    ) -> None:
        self.name = name
        self.languages = tuple(languages)
        self.tokenizer = tokenizer
        self.session = session
        self.max_tokens = max_tokens
        self.calibration = calibration

    @classmethod
    def load(cls, name_or_folder: str) -> "TransformerEngine":
        """Load a model folder: model.onnx, tokenizer.json, calibration.json, config.json.

        Raises
        ------
        MissingModelError: a file is missing or altered, or onnxruntime or tokenizers is not installed.
        """
        model = registry.model(name_or_folder)
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ModuleNotFoundError as error:
            raise missing_extra(str(error.name), "transformer") from error
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        weights, tokenizer = model.path("model.onnx"), model.path("tokenizer.json")
        return cls(
            f"{model.config['name']} {model.config['version']}",
            model.config["languages"],
            Tokenizer.from_file(str(tokenizer)),
            onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"]),
            model.config["max_tokens"],
            json.loads(model.path("calibration.json").read_text("utf-8")),
        )

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return star probabilities; NaN for a text that holds no word and no sign, or only says "none"."""
        keys = list(zip(texts, questions, strict=True))
        distinct = {key: index for index, key in enumerate(dict.fromkeys(keys))}
        logits, truncated = self.logits([text for text, _ in distinct], [asked for _, asked in distinct])
        rows = np.array([distinct[key] for key in keys], dtype=np.int64)
        probabilities = self._calibrated(logits[rows], languages)
        probabilities[[not has_evidence(text, asked) for text, asked in keys]] = np.nan
        return Stars(probabilities, truncated[rows])

    def logits(self, texts: Sequence[str], questions: Sequence[str | None]) -> tuple[Floats, Bools]:
        """Return uncalibrated star logits (texts, 5), and whether each text was cut."""
        encoded = encode(self.tokenizer, texts, questions, self.max_tokens)
        found = np.zeros((len(texts), 5))
        for rows in batches([len(item.ids) for item in encoded]):
            feed = padded([encoded[row] for row in rows], self.tokenizer.token_to_id("<pad>"))
            found[rows] = self.session.run(["logits"], feed)[0]
        return found, np.array([item.truncated for item in encoded], dtype=np.bool_)

    def _calibrated(self, logits: Floats, languages: Sequence[str]) -> Floats:
        found = np.empty_like(logits)
        codes = np.array(languages, dtype=np.str_)
        for language in np.unique(codes):
            fitted = self.calibration.get(str(language), self.calibration["any"])
            chosen = codes == language
            found[chosen] = calibrate(logits[chosen], fitted["temperature"], np.asarray(fitted["bias"]))
        return found


def calibrate(logits: Floats, temperature: float, bias: Floats) -> Floats:
    """Return softmax(logits / temperature + bias), row by row."""
    scaled = logits / temperature + bias
    exponents = np.exp(scaled - scaled.max(1, keepdims=True))
    result: Floats = exponents / exponents.sum(1, keepdims=True)
    return result


def has_evidence(text: str, question: str | None) -> bool:
    """Return whether a text says anything: a word or an emoji, and more than "none" to no question."""
    if _EMOJI.search(text):
        return True
    if not _WORD.search(text):
        return False
    return bool(question) or _NOT_WORD.sub(" ", text).strip().lower() not in _empty_answers()


@lru_cache(maxsize=1)
def _empty_answers() -> frozenset[str]:
    data = resources.files("cxtext.engines").joinpath("empty_answers.json").read_text("utf-8")
    answers = [answer for language in json.loads(data).values() for answer in language]
    return frozenset(_NOT_WORD.sub(" ", answer).strip() for answer in answers)


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
    """Yield the rows of each batch, short texts first; a batch holds BATCH_TOKENS padded tokens at most."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and end - start < BATCH_TEXTS:
            if lengths[order[end]] * (end - start + 1) > BATCH_TOKENS:
                break
            end += 1
        yield order[start:end]
        start = end


def padded(encoded: Sequence[Encoded], pad: int) -> dict[str, NDArray[np.int64]]:
    """Return the model's inputs, each (texts, longest)."""
    width = max(len(item.ids) for item in encoded)
    ids = np.full((len(encoded), width), pad, dtype=np.int64)
    types = np.zeros_like(ids)
    mask = np.zeros_like(ids)
    for row, item in enumerate(encoded):
        ids[row, : len(item.ids)] = item.ids
        types[row, : len(item.ids)] = item.type_ids
        mask[row, : len(item.ids)] = 1
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
