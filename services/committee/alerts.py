"""监督预警 of the committee: proposals that pass over a higher rank. Read from rows, whenever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import ColumnElement, Table, func, select

from services.committee import models
from shared.procedure import Cycle
from shared.procedure.alerts import Alert, Cycles, Figure, Found, Severity, Watched, by_cycle
from shared.store import Work


def watched(work: Work, cycles: Cycles) -> dict[str, Watched]:
    """Deviations of each cycle one by one, and how many candidates, ballots and awards there are."""
    return by_cycle(cycles, _deviations(work, cycles), partial(_figures, work))


def _figures(work: Work, cycle: Cycle) -> Iterator[Figure]:
    yield Figure("candidates", "候选申报", "candidates", _count(work, cycle, models.candidates))
    yield Figure("deviations", "偏离排名", "deviations from rank", _count(work, cycle, models.deviations))
    yield Figure("ballots", "表决轮次", "ballots", _count(work, cycle, models.rounds))
    awarded = _count(work, cycle, models.results, models.results.c.awarded.is_(True))
    yield Figure("voted_awards", "表决通过的奖项", "awards voted", awarded)


def _deviations(work: Work, cycles: Cycles) -> Found:
    table = models.deviations
    query = select(table).where(table.c.cycle_id.in_(cycles)).order_by(table.c.application_id)
    for row in work.session.execute(query):
        yield (
            row.cycle_id,
            Alert(
                "rank_deviation",
                Severity.WARNING,
                row.application_id,
                row.decided_on,
                (row.application_id, *(each["application_id"] for each in row.preferred), row.decided_by),
                f"建议名单越过了{row.track}第 {row.rank} 名（{row.score} 分），理由：{row.reason}",
                f"the proposal passes over rank {row.rank} of {row.track} ({row.score} points), because: {row.reason}",
            ),
        )


def _count(work: Work, cycle: Cycle, table: Table, *which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(table.c.cycle_id == cycle.cycle_id, *which)
    return int(work.session.execute(query).scalar_one())
