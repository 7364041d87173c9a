"""Who may do what to a sheet: its reviewer, the leader of its panel, nobody with an interest. Held in the queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from services.review import conditions, conflicts, models
from services.review.conditions import is_
from services.review.seating.states import ON_DUTY, Assigned
from shared.problems import Conflict
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks.criteria import CriteriaTree
from shared.store import Work

_ASSIGNMENTS, _SHEETS = models.assignments, models.sheets
_DOSSIERS = models.procedure.dossiers


@dataclass(frozen=True)
class Place:
    """One application in one stage, as somebody who may be there sees it."""

    cycle: Cycle
    stage: str
    entrant: Entrant

    @property
    def application(self) -> dict[str, str]:
        return {
            "cycle_id": self.cycle.cycle_id,
            "stage": self.stage,
            "application_id": self.entrant.application_id,
        }

    def sheet(self, expert_id: str) -> dict[str, str]:
        return {**self.application, "expert_id": expert_id}

    @property
    def tree(self) -> CriteriaTree | None:
        """The items of its sheets."""
        return self.cycle.rulebook.criteria_for(self.entrant.dossier["kind"], self.entrant.category)

    def require_tree(self) -> CriteriaTree:
        """The items of its sheets. Raises Conflict where the rulebook names none."""
        tree = self.tree
        if tree is None:
            raise Conflict(
                "规则没有为此类申报列出评分条款", "the rulebook names no items for it", code="no_criteria"
            )
        return tree


def place(
    work: Work,
    conductor: Conductor,
    data: dict[str, Any],
    *,
    assigned: bool = False,
    leading: bool = False,
    lock: bool = False,
) -> Place:
    """The application, if whoever asks is one of its reviewers (`assigned`), leads its panel (`leading`), or either.

    Raises NotFound for everybody else, for one with an interest in it, and where it was withdrawn; Conflict where whoever
    asks has yet to declare its interests. `lock`: whoever else asks for the lock waits.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    me = work.context.actor
    key = {"cycle_id": cycle.cycle_id, "stage": data["stage"], "application_id": data["application_id"]}
    ways = []
    if assigned:
        ways.append(_mine(key, me))
    if leading:
        ways.append(_led(key, me))
    query = select(_DOSSIERS).where(
        _DOSSIERS.c.cycle_id == cycle.cycle_id,
        _DOSSIERS.c.application_id == key["application_id"],
        _DOSSIERS.c.withdrawn_on.is_(None),
        conflicts.free_for(me, _DOSSIERS),
        ways[0] if len(ways) == 1 else ways[0] | ways[1],
    )
    row = work.session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise conflicts.nothing_of_yours()
    conflicts.require_stated(work, cycle, row.application_id)
    return Place(cycle, key["stage"], Entrant(row.application_id, row.sequence, row.dossier))


def _mine(key: dict[str, str], me: str) -> ColumnElement[bool]:
    mine = is_(_ASSIGNMENTS, {**key, "expert_id": me})
    return exists().where(mine, _ASSIGNMENTS.c.state == Assigned.ACCEPTED, conditions.serving(_ASSIGNMENTS))


def _led(key: dict[str, str], me: str) -> ColumnElement[bool]:
    """`me` leads the application in a released panel of this stage, as its leader or as the deputy of one kept from it."""
    return exists().where(is_(_ASSIGNMENTS, key), conflicts.leads(me, _ASSIGNMENTS))


def leads(work: Work, where: Place) -> bool:
    """Whether whoever asks leads this application."""
    found = work.session.execute(select(_led(where.application, work.context.actor))).scalar_one()
    return bool(found)


def led_by(work: Work, cycle: Cycle, stage: str, entrants: Iterable[Entrant]) -> list[Entrant]:
    """The applications that whoever asks leads, without those that it has an interest in, or has not stated
    its interests in; none while its yearly declaration is owed.
    """
    me = work.context.actor
    if not conflicts.declared(work, cycle, me):
        return []
    query = (
        select(_ASSIGNMENTS.c.application_id)
        .where(_ASSIGNMENTS.c.cycle_id == cycle.cycle_id, _ASSIGNMENTS.c.stage == stage)
        .where(conflicts.leads(me, _ASSIGNMENTS))
        .where(conflicts.stated_by(me, _ASSIGNMENTS, cycle))
    )
    led = set(work.session.execute(query).scalars())
    return [entrant for entrant in entrants if entrant.application_id in led]


def own_sheet_first(work: Work, where: Place) -> bool:
    """Whether whoever asks has a sheet of its own to hand in here before it may see others'."""
    me = where.sheet(work.context.actor)
    due = and_(is_(_ASSIGNMENTS, me), _ASSIGNMENTS.c.state.in_(ON_DUTY))
    found = work.session.execute(select(exists().where(due) & ~exists().where(is_(_SHEETS, me)))).scalar_one()
    return bool(found)


def require_begun(work: Work, conductor: Conductor, where: Place) -> None:
    """Raises Conflict outside the days of the stage."""
    state = conductor.row(work, where.cycle.cycle_id, where.stage).state
    if state != "begun":
        raise Conflict(
            f"阶段 {where.stage} 当前为 {state}，不能评分",
            f"stage {where.stage} is {state} and takes no sheets",
        )
