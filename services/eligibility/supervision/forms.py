"""双向监督反馈: threads between discipline inspection and everybody else, question and answer until they are closed.

Discipline inspection asks a body (whoever holds the role answers) or one person; anybody else reports to discipline inspection,
and is then the only one beside it who sees the thread: a colleague might be what it is about. Texts are encrypted. Of a thread
with one person the cycle's audit log says nothing: its entries name no cycle and leave no digest.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, true, update

from services.eligibility import models
from services.eligibility.supervision import states
from services.eligibility.supervision.states import Form
from services.eligibility.supervision.terms import Terms
from shared.calendar import work_calendar
from shared.contracts.operations import DISCIPLINE
from shared.contracts.operations.eligibility.supervision import ASKED, BODIES, REPORT
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
_FORMS, _ENTRIES = models.supervision_forms, models.supervision_entries
OF_DISCIPLINE, OF_PARTY = "discipline", "party"


def open_form(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Ask, recommend, order (discipline inspection), or report to it (anybody else).

    Raises Invalid where what is needed for one direction is missing or given for the other, NotFound for an application that
    is none of the cycle, CalendarNotPublished where the day to answer in cannot be said yet.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    own = _own_side(work)
    role, person = _addressed(work, data) if own == OF_DISCIPLINE else _reporting(work, data)
    if data["application_id"] is not None:
        asked_cycle, _ = conductor.application(work, data["application_id"])
        if asked_cycle.cycle_id != cycle.cycle_id:
            raise NotFound("没有这份申报", "no such application")
    row = {
        "id": work.new_id(),
        "cycle_id": cycle.cycle_id,
        "opened_by_side": own,
        "kind": data["kind"],
        "party_role": role,
        "party": person,
        "title": data["title"],
        "application_id": data["application_id"],
        "alert_id": data["alert_id"],
        "state": Form.OPEN.value,
        "opened_on": work.today(),
        "due_on": terms.due_on(work_calendar(), work.today(), data["days"]),
    }
    work.session.execute(_FORMS.insert().values(**row))
    _add(work, row["id"], 1, own, "open", data)
    _audit(work, require(work, row["id"]), "opened")
    return shown(work, require(work, row["id"]))


def answer_form(work: Work, conductor: Conductor, data: Data) -> Data:
    """The side that was asked answers. Raises Forbidden for the side that asks, Conflict where nothing waits."""
    row = _hold(work, conductor, data)
    if _own_side(work) == row.opened_by_side:
        raise Forbidden("提出的一方不能自行答复", "whoever asked does not answer", code="own_form")
    _move(work, row, "answer", data)
    return shown(work, require(work, row.id))


def close_form(work: Work, conductor: Conductor, data: Data) -> Data:
    """The side that asked is content, or discipline inspection closes a report that it has answered.

    Raises Forbidden where the party was asked, Conflict before an answer.
    """
    row = _hold(work, conductor, data)
    if _own_side(work) == OF_PARTY and row.opened_by_side == OF_DISCIPLINE:
        raise Forbidden("由纪检监督办结", "discipline inspection closes what it asked", code="not_yours")
    _move(work, row, "close", data, closed_on=work.today())
    return shown(work, require(work, row.id))


def reopen_form(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """The side that asked asks again, closed or not; the time to answer runs anew. Raises Forbidden, Conflict."""
    row = _require_asked(work, conductor, data)
    due = terms.due_on(work_calendar(), work.today(), data["days"])
    _move(work, row, "reopen", data, due_on=due, closed_on=None)
    return shown(work, require(work, row.id))


def withdraw_form(work: Work, conductor: Conductor, data: Data) -> Data:
    """The side that asked takes back what was not answered. Raises Forbidden, Conflict."""
    row = _require_asked(work, conductor, data)
    _move(work, row, "withdraw", data, closed_on=work.today())
    return shown(work, require(work, row.id))


def visible(work: Work) -> ColumnElement[bool]:
    """The condition on forms that whoever asks may see them: discipline inspection all, everybody else its own."""
    if work.context.role == DISCIPLINE:
        return true()
    body = and_(_FORMS.c.party.is_(None), _FORMS.c.party_role == work.context.role)
    return or_(_FORMS.c.party == work.by, body)


def require(work: Work, form_id: str, *, lock: bool = False) -> Row[Any]:
    """A form that whoever asks may see. Raises NotFound for every other: not even that there is one is told."""
    query = select(_FORMS).where(_FORMS.c.id == form_id, visible(work))
    row = work.session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("没有这份监督反馈表", "no such form")
    return row


def shown(work: Work, row: Row[Any]) -> Data:
    """The reply `FormState`. Who wrote for the other side is told to discipline inspection alone."""
    own = _own_side(work)
    entries = select(_ENTRIES).where(_ENTRIES.c.form_id == row.id).order_by(_ENTRIES.c.number)
    return {
        **line(work, row),
        "entries": [
            {
                "number": each.number,
                "side": each.side,
                "act": each.act,
                "text": each.text,
                "papers": each.papers,
                "by": each.actor if own in (OF_DISCIPLINE, each.side) else None,
                "at": each.at.isoformat(),
            }
            for each in work.session.execute(entries)
        ],
    }


def line(work: Work, row: Row[Any]) -> Data:
    """The reply `FormLine`: a form without what was written in it."""
    names = (
        "cycle_id", "kind", "opened_by_side", "party_role", "party", "title", "application_id", "state", "opened_on",
        "due_on", "closed_on",
    )  # fmt: skip
    waiting = row.state in states.WAITING
    return {
        "form_id": row.id,
        **{name: getattr(row, name) for name in names},
        "alert_id": row.alert_id if _own_side(work) == OF_DISCIPLINE else None,
        "overdue": waiting and work.today() > row.due_on,
    }


def _own_side(work: Work) -> str:
    return OF_DISCIPLINE if work.context.role == DISCIPLINE else OF_PARTY


def _addressed(work: Work, data: Data) -> tuple[str, str | None]:
    """Whom discipline inspection asks. Only a body can be asked without naming anybody."""
    if data["kind"] not in ASKED:
        raise invalid_field("kind", "纪检监督不向自己反映", "discipline inspection does not report to itself")
    if data["to_role"] is None:
        raise invalid_field("to_role", "必填", "needed")
    if data["to"] is None and data["to_role"] not in BODIES:
        raise invalid_field("to", "须写明向谁提出", "has to name whom it goes to")
    return data["to_role"], data["to"]


def _reporting(work: Work, data: Data) -> tuple[str, str | None]:
    """Whoever reports is the thread's only party."""
    if data["kind"] != REPORT:
        raise invalid_field(
            "kind", "只能向纪检监督反映", "only discipline inspection asks; report to it instead"
        )
    for name in ("to_role", "to", "days", "alert_id"):
        if data[name] is not None:
            raise invalid_field(name, "向纪检监督反映时不填", "is not said in a report")
    return work.context.role, work.by


def _hold(work: Work, conductor: Conductor, data: Data) -> Row[Any]:
    row = require(work, data["form_id"], lock=True)
    conductor.cycle(work, row.cycle_id)
    return row


def _require_asked(work: Work, conductor: Conductor, data: Data) -> Row[Any]:
    row = _hold(work, conductor, data)
    if _own_side(work) != row.opened_by_side:
        raise Forbidden("由提出的一方办理", "the side that asked does this", code="not_yours")
    return row


def _move(work: Work, row: Row[Any], move: str, data: Data, **values: Any) -> None:
    state = states.form_after(move, row.state)
    this = and_(_FORMS.c.id == row.id, _FORMS.c.state.in_(states.before(move)))
    done = work.session.execute(update(_FORMS).where(this).values(state=state.value, **values))
    if not getattr(done, "rowcount", 0):
        raise Conflict("监督反馈表已有变化，请重新查看", "the form has changed meanwhile; look again")
    last = select(func.max(_ENTRIES.c.number)).where(_ENTRIES.c.form_id == row.id)
    number = int(work.session.execute(last).scalar_one()) + 1
    _add(work, row.id, number, _own_side(work), move, data)
    _audit(work, require(work, row.id), state.value, before=row.state)


def _add(work: Work, form_id: str, number: int, side: str, act: str, data: Data) -> None:
    work.session.execute(
        _ENTRIES.insert().values(
            form_id=form_id,
            number=number,
            side=side,
            act=act,
            text=data["text"],
            papers=list(data["papers"]),
            actor=work.by,
            at=work.now(),
        )
    )


def _audit(work: Work, row: Row[Any], verb: str, *, before: str | None = None) -> None:
    confidential = row.party is not None
    work.audit(
        f"supervision_form:{verb}",
        row.id,
        before=None if before is None else {"state": before},
        after={"state": row.state, "due_on": row.due_on},
        cycle_id=None if confidential else row.cycle_id,
        secret=confidential,
    )
