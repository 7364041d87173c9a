"""下达: only with it do the experts know. And the gate before a real cycle's review: no panel that serves, no beginning."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select, update

from services.review import conflicts, models
from services.review.saying import first_of
from services.review.seating import drafts, inputs, leaders, offers
from services.review.seating.rows import NO_CATEGORY, note, place, require_panel, require_revision, seats
from services.review.seating.states import ON_DUTY, Assigned, assignment_after, panel_after
from shared.problems import Conflict
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_PANELS, _ASSIGNMENTS = models.panels, models.assignments


def release(work: Work, conductor: Conductor, data: dict[str, Any], terms: offers.Terms) -> dict[str, Any]:
    """An officer releases a draft that it has seen. Raises Conflict: not a draft, another revision, not lawful any more."""
    where = place(work, conductor, data, lock=True)
    row = require_panel(work, where)
    state = panel_after("release", row.state)
    require_revision(row, data["revision"])
    sitting = seats(work, where, row, (Assigned.DRAFTED.value,))
    problem = inputs.problem(work, conductor, where)
    drafts.require_lawful(problem, sitting)
    now = work.now()
    work.session.execute(update(_PANELS).where(where.of(_PANELS)).values(state=state.value, released_at=now))
    drafted = and_(where.of(_ASSIGNMENTS), _ASSIGNMENTS.c.state == Assigned.DRAFTED.value)
    released = assignment_after("release", Assigned.DRAFTED).value
    work.session.execute(update(_ASSIGNMENTS).where(drafted).values(state=released, released_at=now))
    offers.offer(work, where, (line.expert_id for line in sitting.assignments), terms, "release")
    leaders.line_up(work, where, problem)
    conflicts.settle(work, where.cycle)
    told = {"revision": row.revision, "draw": row.draw, "members": list(row.members), "leader": row.leader}
    note(work, where, "released", told, reason=data["reason"])
    return drafts.inspect(work, conductor, data)


def require_released(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
    """Raises Conflict, which names what is missing: the stage stays planned, and begins as soon as nothing is."""
    panels, seats = missing_panels(work, cycle, stage, entrants)
    missing = panels + seats
    if missing:
        raise Conflict(
            "尚待：" + "；".join(missing), "still waiting for: " + "; ".join(missing), code="no_panel"
        )


def missing_panels(
    work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]
) -> tuple[list[str], list[str]]:
    """The panels that are not released; and the applications that a released one leaves with too few; in words."""
    assert stage.panel is not None
    query = select(_PANELS.c.category).where(
        and_(
            _PANELS.c.cycle_id == cycle.cycle_id,
            _PANELS.c.stage == stage.key,
            _PANELS.c.released_at.is_not(None),
        )
    )
    released = set(work.session.execute(query).scalars())
    wanted = sorted({entrant.category or NO_CATEGORY for entrant in entrants} - released)
    said = [
        f"{category or stage.title.zh}的评审组 / the panel of {category or stage.title.en}"
        for category in wanted
    ]
    on_duty = _on_duty(work, cycle, stage)
    short = [
        (entrant.sequence, stage.panel.reviewers_per_application - on_duty.get(entrant.application_id, 0))
        for entrant in entrants
        if (entrant.category or NO_CATEGORY) in released
        and on_duty.get(entrant.application_id, 0) < stage.panel.reviewers_per_application
    ]
    lacking = [
        f"第 {sequence} 号申报的 {number} 名评审员 / {number} reviewers for application no. {sequence}"
        for sequence, number in short
    ]
    return said, first_of(lacking, "另外 {} 份申报的评审员 / reviewers for {} more applications")


def _on_duty(work: Work, cycle: Cycle, stage: Stage) -> dict[str, int]:
    query = (
        select(_ASSIGNMENTS.c.application_id, func.count().label("on_duty"))
        .where(
            and_(
                _ASSIGNMENTS.c.cycle_id == cycle.cycle_id,
                _ASSIGNMENTS.c.stage == stage.key,
                _ASSIGNMENTS.c.state.in_(ON_DUTY),
            )
        )
        .group_by(_ASSIGNMENTS.c.application_id)
    )
    return {row.application_id: row.on_duty for row in work.session.execute(query)}
