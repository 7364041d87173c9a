"""批准: what the committee's office recorded of the government's approval; where it comes after the notice, that waits for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models, notices
from services.eligibility.objections import effects
from shared.problems import Transient
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_APPROVALS = models.approvals


def heard(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """The list was approved; a later approval takes the place of one that an extended notice overtook."""
    if conductor.records.cycle(work, data["cycle_id"], lock=True) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    names = ("cycle_id", "document_number", "approved_on", "papers")
    values = {name: data[name] for name in names}
    if of(work, data["cycle_id"]) is None:
        work.session.execute(_APPROVALS.insert().values(values))
    else:
        this = and_(_APPROVALS.c.cycle_id == data["cycle_id"], _APPROVALS.c.approved_on < data["approved_on"])
        work.session.execute(update(_APPROVALS).where(this).values(values))
    work.audit("award:approval_heard", data["cycle_id"], after=data, cycle_id=data["cycle_id"])


def of(work: Work, cycle_id: str) -> Row[Any] | None:
    """The approval of a cycle's list, None before it was heard."""
    query = select(_APPROVALS).where(_APPROVALS.c.cycle_id == cycle_id)
    return work.session.execute(query).one_or_none()


def waiting_for(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
    """A real cycle's last notice closes with the approval, where the rulebook has it follow the notice: one from before the end
    of its last day is none. A list of nobody, all gone or with an objection upheld, is approved by nobody.
    """
    rule = cycle.rulebook.approval
    if (
        cycle.rehearsal
        or rule is None
        or rule.when != "after_notice"
        or stage.key != cycle.rulebook.last_notice
    ):
        return []
    upheld = effects.upheld(work, cycle, stage)
    if all(entrant.application_id in upheld for entrant in entrants):
        return []
    found, notice = of(work, cycle.cycle_id), notices.standing(work, cycle.cycle_id, str(stage.notice))
    if found is not None and (notice is None or found.approved_on > notice.last_day):
        return []
    return [f"{rule.by.zh}批准 / the approval by {rule.by.en}"]
