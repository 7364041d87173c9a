"""现场评审行程: which team visits whom on which half of which day, so that little is travelled. Pure.

Half a day is a unit: unit 2k is the morning of the k-th day, 2k+1 its afternoon. Teams that share nobody and of whom nobody is
away travel as little as can be: the order of the regions is the shortest path through them, found exactly. Where members are
shared or away the same order is wished for and kept as far as the program can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from services.review.placing import UNPROVED, Job, place
from shared.calendar import in_words
from shared.identifiers import Reason

HALVES = 2
_EXACT_AT_MOST = 12  # regions of one team; beyond that the nearest comes next
_NAMED_AT_MOST = 5
Distances = Mapping[frozenset[str], int]


@dataclass(frozen=True)
class Visit:
    """An applicant that is to be visited: where it is, and the team, those kept from it left out."""

    application_id: str
    sequence: int
    region: str
    team: frozenset[str]


@dataclass(frozen=True)
class Stop:
    """When a team is with an applicant: the day, and the half (0 morning, 1 afternoon) in which it begins."""

    application_id: str
    day: date
    half: int


@dataclass(frozen=True)
class Terms:
    """What the office gives: the days, how many halves of a day a visit takes, and how many of a team must be there."""

    days: tuple[date, ...]
    halves: int
    quorum: int


@dataclass(frozen=True)
class Away:
    """A reviewer who is away on a day."""

    expert_id: str
    day: date


@dataclass(frozen=True)
class Fault:
    """A rule that a plan breaks, by name and in words, and at which application."""

    rule: str
    application_id: str
    reason: Reason


@dataclass(frozen=True)
class Routes:
    """Stops by time; `travelled` is the sum of all teams' ways between one visit and the next, and `least` what no plan
    could be below.
    """

    stops: tuple[Stop, ...]
    travelled: int
    least: int


class NoRoutesError(Exception):
    """No plan visits everybody; the reason says which team lacks how many half days."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.en)
        self.reason = reason


def between(distances: Distances, one: str, other: str) -> int:
    """How far two regions are from each other; where the office gave nothing, 0 within one and 1 between two."""
    return 0 if one == other else distances.get(frozenset((one, other)), 1)


def shortest_path(regions: Sequence[str], distances: Distances) -> tuple[str, ...]:
    """The regions in the order of the shortest way through all of them; exact up to twelve, then nearest first."""
    names = sorted(set(regions))
    if len(names) > _EXACT_AT_MOST:
        return _nearest_first(names, distances)
    best: dict[tuple[frozenset[str], str], tuple[int, tuple[str, ...]]] = {
        (frozenset((name,)), name): (0, (name,)) for name in names
    }
    for _ in names[1:]:
        longer: dict[tuple[frozenset[str], str], tuple[int, tuple[str, ...]]] = {}
        for (seen, last), (length, path) in best.items():
            for name in names:
                if name in seen:
                    continue
                key = (seen | {name}, name)
                found = (length + between(distances, last, name), (*path, name))
                longer[key] = min(found, longer.get(key, found))
        best = longer
    return min(best.values())[1] if best else ()


def plan(
    terms: Terms,
    visits: Sequence[Visit],
    away: Sequence[Away] = (),
    distances: Distances | None = None,
    before: Sequence[Stop] = (),
    done: Mapping[str, tuple[Stop, frozenset[str]]] | None = None,
) -> Routes:
    """A plan for all visits that keeps as much as it can of the one `before`. `done`: visits that are over, and who was there.

    Raises NoRoutesError.
    """
    days, ways = sorted(terms.days), distances or {}
    unit_of = {day: number * HALVES for number, day in enumerate(days)}
    busy = {(a.expert_id, unit_of[a.day] + half) for a in away if a.day in unit_of for half in range(HALVES)}
    for stop, there in (done or {}).values():
        if stop.day in unit_of:
            first = unit_of[stop.day] + stop.half
            busy |= {(name, first + half) for name in there for half in range(terms.halves)}
    was = {s.application_id: unit_of[s.day] + s.half for s in before if s.day in unit_of}
    starts = {v.application_id: _starts(terms, v, len(days), busy) for v in visits}
    placed = place(_jobs(terms, visits, starts, was, ways))
    left = [visit for visit in visits if visit.application_id not in placed.starts]
    if left:
        raise NoRoutesError(UNPROVED if not placed.proved else _why(terms, visits, left, starts))
    stops = tuple(
        Stop(application, days[unit // HALVES], unit % HALVES)
        for application, unit in sorted(placed.starts.items(), key=lambda item: (item[1], item[0]))
    )
    return Routes(stops, travelled(visits, stops, ways), _least(visits, ways))


def travelled(visits: Sequence[Visit], stops: Sequence[Stop], distances: Distances) -> int:
    """The sum of all teams' ways from one visit to the next."""
    known = {visit.application_id: visit for visit in visits}
    of_team: dict[frozenset[str], list[str]] = defaultdict(list)
    for stop in sorted(stops, key=lambda s: (s.day, s.half, s.application_id)):
        if stop.application_id in known:
            of_team[known[stop.application_id].team].append(known[stop.application_id].region)
    return sum(between(distances, *pair) for regions in of_team.values() for pair in pairwise(regions))


def faults(
    terms: Terms, visits: Sequence[Visit], stops: Sequence[Stop], away: Sequence[Away] = ()
) -> tuple[Fault, ...]:
    """Every rule that these stops break."""
    known = {visit.application_id: visit for visit in visits}
    gone = {(a.expert_id, a.day) for a in away}
    stops = [stop for stop in stops if stop.application_id in known]
    found: list[Fault] = []
    for stop in stops:
        visit = known[stop.application_id]
        if stop.day not in terms.days:
            found.append(
                _fault(
                    "day",
                    visit,
                    f"{in_words(stop.day).zh} 不是评审日",
                    f"{in_words(stop.day).en} is no day of the visits",
                )
            )
        if stop.half + terms.halves > HALVES:
            found.append(_fault("length", visit, "当天时间不足", "there is not enough of the day left"))
        absent = sorted(name for name in visit.team if (name, stop.day) in gone)
        if len(visit.team) - len(absent) < terms.quorum:
            there = len(visit.team) - len(absent)
            found.append(
                _fault(
                    "quorum", visit, f"到场 {there} 名，需要 {terms.quorum} 名（缺席 {'、'.join(absent) or '-'}）",
                    f"{there} are there, {terms.quorum} are needed (away: {', '.join(absent) or '-'})",
                )
            )  # fmt: skip
    found += _met_twice(terms, known, stops)
    for visit in visits:
        times = sum(stop.application_id == visit.application_id for stop in stops)
        if times != 1:
            found.append(
                _fault("once", visit, f"应当恰好安排一次，现为 {times} 次", f"must be visited once, not {times} times")
            )  # fmt: skip
    return tuple(found)


def _met_twice(terms: Terms, known: Mapping[str, Visit], stops: Sequence[Stop]) -> list[Fault]:
    found = []
    for number, one in enumerate(stops):
        for other in stops[number + 1 :]:
            if one.day != other.day or abs(one.half - other.half) >= terms.halves:
                continue
            first, second = known[one.application_id], known[other.application_id]
            both = sorted(first.team & second.team)
            if both and first is not second:
                found.append(
                    _fault(
                        "person_twice", first, f"{'、'.join(both)} 此时在第 {second.sequence} 号申报现场",
                        f"{', '.join(both)} is with application no. {second.sequence} at that time",
                    )
                )  # fmt: skip
    return found


def _starts(terms: Terms, visit: Visit, days: int, busy: set[tuple[str, int]]) -> dict[int, frozenset[str]]:
    found = {}
    for day in range(days):
        for half in range(HALVES - terms.halves + 1):
            first = day * HALVES + half
            there = frozenset(
                name
                for name in visit.team
                if not any((name, unit) in busy for unit in range(first, first + terms.halves))
            )
            if len(there) >= terms.quorum:
                found[first] = there
    return found


def _jobs(
    terms: Terms,
    visits: Sequence[Visit],
    starts: Mapping[str, Mapping[int, frozenset[str]]],
    was: Mapping[str, int],
    distances: Distances,
) -> list[Job]:
    """The place in its team's best order weighs a visit: the earlier in the order, the dearer each half day of waiting."""
    rank = _ranks(visits, distances)
    return [
        Job(
            key=v.application_id,
            starts=starts[v.application_id],
            length=terms.halves,
            kept=was.get(v.application_id),
            costs={unit: unit * rank[v.application_id] for unit in starts[v.application_id]},
        )
        for v in visits
    ]


def _ranks(visits: Sequence[Visit], distances: Distances) -> dict[str, int]:
    """By application, how many of its team's visits come from it on, itself counted, in the best order."""
    found: dict[str, int] = {}
    for team in _teams(visits).values():
        path = {name: n for n, name in enumerate(shortest_path([v.region for v in team], distances))}
        team.sort(key=lambda v: (path[v.region], v.sequence))
        found |= {visit.application_id: len(team) - number for number, visit in enumerate(team)}
    return found


def _teams(visits: Sequence[Visit]) -> dict[frozenset[str], list[Visit]]:
    found: dict[frozenset[str], list[Visit]] = defaultdict(list)
    for visit in visits:
        found[visit.team].append(visit)
    return found


def _least(visits: Sequence[Visit], distances: Distances) -> int:
    """The sum of the teams' shortest ways; no plan travels less where no detour is shorter than the straight way."""
    paths = (shortest_path([v.region for v in team], distances) for team in _teams(visits).values())
    return sum(between(distances, *pair) for path in paths for pair in pairwise(path))


def _nearest_first(names: Sequence[str], distances: Distances) -> tuple[str, ...]:
    path, left = [names[0]], list(names[1:])
    while left:
        nearest = min(left, key=lambda name: (between(distances, path[-1], name), name))
        left.remove(nearest)
        path.append(nearest)
    return tuple(path)


def _why(
    terms: Terms,
    visits: Sequence[Visit],
    left: Sequence[Visit],
    starts: Mapping[str, Mapping[int, frozenset[str]]],
) -> Reason:
    zh = [f"{len(terms.days)} 天内排不下 {len(visits)} 次现场评审，至少缺 {len(left)} 次"]
    en = [f"{len(visits)} visits do not fit into {len(terms.days)} days, at least {len(left)} are left"]
    for visit in left[:_NAMED_AT_MOST]:
        team = "、".join(sorted(visit.team))
        none = not starts[visit.application_id]
        zh.append(
            f"第 {visit.sequence} 号申报（{team}）" + ("没有一天到场人数足够" if none else "没有空余时间")
        )
        en.append(
            f"application no. {visit.sequence} ({team}) "
            + ("has no day with enough of its team" if none else "finds no free time")
        )
    return Reason("；".join(zh), "; ".join(en))


def _fault(rule: str, visit: Visit, zh: str, en: str) -> Fault:
    return Fault(rule, visit.application_id, Reason(zh, en))
