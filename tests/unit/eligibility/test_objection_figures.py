"""Figures of objections."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.eligibility.objections.figures import Case, figures

pytestmark = pytest.mark.unit


def _case(state: str, ground: str = "other", **given: Any) -> Case:
    return Case(
        **{
            "state": state, "ground": ground, "source": "public", "ruling": None, "raised_on": date(2025, 6, 2),
            "accepted_on": None, "ruled_on": None, "appealed_on": None, "decided_on": None, "overdue": False, **given,
        }
    )  # fmt: skip


def test_nothing_is_counted_where_nothing_is() -> None:
    found = figures([])
    assert found["objections"] == 0
    assert found["states"] == found["grounds"] == found["steps"] == []


def test_counts_and_days() -> None:
    """Days are calendar days, the average with one decimal; what was not reached has none."""
    cases = [
        _case("received", overdue=True),
        _case("not_accepted", accepted_on=date(2025, 6, 3)),
        _case("upheld", "false_materials", ruling="upheld", accepted_on=date(2025, 6, 4), ruled_on=date(2025, 6, 14)),
        _case(
            "overturned", "false_materials", ruling="dismissed", accepted_on=date(2025, 6, 4), ruled_on=date(2025, 6, 9),
            appealed_on=date(2025, 6, 10), decided_on=date(2025, 6, 20), source="office",
        ),
    ]  # fmt: skip
    found = figures(cases)
    assert (found["objections"], found["by_office"], found["overdue"]) == (4, 1, 1)
    assert (found["appealed"], found["overturned"]) == (1, 1)
    assert {line["state"]: line["number"] for line in found["states"]} == {
        "received": 1, "not_accepted": 1, "upheld": 1, "overturned": 1,
    }  # fmt: skip
    assert found["grounds"] == [
        {"ground": "false_materials", "number": 2, "not_accepted": 0, "upheld": 2},
        {"ground": "other", "number": 2, "not_accepted": 1, "upheld": 0},
    ]
    assert found["steps"] == [
        {"step": "acceptance", "number": 3, "average_days": "1.7", "longest_days": 2},
        {"step": "ruling", "number": 2, "average_days": "7.5", "longest_days": 10},
        {"step": "decision", "number": 1, "average_days": "10.0", "longest_days": 10},
    ]
