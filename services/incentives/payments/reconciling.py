"""对账: what a bank's file says line by line, and what two people found out of a line of which nobody knows."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from services.incentives import models, proposals
from services.incentives.payments import lines
from services.incentives.payments.files import Read, read_answers
from services.incentives.payments.port import Answer
from services.incentives.payments.states import Line
from services.incentives.proposals import Kind
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor
from shared.store import Work

_LINES, _BATCHES = models.lines, models.batches


def read_bank_file(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Take a bank's answers to a batch, each line by itself; the report tells of each what became of it.

    With `last` no further file is to come: what has left and is not answered becomes unknown. A line that is unknown already is
    not settled by a file. Raises Conflict for a batch that goes another way: its bank is asked itself.
    """
    batch = _batch(work, data["batch_id"])
    conductor.records.cycle(work, batch.cycle_id, lock=True)
    conductor.cycle(work, batch.cycle_id)
    if batch.channel != "file":
        raise Conflict("该批次不以文件付款", "this batch is not paid by file")
    try:
        content = base64.b64decode(data["content"], validate=True)
    except (binascii.Error, ValueError):
        raise invalid_field("content", "不是 Base64", "not Base64") from None
    rows = {
        row.id: row
        for row in lines.of(work, _LINES.c.batch_id == batch.id, _LINES.c.first_sent_at.is_not(None))
    }
    orders = {key: lines.order_of(work, row) for key, row in rows.items()}
    report = []
    reads = list(read_answers(content, orders))
    doubtful = _two_results(reads)
    for read in reads:
        outcome = read.outcome
        if read.key in doubtful:
            outcome = "two_results"
        elif read.answer is not None:
            outcome = _take(work, lines.find(work, read.key), read.answer)
        if read.key in rows:
            lines.keep_answer(work, rows[read.key], "file", outcome, read.answer, None)
        report.append({"number": read.number, "line_id": read.key or None, "outcome": outcome})
    unknown = _missing(work, batch) if data["last"] else []
    work.audit(
        "batch:answers_read", batch.id, after={"report": report, "unanswered": unknown, "last": data["last"]},
        cycle_id=batch.cycle_id,
    )  # fmt: skip
    return {"report": report, "unanswered": unknown}


def _two_results(reads: Iterable[Read]) -> set[str]:
    """The keys of which one file says two things: which of them is true is not for a program to choose."""
    said: dict[str, set[Answer]] = {}
    for read in reads:
        if read.answer is not None:
            said.setdefault(read.key, set()).add(replace(read.answer, reason=None))
    return {key for key, answers in said.items() if len(answers) > 1}


def _take(work: Work, row: Row[Any], answer: Answer) -> str:
    if answer.said == "pending":
        return "pending"
    if row.state == Line.UNKNOWN:
        return "by_hand"  # what is unknown is settled by two people and proof, not by whoever has a file
    return lines.take(work, row, answer)


def _missing(work: Work, batch: Row[Any]) -> list[str]:
    silent = lines.of(work, _LINES.c.batch_id == batch.id, _LINES.c.state == Line.SENT.value)
    for row in silent:
        lines.move(
            work,
            row,
            Line.UNKNOWN,
            due_at=None,
            reason_zh="银行回执中没有该笔",
            reason_en="the bank's file does not name it",
        )
    return [row.id for row in silent]


def propose(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Say what became of an unknown line, with proof. Raises Conflict where the line is not unknown."""
    row = lines.find(work, data["line_id"])
    conductor.records.cycle(work, row.cycle_id, lock=True)
    conductor.cycle(work, row.cycle_id)
    if row.state != Line.UNKNOWN:
        raise Conflict(
            f"该付款行为 {row.state}，不需人工核对", f"the line is {row.state}: there is nothing to find out"
        )
    proposals.require_papers(data["papers"])
    if data["outcome"] == "confirmed" and (data["reference"] is None or data["on"] is None):
        raise invalid_field(
            "reference", "已付款的须写流水号和日期", "what was paid has a reference and a day"
        )
    on = data["on"]
    told = {
        "line_id": row.id, "outcome": data["outcome"], "reference": data["reference"],
        "on": None if on is None else on.isoformat(),
    }  # fmt: skip
    return proposals.propose(work, Kind.OUTCOME, row.id, row.cycle_id, told, data["papers"], data["reason"])


def decide(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Another person takes it, which settles the line; or does not."""
    proposal = proposals.find(work, data["proposal_id"], Kind.OUTCOME)
    conductor.records.cycle(work, proposal.cycle_id, lock=True)
    conductor.cycle(work, proposal.cycle_id)
    row = lines.find(work, proposal.subject)
    proposals.decide(work, proposal, accept=data["accept"], reason=data["reason"])
    if data["accept"]:
        said = proposal.data
        on = None if said["on"] is None else date.fromisoformat(said["on"])
        answer = Answer(row.id, said["outcome"], said["reference"], on, proposal.reason)
        if not lines.settle(work, row, answer, reason=data["reason"]):
            raise Conflict("该付款行已有结果", "the line is settled already")
    return {"done": True}


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's lines of which nobody knows, and what was found out of earlier ones."""
    cycle = conductor.cycle(work, data["cycle_id"])
    unknown = lines.of(work, _LINES.c.cycle_id == cycle.cycle_id, _LINES.c.state == Line.UNKNOWN.value)
    found = proposals.listed(work, Kind.OUTCOME, cycle_id=cycle.cycle_id)
    return {"lines": [lines.state_of(row) for row in unknown], "proposals": found}


def _batch(work: Work, batch_id: str) -> Row[Any]:
    row = work.session.execute(select(_BATCHES).where(_BATCHES.c.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个付款批次", "no such batch")
    return row
