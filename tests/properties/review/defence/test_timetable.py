"""Timetables: no clash, within the hours, in the order of the draw, and words where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.defence.timetable import (
    DAY,
    Absence,
    Hearing,
    NoTimetableError,
    Slot,
    Span,
    Terms,
    clock,
    drawn,
    faults,
    fit,
    minutes_of,
    out_of_order,
)

ONE, TWO = date(2025, 7, 1), date(2025, 7, 2)
MORNING = (9 * 60, 12 * 60)  # four slots of 40 minutes
TERMS = Terms(("甲", "乙"), (ONE, TWO), (MORNING,), 40, 5, 3)
TEAM = frozenset({"E1", "E2", "E3"})
OTHERS = frozenset({"E4", "E5", "E6"})


def hearings(panel: str, team: frozenset[str], *numbers: int) -> list[Hearing]:
    return [Hearing(f"a{n}", n, panel, team) for n in numbers]


def ids(several: list[Hearing]) -> list[str]:
    return [hearing.application_id for hearing in several]


def test_the_grid_keeps_to_the_hours_and_leaves_the_gap() -> None:
    """The last slot ends within the hours; between two lies the gap."""
    spans = [span for span in TERMS.grid() if span.day == ONE]
    assert [(clock(s.begins), clock(s.ends)) for s in spans] == [
        ("09:00", "09:40"), ("09:45", "10:25"), ("10:30", "11:10"), ("11:15", "11:55"),
    ]  # fmt: skip


@given(st.integers(0, DAY - 1))
def test_a_time_of_day_survives_its_text(minutes: int) -> None:
    """There and back."""
    assert minutes_of(clock(minutes)) == minutes


@given(st.text(max_size=20), st.sets(st.integers(1, 300), max_size=30))
def test_the_seed_alone_gives_the_order(seed: str, numbers: set[int]) -> None:
    """Whatever order the numbers come in, and each of them once."""
    first = drawn(seed, sorted(numbers))
    assert first == drawn(seed, sorted(numbers, reverse=True))
    assert sorted(first) == sorted(numbers)


def test_every_order_can_be_drawn() -> None:
    """Of three, all six orders come up over a few hundred seeds."""
    assert {drawn(str(seed), (1, 2, 3)) for seed in range(300)} == set(permutations((1, 2, 3)))


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_timetable_breaks_no_rule(data: st.DataObject) -> None:
    """Panels that share experts, experts who are away: what is found is lawful and in order, or there are words."""
    pool = [f"E{n}" for n in range(1, 9)]
    several: list[Hearing] = []
    for panel in ("p", "q"):
        team = frozenset(data.draw(st.sets(st.sampled_from(pool), min_size=3, max_size=4)))
        count = data.draw(st.integers(1, 4))
        several += hearings(panel, team, *range(len(several) + 1, len(several) + 1 + count))
    away = [
        Absence(name, Span(day, begins, begins + 90))
        for name, day, begins in data.draw(
            st.lists(
                st.tuples(st.sampled_from(pool), st.sampled_from((ONE, TWO)), st.integers(500, 700)),
                max_size=4,
            )
        )
    ]
    order = data.draw(st.permutations(ids(several)))
    try:
        found = fit(TERMS, several, order, away)
    except NoTimetableError:
        return  # whether there is one is for the next test to say
    assert faults(TERMS, several, found.slots, away) == ()
    bound = [hearing for hearing in several if hearing.application_id not in found.loosened]
    assert out_of_order(found.slots, [a for a in order if a in ids(bound)], bound) == ()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_timetable_is_found_whenever_there_is_one(data: st.DataObject) -> None:
    """Two panels and one room of four times, against every way to fill it."""
    terms = replace(TERMS, rooms=("甲",), days=(ONE,))
    several = hearings("p", TEAM, *range(1, data.draw(st.integers(1, 3)) + 1))
    several += hearings(
        "q", OTHERS, *range(11, 11 + data.draw(st.integers(0, 2)))
    )  # five at most, for four times
    grid = terms.grid()
    away = [
        Absence(name, grid[unit])
        for name, unit in data.draw(
            st.sets(st.tuples(st.sampled_from(sorted(TEAM | OTHERS)), st.integers(0, 3)), max_size=4)
        )
    ]
    possible = any(
        not faults(terms, several, [Slot(a, "甲", s) for a, s in zip(ids(several), spans, strict=True)], away)
        for spans in permutations(grid, len(several))
    )
    try:
        fit(terms, several, ids(several), away)
    except NoTimetableError:
        assert not possible
    else:
        assert possible


def test_a_new_plan_moves_only_whom_it_must() -> None:
    """One postponed goes to the end; everybody else keeps time and room."""
    several = [*hearings("p", TEAM, 1, 2, 3), *hearings("q", OTHERS, 4, 5)]
    before = fit(TERMS, several, ids(several)).slots
    left = [slot for slot in before if slot.application_id != "a1"]
    order = [name for name in ids(several) if name != "a1"]
    first = next(slot.span for slot in before if slot.application_id == "a1")
    away = [Absence("E1", first)]
    after = fit(TERMS, several, order, away, left).slots
    assert set(left) < set(after)


def test_one_whose_reviewer_alone_is_away_leaves_its_turn() -> None:
    """The rest of the panel keeps the order, and the record names the one that does not."""
    several = [*hearings("p", TEAM, 1, 2), Hearing("a3", 3, "p", frozenset({"E1", "E2", "E9"}))]
    order, away = ["a3", "a2", "a1"], [Absence("E9", Span(ONE, 0, DAY))]
    assert fit(TERMS, several, order, away).loosened == ()  # all fit into the second day in the order drawn
    short = [*away, Absence("E1", Span(TWO, 585, DAY))]  # one hearing alone on the second day
    found = fit(TERMS, several, order, short)
    assert found.loosened == ("a3",)
    assert [slot.application_id for slot in found.slots] == ["a2", "a1", "a3"]


def test_nobody_is_moved_into_what_is_over() -> None:
    """A slot that was held keeps its room and its people."""
    several = hearings("p", TEAM, 1)
    terms = replace(TERMS, rooms=("甲",), days=(ONE,))
    held = Slot("a9", "甲", terms.grid()[0])
    found = fit(terms, several, ["a1"], heard={"a9": (held, frozenset())})
    assert found.slots[0].span == terms.grid()[1]


def test_where_none_exists_the_words_hold_the_numbers() -> None:
    """Which panel lacks how many; and who is away of one that fits nowhere."""
    terms = replace(TERMS, rooms=("甲",), days=(ONE,))
    with pytest.raises(NoTimetableError) as full:
        fit(terms, hearings("p", TEAM, 1, 2, 3, 4, 5), ["a1", "a2", "a3", "a4", "a5"])
    assert "1 个会场、4 个时段，须安排 5 场" in full.value.reason.zh
    assert "评审组 p 需要 5 个时段，至少缺 1 个" in full.value.reason.zh
    with pytest.raises(NoTimetableError) as away:
        fit(terms, hearings("p", TEAM, 7), ["a7"], [Absence("E2", Span(ONE, 0, DAY))])
    assert "第 7 号申报任何时段到场评审员至多 2 名，需要 3 名（缺席 E2）" in away.value.reason.zh
    assert "application no. 7 has 2 reviewers at any time and needs 3 (away: E2)" in away.value.reason.en


LAWFUL = (
    Slot("a1", "甲", Span(ONE, 540, 580)),
    Slot("a2", "甲", Span(ONE, 585, 625)),
    Slot("a3", "乙", Span(ONE, 540, 580)),
)
THREE = [*hearings("p", TEAM, 1, 2), *hearings("q", OTHERS, 3)]


@pytest.mark.parametrize(
    ("changed", "rules"),
    [
        (Slot("a2", "丙", Span(ONE, 585, 625)), {"room"}),
        (Slot("a2", "甲", Span(ONE, 585, 630)), {"length"}),
        (Slot("a2", "甲", Span(date(2025, 7, 3), 585, 625)), {"day"}),
        (Slot("a2", "甲", Span(ONE, 700, 740)), {"hours"}),
        (Slot("a2", "甲", Span(ONE, 580, 620)), {"room_twice"}),
        (Slot("a2", "乙", Span(ONE, 600, 640)), set()),
        (Slot("a2", "甲", Span(ONE, 540, 580)), {"room_twice", "panel_twice"}),
        (Slot("a2", "甲", Span(TWO, 540, 580)), {"quorum"}),
    ],
)
def test_each_rule_is_refused_by_its_name(changed: Slot, rules: set[str]) -> None:
    """One slot is moved; what it breaks is named, and nothing else."""
    slots = [slot if slot.application_id != "a2" else changed for slot in LAWFUL]
    away = [Absence("E3", Span(TWO, 0, DAY))]
    assert {fault.rule for fault in faults(TERMS, THREE, slots, away)} == rules


def test_an_expert_of_two_panels_is_not_in_two_rooms() -> None:
    """The other panel hears at the same time: the shared expert is named."""
    shared = [*hearings("p", TEAM, 1, 2), *hearings("q", OTHERS | {"E1"}, 3)]
    (fault,) = faults(TERMS, shared, LAWFUL)
    assert (fault.rule, fault.application_id) == ("person_twice", "a1")
    assert "E1" in fault.reason.zh


def test_an_application_left_out_or_planned_twice_is_named() -> None:
    """Each has exactly one slot."""
    twice = Slot("a1", "乙", Span(TWO, 540, 580))
    assert {(f.rule, f.application_id) for f in faults(TERMS, THREE, [LAWFUL[0], twice, LAWFUL[2]])} == {
        ("once", "a1"),
        ("once", "a2"),
    }
