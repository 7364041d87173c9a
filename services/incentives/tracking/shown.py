"""What is shown of a winner's file: all of it to the office and its watchers, and to the winner what concerns it.

A draft nobody but the winner reads; who issued and decided an order, and the record of a visit, the winner does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, select

from services.incentives import models
from services.incentives.tracking import files, indices, regressions, reports, terms
from services.incentives.tracking.states import WRITING, Order, Report, Visit, Warned
from shared.contracts.operations import APPLICANT
from shared.procedure import Conductor, Cycle
from shared.rulebooks.model import Index
from shared.store import Work

Data = dict[str, Any]
_T = models.tracking


def listed(work: Work, conductor: Conductor, data: Data) -> Data:
    """The reply `TrackingFileList`."""
    cycle = conductor.cycle(work, data["cycle_id"])
    rows = files.rows_of(work, cycle)
    names = [row.application_id for row in rows]
    found = {
        table.name: _by_file(work, table, names) for table in (_T.reports, _T.warnings, _T.visits, _T.orders)
    }
    return {"files": [_line(work, row, found) for row in rows]}


def one(work: Work, conductor: Conductor, data: Data) -> Data:
    """The reply `TrackingFile`. Raises NotFound for a file that whoever asks may not see."""
    cycle, row = files.require(work, conductor, data)
    name = row.application_id
    figures = regressions.accepted(work, [name])[name]
    title, base = cycle.rulebook.title, row.awarded_on.year
    return {
        "cycle_id": cycle.cycle_id,
        "application_id": name,
        "applicant": row.dossier["name"],
        "award_zh": title.zh,
        "award_en": title.en,
        "rule": cycle.rulebook.tracking.rule,
        **{
            key: getattr(row, key)
            for key in ("level", "track", "awarded_on", "ends_on", "state", "ended_on", "ended_rule")
        },
        "reports": _reports(work, cycle, name),
        "lines": [
            {**index_of(index), "points": _points(index, figures.get(index.key, {}), base)}
            for index in cycle.rulebook.tracking.indices
        ],
        "warnings": [warning(work, each) for each in _rows(work, _T.warnings, name)],
        "visits": [visit(work, each) for each in _rows(work, _T.visits, name)],
        "orders": [order(work, each) for each in _rows(work, _T.orders, name)],
        "made_on": work.today(),
    }


def index_of(index: Index) -> Data:
    """The reply `TrackingIndex`."""
    return {
        "index": index.key,
        "title_zh": index.title.zh,
        "title_en": index.title.en,
        "unit_zh": index.unit.zh,
        "unit_en": index.unit.en,
        "better": index.better,
    }


def warning(work: Work, row: Row[Any]) -> Data:
    """The reply `TrackingWarning`."""
    names = ("year", "kind", "percent", "state", "raised_on", "answer_by", "answer", "answered_on")
    owed = row.answer_by if row.state == Warned.RAISED else None
    return {
        "warning_id": row.id,
        "index": row.index_key,
        **{name: getattr(row, name) for name in names},
        "overdue": terms.overdue(owed, work.today()),
    }


def visit(work: Work, row: Row[Any]) -> Data:
    """The reply `TrackingVisit`."""
    names = ("visit_on", "visitors", "purpose", "state", "closed_on")
    inside = work.context.role != APPLICANT
    return {
        "visit_id": row.id,
        **{name: getattr(row, name) for name in names},
        "findings": row.findings or [],
        "record": row.record if inside else None,
        "papers": (row.papers or []) if inside else [],
        "reason": row.closed_reason,
    }


def order(work: Work, row: Row[Any]) -> Data:
    """The reply `Rectification`."""
    names = (
        "visit_id", "what", "ground", "answer_by", "state", "issued_on", "answer", "answered_on", "decision_reason",
        "decided_on",
    )  # fmt: skip
    inside = work.context.role != APPLICANT
    owed = row.answer_by if row.state == Order.ISSUED else None
    return {
        "order_id": row.id,
        **{name: getattr(row, name) for name in names},
        "overdue": terms.overdue(owed, work.today()),
        "papers": row.papers or [],
        "issued_by": row.issued_by if inside else None,
        "decided_by": row.decided_by if inside else None,
    }


def _reports(work: Work, cycle: Cycle, name: str) -> list[Data]:
    handed_in: dict[int, list[Row[Any]]] = defaultdict(list)
    for each in _rows(work, _T.handed_in, name):
        handed_in[each.year].append(each)
    mine = work.context.role == APPLICANT
    found = []
    for row in _rows(work, _T.reports, name):
        state, versions = Report(row.state), handed_in[row.year]
        owed = terms.report_owed_on(state, row.due_on, row.correct_by)
        written = mine and state in WRITING and state is not Report.DUE
        found.append(
            {
                **{
                    key: getattr(row, key)
                    for key in ("year", "due_on", "state", "return_reason", "correct_by", "accepted_on")
                },
                "owed_on": owed,
                "overdue": terms.overdue(owed, work.today()),
                "handed_in": [
                    {key: getattr(each, key) for key in ("number", "handed_in_on", "digest")}
                    for each in versions
                ],
                "content": {key: getattr(versions[-1], key) for key in ("texts", "figures", "papers")}
                if versions
                else None,
                "draft": reports.draft(work, cycle.rulebook.tracking, name, row.year) if written else None,
            }
        )
    return found


def _points(index: Index, figures: Mapping[int, Any], base: int) -> list[Data]:
    relative = indices.relative(index, figures, base)
    return [
        {
            "year": year,
            "figure": format(figure, "f"),
            "relative": indices.shown(relative[year]) if year in relative else None,
        }
        for year, figure in sorted(figures.items())
    ]


def _line(work: Work, row: Row[Any], found: Mapping[str, Mapping[str, Sequence[Row[Any]]]]) -> Data:
    name, today = row.application_id, work.today()
    here = {table: rows.get(name, ()) for table, rows in found.items()}
    given = here[_T.reports.name]
    late = [
        terms.overdue(terms.report_owed_on(Report(each.state), each.due_on, each.correct_by), today)
        for each in given
    ]
    return {
        "application_id": name,
        "applicant": row.dossier["name"],
        **{
            key: getattr(row, key) for key in ("level", "track", "awarded_on", "ends_on", "state", "ended_on")
        },
        "reports": len(given),
        "reports_accepted": sum(each.state == Report.ACCEPTED for each in given),
        "reports_overdue": sum(late),
        "warnings_open": sum(each.state == Warned.RAISED for each in here[_T.warnings.name]),
        "visits_planned": sum(each.state == Visit.PLANNED for each in here[_T.visits.name]),
        "orders_open": sum(each.state in (Order.ISSUED, Order.ANSWERED) for each in here[_T.orders.name]),
    }


def _rows(work: Work, table: Table, name: str) -> Sequence[Row[Any]]:
    return _by_file(work, table, [name]).get(name, [])


def _by_file(work: Work, table: Table, names: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """Rows of a table by winner, in the order of their keys, which is that of time."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    query = select(table).where(table.c.application_id.in_(names)).order_by(*table.primary_key.columns)
    for row in work.session.execute(query):
        found[row.application_id].append(row)
    return found
