"""退步提醒: an index that worsened is told to office and winner, and the winner answers. Nothing follows by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select, update

from services.incentives import models
from services.incentives.tracking import files, indices
from services.incentives.tracking.states import Report, Warned, before, moved
from shared.problems import NotFound
from shared.procedure import Conductor, Cycle
from shared.store import Work

Data = dict[str, Any]
Figures = Mapping[str, Mapping[int, Decimal]]  # of one winner: by index and year
_REPORTS, _HANDED_IN, _WARNINGS = (
    models.tracking.reports,
    models.tracking.handed_in,
    models.tracking.warnings,
)
_FILES = models.tracking.files


def accepted(work: Work, applications: list[str]) -> dict[str, dict[str, dict[int, Decimal]]]:
    """The figures of all accepted reports, by application, index and year."""
    query = (
        select(_HANDED_IN)
        .join(
            _REPORTS,
            and_(
                _REPORTS.c.application_id == _HANDED_IN.c.application_id, _REPORTS.c.year == _HANDED_IN.c.year
            ),
        )
        .where(_HANDED_IN.c.application_id.in_(applications), _REPORTS.c.state == Report.ACCEPTED.value)
        .order_by(_HANDED_IN.c.number)  # the corrected one stands
    )
    found: dict[str, dict[str, dict[int, Decimal]]] = {name: defaultdict(dict) for name in applications}
    for row in work.session.execute(query):
        for figure in row.figures:
            found[row.application_id][figure["index"]][row.year] = Decimal(figure["value"])
    return found


def raise_all(work: Work, cycle: Cycle, application_id: str, *, answer_days: int) -> None:
    """Warn of every index that worsened and is not warned of yet: a year that is accepted late may show it in the next one."""
    figures = accepted(work, [application_id])[application_id]
    rule = cycle.rulebook.tracking
    base = base_year(work, application_id)
    query = select(_WARNINGS.c.year, _WARNINGS.c.index_key, _WARNINGS.c.kind)
    known = {tuple(row) for row in work.session.execute(query.where(_of(application_id)))}
    for index in rule.indices:
        for each in indices.regressions(index, figures.get(index.key, {}), base, rule.fall_percent):
            if (each.year, each.index, each.kind) in known:
                continue
            row = {
                "id": work.new_id(),
                "application_id": application_id,
                "year": each.year,
                "index_key": each.index,
                "kind": each.kind,
                "percent": None if each.percent is None else str(each.percent),
                "state": Warned.RAISED.value,
                "raised_on": work.today(),
                "answer_by": work.today() + timedelta(days=answer_days),
            }
            work.session.execute(_WARNINGS.insert().values(**row))
            work.audit("tracking:warned", application_id, after=row, cycle_id=cycle.cycle_id)


def answer(work: Work, conductor: Conductor, data: Data) -> Data:
    """Say something to a warning, once. Raises NotFound, Conflict where it was answered."""
    cycle, file = files.lock(work, conductor, data)
    here = and_(_of(file.application_id), _WARNINGS.c.id == data["warning_id"])
    row = work.session.execute(select(_WARNINGS).where(here)).one_or_none()
    if row is None:
        raise NotFound("没有这条提醒", "no such warning")
    moved(Warned(row.state), Warned.ANSWERED)
    values = {
        "state": Warned.ANSWERED.value,
        "answer": data["answer"],
        "answered_by": work.by,
        "answered_on": work.today(),
    }
    work.session.execute(
        update(_WARNINGS).where(here, _WARNINGS.c.state.in_(before(Warned.ANSWERED))).values(**values)
    )
    work.audit("tracking:warning_answered", row.id, after=values, cycle_id=cycle.cycle_id)
    return {"done": True}


def base_year(work: Work, application_id: str) -> int:
    """The award's year, which every index is held against."""
    query = select(_FILES.c.awarded_on).where(_FILES.c.application_id == application_id)
    year: int = work.session.execute(query).scalar_one().year
    return year


def _of(application_id: str) -> Any:
    return _WARNINGS.c.application_id == application_id
