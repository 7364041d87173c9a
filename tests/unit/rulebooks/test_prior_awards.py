"""Which earlier awards count as this jurisdiction's own."""

from __future__ import annotations

from typing import Any

import pytest

from shared.rulebooks import Rulebook
from shared.rulebooks.prior_awards import levels_won
from tests.unit.committee.made_up import GOLD, SILVER, rulebook

BOOK: Rulebook = rulebook()


@pytest.mark.parametrize(
    ("award", "won"),
    [
        ({"award": GOLD, "jurisdiction": "made-up"}, (GOLD,)),
        ({"award": "金", "jurisdiction": "made-up"}, (GOLD,)),
        ({"award": "金", "jurisdiction": "made-up", "track": "乙类"}, (GOLD,)),
        ({"award": GOLD}, (GOLD,)),
        ({"award": GOLD, "level": "city"}, ()),
        ({"award": GOLD, "jurisdiction": "elsewhere"}, ()),
        ({"award": "金牌", "jurisdiction": "made-up"}, ()),
    ],
)
def test_only_awards_under_the_rulebooks_own_names_count(award: dict[str, Any], won: tuple[str, ...]) -> None:
    """Names and aliases of this jurisdiction in whatever track; anybody else's award is somebody else's."""
    assert levels_won(BOOK, [{"level": "district", "year": 2020, **award}]) == won


def test_each_level_is_told_once_the_highest_first() -> None:
    """However often it was won."""
    awards = [{"award": name, "year": 2010, "jurisdiction": "made-up"} for name in (SILVER, GOLD, SILVER)]
    assert levels_won(BOOK, awards) == (GOLD, SILVER)
