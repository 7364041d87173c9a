"""资金使用报告: how a winner used its money, year by year until all of it is told; finance takes the report or gives it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.incentives import models
from services.incentives.payments.states import Line
from services.incentives.people import people
from services.incentives.proposals import require_papers
from services.incentives.two_people import require_other
from services.incentives.use_periods import due_on, periods_over
from shared import states
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

_REPORTS, _LINES = models.use_reports, models.lines


class State(StrEnum):
    """报告状态."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


MOVES: dict[State, frozenset[State]] = {
    State.SUBMITTED: frozenset({State.ACCEPTED, State.RETURNED}),
    State.ACCEPTED: frozenset(),
    State.RETURNED: frozenset(),  # the next version is a row of its own
}


def before(state: State) -> tuple[str, ...]:
    """The states from which a state can be reached, for the condition of an UPDATE."""
    return states.before(MOVES, state)


def report(work: Work, conductor: Conductor, data: dict[str, Any], days: int) -> dict[str, Any]:
    """Tell what was spent in one period, by the rulebook's purposes. A report that was returned is made anew.

    Raises NotFound for somebody else's application, Conflict where nothing was paid or the period's report is there, Invalid for
    a purpose that the rulebook does not name, or for more than was paid.
    """
    people.require_own(work, data["application_id"], writing=True)
    require_papers(data["papers"])
    paid = _paid(work, data["application_id"], data["grant_for"])
    if paid is None:
        raise Conflict("该资助尚未付款", "nothing was paid yet")
    conductor.records.cycle(work, paid.cycle_id, lock=True)
    cycle = conductor.cycle(work, paid.cycle_id)
    known = _of(work, data["application_id"], data["grant_for"])
    versions = [row for row in known if row.period == data["period"]]
    if any(row.state != State.RETURNED for row in versions):
        raise Conflict("该期报告已提交", "the period's report is there")
    if data["period"] > max(1, periods_over(paid.settled_on, work.today(), days) + 1):
        raise invalid_field("period", "该期尚未开始", "this period has not begun")
    _require_purposes(cycle, data["items"])
    spent = sum(item["amount_fen"] for item in data["items"])
    told = sum(row.spent_fen for row in known if row.state != State.RETURNED)
    if spent + told > paid.amount_fen:
        raise invalid_field("items", "各期之和超过已付金额", "more is told than was paid")
    row = {
        "id": work.new_id(), "cycle_id": cycle.cycle_id, "version": len(versions) + 1, "spent_fen": spent,
        "state": State.SUBMITTED.value, "reported_by": work.by, "reported_on": work.today(),
        **{name: data[name] for name in ("application_id", "grant_for", "period", "items", "papers")},
    }  # fmt: skip
    work.session.execute(_REPORTS.insert().values(**row))
    work.audit("use:reported", data["application_id"], after=row, cycle_id=cycle.cycle_id)
    return {"report_id": row["id"]}


def decide(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Take a report, or give it back with a reason. Raises Conflict where it is decided."""
    row = work.session.execute(select(_REPORTS).where(_REPORTS.c.id == data["report_id"])).one_or_none()
    if row is None:
        raise NotFound("没有这份报告", "no such report")
    conductor.records.cycle(work, row.cycle_id, lock=True)
    conductor.cycle(work, row.cycle_id)
    require_other(same=work.same_person(row.reported_by, about=row.application_id))
    state = State.ACCEPTED if data["accept"] else State.RETURNED
    moved = work.session.execute(
        update(_REPORTS)
        .where(and_(_REPORTS.c.id == row.id, _REPORTS.c.state.in_(before(state))))
        .values(state=state.value, decided_by=work.by, decided_on=work.today(), reason=data["reason"])
    )
    if not getattr(moved, "rowcount", 0):
        raise Conflict(f"该报告为 {row.state}", f"the report is {row.state}")
    work.audit(
        f"use:{state}", row.application_id, before={"state": row.state}, after={"report_id": row.id, "state": state.value},
        reason=data["reason"], cycle_id=row.cycle_id,
    )  # fmt: skip
    return {"done": True}


def listed(work: Work, conductor: Conductor, data: dict[str, Any], days: int) -> dict[str, Any]:
    """Of each grant that was paid: its reports, what is still to be told, which periods are overdue. An applicant has its own."""
    cycle = conductor.cycle(work, data["cycle_id"])
    this = and_(_LINES.c.cycle_id == cycle.cycle_id, _LINES.c.state == Line.CONFIRMED.value)
    mine = people.applications(work)
    if mine is not None:
        this = and_(this, _LINES.c.application_id.in_(mine))
    query = select(_LINES).where(this).order_by(_LINES.c.application_id, _LINES.c.grant_for)
    paid = work.session.execute(query).all()
    known: dict[tuple[str, str], list[Row[Any]]] = {}
    reports = select(_REPORTS).where(_REPORTS.c.cycle_id == cycle.cycle_id)
    if mine is not None:
        reports = reports.where(_REPORTS.c.application_id.in_(mine))
    for row in work.session.execute(reports.order_by(_REPORTS.c.period, _REPORTS.c.version)):
        known.setdefault((row.application_id, row.grant_for), []).append(row)
    return {
        "grants": [
            _told(line, known.get((line.application_id, line.grant_for), []), work.today(), days)
            for line in paid
        ]
    }


def _told(line: Row[Any], known: list[Row[Any]], today: date, days: int) -> dict[str, Any]:
    counting = [row for row in known if row.state != State.RETURNED]
    told = sum(row.spent_fen for row in counting)
    have = {row.period for row in counting}
    over = periods_over(line.settled_on, today, days) if told < line.amount_fen else 0
    missing = [period for period in range(1, over + 1) if period not in have]
    names = (
        "period",
        "version",
        "items",
        "spent_fen",
        "papers",
        "state",
        "reported_on",
        "decided_on",
        "reason",
    )
    return {
        "application_id": line.application_id,
        "grant_for": line.grant_for,
        "paid_fen": line.amount_fen,
        "paid_on": line.settled_on,
        "told_fen": told,
        "overdue": [{"period": p, "due_on": due_on(line.settled_on, p, days)} for p in missing],
        "reports": [{"report_id": row.id, **{n: getattr(row, n) for n in names}} for row in known],
    }


def _require_purposes(cycle: Cycle, items: list[dict[str, Any]]) -> None:
    allowed = purposes(cycle)
    for number, item in enumerate(items):
        if allowed and item["purpose"] not in allowed:
            raise invalid_field(
                f"items.{number}.purpose",
                f"只能用于：{'、'.join(allowed)}",
                f"only for: {', '.join(allowed)}",
            )


def purposes(cycle: Cycle) -> Mapping[str, Any]:
    """What the money may be used for where the rulebook names it: words by id; empty where it leaves it open."""
    found: Mapping[str, Any] = cycle.rulebook.raw.get("grant_use", {}).get("purposes", {})
    return found


def _paid(work: Work, application_id: str, grant_for: str) -> Row[Any] | None:
    this = and_(
        _LINES.c.application_id == application_id, _LINES.c.grant_for == grant_for,
        _LINES.c.state == Line.CONFIRMED.value,
    )  # fmt: skip
    return work.session.execute(select(_LINES).where(this)).one_or_none()


def _of(work: Work, application_id: str, grant_for: str) -> list[Row[Any]]:
    this = and_(_REPORTS.c.application_id == application_id, _REPORTS.c.grant_for == grant_for)
    return list(
        work.session.execute(select(_REPORTS).where(this).order_by(_REPORTS.c.period, _REPORTS.c.version))
    )
