"""What the office, discipline inspection and the objector see of objections: lists, last days, figures, a case."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from services.eligibility import models
from services.eligibility.objections import cases, officers
from services.eligibility.objections.clock import OURS, Terms
from services.eligibility.objections.figures import Case, figures
from shared.problems import Forbidden, NotFound, invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
_LIMITED = ("last_day", "overdue")
_FIRST = ("overdue", "last_day", "unknown", "in_time")
_OTHER = "other"
_PAPERS = ("papers", "answer_papers", "appeal_papers")


def listed(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """A cycle's objections in the order in which they came."""
    conductor.cycle(work, data["cycle_id"])
    return {"objections": [cases.state(work, row, terms) for row in _rows(work, conductor, data)]}


def due(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Open objections of a cycle, or of all real ones: what is overdue first, then by the last day."""
    lines = [
        {"cycle_id": row.cycle_id, **cases.state(work, row, terms)} for row in _rows(work, conductor, data)
    ]
    waiting = [line for line in lines if line.get("awaits") and not _lapsed(line)]
    waiting.sort(key=lambda line: (_FIRST.index(line["standing"]), str(line["due_on"]), line["objection_id"]))
    reminders = sum(line["standing"] in _LIMITED and line["awaits"] in OURS for line in waiting)
    return {"objections": waiting, "reminders": reminders}


def _lapsed(line: Data) -> bool:
    """A right of others that nobody has used and nobody can use any more: nothing is awaited."""
    return line["standing"] == "overdue" and line["awaits"] not in OURS


def counted(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """The reply `ObjectionFigures`."""
    return figures([_case(work, row, terms) for row in _rows(work, conductor, data)])


def _case(work: Work, row: Row[Any], terms: Terms) -> Case:
    awaited = cases.awaited(work, row, terms)
    late = awaited is not None and awaited.step in OURS and awaited.standing == "overdue"
    names = ("state", "source", "ruling", "raised_on", "accepted_on", "ruled_on", "appealed_on", "decided_on")
    return Case(**{name: getattr(row, name) for name in names}, ground=row.ground or _OTHER, overdue=late)


def _rows(work: Work, conductor: Conductor, data: Data) -> list[Row[Any]]:
    """Of one cycle, or of all real ones; a rehearsal names its own."""
    table, cycles = cases.OBJECTIONS, models.procedure.cycles
    query = select(table).order_by(table.c.id)
    if data["cycle_id"] is not None:
        cycle = conductor.cycle(work, data["cycle_id"])
        return list(work.session.execute(query.where(table.c.cycle_id == cycle.cycle_id)))
    if work.context.rehearsal_date is not None:
        raise invalid_field("cycle_id", "演练须指明周期", "a rehearsal names its cycle")
    real = select(cycles.c.id).where(cycles.c.rehearsal.is_(False))
    return list(work.session.execute(query.where(table.c.cycle_id.in_(real))))


def case(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """All of a case but who objects. Raises Forbidden for an officer who has no part in it."""
    _, row = cases.find(work, conductor, data["objection_id"])
    assigned = officers.listed(work, row.id)
    if not work.parties & {each["officer"] for each in assigned}:
        raise Forbidden("您不是这一异议的承办人", "this case is not yours", code="not_assigned")
    names = ("statement", "facts", "answer", "ruling_reason", "appealed_by", "appeal", "decision_reason")
    return {
        **cases.state(work, row, terms),
        **{name: getattr(row, name) for name in names},
        **{name: getattr(row, name) or [] for name in _PAPERS},
        "officers": assigned,
    }


def may_read_paper(work: Work, data: Data) -> Data:
    """Let an officer read a paper of a case of one's own. Raises NotFound for a paper that no such case names."""
    table, cycles, parts = cases.OBJECTIONS, models.procedure.cycles, models.objection_officers
    mine = select(parts.c.objection_id).where(parts.c.officer.in_(sorted(work.parties)))
    query = (
        select(*(table.c[name] for name in _PAPERS))
        .join(cycles, cycles.c.id == table.c.cycle_id)
        .where(table.c.id.in_(mine), cycles.c.rehearsal.is_(work.context.rehearsal_date is not None))
    )
    named = (paper for row in work.session.execute(query) for papers in row for paper in papers or ())
    if data["paper_id"] not in named:
        raise NotFound("没有这份材料", "no such paper")
    return {"done": True}


def of_receipt(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """How an objection stands, for who raised it. Raises NotFound for a wrong receipt or secret."""
    row = cases.of_receipt(work, data["receipt"], data["secret"])
    conductor.cycle(work, row.cycle_id)
    return cases.own_state(work, row, terms, side="objector")
