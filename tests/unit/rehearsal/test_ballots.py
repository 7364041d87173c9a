"""The members' ballots add up to the file's counts."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.rehearsal.ballots import OnBallot, ballots, choices, count_for, member_names
from deploy.rehearsal.scenario import Vote

COUNTS = st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any)


@given(COUNTS)
def test_choices_add_up(counts: list[int]) -> None:
    """Every member present makes one choice, and each choice is made as often as the count says."""
    vote = Vote(*counts)
    found = Counter(choices(vote, vote.total))
    assert [found[c] for c in ("for", "against", "abstain", "recused")] == counts


def test_a_count_that_does_not_add_up_is_no_ballot() -> None:
    """Nobody votes twice, nobody is made up."""
    with pytest.raises(ValueError):
        choices(Vote(2), 3)


def test_all_for_where_nothing_is_said() -> None:
    """By applicant, and by level where counts are given by level."""
    votes = {"anna": Vote(1, 2), "ben": {"金奖": Vote(0, 3)}}
    assert count_for(votes, OnBallot("anna", "金奖"), 3) == Vote(1, 2)
    assert count_for(votes, OnBallot("anna", "银奖"), 3) == Vote(1, 2)
    assert count_for(votes, OnBallot("ben", "金奖"), 3) == Vote(0, 3)
    assert count_for(votes, OnBallot("ben", "银奖"), 3) == Vote(3)
    assert count_for(votes, OnBallot("carl", "金奖"), 3) == Vote(3)


def test_a_ballot_holds_every_candidate() -> None:
    """One line per member present, in the order of the candidates."""
    found = ballots({"anna": Vote(1, 1)}, [OnBallot("anna", "a"), OnBallot("ben", "a")], ["M1", "M2"])
    assert found == {"M1": ["for", "for"], "M2": ["against", "for"]}


def test_members() -> None:
    """Numbered from one."""
    assert member_names(3) == ["M1", "M2", "M3"]
