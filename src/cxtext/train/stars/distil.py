"""Teach a smaller model what the fine-tuned one says of every comment, rated or not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cxtext.engines.linear import softmax
from cxtext.schema.protocols import Floats
from cxtext.train.stars import finetune
from cxtext.train.stars import model as star_model
from cxtext.train.stars.model import Encoded

CHUNK: Final = 2048
SAMPLE: Final = 600  # texts that tell which wide units do most
STARS: Final = np.arange(1, 6)
FLOOR: Final = 1e-6  # of a star's probability, so that a reading can still move to it
READABLE_MEAN: Final = (1.08, 4.94)  # no reader is so sure that nobody gives another star
DISTRUSTED: Final = 1.5  # stars from the teachers' mean to a reading at which they know nothing of the text
WRITERS: Final = 0.77  # standard deviation of the stars of one text's writers, where teachers can't tell
STEEPEST: Final = 15.0
BISECTIONS: Final = 40


@dataclass(frozen=True)
class Size:
    """What a student keeps of its teacher: `layers` (0-based), and in each the `wide` units that do most."""

    layers: tuple[int, ...]
    wide: int


def student_of(teacher: Any, size: Size, sample: Encoded) -> Any:
    """Return a copy of `teacher` of that size, with its embeddings and head.

    A wide unit does the more, the larger its mean absolute output on `sample` times the weights it meets.
    """
    from copy import deepcopy

    from torch import nn

    student = deepcopy(teacher)
    encoder = student["encoder"]
    encoder.encoder.layer = nn.ModuleList([encoder.encoder.layer[index] for index in size.layers])
    encoder.config.num_hidden_layers = len(size.layers)
    encoder.config.intermediate_size = size.wide
    for layer, output in zip(encoder.encoder.layer, _mean_outputs(teacher, size.layers, sample), strict=True):
        _narrow(layer, output, size.wide)
    return student


def _mean_outputs(model: Any, layers: Sequence[int], sample: Encoded) -> list[Any]:
    """Return the mean absolute output (units,) of each layer's wide units."""
    import torch

    wide = [model["encoder"].encoder.layer[index].intermediate for index in layers]
    found: dict[Any, list[Any]] = {units: [] for units in wide}

    def keep(units: Any, _: Any, output: Any) -> None:
        found[units].append(output.abs().mean((0, 1)).float())

    hooks = [units.register_forward_hook(keep) for units in wide]
    star_model.predict_pooled(model, sample)
    for hook in hooks:
        hook.remove()
    return [torch.stack(found[units]).mean(0) for units in wide]


def _narrow(layer: Any, output: Any, wide: int) -> None:
    """Keep the `wide` units of a layer that do most, in place and in order."""
    import torch

    first, second = layer.intermediate.dense, layer.output.dense
    kept = (output * second.weight.detach().norm(dim=0)).topk(wide).indices.sort().values
    with torch.no_grad():
        first.weight, first.bias = (torch.nn.Parameter(each[kept]) for each in (first.weight, first.bias))
        second.weight = torch.nn.Parameter(second.weight[:, kept])
    first.out_features = second.in_features = wide


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


def probabilities_of(teachers: Sequence[Any], pooled: Sequence[NDArray[np.float16]]) -> NDArray[np.float32]:
    """Return the star probabilities (rows, 5) of the mean of the teachers' logits of their pooled rows."""
    logits = [
        star_model.head_logits(teacher, rows.astype(np.float32))
        for teacher, rows in zip(teachers, pooled, strict=True)
    ]
    return softmax(np.mean(logits, axis=0).astype(np.float64)).astype(np.float32)


def as_read(shares: NDArray[np.float32], readings: Floats) -> NDArray[np.float32]:
    """Return star probabilities (rows, 5) whose means are the readings (rows,); those without a reading (NaN) stay.

    Of all distributions with that mean, the one nearest to the teachers': p(star) * exp(tilt * star), normalised
    (I-projection, Csiszár 1975). It keeps what the teachers know of a text beside its mean. The further their mean
    is off, the less they know: their logits give way to those of a normal distribution around the reading.
    """
    found = shares.copy()
    read = ~np.isnan(readings)
    if read.any():
        found[read] = _moved(shares[read].astype(np.float64), readings[read].clip(*READABLE_MEAN))
    return found


def _moved(shares: Floats, means: Floats) -> Floats:
    off = np.minimum(abs(shares @ STARS - means) / DISTRUSTED, 1.0)[:, None]
    around = -(((STARS - means[:, None]) / WRITERS) ** 2) / 2
    return _with_mean((1 - off) * np.log(shares + FLOOR) + off * around, means)


def _with_mean(logits: Floats, means: Floats) -> Floats:
    """Return softmax(logits + tilt * star) with these means; the tilt of each row by bisection."""
    low, high = np.full(len(means), -STEEPEST), np.full(len(means), STEEPEST)
    for _ in range(BISECTIONS):
        tilt = (low + high) / 2
        above = softmax(logits + tilt[:, None] * STARS) @ STARS > means
        low, high = np.where(above, low, tilt), np.where(above, tilt, high)
    return softmax(logits + tilt[:, None] * STARS)


def distil(
    teacher: Any,
    size: Size,
    examples: finetune.Examples,
    schedule: finetune.Schedule,
    checkpoint: Path,
    report: Callable[[str], None],
) -> Any:
    """Fit a student of `size` to `examples`, which carry what the teacher says of each row; return it."""
    sample = examples.encoded[:: max(len(examples.encoded) // SAMPLE, 1)]
    return finetune.fit(student_of(teacher, size, sample), examples, schedule, checkpoint, report)
