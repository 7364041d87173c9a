"""All that the review tells discipline inspection of a cycle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Table, func, select

from services.review import models
from services.review.alerts import interests
from services.review.alerts.outliers import Scored, decisive
from services.review.conditions import SEAT, agree
from services.review.conflicts import discretion
from services.review.conflicts.computing import LIFTED
from services.review.scoring import figures, results
from services.review.scoring.scores import THOUSANDTHS, rounded_text
from services.review.scoring.totals import percent_text
from services.review.seating.states import Drawn
from shared.procedure import Conductor, Cycle
from shared.procedure.alerts import Alert, Figure, Severity, Watched
from shared.procedure.state import Closing
from shared.procedure.watching import since_in
from shared.rulebooks import Stage
from shared.store import Work

_RETURNED, _SHEETS, _DRAWS = models.returned_sheets, models.sheets, models.draws
_PLACES = 3


def watched(work: Work, conductor: Conductor, cycle: Cycle) -> Watched:
    """Alerts on interests, draws and sheets, and the figures of the review."""
    alerts = (
        *interests.found(work, cycle),
        *_drawn_again(work, cycle),
        *_returned(work, cycle),
        *_outliers(work, conductor, cycle),
    )
    return Watched(alerts, partial(_figures, work, cycle))


def fresh(work: Work, cycle: Cycle, since: datetime | None) -> dict[str, int]:
    """Recusals and ratings of conduct that are new, of those that whoever asks is told of."""
    recusals = models.recusals
    told = discretion.told_to(work, cycle, recusals)
    return {
        "recusals": since_in(work, cycle, recusals.c.opened_at, since, told),
        "conduct_reports": since_in(work, cycle, models.conduct_reports.c.said_on, since),
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


def _drawn_again(work: Work, cycle: Cycle) -> Iterator[Alert]:
    """A draw that was prepared and given up for another one, which might be drawn until it suits."""
    query = select(_DRAWS).where(_DRAWS.c.cycle_id == cycle.cycle_id, _DRAWS.c.state == Drawn.ABANDONED.value)
    for row in work.session.execute(query.order_by(_DRAWS.c.stage, _DRAWS.c.category, _DRAWS.c.number)):
        where = f"{row.stage}/{row.category}" if row.category else row.stage
        seen_zh, seen_en = (
            ("见证后", "after it was witnessed") if row.witnessed_at else ("见证前", "unwitnessed")
        )
        yield Alert(
            "draw_abandoned",
            Severity.SERIOUS if row.witnessed_at else Severity.NOTICE,
            where,
            row.prepared_at,
            (f"{where}/{row.number}", row.prepared_by),
            f"第 {row.number} 次抽取（{row.prepared_by} 准备）{seen_zh}被放弃，另行抽取",
            f"draw {row.number}, prepared by {row.prepared_by}, was given up {seen_en} for another one",
        )


def _returned(work: Work, cycle: Cycle) -> Iterator[Alert]:
    query = (
        select(_RETURNED, _SHEETS.c.thousandths.label("now"))
        .outerjoin(_SHEETS, agree(_SHEETS, _RETURNED, SEAT))
        .where(_RETURNED.c.cycle_id == cycle.cycle_id)
        .order_by(*(_RETURNED.c[name] for name in SEAT), _RETURNED.c.version)
    )
    for row in work.session.execute(query):
        changed = row.now is not None and row.now != row.thousandths
        before = percent_text(row.thousandths)
        zh, en = "", ""
        if changed:
            zh = f"，分数由 {before} 改为 {percent_text(row.now)}"
            en = f"; its score went from {before} to {percent_text(row.now)}"
        yield Alert(
            "sheet_returned_changed" if changed else "sheet_returned",
            Severity.WARNING if changed else Severity.NOTICE,
            f"{row.application_id}/{row.expert_id}",
            row.returned_at,
            (f"{row.stage}/{row.application_id}/{row.expert_id}/{row.version}", row.returned_by),
            f"评分表由组长 {row.returned_by} 退回，理由：{row.reason}{zh}",
            f"the sheet was returned by the leader {row.returned_by}, because: {row.reason}{en}",
        )


def _outliers(work: Work, conductor: Conductor, cycle: Cycle) -> Iterator[Alert]:
    outlier = cycle.rulebook.outlier
    if outlier is None:
        return
    apart = _apart(work, cycle, outlier.points)
    closings = conductor.records.closings(work, cycle.cycle_id) if apart else {}
    for stage in cycle.rulebook.stages:
        mine = stage.owner == conductor.service and stage.scoring is not None and stage.key in apart
        if mine and stage.key in closings and not results.by_team(cycle, stage):
            yield from _of_stage(work, conductor, cycle, stage, closings[stage.key], outlier.points)


def _apart(work: Work, cycle: Cycle, points: int) -> frozenset[str]:
    """The stages in which any two sheets of an application lie further apart than an outlier from the median: in the others, of
    all sheets whether they count or not, there can be none, and nothing more has to be read of them.
    """
    widest = func.max(_SHEETS.c.thousandths) - func.min(_SHEETS.c.thousandths)
    query = (
        select(_SHEETS.c.stage)
        .where(_SHEETS.c.cycle_id == cycle.cycle_id)
        .group_by(_SHEETS.c.stage, _SHEETS.c.application_id)
        .having(widest > points * THOUSANDTHS)
    )
    return frozenset(work.session.scalars(query))


def _of_stage(
    work: Work, conductor: Conductor, cycle: Cycle, stage: Stage, closing: Closing, points: int
) -> Iterator[Alert]:
    """Of one closed stage; where reviewers agreed on a score, their sheets decided nothing."""
    entrants = conductor.entrants(work, cycle.cycle_id, stage.key)
    sheets = figures.complete(work, cycle, stage.key, entrants)
    agreed = results.agreed(work, cycle, stage, entrants)
    passed = closing.passed()
    groups: dict[str | None, dict[str, Scored]] = defaultdict(dict)
    for entrant in entrants:
        name = entrant.application_id
        if name in sheets and name not in agreed:
            groups[entrant.category][name] = Scored(sheets[name], name in passed)
    for group in groups.values():
        for each in decisive(group, points):
            went_zh, went_en = (
                ("晋级", "went on") if group[each.application_id].passed else ("未晋级", "did not go on")
            )
            yield Alert(
                "outlier_decided",
                Severity.WARNING,
                f"{each.application_id}/{each.expert_id}",
                closing.closed_on,
                (f"{stage.key}/{each.application_id}/{each.expert_id}", *each.overtaken),
                f"该申报{went_zh}；{each.expert_id} 的评分偏离中位数 {rounded_text(each.apart, _PLACES)} 分，"
                f"去掉它名次将与 {len(each.overtaken)} 份申报互换",
                f"the application {went_en}; the sheet of {each.expert_id} lies {rounded_text(each.apart, _PLACES)} "
                f"points from the median, and without it {len(each.overtaken)} others would change places with it",
            )
