"""批准: the government's approval of the list, before its notice or after it, as the rulebook says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, delete, select

from services.committee import meetings, minutes, models, notice_ends, results, rounds
from shared.calendar import in_words
from shared.contracts.events import AwardApproved
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks.model import ApprovalRule
from shared.store import Work

_APPROVALS = models.approvals


def record(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The office records the document of approval, once; anew only where its notice was extended beyond it since. Conflict
    where it is not its time, or nobody approves.
    """
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    rule = cycle.rulebook.approval
    if rule is None:
        raise Conflict("本办法没有批准环节", "the rulebook has nobody approve the list")
    earliest = _require_time(work, conductor, cycle, rule)
    found = _find(work, cycle)
    if found is not None and not (rule.when == "after_notice" and found.approved_on < earliest):
        raise Conflict("批准文件已经登记", "the approval is recorded already")
    _require_day(work, data, earliest)
    row = {
        "cycle_id": cycle.cycle_id, "document_number": data["document_number"], "approved_on": data["approved_on"],
        "papers": data["papers"], "recorded_by": work.by,
    }  # fmt: skip
    work.session.execute(delete(_APPROVALS).where(_APPROVALS.c.cycle_id == cycle.cycle_id))
    work.session.execute(_APPROVALS.insert().values(**row, recorded_at=work.now()))
    told = {
        **row, "approver_zh": rule.by.zh, "approver_en": rule.by.en, "when": rule.when, "rule": rule.rule,
    }  # fmt: skip
    work.publish(AwardApproved, told, subject=cycle.cycle_id)
    replaced = None if found is None else {name: getattr(found, name) for name in row}
    work.audit("award:approved", cycle.cycle_id, before=replaced, after=told, cycle_id=cycle.cycle_id)
    return _state(work, cycle)


def approval(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Who approves, and whether it is done."""
    return _state(work, conductor.cycle(work, data["cycle_id"]))


def waiting_for(work: Work, cycle: Cycle, entrants: list[Entrant]) -> list[str]:
    """Where the approval comes before the notice, the stage closes with it; nobody approves a list of nobody: no winner, or all
    of them gone since.
    """
    rule = cycle.rulebook.approval
    if cycle.rehearsal or rule is None or rule.when != "before_notice" or _find(work, cycle) is not None:
        return []
    known = results.last(work, cycle)
    if not any(e.application_id in known and known[e.application_id].awarded for e in entrants):
        return []
    return [f"{rule.by.zh}批准 / the approval by {rule.by.en}"]


def _require_time(work: Work, conductor: Conductor, cycle: Cycle, rule: ApprovalRule) -> date:
    """The first day on which it can have been approved: of the meeting, or the one after the notice's last."""
    stage = conductor.row(work, cycle.cycle_id, meetings.committee_stage(conductor, cycle).key)
    if rule.when == "after_notice":
        if stage.state != "closed":
            raise Conflict(
                "公示在批准之前，审定尚未结束",
                "the notice comes first, and the committee's stage is not closed",
            )
        last = notice_ends.last_day(work, cycle)
        if last is None or work.today() <= last:
            raise Conflict(
                "公示在批准之前，公示期尚未届满" + ("" if last is None else f"（至 {in_words(last).zh}）"),
                "the notice comes first, and is not over"
                + ("" if last is None else f" before the end of {in_words(last).en}"),
                code="notice_not_over",
            )
        return last + timedelta(days=1)
    if stage.state != "begun" or not rounds.finished(work, cycle):
        raise Conflict(
            "审定阶段已结束或表决尚未结束", "the ballots are not over, or the stage is closed already"
        )
    if not cycle.rehearsal and not minutes.confirmed(work, cycle):
        raise Conflict("会议纪要尚未确认", "the minutes are not confirmed yet")
    return stage.begun_on or work.today()


def _require_day(work: Work, data: dict[str, Any], earliest: date) -> None:
    if data["approved_on"] > work.today():
        raise invalid_field("approved_on", "不能晚于今天", "lies in the future")
    if data["approved_on"] < earliest:
        raise invalid_field("approved_on", f"不能早于 {earliest}", f"lies before {earliest}")


def _find(work: Work, cycle: Cycle) -> Row[Any] | None:
    return work.session.execute(
        select(_APPROVALS).where(_APPROVALS.c.cycle_id == cycle.cycle_id)
    ).one_or_none()  # fmt: skip


def _state(work: Work, cycle: Cycle) -> dict[str, Any]:
    rule, found = cycle.rulebook.approval, _find(work, cycle)
    names = ("document_number", "approved_on", "recorded_by")
    return {
        "cycle_id": cycle.cycle_id,
        "approver_zh": "" if rule is None else rule.by.zh,
        "approver_en": "" if rule is None else rule.by.en,
        "when": None if rule is None else rule.when,
        "rule": None if rule is None else rule.rule,
        "papers": [] if found is None else list(found.papers),
        **{name: None if found is None else getattr(found, name) for name in names},
    }
