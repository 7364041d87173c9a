"""信用报送: reports to credit platforms as rows; queued with the decision, delivered after its commit (`credit_delivery`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models
from services.eligibility.credit import CreditReport
from services.eligibility.honours import numbers
from services.eligibility.honours.states import REPORT_MOVES, Report
from shared.contracts.events import CreditReportQueued
from shared.problems import NotFound
from shared.procedure import Conductor, Cycle
from shared.procedure.people import plays
from shared.states import before
from shared.store import Work

_REPORTS = models.credit_reports
SETTLED = (Report.ACKNOWLEDGED.value, Report.BY_HAND.value)
WAITING = (Report.QUEUED.value, Report.SENT.value)


def queue(work: Work, cycle: Cycle, case: Row[Any], honour: Row[Any], order_id: str) -> None:
    """One report to each platform that the rulebook names."""
    sanction = cycle.rulebook.sanction(case.event)
    for platform in sanction.report_to if sanction is not None else ():
        report_id = work.new_id()
        report = CreditReport(
            reference=report_id,
            platform=platform,
            name=honour.name,
            kind=honour.kind,
            uscc=honour.uscc,
            award=numbers.title_of(cycle.rulebook, honour.level),
            number=honour.number,
            year=cycle.year,
            rulebook=cycle.rulebook.title.zh,
            rule=cycle.rulebook.label(case.rule),
            event=case.event,
            decided_on=work.today().isoformat(),
            banned_until=None if case.banned_until is None else case.banned_until.isoformat(),
        )
        row = {
            "id": report_id,
            "order_id": order_id,
            "application_id": case.application_id,
            "cycle_id": cycle.cycle_id,
            "platform": platform,
            "body": report.plain(),
            "state": Report.QUEUED.value,
            "attempts": 0,
            "queued_at": work.now(),
            "papers": [],
        }
        work.session.execute(_REPORTS.insert().values(**row))
        told = {name: row[name] for name in ("order_id", "platform", "body", "state")}
        work.audit("credit_report:queued", report_id, after=told, cycle_id=cycle.cycle_id)
        put_on_the_bus(work, cycle.cycle_id, report_id)


def put_on_the_bus(work: Work, cycle_id: str, report_id: str) -> None:
    """Have some replica deliver it, or ask for its receipt."""
    work.publish(CreditReportQueued, {"report_id": report_id, "cycle_id": cycle_id}, subject=report_id)


def move(work: Work, row: Row[Any], to: Report, action: str, **values: Any) -> bool:
    """Move a report, with its audit entry; False where it has moved meanwhile."""
    changed = work.session.execute(
        update(_REPORTS)
        .where(and_(_REPORTS.c.id == row.id, _REPORTS.c.state.in_(before(REPORT_MOVES, to))))
        .values(state=to.value, **values)
    )
    if not getattr(changed, "rowcount", 0):
        return False
    work.audit(
        action, row.id, before={"state": row.state}, after={"state": to.value, **_plain(values)},
        cycle_id=row.cycle_id,
    )  # fmt: skip
    return True


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}


def require(work: Work, report_id: str) -> Row[Any]:
    """A report by id. Raises NotFound."""
    row = work.session.execute(select(_REPORTS).where(_REPORTS.c.id == report_id)).one_or_none()
    if row is None:
        raise NotFound("没有这份报送", "no such report")
    return row


def all_settled(work: Work, order_id: str) -> bool:
    """Whether every platform has its report."""
    waits = and_(_REPORTS.c.order_id == order_id, _REPORTS.c.state.not_in(SETTLED))
    return work.session.execute(select(_REPORTS.c.id).where(waits)).first() is None


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The reports of a cycle, or of all."""
    query = select(_REPORTS)
    if data["cycle_id"] is not None:
        query = query.where(_REPORTS.c.cycle_id == conductor.cycle(work, data["cycle_id"]).cycle_id)
    elif plays(work):
        return {"reports": []}
    if data["state"] is not None:
        query = query.where(_REPORTS.c.state == data["state"])
    return {"reports": [state(row) for row in work.session.execute(query.order_by(_REPORTS.c.id))]}


def state(row: Row[Any]) -> dict[str, Any]:
    """The reply `CreditReportState`."""
    names = (
        "order_id", "application_id", "cycle_id", "platform", "state", "attempts", "last_failure", "receipt",
        "settled_by", "note", "papers",
    )  # fmt: skip
    times = {name: getattr(row, name) for name in ("queued_at", "sent_at", "settled_at")}
    return {
        "report_id": row.id,
        **{name: getattr(row, name) for name in names},
        **{name: None if at is None else at.isoformat(timespec="seconds") for name, at in times.items()},
    }
