"""全体获奖者指标: the indices of a cycle's winners together, by accepted reports, with nothing about few of them.

A revoked winner's figures are left out. What an applicant gets is what the office gets; one who won nothing gets nothing.
"""

from __future__ import annotations

from typing import Any

from services.incentives.tracking import files, indices, regressions, shown
from services.incentives.tracking.states import File
from shared.contracts.operations import APPLICANT
from shared.problems import NotFound
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]


def overview(work: Work, conductor: Conductor, data: Data, *, least: int) -> Data:
    """The reply `TrackingOverview`. Raises NotFound for an applicant without a file of its own in the cycle."""
    cycle = conductor.cycle(work, data["cycle_id"])
    if work.context.role == APPLICANT and not files.rows_of(work, cycle):
        raise NotFound("没有跟踪档案", "no file here")
    rows = [row for row in files.everybodys(work, cycle) if row.state == File.OPEN]
    figures = regressions.accepted(work, [row.application_id for row in rows])
    base = {row.application_id: row.awarded_on.year for row in rows}
    years = sorted({year for of in figures.values() for by_year in of.values() for year in by_year})
    title = cycle.rulebook.title
    found = []
    for index in cycle.rulebook.tracking.indices:
        each = [indices.relative(index, figures[name].get(index.key, {}), base[name]) for name in figures]
        together = indices.by_year(each)
        spreads = [_spread(year, indices.spread(together.get(year, []), least)) for year in years]
        found.append({**shown.index_of(index), "years": spreads})
    return {
        "cycle_id": cycle.cycle_id,
        "award_zh": title.zh,
        "award_en": title.en,
        "year": cycle.year,
        "least": least,
        "winners": len(rows),
        "indices": found,
        "made_on": work.today(),
    }


def _spread(year: int, found: indices.Spread | None) -> Data:
    if found is None:
        return {"year": year, "winners": None, "lower": None, "median": None, "upper": None}
    return {
        "year": year,
        "winners": found.winners,
        "lower": found.lower,
        "median": found.median,
        "upper": found.upper,
    }
