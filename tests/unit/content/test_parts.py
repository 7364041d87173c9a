"""Which parts follow each other, and which of them nobody will come back for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.content.base import Entry, contiguous, stale

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def part(upload: str, offset: int, size: int = 10, hours: int = 0) -> Entry:
    return Entry(f"parts/{upload}/{offset:020d}", size, NOON + timedelta(hours=hours))


def left(name: str, hours: int) -> Entry:
    return Entry(f"incoming/{name}", 10, NOON + timedelta(hours=hours))


@given(st.permutations([part("a", 0), part("a", 10, 5), part("a", 15)]))
def test_parts_follow_each_other_by_where_they_begin(parts: list[Entry]) -> None:
    """In whatever order a place lists them."""
    assert [entry.offset for entry in contiguous(parts)] == [0, 10, 15]


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [([], []), ([10], []), ([0, 20], [0]), ([0, 10, 30, 40], [0, 10])],
)
def test_what_stands_beyond_a_gap_does_not_count(offsets: list[int], expected: list[int]) -> None:
    """It is what a discarded upload has left, or a part whose like was lost."""
    assert [entry.offset for entry in contiguous(part("a", offset) for offset in offsets)] == expected


def test_what_is_no_part_does_not_count() -> None:
    """Such as an editor's or a copier's file beside them."""
    assert contiguous([Entry("parts/a/.tmp", 10, NOON), Entry("parts/a/٠", 10, NOON)]) == []


def test_an_upload_stays_whole_while_somebody_goes_on_with_it() -> None:
    """Its first part may be much older than its last; another's age says nothing about it."""
    parts = [
        part("slow", 0, hours=-30),
        part("slow", 10, hours=1),
        part("gone", 0, hours=-30),
        part("gone", 10, hours=-1),
    ]
    assert stale(parts, [], NOON) == [parts[2].key, parts[3].key]


def test_leftovers_go_one_by_one() -> None:
    """Touched at that very moment is not before it."""
    assert stale([], [left("old", -1), left("now", 0), left("new", 1)], NOON) == ["incoming/old"]
