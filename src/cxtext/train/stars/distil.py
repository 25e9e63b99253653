"""Teach a model of fewer layers what the fine-tuned one says of every comment, rated or not."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxtext.engines.linear import softmax
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


def teacher_pooled(
    teacher: Any,
    encoded: list[tuple[list[int], list[int]]],
    folder: Path,
    report: Callable[[str], None],
) -> NDArray[np.float16]:
    """Return the teacher's pooled last layer (rows, hidden); kept in `folder` chunk by chunk."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for start in range(0, len(encoded), CHUNK):
        paths.append(folder / f"pooled-{start:08d}.npy")
        if not paths[-1].is_file():
            found = star_model.predict_pooled(teacher, encoded[start : start + CHUNK])
            np.save(paths[-1], found.astype(np.float16))
            report(f"teacher's labels: {min(start + CHUNK, len(encoded))}/{len(encoded)}")
    return np.concatenate([np.load(path) for path in paths])


def probabilities_of(teacher: Any, pooled: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return the star probabilities (rows, 5) that the teacher's head gives to its pooled rows."""
    logits = star_model.head_logits(teacher, pooled.astype(np.float32))
    return softmax(logits.astype(np.float64)).astype(np.float32)


def distil(
    teacher: Any,
    layers: Sequence[int],
    examples: finetune.Examples,
    schedule: finetune.Schedule,
    checkpoint: Path,
    report: Callable[[str], None],
) -> Any:
    """Fit a student of `layers` to `examples`, which carry what the teacher says of each row; return it."""
    return finetune.fit(student_of(teacher, layers), examples, schedule, checkpoint, report)
