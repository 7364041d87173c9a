"""获奖后的不良记录: a record that comes in about a winner opens a case by itself, once. An officer says what becomes of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select

from services.eligibility import models
from services.eligibility.honours import cases, register
from services.eligibility.honours.adverse import adverse
from shared.contracts.base import dump
from shared.contracts.dossier import Record
from shared.identifiers import digest
from shared.procedure import REAL_WORLD, Conductor
from shared.store import Work

_HONOURS = models.honours
_MATTER = "major_matter"


def reported(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """An agency reported a record of an organization: every award that it holds and that stands is concerned."""
    query = select(_HONOURS).where(
        and_(_HONOURS.c.world == REAL_WORLD, _HONOURS.c.uscc == data["uscc"], _HONOURS.c.revoked_on.is_(None))
    )
    for honour in work.session.execute(query.order_by(_HONOURS.c.awarded_on)).all():
        _consider(
            work, conductor, honour, data["record"], data["department"],
            key=f"record:{data['record_id']}", told=f"{data['reference']}（{data['evidence']}）",
        )  # fmt: skip


def answered(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """A department answered about an application that has won meanwhile. What it said before is not known to be news, so
    that of its answer only what happened after the award counts.
    """
    here = and_(
        _HONOURS.c.application_id == data["application_id"],
        _HONOURS.c.world == REAL_WORLD,
        _HONOURS.c.revoked_on.is_(None),
        _HONOURS.c.kind != "individual",
    )
    honour = work.session.execute(select(_HONOURS).where(here)).one_or_none()
    if honour is None:
        return
    for record in data["records"] or ():
        if record["on"] >= honour.awarded_on:
            key = f"answer:{data['department']}:{digest(dump(Record(), record))}"
            _consider(
                work, conductor, honour, record, data["department"], key=key, told=data["answer_digest"] or ""
            )


def not_mended(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """`tracking.failed`: a winner did not mend what it was ordered to. It is a major matter for an officer to look at, where
    the award stands in the real world and the rulebook revokes for one.
    """
    work.audit("tracking:failure_heard", data["application_id"], after=data, cycle_id=data["cycle_id"])
    honour = register.find(work, data["application_id"])
    if honour is None or honour.world != REAL_WORLD or honour.revoked_on is not None:
        return
    cycle, _ = conductor.application(work, data["application_id"])
    sanction = cycle.rulebook.sanction(_MATTER)
    if sanction is None or not sanction.revokes:
        return
    cases.open_(
        work, conductor, application_id=data["application_id"], event=_MATTER, on=min(data["on"], work.today()),
        source=cases.BY_TRACKING, source_key=f"tracking:{data['order_id']}",
        grounds=f"{data['reason_zh']} · {data['reason_en']}",
    )  # fmt: skip


def _consider(
    work: Work,
    conductor: Conductor,
    honour: Row[Any],
    record: dict[str, Any],
    department: str,
    *,
    key: str,
    told: str,
) -> None:
    cycle, entrant = conductor.application(work, honour.application_id)
    found = adverse(
        cycle.rulebook,
        record,
        department=department,
        kind=entrant.dossier["kind"],
        category=entrant.category,
        closes_on=cycle.closes_on,
        awarded_on=honour.awarded_on,
    )
    if found is None:
        return
    when_zh, when_en = ("获奖前", "before the award") if found.before_award else ("获奖后", "after the award")
    grounds = (
        f"{when_zh}的不良记录：{department} {record['kind']} {record['on']}，{told}，对应条件 {found.rule}"
        f" · a record from {when_en}: {department}, {record['kind']}, {record['on']}, condition {found.rule}"
    )
    cases.open_(
        work, conductor, application_id=honour.application_id, event=found.event, on=min(record["on"], work.today()),
        source=cases.BY_RECORD, source_key=key, grounds=grounds,
    )  # fmt: skip
