"""Use of the title 称号使用: breaches, orders to correct them, what came of it."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, day, identifier, one_of, optional_text, text
from shared.contracts.operations.operation import APPLICATION, CYCLE, Operation
from shared.contracts.operations.roles import APPLICANT, OFFICE, WATCHERS
from shared.contracts.papers import paper_list

BREACH_STATES = ("recorded", "ordered", "overdue", "corrected", "confirmed", "dismissed")
_LONG = 2000


class RecordBreach(Strict):
    """The title on a product, in an advertisement, without its year: where, found by whom, with papers."""

    application_id = identifier()
    on = day()
    place = text(longest=_LONG)
    found_by = text()
    papers = paper_list()


class OrderCorrection(Strict):
    """What the winner has to do."""

    breach_id = identifier()
    ordered = text(longest=_LONG)


class ReportCorrection(Strict):
    """What the winner did."""

    breach_id = identifier()
    correction = text(longest=_LONG)
    papers = paper_list()


class SettleBreach(Strict):
    """The office confirms the correction, orders it anew, or dismisses what it had only recorded."""

    breach_id = identifier()
    outcome = one_of("confirm", "order_again", "dismiss")
    note = text(longest=_LONG)


class OwnBreach(Strict):
    """A breach as the winner sees it."""

    breach_id = identifier()
    cycle_id = identifier()
    application_id = identifier()
    happened_on = day()
    place = text(longest=_LONG)
    rule = text()
    state = one_of(*BREACH_STATES)
    ordered = optional_text(_LONG)
    ordered_on = day(required=False)
    correct_by = day(required=False)
    correction = optional_text(_LONG)
    correction_papers = fields.List(fields.String(), load_default=None, allow_none=True)
    corrected_on = day(required=False)
    settled_on = day(required=False)
    note = optional_text(_LONG)


class BreachState(OwnBreach):
    """A breach with everybody's part in it."""

    found_by = text()
    papers = fields.List(fields.String(), required=True)
    recorded_by = text()
    recorded_on = day()
    ordered_by = optional_text()
    corrected_by = optional_text()
    settled_by = optional_text()


class BreachesQuery(Strict):
    """The breaches of a cycle's winners; of all real cycles where none is named."""

    cycle_id = identifier(required=False)
    state = one_of(*BREACH_STATES, required=False)


class BreachList(Strict):
    """In the order in which they were recorded."""

    breaches = fields.List(fields.Nested(BreachState), required=True)


class MyBreachesQuery(Strict):
    """One's own."""

    application_id = identifier(required=False)


class OwnBreachList(Strict):
    """Breaches that one was ordered to correct."""

    breaches = fields.List(fields.Nested(OwnBreach), required=True)


_BREACH = {"breach_id": APPLICATION}
OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "record_title_breach", "command", RecordBreach, BreachState, (OFFICE,), "登记违规使用称号",
              "Record a breach of the title",
              {"application_id": APPLICATION, "on": "2026-02-10", "place": "产品包装", "found_by": "巡查"}),
    Operation("eligibility", "order_correction", "command", OrderCorrection, BreachState, (OFFICE,), "责令改正",
              "Order a breach corrected", {**_BREACH, "ordered": "撤下产品包装上的称号"}),
    Operation("eligibility", "report_correction", "command", ReportCorrection, OwnBreach, (APPLICANT,), "报告改正情况",
              "Report a correction", {**_BREACH, "correction": "已撤下"}),
    Operation("eligibility", "settle_title_breach", "command", SettleBreach, BreachState, (OFFICE,), "确认改正",
              "Confirm a correction, or not", {**_BREACH, "outcome": "confirm", "note": "已现场核实"}),
    Operation("eligibility", "title_breaches", "query", BreachesQuery, BreachList, WATCHERS, "违规使用称号一览",
              "Breaches of the title", {"cycle_id": CYCLE}),
    Operation("eligibility", "my_title_breaches", "query", MyBreachesQuery, OwnBreachList, (APPLICANT,),
              "本单位须改正的事项", "Breaches that one was ordered to correct", {"application_id": APPLICATION}),
)  # fmt: skip
