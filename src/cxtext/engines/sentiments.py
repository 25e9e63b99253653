"""Negative, neutral, positive: what star probabilities say in three words."""

from typing import Final

import numpy as np

from cxtext.schema.protocols import Floats

# What a lean to satisfied adds to the logits of the stars.
GOOD_OR_BAD: Final = np.array([-1.0, -1.0, 0.0, 1.0, 1.0])

_STARS: Final = ((0, 1), (2,), (3, 4))  # star indices of each


def sentiments(probabilities: Floats) -> Floats:
    """Return p(negative), p(neutral), p(positive) (n, 3) of star probabilities (n, 5): 1 and 2, 3, 4 and 5."""
    return np.stack([probabilities[:, stars].sum(1) for stars in _STARS], axis=1)
