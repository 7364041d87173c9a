"""Revocation 撤销: cases with a hearing, proposed by one officer and decided by another; their orders."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, day, identifier, one_of, optional_text, text
from shared.contracts.events import AFTER_AWARD_EVENTS
from shared.contracts.operations.operation import APPLICATION, CYCLE, Operation
from shared.contracts.operations.roles import APPLICANT, DISCIPLINE, OFFICE, WATCHERS
from shared.contracts.papers import paper_list

CASE_SOURCES = ("office", "discipline", "record", "tracking")
CASE_STATES = ("opened", "notified", "heard", "proposed", "decided", "executed", "dropped")
CASE_ORDERS = (
    "revoke",
    "recall_certificate",
    "clawback",
    "ban",
    "report_to_credit_platform",
    "correct_title_use",
)
ORDER_STATES = ("issued", "done", "not_done")
PROPOSALS = ("revoke", "drop")
CASE_LETTERS = ("notice", "decision")
_LONG = 4000
LONGEST_SAID = 4 * _LONG  # all that a winner and the minutes said of one case


class OpenCase(Strict):
    """Something that may cost a winner its award."""

    application_id = identifier()
    event = one_of(*AFTER_AWARD_EVENTS)
    on = day()
    grounds = text(longest=_LONG)
    papers = paper_list()


class CaseId(Strict):
    """Names a case."""

    case_id = identifier()


class HeardOfCase(Strict):
    """What the winner says to it: its own answer, or what the office took down at a hearing."""

    case_id = identifier()
    answer = text(longest=_LONG)
    papers = paper_list()


class ProposeCaseOutcome(Strict):
    """What an officer proposes. Without a hearing nothing but dropping the case can be."""

    case_id = identifier()
    proposal = one_of(*PROPOSALS)
    reason = text(longest=_LONG)


class DecideCase(Strict):
    """Another officer decides as proposed, or sends the proposal back."""

    case_id = identifier()
    decision = one_of("confirm", "send_back")
    reason = text(longest=_LONG)


class SettleCaseOrder(Strict):
    """The certificate came back, or will not, with the reason."""

    order_id = identifier()
    outcome = one_of("done", "not_done")
    note = text(longest=500)
    papers = paper_list()


class CaseOrder(Strict):
    """One order of a decided case, with how far it is carried out."""

    order_id = identifier()
    order = one_of(*CASE_ORDERS)
    rule = text()
    issued_on = day()
    state = one_of(*ORDER_STATES)
    note = optional_text(500)
    papers = fields.List(fields.String(), required=True)
    settled_by = optional_text()
    settled_on = day(required=False)


class OwnCase(Strict):
    """A case as the winner sees it: from the day on which it is told of it, the officers by their office alone."""

    case_id = identifier()
    cycle_id = identifier()
    application_id = identifier()
    event = one_of(*AFTER_AWARD_EVENTS)
    happened_on = day()
    grounds = text(longest=_LONG)
    rule = text()
    state = one_of(*CASE_STATES)
    opened_on = day()
    notified_on = day(required=False)
    answer_by = day(required=False)
    answer = optional_text(LONGEST_SAID)
    answer_papers = fields.List(fields.String(), load_default=None, allow_none=True)
    answered_on = day(required=False)
    decided_on = day(required=False)
    decision_reason = optional_text(_LONG)
    banned_until = day(required=False)
    closed_on = day(required=False)
    orders = fields.List(fields.Nested(CaseOrder), required=True)


class CaseState(OwnCase):
    """A case with everybody's part in it."""

    source = one_of(*CASE_SOURCES)
    papers = fields.List(fields.String(), required=True)
    opened_by = text()
    notified_by = optional_text()
    answered_by = optional_text()
    proposal = one_of(*PROPOSALS, required=False)
    proposed_by = optional_text()
    proposed_on = day(required=False)
    proposal_reason = optional_text(_LONG)
    decided_by = optional_text()


class CasesQuery(Strict):
    """The cases of a cycle; of all real cycles where none is named."""

    cycle_id = identifier(required=False)
    state = one_of(*CASE_STATES, required=False)


class CaseList(Strict):
    """Cases in the order in which they were opened."""

    cases = fields.List(fields.Nested(CaseState), required=True)


class MyCasesQuery(Strict):
    """One's own."""

    application_id = identifier(required=False)


class OwnCaseList(Strict):
    """Cases about one's own award, of which one was told."""

    cases = fields.List(fields.Nested(OwnCase), required=True)


class LetterOfCase(Strict):
    """A letter of a case to the winner: that it is heard, or what was decided."""

    case_id = identifier()
    letter = one_of(*CASE_LETTERS)


class CaseOrderWords(Strict):
    """An order in words."""

    zh = text()
    en = text()


class CaseLetter(Strict):
    """What a letter says; `dated` is the day of the notice or of the decision."""

    case_id = identifier()
    cycle_id = identifier()
    letter = one_of(*CASE_LETTERS)
    holder = text()
    title = text()
    number = optional_text()
    year = fields.Integer(required=True, strict=True)
    award_zh = text()
    award_en = text()
    issuer = text()
    rule = text()
    event_zh = text()
    event_en = text()
    happened_on = day()
    grounds = text(longest=_LONG)
    dated = day()
    answer_by = day(required=False)
    outcome = one_of("revoked", "dropped", required=False)
    reason = optional_text(_LONG)
    orders = fields.List(fields.Nested(CaseOrderWords), required=True)
    banned_until = day(required=False)


_CASE = {"case_id": APPLICATION}
OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "open_case", "command", OpenCase, CaseState, (OFFICE, DISCIPLINE), "撤销立案",
              "Open a revocation case",
              {"application_id": APPLICATION, "event": "fraud", "on": "2026-03-02", "grounds": "举报材料属实"}),
    Operation("eligibility", "notify_case", "command", CaseId, CaseState, (OFFICE,), "告知并听取陈述",
              "Tell the winner of a case, and hear it", _CASE),
    Operation("eligibility", "answer_case", "command", HeardOfCase, OwnCase, (APPLICANT,), "陈述和申辩",
              "Answer to a case about one's own award", {**_CASE, "answer": "情况说明如下"}),
    Operation("eligibility", "record_hearing", "command", HeardOfCase, CaseState, (OFFICE,), "登记听取情况",
              "Take down what a winner said", {**_CASE, "answer": "当面陈述，笔录见附件"}),
    Operation("eligibility", "propose_outcome", "command", ProposeCaseOutcome, CaseState, (OFFICE,), "提出处理建议",
              "Propose what becomes of a case", {**_CASE, "proposal": "revoke", "reason": "事实清楚"}),
    Operation("eligibility", "decide_case", "command", DecideCase, CaseState, (OFFICE,), "作出处理决定",
              "Decide a case", {**_CASE, "decision": "confirm", "reason": "同意"}),
    Operation("eligibility", "settle_order", "command", SettleCaseOrder, CaseState, (OFFICE,), "登记执行情况",
              "Say what became of an order", {"order_id": APPLICATION, "outcome": "done", "note": "证书已收回"}),
    Operation("eligibility", "revocation_cases", "query", CasesQuery, CaseList, WATCHERS, "撤销案件一览",
              "Revocation cases", {"cycle_id": CYCLE}),
    Operation("eligibility", "case_letter", "query", LetterOfCase, CaseLetter, (APPLICANT, OFFICE, DISCIPLINE),
              "案件函件", "A letter of a case", {**_CASE, "letter": "notice"}),
    Operation("eligibility", "my_revocation_cases", "query", MyCasesQuery, OwnCaseList, (APPLICANT,),
              "涉及本单位获奖的案件", "Cases about one's own award", {"application_id": APPLICATION}),
)  # fmt: skip
