"""批准: what the committee's office recorded of the government's approval; where it comes after the notice, that waits for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from services.eligibility import models
from shared.problems import Transient
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Rulebook, Stage
from shared.store import Work

_APPROVALS = models.approvals


def heard(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """The list was approved."""
    if conductor.records.cycle(work, data["cycle_id"], lock=True) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    names = ("cycle_id", "document_number", "approved_on", "papers")
    work.session.execute(_APPROVALS.insert().values({name: data[name] for name in names}))
    work.audit("award:approval_heard", data["cycle_id"], after=data, cycle_id=data["cycle_id"])


def of(work: Work, cycle_id: str) -> Row[Any] | None:
    """The approval of a cycle's list, None before it was heard."""
    query = select(_APPROVALS).where(_APPROVALS.c.cycle_id == cycle_id)
    return work.session.execute(query).one_or_none()


def waiting_for(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
    """A real cycle's last notice closes with the approval, where the rulebook has it follow the notice. A list of nobody is
    approved by nobody.
    """
    rule = cycle.rulebook.approval
    if cycle.rehearsal or rule is None or rule.when != "after_notice" or not entrants:
        return []
    if stage.key != last_notice(cycle.rulebook) or of(work, cycle.cycle_id) is not None:
        return []
    return [f"{rule.by.zh}批准 / the approval by {rule.by.en}"]


def last_notice(rulebook: Rulebook) -> str | None:
    """The notice of the list that the committee settled."""
    keys = [stage.key for stage in rulebook.stages if stage.kind == "notice"]
    return keys[-1] if keys else None
