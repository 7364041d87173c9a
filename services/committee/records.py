"""部门记录的复核: nobody is put to the vote whose records are not confirmed; whoever is stopped on them is not there."""

from __future__ import annotations

from typing import Any

from services.committee import models
from shared.problems import Transient
from shared.procedure import Blocked, Conductor, Cycle, Entrant
from shared.procedure.confirmations import Confirmations, Outstanding
from shared.store import Work

confirmations = Confirmations(models.confirmations, "committee")
_NAMED = 5  # applications that the reason of a blocked stage names; it counts the others


def outstanding(work: Work, cycle: Cycle, entrants: list[Entrant]) -> list[str]:
    """What is still to be confirmed, in words."""
    return [f"records {each.application_id}: {each.reason_zh}" for each in _of(work, cycle, entrants)]


def require(work: Work, cycle: Cycle, entrants: list[Entrant]) -> None:
    """All records must be confirmed. Raises Blocked with those that are not."""
    found = _of(work, cycle, entrants)
    if not found:
        return
    named = [(each.application_id, each.reason_zh[:60], each.reason_en[:60]) for each in found[:_NAMED]]
    listed_zh = "；".join(f"{application}（{zh}）" for application, zh, _ in named)
    listed_en = "; ".join(f"{application} ({en})" for application, _, en in named)
    more_zh, more_en = ("等", "; …") if len(found) > _NAMED else ("", "")
    raise Blocked(
        f"{len(found)} 份申报的部门记录未经复核确认：{listed_zh}{more_zh}"[:500],
        f"the records of {len(found)} are not confirmed: {listed_en}{more_en}"[:500],
    )


def stopped(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """An officer stopped an application on its records: it is in no stage of ours any more."""
    cycle = conductor.records.cycle(work, data["cycle_id"], lock=True)
    if cycle is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    mine = [
        s.key for s in conductor.cycle(work, data["cycle_id"]).rulebook.stages if s.owner == conductor.service
    ]
    for stage in mine:
        if conductor.row(work, data["cycle_id"], stage).state == "planned":
            conductor.remove(work, data["cycle_id"], stage, data["application_id"])
    work.audit("application:stopped", data["application_id"], after=data, cycle_id=data["cycle_id"])


def _of(work: Work, cycle: Cycle, entrants: list[Entrant]) -> list[Outstanding]:
    return confirmations.outstanding(work, cycle, [entrant.application_id for entrant in entrants])
