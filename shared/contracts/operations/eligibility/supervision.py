"""纪检监督: forms between discipline inspection and everybody else, and its notes on alerts."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.operations.alerts import SEVERITIES
from shared.contracts.operations.operation import CYCLE, CycleId, Operation
from shared.contracts.operations.pages import SIZES, page, size
from shared.contracts.operations.roles import (
    APPLICANT,
    CLERK,
    DISCIPLINE,
    FINANCE,
    MEMBER,
    OFFICE,
    RECOMMENDER,
    REVIEWER,
)
from shared.contracts.papers import paper_list

PARTIES = (APPLICANT, RECOMMENDER, OFFICE, REVIEWER, MEMBER, CLERK, FINANCE)
BODIES = (OFFICE, FINANCE)  # may be asked as such: whoever holds the role answers
ASKED, REPORT = ("question", "recommendation", "order"), "report"
FORM_STATES = ("open", "answered", "reopened", "closed", "withdrawn")
SIDES = ("discipline", "party")
_ACTS = ("open", "answer", "close", "reopen", "withdraw")
_FORM = "0199a1b2c3d97e5f8a9b0c1d2e3f4a60"
ALERT = "4f0c2d7a9b1e4c35a86d0f17e2b3c495"


class OpenForm(Strict):
    """A form. Discipline inspection asks, recommends or orders to explain, and says whom (`to_role`, for a single person also
    `to`, by the name of its account's subject) and in how many working `days`; anybody else reports, and says none of this.
    """

    cycle_id = identifier()
    kind = one_of(*ASKED, REPORT)
    title = text()
    text = text(longest=4000)
    to_role = one_of(*PARTIES, required=False)
    to = optional_text()
    days = count(required=False, least=1)
    application_id = identifier(required=False)
    alert_id = identifier(required=False)
    papers = paper_list()


class FormId(Strict):
    """Names a form."""

    form_id = identifier()


class WriteInForm(FormId):
    """A further entry in a form."""

    text = text(longest=4000)
    papers = paper_list()


class ReopenForm(WriteInForm):
    """The same, with a new time to answer, in working days."""

    days = count(required=False, least=1)


class ListForms(Strict):
    """A page of a cycle's forms that are one's own; `overdue=yes`: only those that wait for an answer beyond their day."""

    cycle_id = identifier()
    state = one_of(*FORM_STATES, required=False)
    overdue = one_of("yes", "no", required=False)
    page = page()
    size = size()


class FormLine(Strict):
    """监督反馈表 without what was written. `party` is one person, None where whoever holds `party_role` is asked."""

    form_id = identifier()
    cycle_id = identifier()
    kind = one_of(*ASKED, REPORT)
    opened_by_side = one_of(*SIDES)
    party_role = one_of(*PARTIES)
    party = optional_text()
    title = text()
    application_id = identifier(required=False)
    alert_id = identifier(required=False)
    state = one_of(*FORM_STATES)
    opened_on = day()
    due_on = day()
    closed_on = day(required=False)
    overdue = fields.Boolean(required=True)


class FormEntry(Strict):
    """What one side wrote; `by` is told to its own side and to discipline inspection."""

    number = count(least=1)
    side = one_of(*SIDES)
    act = one_of(*_ACTS)
    at = text(longest=40)
    text = text(longest=4000)
    papers = fields.List(fields.String(), required=True)
    by = optional_text()


class FormState(FormLine):
    """A form with all its entries."""

    entries = fields.List(fields.Nested(FormEntry), required=True)


class FormList(Strict):
    """A page of forms, those that wait for an answer first."""

    forms = fields.List(fields.Nested(FormLine), required=True)
    page = count(least=1)
    size = count(least=1)
    total = count()


class NoteAlert(Strict):
    """What is made of an alert, with what the alert says: the gateway fills that in from the alert itself."""

    cycle_id = identifier()
    alert_id = identifier()
    state = one_of("seen", "closed")
    reason = text(longest=1000)
    source = text(longest=40)
    kind = text(longest=40)
    severity = one_of(*SEVERITIES)
    subject = text(longest=300)
    reason_zh = text(longest=1000)
    reason_en = text(longest=1000)


class NoteState(NoteAlert):
    """A note on an alert, and what the alert said when it was made."""

    noted_by = text()
    noted_at = text(longest=40)


class NoteList(Strict):
    """A cycle's notes on alerts, the newest first."""

    notes = fields.List(fields.Nested(NoteState), required=True)


class AlertIds(Strict):
    """Alerts of any cycles, a page of them."""

    alert_ids = fields.List(identifier(), required=True, validate=validate.Length(min=1, max=SIZES[-1]))


_WRITE = {"form_id": _FORM, "text": "名单按得分排列，偏离一处，理由见建议名单。"}
_BOTH = (*PARTIES, DISCIPLINE)

OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "open_form", "command", OpenForm, FormState, _BOTH, "提出监督反馈", "Open a supervision form",
              {"cycle_id": CYCLE, "kind": "order", "title": "请说明偏离排名的理由", "text": "建议名单越过第 3 名，请说明。",
               "to_role": "award_office", "days": 5}),
    Operation("eligibility", "answer_form", "command", WriteInForm, FormState, _BOTH, "答复监督反馈",
              "Answer a supervision form", _WRITE),
    Operation("eligibility", "close_form", "command", WriteInForm, FormState, _BOTH, "办结监督反馈",
              "Close a supervision form", _WRITE),
    Operation("eligibility", "reopen_form", "command", ReopenForm, FormState, _BOTH, "重新提出",
              "Ask again in a supervision form", _WRITE),
    Operation("eligibility", "withdraw_form", "command", WriteInForm, FormState, _BOTH, "撤回监督反馈",
              "Take a supervision form back", _WRITE),
    Operation("eligibility", "forms", "query", ListForms, FormList, _BOTH, "监督反馈表一览", "One's supervision forms",
              {"cycle_id": CYCLE, "state": "open"}),
    Operation("eligibility", "form", "query", FormId, FormState, _BOTH, "查看监督反馈表", "One supervision form",
              {"form_id": _FORM}),
    Operation("eligibility", "note_alert", "command", NoteAlert, NoteState, (DISCIPLINE,), "处理预警", "Note an alert",
              {"cycle_id": CYCLE, "alert_id": ALERT, "state": "seen", "reason": "已要求说明", "source": "committee",
               "kind": "rank_deviation", "severity": "warning", "subject": "a1", "reason_zh": "越过第 3 名",
               "reason_en": "passes over rank 3"}),
    Operation("eligibility", "alert_notes", "query", CycleId, NoteList, (DISCIPLINE,), "预警处理一览",
              "Notes on alerts", {"cycle_id": CYCLE}),
    Operation("eligibility", "notes_on", "query", AlertIds, NoteList, (DISCIPLINE,), "所列预警的处理",
              "Notes on these alerts", {"alert_ids": [ALERT]}),
)  # fmt: skip
