"""Small problems, and what is right for them, found by trying everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product

from hypothesis import strategies as st

from services.review.panels import Application, Expert, Former, Panel, Problem, check
from services.review.panels.model import fit, placed, share_of
from shared.rulebooks import PanelRule

Pairs = frozenset[tuple[str, str]]

FIELDS = ("chemistry", "food", "logistics")
LANGUAGES = ("en", "de")


def sets(keys: tuple[str, ...], most: int) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(keys), max_size=most)


@st.composite
def rules(pick: st.DrawFn) -> PanelRule:
    readers = pick(st.integers(1, 2))
    return PanelRule(
        reviewers_per_application=readers,
        size_min=pick(st.none() | st.integers(1, 3)),
        odd=pick(st.sampled_from([False, False, True])),
        industry_share_min=pick(st.sampled_from([None, None, Fraction(3, 10), Fraction(1, 2)])),
        employer_max=pick(st.sampled_from([None, None, 1])),
        load_max=pick(st.sampled_from([None, None, 2, 3])),
        leader=pick(st.sampled_from([False, False, True])),
        field_readers_min=pick(st.sampled_from([None, None, 1])),
        language_readers_min=pick(st.sampled_from([None, None, 1])),
    )


@st.composite
def problems(pick: st.DrawFn, experts: int = 5, applications: int = 3, former: bool = True) -> Problem:
    """Small enough that everything can be tried."""
    asked = tuple(
        Application(
            f"a{n}",
            n,
            fields=pick(sets(FIELDS, 2)),
            industries=pick(sets(FIELDS, 1)),
            languages=pick(sets(LANGUAGES, 1)),
        )
        for n in range(1, pick(st.integers(1, applications)) + 1)
    )
    pool = tuple(
        Expert(
            f"E{n}",
            industry_expert=pick(st.booleans()),
            employer=pick(st.sampled_from([None, "u1", "u2"])),
            fields=pick(sets(FIELDS, 2)),
            industries=pick(sets(FIELDS, 2)),
            languages=pick(sets(LANGUAGES, 2)),
            may_lead=pick(st.booleans()),
            load_max=pick(st.sampled_from([None, None, 2])),
            carried=pick(st.sampled_from([0, 0, 1])),
            served=pick(st.sampled_from([0, 0, 2])),
            untold=pick(sets(("fields", "languages"), 2)) if pick(st.booleans()) else frozenset(),
        )
        for n in range(1, pick(st.sampled_from([*range(experts + 1), experts, experts, experts])) + 1)
    )
    ids = [a.application_id for a in asked]
    kept = {
        e.expert_id: pick(st.frozensets(st.sampled_from(ids), max_size=2))
        for e in pool
        if pick(st.booleans())
    }
    before = pick(st.none() | formers(asked, pool)) if former and pool else None
    return Problem(pick(rules()), asked, pool, kept, before)


@st.composite
def formers(pick: st.DrawFn, asked: tuple[Application, ...], pool: tuple[Expert, ...]) -> Former:
    members = tuple(sorted(pick(st.sets(st.sampled_from([e.expert_id for e in pool]), max_size=3))))
    every = [(a.application_id, name) for a in asked for name in members]
    pairs = pick(st.frozensets(st.sampled_from(every))) if every else frozenset()
    return Former(members, pairs)


def panel_of(problem: Problem, members: tuple[str, ...], pairs: Pairs, leader: str | None) -> Panel:
    industry = sum(problem.by_id[name].industry_expert for name in members)
    return Panel(members, share_of(industry, len(members)), placed(problem, members, pairs), "", leader)


def readings(problem: Problem, members: tuple[str, ...]) -> Iterator[Pairs]:
    """Every way to give each application as many readers as it needs."""
    readers = problem.rule.reviewers_per_application
    for choice in product(*(combinations(members, readers) for _ in problem.applications)):
        yield frozenset(
            (application.application_id, name)
            for application, names in zip(problem.applications, choice, strict=True)
            for name in names
        )


def lawful(problem: Problem) -> dict[tuple[str, ...], list[Pairs]]:
    """By members, every lawful reading of the smallest size that has one; some leader who may lead."""
    for size in range(1, len(problem.experts) + 1):
        found: dict[tuple[str, ...], list[Pairs]] = {}
        for members in combinations(sorted(problem.by_id), size):
            leader = next((name for name in members if problem.by_id[name].may_lead), None)
            good = [
                pairs
                for pairs in readings(problem, members)
                if not check(panel_of(problem, members, pairs, leader), problem)
            ]
            if good:
                found[members] = good
        if found:
            return found
    return {}


def seat_value(problem: Problem, members: tuple[str, ...]) -> tuple[int, int, int]:
    """Former members, knowledge, and interests (less is better, so negative): the levels of the seats."""
    former = problem.former.members if problem.former else ()
    chosen = [problem.by_id[name] for name in members]
    return (
        sum(name in former for name in members),
        sum(
            fit(expert, application)
            for expert in chosen
            for application in problem.applications
            if application.application_id not in problem.barred(expert)
        ),
        -sum(len(problem.barred(expert)) for expert in chosen),
    )


def reading_value(problem: Problem, members: tuple[str, ...], pairs: Pairs) -> tuple[int, int, int]:
    """Pairs of the former plan, fit, and squared loads (negative): the levels of the reading."""
    former = problem.former.assignments if problem.former else frozenset()
    load = Counter(name for _, name in pairs)
    return (
        len(former & pairs),
        sum(fit(problem.by_id[name], problem.applications_by_id[application]) for application, name in pairs),
        -sum((problem.by_id[name].burden + load[name]) ** 2 for name in members),
    )


def optima(problem: Problem) -> set[tuple[frozenset[str], Pairs]]:
    """Every best lawful panel: its members and its pairs."""
    possible = lawful(problem)
    if not possible:
        return set()
    best_seats = max(seat_value(problem, members) for members in possible)
    found = set()
    for members, ways in possible.items():
        if seat_value(problem, members) == best_seats:
            best = max(reading_value(problem, members, pairs) for pairs in ways)
            found |= {(frozenset(members), p) for p in ways if reading_value(problem, members, p) == best}
    return found
