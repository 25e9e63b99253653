"""cxtext inside scikit-learn and spaCy gives what the command line gives."""

import numpy as np
import polars as pl
import pytest
import spacy
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import cxtext.integrations.component  # noqa: F401  # registers the factory
from cxtext.integrations.estimator import StarProbabilities, comments_of
from cxtext.schema.columns import P_STARS
from cxtext.schema.settings import DEFAULT_ENGINE, Settings
from cxtext.score import ScoreContext, classify_batch

TEXTS = ["Fantastisk service, tusind tak!", "De levering was veel te laat en niemand belt terug", ""]


@pytest.fixture(scope="module")
def classified() -> pl.DataFrame:
    return classify_batch(comments_of(TEXTS, "DK"), ScoreContext(Settings(), mix=None))


def test_the_estimator_gives_the_columns_of_classify(classified: pl.DataFrame) -> None:
    """Rows are texts, columns the five stars, NaN where there is no answer."""
    expected = classified.select(pl.col(P_STARS).fill_null(np.nan)).to_numpy()
    np.testing.assert_array_equal(StarProbabilities(market="DK").fit_transform(TEXTS), expected)
    assert np.isnan(expected[2]).all()


def test_the_estimator_can_be_cloned_and_piped() -> None:
    """The constructor only stores its arguments."""
    copied = clone(StarProbabilities(market="NL"))
    assert copied.get_params() == {"engine": DEFAULT_ENGINE, "market": "NL"}
    first = make_pipeline(copied, FunctionTransformer(lambda p: p[:, 0])).fit_transform(TEXTS[:2])
    assert first[1] > first[0]


def test_the_component_sets_the_columns_of_classify(classified: pl.DataFrame) -> None:
    """One document and a stream of them get the same."""
    nlp = spacy.blank("da")
    nlp.add_pipe("cxtext", config={"market": "DK"})
    piped = [doc._.cxtext for doc in nlp.pipe(TEXTS)]
    assert nlp(TEXTS[0])._.cxtext == piped[0]
    assert [row["language"] for row in piped] == classified["language"].to_list()
    assert piped[2]["unscored_reason"] == "empty"
