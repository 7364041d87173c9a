"""How far sheets lie apart."""

from __future__ import annotations

from statistics import median as reference_median
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.scoring.scores import FULL
from services.review.scoring.spread import median, spread

pytestmark = pytest.mark.unit

SHEETS = st.dictionaries(st.sampled_from([f"E{n}" for n in range(13)]), st.integers(0, FULL), min_size=1)


@given(SHEETS)
def test_figures_agree_with_those_of_the_standard_library(sheets: dict[str, int]) -> None:
    """Median and standard deviation against another implementation; the deviation is rounded down."""
    found = spread(sheets, None)
    values = list(sheets.values())
    assert float(found.median) == reference_median(values)
    assert found.apart == max(values) - min(values)
    assert found.outliers == {}
    if len(values) > 1:
        assert found.deviation is not None
        assert -1e-6 <= stdev(values) - found.deviation < 1 + 1e-6
    else:
        assert found.deviation is None


@given(SHEETS, st.integers(1, 100))
def test_an_outlier_lies_strictly_further_than_the_limit(sheets: dict[str, int], points: int) -> None:
    """On both sides of the median; one at the limit is none."""
    found = spread(sheets, points)
    middle = median(list(sheets.values()))
    assert set(found.outliers) == {e for e, v in sheets.items() if abs(v - middle) > points * 1000}
    assert all(found.outliers[e] == sheets[e] - middle for e in found.outliers)


def test_at_the_limit() -> None:
    """Fifteen points away are shown only when it is more than that."""
    assert spread({"A": 60_000, "B": 60_000, "C": 75_000}, 15).outliers == {}
    assert spread({"A": 60_000, "B": 60_000, "C": 75_001}, 15).outliers == {"C": 15_001}


def test_no_sheets_have_no_median() -> None:
    """Nothing is never the middle."""
    with pytest.raises(ValueError):
        median([])
