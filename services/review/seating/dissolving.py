"""解散: a panel ends with its cycle. Its members see nothing more of it; what they did is kept."""

from __future__ import annotations

from sqlalchemy import select, update

from services.review import models
from services.review.seating.rows import Place, note
from services.review.seating.states import panel_after
from shared.procedure import Conductor, Cycle
from shared.procedure.state import phase_complete, survivors
from shared.store import Work

_PANELS, _OFFERS, _CYCLES = models.panels, models.offers, models.procedure.cycles


def dissolve(work: Work, conductor: Conductor) -> None:
    """End the panels of every real cycle that is over. Harmless when done again, or by two replicas."""
    query = (
        select(_PANELS.c.cycle_id)
        .join(_CYCLES, _CYCLES.c.id == _PANELS.c.cycle_id)
        .where(_PANELS.c.dissolved_on.is_(None), _CYCLES.c.rehearsal.is_(False))
        .distinct()
    )
    for cycle_id in work.session.execute(query).scalars().all():
        cycle = conductor.cycle(work, cycle_id)
        if over(work, conductor, cycle):
            _dissolve(work, conductor, cycle)


def over(work: Work, conductor: Conductor, cycle: Cycle) -> bool:
    """Whether nobody is left for a further step, or all steps are done."""
    closings = conductor.records.closings(work, cycle.cycle_id)
    known = conductor.records.categories(work, cycle.cycle_id)
    entering = set(known)
    for index, phase in enumerate(cycle.rulebook.procedure):
        if not entering:
            return True
        if not phase_complete(phase, closings, known, entering):
            return False
        entering = survivors(cycle.rulebook, closings, known, index)
    return True


def _dissolve(work: Work, conductor: Conductor, cycle: Cycle) -> None:
    conductor.records.cycle(work, cycle.cycle_id, lock=True)
    rows = work.session.execute(
        select(_PANELS).where(_PANELS.c.cycle_id == cycle.cycle_id, _PANELS.c.dissolved_on.is_(None))
    ).all()
    for row in rows:
        where = Place(cycle, cycle.rulebook.stage(row.stage), row.category)
        state = panel_after("dissolve", row.state).value
        work.session.execute(
            update(_PANELS).where(where.of(_PANELS)).values(state=state, dissolved_on=work.today())
        )
        work.session.execute(update(_OFFERS).where(where.of(_OFFERS)).values(due_at=None))
        note(work, where, "dissolved", {"before": row.state})
