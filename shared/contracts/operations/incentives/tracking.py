"""获奖后跟踪: winners' files, yearly reports, the figures of all, warnings, visits, orders.

A figure is a decimal number as text, in the unit of its index. Reports tell of calendar years, the award's own first.
"""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import APPLICANT, OFFICE, WATCHERS
from shared.contracts.papers import paper_list

REPORT_TEXTS = ("summary", "improvements", "sharing", "plans")
_LONGEST_TEXT, _LONGEST_ANSWER, _MOST = (
    10_000,
    4000,
    20,
)  # characters; comparisons, papers, findings, visitors
_KEY = validate.Regexp(r"^[a-z][a-z0-9_]{0,49}\Z")
_FIGURE = validate.Regexp(r"^-?[0-9]{1,15}(\.[0-9]{1,6})?\Z")
_RELATIVE = validate.Regexp(r"^-?[0-9]+\.[0-9]\Z")


def _year() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=1900, max=9999))


def _figure() -> fields.String:
    return fields.String(required=True, validate=_FIGURE)


def _relative() -> fields.Integer:
    """To a whole number; below 0 where a figure is."""
    return fields.Integer(load_default=None, allow_none=True, strict=True)


def _several(longest: int) -> fields.List[str]:
    return fields.List(text(longest=longest), required=True, validate=validate.Length(max=_MOST))


class OfWinner(Strict):
    """One winner's file."""

    cycle_id = identifier()
    application_id = identifier()


class OfReport(OfWinner):
    """One year's report of a winner; the year also as text, since it stands in addresses."""

    year = fields.Integer(required=True, validate=validate.Range(min=1900, max=9999))


class SaveTrackingText(OfReport):
    """One text of a report; the others stay as they are. `summary` must be there when it is handed in."""

    field = one_of(*REPORT_TEXTS)
    text = fields.String(required=True, validate=validate.Length(max=_LONGEST_TEXT))


class TrackingComparison(Strict):
    """The same figure of somebody else: the industry, a competitor, a benchmark."""

    name = text(longest=100)
    value = _figure()


class TrackingFigure(Strict):
    """What a winner reports of one index."""

    index = fields.String(required=True, validate=_KEY)
    value = _figure()
    comparisons = fields.List(
        fields.Nested(TrackingComparison), load_default=list, validate=validate.Length(max=_MOST)
    )
    said = optional_text(_LONGEST_ANSWER)


class SaveTrackingFigure(OfReport, TrackingFigure):
    """One figure of a report; the others stay as they are."""


class AddTrackingPapers(OfReport):
    """Papers beside those that the report has; at most 20 in all."""

    papers = paper_list("record")


class DropTrackingPaper(OfReport):
    """A paper that the report shall not have."""

    paper_id = identifier()


class ReturnTrackingReport(OfReport):
    """For correction, once, with a day later than today as the last one."""

    reason = text(longest=1000)
    correct_by = day()


class TrackingText(Strict):
    """One text of a report."""

    field = one_of(*REPORT_TEXTS)
    text = fields.String(required=True)


class TrackingContent(Strict):
    """What a report says."""

    texts = fields.List(fields.Nested(TrackingText), required=True)
    figures = fields.List(fields.Nested(TrackingFigure), required=True)
    papers = fields.List(fields.String(), required=True)


class TrackingHandedIn(Strict):
    """A report as it was handed in; number 2 is the corrected one. `digest` is of all that it says."""

    number = count(least=1)
    handed_in_on = day()
    digest = text()


class TrackingReportState(Strict):
    """One year's report. `owed_on`: until when the winner has to do something, None where it need not now.

    `content` is what was handed in last; `draft`, what is being written, nobody but the winner is told.
    """

    year = _year()
    due_on = day()
    state = one_of("due", "draft", "submitted", "returned", "corrected", "accepted")
    owed_on = day(required=False)
    overdue = fields.Boolean(required=True)
    return_reason = optional_text(1000)
    correct_by = day(required=False)
    accepted_on = day(required=False)
    handed_in = fields.List(fields.Nested(TrackingHandedIn), required=True)
    content = fields.Nested(TrackingContent, load_default=None, allow_none=True)
    draft = fields.Nested(TrackingContent, load_default=None, allow_none=True)


class TrackingIndex(Strict):
    """An index of the rulebook; `better` says which way is up."""

    index = text()
    title_zh = text()
    title_en = text()
    unit_zh = text()
    unit_en = text()
    better = one_of("higher", "lower")


class TrackingPoint(Strict):
    """An accepted figure. `relative`: the award's year is 100, upwards always the better; None where there is none."""

    year = _year()
    figure = _figure()
    relative = fields.String(load_default=None, allow_none=True, validate=_RELATIVE)


class TrackingLine(TrackingIndex):
    """One index of one winner over the years."""

    points = fields.List(fields.Nested(TrackingPoint), required=True)


class TrackingWarning(Strict):
    """An index that worsened: against the year before, or below the award's year; `percent` by how much, where that can be
    said.
    """

    warning_id = identifier()
    year = _year()
    index = text()
    kind = one_of("fall", "below_base")
    percent = optional_text(20)
    state = one_of("raised", "answered")
    raised_on = day()
    answer_by = day()
    overdue = fields.Boolean(required=True)
    answer = optional_text(_LONGEST_ANSWER)
    answered_on = day(required=False)


class AnswerTrackingWarning(OfWinner):
    """What the winner says to a warning, once."""

    warning_id = identifier()
    answer = text(longest=_LONGEST_ANSWER)


class PlanTrackingVisit(OfWinner):
    """A visit by the office's people, today or later."""

    visit_on = day()
    visitors = _several(100)
    purpose = text(longest=1000)


class TrackingVisitId(OfWinner):
    """Names a visit."""

    visit_id = identifier()


class RecordTrackingVisit(TrackingVisitId):
    """What was seen, on the day of the visit or later. The record and its papers are the office's; the findings are told."""

    record = text(longest=_LONGEST_TEXT)
    findings = _several(2000)
    papers = paper_list("record")


class CancelTrackingVisit(TrackingVisitId):
    """A visit that does not take place."""

    reason = text(longest=1000)


class TrackingVisit(Strict):
    """A visit; `record` and `papers` nobody but the office and its watchers are told."""

    visit_id = identifier()
    visit_on = day()
    visitors = fields.List(fields.String(), required=True)
    purpose = text(longest=1000)
    state = one_of("planned", "done", "cancelled")
    findings = fields.List(fields.String(), required=True)
    record = optional_text(_LONGEST_TEXT)
    papers = fields.List(fields.String(), required=True)
    reason = optional_text(1000)
    closed_on = day(required=False)


class IssueRectification(OfWinner):
    """An order to mend something by a day later than today; `visit_id` where a visit found it."""

    what = text(longest=4000)
    ground = text(longest=4000)
    answer_by = day()
    visit_id = identifier(required=False)


class AnswerRectification(OfWinner):
    """What the winner has mended, with papers."""

    order_id = identifier()
    answer = text(longest=_LONGEST_ANSWER)
    papers = paper_list("rectification")


class DecideRectification(OfWinner):
    """By another officer than the one who issued it: mended, or escalated. One without an answer is escalated when its day is
    over.
    """

    order_id = identifier()
    decision = one_of("confirmed", "escalated")
    reason = text(longest=900)


class Rectification(Strict):
    """An order. `issued_by` and `decided_by` the winner is not told."""

    order_id = identifier()
    visit_id = identifier(required=False)
    what = text(longest=4000)
    ground = text(longest=4000)
    answer_by = day()
    state = one_of("issued", "answered", "confirmed", "escalated")
    overdue = fields.Boolean(required=True)
    issued_on = day()
    issued_by = optional_text()
    answer = optional_text(_LONGEST_ANSWER)
    papers = fields.List(fields.String(), required=True)
    answered_on = day(required=False)
    decision_reason = optional_text(1000)
    decided_on = day(required=False)
    decided_by = optional_text()


class TrackingFileLine(Strict):
    """A winner's file as a line: what is open in it."""

    application_id = identifier()
    applicant = text()
    level = text()
    track = text()
    awarded_on = day()
    ends_on = day()
    state = one_of("open", "ended")
    ended_on = day(required=False)
    reports_accepted = count()
    reports_overdue = count()
    reports = count()
    warnings_open = count()
    visits_planned = count()
    orders_open = count()


class TrackingFileList(Strict):
    """All files of a cycle, in order of submission."""

    files = fields.List(fields.Nested(TrackingFileLine), required=True)


class TrackingFile(Strict):
    """Everything of one winner. `ends_on` is its last day; `ended_on` and `ended_rule`: the award was revoked.

    `made_on` is the day of its papers.
    """

    cycle_id = identifier()
    application_id = identifier()
    applicant = text()
    award_zh = text()
    award_en = text()
    level = text()
    track = text()
    rule = text()
    awarded_on = day()
    ends_on = day()
    state = one_of("open", "ended")
    ended_on = day(required=False)
    ended_rule = optional_text(64)
    reports = fields.List(fields.Nested(TrackingReportState), required=True)
    lines = fields.List(fields.Nested(TrackingLine), required=True)
    warnings = fields.List(fields.Nested(TrackingWarning), required=True)
    visits = fields.List(fields.Nested(TrackingVisit), required=True)
    orders = fields.List(fields.Nested(Rectification), required=True)
    made_on = day()


class TrackingSpread(Strict):
    """One index of all winners in one year, the award's year being 100; None of fewer winners than `least`."""

    year = _year()
    winners = count(required=False)
    lower = _relative()
    median = _relative()
    upper = _relative()


class TrackingSpreads(TrackingIndex):
    """One index of all winners over the years."""

    years = fields.List(fields.Nested(TrackingSpread), required=True)


class TrackingOverview(Strict):
    """A cycle's winners together, by accepted reports. Nothing is told of fewer than `least` winners."""

    cycle_id = identifier()
    award_zh = text()
    award_en = text()
    year = _year()
    least = count(least=2)
    winners = count()
    indices = fields.List(fields.Nested(TrackingSpreads), required=True)
    made_on = day()


class TrackingOwed(Strict):
    """What a winner has to do, or the office (a visit). `remind_on`: the next day to remind of it, None where all are over;
    `reminders` how many such days have come.
    """

    application_id = identifier()
    applicant = text()
    what = one_of("report", "correction", "warning", "visit", "order")
    year = fields.Integer(load_default=None, allow_none=True, strict=True)
    ref = optional_text(64)
    owed_on = day()
    overdue = fields.Boolean(required=True)
    remind_on = day(required=False)
    reminders = count()


class TrackingDue(Strict):
    """All that is owed in a cycle, the earliest first."""

    owed = fields.List(fields.Nested(TrackingOwed), required=True)


_ONE = {"cycle_id": CYCLE, "application_id": APPLICATION}
_REPORT = {**_ONE, "year": 2026}
_ID = "0199a1b2c3db7e5f8a9b0c1d2e3f4a61"
OF_WINNER_EXAMPLE = _ONE

OPERATIONS: tuple[Operation, ...] = (
    Operation("incentives", "tracking_files", "query", CycleId, TrackingFileList, WATCHERS,
              "获奖者跟踪一览", "All winners that are followed", {"cycle_id": CYCLE}),
    Operation("incentives", "tracking_file", "query", OfWinner, TrackingFile, WATCHERS,
              "跟踪档案", "A winner's file", _ONE),
    Operation("incentives", "tracking_due", "query", CycleId, TrackingDue, WATCHERS,
              "跟踪待办和催报", "What is owed, and when to remind of it", {"cycle_id": CYCLE}),
    Operation("incentives", "tracking_overview", "query", CycleId, TrackingOverview, (APPLICANT, *WATCHERS),
              "全体获奖者指标", "The indices of all winners", {"cycle_id": CYCLE}),
    Operation("incentives", "my_tracking_file", "query", OfWinner, TrackingFile, (APPLICANT,),
              "我的跟踪档案", "One's own file", _ONE),
    Operation("incentives", "save_tracking_text", "command", SaveTrackingText, Done, (APPLICANT,),
              "填写年度报告文字", "Write one text of a yearly report",
              {**_REPORT, "field": "summary", "text": "体系运行平稳。"}),
    Operation("incentives", "save_tracking_figure", "command", SaveTrackingFigure, Done, (APPLICANT,),
              "填写年度报告指标", "Write one figure of a yearly report",
              {**_REPORT, "index": "overall", "value": "712.5", "comparisons": [{"name": "行业平均", "value": "640"}],
               "said": "较上年提升。"}),
    Operation("incentives", "add_tracking_papers", "command", AddTrackingPapers, Done, (APPLICANT,),
              "添加年度报告附件", "Add papers to a yearly report", {**_REPORT, "papers": [_ID]}),
    Operation("incentives", "drop_tracking_paper", "command", DropTrackingPaper, Done, (APPLICANT,),
              "去掉年度报告附件", "Drop a paper of a yearly report", {**_REPORT, "paper_id": _ID}),
    Operation("incentives", "submit_tracking_report", "command", OfReport, Done, (APPLICANT,),
              "提交年度报告", "Hand in a yearly report", _REPORT),
    Operation("incentives", "return_tracking_report", "command", ReturnTrackingReport, Done, (OFFICE,),
              "退回年度报告补正", "Return a yearly report for correction",
              {**_REPORT, "reason": "市场占有率口径与上年不一致", "correct_by": "2027-04-30"}),
    Operation("incentives", "accept_tracking_report", "command", OfReport, Done, (OFFICE,),
              "通过年度报告", "Accept a yearly report", _REPORT),
    Operation("incentives", "answer_tracking_warning", "command", AnswerTrackingWarning, Done, (APPLICANT,),
              "回复退步提醒", "Answer a warning",
              {**_ONE, "warning_id": _ID, "answer": "受一次性搬迁影响，已恢复。"}),
    Operation("incentives", "plan_tracking_visit", "command", PlanTrackingVisit, TrackingVisit, (OFFICE,),
              "安排跟踪回访", "Plan a visit",
              {**_ONE, "visit_on": "2027-06-15", "visitors": ["李办"], "purpose": "年度回访"}),
    Operation("incentives", "record_tracking_visit", "command", RecordTrackingVisit, TrackingVisit, (OFFICE,),
              "登记跟踪回访", "Put a visit on record",
              {**_ONE, "visit_id": _ID, "record": "查看现场和台账。", "findings": ["部分台账未更新"], "papers": []}),
    Operation("incentives", "cancel_tracking_visit", "command", CancelTrackingVisit, TrackingVisit, (OFFICE,),
              "取消跟踪回访", "Cancel a visit", {**_ONE, "visit_id": _ID, "reason": "改期"}),
    Operation("incentives", "issue_rectification", "command", IssueRectification, Rectification, (OFFICE,),
              "下达整改要求", "Issue an order to mend something",
              {**_ONE, "what": "更新质量台账", "ground": "回访发现台账停更", "answer_by": "2027-07-31", "visit_id": _ID}),
    Operation("incentives", "answer_rectification", "command", AnswerRectification, Done, (APPLICANT,),
              "答复整改要求", "Answer an order",
              {**_ONE, "order_id": _ID, "answer": "已补齐并建立月检。", "papers": [_ID]}),
    Operation("incentives", "decide_rectification", "command", DecideRectification, Rectification, (OFFICE,),
              "确认整改或上报", "Confirm that it was mended, or escalate",
              {**_ONE, "order_id": _ID, "decision": "confirmed", "reason": "经核实已整改到位"}),
)  # fmt: skip
