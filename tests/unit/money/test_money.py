"""Integer fen: reading, showing, and refusing what is no amount."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import AmountError, format_wan, format_yuan, parse_amount, whole_yuan, yuan_to_fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("50 万元", 50_000_000),
        ("2万元", 2_000_000),
        ("1.5 万元", 1_500_000),
        ("500,000 元", 50_000_000),
        ("0.50 元", 50),
        ("1 分", 1),
        ("0 元", 0),
        ("1 亿元", 10_000_000_000),
    ],
)
def test_amounts_are_read_with_their_unit(text: str, fen: int) -> None:
    """The unit decides; nothing is rounded."""
    assert parse_amount(text) == fen


@pytest.mark.parametrize(
    "text", ["50", "", "万元", "0.001 元", "5O 元", "1,00 元", "50 万", "1e3 元", "∞ 元"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Also an amount without a unit."""
    with pytest.raises(AmountError):
        parse_amount(text)


@given(st.integers(-(10**15), 10**15))
def test_showing_and_reading_are_inverse(fen: int) -> None:
    """What a person reads can be entered again without a loss."""
    assert parse_amount(format_yuan(fen).replace("−", "-")) == fen
    assert parse_amount(format_wan(fen).replace("−", "-")) == fen


def test_shown_for_people() -> None:
    """Grouped thousands, a true minus sign."""
    assert format_yuan(-2_000_000) == "−20,000 元"
    assert format_wan(50_000_000) == "50 万元"
    assert format_yuan(50) == "0.50 元"


def test_yuan_at_the_edges() -> None:
    """Whole yuan go in and out; fen left over and floats are errors."""
    assert yuan_to_fen(Decimal("0.01")) == 1
    assert whole_yuan(50_000_000) == 500_000
    for wrong in (Decimal("0.001"), "x", 0.5, Decimal("NaN")):
        with pytest.raises(AmountError):
            yuan_to_fen(wrong)  # type: ignore[arg-type]
    with pytest.raises(AmountError):
        whole_yuan(1)
