"""The problem of a panel, and what is given for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from shared.identifiers import digest
from shared.rulebooks import PanelRule

_NONE: frozenset[str] = frozenset()
FIELDS, LANGUAGES = "fields", "languages"  # what may be untold of an expert


@dataclass(frozen=True)
class Application:
    """What a panel must know of an application. Empty `fields`, `industries`, `languages`: nothing is asked of a reviewer."""

    application_id: str
    sequence: int
    uscc: str = ""
    category: str | None = None
    fields: frozenset[str] = _NONE
    industries: frozenset[str] = _NONE
    languages: frozenset[str] = _NONE


@dataclass(frozen=True)
class Expert:
    """One of the pool. `load_max`: the most applications that the expert itself agreed to; `carried`: how many it has already.

    `served`: how much it did before, which counts when work is shared out and against no limit. `untold`: of "fields" and
    "languages" those that nobody knows of it; a rule that asks for them keeps it out of nothing.
    """

    expert_id: str
    industry_expert: bool = False
    employer: str | None = None
    fields: frozenset[str] = _NONE
    industries: frozenset[str] = _NONE
    languages: frozenset[str] = _NONE
    may_lead: bool = False
    load_max: int | None = None
    carried: int = 0
    served: int = 0
    untold: frozenset[str] = _NONE

    @property
    def burden(self) -> int:
        """What counts when work is shared out."""
        return self.carried + self.served


@dataclass(frozen=True)
class Former:
    """The plan that was: a new one changes as little of it as it can. `assignments`: (application_id, expert_id)."""

    members: tuple[str, ...]
    assignments: frozenset[tuple[str, str]] = frozenset()
    leader: str | None = None


@dataclass(frozen=True)
class Assignment:
    """One reviewer on one application; `position` is the order of assignment, from 1."""

    application_id: str
    expert_id: str
    position: int


@dataclass(frozen=True)
class Panel:
    """A panel. `members` in the order of the draw; `industry_share` of them, two places."""

    members: tuple[str, ...]
    industry_share: Decimal
    assignments: tuple[Assignment, ...]
    seed: str
    leader: str | None = None


@dataclass(frozen=True)
class Assigned:
    """Who reads what. `bound` and `gap`: no assignment costs less than the bound; gap 0 is a proved optimum."""

    assignments: tuple[Assignment, ...]
    changes: int
    fit: int
    work: int
    bound: float
    gap: float


class NoPanelError(Exception):
    """No lawful panel can be formed; the reason holds what is needed and what there is."""

    def __init__(self, reason_zh: str, reason_en: str, explanation: Explanation | None = None) -> None:
        super().__init__(reason_en)
        self.reason_zh = reason_zh
        self.reason_en = reason_en
        self.explanation = explanation


@dataclass(frozen=True)
class Need:
    """One rule of several that cannot be met together: `needed` is asked, `possible` is the most that the others leave.

    `parameter` is that of the rulebook. `possible` is None where the rule has no number that could be smaller.
    """

    parameter: str
    needed: int
    possible: int | None
    zh: str
    en: str


@dataclass(frozen=True)
class Explanation:
    """Why there is no lawful panel: sets of rules that conflict, none of which has a rule too many; empty where there is one.

    With all rules of all sets given up a lawful panel exists.
    """

    conflicts: tuple[tuple[Need, ...], ...] = ()

    @property
    def zh(self) -> str:
        """The reasons in Chinese."""
        return "；".join("、".join(need.zh for need in conflict) for conflict in self.conflicts)

    @property
    def en(self) -> str:
        """The reasons in English."""
        return "; ".join(", ".join(need.en for need in conflict) for conflict in self.conflicts)


@dataclass(frozen=True)
class Problem:
    """What a panel is formed of. `kept`: per expert the applications that it is kept from, by whatever ground."""

    rule: PanelRule
    applications: tuple[Application, ...]
    experts: tuple[Expert, ...]
    kept: Mapping[str, frozenset[str]] = field(default_factory=dict)
    former: Former | None = None

    @cached_property
    def by_id(self) -> dict[str, Expert]:
        """The experts by id."""
        return {expert.expert_id: expert for expert in self.experts}

    @cached_property
    def applications_by_id(self) -> dict[str, Application]:
        """The applications by id."""
        return {application.application_id: application for application in self.applications}

    @cached_property
    def here(self) -> frozenset[str]:
        """The ids of the applications."""
        return frozenset(self.applications_by_id)

    def barred(self, expert: Expert) -> frozenset[str]:
        """The applications of this problem that an expert is kept from."""
        return self.kept.get(expert.expert_id, _NONE) & self.here

    def room(self, expert: Expert) -> int:
        """How many applications of this problem the expert can take: none below zero, none that it is kept from."""
        return self._rooms[expert.expert_id]

    @cached_property
    def _rooms(self) -> dict[str, int]:
        every, most = len(self.here), self.rule.load_max
        rooms: dict[str, int] = {}
        for expert in self.experts:
            free = every - len(self.barred(expert))
            limit = min((m for m in (most, expert.load_max) if m is not None), default=None)
            rooms[expert.expert_id] = free if limit is None else max(0, min(free, limit - expert.carried))
        return rooms

    @cached_property
    def limited(self) -> bool:
        """Whether any limit of load could bind."""
        every = len(self.here)
        return any(self._rooms[e.expert_id] < every - len(self.barred(e)) for e in self.experts)

    def digest(self) -> str:
        """The digest of everything that went in; the order in which it was given does not count."""
        return digest(
            {
                "rule": rule_told(self.rule),
                "applications": sorted(_told(a) for a in self.applications),
                "experts": sorted(_told(e) for e in self.experts),
                "kept": {e.expert_id: sorted(self.barred(e)) for e in self.experts if self.barred(e)},
                "former": None if self.former is None else _former_told(self.former),
            }
        )


def _told(thing: Application | Expert) -> list[list[Any]]:
    """An application or expert as JSON that can be sorted: the id comes first."""
    return [
        [name, sorted(value) if isinstance(value, frozenset) else str(value)]
        for name, value in vars(thing).items()
    ]


def _former_told(former: Former) -> dict[str, Any]:
    return {
        "members": sorted(former.members),
        "assignments": sorted(map(list, former.assignments)),
        "leader": former.leader,
    }


def rule_told(rule: PanelRule) -> dict[str, Any]:
    """The rule as JSON, fractions as text."""
    told = dict(vars(rule))
    told["industry_share_min"] = None if rule.industry_share_min is None else str(rule.industry_share_min)
    return told


def fit(expert: Expert, application: Application) -> int:
    """How well an expert fits an application: a point for a shared field, another for a shared industry; 0 to 2."""
    return int(bool(expert.fields & application.fields)) + int(
        bool(expert.industries & application.industries)
    )


def knows_field(expert: Expert, application: Application) -> bool:
    """Whether a field or industry of the application is the expert's, or may be: of one that names none everybody knows it."""
    if FIELDS in expert.untold or not (application.fields or application.industries):
        return True
    return fit(expert, application) > 0


def speaks(expert: Expert, application: Application) -> bool:
    """Whether the expert reads every language that the application is written in, or may do so."""
    return LANGUAGES in expert.untold or application.languages <= expert.languages


def share_of(industry: int, size: int) -> Decimal:
    """The share of industry experts, two places, half up."""
    return (Decimal(industry) / size).quantize(Decimal("0.01"), ROUND_HALF_UP)


def lot_order(seed: str, experts: Iterable[Expert]) -> list[Expert]:
    """The order that the lot gives: by the digest of seed and id."""
    return sorted(experts, key=lambda e: (digest([seed, e.expert_id]), e.expert_id))


def placed(
    problem: Problem, members: Sequence[str], pairs: Iterable[tuple[str, str]]
) -> tuple[Assignment, ...]:
    """Pairs (application_id, expert_id) as assignments: by number of submission, and then in the order of the draw."""
    place = {name: number for number, name in enumerate(members)}
    by_application: dict[str, list[str]] = {a.application_id: [] for a in problem.applications}
    for application_id, expert_id in pairs:
        by_application[application_id].append(expert_id)
    return tuple(
        Assignment(application.application_id, name, position)
        for application in sorted(problem.applications, key=lambda a: a.sequence)
        for position, name in enumerate(
            sorted(by_application[application.application_id], key=place.__getitem__), start=1
        )
    )
