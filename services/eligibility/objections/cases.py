"""案件: one objection as it is found, locked, moved and shown. What it shows never holds who objects."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update

from services.eligibility import models
from services.eligibility.objections.clock import Due, Terms, due
from services.eligibility.objections.states import State, before, require_move
from shared.calendar import work_calendar
from shared.problems import Conflict, NotFound
from shared.procedure import Conductor, Cycle
from shared.store import Work

OBJECTIONS = models.objections
_SHOWN = (
    "notice", "application_id", "source", "state", "reason_zh", "reason_en", "raised_on", "ground", "receipt", "ruling",
    "notice_corrected_by", "notice_corrected_on",
)  # fmt: skip
_OWN = (
    "receipt", "notice", "application_id", "state", "reason_zh", "reason_en", "raised_on", "facts", "answer", "ruling",
    "ruling_reason", "decision_reason", "notice_corrected_by", "notice_corrected_on",
)  # fmt: skip


def missing() -> NotFound:
    """The one refusal for what does not exist and for what is not for whoever asks."""
    return NotFound("没有这项异议", "no such objection")


def require(work: Work, *wanted: ColumnElement[bool]) -> Row[Any]:
    """The one objection. Raises NotFound."""
    row = work.session.execute(select(OBJECTIONS).where(*wanted)).one_or_none()
    if row is None:
        raise missing()
    return row


def find(work: Work, conductor: Conductor, objection_id: str) -> tuple[Cycle, Row[Any]]:
    """An objection with its cycle, to look at. Raises NotFound; Forbidden where a rehearsal asks of a real one."""
    row = require(work, OBJECTIONS.c.id == objection_id)
    return conductor.cycle(work, row.cycle_id), row


def locked(work: Work, conductor: Conductor, objection_id: str) -> tuple[Cycle, Row[Any]]:
    """An objection to be moved, while its notice is not closed: the closing waits, or has been. Raises NotFound, Conflict."""
    cycle, row = find(work, conductor, objection_id)
    conductor.records.cycle(work, cycle.cycle_id, lock=True)
    if conductor.row(work, cycle.cycle_id, f"notice:{row.notice}").state != "begun":
        raise Conflict("公示已结束", "the notice is closed", code="notice_closed")
    return cycle, require(work, OBJECTIONS.c.id == objection_id)


def of_receipt(work: Work, receipt: str, secret: str) -> Row[Any]:
    """The objection that a receipt and its secret stand for. Raises NotFound for a wrong one of either."""
    row = work.session.execute(select(OBJECTIONS).where(OBJECTIONS.c.receipt == receipt)).one_or_none()
    known = "" if row is None else row.secret_digest or ""
    if not hmac.compare_digest(known, digest_of(secret)) or row is None:
        raise missing()
    return row


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def move(
    work: Work, cycle: Cycle, row: Row[Any], then: State, terms: Terms, action: str, *, reason: str | None = None, **values: Any
) -> Row[Any]:  # fmt: skip
    """Move an objection by one conditional UPDATE, and say so in the audit log. Raises Conflict for a move that is none."""
    require_move(row.state, then, rehearsal=cycle.rehearsal)
    days = None if cycle.rehearsal else terms.days_in(then)
    from_where = OBJECTIONS.c.state.in_(before(then, rehearsal=cycle.rehearsal))
    done = work.session.execute(
        update(OBJECTIONS)
        .where(and_(OBJECTIONS.c.id == row.id, from_where))
        .values(state=then.value, since=work.today(), days=days, **values)
    )
    if not getattr(done, "rowcount", 0):
        raise Conflict("异议刚刚变动，请重新查看", "the objection has just changed; look again")
    work.audit(
        action, row.id, before={"state": row.state}, after={"state": then.value}, reason=reason,
        cycle_id=cycle.cycle_id,
    )  # fmt: skip
    return require(work, OBJECTIONS.c.id == row.id)


def awaited(work: Work, row: Row[Any], terms: Terms) -> Due | None:
    """The step that comes next, by today."""
    return due(work_calendar(), row.state, row.since, row.days, work.today(), terms)


def state(work: Work, row: Row[Any], terms: Terms) -> dict[str, Any]:
    """The reply `ObjectionState`."""
    found = awaited(work, row, terms)
    clock = {
        "awaits": None if found is None else found.step,
        "due_on": None if found is None else found.on,
        "standing": None if found is None else found.standing,
        "late_days": None if found is None else found.late_days,
    }
    return {"objection_id": row.id, **{name: getattr(row, name) for name in _SHOWN}, **clock}


def own_state(work: Work, row: Row[Any], terms: Terms, *, side: str) -> dict[str, Any]:
    """The reply `ObjectionOfOwn`, for the objector or the applicant: each may appeal against what went against it."""
    found = awaited(work, row, terms)
    against = State.DISMISSED if side == "objector" else State.UPHELD
    shown = {name: getattr(row, name) for name in _OWN}
    if side == "applicant":
        shown["receipt"] = None
    if side == "objector":
        shown |= {"facts": None, "answer": None}  # what the applicant was asked, and said, is its own
    return {
        "objection_id": row.id,
        "cycle_id": row.cycle_id,
        **shown,
        "awaits": None if found is None else found.step,
        "due_on": None if found is None else found.on,
        "may_appeal": row.state == against and found is not None and found.standing != "overdue",
    }
