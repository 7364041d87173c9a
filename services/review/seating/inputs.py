"""What a panel is drawn from and held against: the rule, those who may serve, those who would enter the stage now."""

from __future__ import annotations

from services.review import selection
from services.review.panels import Application, Expert, Problem
from services.review.seating import interests
from services.review.seating.rows import Place, entrants
from shared.procedure import Conductor, Entrant
from shared.store import Work


def problem(work: Work, conductor: Conductor, where: Place) -> Problem:
    """The problem as it stands now, by ids."""
    assert where.stage.panel is not None
    entering = those_who_enter(work, conductor, where)
    return Problem(
        where.stage.panel,
        tuple(Application(e.application_id, e.sequence, e.dossier["uscc"], e.category) for e in entering),
        tuple(
            Expert(r.expert_id, r.industry_expert, r.employer, may_lead=True)
            for r in interests.pool(work, where.cycle)
        ),
        interests.kept(work, where.cycle, entering),
    )


def those_who_enter(work: Work, conductor: Conductor, where: Place) -> list[Entrant]:
    """Of the panel's category: those who would be let in if the stage began now; the cut by rank itself is made then."""
    everybody = conductor.entrants(work, where.cycle.cycle_id, where.stage.key)
    out = selection.left_out(conductor, where.cycle, where.stage, everybody)
    return [e for e in entrants(work, conductor, where) if e.application_id not in out]
