"""监督预警 of the eligibility: judgements reversed or without a reason, objections and forms that are overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import Table, and_, func, or_, select

from services.eligibility import models
from services.eligibility.objections.clock import OURS, Terms, due
from services.eligibility.objections.states import WORDS, State
from services.eligibility.supervision import lists
from services.eligibility.supervision.forms import OF_DISCIPLINE
from shared.calendar import in_words, work_calendar
from shared.procedure import Cycle
from shared.procedure.alerts import Alert, Cycles, Figure, Found, Severity, Watched, by_cycle
from shared.procedure.watching import since_in
from shared.store import Work

_JUDGEMENTS, _OBJECTIONS, _NOTICES = models.judgements, models.objections, models.notices
_FORMS, _AUDIT = models.supervision_forms, models.platform.audit


def watched(work: Work, cycles: Cycles, terms: Terms) -> dict[str, Watched]:
    """The alerts, and the figures: findings, objections by state, forms by state. Of objectors nothing is told."""
    found = (
        *_reversed(work, cycles),
        *_unreasoned(work, cycles),
        *_overdue_objections(work, cycles, terms),
        *_overdue_forms(work, cycles),
    )
    return by_cycle(cycles, found, partial(_figures, work))


def fresh(work: Work, cycles: Cycles, since: datetime | None) -> dict[str, dict[str, int]]:
    """Objections that are new, by cycle."""
    return {"objections": since_in(work, cycles, _OBJECTIONS.c.raised_on, since)}


def _figures(work: Work, cycle: Cycle) -> Iterator[Figure]:
    yield Figure("evaluated", "已作资格审查", "evaluated", _count(work, cycle, models.evaluations))
    yield Figure("judgements", "人工认定", "judgements", _count(work, cycle, _JUDGEMENTS))
    yield Figure("notices", "公示", "public notices", _count(work, cycle, _NOTICES))
    by_state = (
        select(_OBJECTIONS.c.state, func.count())
        .where(_OBJECTIONS.c.cycle_id == cycle.cycle_id)
        .group_by(_OBJECTIONS.c.state)
        .order_by(_OBJECTIONS.c.state)
    )
    states = [(state, int(number)) for state, number in work.session.execute(by_state)]
    yield Figure("objections", "异议", "objections", sum(number for _, number in states))
    for state, number in states:
        zh, en = WORDS[State(state)]
        yield Figure(f"objections_{state}", f"异议：{zh}", f"objections: {en}", number)
    yield Figure("honours", "获奖", "honours", _count(work, cycle, models.honours))
    forms = lists.counts(work, cycle)
    yield Figure("forms", "监督反馈表", "supervision forms", sum(forms.values()))
    for state, number in sorted(forms.items()):
        yield Figure(f"forms_{state}", f"监督反馈表：{_FORMED[state]}", f"supervision forms {state}", number)


_FORMED = {
    "open": "待答复", "answered": "已答复", "reopened": "重新提出", "closed": "已办结", "withdrawn": "已撤回",
}  # fmt: skip


def _count(work: Work, cycle: Cycle, table: Table) -> int:
    query = select(func.count()).select_from(table).where(table.c.cycle_id == cycle.cycle_id)
    return int(work.session.execute(query).scalar_one())


def _reversed(work: Work, cycles: Cycles) -> Found:
    """A condition judged more than once; the judgement itself keeps the last word only."""
    audit = _AUDIT.c
    query = (
        select(audit.cycle_id, audit.subject, func.count(), func.max(audit.at), func.max(audit.id))
        .where(audit.cycle_id.in_(cycles), audit.action == "finding:judged")
        .group_by(audit.cycle_id, audit.subject)
        .having(func.count() > 1)
        .order_by(audit.subject)
    )
    for cycle_id, subject, times, at, entry in work.session.execute(query):
        yield (
            cycle_id,
            Alert(
                "judged_again",
                Severity.WARNING,
                subject,
                at,
                (entry,),
                f"同一条件认定了 {times} 次",
                f"one condition was judged {times} times",
            ),
        )


def _unreasoned(work: Work, cycles: Cycles) -> Found:
    """A rehearsal's player gives no reasons."""
    table, real = _JUDGEMENTS, [each for each, cycle in cycles.items() if not cycle.rehearsal]
    blank = or_(table.c.reason.is_(None), func.trim(table.c.reason) == "")
    query = select(table).where(and_(table.c.cycle_id.in_(real), blank))
    for row in work.session.execute(query.order_by(table.c.application_id, table.c.finding)):
        verdict_zh, verdict_en = ("符合", "met") if row.confirmed else ("不符合", "not met")
        yield (
            row.cycle_id,
            Alert(
                "judged_without_reason",
                Severity.NOTICE,
                f"{row.application_id}/{row.finding}",
                row.decided_at,
                (f"{row.application_id}/{row.finding}", row.decided_by),
                f"{row.decided_by} 认定“{verdict_zh}”，未写理由",
                f"{row.decided_by} judged the condition {verdict_en} without giving a reason",
            ),
        )


def _overdue_objections(work: Work, cycles: Cycles, terms: Terms) -> Found:
    """A step that the office owes and that is late by the clock; where a rehearsal has none, what was accepted and is not ruled
    on although the notice's days are over. Nobody's identity is read here.
    """
    table, today = _OBJECTIONS, work.today()
    names = ("id", "cycle_id", "application_id", "raised_on", "state", "since", "days")
    query = (
        select(*(table.c[name] for name in names), _NOTICES.c.last_day)
        .join(_NOTICES, and_(_NOTICES.c.cycle_id == table.c.cycle_id, _NOTICES.c.notice == table.c.notice))
        .where(table.c.cycle_id.in_(cycles))
        .order_by(table.c.id)
    )
    for row in work.session.execute(query):
        awaited = due(work_calendar(), row.state, row.since, row.days, today, terms)
        if awaited is not None and awaited.step in OURS and awaited.on is not None and today > awaited.on:
            step, last = awaited.step, awaited.on
        elif row.days is None and row.state == State.ACCEPTED and today > row.last_day:
            step, last = "ruling", row.last_day
        else:
            continue
        yield (
            row.cycle_id,
            Alert(
                "objection_overdue",
                Severity.SERIOUS,
                row.application_id,
                last,
                (row.id, step),
                f"{in_words(row.raised_on).zh} 提出的异议应于 {in_words(last).zh} 前{_STEPS[step]}，至今未办",
                f"of an objection of {in_words(row.raised_on).en} the {step} was due on {in_words(last).en}"
                " and has not been done",
            ),
        )


_STEPS = {
    "acceptance": "决定是否受理",
    "inquiry": "向申报人核实",
    "ruling": "裁定",
    "decision": "作出复核决定",
}


def _overdue_forms(work: Work, cycles: Cycles) -> Found:
    """What discipline inspection asked and nobody has answered in time."""
    query = select(_FORMS).where(
        _FORMS.c.cycle_id.in_(cycles), _FORMS.c.opened_by_side == OF_DISCIPLINE, lists.overdue(work)
    )
    for row in work.session.execute(query.order_by(_FORMS.c.due_on, _FORMS.c.id)):
        yield (
            row.cycle_id,
            Alert(
                "form_overdue",
                Severity.WARNING,
                row.id,
                row.due_on,
                (row.id, row.due_on.isoformat()),
                f"监督反馈表应于 {in_words(row.due_on).zh} 前答复，至今未答复",
                f"a supervision form was to be answered by {in_words(row.due_on).en} and is not",
            ),
        )
