"""Routes of visits: nobody in two places, little travelled, and words where no plan exists."""

from __future__ import annotations

from datetime import date
from itertools import combinations, pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.visits.routes import (
    HALVES,
    Away,
    NoRoutesError,
    Stop,
    Terms,
    Visit,
    between,
    faults,
    plan,
    shortest_path,
    travelled,
)

pytestmark = pytest.mark.unit

DAYS = (date(2025, 7, 1), date(2025, 7, 2), date(2025, 7, 3))
WHOLE, HALF = Terms(DAYS, 2, 3), Terms(DAYS, 1, 3)
TEAM, OTHERS = frozenset({"E1", "E2", "E3"}), frozenset({"E4", "E5", "E6"})
REGIONS = ("东", "南", "西", "北")
DISTANCES = st.fixed_dictionaries({frozenset(pair): st.integers(1, 50) for pair in combinations(REGIONS, 2)})


def visits(team: frozenset[str], *regions: str, first: int = 1) -> list[Visit]:
    return [Visit(f"a{n}", n, region, team) for n, region in enumerate(regions, start=first)]


@given(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=6), DISTANCES)
def test_the_path_through_the_regions_is_the_shortest(
    regions: list[str], distances: dict[frozenset[str], int]
) -> None:
    """Against every order that there is."""
    found = shortest_path(regions, distances)
    least = min(
        sum(between(distances, *pair) for pair in pairwise(order)) for order in permutations(set(regions))
    )
    assert sorted(found) == sorted(set(regions))
    assert sum(between(distances, *pair) for pair in pairwise(found)) == least


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=6), DISTANCES)
def test_a_team_by_itself_travels_the_least(regions: list[str], distances: dict[frozenset[str], int]) -> None:
    """Nobody is away and nobody shared: the way is as short as the shortest path, and no rule is broken."""
    several = visits(TEAM, *regions)
    found = plan(HALF, several, distances=distances)
    assert found.travelled == found.least
    assert faults(HALF, several, found.stops) == ()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_plan_is_found_whenever_there_is_one(data: st.DataObject) -> None:
    """Teams that share members, members who are away: against every plan that there is."""
    pool = sorted(TEAM | OTHERS)
    several = [
        Visit(f"a{n}", n, "东", frozenset(data.draw(st.permutations(pool))[:3]))
        for n in range(1, data.draw(st.integers(2, 4)))
    ]
    terms = Terms(DAYS[:2], data.draw(st.integers(1, 2)), 3)
    away = [
        Away(name, day)
        for name, day in data.draw(
            st.lists(st.tuples(st.sampled_from(pool), st.sampled_from(DAYS[:2])), max_size=3)
        )
    ]
    units = list(product(terms.days, range(HALVES - terms.halves + 1)))
    possible = any(
        not faults(
            terms, several, [Stop(v.application_id, *u) for v, u in zip(several, chosen, strict=True)], away
        )
        for chosen in product(units, repeat=len(several))
    )
    try:
        found = plan(terms, several, away)
    except NoRoutesError:
        assert not possible
    else:
        assert possible
        assert faults(terms, several, found.stops, away) == ()


def test_a_new_plan_moves_only_whom_it_must() -> None:
    """One member falls away on one day: the visits of the other days stay where they were."""
    several = visits(TEAM, "东", "南")
    before = plan(WHOLE, several)
    first = before.stops[0]
    after = plan(WHOLE, several, [Away("E1", first.day)], before=before.stops)
    assert set(before.stops) & set(after.stops) == {before.stops[1]}


def test_what_is_over_keeps_its_people() -> None:
    """The team is not sent elsewhere on a day on which it was somewhere."""
    done = {"a9": (Stop("a9", DAYS[0], 0), TEAM)}
    found = plan(WHOLE, visits(TEAM, "东"), done=done)
    assert found.stops[0].day == DAYS[1]


def test_where_none_exists_the_words_hold_the_numbers() -> None:
    """How many visits do not fit; and of whom too few of the team are there on any day."""
    with pytest.raises(NoRoutesError) as full:
        plan(WHOLE, visits(TEAM, "东", "东", "东", "东"))
    assert "3 天内排不下 4 次现场评审，至少缺 1 次" in full.value.reason.zh
    with pytest.raises(NoRoutesError) as away:
        plan(WHOLE, visits(TEAM, "东"), [Away("E2", day) for day in DAYS])
    assert "第 1 号申报（E1、E2、E3）没有一天到场人数足够" in away.value.reason.zh


@pytest.mark.parametrize(
    ("stops", "rules"),
    [
        ([Stop("a1", date(2025, 7, 9), 0), Stop("a2", DAYS[1], 0)], {"day"}),
        ([Stop("a1", DAYS[0], 1), Stop("a2", DAYS[1], 0)], {"length"}),
        ([Stop("a1", DAYS[2], 0), Stop("a2", DAYS[1], 0)], {"quorum"}),
        ([Stop("a1", DAYS[1], 0), Stop("a2", DAYS[1], 0)], {"person_twice"}),
        ([Stop("a1", DAYS[0], 0)], {"once"}),
        ([Stop("a1", DAYS[0], 0), Stop("a2", DAYS[1], 0)], set()),
    ],
)
def test_each_rule_is_refused_by_its_name(stops: list[Stop], rules: set[str]) -> None:
    """What a plan breaks is named, and nothing else."""
    several = visits(TEAM, "东", "南")
    assert {f.rule for f in faults(WHOLE, several, stops, [Away("E1", DAYS[2])])} == rules


def test_only_changes_of_region_are_travelled() -> None:
    """Without distances a change counts one; each team's way is its own."""
    several = [*visits(TEAM, "东", "南", "东"), *visits(OTHERS, "西", first=4)]
    stops = [Stop(f"a{n}", DAYS[n % 3], 0) for n in (3, 1, 2)] + [Stop("a4", DAYS[0], 0)]
    assert travelled(several, stops, {}) == 1
