"""Public notices 公示: drafted, approved, posted, extended, corrected, proven."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.roles import AUDITOR, DISCIPLINE, OFFICE, PUBLIC

_LONGEST_TEXT, _LONGEST_CONTACT, _LONGEST_REASON = 4000, 500, 500  # characters
_MOST_DAYS = 60  # of one report of a failure
_MOST_NAMES = 500  # that one correction puts right
NOTICE_STATES = ("posted", "ended", "corrected")
CORRECTED = ("introduction_zh", "introduction_en", "contact", "name")  # what of a notice can be corrected


class OfNotice(Strict):
    """Names a notice of a cycle."""

    cycle_id = identifier()
    notice = text(longest=64)


class AnyNotice(Strict):
    """All notices that the public may read."""


class NoticeState(Strict):
    """A public notice: its list, frozen and hashed, and its days as they now stand."""

    notice = text()
    first_day = day()
    last_day = day()
    working_days = count(least=1)
    listed = fields.List(fields.String(), required=True)
    content_digest = text()
    state = one_of(*NOTICE_STATES)
    corrects = optional_text()
    corrected_by = optional_text()


class NoticeList(Strict):
    """A cycle's notices in order."""

    notices = fields.List(fields.Nested(NoticeState), required=True)


class NoticeLine(Strict):
    """One who is on the list; level and track where they are proposed already."""

    application_id = identifier()
    name = text()
    level = optional_text()
    track = optional_text()


class ProvenLine(NoticeLine):
    """The same with the digest of the line's canonical form."""

    digest = optional_text()


class NoticeDraft(Strict):
    """What is posted next. `stale`: the entrants are others by now, and it is edited and approved anew."""

    cycle_id = identifier()
    notice = text()
    state = one_of("draft", "approved", "posted")
    revision = count(least=1)
    title_zh = text()
    title_en = text()
    rule = text()
    working_days = count(least=1)
    introduction_zh = fields.String(required=True)
    introduction_en = fields.String(required=True)
    objections_zh = fields.String(required=True)
    objections_en = fields.String(required=True)
    contact = fields.String(required=True)
    lines = fields.List(fields.Nested(NoticeLine), required=True)
    stale = fields.Boolean(required=True)
    prepared_by = optional_text()
    prepared_at = optional_text()
    approved_by = optional_text()
    approved_at = optional_text()


class EditNotice(OfNotice):
    """The free parts of a draft at the revision that was seen. Without a contact the one before stays, or the office's own."""

    revision = count(least=1)
    introduction_zh = text(longest=_LONGEST_TEXT)
    introduction_en = text(longest=_LONGEST_TEXT)
    contact = optional_text(_LONGEST_CONTACT)


class ApproveNotice(OfNotice):
    """Approves a draft at the revision that was seen."""

    revision = count(least=1)


class ReportFailure(OfNotice):
    """The working days on which the notice could not be read, and what happened; the notice says so too."""

    days = fields.List(day(), required=True, validate=validate.Length(min=1, max=_MOST_DAYS))
    failure = text(longest=_LONGEST_REASON)


class NoticeBrief(Strict):
    """A notice as it stands in a list. `runs`: it is between its first and its last day today.

    `corrects` names an older notice in whose place this one stands, `corrected_by` the newer one in whose favour it is over.
    """

    cycle_id = identifier()
    notice = text()
    award_zh = text()
    award_en = text()
    year = count()
    title_zh = text()
    title_en = text()
    rule = text()
    first_day = day()
    last_day = day()
    working_days = count(least=1)
    state = one_of(*NOTICE_STATES)
    corrects = optional_text()
    corrected_by = optional_text()
    corrected_on = day(required=False)
    runs = fields.Boolean(required=True)
    posted_at = text()
    changed_at = text()
    content_digest = text()


class NoticesShown(Strict):
    """Notices of all real cycles, the newest first."""

    notices = fields.List(fields.Nested(NoticeBrief), required=True)


class Extension(Strict):
    """How the notice grew: the new last day, the working days that were lost, why, and when it was reported."""

    last_day = day()
    days = fields.List(day(), required=True)
    failure = text(longest=_LONGEST_REASON)
    on = day()


class NoticeChange(Strict):
    """What a correction changes: words of the notice, or how somebody on the list is called."""

    what = one_of(*CORRECTED)
    application_id = identifier(required=False)
    before = fields.String(required=True)
    after = fields.String(required=True)


class CorrectionTold(Strict):
    """What a correction says of the notice that it corrects: its name and digest, why, and every change."""

    notice = text()
    content_digest = text()
    reason = text(longest=_LONGEST_REASON)
    changes = fields.List(fields.Nested(NoticeChange), required=True)


class PostedNotice(NoticeBrief):
    """Everything that stands in a notice. `posted_last_day` is the last day as it was posted."""

    rehearsal = fields.Boolean(required=True)
    introduction_zh = fields.String(required=True)
    introduction_en = fields.String(required=True)
    objections_zh = fields.String(required=True)
    objections_en = fields.String(required=True)
    contact = fields.String(required=True)
    lines = fields.List(fields.Nested(ProvenLine), required=True)
    posted_last_day = day()
    extensions = fields.List(fields.Nested(Extension), required=True)
    correction = fields.Nested(CorrectionTold, load_default=None, allow_none=True)


class NamedLine(Strict):
    """How somebody on the list is rightly called."""

    application_id = identifier()
    name = text(longest=200, shortest=2)


class NoticeCorrection(Strict):
    """更正稿: a correction of a posted notice. `name` is what it is called, `none` and revision 0 where nobody has begun one.

    The days are those for which it stands, or would stand if it were confirmed today: all its working days anew, and not over
    before the old one; None where a calendar is not published.
    """

    cycle_id = identifier()
    notice = text()
    name = text()
    state = one_of("none", "draft", "posted", "dropped")
    revision = count()
    title_zh = text()
    title_en = text()
    rule = text()
    introduction_zh = fields.String(required=True)
    introduction_en = fields.String(required=True)
    objections_zh = fields.String(required=True)
    objections_en = fields.String(required=True)
    contact = fields.String(required=True)
    reason = optional_text(_LONGEST_REASON)
    lines = fields.List(fields.Nested(NoticeLine), required=True)
    changes = fields.List(fields.Nested(NoticeChange), required=True)
    first_day = day(required=False)
    last_day = day(required=False)
    working_days = count(least=1)
    prepared_by = optional_text()
    prepared_at = optional_text()
    approved_by = optional_text()
    approved_at = optional_text()


class EditCorrection(OfNotice):
    """The words as they are to be, at the revision that was seen (0: none yet), and why. Names that are not given stay."""

    revision = count()
    introduction_zh = text(longest=_LONGEST_TEXT)
    introduction_en = text(longest=_LONGEST_TEXT)
    contact = optional_text(_LONGEST_CONTACT)
    names = fields.List(
        fields.Nested(NamedLine), load_default=list, validate=validate.Length(max=_MOST_NAMES)
    )
    reason = text(longest=_LONGEST_REASON, shortest=2)


class LineDigest(Strict):
    """A line's digest."""

    application_id = identifier()
    name = text()
    digest = optional_text()


class WindowKept(Strict):
    """A line of the history of a notice's days, as it is hashed; `digest` is that of the others, `previous` chains them."""

    number = count(least=1)
    first_day = text()
    last_day = text()
    lost = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    on = text()
    previous = text()
    digest = text()


class LogLine(Strict):
    """Who did what with a notice, and when."""

    what = one_of("prepared", "approved", "posted", "extended", "ended", "corrected")
    by = text()
    at = text()


class AuditEntryOf(Strict):
    """An entry of the audit log about a notice; `seal` and its digest once it is sealed."""

    entry_id = text()
    action = text()
    actor = text()
    at = text()
    after_digest = optional_text()
    seal = count(required=False)
    seal_digest = optional_text()


class ProofFault(Strict):
    """What is not as it was."""

    zh = text(longest=500)
    en = text(longest=500)


class NoticeProof(NoticeBrief):
    """存证: content and record in the very form that is hashed (canonical JSON), their digests, and whether all agrees."""

    content = fields.String(required=True)
    lines = fields.List(fields.Nested(LineDigest), required=True)
    windows = fields.List(fields.Nested(WindowKept), required=True)
    log = fields.List(fields.Nested(LogLine), required=True)
    ended_on = day(required=False)
    record = fields.String(load_default=None, allow_none=True)
    record_digest = optional_text()
    entries = fields.List(fields.Nested(AuditEntryOf), required=True)
    intact = fields.Boolean(required=True)
    faults = fields.List(fields.Nested(ProofFault), required=True)


OF_NOTICE = {"cycle_id": CYCLE, "notice": "award"}
_INTRODUCTION = {
    "introduction_zh": "经评审委员会审定，现将拟获奖名单予以公示。",
    "introduction_en": "The committee has decided; these are the proposed winners.",
}

OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "notices", "query", CycleId, NoticeList, (PUBLIC,), "公示一览", "A cycle's notices",
              {"cycle_id": CYCLE}),
    Operation("eligibility", "notice", "query", OfNotice, PostedNotice, (PUBLIC,), "公示全文", "A notice in full", OF_NOTICE),
    Operation("eligibility", "posted_notices", "query", AnyNotice, NoticesShown, (PUBLIC,), "全部公示",
              "All notices that are shown", {}),
    Operation("eligibility", "notice_draft", "query", OfNotice, NoticeDraft, (OFFICE, DISCIPLINE), "公示稿",
              "The draft of a notice", OF_NOTICE),
    Operation("eligibility", "edit_notice", "command", EditNotice, NoticeDraft, (OFFICE,), "编辑公示稿", "Edit a draft",
              {**OF_NOTICE, "revision": 1, **_INTRODUCTION, "contact": "评审办公室，电话 010-00000000"}),
    Operation("eligibility", "approve_notice", "command", ApproveNotice, NoticeDraft, (OFFICE,), "批准公示稿",
              "Approve a draft", {**OF_NOTICE, "revision": 2}),
    Operation("eligibility", "report_posting_failure", "command", ReportFailure, NoticeState, (OFFICE,), "报告公示失败并延长",
              "Report days on which a notice could not be read, which extends it",
              {**OF_NOTICE, "days": ["2025-07-02"], "failure": "机房停电，页面无法打开"}),
    Operation("eligibility", "notice_correction", "query", OfNotice, NoticeCorrection, (OFFICE, DISCIPLINE), "更正稿",
              "The draft of a correction", OF_NOTICE),
    Operation("eligibility", "edit_notice_correction", "command", EditCorrection, NoticeCorrection, (OFFICE,), "编辑更正稿",
              "Write what is to be corrected",
              {**OF_NOTICE, "revision": 0, **_INTRODUCTION, "contact": "评审办公室，电话 010-00000001",
               "names": [{"application_id": APPLICATION, "name": "示例有限公司"}], "reason": "公示的单位名称有误"}),
    Operation("eligibility", "drop_notice_correction", "command", ApproveNotice, NoticeCorrection, (OFFICE,), "放弃更正稿",
              "Give the draft of a correction up", {**OF_NOTICE, "revision": 1}),
    Operation("eligibility", "approve_notice_correction", "command", ApproveNotice, NoticeCorrection, (OFFICE,),
              "批准并发布更正公示", "Confirm a correction, which posts it", {**OF_NOTICE, "revision": 1}),
    Operation("eligibility", "notice_proof", "query", OfNotice, NoticeProof, (OFFICE, DISCIPLINE, AUDITOR), "公示存证",
              "The proof of a notice", OF_NOTICE),
)  # fmt: skip
