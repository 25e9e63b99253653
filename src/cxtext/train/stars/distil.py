"""Teach a model of fewer layers what the fine-tuned one says of every comment, rated or not."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxtext.train.stars import finetune
from cxtext.train.stars import model as star_model

CHUNK: Final = 2048


def student_of(teacher: Any, layers: Sequence[int]) -> Any:
    """Return a copy of `teacher` that keeps only `layers` (0-based), the embeddings and the head."""
    from copy import deepcopy

    from torch import nn

    student = deepcopy(teacher)
    encoder = student["encoder"]
    encoder.encoder.layer = nn.ModuleList([encoder.encoder.layer[index] for index in layers])
    encoder.config.num_hidden_layers = len(layers)
    return student


def teacher_probabilities(
    teacher: Any,
    encoded: list[tuple[list[int], list[int]]],
    folder: Path,
    report: Callable[[str], None],
    temperature: float = 1.0,
) -> NDArray[np.float32]:
    """Return the teacher's star probabilities (rows, 5); logits are kept in `folder` chunk by chunk."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(encoded), CHUNK):
        path = folder / f"logits-{start:08d}.npy"
        if not path.is_file():
            np.save(path, star_model.predict_logits(teacher, encoded[start : start + CHUNK]))
            report(f"teacher's labels: {min(start + CHUNK, len(encoded))}/{len(encoded)}")
    logits = np.concatenate([np.load(path) for path in sorted(folder.glob("logits-*.npy"))]) / temperature
    exponents = np.exp(logits - logits.max(1, keepdims=True))
    probabilities: NDArray[np.float32] = exponents / exponents.sum(1, keepdims=True)
    return probabilities


def distil(
    teacher: Any,
    layers: Sequence[int],
    examples: finetune.Examples,
    schedule: finetune.Schedule,
    checkpoint: Path,
    report: Callable[[str], None],
) -> Any:
    """Fit a student of `layers` to `examples`, which carry the teacher's probabilities; return it."""
    return finetune.fit(student_of(teacher, layers), examples, schedule, checkpoint, report)
