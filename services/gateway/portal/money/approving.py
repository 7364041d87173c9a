"""核定费用 and 收款账户: what one person proposes or enters, and another one decides or checks."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.portal.forms import Field, Form, Kind, Rows
from services.gateway.portal.money import words
from services.gateway.portal.money.deciding import A_SAMPLE, REASON, decide, names, one, said
from services.gateway.portal.papers import sent, whole_form, with_papers
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, written_money
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import OF_FINANCE, by_another, word
from shared.contracts.operations import FINANCE

ROOM = Room("approving", (FINANCE,))
_ITEM = (
    Field("name", Text("费用项目", "Cost")),
    Field("claimed_fen", Text("申报金额", "Claimed"), Kind.MONEY, width=20),
    Field("approved_fen", Text("拟核定金额", "To be approved"), Kind.MONEY, width=20),
)
COST = with_papers(
    (Rows("items", Text("费用明细", "Cost items"), _ITEM, least=1), REASON), Text("提请核定", "Propose")
)
ACCOUNT = Form(
    (Field("accept", Text("账户与证明一致吗", "Does the account agree with its proof"), Kind.YES_NO), REASON),
    submit=Text("记录核对结果", "Record the check"),
)


@ROOM.page("/finance/<cycle_id>/costs")
def costs(visit: Visit, cycle_id: str) -> Response:
    """Every cost that was proposed, and the grants for which one can be."""
    told = visit.ask("incentives.costs", cycle_id=cycle_id)["costs"]
    grants = (visit.ask_or_none("incentives.money", cycle_id=cycle_id) or {"grants": []})["grants"]
    return visit.page(
        "money/costs.html", Text("核定费用", "Approved costs"), costs=told, grants=grants, cycle_id=cycle_id,
        states=said(words.PROPOSALS, told), names=names(visit, cycle_id), colours=words.COLOURS,
    )  # fmt: skip


@ROOM.page("/finance/<cycle_id>/costs/for/<application_id>", methods=("GET", "POST"), largest=whole_form)
def cost_of(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Propose what a project's cost is, item by item, with papers."""
    filled = (
        sent(visit, COST, "incentives.prepare_cost", "cost", application_id=application_id)
        if request.method == "POST"
        else visit.form(COST)
    )
    back = f"/finance/{cycle_id}/costs"
    if filled.was_posted and filled.ok:
        return visit.go(back, Text("已提请，由另一人决定", "Proposed; another person decides"))
    return visit.page(
        "form.html", Text("提请核定费用", "Propose a cost"), form=filled, back=back,
        facts=[(Text("申报", "Application"), names(visit, cycle_id).said(application_id))],
        intro=Text("须附证明材料；由另一人核定后重新计算资助。",
        "Papers are needed; another person approves, then the grant is computed anew."),
    )  # fmt: skip


@ROOM.page(
    "/finance/<cycle_id>/costs/<proposal_id>", methods=("GET", "POST"), sample={"proposal_id": A_SAMPLE}
)
def cost(visit: Visit, cycle_id: str, proposal_id: str) -> Response:
    """One cost, and the decision on it."""
    found = one(visit.ask("incentives.costs", cycle_id=cycle_id)["costs"], "proposal_id", proposal_id)
    money = _money(visit)
    return decide(
        visit, Text("核定费用", "Approve a cost"), "incentives.decide_cost", f"/finance/{cycle_id}/costs", found,
        [
            (Text("申报", "Application"), names(visit, cycle_id).said(found["subject"])),
            (Text("申报合计", "Claimed in all"), money(found["claimed_fen"])),
            (Text("拟核定合计", "To be approved in all"), money(found["approved_fen"])),
        ],
        heads=[Text("费用项目", "Cost"), Text("申报", "Claimed"), Text("拟核定", "To be approved")],
        items=[(each["name"], money(each["claimed_fen"]), money(each["approved_fen"])) for each in found["items"]],
        intro=Text("同意后，资助按核定费用重新计算。", "Once it is approved the grant is computed anew."),
        proposal_id=proposal_id,
    )  # fmt: skip


def _money(visit: Visit) -> Any:
    return lambda fen: written_money(fen, visit.language)


@ROOM.page("/finance/<cycle_id>/payees")
def payees(visit: Visit, cycle_id: str) -> Response:
    """The accounts, masked."""
    told = visit.ask("incentives.payees", cycle_id=cycle_id)["payees"]
    return visit.page(
        "money/payees.html", Text("收款账户", "Accounts"), payees=told, cycle_id=cycle_id, states=said(words.PAYEES, told),
        names=names(visit, cycle_id),
        colours=words.COLOURS,
        entered=[each["payee_id"] for each in told if visit.did(each["entered_by"])],
    )  # fmt: skip


@ROOM.page("/finance/<cycle_id>/payees/<payee_id>", methods=("GET", "POST"), sample={"payee_id": A_SAMPLE})
def payee(visit: Visit, cycle_id: str, payee_id: str) -> Response:
    """One account, checked by somebody who did not enter it."""
    back = f"/finance/{cycle_id}/payees"
    found = one(visit.ask("incentives.payees", cycle_id=cycle_id)["payees"], "payee_id", payee_id)
    filled, entered = visit.form(ACCOUNT), visit.did(found["entered_by"])
    if request.method == "POST":
        filled = visit.submit(ACCOUNT, "incentives.check_payee", payee_id=payee_id)
        if filled.ok:
            return visit.go(back, Text("核对结果已记录", "The check is on record"))
    facts = [
        (Text("申报", "Application"), names(visit, cycle_id).said(found["application_id"])),
        (Text("户名", "Account name"), found["account_name"]),
        (Text("开户银行", "Bank"), found["bank"]),
        (Text("账号", "Account number"), found["account_number"]),
        (Text("填写人", "Entered by"), visit.person(found["entered_by"])),
        (Text("状态", "State"), word(words.PAYEES, found["state"]).at(visit.language)),
    ]
    if found["state"] != "proposed":
        facts.append((Text("理由", "Reason"), found["reason"] or "—"))
    return visit.page(
        "money/payee.html", Text("核对收款账户", "Check an account"), form=filled, back=back, facts=facts,
        offered=found["state"] == "proposed" and (filled.was_posted or not entered),
        entered=by_another("核对", "check it", OF_FINANCE) if found["state"] == "proposed" and entered else None,
    )  # fmt: skip
