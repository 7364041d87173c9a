"""撤销案件: opened, told to the winner, heard, proposed by one officer and decided by another, carried out."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.deciding import words
from services.gateway.portal.deciding.around import board, chosen_of, decide, pen_of
from services.gateway.portal.deciding.awards import about, winners
from services.gateway.portal.deciding.blocks import Block, Heading, Items, Pen, Table, Ways, Words
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.forms import Choice, Field, Form, Kind
from services.gateway.portal.papers import paper_fields, sent, whole_form
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import by_another, word
from shared.contracts.events import AFTER_AWARD_EVENTS
from shared.contracts.operations import DISCIPLINE, OFFICE, WATCHERS
from shared.rulebooks.words import EVENTS, ORDERS

ROOM = Room("office_cases", WATCHERS)
_HERE = "/cycles/<cycle_id>/cases"
_ONE = _HERE + "/<case_id>"
_BOTH = ("GET", "POST")
_ACTS = (OFFICE,)
Reply = dict[str, Any]


@ROOM.page(_HERE)
def cases(visit: Visit, cycle_id: str) -> Response:
    """All cases of the cycle's winners."""
    book, pen, here = visit.rulebook(cycle_id), pen_of(visit), f"/cycles/{cycle_id}/cases"
    names = winners(visit, cycle_id)
    rows = [
        (
            pen.link(f"{here}/{each['case_id']}", names.get(each["application_id"], each["application_id"])),
            word(EVENTS, each["event"]), word(words.SOURCES, each["source"]),
            pen.tag(word(words.CASES, each["state"]), words.colour(each["state"])), pen.day(each["opened_on"]),
            pen.day(each["answer_by"]), pen.day(each["decided_on"]),
        )
        for each in visit.ask("eligibility.revocation_cases", cycle_id=cycle_id)["cases"]
    ]  # fmt: skip
    heads = (
        "获奖者|Winner", "事由|Event", "来源|Source", "状态|State", "立案|Opened", "陈述期限|Answer by", "决定|Decided",
    )  # fmt: skip
    table = Table(
        Text("撤销案件", "Revocation cases"), heads_of(heads), rows, Text("按立案先后", "in the order they were opened"),
        Text("没有案件。", "There are none."), hidden=True,
    )  # fmt: skip
    new = [(f"{here}/new", Text("立案", "Open a case"))] if visit.may("eligibility.open_case") else []
    return board(
        visit, Text("撤销案件", "Revocation cases"), [Ways(new, main=True) if new else None, table], at=cycle_id, book=book,
        back=f"/cycles/{cycle_id}/awards",
    )  # fmt: skip


@ROOM.page(_HERE + "/new", roles=(OFFICE, DISCIPLINE), methods=_BOTH, largest=whole_form)
def new(visit: Visit, cycle_id: str) -> Response:
    """Something that may cost a winner its award."""
    book, back = visit.rulebook(cycle_id), f"/cycles/{cycle_id}/cases"
    events = tuple(Choice(event, word(EVENTS, event)) for event in AFTER_AWARD_EVENTS)
    form = Form(
        (
            Field(
                "application_id",
                Text("获奖者", "Winner"),
                Kind.SELECT,
                choices=chosen_of(winners(visit, cycle_id).items()),
            ),
            Field("event", Text("事由", "Event"), Kind.RADIOS, choices=events),
            Field("on", Text("发生日期", "Day"), Kind.DAY),
            Field("grounds", Text("立案依据", "Grounds"), Kind.AREA, rows=8),
            *paper_fields(),
        ),
        submit=Text("立案", "Open it"),
    )
    filled = visit.form(form)
    if request.method == "POST":
        filled = sent(visit, form, "eligibility.open_case", "record")
        if filled.ok:
            return visit.go(f"{back}/{filled.reply['case_id']}", Text("已立案", "The case is open"))
    says = Items([Text("立案后先告知获奖者并听取陈述，才能建议撤销；建议和决定由不同的人作出。",
        "The winner is told and heard before revoking can be proposed; one officer proposes, another decides.")])  # fmt: skip
    return board(visit, Text("立案", "Open a case"), [says], at=cycle_id, book=book, form=filled, back=back)


def _one(visit: Visit, cycle_id: str, case_id: str) -> Reply:
    for each in visit.ask("eligibility.revocation_cases", cycle_id=cycle_id)["cases"]:
        if each["case_id"] == case_id:
            return dict(each)
    raise not_found()


@ROOM.page(_ONE)
def case(visit: Visit, cycle_id: str, case_id: str) -> Response:
    """One case and its next step."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    each, here = _one(visit, cycle_id, case_id), f"/cycles/{cycle_id}/cases/{case_id}"
    names = winners(visit, cycle_id)
    proposal = word(words.PROPOSALS, each["proposal"]) if each["proposal"] else None
    rows: list[tuple[Text, object]] = [
        (Text("获奖者", "Winner"), names.get(each["application_id"], each["application_id"])),
        (Text("状态", "State"), pen.tag(word(words.CASES, each["state"]), words.colour(each["state"]))),
        (Text("事由", "Event"), pen.row([word(EVENTS, each["event"]), pen.day(each["happened_on"])])),
        (Text("条款", "Article"), book.label(each["rule"])),
        (Text("立案依据", "Grounds"), each["grounds"]),
        (Text("材料", "Papers"), pen.papers(each["papers"])),
        (Text("立案", "Opened"), pen.row([visit.person(each["opened_by"]), pen.day(each["opened_on"])])),
        (Text("告知", "The winner was told"), pen.day(each["notified_on"])),
        (Text("陈述期限", "Answer by"), pen.day(each["answer_by"])),
        (Text("陈述和申辩", "What the winner said"), each["answer"]),
        (Text("陈述材料", "Its papers"), pen.papers(each["answer_papers"] or [])),
        (
            Text("建议", "Proposed"),
            pen.row([proposal, visit.person(each["proposed_by"]), pen.day(each["proposed_on"])])
            if proposal
            else None,
        ),
        (Text("建议理由", "Reason of the proposal"), each["proposal_reason"]),
        (
            Text("决定", "Decided"),
            pen.row([visit.person(each["decided_by"]), pen.day(each["decided_on"])])
            if each["decided_on"]
            else None,
        ),
        (Text("决定理由", "Reason of the decision"), each["decision_reason"]),
        (Text("不得申报至", "Banned until"), pen.day(each["banned_until"])),
        (Text("办结", "Closed"), pen.day(each["closed_on"])),
    ]
    blocks: list[Block | None] = [
        about(pen, rows),
        *_steps(visit, here, each),
        _orders(visit, pen, here, each),
    ]
    letters = [
        (f"/api/v1/revocation-cases/{case_id}/letters/{letter}.pdf", label)
        for letter, label, since in (
            ("notice", Text("告知书（PDF）", "Notice to the winner (PDF)"), each["notified_on"]),
            ("decision", Text("决定书（PDF）", "Decision (PDF)"), each["decided_on"]),
        )
        if since
    ]
    if letters and visit.may("eligibility.case_letter"):
        blocks += [Heading(Text("文书", "Letters")), Ways(letters)]
    return board(
        visit,
        Text("撤销案件", "A revocation case"),
        blocks,
        at=cycle_id,
        book=book,
        back=f"/cycles/{cycle_id}/cases",
    )


_OTHERS = by_another("决定", "decide it")


def _proposed(visit: Visit, each: Reply) -> bool:
    """Whether the proposal that waits is this visitor's own."""
    return each["state"] == "proposed" and visit.did(each["proposed_by"])


def _steps(visit: Visit, here: str, each: Reply) -> list[Block | None]:
    if not visit.may("eligibility.notify_case"):
        return []
    ways = {
        "opened": [("notice", Text("告知获奖者并听取陈述", "Tell the winner and hear it")), ("proposal", Text("建议不予撤销",
            "Propose to drop it"))],
        "notified": [("hearing", Text("登记当面陈述", "Take down what the winner said")), ("proposal", Text("提出处理建议",
            "Propose an outcome"))],
        "heard": [("proposal", Text("提出处理建议", "Propose an outcome")), ("hearing", Text("补充登记陈述", "Take down more"))],
        "proposed": [] if _proposed(visit, each) else [("decision", Text("作出决定", "Decide it"))],
    }.get(each["state"], [])  # fmt: skip
    if _proposed(visit, each):
        return [Words(_OTHERS, strong=True)]
    return [Ways([(f"{here}/{name}", label) for name, label in ways], main=True) if ways else None]


def _orders(visit: Visit, pen: Pen, here: str, each: Reply) -> Block | None:
    if not each["orders"]:
        return None
    may, rows = visit.may("eligibility.settle_order"), []
    for order in each["orders"]:
        act = ""
        if may and order["state"] == "issued" and order["order"] == "recall_certificate":
            act = pen.link(f"{here}/orders/{order['order_id']}", Text("登记结果", "say what became of it"))
        rows.append(
            (word(ORDERS, order["order"]), pen.tag(word(words.ORDER_STATES, order["state"]), words.colour(order["state"])),
             pen.day(order["issued_on"]), order["note"], pen.papers(order["papers"]), act)
        )  # fmt: skip
    heads = ("决定事项|Order", "状态|State", "下达|Issued", "说明|Note", "材料|Papers", "办理|Act")
    return Table(
        Text("执行", "Orders"),
        heads_of(heads),
        rows,
        Text("按下达先后", "in the order they were issued"),
        Text("没有。", "None."),
    )


_REASON = Field("reason", Text("理由", "Reason"), Kind.AREA, rows=5)
PROPOSE = Form(
    (
        Field("proposal", Text("处理建议", "Proposal"), Kind.RADIOS, choices=(
            Choice("revoke", Text("撤销奖项", "Revoke the award"),
                Text("附带收回证书、追缴资金等，按办法规定", "with recall, clawback and what the regulation adds")),
            Choice("drop", Text("不予撤销", "Drop the case")))),
        _REASON,
    ),
    submit=Text("提出建议", "Propose"),
)  # fmt: skip
DECIDE = Form(
    (
        Field("decision", Text("决定", "Decision"), Kind.RADIOS, choices=(
            Choice("confirm", Text("同意建议", "As proposed")), Choice("send_back", Text("退回建议", "Sent back")))),
        _REASON,
    ),
    submit=Text("作出决定", "Decide"),
)  # fmt: skip
_STEPS: dict[str, tuple[Form, str, Text, Text, bool]] = {
    "notice": (
        Form((), submit=Text("告知", "Tell the winner")), "eligibility.notify_case", Text("告知获奖者？", "Tell the winner?"),
        Text("获奖者随即看到案件和立案依据，有权在期限内陈述和申辩。",
            "The winner sees the case and its grounds at once, and may answer by the last day."), False),
    "proposal": (
        PROPOSE, "eligibility.propose_outcome", Text("提出处理建议", "Propose an outcome"),
        Text("没有听取陈述，只能建议不予撤销。由另一名经办人决定。",
            "Without a hearing nothing but dropping it can be proposed. Another officer decides."), False),
    "decision": (
        DECIDE, "eligibility.decide_case", Text("作出处理决定", "Decide a case"),
        Text("决定人不能是提出建议的人。撤销随即公开、证书失效，不能撤回。",
            "Not by whoever proposed it. A revocation is public at once, ends the certificate, and stays."), True),
}  # fmt: skip


@ROOM.page(_ONE + "/<step>", roles=_ACTS, methods=_BOTH, sample={"step": "decision"})
def act(visit: Visit, cycle_id: str, case_id: str, step: str) -> Response:
    """One step of a case."""
    if step not in _STEPS:
        raise not_found()
    form, operation, title, says, final = _STEPS[step]
    each = _one(visit, cycle_id, case_id)
    facts = [
        (Text("状态", "State"), word(words.CASES, each["state"])),
        (Text("立案依据", "Grounds"), each["grounds"]),
        (Text("陈述和申辩", "What the winner said"), each["answer"] or "—"),
        (Text("建议", "Proposed"), word(words.PROPOSALS, each["proposal"]) if each["proposal"] else "—"),
        (Text("建议理由", "Reason of the proposal"), each["proposal_reason"] or "—"),
    ]
    return decide(
        visit, form, operation, title=title, back=f"/cycles/{cycle_id}/cases/{case_id}", done=Text("已办理", "It is done"),
        at=cycle_id, says=[says], facts=facts, danger=final, case_id=case_id,
        hindered=_OTHERS if step == "decision" and _proposed(visit, each) else None,
    )  # fmt: skip


HEARING = Form(
    (
        Field("answer", Text("陈述内容", "What was said"), Kind.AREA, rows=8),
        *paper_fields(hint=Text("例如签字的笔录", "For example the signed minutes")),
    ),
    submit=Text("登记", "Take it down"),
)


@ROOM.page(_ONE + "/hearing", roles=_ACTS, methods=_BOTH, largest=whole_form)
def hearing(visit: Visit, cycle_id: str, case_id: str) -> Response:
    """What the winner said in person."""
    book, back = visit.rulebook(cycle_id), f"/cycles/{cycle_id}/cases/{case_id}"
    filled = visit.form(HEARING)
    if request.method == "POST":
        filled = sent(visit, HEARING, "eligibility.record_hearing", "record", case_id=case_id)
        if filled.ok:
            return visit.go(back, Text("已登记", "It is taken down"))
    return board(
        visit, Text("登记当面陈述", "Take down a hearing"), [], at=cycle_id, book=book, form=filled, back=back
    )


SETTLE = Form(
    (
        Field("outcome", Text("结果", "What became of it"), Kind.RADIOS, choices=(
            Choice("done", Text("已收回", "It came back")), Choice("not_done", Text("未能收回", "It will not")))),
        Field("note", Text("说明", "Note"), Kind.AREA, rows=3),
        *paper_fields(),
    ),
    submit=Text("登记", "Record it"),
)  # fmt: skip


@ROOM.page(_ONE + "/orders/<order_id>", roles=_ACTS, methods=_BOTH, largest=whole_form)
def settle(visit: Visit, cycle_id: str, case_id: str, order_id: str) -> Response:
    """The certificate came back, or will not."""
    book, back = visit.rulebook(cycle_id), f"/cycles/{cycle_id}/cases/{case_id}"
    filled = visit.form(SETTLE)
    if request.method == "POST":
        filled = sent(visit, SETTLE, "eligibility.settle_order", "record", order_id=order_id)
        if filled.ok:
            return visit.go(back, Text("已登记", "It is recorded"))
    return board(
        visit,
        Text("登记执行情况", "What became of an order"),
        [],
        at=cycle_id,
        book=book,
        form=filled,
        back=back,
    )
