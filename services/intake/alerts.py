"""监督预警 of the intake: what was accepted late or after a correction's day, records that a person decided on, departments
that answered anew after a decision. Read from rows, whenever it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlalchemy import func, select

from services.intake import models
from services.intake.statuses import Status
from shared.calendar import in_words
from shared.clock import SHANGHAI
from shared.procedure import Cycle
from shared.procedure.alerts import Alert, Cycles, Figure, Found, Severity, Watched, by_cycle
from shared.store import Work

_APPLICATIONS, _CORRECTIONS, _RECHECKS = models.applications, models.corrections, models.rechecks
_LOG, _AUDIT = models.enquiry_log, models.platform.audit
_AMISS = ("second", "after_decision")


def watched(work: Work, cycles: Cycles) -> dict[str, Watched]:
    """The intake's alerts of each cycle, and how many applications stand how."""
    found = (
        *_accepted_late(work, cycles),
        *_corrections(work, cycles),
        *_returned_twice(work, cycles),
        *_decided_by_hand(work, cycles),
        *_answered_anew(work, cycles),
    )
    return by_cycle(cycles, found, partial(_figures, work))


def _figures(work: Work, cycle: Cycle) -> Iterator[Figure]:
    states = (
        select(_APPLICATIONS.c.status, func.count())
        .where(_APPLICATIONS.c.cycle_id == cycle.cycle_id)
        .group_by(_APPLICATIONS.c.status)
    )
    counts = {status: int(number) for status, number in work.session.execute(states)}
    yield Figure("applications", "申报", "applications", sum(counts.values()))
    for status, zh, en in (
        (Status.LATE, "逾期申报", "late applications"),
        (Status.WITHDRAWN, "撤回", "withdrawn"),
        (Status.INELIGIBLE, "不符合条件", "ineligible"),
        (Status.AWARDED, "获奖", "awarded"),
        (Status.REVOKED, "已撤销", "revoked"),
    ):
        yield Figure(f"applications_{status}", zh, en, counts.get(status.value, 0))
    returned = (
        select(func.count())
        .select_from(_CORRECTIONS)
        .join(_APPLICATIONS, _APPLICATIONS.c.id == _CORRECTIONS.c.application_id)
        .where(_APPLICATIONS.c.cycle_id == cycle.cycle_id)
    )
    yield Figure(
        "returned", "退回补正", "returned for correction", int(work.session.execute(returned).scalar_one())
    )


def _accepted_late(work: Work, cycles: Cycles) -> Found:
    """Signed for although it was handed in after the last day; a lawful way to this there is not."""
    table, ends = _APPLICATIONS, models.procedure.cycles
    query = (
        select(table)
        .join(ends, ends.c.id == table.c.cycle_id)
        .where(
            table.c.cycle_id.in_(cycles),
            table.c.accepted_version.is_not(None),
            table.c.submitted_on > ends.c.closes_on,
        )
    )
    for row in work.session.execute(query.order_by(table.c.id)):
        closes = in_words(cycles[row.cycle_id].closes_on)
        yield (
            row.cycle_id,
            Alert(
                "accepted_late",
                Severity.SERIOUS,
                row.id,
                row.submitted_on,
                (row.id, row.accepted_by or ""),
                f"申报截止于 {closes.zh}，{in_words(row.submitted_on).zh} 提交的申报仍被受理",
                f"applications ended on {closes.en};"
                f" one handed in on {in_words(row.submitted_on).en} was accepted all the same",
            ),
        )


def _corrections(work: Work, cycles: Cycles) -> Found:
    query = (
        select(_CORRECTIONS, _APPLICATIONS.c.cycle_id, _APPLICATIONS.c.accepted_by)
        .join(_APPLICATIONS, _APPLICATIONS.c.id == _CORRECTIONS.c.application_id)
        .where(
            _APPLICATIONS.c.cycle_id.in_(cycles),
            _APPLICATIONS.c.accepted_version.is_not(None),
        )
        .order_by(_CORRECTIONS.c.application_id)
    )
    for row in work.session.execute(query):
        who = (row.application_id, row.returned_by)
        if row.resubmitted_at is None:
            yield (
                row.cycle_id,
                Alert(
                    "correction_missing",
                    Severity.NOTICE,
                    row.application_id,
                    row.due_on,
                    who,
                    f"未在 {in_words(row.due_on).zh} 前补正，按补正前的材料受理",
                    f"not corrected by {in_words(row.due_on).en}; accepted as it was before",
                ),
            )
        elif row.resubmitted_at.astimezone(SHANGHAI).date() > row.due_on:
            yield (
                row.cycle_id,
                Alert(
                    "corrected_late",
                    Severity.SERIOUS,
                    row.application_id,
                    row.resubmitted_at,
                    who,
                    f"补正期限为 {in_words(row.due_on).zh}，逾期补正后仍被受理",
                    f"the correction was due on {in_words(row.due_on).en}; it came later and was accepted",
                ),
            )


def _returned_twice(work: Work, cycles: Cycles) -> Found:
    """From the audit log: the correction itself holds one return only."""
    audit = _AUDIT.c
    query = (
        select(audit.cycle_id, audit.subject, func.count(), func.max(audit.at), func.max(audit.id))
        .where(audit.cycle_id.in_(cycles), audit.action == "application:returned")
        .group_by(audit.cycle_id, audit.subject)
        .having(func.count() > 1)
        .order_by(audit.subject)
    )
    for cycle_id, subject, times, at, entry in work.session.execute(query):
        yield (
            cycle_id,
            Alert(
                "returned_twice",
                Severity.SERIOUS,
                subject,
                at,
                (entry,),
                f"同一申报退回补正 {times} 次，只能退回一次",
                f"returned for correction {times} times; once is allowed",
            ),
        )


def _decided_by_hand(work: Work, cycles: Cycles) -> Found:
    table = _RECHECKS
    query = select(table).where(table.c.cycle_id.in_(cycles), table.c.decided_by.is_not(None))
    for row in work.session.execute(query.order_by(table.c.application_id, table.c.purpose)):
        assert row.settled_at is not None  # who decides settles
        yield (
            row.cycle_id,
            Alert(
                "records_by_hand",
                Severity.WARNING,
                row.application_id,
                row.settled_at,
                (f"{row.application_id}/{row.purpose}/{row.revision}", row.decided_by),
                f"部门记录前后不一，由 {row.decided_by} 决定（{row.state}），理由：{row.reason or '无'}",
                f"the departments' records differ from before; {row.decided_by} decided ({row.state}), "
                f"because: {row.reason or 'no reason given'}",
            ),
        )


def _answered_anew(work: Work, cycles: Cycles) -> Found:
    table = _LOG
    query = select(table).where(table.c.cycle_id.in_(cycles), table.c.outcome.in_(_AMISS))
    for row in work.session.execute(query.order_by(table.c.id)):
        late = row.outcome == "after_decision"
        yield (
            row.cycle_id,
            Alert(
                "answered_after_decision" if late else "answered_twice",
                Severity.WARNING if late else Severity.NOTICE,
                row.application_id,
                row.at,
                (row.id,),
                f"部门（{row.department}）在{'结论作出后' if late else '已答复后'}再次答复，未予采用",
                f"department {row.department} answered again after {'the decision' if late else 'its answer'}; not taken",
            ),
        )
