"""评审反馈: one report for each applicant, what the applicant answers, and the digest for the public.

What a report says of a criterion is an item of the sheets, "" for what is said of the application as a whole.
"""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import APPLICANT, DISCIPLINE, OFFICE, PUBLIC

_LONGEST_LINE = 4000  # characters, as of one text of a sheet
_LONGEST_SUMMARY = 40_000  # characters: of all stages together
_MOST_LINES, _MOST_POINTS = 20_000, 200  # lines: however short those of several sheets are
_ITEM = validate.Regexp(r"^([0-9a-z]+(\.[0-9a-z]+)*)?\Z")


def _lines() -> fields.List[str]:
    return fields.List(text(longest=_LONGEST_LINE), required=True, validate=validate.Length(max=_MOST_LINES))


class FeedbackPoint(Strict):
    """What is said of one item."""

    item = fields.String(required=True, validate=_ITEM)
    strengths = _lines()
    improvements = _lines()


class FeedbackTexts(Strict):
    """The words of a report."""

    summary = fields.String(required=True, validate=validate.Length(max=_LONGEST_SUMMARY))
    points = fields.List(
        fields.Nested(FeedbackPoint), required=True, validate=validate.Length(max=_MOST_POINTS)
    )


class OfFeedback(Strict):
    """The report on one application."""

    cycle_id = identifier()
    application_id = identifier()


class PrepareFeedback(Strict):
    """All drafts of a cycle; those that somebody edited stay as they are. One that is named is gathered anew whatever it is."""

    cycle_id = identifier()
    application_id = identifier(required=False)


class FeedbackPrepared(Strict):
    """How many drafts were gathered, and how many were kept since somebody edited them."""

    gathered = count()
    kept = count()


class EditFeedback(OfFeedback, FeedbackTexts):
    """A draft's words anew. `revision` is that of the draft which the officer saw."""

    revision = count(least=1)


class CorrectFeedback(OfFeedback, FeedbackTexts):
    """A released report's words anew, as a further version. `version` is the one that the officer saw."""

    version = count(least=1)
    reason = text(longest=500)


class FeedbackReleased(Strict):
    """How many reports were released."""

    released = count()


class FeedbackWarning(Strict):
    """A text that tells who somebody is; while there is one, nothing is released."""

    field = text()
    reason_zh = text()
    reason_en = text()


class FeedbackLine(Strict):
    """Where one report is. `version` 0: not released."""

    application_id = identifier()
    sequence = count(least=1)
    state = one_of("drafted", "released")
    revision = count(least=1)
    edited = fields.Boolean(required=True)
    version = count()
    warnings = count()
    answered = fields.Boolean(required=True)


class FeedbackList(Strict):
    """Reports in order of submission; `missing` are reviewed applications that have none yet."""

    reports = fields.List(fields.Nested(FeedbackLine), required=True)
    missing = fields.List(identifier(), required=True)


class FeedbackLook(Strict):
    """What a band looks like in one of its dimensions."""

    zh = text()
    en = text()
    looks_zh = fields.String(required=True)
    looks_en = fields.String(required=True)


class FeedbackItem(Strict):
    """An item that is scored, with the band that was reached."""

    item = text()
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    band = optional_text(10)


class FeedbackCategory(Strict):
    """A category of the criteria: which share of its points was reached, in whole percent, and the band that holds it.

    `place` is the band's place from below, of `bands`. What the band looks like is told where all its items are of one kind.
    """

    item = text()
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    points = count(least=1)
    percent = count()
    band = optional_text(10)
    place = count()
    bands = count()
    looks = fields.List(fields.Nested(FeedbackLook), required=True)
    items = fields.List(fields.Nested(FeedbackItem), required=True)


class FeedbackReport(FeedbackTexts):
    """A report. `standard_…`: what was scored by, None where there were no items; `made_on`: the day of its files."""

    cycle_id = identifier()
    application_id = identifier()
    sequence = count(least=1)
    applicant = text()
    award_zh = text()
    award_en = text()
    year = count()
    standard_zh = optional_text()
    standard_en = optional_text()
    categories = fields.List(fields.Nested(FeedbackCategory), required=True)
    version = count()
    reason = optional_text(500)
    made_on = day()


class FeedbackAnswer(Strict):
    """What an applicant said to its report."""

    comment = text(longest=4000)
    version = count(least=1)
    answered_on = day()


class FeedbackVersion(Strict):
    """A released version; the first has no reason. `digest` is of all that it says."""

    version = count(least=1)
    reason = optional_text(500)
    released_on = day()
    digest = text()


class FeedbackState(Strict):
    """A report as the office sees it."""

    report = fields.Nested(FeedbackReport, required=True)
    state = one_of("drafted", "released")
    revision = count(least=1)
    warnings = fields.List(fields.Nested(FeedbackWarning), required=True)
    versions = fields.List(fields.Nested(FeedbackVersion), required=True)
    answer = fields.Nested(FeedbackAnswer, load_default=None, allow_none=True)


class OwnFeedback(Strict):
    """A released report of one's own, as a line."""

    application_id = identifier()
    version = count(least=1)
    released_on = day()
    answered = fields.Boolean(required=True)


class OwnFeedbackList(Strict):
    """One's own released reports."""

    reports = fields.List(fields.Nested(OwnFeedback), required=True)


class AnswerFeedback(OfFeedback):
    """One answer to a report, said once. `version` is the one that was read."""

    version = count(least=1)
    comment = text(longest=4000)


class DigestText(Strict):
    """What the office writes for the public of one item, or of all (item ""). It is nobody's own words."""

    item = fields.String(required=True, validate=_ITEM)
    zh = text(longest=2000)
    en = optional_text(2000)


class PublishDigest(Strict):
    """The digest is published as it is previewed, with these words; for good."""

    cycle_id = identifier()
    texts = fields.List(fields.Nested(DigestText), required=True, validate=validate.Length(max=_MOST_POINTS))


class DigestCell(Strict):
    """How many of the applicants, in words; None where that is withheld."""

    band = text(longest=10)
    share_zh = optional_text(20)
    share_en = optional_text(20)


class DigestCategory(Strict):
    """One category: how the applicants stand by band, and how many of them were told what could be better."""

    item = text()
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    bands = fields.List(fields.Nested(DigestCell), required=True)
    improvements_zh = optional_text(20)
    improvements_en = optional_text(20)


class DigestGroup(Strict):
    """The applicants that were scored by one standard. No categories: they were too few."""

    criteria = text()
    standard_zh = fields.String(required=True)
    standard_en = fields.String(required=True)
    categories = fields.List(fields.Nested(DigestCategory), required=True)


class Digest(Strict):
    """Common problems across a cycle's applicants. Nothing is told of fewer than `least` applicants, or of all but fewer."""

    cycle_id = identifier()
    award_zh = text()
    award_en = text()
    year = count()
    least = count(least=2)
    groups = fields.List(fields.Nested(DigestGroup), required=True)
    texts = fields.List(fields.Nested(DigestText), required=True)
    published_on = day(required=False)


class AnyDigest(Strict):
    """All digests that the public may read."""


class DigestLine(Strict):
    """A digest as it stands in a list."""

    cycle_id = identifier()
    award_zh = text()
    award_en = text()
    year = count()
    published_on = day()


class DigestList(Strict):
    """Published digests of real cycles, the newest first."""

    digests = fields.List(fields.Nested(DigestLine), required=True)


_ONE = {"cycle_id": CYCLE, "application_id": APPLICATION}
_SAYS = {
    "summary": "体系完整，结果保持上升。",
    "points": [
        {"item": "4.1.2", "strengths": ["战略与过程衔接清楚"], "improvements": ["补充与标杆的对比数据"]}
    ],
}
OF_FEEDBACK_EXAMPLE = _ONE

OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "prepare_feedback", "command", PrepareFeedback, FeedbackPrepared, (OFFICE,),
              "准备评审反馈报告", "Prepare the feedback reports of a cycle", {"cycle_id": CYCLE}),
    Operation("review", "feedback_reports", "query", CycleId, FeedbackList, (OFFICE, DISCIPLINE),
              "评审反馈报告一览", "All feedback reports of a cycle", {"cycle_id": CYCLE}),
    Operation("review", "feedback_report", "query", OfFeedback, FeedbackState, (OFFICE, DISCIPLINE),
              "查看评审反馈报告", "One feedback report", _ONE),
    Operation("review", "edit_feedback", "command", EditFeedback, FeedbackState, (OFFICE,),
              "修改评审反馈报告", "Edit a draft of a feedback report", {**_ONE, "revision": 1, **_SAYS}),
    Operation("review", "release_feedback", "command", CycleId, FeedbackReleased, (OFFICE,),
              "发布评审反馈报告", "Release all feedback reports of a cycle", {"cycle_id": CYCLE}),
    Operation("review", "correct_feedback", "command", CorrectFeedback, FeedbackState, (OFFICE,),
              "更正评审反馈报告", "Correct a released feedback report",
              {**_ONE, "version": 1, "reason": "第二条写错条款", **_SAYS}),
    Operation("review", "my_feedback", "query", OfFeedback, FeedbackReport, (APPLICANT,),
              "我的评审反馈报告", "One's own feedback report", _ONE),
    Operation("review", "my_feedback_reports", "query", CycleId, OwnFeedbackList, (APPLICANT,),
              "我的评审反馈报告一览", "One's own feedback reports", {"cycle_id": CYCLE}),
    Operation("review", "answer_feedback", "command", AnswerFeedback, Done, (APPLICANT,),
              "回复评审反馈报告", "Answer a feedback report",
              {**_ONE, "version": 1, "comment": "已收到，将据此改进。"}),
    Operation("review", "preview_digest", "query", CycleId, Digest, (OFFICE, DISCIPLINE),
              "预览共性问题汇总", "The digest as it would be published", {"cycle_id": CYCLE}),
    Operation("review", "publish_digest", "command", PublishDigest, Digest, (OFFICE,),
              "公开共性问题汇总", "Publish the digest of common problems",
              {"cycle_id": CYCLE, "texts": [{"item": "", "zh": "结果普遍缺少与标杆的对比。"}]}),
    Operation("review", "digests", "query", AnyDigest, DigestList, (PUBLIC,),
              "已公开的共性问题汇总", "Published digests of common problems", {}),
    Operation("review", "digest", "query", CycleId, Digest, (PUBLIC,),
              "共性问题汇总", "The digest of common problems", {"cycle_id": CYCLE}),
)  # fmt: skip
