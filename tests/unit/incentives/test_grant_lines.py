"""All rulebooks' grants line by line: amounts, the rule of each line, and the four exceptions of one guide."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentives.grants import STATED, award_grant, pool_grant
from shared.rulebooks import Rulebook, library

pytestmark = pytest.mark.unit

BOOKS = {
    name: library().get(name)
    for name in ("changning-2023", "hangzhou-2025", "shenzhen-2020", "shenzhen-2023")
}
GUIDE = BOOKS["shenzhen-2020"]
AWARDS = [(name, rule) for name, book in BOOKS.items() for rule in book.grants if rule.for_ == "award"]


def compute(
    book: Rulebook, level: str, track: str, *, cost: Any = STATED, won: tuple[str, ...] = (), **facts: Any
) -> Any:
    return award_grant(book, level, track, {"kind": "organization", "facts": facts}, won, (), cost)


@pytest.mark.parametrize(("name", "rule"), AWARDS, ids=lambda each: getattr(each, "id", each))
def test_every_award_is_told_line_by_line(name: str, rule: Any) -> None:
    """First the rule and its amount, last what is payable; each line in both languages; the amounts are the lines' own."""
    grant = compute(BOOKS[name], rule.level, rule.track, cost=1_000_000)
    first, last = grant.lines[0], grant.lines[-1]
    assert (first.rule, first.amount_fen) == (rule.rule, rule.amount_fen)
    assert (
        last.amount_fen
        == grant.amount_fen
        == (min(rule.amount_fen, 1_000_000) if rule.up_to else rule.amount_fen)
    )
    assert all(line.zh and line.en for line in grant.lines)
    assert grant.explanation_zh.splitlines() == [line.zh for line in grant.lines]
    assert grant.explanation[0].keys() == {"rule", "text_zh", "text_en", "amount_fen"}


@pytest.mark.parametrize(
    ("yuan", "fen"), [(None, 0), (199_999, 19_999_900), (200_000, 20_000_000), (200_001, 20_000_000)]
)
def test_the_pools_grant_is_capped(yuan: int | None, fen: int) -> None:
    """四（六）: at most 20 万元, below it the approved cost."""
    grant = pool_grant(BOOKS["hangzhou-2025"], None if yuan is None else yuan * 100, ())
    assert grant is not None
    assert grant.amount_fen == fen


@pytest.mark.parametrize(
    ("level", "facts", "won", "rule"),
    [
        (0, {"state_budget_funded": True}, (), "1.4.1"), (0, {}, (0,), "1.4.3"), (1, {}, (1,), "1.4.4"), (2, {}, (2,), "1.4.4"),
        (1, {}, (0,), None), (0, {}, (1,), None), (0, {"state_budget_funded": False}, (), None),
    ],
)  # fmt: skip
def test_the_guides_exceptions(
    level: int, facts: dict[str, Any], won: tuple[int, ...], rule: str | None
) -> None:
    """1.4 (1), (3), (4): a certificate and no money, with the article of the exception in a line of its own."""
    levels = [each.level for each in GUIDE.grants if each.track == "经济类"]
    grant = compute(GUIDE, levels[level], "经济类", won=tuple(levels[number] for number in won), **facts)
    cited = [line.rule for line in grant.lines if line.amount_fen == 0 and line.rule]
    if rule is None:
        assert grant.amount_fen > 0
        assert cited == []
    else:
        assert (grant.amount_fen, grant.rule, cited) == (0, rule, [rule])


def test_the_guides_special_award_brings_no_money() -> None:
    """1.4 (2): outside the quota, and without a grant of any amount."""
    paid = {(rule.level, rule.track) for rule in GUIDE.grants}
    special = [(level.name, track.name) for level in GUIDE.levels for track in GUIDE.tracks]
    for level, track in special:
        grant = compute(GUIDE, level, track)
        assert (grant is None) == ((level, track) not in paid)
    assert any((level, track) not in paid for level, track in special)


@given(
    st.sampled_from([each for each in AWARDS if each[1].up_to]),
    st.none() | st.integers(0, 10**12),
    st.integers(0, 10**10),
)
def test_a_grant_is_never_above_cap_or_approved_cost(award: Any, approved: int | None, stated: int) -> None:
    """Whatever the applicant states: without an approved cost nothing, else the smaller of the two."""
    name, rule = award
    grant = compute(BOOKS[name], rule.level, rule.track, cost=approved, project_cost_yuan=stated)
    assert grant.amount_fen == (0 if approved is None else min(rule.amount_fen, approved))
    assert (grant.once_key is not None) == (rule.once and grant.amount_fen > 0)
