"""The same applicants under two rulebooks: two results in, a comparison out. Pure; nothing is decided here.

A and B are the two sides throughout. What one text asks and the other asks too is found by rule and condition, and where
the article has moved, by the condition's name alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from deploy.decisions.reading import Application, Blocked, Finding, Grant, Notice, Result, Totals

T = TypeVar("T")


class NotComparable(Exception):
    """The results are not of the same applicants; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Pair(Generic[T]):
    """The same thing on both sides."""

    a: T
    b: T

    @property
    def differ(self) -> bool:
        """Whether the sides are not alike."""
        return self.a != self.b


@dataclass(frozen=True)
class FindingPair:
    """What both texts ask, or one of them alone (the other side is None)."""

    a: Finding | None
    b: Finding | None

    @property
    def condition(self) -> str:
        """The name of what is asked, which both sides share."""
        found = self.a or self.b
        assert found is not None  # one side is always there
        return found.condition

    @property
    def decides(self) -> bool:
        """Whether it stands in the way on one side and not, or otherwise, on the other."""
        return _standing(self.a) != _standing(self.b)

    @property
    def differs(self) -> bool:
        """Whether the outcomes differ, or only one text asks; the wording of reasons is of no account."""
        if self.a is None or self.b is None:
            return True
        return (self.a.outcome, self.a.confirmed) != (self.b.outcome, self.b.confirmed)


@dataclass(frozen=True)
class Cause:
    """Why it ends on a side where it goes further on the other: a rule with its reason, or the stage where it ended."""

    rule: str | None = None
    stage: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Moves:
    """How one application fares on both sides; `findings` are those that differ, the deciding ones first."""

    handle: str
    name: str
    applications: Pair[Application]
    findings: tuple[FindingPair, ...]
    causes: Pair[tuple[Cause, ...]]

    @property
    def status(self) -> Pair[str]:
        """The status on both sides."""
        return Pair(self.applications.a.status, self.applications.b.status)

    @property
    def award(self) -> Pair[tuple[str | None, str | None]]:
        """Level and track on both sides."""
        a, b = self.applications.a, self.applications.b
        return Pair((a.award, a.track), (b.award, b.track))

    @property
    def money(self) -> Pair[int]:
        """Yuan granted and not taken back, on both sides."""
        return Pair(self.applications.a.kept_yuan, self.applications.b.kept_yuan)

    @property
    def changes(self) -> bool:
        """Whether another rulebook means another outcome: status, award or money."""
        return self.status.differ or self.award.differ or self.money.differ

    @property
    def deciding(self) -> tuple[FindingPair, ...]:
        """The findings that stand in the way on one side only."""
        return tuple(pair for pair in self.findings if pair.decides)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages in which it was scored on either side, A's first."""
        return _union(self.applications.a.scores, self.applications.b.scores)

    def score(self, stage: str) -> Pair[Decimal | None]:
        """The scores of a stage, None where it was not scored there."""
        return Pair(self.applications.a.scores.get(stage), self.applications.b.scores.get(stage))


@dataclass(frozen=True)
class GrantMove:
    """One kind of grant (award or pool) of one application on both sides, None where there is none."""

    handle: str
    what: str
    grants: Pair[Grant | None]

    @property
    def yuan(self) -> Pair[int]:
        """The amounts, 0 where there is none."""
        a, b = self.grants.a, self.grants.b
        return Pair(a.yuan if a else 0, b.yuan if b else 0)


@dataclass(frozen=True)
class NoticePair:
    """A notice of one name on both sides, None where that text has none or the cycle did not come so far."""

    notice: str
    notices: Pair[Notice | None]

    @property
    def only(self) -> Pair[tuple[str, ...]]:
        """Who is listed on one side only."""
        a = self.notices.a.listed if self.notices.a else ()
        b = self.notices.b.listed if self.notices.b else ()
        return Pair(_without(a, b), _without(b, a))


@dataclass(frozen=True)
class Comparison:
    """Everything that moves from A to B."""

    scenario: str
    rulebooks: Pair[str]
    applications: tuple[Moves, ...]
    grants: tuple[GrantMove, ...]
    totals: Pair[Totals]
    notices: tuple[NoticePair, ...]
    awards: tuple[tuple[str, Pair[tuple[str, ...]]], ...]
    blocked: Pair[Blocked | None]
    notes: Pair[tuple[str, ...]]

    @property
    def changed(self) -> tuple[Moves, ...]:
        """The applications whose outcome changes."""
        return tuple(moves for moves in self.applications if moves.changes)


def compare(a: Result, b: Result) -> Comparison:
    """Two results side by side. Raises NotComparable where they are not of the same scenario and applicants."""
    _require_alike(a, b)
    return Comparison(
        scenario=a.scenario,
        rulebooks=Pair(a.rulebook, b.rulebook),
        applications=tuple(_moves(handle, a, b) for handle in a.applications),
        grants=tuple(move for handle in a.applications for move in _grants(handle, a, b)),
        totals=Pair(a.totals, b.totals),
        notices=_notices(a.notices, b.notices),
        awards=tuple(
            (key, Pair(a.awards.get(key, ()), b.awards.get(key, ()))) for key in _union(a.awards, b.awards)
        ),
        blocked=Pair(a.blocked, b.blocked),
        notes=Pair(a.notes, b.notes),
    )


def _require_alike(a: Result, b: Result) -> None:
    if a.scenario != b.scenario:
        raise NotComparable(
            f"不是同一场演练的结果：{a.scenario}，{b.scenario}",
            f"results of different scenarios: {a.scenario}, {b.scenario}",
        )
    apart = sorted(set(a.applications) ^ set(b.applications))
    if apart:
        listed = ", ".join(apart)
        raise NotComparable(
            f"申报不同，仅一方有：{listed}", f"not the same applicants, on one side only: {listed}"
        )


def _moves(handle: str, a: Result, b: Result) -> Moves:
    applications = Pair(a.applications[handle], b.applications[handle])
    pairs = pair_findings(applications.a.findings, applications.b.findings)
    differing = sorted((pair for pair in pairs if pair.differs), key=lambda pair: not pair.decides)
    causes = Pair(
        _causes(applications.a, (p.a for p in differing if p.decides), a.blocked),
        _causes(applications.b, (p.b for p in differing if p.decides), b.blocked),
    )
    if applications.a.status == applications.b.status and not any(pair.decides for pair in differing):
        causes = Pair((), ())
    named = a if handle in a.applicants else b
    return Moves(handle, named.applicant(handle).name, applications, tuple(differing), causes)


def pair_findings(a: Sequence[Finding], b: Sequence[Finding]) -> list[FindingPair]:
    """What belongs together, in A's order; what B alone asks comes last."""
    partners = _partners(a, b)
    taken = set(partners.values())
    pairs = [FindingPair(f, b[partners[place]] if place in partners else None) for place, f in enumerate(a)]
    return pairs + [FindingPair(None, f) for place, f in enumerate(b) if place not in taken]


def _partners(a: Sequence[Finding], b: Sequence[Finding]) -> dict[int, int]:
    """Places in A with those in B: of one rule and condition; then, of the rest, of one condition."""
    found: dict[int, int] = {}
    for key in (_by_rule, _by_name):
        left, right = _once(a, key, found.keys()), _once(b, key, found.values())
        found |= {left[name]: right[name] for name in left if name in right}
    return found


def _by_rule(finding: Finding) -> str:
    return f"{finding.rule}/{finding.condition}"


def _by_name(finding: Finding) -> str:
    return finding.condition


def _once(findings: Sequence[Finding], key: Callable[[Finding], str], but: Collection[int]) -> dict[str, int]:
    """By key, the places of those whose key no other has, some places left out."""
    places: dict[str, list[int]] = {}
    for place, finding in enumerate(findings):
        if place not in but:
            places.setdefault(key(finding), []).append(place)
    return {name: found[0] for name, found in places.items() if len(found) == 1}


def _standing(finding: Finding | None) -> str:
    return finding.standing if finding is not None else "clear"


def _causes(
    application: Application, deciding: Iterable[Finding | None], blocked: Blocked | None
) -> tuple[Cause, ...]:
    rules = tuple(
        Cause(rule=f.rule, reason=f.reason) for f in deciding if f is not None and f.standing != "clear"
    )
    if rules or application.stopped_at is None:
        return rules
    if application.status == "in_progress" and blocked is not None:
        return (Cause(stage=blocked.stage, reason=blocked.reason),)
    return (Cause(stage=application.stopped_at),)


def _grants(handle: str, a: Result, b: Result) -> list[GrantMove]:
    here = {grant.what: grant for grant in a.applications[handle].grants}
    there = {grant.what: grant for grant in b.applications[handle].grants}
    return [GrantMove(handle, what, Pair(here.get(what), there.get(what))) for what in _union(here, there)]


def _notices(a: Sequence[Notice], b: Sequence[Notice]) -> tuple[NoticePair, ...]:
    here, there = ({notice.notice: notice for notice in side} for side in (a, b))
    return tuple(NoticePair(name, Pair(here.get(name), there.get(name))) for name in _union(here, there))


def _union(a: Iterable[str], b: Iterable[str]) -> tuple[str, ...]:
    """All keys once, A's in their order before what B alone has."""
    return tuple(dict.fromkeys((*a, *b)))


def _without(these: Sequence[str], those: Sequence[str]) -> tuple[str, ...]:
    return tuple(each for each in these if each not in those)
