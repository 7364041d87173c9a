"""Score sheets, and the scores that they make."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import AUDITOR, DISCIPLINE, OFFICE, REVIEWER


class SubmitSheet(Strict):
    """A reviewer's sheet: percent of full marks, 0 to 100, at most three decimals, as text."""

    cycle_id = identifier()
    stage = stage_key()
    application_id = identifier()
    percent = fields.String(
        required=True, validate=validate.Regexp(r"^(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)\Z")
    )


class StageScore(Strict):
    """The score of one application in one stage: percent, two places, as text."""

    application_id = identifier()
    stage = stage_key()
    score = text()
    valid_sheets = count()


class ScoreList(Strict):
    """Scores by application and stage."""

    scores = fields.List(fields.Nested(StageScore), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "submit_sheet", "command", SubmitSheet, Done, (REVIEWER,), "提交评分", "Submit a score sheet",
              {"cycle_id": CYCLE, "stage": "site_review", "application_id": APPLICATION, "percent": "88.5"}),
    Operation("review", "scores", "query", CycleId, ScoreList, (OFFICE, DISCIPLINE, AUDITOR), "评审得分", "Scores",
              {"cycle_id": CYCLE}),
)  # fmt: skip
