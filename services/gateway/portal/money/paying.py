"""付款批次: made by one, decided by another, carried to the bank, answered; and payments of which nobody knows."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, request

from services.gateway.files import too_large
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind, reason_of
from services.gateway.portal.money import words
from services.gateway.portal.money.deciding import A_SAMPLE, DECISION, REASON, decide, names, one, said
from services.gateway.portal.papers import sent, whole_form, with_papers
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, written_day, written_money
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import word
from shared.contracts.operations import FINANCE
from shared.contracts.operations.incentives.payments import MOST_FILE
from shared.money.capitals import in_capitals

ROOM = Room("paying", (FINANCE,))
_LARGEST = MOST_FILE * 3 // 4  # bytes whose base64 an answer takes
ANSWERS = Form(
    (
        Field(
            "content", Text("银行回执（CSV 或 XLSX）", "The bank's answers (CSV or XLSX)"), Kind.FILE, accept=".csv,.xlsx",
            hint=Text("第一行为列名：付款编号、金额（元）、结果、流水号、日期、原因；付款编号照付款文件，结果写“成功”“失败”或“处理中”，"
            "日期如 2026-05-08",
            "The first line has the columns: key (as in the payment file), amount in yuan, result (成功 paid, 失败 failed, "
            "处理中 under way), reference, day such as 2026-05-08, reason"),
        ),
        Field(
            "last", Text("这是最后一份回执：未提到的付款记为结果不明",
            "No other file is to come: what it does not name is unknown then"),
            Kind.TICK, needed=False,
        ),
    ),
    submit=Text("读入回执", "Read the answers"),
)  # fmt: skip
OUTCOME = with_papers(
    (
        Field(
            "outcome", Text("核对结果", "What became of it"), Kind.RADIOS,
            choices=(Choice("confirmed", Text("已付", "It was paid")), Choice("failed", Text("未付", "It was not paid"))),
        ),
        Field("reference", Text("银行流水号", "Bank reference"), needed=False, width=20, hint=Text("已付时填写",
        "Where it was paid")),
        Field("on", Text("付款日期", "Paid on"), Kind.DAY, needed=False, hint=Text("已付时填写", "Where it was paid")),
        REASON,
    ),
    Text("提请核定", "Propose"),
)  # fmt: skip


@ROOM.page("/finance/<cycle_id>/batches", methods=("GET", "POST"))
def batches(visit: Visit, cycle_id: str) -> Response:
    """The cycle's batches; a new one takes all that can be paid, and says what it leaves out and why."""
    filled = Form(()).filled({})
    if request.method == "POST":
        filled = visit.submit(Form(()), "incentives.assemble_batch", cycle_id=cycle_id)
        made = filled.reply.get("batch")
        if filled.ok and made is not None and not filled.reply["skipped"]:
            return visit.go(
                f"/finance/{cycle_id}/batches/{made['batch_id']}", Text("批次已编制", "The batch was made")
            )
    told = visit.ask("incentives.batches", cycle_id=cycle_id)["batches"]
    return visit.page(
        "money/batches.html", Text("付款批次", "Batches"), batches=told, cycle_id=cycle_id, form=filled,
        states=said(words.BATCHES, told), ways=said(words.WAYS, told, "channel"), colours=words.COLOURS,
        names=names(visit, cycle_id), kinds=words.GRANTS,
    )  # fmt: skip


@ROOM.page("/finance/<cycle_id>/batches/<batch_id>", methods=("GET", "POST"), sample={"batch_id": A_SAMPLE})
def batch(visit: Visit, cycle_id: str, batch_id: str) -> Response:
    """One batch, and the decision of somebody who did not make it."""
    filled = DECISION.filled({})
    if request.method == "POST":
        filled = visit.submit(DECISION, "incentives.decide_batch", batch_id=batch_id)
        if filled.ok:
            return visit.go(
                f"/finance/{cycle_id}/batches/{batch_id}", Text("决定已记录", "The decision is on record")
            )
    return _batch(visit, cycle_id, batch_id, decision=filled)


def _batch(
    visit: Visit,
    cycle_id: str,
    batch_id: str,
    *,
    decision: Filled | None = None,
    answers: Filled | None = None,
) -> Response:
    told = visit.ask("incentives.batch", batch_id=batch_id)
    report = answers.reply if answers is not None and answers.ok and answers.reply else None
    return visit.page(
        "money/batch.html", Text("付款批次", "A batch"), batch=told, cycle_id=cycle_id, capitals=in_capitals(told["total_fen"]),
        decision=decision or DECISION.filled({}), answers=answers or ANSWERS.filled({}), report=report,
        made_by_oneself=visit.did(told["made_by"]), state=word(words.BATCHES, told["state"]),
        way=word(words.WAYS, told["channel"]), lines=said(words.LINES, told["lines"]), colours=words.COLOURS,
        kinds=said(words.GRANTS, told["lines"], "grant_for"), names=names(visit, cycle_id),
        outcomes=said(words.BANK, report["report"] if report else [], "outcome"),
    )  # fmt: skip


@ROOM.page(
    "/finance/<cycle_id>/batches/<batch_id>/answers", methods=("POST",), largest=_LARGEST + (1 << 20),
    largest_file=_LARGEST,
)  # fmt: skip
def answers(visit: Visit, cycle_id: str, batch_id: str) -> Response:
    """A bank's file; what became of each line stands on the answer."""
    filled = ANSWERS.posted(request.form)
    given = request.files.get("content")
    content = given.read(_LARGEST + 1) if given is not None else b""
    if not content:
        filled.errors["content"] = Text("请选择文件", "Choose a file")
    elif len(content) > _LARGEST:
        filled.errors["content"] = reason_of(too_large(_LARGEST))
    if filled.ok:
        told = {"content": base64.b64encode(content).decode("ascii"), "last": filled.data.get("last", False)}
        filled.attempt(lambda: visit.do("incentives.read_bank_file", filled.key, batch_id=batch_id, **told))
    return _batch(visit, cycle_id, batch_id, answers=filled)


@ROOM.page("/finance/<cycle_id>/unknown")
def unknown(visit: Visit, cycle_id: str) -> Response:
    """Payments of which nobody knows, and what was found out."""
    told = visit.ask("incentives.unknown_payments", cycle_id=cycle_id)
    return visit.page(
        "money/unknown.html", Text("结果不明的付款", "Payments of which nobody knows"), told=told, cycle_id=cycle_id,
        names=names(visit, cycle_id), states=said(words.PROPOSALS, told["proposals"]),
        outcomes=said(words.LINES, told["proposals"], "outcome"), colours=words.COLOURS,
    )  # fmt: skip


@ROOM.page(
    "/finance/<cycle_id>/unknown/<line_id>", methods=("GET", "POST"), largest=whole_form, sample={"line_id": A_SAMPLE}
)  # fmt: skip
def outcome(visit: Visit, cycle_id: str, line_id: str) -> Response:
    """Say what became of one, with proof; another person decides."""
    back = f"/finance/{cycle_id}/unknown"
    line: dict[str, Any] = one(
        visit.ask("incentives.unknown_payments", cycle_id=cycle_id)["lines"], "line_id", line_id
    )
    filled = (
        sent(visit, OUTCOME, "incentives.propose_outcome", "payment", line_id=line_id)
        if request.method == "POST"
        else visit.form(OUTCOME)
    )
    if filled.was_posted and filled.ok:
        return visit.go(back, Text("已提请，由另一人决定", "Proposed; another person decides"))
    return visit.page(
        "form.html", Text("提出核对结果", "Say what became of a payment"), form=filled, back=back,
        facts=[
            (Text("申报", "Application"), names(visit, cycle_id).said(line["application_id"])),
            (Text("金额", "Amount"), written_money(line["amount_fen"], visit.language)),
            (Text("大写", "In capitals"), in_capitals(line["amount_fen"])),
        ],
        intro=Text("须附银行出具的证明。任何情况下都不会再次付出。",
        "A bank's proof is needed. Nothing is ever paid again by this."),
    )  # fmt: skip


@ROOM.page(
    "/finance/<cycle_id>/outcomes/<proposal_id>", methods=("GET", "POST"), sample={"proposal_id": A_SAMPLE}
)
def found_out(visit: Visit, cycle_id: str, proposal_id: str) -> Response:
    """One finding, and the second person's decision."""
    told = visit.ask("incentives.unknown_payments", cycle_id=cycle_id)["proposals"]
    found = one(told, "proposal_id", proposal_id)
    return decide(
        visit, Text("核定付款结果", "Decide what became of a payment"), "incentives.decide_outcome",
        f"/finance/{cycle_id}/unknown", found,
        [
            (Text("付款编号", "Payment"), found["line_id"]),
            (Text("核对结果", "Finding"), word(words.LINES, found["outcome"]).at(visit.language)),
            (Text("银行流水号", "Bank reference"), found["reference"] or "—"),
            (Text("付款日期", "Paid on"), written_day(found["on"], visit.language)),
        ],
        proposal_id=proposal_id,
    )  # fmt: skip
