"""Any Hugging Face sequence-classification checkpoint in a local folder, run by transformers and torch."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from cxtext.engines.readable import has_evidence, readable
from cxtext.engines.star_checkpoint import is_star_checkpoint, star_engine
from cxtext.engines.star_heads import stars_of_labels
from cxtext.errors import MissingModelError, missing_extra
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Bools, Floats, StarEngine, Stars

MAX_TOKENS: Final = 512
BATCH_TOKENS: Final = 8_192  # padding included
# Some families number positions from 2: the last two of the table are left unused.
_SPARE_POSITIONS: Final = 2


def load_checkpoint(path: str) -> StarEngine:
    """Return the engine of a checkpoint in a folder: one that cxtext exported, or a sequence classifier.

    Raises
    ------
    MissingModelError: see HuggingFaceEngine.load and star_checkpoint.star_engine.
    """
    folder = Path(path)
    _check_files(folder)
    config = _described(folder)
    if is_star_checkpoint(config):
        return star_engine(folder, config, _loaded(folder, "AutoModelForTokenClassification")[0])
    return HuggingFaceEngine.load(path)


@dataclass(frozen=True)
class HuggingFaceEngine:
    """A checkpoint and how its classes spread over the stars (classes, 5). Reads no question."""

    name: str
    languages: tuple[str, ...]
    model: Any
    tokenizer: Any
    stars: Floats
    max_tokens: int

    @classmethod
    def load(cls, path: str) -> "HuggingFaceEngine":
        """Load a checkpoint from a folder; nothing is downloaded, unpickled, or run that lies in the folder.

        Raises
        ------
        MissingModelError: transformers or torch is missing, the folder has no safetensors weights or needs
        code of its own, or its classes mean neither stars nor sentiment.
        """
        folder = Path(path)
        _check_files(folder)
        if any("ForTokenClassification" in kind for kind in _described(folder).get("architectures") or []):
            raise MissingModelError(
                f"hf:{path}: refused, it classifies words, not texts; name a sequence classifier"
            )
        model, tokenizer = _loaded(folder, "AutoModelForSequenceClassification")
        config = model.config
        if config.problem_type == "multi_label_classification":
            raise MissingModelError(f"hf:{path}: refused, its classes do not exclude each other")
        try:
            stars = stars_of_labels([str(config.id2label[i]) for i in range(config.num_labels)])
        except MissingModelError as error:
            raise MissingModelError(f"hf:{path}: refused, {error}") from error
        positions = getattr(config, "max_position_embeddings", MAX_TOKENS) - _SPARE_POSITIONS
        limit = min(MAX_TOKENS, positions, tokenizer.model_max_length)
        return cls(f"hf:{folder.resolve().name}", LANGUAGES, model, tokenizer, stars, limit)

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], questions: Sequence[str | None]
    ) -> Stars:
        """Return the star probabilities of n texts; NaN for one that says nothing (see has_evidence)."""
        parts = [readable(text, language) for text, language in zip(texts, languages, strict=True)]
        read, cut = [part for part, _ in parts], np.array([cut for _, cut in parts], dtype=bool)
        tokens, truncated = self._tokens(read)
        probabilities = np.full((len(texts), 5), np.nan)
        known = [i for i, text in enumerate(read) if has_evidence(text, questions[i])]
        for batch in _batches(sorted(known, key=lambda i: len(tokens[i]["input_ids"])), tokens):
            probabilities[batch] = self._classes([tokens[i] for i in batch]) @ self.stars
        return Stars(probabilities, truncated | cut)

    def _tokens(self, texts: Sequence[str]) -> tuple[list[dict[str, list[int]]], Bools]:
        if not texts:
            return [], np.zeros(0, dtype=bool)
        encoded = self.tokenizer(list(texts), truncation=True, max_length=self.max_tokens)
        rows = [{key: encoded[key][i] for key in encoded} for i in range(len(texts))]
        return rows, np.array([bool(row.overflowing) for row in encoded.encodings], dtype=bool)

    def _classes(self, tokens: list[dict[str, list[int]]]) -> Floats:
        """Return class probabilities of a batch, padded and masked."""
        import torch

        padded = self.tokenizer.pad(tokens, return_tensors="pt")
        with torch.inference_mode():
            logits = self.model(**padded).logits.double()
        return np.asarray(torch.softmax(logits, dim=-1).numpy(), dtype=np.float64)


def _check_files(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise MissingModelError(
            f"hf:{folder}: no such checkpoint (a folder with config.json); nothing is downloaded"
        )
    if not any(folder.glob("*.safetensors")):
        raise MissingModelError(
            f"hf:{folder}: refused, no safetensors weights; pickled ones can run code, "
            "so save the model again with safetensors"
        )


def _described(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "config.json").read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise MissingModelError(
            f"hf:{folder}: its config.json can't be read; save the model again"
        ) from error


def _loaded(folder: Path, kind: str) -> tuple[Any, Any]:
    """Return the model as a class of transformers, and its tokenizer."""
    try:
        import torch  # noqa: F401
        import transformers
    except ImportError as error:
        raise missing_extra(error.name or "transformers", "transformers") from error
    options = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options)
        model = getattr(transformers, kind).from_pretrained(folder, use_safetensors=True, **options)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).split("\n")[0][:200]
        what = kind.removeprefix("AutoModelFor")
        raise MissingModelError(f"hf:{folder}: can't be loaded for {what} ({reason})") from error
    return model.eval().float(), tokenizer


def _batches(order: list[int], tokens: list[dict[str, list[int]]]) -> Iterator[list[int]]:
    """Cut indices, sorted by length, into batches of at most BATCH_TOKENS padded tokens."""
    batch: list[int] = []
    for i in order:
        if batch and (len(batch) + 1) * len(tokens[i]["input_ids"]) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
