"""Score sheets: written item by item, handed in, returned, agreed on; and the scores that they make.

Percents are of full marks, 0 to 100, with at most three decimals, as text; so are points.
"""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation, StageOfCycle
from shared.contracts.operations.roles import AUDITOR, DISCIPLINE, OFFICE, REVIEWER, WATCHERS

_PERCENT = validate.Regexp(r"^(100(\.0{1,3})?|[0-9]{1,2}(\.[0-9]{1,3})?)\Z")
_LONGEST = 4000  # characters of one text of one item


def _percent(*, required: bool = True) -> fields.String:
    if required:
        return fields.String(required=True, validate=_PERCENT)
    return fields.String(load_default=None, allow_none=True, validate=_PERCENT)


def _item() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"^[0-9a-z]+(\.[0-9a-z]+)*\Z"))


def _written() -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=_LONGEST))


def _expert() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9-]{1,40}\Z"))


class SubmitSheet(Strict):
    """A reviewer's sheet that is one percent: in rehearsals, and where the rulebook names no items."""

    cycle_id = identifier()
    stage = stage_key()
    application_id = identifier()
    percent = _percent()


class OfApplication(Strict):
    """One application in one stage."""

    cycle_id = identifier()
    stage = stage_key()
    application_id = identifier()


class SaveSheetItem(OfApplication):
    """One item as it stands now. `revision` is that of the sheet which the reviewer saw, 0 before anything was saved."""

    item = _item()
    revision = count()
    strengths = _written()
    improvements = _written()
    band = optional_text(10)
    percent = _percent(required=False)
    rationale = _written()


class SheetSaved(Strict):
    """The sheet after a saving: its revision, the running total, and how many items are complete."""

    revision = count()
    total = text()
    complete = count()
    items = count()


class ItemWritten(Strict):
    """One item of a sheet; `points` are those that the percent gives, of `points_most`."""

    item = text()
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    strengths = fields.String(required=True)
    improvements = fields.String(required=True)
    band = optional_text(10)
    percent = _percent(required=False)
    points = optional_text(20)
    points_most = count()
    rationale = fields.String(required=True)


class LackingOfSheet(Strict):
    """One thing without which a sheet cannot be handed in."""

    item = text()
    field = text()
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)


class Returned(Strict):
    """A version that the leader returned."""

    version = count(least=1)
    total = text()
    submitted_at = text()
    returned_at = text()
    reason = fields.String(required=True)


class SheetState(Strict):
    """A reviewer's own sheet. `criteria` names the items' file, which the rulebook pins by its hash."""

    application_id = identifier()
    stage = stage_key()
    state = one_of("draft", "submitted", "returned")
    revision = count()
    version = count(least=1)
    criteria = text()
    step = count(least=1)
    total = text()
    items = fields.List(fields.Nested(ItemWritten), required=True)
    lacking = fields.List(fields.Nested(LackingOfSheet), required=True)
    returned = fields.List(fields.Nested(Returned), required=True)


class HandInSheet(OfApplication):
    """The whole sheet is handed in and locked; `revision` is the one that the reviewer read over."""

    revision = count(least=1)


class SheetHandedIn(Strict):
    """What it came to."""

    total = text()


class ReturnSheet(OfApplication):
    """The panel's leader gives a sheet back to its reviewer."""

    expert_id = _expert()
    reason = text(longest=1000, shortest=2)


class SheetLine(Strict):
    """Where one sheet is. `recused` is said to the office and its watchers alone."""

    application_id = identifier()
    expert_id = text()
    state = one_of("out", "returned", "submitted", "recused")
    submitted_at = optional_text()


class SheetLines(Strict):
    """By number of submission, then in order of assignment."""

    sheets = fields.List(fields.Nested(SheetLine), required=True)


class SheetRead(Strict):
    """A colleague's sheet that is in; without items where it is one percent."""

    expert_id = text()
    total = text()
    items = fields.List(fields.Nested(ItemWritten), required=True)


class SheetsRead(Strict):
    """What one may read."""

    sheets = fields.List(fields.Nested(SheetRead), required=True)


class Outlier(Strict):
    """A sheet that lies far from the median; `apart` in percentage points, negative below it."""

    expert_id = text()
    apart = text()


class SpreadLine(Strict):
    """How far the valid sheets of one application lie apart; `score` is what counts as it stands, unless still open."""

    application_id = identifier()
    valid_sheets = count(least=1)
    mean = text()
    median = text()
    lowest = text()
    highest = text()
    apart = text()
    deviation = optional_text()
    score = optional_text()
    outliers = fields.List(fields.Nested(Outlier), required=True)


class SpreadList(Strict):
    """Applications all of whose sheets are in, by number of submission; `waiting`: how many others there are."""

    applications = fields.List(fields.Nested(SpreadLine), required=True)
    waiting = count()
    outlier_points = count(required=False)


class OpenConsensus(OfApplication):
    """The leader opens the meeting, once all sheets are in; `participants` are reviewers of this application."""

    participants = fields.List(_expert(), required=True, validate=validate.Length(min=2, max=100))


class AgreeOnItem(OfApplication):
    """What the meeting agreed on for one item; a reason where it lies a step or more from the mean of the sheets."""

    item = _item()
    percent = _percent()
    reason = fields.String(load_default="", validate=validate.Length(max=_LONGEST))


class AgreedItem(Strict):
    """One item: the mean of the valid sheets, and what was agreed on. `far`: a step or more apart."""

    item = text()
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    mean = text()
    band = optional_text(10)
    percent = _percent(required=False)
    far = fields.Boolean(required=True)
    reason = fields.String(required=True)


class ConsensusState(Strict):
    """A consensus meeting; `counts`: whether the rulebook makes it the stage's score. `valid` is False where somebody who
    took part had to stand aside.
    """

    application_id = identifier()
    stage = stage_key()
    state = one_of("none", "open", "closed")
    number = count()
    opened_at = optional_text()
    closed_at = optional_text()
    participants = fields.List(fields.String(), required=True)
    counts = fields.Boolean(required=True)
    valid = fields.Boolean(required=True)
    total = optional_text()
    items = fields.List(fields.Nested(AgreedItem), required=True)


class Step(Strict):
    """One step of the reckoning."""

    zh = fields.String(required=True)
    en = fields.String(required=True)
    figure = optional_text()


class SheetExplained(Strict):
    """One sheet: whether it counts, and why not. Its figures are shown once all sheets of the application are in."""

    expert_id = text()
    counted = fields.Boolean(required=True)
    reason_zh = optional_text(500)
    reason_en = optional_text(500)
    total = optional_text()
    returned = fields.List(fields.Nested(Returned), required=True)
    items = fields.List(fields.Nested(ItemWritten), required=True)
    steps = fields.List(fields.Nested(Step), required=True)


class ScoreExplained(Strict):
    """How the score of one application in one stage comes about; to a reviewer its own sheet alone."""

    application_id = identifier()
    stage = stage_key()
    criteria = optional_text()
    sheets = fields.List(fields.Nested(SheetExplained), required=True)
    steps = fields.List(fields.Nested(Step), required=True)
    score = optional_text()


class OfStages(Strict):
    """A cycle, or one stage of it."""

    cycle_id = identifier()
    stage = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))


class ReviewerFigures(Strict):
    """One reviewer: how many sheets, on how many of them others can be compared; the mean difference from the others, its
    share by the additive model and the group in which that can be compared (percentage points, negative is severe);
    the standard deviation of its own sheets. `few`: too few to say anything, and then nothing is said.
    """

    expert_id = text()
    sheets = count()
    compared = count()
    few = fields.Boolean(required=True)
    difference = optional_text()
    share = optional_text()
    group = count(least=1)
    deviation = optional_text()


class StageFigures(Strict):
    """One stage: alpha (interval metric) over the applications with two or more valid sheets, unless they are too few."""

    stage = stage_key()
    applications = count()
    alpha = optional_text()
    few = fields.Boolean(required=True)
    reviewers = fields.List(fields.Nested(ReviewerFigures), required=True)


class Calibration(Strict):
    """Stages in their order. `least`: below how many applications, or compared sheets, nothing is said."""

    least = count()
    stages = fields.List(fields.Nested(StageFigures), required=True)


class StageScore(Strict):
    """The score of one application in one stage: percent, two places, as text."""

    application_id = identifier()
    stage = stage_key()
    score = text()
    valid_sheets = count()


class ScoreList(Strict):
    """Scores by application and stage."""

    scores = fields.List(fields.Nested(StageScore), required=True)


_HERE = {"cycle_id": CYCLE, "stage": "site_review", "application_id": APPLICATION}
_ALL = (*WATCHERS, REVIEWER)

OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "submit_sheet", "command", SubmitSheet, Done, (REVIEWER,), "提交评分", "Submit a score sheet",
              {**_HERE, "percent": "88.5"}),
    Operation("review", "my_sheet", "query", OfApplication, SheetState, (REVIEWER,), "我的评分表", "One's own score sheet",
              _HERE),
    Operation("review", "save_sheet_item", "command", SaveSheetItem, SheetSaved, (REVIEWER,), "保存评分条目",
              "Save an item of a score sheet",
              {**_HERE, "item": "4.1.2", "revision": 3, "strengths": "领导带头走访顾客，每月有记录。", "percent": "65",
               "improvements": "走访结论怎样用于改进没有说明。", "rationale": "方法成体系，学习一环有事实依据。"}),
    Operation("review", "hand_in_sheet", "command", HandInSheet, SheetHandedIn, (REVIEWER,), "提交评分表",
              "Hand in a score sheet", {**_HERE, "revision": 24}),
    Operation("review", "return_sheet", "command", ReturnSheet, Done, (REVIEWER,), "退回评分表", "Return a score sheet",
              {**_HERE, "expert_id": "E1", "reason": "4.7 各条只写了结论，没有写依据。"}),
    Operation("review", "sheet_lines", "query", StageOfCycle, SheetLines, _ALL, "评分表提交情况", "Which sheets are in",
              {"cycle_id": CYCLE, "stage": "site_review"}),
    Operation("review", "read_sheets", "query", OfApplication, SheetsRead, (REVIEWER,), "阅读评分表",
              "Colleagues' sheets that one may read", _HERE),
    Operation("review", "spread", "query", StageOfCycle, SpreadList, _ALL, "评分离散情况", "How far sheets lie apart",
              {"cycle_id": CYCLE, "stage": "site_review"}),
    Operation("review", "open_consensus", "command", OpenConsensus, ConsensusState, (REVIEWER,), "开始合议",
              "Open a consensus meeting", {**_HERE, "participants": ["E1", "E2", "E3"]}),
    Operation("review", "agree_on_item", "command", AgreeOnItem, ConsensusState, (REVIEWER,), "记录合议结果",
              "Record what was agreed on", {**_HERE, "item": "4.1.2", "percent": "60", "reason": ""}),
    Operation("review", "close_consensus", "command", OfApplication, ConsensusState, (REVIEWER,), "结束合议",
              "Close a consensus meeting", _HERE),
    Operation("review", "consensus", "query", OfApplication, ConsensusState, _ALL, "合议", "A consensus meeting", _HERE),
    Operation("review", "explained_score", "query", OfApplication, ScoreExplained, _ALL, "得分说明",
              "How a score comes about", _HERE),
    Operation("review", "calibration", "query", OfStages, Calibration, WATCHERS, "评分一致性",
              "How severe, and how much of one mind, reviewers are", {"cycle_id": CYCLE}),
    Operation("review", "scores", "query", CycleId, ScoreList, (OFFICE, DISCIPLINE, AUDITOR), "评审得分", "Scores",
              {"cycle_id": CYCLE}),
)  # fmt: skip
