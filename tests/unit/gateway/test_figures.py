"""Percents and scores as people read them: no noughts at the end, nothing lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.figures import figure

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("85.000", "85"), ("85.500", "85.5"), ("88.25", "88.25"), ("0.000", "0"), ("100", "100"), ("-0.50", "-0.5"),
        (70, "70"), (None, ""), ("", ""), ("n/a", "n/a"), (Decimal("1E+2"), "100"),
    ],
)  # fmt: skip
def test_a_figure_has_no_noughts_at_its_end(value: object, shown: str) -> None:
    assert figure(value) == shown


@given(st.decimals(min_value=0, max_value=100, places=3))
def test_a_figure_is_the_same_number(value: Decimal) -> None:
    shown = figure(f"{value:f}")
    assert Decimal(shown) == value
    assert not ("." in shown and shown.endswith("0"))
