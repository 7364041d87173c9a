"""答辩人员和到场: whom an applicant sends, and who was there."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import and_, select, update

from services.review import models, plans, visibility
from services.review.defence.timetables import MINUTES, SPEAKERS
from shared.calendar import in_words
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor
from shared.store import Work

_SAID, _THERE, _SLOTS = models.defence_speakers, models.defence_attendance, models.defence_slots
_MAY_WRITE = ("lead", "editor")


def name(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The applicant names all its speakers, until the day that the released timetable gives. Raises NotFound for others."""
    cycle, stage = plans.stage_of(work, conductor, data, MINUTES)
    entrant = visibility.require_own(work, cycle, stage.key, data["application_id"], _MAY_WRITE)
    plan = plans.require_released(work, cycle, stage.key)
    due = date.fromisoformat(plan.terms["speakers_due"])
    if work.today() > due:
        raise Conflict(
            f"答辩人员须于 {in_words(due).zh} 前填报",
            f"speakers were to be named until {in_words(due).en}",
            code="too_late",
        )
    names = [speaker["name"] for speaker in data["speakers"]]
    most = stage.limits.get(SPEAKERS)
    if most is not None and len(names) > most:
        raise invalid_field(
            "speakers", f"答辩人数至多 {most} 人（{stage.rule}）", f"{most} speakers at most ({stage.rule})",
            code="too_many_speakers",
        )  # fmt: skip
    if len(set(names)) < len(names):
        raise invalid_field("speakers", "姓名重复", "a name is given twice")
    key = {"cycle_id": cycle.cycle_id, "stage": stage.key, "application_id": entrant.application_id}
    row = {"speakers": data["speakers"], "entered_by": work.context.actor, "entered_at": work.now()}
    this = and_(*(_SAID.c[field] == value for field, value in key.items()))
    before = work.session.execute(select(_SAID).where(this)).one_or_none()
    if before is None:
        work.session.execute(_SAID.insert().values(**key, **row))
    else:
        work.session.execute(update(_SAID).where(this).values(**row))
    work.audit(
        "defence:speakers_named", f"{stage.key}/{entrant.application_id}",
        before=None if before is None else {"speakers": before.speakers},
        after={"speakers": data["speakers"]}, cycle_id=cycle.cycle_id,
    )  # fmt: skip
    return {"done": True}


def attend(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Who was there when an application was heard, once. Raises Conflict before its day and where the quorum was not there."""
    cycle, stage = plans.stage_of(work, conductor, data, MINUTES)
    plan = plans.require_released(work, cycle, stage.key)
    slot = plans.line_of(work, _SLOTS, plan, data["application_id"])
    if slot.postponed is not None:
        raise Conflict("该场答辩已延期", "the slot was postponed", code="postponed")
    if slot.day > work.today():
        raise Conflict(
            f"该场答辩在 {in_words(slot.day).zh}", f"it is heard on {in_words(slot.day).en}", code="too_early"
        )
    key = {"cycle_id": cycle.cycle_id, "stage": stage.key, "application_id": slot.application_id}
    this = and_(*(_THERE.c[field] == value for field, value in key.items()))
    if work.session.execute(select(_THERE.c.stage).where(this)).one_or_none() is not None:
        raise Conflict("到场已经登记", "attendance is recorded already", code="recorded_already")
    entrants = conductor.entrants(work, cycle.cycle_id, stage.key)
    hearing = visibility.reviewers(work, cycle, stage.key, entrants).get(slot.application_id, [])
    spoken = work.session.execute(
        select(_SAID.c.speakers).where(*(_SAID.c[field] == value for field, value in key.items()))
    ).scalar_one_or_none()
    _require_known("reviewers", data["reviewers"], hearing)
    _require_known("speakers", data["speakers"], [speaker["name"] for speaker in spoken or []])
    assert stage.panel is not None
    needed = stage.panel.reviewers_per_application
    if len(data["reviewers"]) < needed:
        raise Conflict(
            f"到场评审员 {len(data['reviewers'])} 名，需要 {needed} 名，应当延期",
            f"{len(data['reviewers'])} reviewers were there, {needed} are needed: the slot has to be postponed",
            code="no_quorum",
        )
    row = {name: data[name] for name in ("reviewers", "speakers", "note")}
    by = {"recorded_by": work.context.actor, "recorded_at": work.now()}
    work.session.execute(_THERE.insert().values(**key, **row, **by))
    work.audit("defence:attended", f"{stage.key}/{slot.application_id}", after=row, cycle_id=cycle.cycle_id)
    return {"done": True}


def _require_known(field: str, given: list[str], known: list[str]) -> None:
    if len(set(given)) < len(given):
        raise invalid_field(field, "重复", "somebody is named twice")
    for number, one in enumerate(given):
        if one not in known:
            raise invalid_field(
                f"{field}.{number}",
                "不在该场答辩的名单中",
                "is not among those of this slot",
                code="not_of_this_slot",
            )
