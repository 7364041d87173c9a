"""Who is let into a stage, ranking and deviations from it, reports, and the stages themselves."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation, StageOfCycle
from shared.contracts.operations.review.sheets import StageScore
from shared.contracts.operations.roles import AUDITOR, DISCIPLINE, OFFICE, REVIEWER
from shared.contracts.operations.stages import STAGE_EXAMPLE, StageState, stage_operations

_WATCHERS = (OFFICE, DISCIPLINE, AUDITOR)
_MOST_POINTS = 50


class LeftOut(Strict):
    """Why an application stays out although it ranks above one that is let in."""

    application_id = identifier()
    reason = text(longest=500)


class Admit(Strict):
    """The office's list of those let into a stage, where the rulebook leaves it to the office.

    In a real cycle each one that is left out above one that is let in stands in `deviations`.
    """

    cycle_id = identifier()
    stage = stage_key()
    application_ids = fields.List(identifier(), required=True)
    reason = optional_text(500)
    deviations = fields.List(fields.Nested(LeftOut), load_default=list)


class Ranked(Strict):
    """One line of a ranking: equal scores share a rank. `within`: goes on; None where nothing is cut."""

    application_id = identifier()
    rank = count(least=1)
    score = text()
    tied = fields.Boolean(required=True)
    within = fields.Boolean(load_default=None, allow_none=True)
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)


class TrackRanking(Strict):
    """Those of one track and category by rank. `fits`: how many go on at most; `cut_line`: the last score that does."""

    track = text()
    category = optional_text()
    places = count(required=False)
    fits = count(required=False)
    above = optional_text()
    cut_line = optional_text()
    lines = fields.List(fields.Nested(Ranked), required=True)


class Ranking(Strict):
    """The ranking after a stage, track by track. `decided`: the next stage has begun, or its list is settled."""

    stage = stage_key()
    decided = fields.Boolean(required=True)
    tracks = fields.List(fields.Nested(TrackRanking), required=True)


class Preferred(Strict):
    """One that was let in below somebody left out."""

    application_id = identifier()
    rank = count(least=1)
    score = text()


class Deviation(Strict):
    """One left out of a stage above others that were let in, and why."""

    stage = stage_key()
    application_id = identifier()
    track = text()
    rank = count(least=1)
    score = text()
    preferred = fields.List(fields.Nested(Preferred), required=True)
    reason = text(longest=500)
    decided_by = text()
    decided_on = day()


class DeviationList(Strict):
    """A cycle's deviations from rank, in the order of the stages."""

    deviations = fields.List(fields.Nested(Deviation), required=True)


def _points(least: int) -> fields.List[str]:
    return fields.List(
        text(longest=1000), required=True, validate=validate.Length(min=least, max=_MOST_POINTS)
    )


class ReportText(Strict):
    """评审报告: what a stage found of one application; at least one piece of advice."""

    application_id = identifier()
    summary = text(longest=10000)
    strengths = _points(0)
    improvements = _points(1)


class RecordStageReport(StageOfCycle, ReportText):
    """A stage's report on one application; written anew until the stage closes."""


class StageReport(ReportText):
    """A report; locked once the stage is closed."""

    stage = stage_key()
    by = text()
    locked_at = optional_text()


class StageReports(Strict):
    """Reports in the order of stages and of submission."""

    reports = fields.List(fields.Nested(StageReport), required=True)


class Evaluated(Strict):
    """All that the stages before found of one application; deviations are for those who watch over the cycle."""

    application_id = identifier()
    scores = fields.List(fields.Nested(StageScore), required=True)
    reports = fields.List(fields.Nested(StageReport), required=True)
    deviations = fields.List(fields.Nested(Deviation), required=True)


class Evaluation(Strict):
    """Applications in order of submission."""

    applications = fields.List(fields.Nested(Evaluated), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "admit", "command", Admit, StageState, (OFFICE,), "确定进入名单", "Decide who enters a stage",
              {"cycle_id": CYCLE, "stage": "site_review", "application_ids": [APPLICATION]}),
    Operation("review", "ranking", "query", StageOfCycle, Ranking, _WATCHERS, "排名", "The ranking after a stage",
              STAGE_EXAMPLE),
    Operation("review", "deviations", "query", CycleId, DeviationList, _WATCHERS,
              "偏离排名的决定", "Deviations from rank", {"cycle_id": CYCLE}),
    Operation("review", "record_stage_report", "command", RecordStageReport, StageReport, (OFFICE, REVIEWER),
              "撰写评审报告", "Write a stage's report", {
                  **STAGE_EXAMPLE, "application_id": APPLICATION, "summary": "体系完整，结果保持上升。",
                  "strengths": ["战略与过程衔接清楚"], "improvements": ["补充与标杆的对比数据"]}),
    Operation("review", "stage_reports", "query", StageOfCycle, StageReports, (*_WATCHERS, REVIEWER),
              "评审报告", "A stage's reports", STAGE_EXAMPLE),
    Operation("review", "evaluation", "query", StageOfCycle, Evaluation, (*_WATCHERS, REVIEWER),
              "综合评价材料", "What the stages before found", {"cycle_id": CYCLE, "stage": "comprehensive"}),
    *stage_operations("review"),
)  # fmt: skip
