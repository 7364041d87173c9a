"""What follows a payment: what has to come back after a revocation, and how the money was used."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from services.gateway.errors import not_found
from services.gateway.portal.forms import Field, Filled, Kind, Rows
from services.gateway.portal.money import words
from services.gateway.portal.money.deciding import A_SAMPLE, REASON, decide, names, one, said
from services.gateway.portal.papers import sent, whole_form, with_papers
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, written_day, written_money
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import word
from shared.contracts.operations import FINANCE
from shared.money.capitals import in_capitals

ROOM = Room("following", (FINANCE,))
RECEIPT = with_papers(
    (
        Field("amount_fen", Text("收回金额", "Amount"), Kind.MONEY, width=20),
        Field("received_on", Text("到账日期", "Received on"), Kind.DAY),
        Field("reference", Text("流水号", "Reference"), width=20),
    ),
    Text("登记收款", "Record the receipt"),
)
_PART = (
    Field("due_on", Text("到期日", "Due"), Kind.DAY),
    Field("amount_fen", Text("金额", "Amount"), Kind.MONEY, width=20),
)
INSTALMENTS = with_papers(
    (Rows("instalments", Text("各期", "Instalment"), _PART, least=1), REASON),
    Text("提请分期", "Propose instalments"),
)
WRITE_OFF = with_papers((REASON,), Text("提请核销", "Propose to write it off"))
# By the last word of the address: the form, its operation, its title, and what is said before.
_STEPS = {
    "receipt": (
        RECEIPT, "incentives.record_receipt", Text("登记追缴收款", "Record a receipt"),
        Text("同一流水号只登记一次，登记后不能撤回。", "One reference is one receipt; it cannot be taken back."),
    ),
    "instalments": (
        INSTALMENTS, "incentives.propose_instalments", Text("提请分期", "Propose instalments"),
        Text("各期合计应等于未收金额；由另一人批准。", "The parts together are what is owed; another person approves."),
    ),
    "write-off": (
        WRITE_OFF, "incentives.propose_write_off", Text("提请核销", "Propose a write-off"),
        Text("须附证明材料；由另一人批准，批准后不再追缴。",
        "Papers are needed; another person approves, then it is claimed no more."),
    ),
}  # fmt: skip
_DECIDING = {"instalments": "incentives.decide_instalments", "write_off": "incentives.decide_write_off"}


@ROOM.page("/finance/<cycle_id>/receivables")
def receivables(visit: Visit, cycle_id: str) -> Response:
    """What is owed back, and how far it is."""
    told = visit.ask("incentives.receivables", cycle_id=cycle_id)["receivables"]
    return visit.page(
        "money/receivables.html", Text("追缴", "Owed back"), receivables=told, cycle_id=cycle_id, states=said(words.OWED, told),
        names=names(visit, cycle_id), colours=words.COLOURS,
    )  # fmt: skip


@ROOM.page("/finance/<cycle_id>/receivables/<application_id>", sample={"application_id": A_SAMPLE})
def receivable(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """One of them: its parts, receipts, reminders and proposals."""
    told = visit.ask("incentives.receivables", cycle_id=cycle_id)["receivables"]
    found = one(told, "application_id", application_id)
    left = found["amount_fen"] - found["received_fen"]
    return visit.page(
        "money/receivable.html", Text("一笔应追回款", "One sum owed back"), owed=found, cycle_id=cycle_id, left=left,
        capitals=in_capitals(max(0, left)), state=word(words.OWED, found["state"]), states=said(words.PROPOSALS,
        found["proposals"]),
        kinds=said(words.KINDS, found["proposals"], "kind"), names=names(visit, cycle_id), colours=words.COLOURS,
    )  # fmt: skip


@ROOM.page(
    "/finance/<cycle_id>/receivables/<application_id>/<step>", methods=("GET", "POST"), largest=whole_form,
    sample={"application_id": A_SAMPLE, "step": "receipt"},
)  # fmt: skip
def step(visit: Visit, cycle_id: str, application_id: str, step: str) -> Response:
    """Money came back; or it is to be parted, or given up."""
    if step not in _STEPS:
        raise not_found()
    form, operation, title, intro = _STEPS[step]
    back = f"/finance/{cycle_id}/receivables/{application_id}"
    found = one(
        visit.ask("incentives.receivables", cycle_id=cycle_id)["receivables"],
        "application_id",
        application_id,
    )
    filled: Filled = (
        sent(visit, form, operation, "payment", application_id=application_id)
        if request.method == "POST"
        else visit.form(form)
    )
    if filled.was_posted and filled.ok:
        return visit.go(back, Text("已登记", "It is on record"))
    left = found["amount_fen"] - found["received_fen"]
    return visit.page(
        "form.html", title, form=filled, back=back, intro=intro,
        facts=[(Text("未收金额", "Still owed"), written_money(left, visit.language)), (Text("大写", "In capitals"),
        in_capitals(max(0, left)))],
    )  # fmt: skip


@ROOM.page(
    "/finance/<cycle_id>/receivables/<application_id>/decide/<proposal_id>", methods=("GET", "POST"),
    sample={"application_id": A_SAMPLE, "proposal_id": A_SAMPLE},
)  # fmt: skip
def proposal(visit: Visit, cycle_id: str, application_id: str, proposal_id: str) -> Response:
    """Instalments or a write-off, decided by another person."""
    told = visit.ask("incentives.receivables", cycle_id=cycle_id)["receivables"]
    found = one(one(told, "application_id", application_id)["proposals"], "proposal_id", proposal_id)
    kind = word(words.KINDS, found["kind"])
    amount = written_money(found["amount_fen"], visit.language)
    parts: list[dict[str, Any]] = found["instalments"]
    return decide(
        visit, Text(f"批准{kind.zh}", f"Decide: {kind.en}"), _DECIDING[found["kind"]],
        f"/finance/{cycle_id}/receivables/{application_id}", found,
        [(Text("事项", "What"), kind.at(visit.language)), (Text("拟放弃金额", "To be given up"), amount)],
        heads=[Text("到期日", "Due"), Text("金额", "Amount")] if parts else [],
        items=[
            (written_day(each.get("due_on"), visit.language), written_money(each.get("amount_fen"), visit.language))
            for each in parts
        ],
        proposal_id=proposal_id,
    )  # fmt: skip


@ROOM.page("/finance/<cycle_id>/use")
def use(visit: Visit, cycle_id: str) -> Response:
    """How the money was used, and what is overdue."""
    told = visit.ask("incentives.use_reports", cycle_id=cycle_id)["grants"]
    reports = [report for grant in told for report in grant["reports"]]
    return visit.page(
        "money/use.html", Text("资金使用", "Use of the money"), grants=told, cycle_id=cycle_id, states=said(words.USES, reports),
        kinds=said(words.GRANTS, told, "grant_for"), names=names(visit, cycle_id), colours=words.COLOURS,
    )  # fmt: skip


@ROOM.page("/finance/<cycle_id>/use/<report_id>", methods=("GET", "POST"), sample={"report_id": A_SAMPLE})
def use_report(visit: Visit, cycle_id: str, report_id: str) -> Response:
    """One report: taken, or given back with the reason."""
    told = visit.ask("incentives.use_reports", cycle_id=cycle_id)["grants"]
    found = one((report for grant in told for report in grant["reports"]), "report_id", report_id)

    def money(fen: int) -> str:
        return written_money(fen, visit.language)

    return decide(
        visit, Text("审核资金使用报告", "Look at a report of use"), "incentives.decide_use", f"/finance/{cycle_id}/use", found,
        [
            (Text("期次", "Period"), found["period"]),
            (Text("版本", "Version"), found["version"]),
            (Text("使用合计", "Spent in all"), money(found["spent_fen"])),
            (Text("报告日期", "Reported on"), written_day(found["reported_on"], visit.language)),
        ],
        heads=[Text("用途", "Purpose"), Text("金额", "Amount"), Text("说明", "Note")],
        items=[(each["purpose"], money(each["amount_fen"]), each["note"]) for each in found["items"]],
        intro=Text("不同意即退回，由获奖单位重新报告。", "Where you do not approve it goes back and is reported anew."),
        report_id=report_id,
    )  # fmt: skip
