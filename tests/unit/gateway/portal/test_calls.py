"""Calls that look alike are told apart; one that stands alone has no number."""

from __future__ import annotations

from typing import Any

import pytest

from services.gateway.portal.calls import numbered, which
from services.gateway.portal.text import counted

pytestmark = pytest.mark.unit


def _cycle(cycle_id: str, opens_on: str, **given: Any) -> dict[str, Any]:
    plain = {"rulebook": "b", "year": 2026, "rehearsal": False, "closes_on": "2026-12-31"}
    return {"cycle_id": cycle_id, "opens_on": opens_on, **plain, **given}


def test_alike_ones_are_counted_by_their_first_day() -> None:
    cycles = [
        _cycle("late", "2026-05-01"), _cycle("early", "2026-03-01"), _cycle("other", "2026-04-01", year=2025),
        _cycle("played", "2026-01-01", rehearsal=True), _cycle("book", "2026-02-01", rulebook="c"),
    ]  # fmt: skip
    assert [(each["cycle_id"], each["call"]) for each in numbered(cycles)] == [
        ("late", 2), ("early", 1), ("other", None), ("played", None), ("book", None),
    ]  # fmt: skip


def test_which_one_it_is_is_said_behind_its_name() -> None:
    assert which(2) == ("，第 2 批", ", call 2")
    assert which(None) == ("", "")


def test_one_of_a_thing_is_one() -> None:
    assert [counted(n, "entry", "entries") for n in (0, 1, 2)] == ["0 entries", "1 entry", "2 entries"]
