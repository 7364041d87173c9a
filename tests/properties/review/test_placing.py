"""Jobs in units of time, against every plan that there is."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.placing import Job, place

PEOPLE = ("E1", "E2", "E3")


@st.composite
def jobs(draw: st.DrawFn) -> list[Job]:
    """Up to four jobs of two groups in up to four units; who is there differs by unit, some have turns, some were kept."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        starts = {
            unit: frozenset(draw(st.sets(st.sampled_from(PEOPLE), max_size=2)))
            for unit in draw(st.sets(st.integers(0, 3), max_size=4))
        }
        group = draw(st.sampled_from(("", "p", "q")))
        turn = number if group and draw(st.booleans()) else None
        kept = draw(st.none() | st.integers(0, 3))
        made.append(Job(f"j{number}", starts, group, turn, 1, kept, {unit: unit for unit in starts}))
    return made


def lawful(plan: dict[str, int], several: list[Job], capacity: int) -> bool:
    """Nobody twice, no group twice, no more than fit, everybody after those with an earlier turn."""
    placed = [job for job in several if job.key in plan]
    if any(plan[job.key] not in job.starts for job in placed):
        return False
    for number, one in enumerate(placed):
        for other in placed[number + 1 :]:
            here, there = plan[one.key], plan[other.key]
            if here == there:
                same = bool(one.group) and one.group == other.group
                if same or one.starts[here] & other.starts[there]:
                    return False
            ordered = one.turn is not None and other.turn is not None and one.group == other.group
            if ordered and here >= there:
                return False
    return all(list(plan.values()).count(unit) <= capacity for unit in set(plan.values()))


def best(several: list[Job], capacity: int) -> tuple[int, int, int]:
    """How many are placed, how many of them stay, at which cost: the best of all lawful plans that place the most."""
    found = []
    for choice in product(*([None, *job.starts] for job in several)):
        plan = {job.key: unit for job, unit in zip(several, choice, strict=True) if unit is not None}
        if lawful(plan, several, capacity):
            found.append(worth(plan, several))
    return max(found)


def worth(plan: dict[str, int], several: list[Job]) -> tuple[int, int, int]:
    stayed = sum(plan.get(job.key) == job.kept for job in several if job.kept is not None)
    return len(plan), stayed, -sum(plan.values())


@settings(max_examples=150, deadline=None)
@given(several=jobs(), capacity=st.integers(1, 2))
def test_the_plan_is_as_good_as_the_best_of_all_plans(several: list[Job], capacity: int) -> None:
    """Where everybody fits: as many stay, and as early, as in the best plan; where not: no fewer are placed."""
    found = place(several, dict.fromkeys(range(4), capacity))
    most = best(several, capacity)
    plan = dict(found.starts)
    assert found.proved
    assert {*plan, *found.missing} == {job.key for job in several}
    if most[0] == len(several):
        assert lawful(plan, several, capacity)
        assert worth(plan, several) == most
    else:
        assert found.missing


def test_a_job_of_two_units_holds_both() -> None:
    """The next of the same person begins after the second of them."""
    there = frozenset({"E1"})
    long = Job("long", {0: there}, length=2)
    short = Job("short", {0: there, 1: there, 2: there}, costs={0: 0, 1: 1, 2: 2})
    assert place([long, short]).starts == {"long": 0, "short": 2}


def test_nothing_to_place_is_placed_at_once() -> None:
    """Neither no job at all nor one without any start needs a program; the latter is missing."""
    assert place([]).starts == {}
    assert place([Job("nowhere", {})]).missing == ("nowhere",)
