"""What a panel is drawn from and held against: the rule, those who may serve, those who would enter the stage now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select

from services.review import models, selection
from services.review.conflicts.recusals import Reviewer
from services.review.panels import Application, Expert, Problem
from services.review.panels.model import FIELDS, LANGUAGES
from services.review.register import profiles
from services.review.seating import interests
from services.review.seating.rows import Place, entrants
from services.review.seating.states import ON_DUTY, Assigned
from shared.calendar import Window, work_calendar
from shared.procedure import Conductor, Entrant
from shared.store import Work

_ASSIGNMENTS = models.assignments
_INDUSTRY = "industry"  # the fact of an application that says it


def problem(work: Work, conductor: Conductor, where: Place, seated: Collection[str] = frozenset()) -> Problem:
    """The problem as it stands now, by ids; of its experts are those who may serve, and `seated`."""
    assert where.stage.panel is not None
    entering = those_who_enter(work, conductor, where)
    return Problem(
        where.stage.panel,
        tuple(_application(entrant) for entrant in entering),
        _experts(work, where, interests.pool(work, where.cycle, _days(work, conductor, where), seated)),
        interests.kept(work, where.cycle, entering),
    )


@dataclass(frozen=True)
class Serving:
    """The problem of a panel that stands: its people are of it also when they are away by now or owe a declaration, so that
    every rule can be held against it; nothing new is given to those `unable`.
    """

    problem: Problem
    unable: frozenset[str]


def serving(work: Work, conductor: Conductor, where: Place, row: Row[Any]) -> Serving:
    """What a released panel is held against."""
    query = select(_ASSIGNMENTS.c.expert_id).where(where.of(_ASSIGNMENTS))
    seated = {*row.members, *work.session.execute(query).scalars()}
    able = interests.able_to_serve(work, where.cycle, _days(work, conductor, where), seated)
    return Serving(problem(work, conductor, where, seated), frozenset(seated - able))


def _days(work: Work, conductor: Conductor, where: Place) -> Window:
    """The days of the stage, as far as they are known; those that are over count no more."""
    row = conductor.row(work, where.cycle.cycle_id, where.stage.key)
    first = max(work.today(), row.begins_on or work.today())
    if row.ends_on is not None:
        return Window(first, max(first, row.ends_on))
    return work_calendar().window(first, where.stage.working_days or 1)


def those_who_enter(work: Work, conductor: Conductor, where: Place) -> list[Entrant]:
    """Of the panel's category: those who would be let in if the stage began now; the cut by rank itself is made then."""
    everybody = conductor.entrants(work, where.cycle.cycle_id, where.stage.key)
    out = selection.left_out(conductor, where.cycle, where.stage, everybody)
    return [e for e in entrants(work, conductor, where) if e.application_id not in out]


def _application(entrant: Entrant) -> Application:
    """Its industry where it is stated; neither fields nor the language of a dossier are stated anywhere."""
    industry = entrant.dossier["facts"].get(_INDUSTRY)
    return Application(
        entrant.application_id, entrant.sequence, entrant.dossier["uscc"], entrant.category,
        industries=frozenset([industry] if industry else ()),
    )  # fmt: skip


def _experts(work: Work, where: Place, pool: Sequence[Reviewer]) -> tuple[Expert, ...]:
    known = profiles.of(work, where.cycle.world, [reviewer.expert_id for reviewer in pool])
    carried, served = elsewhere(work, where), before(work, where)
    return tuple(
        _expert(r, known.get(r.expert_id), carried.get(r.expert_id, 0), served.get(r.expert_id, 0))
        for r in pool
    )


def _expert(reviewer: Reviewer, known: profiles.Profile | None, carried: int, served: int) -> Expert:
    """With what the register tells of it; what it does not tell keeps nobody out."""
    told = known or profiles.Profile(may_lead=True)
    untold = {FIELDS: not (told.fields or told.industries), LANGUAGES: not told.languages}
    return Expert(
        reviewer.expert_id,
        reviewer.industry_expert,
        told.employer or reviewer.employer,
        told.fields,
        told.industries,
        told.languages,
        may_lead=told.may_lead,
        carried=carried,
        served=served,
        untold=frozenset(what for what, missing in untold.items() if missing),
    )


def elsewhere(work: Work, where: Place) -> dict[str, int]:
    """By expert: what it has to do in the same stage on other panels, which counts against the limit."""
    others = and_(
        _ASSIGNMENTS.c.stage == where.stage.key,
        _ASSIGNMENTS.c.category != where.category,
        _ASSIGNMENTS.c.state.in_((Assigned.DRAFTED, *ON_DUTY)),
    )
    return _counted(work, where, others)


def before(work: Work, where: Place) -> dict[str, int]:
    """By expert: what it had to do in the cycle's other stages; whoever did less is given more."""
    others = and_(_ASSIGNMENTS.c.stage != where.stage.key, _ASSIGNMENTS.c.state.in_(ON_DUTY))
    return _counted(work, where, others)


def _counted(work: Work, where: Place, which: ColumnElement[bool]) -> dict[str, int]:
    query = (
        select(_ASSIGNMENTS.c.expert_id, func.count().label("assigned"))
        .where(_ASSIGNMENTS.c.cycle_id == where.cycle.cycle_id, which)
        .group_by(_ASSIGNMENTS.c.expert_id)
    )
    return {row.expert_id: row.assigned for row in work.session.execute(query)}
