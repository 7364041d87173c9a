"""The parts of a draft: whatever is typed is judged, and what is judged right can be handed in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake import parts
from shared.contracts.dossier import Facts

pytestmark = pytest.mark.unit

_PARTS = [*parts.COLUMNS, *(f"facts.{name}" for name in Facts().fields), "facts.nothing"]
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30)
_TYPED = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(_PARTS), _TYPED)
def test_whatever_is_typed_is_judged(part: str, value: Any) -> None:
    """No value breaks the judging; each fault names its part and has a reason in both languages; right ones load."""
    faults = parts.judge(part, value)
    assert all(fault.field.startswith(part) and fault.reason_zh and fault.reason_en for fault in faults)
    fact = parts.fact_of(part)
    if not faults and fact is not None and not parts.is_empty(value):
        Facts().load({fact: value})


@pytest.mark.parametrize(
    ("part", "right", "wrong"),
    [
        ("uscc", "91310105MAXY50013E", "91310105MAXY50013A"),
        ("id_number", "11010519491231002X", "110105194912310021"),
        ("category", "economic", "economics"),
        ("name", "甲公司", "甲"),
        ("facts.registered_on", "2024-02-29", "2023-02-29"),
        ("facts.profit_yuan", {"2024": -5}, {"24": 5}),
        ("facts.city_rank", {"tax": 1}, {"tax": 0}),
        ("facts.for_profit", False, "no"),
        ("facts.policy_loss_years", [2023], ["2023a"]),
    ],
)
def test_right_and_wrong(part: str, right: Any, wrong: Any) -> None:
    """The form of each field, by one value on either side."""
    assert parts.judge(part, right) == ()
    assert parts.judge(part, wrong) != ()


@pytest.mark.parametrize("part", _PARTS)
@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_part_is_right(part: str, nothing: str | None) -> None:
    """What was not filled in is no mistake yet."""
    assert parts.judge(part, nothing) == ()


def test_what_nobody_can_be_told_apart_without() -> None:
    """The code always, the category where the rulebook has any."""
    assert [f.field for f in parts.needed("某公司", "", None, categories=True)] == ["uscc", "category"]
    assert parts.needed("某公司", "91310105MAXY50013E", None, categories=False) == []
