"""What seating asks of the registers: who may serve, who is kept from what; and what it tells them. Everything here is one
question to recusal or to the register, so that how they answer is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, and_, select, update

from services.review import experts, models
from services.review.conflicts.recusals import Reviewer, kept_from
from shared.procedure import Cycle, Entrant
from shared.store import Work

_ASSIGNMENTS, _EXPERTS = models.assignments, models.experts


def pool(work: Work, cycle: Cycle) -> list[Reviewer]:
    """Those of the cycle's pool who may serve today."""
    return experts.reviewers(work, cycle)


def kept(work: Work, cycle: Cycle, entrants: Sequence[Entrant]) -> Mapping[str, frozenset[str]]:
    """By expert: the applications that it is kept from, as known now."""
    return kept_from(experts.recusals(work, cycle, entrants))


def free(work: Work, cycle: Cycle, expert_id: str) -> ColumnElement[bool]:
    """The condition on assignments of one expert that leaves out what it is kept from, and what was withdrawn."""
    dossiers = models.procedure.dossiers
    mine = and_(_ASSIGNMENTS.c.cycle_id == cycle.cycle_id, _ASSIGNMENTS.c.expert_id == expert_id)
    assigned = select(_ASSIGNMENTS.c.application_id).where(mine)
    here = and_(dossiers.c.application_id.in_(assigned), dossiers.c.withdrawn_on.is_(None))
    rows = work.session.execute(select(dossiers).where(here))
    entrants = [Entrant(row.application_id, row.sequence, row.dossier) for row in rows]
    recused = kept(work, cycle, entrants).get(expert_id, frozenset())
    allowed = [e.application_id for e in entrants if e.application_id not in recused]
    return _ASSIGNMENTS.c.application_id.in_(allowed)


def declare(work: Work, cycle: Cycle, expert_id: str, application_id: str, relation: str) -> None:
    """An expert who declines says that it is bound to the applicant: it is kept from that application from now on.

    The relation itself is what the expert said; the pool knows no finer ground for it than kinship and the like.
    """
    this = and_(_EXPERTS.c.cycle_id == cycle.cycle_id, _EXPERTS.c.expert_id == expert_id)
    row = work.session.execute(select(_EXPERTS.c.kin_of).where(this)).one_or_none()
    if row is not None and application_id not in row.kin_of:
        known = sorted({*row.kin_of, application_id})
        work.session.execute(update(_EXPERTS).where(this).values(kin_of=known))
    work.audit(
        "interest:declared",
        f"{expert_id}/{application_id}",
        after={"relation": relation},
        cycle_id=cycle.cycle_id,
    )
