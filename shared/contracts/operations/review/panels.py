"""Panels: how they are drawn, looked at, released and kept filled; a reviewer's own work; how far everybody is."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, identifier, one_of, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Done, Operation
from shared.contracts.operations.roles import AUDITOR, DISCIPLINE, OFFICE, REVIEWER, WATCHERS

PANEL_STATES = ("drafted", "released", "dissolved")
ASSIGNMENT_STATES = ("drafted", "released", "accepted", "declined", "replaced")
DRAW_STATES = ("prepared", "witnessed", "drawn", "impossible", "undecided", "abandoned")
# How an expert says that it is bound to an applicant.
RELATIONS = ("employed", "advised", "consulted", "kin", "shareholding", "competitor", "other")
_REASON = 1000  # characters
_SHARE = 200  # characters of what office and witness add to a seed


def _yes_or_no(**options: object) -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, **options)  # type: ignore[arg-type]


def _expert(*, required: bool = True) -> fields.String:
    given = validate.Regexp(r"^[A-Za-z0-9-]{1,40}\Z")
    if required:
        return fields.String(required=True, validate=given)
    return fields.String(load_default=None, allow_none=True, validate=given)


class Assignment(Strict):
    """One reviewer on one application; `position` is the order of assignment, from 1."""

    application_id = identifier()
    expert_id = text()
    position = count(least=1)
    submitted = fields.Boolean(required=True)
    state = one_of(*ASSIGNMENT_STATES, required=False)


class Ground(Strict):
    """Why one expert is kept from one application; `rule` is None where the regulation names no article for it."""

    expert_id = text()
    application_id = identifier()
    ground = text()
    rule = optional_text()
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)


class PanelState(Strict):
    """A panel: who serves, who of the pool was kept from whom when it was formed, and the cycle's recusals as known now."""

    stage = stage_key()
    category = optional_text()
    size = count()
    industry_share = text()
    members = fields.List(fields.String(), required=True)
    recused = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    grounds = fields.List(fields.Nested(Ground), load_default=list)
    assignments = fields.List(fields.Nested(Assignment), required=True)
    seed = text()
    state = one_of(*PANEL_STATES, required=False)
    leader = optional_text()


class PanelList(Strict):
    """A cycle's panels in the order of the stages."""

    panels = fields.List(fields.Nested(PanelState), required=True)


class OfPanel(Strict):
    """Names a panel: of a stage and, where the rulebook has categories, of one of them."""

    cycle_id = identifier()
    stage = stage_key()
    category = optional_text(20)


class DrawPanel(OfPanel):
    """An officer prepares a draw: its share goes under seal, and the inputs are frozen. `witness`: the subject of another
    account, who adds a share of its own. A draw that is repeated needs a reason.
    """

    share = text(longest=_SHARE)
    witness = text()
    reason = optional_text(_REASON)


class OfDraw(OfPanel):
    """Names one draw of a panel."""

    number = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))


class WitnessDraw(OfDraw):
    """The witness that was named adds its share, which settles the draw."""

    share = text(longest=_SHARE)


class DrawState(Strict):
    """A draw. `commitment` is the sealed share's digest; both shares and the salt are in the record once it has ended."""

    stage = stage_key()
    category = optional_text()
    number = count(least=1)
    state = one_of(*DRAW_STATES)
    reason = optional_text(_REASON)
    prepared_by = text()
    prepared_at = text()
    witness = text()
    witness_share = optional_text(_SHARE)
    commitment = text()
    inputs = text()
    experts = count()
    applications = count()
    seed = optional_text()
    drawn_at = optional_text()
    impossible_zh = optional_text(2000)
    impossible_en = optional_text(2000)


class DrawList(Strict):
    """Every draw of a cycle."""

    draws = fields.List(fields.Nested(DrawState), required=True)


class DrawRecord(Strict):
    """What anybody can repeat a draw from; experts, applications and employers under pseudonyms."""

    cycle_id = identifier()
    record = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)


class PanelFigures(Strict):
    """A panel against its rule."""

    size = count()
    size_needed = count()
    industry = count()
    industry_needed = count()
    industry_share = text()
    load_least = count()
    load_most = count()


class Deputy(Strict):
    """An application from which the panel's leader is kept, and who leads it; null: nobody who may lead is free."""

    application_id = identifier()
    expert_id = optional_text()


class PanelMember(Strict):
    """A member: its load here and in the stage's other panels; of how many applications here it is kept from, no more."""

    expert_id = text()
    industry_expert = fields.Boolean(required=True)
    leader = fields.Boolean(required=True)
    assigned = count()
    assigned_elsewhere = count()
    kept_from = count()


class BrokenRule(Strict):
    """A rule that a panel does not keep."""

    rule = text()
    reason_zh = text(longest=1000)
    reason_en = text(longest=1000)


class PanelOptimum(Strict):
    """What the draw reached, level by level: size, seats changed against the draft before, knowledge and interests of the
    members; readings changed, fit and work (the sum of squared loads). `gap`: how far the readings may be from the best, as a
    share; `proved`: they are the best.
    """

    proved = fields.Boolean(required=True)
    gap = text()
    size = count()
    seats_changed = count()
    knowledge = count()
    interests = count()
    assignments_changed = count()
    fit = count()
    work = count()


class PanelNote(Strict):
    """What a panel is not held to, because nobody knows it."""

    reason_zh = text(longest=1000)
    reason_en = text(longest=1000)


class PanelInspection(Strict):
    """A panel as an officer looks at it before releasing it, and afterwards. `optimum` is that of the draw; none where the
    panel was not drawn by one.
    """

    stage = stage_key()
    category = optional_text()
    state = one_of(*PANEL_STATES)
    revision = count(least=1)
    draw = count(required=False)
    leader = optional_text()
    seed = text()
    optimum = fields.Nested(PanelOptimum, load_default=None, allow_none=True)
    notes = fields.List(fields.Nested(PanelNote), load_default=list)
    figures = fields.Nested(PanelFigures, required=True)
    members = fields.List(fields.Nested(PanelMember), required=True)
    deputies = fields.List(fields.Nested(Deputy), load_default=list)
    faults = fields.List(fields.Nested(BrokenRule), required=True)


class Swap(Strict):
    """One expert for another, in one application or (none named) in all that the one who leaves has."""

    leaving = _expert()
    coming = _expert()
    application_id = identifier(required=False)


class ChangePanel(OfPanel):
    """An officer changes a draft by hand. `revision`: the draft that it has seen."""

    revision = count(least=1)
    changes = fields.List(fields.Nested(Swap), load_default=list, validate=validate.Length(max=200))
    leader = _expert(required=False)
    reason = text(longest=_REASON)


class ReleasePanel(OfPanel):
    """An officer releases the draft that it has seen."""

    revision = count(least=1)
    reason = optional_text(_REASON)


class AnswerAssignments(OfPanel):
    """A reviewer's answer for one application, or for all that wait. Declining needs a reason; with `interest` it says
    how it is bound to the applicant.
    """

    application_id = identifier(required=False)
    accept = _yes_or_no(required=True)
    reason = optional_text(_REASON)
    interest = one_of(*RELATIONS, required=False)


class Answered(Strict):
    """How many assignments were answered."""

    answered = count()


class ReplaceReviewer(OfPanel):
    """The office replaces one reviewer. `coming`: who takes over; none: the optimiser finds somebody."""

    expert_id = _expert()
    application_id = identifier(required=False)
    coming = _expert(required=False)
    reason = text(longest=_REASON)


class FillPanel(OfPanel):
    """The office replaces all who declined, and gives out what came after the draw; with `silent` it also replaces all who
    let the term go by.
    """

    silent = _yes_or_no(load_default=False)
    reason = text(longest=_REASON)


class Replaced(Strict):
    """Who takes over from whom."""

    leaving = text()
    coming = text()
    applications = fields.List(identifier(), required=True)


class Unfilled(Strict):
    """An application for which nobody is left."""

    application_id = identifier()
    reason_zh = text(longest=2000)
    reason_en = text(longest=2000)


class Added(Strict):
    """Who was given an application that came after the draw."""

    application_id = identifier()
    reviewers = fields.List(fields.String(), required=True)


class Replacements(Strict):
    """What was replaced or given out, and what could not be."""

    replaced = fields.List(fields.Nested(Replaced), required=True)
    added = fields.List(fields.Nested(Added), load_default=list)
    unfilled = fields.List(fields.Nested(Unfilled), load_default=list)


class NameLeader(OfPanel):
    """The office names the leader of a released panel, or (with `application_id`) who leads that application, from which the
    panel's leader is kept.
    """

    expert_id = _expert()
    application_id = identifier(required=False)
    reason = text(longest=_REASON)


class MemberProgress(Strict):
    """How far a member is, without anything of what it wrote."""

    expert_id = text()
    assigned = count()
    accepted = count()
    sheets = count()


class LedPanel(Strict):
    """A leader's panel."""

    stage = stage_key()
    category = optional_text()
    members = fields.List(fields.Nested(MemberProgress), required=True)


class ProgressOf(CycleId):
    """`show` silent: those reviewers alone who let the term go by."""

    show = one_of("silent", required=False)


class _Counts(Strict):
    """Assignments by state; of those accepted, sheets that are in and that are out."""

    stage = stage_key()
    category = optional_text()
    assigned = count()
    released = count()
    accepted = count()
    declined = count()
    replaced = count()
    silent = count()
    sheets_in = count()
    sheets_out = count()


class PanelProgress(_Counts):
    """One panel."""

    state = one_of(*PANEL_STATES)
    leader = optional_text()


class ReviewerProgress(_Counts):
    """One reviewer on one panel."""

    expert_id = text()
    name = optional_text()
    answer_by = optional_text()
    reminders = count()


class Progress(Strict):
    """How far all panels and all reviewers of a cycle are."""

    panels = fields.List(fields.Nested(PanelProgress), required=True)
    reviewers = fields.List(fields.Nested(ReviewerProgress), required=True)


class HistoryOf(CycleId):
    """A page of the history: the entries after one of them, oldest first."""

    after = identifier(required=False)
    limit = fields.Integer(load_default=200, validate=validate.Range(min=1, max=500))


class HistoryEntry(Strict):
    """One thing that was done to a panel."""

    entry_id = identifier()
    stage = stage_key()
    category = optional_text()
    entry = text()
    at = text()
    actor = text()
    role = optional_text()
    expert_id = optional_text()
    application_id = optional_text()
    reason = optional_text(_REASON)
    detail = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)


class History(Strict):
    """Everything that was done to a cycle's panels, in order."""

    entries = fields.List(fields.Nested(HistoryEntry), required=True)


_PANEL = {"cycle_id": CYCLE, "stage": "document_review"}
_DRAW = {**_PANEL, "number": 1}

OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "panels", "query", CycleId, PanelList, WATCHERS, "评审组", "The panels", {"cycle_id": CYCLE}),
    Operation("review", "my_assignments", "query", CycleId, PanelList, (REVIEWER,), "我的评审", "A reviewer's own work",
              {"cycle_id": CYCLE}),
    Operation("review", "draw_panel", "command", DrawPanel, DrawState, (OFFICE,), "准备抽取评审组", "Prepare a draw",
              {**_PANEL, "share": "示例七三九二", "witness": "inspector-1"}),
    Operation("review", "witness_draw", "command", WitnessDraw, DrawState, (OFFICE, DISCIPLINE, AUDITOR), "见证抽取",
              "Witness a draw", {**_DRAW, "share": "示例四一八"}),
    Operation("review", "draws", "query", CycleId, DrawList, WATCHERS, "历次抽取", "All draws", {"cycle_id": CYCLE}),
    Operation("review", "draw_record", "query", OfDraw, DrawRecord, WATCHERS, "抽取记录",
              "The record from which anyone repeats a draw", _DRAW),
    Operation("review", "inspect_panel", "query", OfPanel, PanelInspection, WATCHERS, "查看评审组草案", "Look at a panel",
              _PANEL),
    Operation("review", "change_panel", "command", ChangePanel, PanelInspection, (OFFICE,), "调整评审组草案",
              "Change a draft by hand", {**_PANEL, "revision": 1, "changes": [{"leaving": "E1", "coming": "E2"}],
                                         "reason": "出国，无法参加"}),
    Operation("review", "release_panel", "command", ReleasePanel, PanelInspection, (OFFICE,), "下达评审组",
              "Release a panel", {**_PANEL, "revision": 1}),
    Operation("review", "answer_assignments", "command", AnswerAssignments, Answered, (REVIEWER,), "接受或谢绝评审任务",
              "Accept or decline", {**_PANEL, "application_id": APPLICATION, "accept": False, "reason": "曾任其顾问",
                                    "interest": "consulted"}),
    Operation("review", "replace_reviewer", "command", ReplaceReviewer, Replacements, (OFFICE,), "更换评审员",
              "Replace a reviewer", {**_PANEL, "expert_id": "E1", "reason": "逾期未答复"}),
    Operation("review", "fill_panel", "command", FillPanel, Replacements, (OFFICE,), "补足评审组", "Fill what is vacant",
              {**_PANEL, "silent": True, "reason": "逾期未答复"}),
    Operation("review", "name_leader", "command", NameLeader, Done, (OFFICE,), "指定组长", "Name a panel's leader",
              {**_PANEL, "expert_id": "E2", "reason": "原组长回避"}),
    Operation("review", "led_panel", "query", OfPanel, LedPanel, (REVIEWER,), "我任组长的评审组", "The panel that I lead",
              _PANEL),
    Operation("review", "panel_progress", "query", ProgressOf, Progress, WATCHERS, "评审进度", "Progress",
              {"cycle_id": CYCLE}),
    Operation("review", "panel_history", "query", HistoryOf, History, WATCHERS, "评审组经过", "The panels' history",
              {"cycle_id": CYCLE}),
)  # fmt: skip
