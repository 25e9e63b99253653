"""cxtext as a scikit-learn transformer: texts in, star probabilities out."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from cxtext.runners import InProcess, cut
from cxtext.schema.columns import COMMENTS, P_STARS
from cxtext.schema.settings import DEFAULT_ENGINE, Settings
from cxtext.score import ScoreContext, classify_batch


class StarProbabilities(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Star probabilities of comments as features of a scikit-learn pipeline.

    Parameters
    ----------
    engine: `cascade`, `linear`, `transformer`, a model folder, or `hf:PATH`.
    market: ISO 3166 code of the texts' market, a prior of language detection; null: no prior.
    """

    def __init__(self, engine: str = DEFAULT_ENGINE, market: str | None = None) -> None:
        self.engine = engine
        self.market = market

    def fit(self, texts: Sequence[str], y: object = None) -> Self:
        """Return self: the model is trained already."""
        del texts, y
        return self

    def transform(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return an array (n texts, 5) of probabilities over 1..5 stars; NaN where there is no answer."""
        frame = comments_of(texts, self.market)
        context = ScoreContext(Settings(engine=self.engine), mix=None)
        scored = pl.concat(InProcess().map(lambda batch: classify_batch(batch, context), cut(frame)))
        return scored.select(pl.col(P_STARS).fill_null(np.nan)).to_numpy()

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the five columns."""
        del input_features
        return np.array(P_STARS, dtype=object)


def comments_of(texts: Sequence[str], market: str | None) -> pl.DataFrame:
    """Return texts as a frame of comments that has all columns scoring reads."""
    frame = pl.DataFrame({"text": list(texts)}, schema={"text": pl.String()})
    blank = (pl.lit(None, dtype).alias(name) for name, dtype in COMMENTS.items() if name != "text")
    return frame.with_columns(blank).with_columns(pl.lit(market, pl.String()).alias("market"))
