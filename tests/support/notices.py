"""A notice of a real cycle that two officers have seen to, for rooms that only want it posted."""

from __future__ import annotations

from sqlalchemy import and_, update

from services.eligibility import models
from services.eligibility.notices import drafts
from shared.procedure import Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work


def approved(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
    """An approved draft with this list; none in a rehearsal."""
    table = models.notice_drafts
    if drafts.find(work, cycle.cycle_id, str(stage.notice)) is None:
        drafts.plan(work, cycle, stage, entrants)
    by = {"prepared_by": "li", "prepared_at": work.now(), "approved_by": "wang", "approved_at": work.now()}
    work.session.execute(
        update(table)
        .where(and_(table.c.cycle_id == cycle.cycle_id, table.c.notice == stage.notice))
        .values(state="approved", contact="评审办公室", **by)
    )
