"""异议: raised during a notice, accepted or not, ruled on by the office. Who objected is encrypted and not shown here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models, notices
from services.eligibility.acceptance import acceptance
from shared.contracts.operations import OFFICE
from shared.identifiers import new_id
from shared.problems import Conflict, Forbidden, NotFound
from shared.procedure import Conductor, Cycle
from shared.rulebooks import Stage
from shared.store import Work

_OBJECTIONS = models.objections


def object_(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Raise an objection against one who is on a notice that runs today."""
    if data["source"] == "office" and work.context.role != OFFICE:
        raise Forbidden(
            "只有评审办可以登记自行发现的问题", "only the award office records what it found itself"
        )
    cycle = conductor.cycle(work, data["cycle_id"])
    notice = notices.find(work, cycle.cycle_id, data["notice"])
    listed = [] if notice is None else [line["application_id"] for line in notice.content["listed"]]
    if notice is None or data["application_id"] not in listed:
        raise NotFound("公示名单中没有这一申报", "no such application on this notice")
    if not notice.first_day <= work.today() <= notice.last_day:
        raise Conflict(
            f"公示期为 {notice.first_day} 至 {notice.last_day}",
            f"the notice runs from {notice.first_day} to {notice.last_day}",
        )
    decided = acceptance(
        cycle.rulebook.objections, source=data["source"], by=data["by"], evidence=data["evidence"]
    )
    by = data["by"] or {}
    row = {
        "id": new_id(),
        "cycle_id": cycle.cycle_id,
        "notice": data["notice"],
        "application_id": data["application_id"],
        "source": data["source"],
        "objector_name": by.get("name"),
        "objector_number": by.get("id_number") or by.get("uscc"),
        "evidence": data["evidence"],
        "state": "accepted" if decided.accepted else "not_accepted",
        "reason_zh": decided.reason_zh,
        "reason_en": decided.reason_en,
        "raised_on": work.today(),
    }
    work.session.execute(_OBJECTIONS.insert().values(**row))
    work.audit(
        "objection:raised", row["id"],
        after={name: row[name] for name in ("notice", "application_id", "source", "state")},
        cycle_id=cycle.cycle_id,
    )  # fmt: skip
    return _state(_require(work, row["id"]))


def rule_on(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Uphold or dismiss an accepted objection while its notice is not closed; a ruling is final."""
    row = _require(work, data["objection_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    if conductor.row(work, cycle.cycle_id, f"notice:{row.notice}").state != "begun":
        raise Conflict("公示已结束", "the notice is closed")
    done = work.session.execute(
        update(_OBJECTIONS)
        .where(and_(_OBJECTIONS.c.id == row.id, _OBJECTIONS.c.state == "accepted"))
        .values(
            state=data["ruling"],
            ruled_by=work.context.actor,
            ruled_on=work.today(),
            ruling_reason=data["reason"],
        )
    )
    if not getattr(done, "rowcount", 0):
        raise Conflict(
            f"异议当前为 {row.state}，不能裁定", f"the objection is {row.state} and cannot be ruled on"
        )
    work.audit(
        "objection:ruled", row.id, before={"state": row.state}, after={"state": data["ruling"]},
        reason=data["reason"], cycle_id=cycle.cycle_id,
    )  # fmt: skip
    return _state(_require(work, row.id))


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's objections in the order in which they came."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = select(_OBJECTIONS).where(_OBJECTIONS.c.cycle_id == cycle.cycle_id).order_by(_OBJECTIONS.c.id)
    return {"objections": [_state(row) for row in work.session.execute(query)]}


def undecided(work: Work, cycle: Cycle, stage: Stage) -> list[str]:
    """Accepted objections of a notice that still wait for a ruling."""
    query = select(_OBJECTIONS.c.id).where(
        and_(
            _OBJECTIONS.c.cycle_id == cycle.cycle_id,
            _OBJECTIONS.c.notice == stage.notice,
            _OBJECTIONS.c.state == "accepted",
        )
    )
    return [
        f"objection {found}" for found in work.session.execute(query.order_by(_OBJECTIONS.c.id)).scalars()
    ]


def _require(work: Work, objection_id: str) -> Row[Any]:
    row = work.session.execute(select(_OBJECTIONS).where(_OBJECTIONS.c.id == objection_id)).one_or_none()
    if row is None:
        raise NotFound("没有这项异议", "no such objection")
    return row


def _state(row: Row[Any]) -> dict[str, Any]:
    names = ("notice", "application_id", "source", "state", "reason_zh", "reason_en", "raised_on")
    return {"objection_id": row.id, **{name: getattr(row, name) for name in names}}
