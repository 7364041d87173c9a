"""What a panel is drawn from and held against: the rule, those who may serve, those who would enter the stage now."""

from __future__ import annotations

from services.review import experts, selection
from services.review.seating import interests
from services.review.seating.problems import Problem
from services.review.seating.rows import Place, entrants
from shared.procedure import Conductor, Entrant
from shared.store import Work


def problem(work: Work, conductor: Conductor, where: Place) -> Problem:
    """The problem as it stands now, by ids."""
    assert where.stage.panel is not None
    entering = those_who_enter(work, conductor, where)
    return Problem(
        where.stage.panel,
        tuple(interests.pool(work, where.cycle)),
        tuple(experts.applicants(entering)),
        interests.kept(work, where.cycle, entering),
    )


def those_who_enter(work: Work, conductor: Conductor, where: Place) -> list[Entrant]:
    """Of the panel's category: those who would be let in if the stage began now; the cut by rank itself is made then."""
    everybody = conductor.entrants(work, where.cycle.cycle_id, where.stage.key)
    out = selection.left_out(conductor, where.cycle, where.stage, everybody)
    return [e for e in entrants(work, conductor, where) if e.application_id not in out]
