"""All that the review tells discipline inspection of a cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Table, func, select

from services.review import models
from services.review.alerts import interests
from services.review.alerts.outliers import Scored, decisive
from services.review.conditions import APPLICATION, SEAT, agree
from services.review.conflicts import discretion
from services.review.conflicts.computing import LIFTED
from services.review.scoring import figures, results
from services.review.scoring.scores import THOUSANDTHS, rounded_text
from services.review.scoring.totals import percent_text
from services.review.seating.states import Drawn
from services.review.sittings import Sitting
from shared.procedure import Conductor, Cycle
from shared.procedure.alerts import Alert, Cycles, Figure, Found, Severity, Watched, by_cycle
from shared.procedure.state import Closing
from shared.procedure.watching import since_in
from shared.store import Work

_RETURNED, _SHEETS, _DRAWS = models.returned_sheets, models.sheets, models.draws
_PLACES = 3


def watched(work: Work, conductor: Conductor, cycles: Cycles) -> dict[str, Watched]:
    """Alerts on interests, draws and sheets of each cycle, and the figures of the review."""
    found = (
        *interests.found(work, cycles),
        *_drawn_again(work, cycles),
        *_returned(work, cycles),
        *_outliers(work, conductor, cycles),
    )
    return by_cycle(cycles, found, partial(_figures, work))


def fresh(work: Work, cycles: Cycles, since: datetime | None) -> dict[str, dict[str, int]]:
    """Recusals and ratings of conduct that are new, of those that whoever asks is told of."""
    recusals = models.recusals
    told = discretion.told_of(work, cycles.values(), recusals)
    return {
        "recusals": since_in(work, cycles, recusals.c.opened_at, since, told),
        "conduct_reports": since_in(work, cycles, models.conduct_reports.c.said_on, since),
    }


def _figures(work: Work, cycle: Cycle) -> Iterator[Figure]:
    conflicts, recusals = models.conflicts, models.recusals
    for figure, zh, en, table, which in (
        ("panels", "评审组", "panels", models.panels, ()),
        ("sheets", "评分表", "score sheets", _SHEETS, ()),
        ("recusals", "回避", "recusals", recusals, ()),
        (
            "recusals_after_scoring", "评分后回避", "recusals after scoring", recusals,
            (recusals.c.sheet_kept.is_(True),),
        ),
        (
            "conflicts_lifted", "解除的利害关系", "conflicts lifted", conflicts,
            (conflicts.c.ended_why == LIFTED,),
        ),
        ("conduct_reports", "双向评价", "conduct reports", models.conduct_reports, ()),
    ):  # fmt: skip
        yield Figure(figure, zh, en, _count(work, cycle, table, *which))


def _count(work: Work, cycle: Cycle, table: Table, *which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(table.c.cycle_id == cycle.cycle_id, *which)
    return int(work.session.execute(query).scalar_one())


def _drawn_again(work: Work, cycles: Cycles) -> Found:
    """A draw that was prepared and given up for another one, which might be drawn until it suits."""
    query = select(_DRAWS).where(_DRAWS.c.cycle_id.in_(cycles), _DRAWS.c.state == Drawn.ABANDONED.value)
    for row in work.session.execute(query.order_by(_DRAWS.c.stage, _DRAWS.c.category, _DRAWS.c.number)):
        where = f"{row.stage}/{row.category}" if row.category else row.stage
        seen_zh, seen_en = (
            ("见证后", "after it was witnessed") if row.witnessed_at else ("见证前", "unwitnessed")
        )
        yield (
            row.cycle_id,
            Alert(
                "draw_abandoned",
                Severity.SERIOUS if row.witnessed_at else Severity.NOTICE,
                where,
                row.prepared_at,
                (f"{where}/{row.number}", row.prepared_by),
                f"第 {row.number} 次抽取（{row.prepared_by} 准备）{seen_zh}被放弃，另行抽取",
                f"draw {row.number}, prepared by {row.prepared_by}, was given up {seen_en} for another one",
            ),
        )


def _returned(work: Work, cycles: Cycles) -> Found:
    query = (
        select(_RETURNED, _SHEETS.c.thousandths.label("now"))
        .outerjoin(_SHEETS, agree(_SHEETS, _RETURNED, SEAT))
        .where(_RETURNED.c.cycle_id.in_(cycles))
        .order_by(*(_RETURNED.c[name] for name in SEAT), _RETURNED.c.version)
    )
    for row in work.session.execute(query):
        changed = row.now is not None and row.now != row.thousandths
        before = percent_text(row.thousandths)
        zh, en = "", ""
        if changed:
            zh = f"，分数由 {before} 改为 {percent_text(row.now)}"
            en = f"; its score went from {before} to {percent_text(row.now)}"
        yield (
            row.cycle_id,
            Alert(
                "sheet_returned_changed" if changed else "sheet_returned",
                Severity.WARNING if changed else Severity.NOTICE,
                f"{row.application_id}/{row.expert_id}",
                row.returned_at,
                (f"{row.stage}/{row.application_id}/{row.expert_id}/{row.version}", row.returned_by),
                f"评分表由组长 {row.returned_by} 退回，理由：{row.reason}{zh}",
                f"the sheet was returned by the leader {row.returned_by}, because: {row.reason}{en}",
            ),
        )


def _outliers(work: Work, conductor: Conductor, cycles: Cycles) -> Found:
    """Of closed stages; where reviewers agreed on a score, their sheets decided nothing."""
    stages = [
        (cycle_id, stage)
        for cycle_id, stage in _apart(work, cycles)
        if _is_scored(conductor, cycles[cycle_id], stage)
    ]
    closings = conductor.records.closings_of(work, stages) if stages else {}
    if not closings:
        return
    entrants = conductor.records.sorts_of(work, closings)
    sittings = [Sitting(cycles[key[0]], key[1], entrants[key]) for key in closings]
    read = zip(sittings, figures.complete_of(work, sittings), results.agreed_of(work, sittings), strict=True)
    for sitting, sheets, agreed in read:
        for alert in _of_stage(sitting, closings[sitting.key], sheets, agreed):
            yield sitting.cycle.cycle_id, alert


def _is_scored(conductor: Conductor, cycle: Cycle, key: str) -> bool:
    """Whether the sheets of a stage make its score."""
    stage = next((stage for stage in cycle.rulebook.stages if stage.key == key), None)
    return (
        stage is not None
        and stage.owner == conductor.service
        and stage.scoring is not None
        and not results.by_team(cycle, stage)
    )


def _apart(work: Work, cycles: Cycles) -> list[tuple[str, str]]:
    """The stages in which any two sheets of an application lie further apart than an outlier from the median: in the others, of
    all sheets whether they count or not, there can be none, and nothing more has to be read of them.
    """
    points = {each: cycle.rulebook.outlier.points for each, cycle in cycles.items() if cycle.rulebook.outlier}
    widest = func.max(_SHEETS.c.thousandths) - func.min(_SHEETS.c.thousandths)
    each = (
        select(_SHEETS.c.cycle_id, _SHEETS.c.stage, widest.label("apart"))
        .where(_SHEETS.c.cycle_id.in_(points))
        .group_by(*(_SHEETS.c[name] for name in APPLICATION))
        .subquery()
    )
    query = select(each.c.cycle_id, each.c.stage, func.max(each.c.apart)).group_by(
        each.c.cycle_id, each.c.stage
    )
    return [
        (cycle_id, stage)
        for cycle_id, stage, apart in work.session.execute(query)
        if apart > points[cycle_id] * THOUSANDTHS
    ]


def _of_stage(
    sitting: Sitting, closing: Closing, sheets: Mapping[str, dict[str, int]], agreed: Collection[str]
) -> Iterator[Alert]:
    outlier = sitting.cycle.rulebook.outlier
    assert outlier is not None  # of the others none is looked at
    passed = closing.passed()
    groups: dict[str | None, dict[str, Scored]] = defaultdict(dict)
    for entrant in sitting.entrants:
        name = entrant.application_id
        if name in sheets and name not in agreed:
            groups[entrant.category][name] = Scored(sheets[name], name in passed)
    for group in groups.values():
        for each in decisive(group, outlier.points):
            went_zh, went_en = (
                ("晋级", "went on") if group[each.application_id].passed else ("未晋级", "did not go on")
            )
            yield Alert(
                "outlier_decided",
                Severity.WARNING,
                f"{each.application_id}/{each.expert_id}",
                closing.closed_on,
                (f"{closing.stage}/{each.application_id}/{each.expert_id}", *each.overtaken),
                f"该申报{went_zh}；{each.expert_id} 的评分偏离中位数 {rounded_text(each.apart, _PLACES)} 分，"
                f"去掉它名次将与 {len(each.overtaken)} 份申报互换",
                f"the application {went_en}; the sheet of {each.expert_id} lies {rounded_text(each.apart, _PLACES)} "
                f"points from the median, and without it {len(each.overtaken)} others would change places with it",
            )
