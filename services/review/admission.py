"""评审办确定的名单: who is let into a stage, where the rulebook leaves it to the office."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from services.review import models, rankings
from shared.contracts.events import ApplicationStopped
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_ADMISSIONS = models.admissions


def admit(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Take the office's list, once, before the stage begins; those it leaves out end at their last stage."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    stage = _office_stage(conductor, cycle, data["stage"])
    state = conductor.row(work, cycle.cycle_id, stage.key).state
    if state != "planned":
        raise Conflict(
            f"阶段 {stage.key} 当前为 {state}，不能确定名单",
            f"stage {stage.key} is {state} and takes no list",
        )
    if _decided(work, cycle, stage):
        raise Conflict(f"阶段 {stage.key} 的名单已经确定", f"the list for stage {stage.key} is settled")
    entrants = conductor.entrants(work, cycle.cycle_id, stage.key)
    admitted = _check(work, conductor, cycle, entrants, data["application_ids"])
    rankings.record(work, cycle, stage, entrants, admitted, data["deviations"])
    row = {
        "cycle_id": cycle.cycle_id,
        "stage": stage.key,
        "admitted": [e.application_id for e in entrants if e.application_id in admitted],
        "reason": data["reason"],
        "decided_on": work.today(),
    }
    work.session.execute(_ADMISSIONS.insert().values(**row))
    for entrant in entrants:
        if entrant.application_id not in admitted:
            zh, en = f"未列入{stage.title.zh}名单", f"not on the list for {stage.title.en}"
            if data["reason"]:
                zh, en = f"{zh}：{data['reason']}", f"{en}: {data['reason']}"
            stop(work, conductor, cycle, stage, entrant, zh, en)
    work.audit(
        "stage:admitted",
        f"{cycle.cycle_id}/{stage.key}",
        after=row,
        reason=data["reason"],
        cycle_id=cycle.cycle_id,
    )
    return conductor.state(work, cycle, stage)


def _office_stage(conductor: Conductor, cycle: Cycle, key: str) -> Stage:
    found = conductor.own_stage(cycle, key)
    if found.entry != "office":
        raise Conflict(
            f"办法未将阶段 {key} 的名单交由评审办确定",
            f"the rulebook does not leave entry to {key} to the office",
        )
    return found


def undecided(work: Work, cycle: Cycle, stage: Stage) -> list[str]:
    """In words, that the office has not settled yet who comes to a stage whose list it settles."""
    if stage.entry != "office" or _decided(work, cycle, stage):
        return []
    return ["确定进入名单 / the list of those who enter"]


def _decided(work: Work, cycle: Cycle, stage: Stage) -> bool:
    this = and_(_ADMISSIONS.c.cycle_id == cycle.cycle_id, _ADMISSIONS.c.stage == stage.key)
    return work.session.execute(select(_ADMISSIONS.c.stage).where(this)).one_or_none() is not None


def _check(
    work: Work, conductor: Conductor, cycle: Cycle, entrants: list[Entrant], wanted: list[str]
) -> set[str]:
    """The ids as a set. One withdrawn in the meantime no longer counts; any other that could not enter is refused."""
    possible = {entrant.application_id for entrant in entrants}
    counting = conductor.records.categories(work, cycle.cycle_id)
    known = conductor.records.known_applications(work, cycle.cycle_id)
    for number, application_id in enumerate(wanted):
        if application_id not in possible and (application_id in counting or application_id not in known):
            raise invalid_field(
                f"application_ids.{number}",
                "该申报不在可进入本阶段之列",
                "this application cannot enter the stage",
            )
    return set(wanted) & possible


def stop(
    work: Work,
    conductor: Conductor,
    cycle: Cycle,
    stage: Stage,
    entrant: Entrant,
    reason_zh: str,
    reason_en: str,
) -> None:
    """Keep an application out of a stage that it could have entered: it ends where it was last."""
    conductor.remove(work, cycle.cycle_id, stage.key, entrant.application_id)
    stopped = {
        "cycle_id": cycle.cycle_id,
        "application_id": entrant.application_id,
        "status": "not_awarded",
        "stopped_at": _last_stage(work, conductor, cycle, entrant),
        "reason_zh": reason_zh[:500],
        "reason_en": reason_en[:500],
    }
    work.publish(ApplicationStopped, stopped, subject=entrant.application_id)
    work.audit("application:not_admitted", entrant.application_id, after=stopped, cycle_id=cycle.cycle_id)


def _last_stage(work: Work, conductor: Conductor, cycle: Cycle, entrant: Entrant) -> str:
    """The last stage or notice that the application took part in."""
    closings = conductor.records.closings(work, cycle.cycle_id).values()
    taken = [
        c.stage for c in closings if any(o["application_id"] == entrant.application_id for o in c.outcomes)
    ]
    return max(taken, key=cycle.rulebook.phase_index)
