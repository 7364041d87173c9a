"""Counting, places, and who stands in the next ballot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.committee.ballots import (
    Decided,
    Tally,
    decide,
    in_this_round,
    needed,
    passes,
    quorum,
    standing_after,
)
from services.committee.candidates import Candidate, uses_quota
from services.committee.places import Taken
from services.committee.proposals import by_default
from shared.rulebooks import Rulebook
from tests.unit.committee.made_up import GOLD, PUBLISHED, SILVER, SPECIAL, A, B, by_id, candidate, rulebook

pytestmark = pytest.mark.unit

RULE = PUBLISHED.votes
PRESENT = 12
ALL_FOR = Tally(PRESENT)
NONE_TAKEN = Taken({}, {})


def voted(yes: int, recused: int = 0, abstained: int = 0) -> Tally:
    return Tally(yes, PRESENT - yes - recused - abstained, abstained, recused)


def counted(
    book: Rulebook,
    several: Mapping[str, Candidate],
    standing: Mapping[str, str],
    tallies: Mapping[str, Tally] | None = None,
    *,
    rehearsal: bool = False,
    again: tuple[Mapping[str, Tally], ...] = (),
    taken: Taken = NONE_TAKEN,
) -> Decided:
    votes = {a: (tallies or {}).get(a, ALL_FOR) for a in standing}
    return decide(book, several, standing, votes, PRESENT, taken, rehearsal=rehearsal, again=again)


def winners(decided: Decided) -> list[str]:
    assert not decided.tied
    return [d.application_id for d in decided.decisions if d.awarded]


@pytest.mark.parametrize(("members", "least"), [(13, 9), (12, 8), (3, 2), (1, 1), (4, 3)])
def test_a_quorum_is_two_thirds_at_least(members: int, least: int) -> None:
    """Nine of thirteen are, eight are not."""
    assert quorum(RULE, members) == least


@pytest.mark.parametrize(
    ("present", "recused", "votes"), [(12, 0, 7), (12, 2, 6), (13, 0, 7), (13, 12, 1), (9, 1, 5), (12, 12, 1)]
)
def test_a_majority_is_more_than_half_of_those_present_and_not_recused(
    present: int, recused: int, votes: int
) -> None:
    """Exactly half is not enough; the recused leave both counts; where all are recused nobody can pass."""
    assert needed(RULE, present, recused) == votes
    if recused < present:
        assert passes(RULE, present, Tally(votes, present - recused - votes, 0, recused))
    assert not passes(RULE, present, Tally(votes - 1, 0, present - recused - votes + 1, recused))


def test_an_abstention_is_no_vote_for() -> None:
    """Those who abstain stay in the count of those present."""
    assert not passes(RULE, PRESENT, voted(6, abstained=6))


def test_more_votes_go_first_then_the_score_then_the_submission() -> None:
    """Places for two: most votes, then of the equal ones the higher score."""
    several = by_id(candidate(1, "70"), candidate(2, "80"), candidate(3, "90"), candidate(4, "95"))
    book = rulebook(gold=2)
    tallies = {"a1": voted(12), "a2": voted(9), "a3": voted(9), "a4": voted(8)}
    decided = counted(book, several, dict.fromkeys(several, GOLD), tallies)
    assert winners(decided) == ["a1", "a3"]
    reasons = {d.application_id: d.reason_zh for d in decided.decisions}
    assert "名额已满" in reasons["a2"]
    same = by_id(candidate(1, "70"), candidate(2, "70"))
    assert winners(counted(rulebook(), same, dict.fromkeys(same, GOLD), rehearsal=True)) == ["a1"]


def test_equal_ones_vote_again_until_told_apart() -> None:
    """Nothing is settled by a tie; a second ballot that ties again is followed by a third among those still equal."""
    several = by_id(candidate(1, "70"), candidate(2, "70"), candidate(3, "70"))
    standing = dict.fromkeys(several, GOLD)
    book = rulebook(gold=1)
    assert counted(book, several, standing).tied == {"a1", "a2", "a3"}
    second = {"a1": voted(7), "a2": voted(9), "a3": voted(9)}
    assert counted(book, several, standing, again=(second,)).tied == {"a2", "a3"}
    third = {"a2": voted(4), "a3": voted(8)}
    assert winners(counted(book, several, standing, again=(second, third))) == ["a3"]


def test_one_who_fails_takes_no_place_and_nobody_moves_up() -> None:
    """The place stays vacant, and the failed one stands for nothing else."""
    several = by_id(candidate(1, "90"), candidate(2, "80"))
    standing = {"a1": GOLD, "a2": SILVER}
    decided = counted(rulebook(), several, standing, {"a1": voted(6)})
    assert winners(decided) == ["a2"]
    assert {d.application_id: d.level for d in decided.decisions if d.awarded} == {"a2": SILVER}
    assert standing_after(rulebook(), several, standing, decided.decisions) == {}


def test_one_who_wins_again_leaves_its_place_to_another() -> None:
    """Awarded without using the quota."""
    several = by_id(candidate(1, "90", won=GOLD), candidate(2, "80"))
    decided = counted(rulebook(gold=1), several, dict.fromkeys(several, GOLD))
    assert winners(decided) == ["a1", "a2"]
    assert {d.application_id: d.uses_quota for d in decided.decisions} == {"a1": False, "a2": True}


def test_places_taken_by_earlier_ballots_are_gone() -> None:
    """A quota that levels share is counted over all of them."""
    several = by_id(candidate(1, "90"))
    decided = counted(rulebook(gold=1), several, {"a1": GOLD}, taken=Taken({"gold": 1}, {}))
    assert winners(decided) == []


def test_a_kept_place_goes_to_one_that_passed_the_vote() -> None:
    """Kept for innovative SMEs that passed; where none did, the others get it."""
    several = by_id(candidate(1, "90"), candidate(2, "80"), candidate(3, "61", facts="innovative_sme"))
    book, standing = rulebook(gold=2, reserve=Fraction(1, 10)), dict.fromkeys(several, GOLD)
    assert winners(counted(book, several, standing)) == ["a1", "a3"]
    assert winners(counted(book, several, standing, {"a3": voted(6)})) == ["a1", "a2"]


def test_levels_one_after_the_other_and_the_failing_stand_for_the_next() -> None:
    """Gold: a1 fails, a2 gets it, a3 passes without a place; silver: a1, a3 and a4 stand; one mark is not reached."""
    book = rulebook(failed="next_level", gold=1, silver=2)
    several = by_id(
        candidate(1, "90"), candidate(2, "80"), candidate(3, "70"), candidate(4, "55"), candidate(5, "64", B)
    )
    standing = dict(by_default(book, list(several.values())))
    first = in_this_round(book, standing)
    assert first == {"a1": GOLD, "a2": GOLD, "a3": GOLD, "a5": GOLD}
    decided = counted(book, several, first, {"a1": voted(3)})
    assert winners(decided) == ["a2"]
    standing = dict(standing_after(book, several, standing, decided.decisions))
    second = in_this_round(book, standing)
    assert second == {"a1": SILVER, "a3": SILVER, "a4": SILVER, "a5": SILVER}
    decided = counted(book, several, second, {"a5": voted(0)})
    assert winners(decided) == ["a1", "a3"]
    standing = dict(standing_after(book, several, standing, decided.decisions))
    assert in_this_round(book, standing) == {"a5": SPECIAL}


def test_a_level_barred_is_passed_over_on_the_way_down() -> None:
    """One barred from silver falls from gold to the next level open to it."""
    book = rulebook(failed="next_level")
    several = by_id(candidate(1, "90", B, barred=SILVER))
    decided = counted(book, several, {"a1": GOLD}, {"a1": voted(0)})
    assert standing_after(book, several, {"a1": GOLD}, decided.decisions) == {"a1": SPECIAL}


@st.composite
def meetings(pick: st.DrawFn) -> tuple[Rulebook, dict[str, Candidate], dict[str, list[Tally]]]:
    book = rulebook(
        failed=pick(st.sampled_from(["out", "next_level"])),
        gold=pick(st.integers(0, 3)),
        silver=pick(st.integers(0, 2)),
        reserve=pick(st.sampled_from([None, Fraction(1, 2)])),
    )
    several = by_id(
        *(
            candidate(
                number,
                str(pick(st.integers(48, 64))),
                pick(st.sampled_from([A, B])),
                won=pick(st.sampled_from(["", "", GOLD])),
                facts=pick(st.sampled_from(["", "innovative_sme"])),
            )
            for number in range(1, pick(st.integers(0, 8)) + 1)
        )
    )
    tallies = {
        a: [voted(pick(st.integers(0, PRESENT - 2)), pick(st.integers(0, 2))) for _ in range(3)]
        for a in several
    }
    return book, several, tallies


@given(meetings())
def test_a_whole_meeting_never_exceeds_a_quota(
    meeting: tuple[Rulebook, dict[str, Candidate], dict[str, list[Tally]]],
) -> None:
    """Ballot after ballot: it ends, nobody wins twice or without a majority, and places are never overdrawn."""
    book, several, tallies = meeting
    standing: Mapping[str, str] = by_default(book, list(several.values()))
    awarded: dict[str, str] = {}
    places: Counter[str] = Counter()
    favoured: Counter[str] = Counter()
    rounds = 0
    while standing:
        now = in_this_round(book, standing)
        assert now
        votes = {a: tallies[a][rounds] for a in now}
        decided = decide(book, several, now, votes, PRESENT, Taken(places, favoured), rehearsal=True)
        assert not decided.tied
        for decision in decided.decisions:
            one = several[decision.application_id]
            assert decision.passed == (decision.tally.votes_for >= decision.needed)
            assert decision.reason_zh
            if decision.awarded:
                assert decision.passed
                assert decision.application_id not in awarded
                awarded[decision.application_id] = decision.level
                assert decision.uses_quota == uses_quota(book, one, decision.level)
            if decision.uses_quota:
                quota = book.quota_of(decision.level, one.track)
                places[quota.id] += 1
                favoured[quota.id] += "innovative_sme" in one.facts
        standing = standing_after(book, several, standing, decided.decisions)
        rounds += 1
        assert rounds <= len(book.levels)
    for quota in book.quotas:
        assert quota.places is None or places[quota.id] <= quota.places
