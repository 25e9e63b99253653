"""What a reported score and its n still allow to say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxtext.statistics.intervals import net_promoter_score
from cxtext.statistics.reported import widest_mean, widest_net_promoter_score


@given(promoters=st.integers(0, 300), passives=st.integers(0, 300), detractors=st.integers(0, 300))
def test_the_widest_interval_holds_the_one_from_the_answers(
    promoters: int, passives: int, detractors: int
) -> None:
    """Whatever the answers behind a score, their own interval lies within."""
    n = promoters + passives + detractors
    if n == 0:
        return
    own = net_promoter_score(promoters, passives, detractors)
    widest = widest_net_promoter_score(own.value, n)
    assert widest.low <= own.low + 1e-9
    assert own.high <= widest.high + 1e-9


@given(answers=st.lists(st.integers(1, 5), min_size=2, max_size=50))
def test_the_widest_mean_holds_every_sample(answers: list[int]) -> None:
    """No answers on the scale have a larger variance than the bound."""
    mean, n = float(np.mean(answers)), len(answers)
    found = widest_mean(mean, n, 1, 5)
    half = 1.959963984540054 * np.std(answers) / np.sqrt(n)
    assert found.low <= max(mean - half, 1) + 1e-9
    assert found.high >= min(mean + half, 5) - 1e-9


def test_a_score_without_n_has_no_interval() -> None:
    """The score stays."""
    found = widest_net_promoter_score(35.0, np.nan)
    assert found.value == pytest.approx(35)
    assert np.isnan(found.low)
