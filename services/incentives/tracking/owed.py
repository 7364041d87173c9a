"""跟踪待办: what winners and the office have to do, by when, and when to remind of it: by the clock, once a step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Table, or_, select, update

from services.incentives import models
from services.incentives.tracking import files, terms
from services.incentives.tracking.states import File, Order, Report, Visit, Warned
from shared.contracts.events import TrackingOwed
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
_T = models.tracking
_AT_A_TIME = 200  # files in one transaction


def listed(work: Work, conductor: Conductor, data: Data, *, days: tuple[int, ...]) -> Data:
    """The reply `TrackingDue`: of files that are open, the earliest first."""
    cycle = conductor.cycle(work, data["cycle_id"])
    open_ = [row for row in files.rows_of(work, cycle) if row.state == File.OPEN]
    applicants = {row.application_id: row.dossier["name"] for row in open_}
    places = {row.application_id: place for place, row in enumerate(open_)}
    names, today = list(applicants), work.today()
    found = [
        {
            "application_id": name,
            "applicant": applicants[name],
            "what": what,
            "year": year,
            "ref": ref,
            "owed_on": owed_on,
            "overdue": terms.overdue(owed_on, today),
            "remind_on": terms.next_reminder(owed_on, days, today),
            "reminders": sum(day <= today for day in terms.reminders(owed_on, days)),
        }
        for name, what, year, ref, owed_on in _all(work, names)
    ]
    found.sort(key=lambda line: (line["owed_on"], places[line["application_id"]], line["what"]))
    return {"owed": found}


def _all(work: Work, names: list[str]) -> Iterator[tuple[str, str, int | None, str | None, date]]:
    for row in _rows(work, _T.reports, names):
        state = Report(row.state)
        owed = terms.report_owed_on(state, row.due_on, row.correct_by)
        if owed is not None:
            what = "correction" if state is Report.RETURNED else "report"
            yield row.application_id, what, row.year, None, owed
    for row in _rows(work, _T.warnings, names):
        if row.state == Warned.RAISED:
            yield row.application_id, "warning", row.year, row.id, row.answer_by
    for row in _rows(work, _T.visits, names):
        if row.state == Visit.PLANNED:
            yield row.application_id, "visit", None, row.id, row.visit_on
    for row in _rows(work, _T.orders, names):
        if row.state == Order.ISSUED:
            yield row.application_id, "order", None, row.id, row.answer_by


def _rows(work: Work, table: Table, names: list[str]) -> Iterator[Row[Any]]:
    return iter(work.session.execute(select(table).where(table.c.application_id.in_(names))).all())


def remind(work: Work, days: tuple[int, ...]) -> None:
    """By the clock: tell of each thing that is owed and whose reminder came due since the file was looked at last.

    Done by every replica, each taking other files. A file that was never looked at begins today.
    """
    today, table = work.today(), _T.files
    due = or_(table.c.reminded_on.is_(None), table.c.reminded_on < today)
    query = (
        select(table)
        .where(table.c.state == File.OPEN, due)
        .order_by(table.c.application_id)
        .limit(_AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    rows = {row.application_id: row for row in work.session.execute(query).all()}
    # By name: the database returns a kind's lines in any order, what is told has one.
    for name, what, _year, _ref, owed_on in sorted(_all(work, list(rows)), key=lambda line: line[0]):
        since = rows[name].reminded_on or today - timedelta(days=1)
        if any(since < day <= today for day in terms.reminders(owed_on, days)):
            told = {"cycle_id": rows[name].cycle_id, "application_id": name, "what": what, "owed_on": owed_on}
            work.publish(TrackingOwed, told, subject=name)
            work.audit("tracking:reminded", name, after=told, cycle_id=rows[name].cycle_id)
    if rows:
        work.session.execute(
            update(table).where(table.c.application_id.in_(list(rows))).values(reminded_on=today)
        )
