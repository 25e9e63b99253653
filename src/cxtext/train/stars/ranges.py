"""How large the inputs of a star model's products get on real texts: what fixed whole-number scales must hold.

Some inputs are much larger than others in every text. Dividing them, and multiplying the weights that they meet,
leaves the product as it is and one scale enough for all (SmoothQuant, Xiao et al. 2023, with strength 1/2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxtext.engines.transformer import batches
from cxtext.train.stars.model import Encoded

Floats32 = NDArray[np.float32]


@dataclass(frozen=True)
class Range:
    """What an input is divided by, (inputs,) powers of two, and its smallest and largest value after that."""

    smooth: Floats32
    low: float
    high: float

    @classmethod
    def of_bytes(cls, smooth: Floats32, step: float, zero: int) -> "Range":
        """Return the range that `step` and `zero` make of 0..255."""
        return cls(smooth, -zero * step, (255 - zero) * step)

    @property
    def step(self) -> float:
        """Return the value of one of 255 steps."""
        return (self.high - self.low) / 255

    @property
    def zero(self) -> int:
        """Return the step, 0..255, that means 0."""
        return round(-self.low / self.step)


def measured_ranges(
    model: bytes,
    largest_weight: dict[str, Floats32],
    sample: Encoded,
    known: dict[str, Range],
) -> dict[str, Range]:
    """Return the range of each input named in `largest_weight`, which are outputs of the float graph `model`.

    `largest_weight` holds the largest absolute weight that each of its numbers meets. Ranges that are `known`
    keep their divisors and are widened to hold the sample: other texts were measured before.
    """
    return {
        name: _range(low, high, largest_weight[name], known.get(name))
        for name, (low, high) in _extremes(model, list(largest_weight), sample).items()
    }


def _range(low: Floats32, high: Floats32, weight: Floats32, known: Range | None) -> Range:
    before = known or Range(_smooth(low, high, weight), 0.0, 1e-6)
    least, most = float((low / before.smooth).min()), float((high / before.smooth).max())
    return Range(before.smooth, min(least, before.low), max(most, before.high))


def _smooth(low: Floats32, high: Floats32, weight: Floats32) -> Floats32:
    sizes = np.maximum(np.maximum(-low, high), 1e-6)
    wanted = np.log2(sizes / np.maximum(weight, 1e-6)) / 2
    # What is next to nothing in the sample may be more in another text: it is not made much larger.
    powers: Floats32 = np.exp2(np.clip(np.round(wanted - wanted.mean()), -4, 4)).astype(np.float32)
    return powers


def _extremes(model: bytes, names: list[str], sample: Encoded) -> dict[str, tuple[Floats32, Floats32]]:
    """Return the smallest and the largest value of each number of each input, over all tokens."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    seen: dict[str, list[tuple[Floats32, Floats32]]] = {name: [] for name in names}
    for rows in batches([len(ids) for ids, _ in sample]):
        ids, types = (np.array([sample[row][part] for row in rows], np.int64) for part in (0, 1))
        found = session.run(names, {"input_ids": ids, "token_type_ids": types})
        for name, values in zip(names, found, strict=True):
            seen[name].append((values.min((0, 1)), values.max((0, 1))))
    return {
        name: (np.min([low for low, _ in pairs], axis=0), np.max([high for _, high in pairs], axis=0))
        for name, pairs in seen.items()
    }
