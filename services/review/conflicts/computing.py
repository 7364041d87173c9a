"""Conflicts as rows: computed from ties and applications by whole sets, for a cycle, some experts, or some applications.

What is computed is held against the rows that stand: one that is no longer found ends, with the time and the reason; one
that is not there yet is added. Whoever computes waits for whoever computes in the same world, so that an application and
an expert who come at the same moment meet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    tuple_,
    union_all,
    update,
)

from services.review import models
from services.review.conditions import agree, in_world
from services.review.conflicts import recorded, sources
from services.review.conflicts.grounds import EMPLOYER, GROUNDS
from services.review.conflicts.recusals import article
from shared.procedure import Conductor, Cycle
from shared.store import Work

_CONFLICTS, _TIES, _PARTIES = models.conflicts, models.ties, models.parties
_CYCLES, _CLOSINGS = models.procedure.cycles, models.procedure.closings
_KEY = ("expert_id", "application_id", "ground", "source")
SOURCE_CHANGED, LIFTED = "source_changed", "lifted"


@dataclass(frozen=True)
class Scope:
    """What is computed: all of a cycle, or only what concerns some experts, or some applications."""

    cycle: Cycle
    experts: Collection[str] | None = None
    applications: Collection[str] | None = None

    def of(
        self, expert_id: ColumnElement[Any], application_id: ColumnElement[Any]
    ) -> Iterator[ColumnElement[bool]]:
        """The conditions on the columns of a table."""
        if self.experts is not None:
            yield expert_id.in_(sorted(self.experts))
        if self.applications is not None:
            yield application_id.in_(sorted(self.applications))


def refresh(work: Work, conductor: Conductor, world: str, expert_ids: Collection[str] | None) -> None:
    """The interests of these experts changed (None: of all): compute anew, in every cycle of the world still reviewed."""
    lock(work, world)
    for cycle in _reviewed(work, conductor, world):
        _experts(work, cycle, expert_ids)


def of_experts(work: Work, cycle: Cycle, expert_ids: Collection[str]) -> None:
    """Compute anew what concerns these experts in one cycle: its pool changed."""
    lock(work, cycle.world)
    _experts(work, cycle, expert_ids)


def of_cycle(work: Work, cycle: Cycle) -> None:
    """Compute a whole cycle anew, from the dossiers and the registers alone."""
    lock(work, cycle.world)
    sources.write_parties(work, cycle)
    sources.write_ties(work, cycle)
    _settle(work, Scope(cycle))


def of_application(work: Work, conductor: Conductor, cycle: Cycle, application_id: str, dossier: Any) -> None:
    """An application came: who is tied to it; where it tells a group, who of that group is now tied to others as well."""
    lock(work, cycle.world)
    row = sources.party(cycle, application_id, dossier)
    work.session.execute(_PARTIES.insert().values(**row))
    _settle(work, Scope(cycle, applications=[application_id]))
    if row["group_key"] is None:
        return
    for each in _reviewed(work, conductor, cycle.world):
        colleagues = _employed_in(work, each, row["group_key"])
        if colleagues:
            _experts(work, each, colleagues)


def lock(work: Work, world: str) -> None:
    """Wait for whoever computes in this world: its first cycle's row stands for it."""
    first = select(_CYCLES.c.id).where(in_world(world)).order_by(_CYCLES.c.id).limit(1)
    work.session.execute(first.with_for_update())


def _experts(work: Work, cycle: Cycle, expert_ids: Collection[str] | None) -> None:
    sources.write_ties(work, cycle, expert_ids)
    _settle(work, Scope(cycle, experts=expert_ids))


def _reviewed(work: Work, conductor: Conductor, world: str) -> Iterator[Cycle]:
    """The cycles of a world whose reviews are not over: what became known later changes no review that was."""
    ids = work.session.execute(select(_CYCLES.c.id).where(in_world(world)).order_by(_CYCLES.c.id))
    for cycle_id in ids.scalars().all():
        cycle = conductor.cycle(work, cycle_id)
        if not _over(work, cycle):
            yield cycle


def _over(work: Work, cycle: Cycle) -> bool:
    """Whether a stage after the last review has closed."""
    book = cycle.rulebook
    last = max((book.phase_index(s.key) for s in book.stages if s.owner == work.service), default=-1)
    closed = select(_CLOSINGS.c.stage).where(_CLOSINGS.c.cycle_id == cycle.cycle_id)
    return any(book.phase_index(stage) > last for stage in work.session.execute(closed).scalars())


def _employed_in(work: Work, cycle: Cycle, group: str) -> list[str]:
    """The experts of a cycle who are employed by an organization of a group."""
    codes = select(_PARTIES.c.uscc).where(_PARTIES.c.world == cycle.world, _PARTIES.c.group_key == group)
    query = select(_TIES.c.expert_id).where(
        _TIES.c.cycle_id == cycle.cycle_id, _TIES.c.ground == EMPLOYER, _TIES.c.uscc.in_(codes)
    )
    return sorted(set(work.session.execute(query).scalars()))


def _settle(work: Work, scope: Scope) -> None:
    ended, added = _end(work, scope), _add(work, scope)
    if ended or added:
        work.audit(
            "conflicts:computed",
            scope.cycle.cycle_id,
            after={"added": added, "ended": ended},
            cycle_id=scope.cycle.cycle_id,
        )
        recorded.settle(work, scope.cycle, scope.of)


def _found(scope: Scope) -> CTE:
    """What the ties make of the applications now: one line for expert, application, ground and source."""
    lines = union_all(_by_code(scope), _by_application(scope)).subquery("lines")
    return (
        select(
            *(lines.c[name] for name in _KEY),
            func.min(lines.c.since).label("since"),
            func.min(lines.c.via).label("via"),
        )
        .group_by(*(lines.c[name] for name in _KEY))
        .cte("found")
    )


def _tied(scope: Scope, via: ColumnElement[Any]) -> Select[Any]:
    return select(
        _TIES.c.expert_id, _PARTIES.c.application_id, _TIES.c.ground, _TIES.c.source, _TIES.c.since, via.label("via")
    ).where(
        _TIES.c.cycle_id == scope.cycle.cycle_id, *scope.of(_TIES.c.expert_id, _PARTIES.c.application_id)
    )  # fmt: skip


def _by_code(scope: Scope) -> Select[Any]:
    same = and_(_PARTIES.c.cycle_id == _TIES.c.cycle_id, _PARTIES.c.uscc == _TIES.c.uscc)
    return _tied(scope, _TIES.c.uscc).join(_PARTIES, same)


def _by_application(scope: Scope) -> Select[Any]:
    same = and_(_PARTIES.c.cycle_id == _TIES.c.cycle_id, _PARTIES.c.application_id == _TIES.c.application_id)
    return _tied(scope, _TIES.c.application_id).join(_PARTIES, same)


def _end(work: Work, scope: Scope) -> int:
    found = _found(scope)
    known = tuple_(*(_CONFLICTS.c[name] for name in _KEY))
    statement = (
        update(_CONFLICTS)
        .where(
            _CONFLICTS.c.cycle_id == scope.cycle.cycle_id,
            _CONFLICTS.c.ended_at.is_(None),
            *scope.of(_CONFLICTS.c.expert_id, _CONFLICTS.c.application_id),
            known.not_in(select(*(found.c[name] for name in _KEY))),
        )
        .values(ended_at=work.now(), ended_why=SOURCE_CHANGED, ended_by=work.by)
    )
    return int(getattr(work.session.execute(statement), "rowcount", 0))


def _add(work: Work, scope: Scope) -> int:
    found = _found(scope)
    values: dict[str, Any] = {
        "cycle_id": literal(scope.cycle.cycle_id),
        **{name: found.c[name] for name in _KEY},
        "number": _next_number(scope, found),
        "rule": _rule(scope, found),
        "via": found.c.via,
        "since": found.c.since,
        "found_at": literal(work.now(), _CONFLICTS.c.found_at.type),
        "found_by": literal(work.by),
    }
    concerned = scope.of(_CONFLICTS.c.expert_id, _CONFLICTS.c.application_id)
    here = and_(_CONFLICTS.c.cycle_id == scope.cycle.cycle_id, *concerned)
    stands = select(*(_CONFLICTS.c[name] for name in _KEY)).where(here, _CONFLICTS.c.ended_at.is_(None))
    lifted = select(*_exactly(_CONFLICTS.c)).where(here, _CONFLICTS.c.ended_why == LIFTED)
    new = select(*values.values()).where(
        tuple_(*(found.c[name] for name in _KEY)).not_in(stands),
        tuple_(*_exactly(found.c)).not_in(lifted),
    )
    statement = insert(_CONFLICTS).from_select(list(values), new)
    return int(getattr(work.session.execute(statement), "rowcount", 0))


def _exactly(columns: Any) -> list[ColumnElement[Any]]:
    """A conflict with what it rests on: what was lifted by hand stays lifted as long as nothing of it changes."""
    return [*(columns[name] for name in (*_KEY, "via")), func.coalesce(cast(columns.since, String), "")]


def _next_number(scope: Scope, found: CTE) -> ColumnElement[Any]:
    earlier = _CONFLICTS.alias("earlier")
    again = agree(earlier, found, _KEY)
    last = select(func.max(earlier.c.number)).where(earlier.c.cycle_id == scope.cycle.cycle_id, again)
    return func.coalesce(last.correlate(found).scalar_subquery(), 0) + 1


def _rule(scope: Scope, found: CTE) -> ColumnElement[Any]:
    articles = {ground: article(scope.cycle.rulebook, ground) for ground in GROUNDS}
    known = [(found.c.ground == ground, rule) for ground, rule in articles.items() if rule is not None]
    return case(*known, else_=null()) if known else null()
