"""A star model of cxtext as a transformers checkpoint: a token classifier whose logits are averaged, run by torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxtext.engines.star_heads import stars_of_labels
from cxtext.engines.transformer import TOKENIZER_FILE, TransformerEngine, load_tokenizer
from cxtext.errors import MissingModelError
from cxtext.schema.columns import LANGUAGES
from cxtext.schema.protocols import Floats

OWN_KEY: Final = "cxtext"  # of config.json
_REMEDY: Final = 'make it with "cxtext models export"'


@dataclass(frozen=True)
class CheckpointEngine(TransformerEngine):
    """The engine of the shipped model with torch in place of onnxruntime; `session` is the token classifier."""

    def run(self, feed: dict[str, NDArray[np.int64]]) -> Floats:
        """Return the star logits (texts, 5) of a batch: the mean of each text's tokens' logits."""
        import torch

        inputs = {name: torch.from_numpy(values) for name, values in feed.items()}
        with torch.inference_mode():
            averaged: Floats = self.session(**inputs).logits.double().mean(1).numpy()
        return averaged


def is_star_checkpoint(config: dict[str, Any]) -> bool:
    """Return whether a config.json is of a checkpoint that `cxtext models export` made."""
    return isinstance(config.get(OWN_KEY), dict)


def star_engine(folder: Path, config: dict[str, Any], model: Any) -> CheckpointEngine:
    """Return the engine of a loaded token classifier and its config.json.

    Raises
    ------
    MissingModelError: what config.json says of pooling, languages or calibration makes no sense.
    """
    own = config[OWN_KEY]
    labels = [str(model.config.id2label[index]) for index in range(model.config.num_labels)]
    if own.get("pooling") != "mean" or not np.array_equal(stars_of_labels(labels), np.eye(5)):
        raise MissingModelError(f"hf:{folder}: refused, not five stars from the mean over tokens; {_REMEDY}")
    languages, max_tokens = own.get("languages"), own.get("max_tokens")
    positions = model.config.max_position_embeddings
    if not languages or not set(languages) <= set(LANGUAGES) or not 8 <= int(max_tokens or 0) <= positions:
        raise MissingModelError(f"hf:{folder}: refused, its languages or max_tokens make no sense; {_REMEDY}")
    scale, offset = _calibration(folder, own.get("calibration") or {}, 1 + len(languages))
    return CheckpointEngine(
        name=f"hf:{folder.resolve().name}",
        languages=tuple(languages),
        tokenizer=load_tokenizer(folder / TOKENIZER_FILE),
        session=model,
        max_tokens=int(max_tokens),
        scale=scale,
        offset=offset,
    )


def _calibration(folder: Path, values: dict[str, Any], groups: int) -> tuple[Floats, Floats]:
    try:
        scale = np.asarray(values["scale"], np.float64).reshape(groups)
        offset = np.asarray(values["offset"], np.float64).reshape(groups, 5)
    except (KeyError, ValueError, TypeError) as error:
        raise MissingModelError(
            f"hf:{folder}: refused, no scale and offset for each language in its calibration; {_REMEDY}"
        ) from error
    return scale, offset
