"""利害关系申报: owed, late, or found only when the reviewer was at work already. A rehearsal asks nobody for any."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, exists, func, select

from services.review import models
from services.review.conditions import PAIR, SEAT, agree
from services.review.conflicts.computing import LIFTED
from services.review.conflicts.recorded import State
from services.review.seating.states import ON_DUTY, Assigned
from shared.calendar import in_words
from shared.clock import SHANGHAI
from shared.procedure import REAL_WORLD
from shared.procedure.alerts import Alert, Cycles, Found, Severity
from shared.store import Work

_ASSIGNMENTS, _STATEMENTS, _DECLARATIONS = models.assignments, models.case_statements, models.declarations
_RECUSALS, _CONFLICTS, _OFFERS, _SHEETS = models.recusals, models.conflicts, models.offers, models.sheets


def found(work: Work, cycles: Cycles) -> Found:
    """Every alert about interests of the real cycles among these."""
    real = {each: cycle for each, cycle in cycles.items() if not cycle.rehearsal}
    if not real:
        return
    yield from _declarations(work, real)
    yield from _statements(work, real)
    yield from _unstated_sheets(work, real)
    yield from _late_interests(work, real)
    yield from _lifted(work, real)


def _declarations(work: Work, cycles: Cycles) -> Found:
    """Reviewers who were offered work on a day on which no yearly declaration of theirs was in force."""
    who = (_ASSIGNMENTS.c.cycle_id, _ASSIGNMENTS.c.expert_id)
    seats = (
        select(*who, func.min(_ASSIGNMENTS.c.released_at).label("offered_at"))
        .where(
            _ASSIGNMENTS.c.cycle_id.in_(cycles),
            _ASSIGNMENTS.c.state.in_(ON_DUTY),
            _ASSIGNMENTS.c.released_at.is_not(None),
        )
        .group_by(*who)
        .order_by(*who)
    )
    rows = work.session.execute(seats).all()
    declared: dict[str, list[Row[Any]]] = {}
    when = (
        _DECLARATIONS.c[name] for name in ("id", "expert_id", "declared_on", "declared_at", "valid_until")
    )
    known = select(*when).where(  # not what was declared: that is personal, and to reveal it takes longest
        _DECLARATIONS.c.world == REAL_WORLD,
        _DECLARATIONS.c.expert_id.in_({row.expert_id for row in rows}),
    )
    for row in work.session.execute(known.order_by(_DECLARATIONS.c.number)):
        declared.setdefault(row.expert_id, []).append(row)
    for row in rows:
        day = row.offered_at.astimezone(SHANGHAI).date()
        own = declared.get(row.expert_id, [])
        if any(each.declared_on <= day <= each.valid_until for each in own):
            continue
        later = next((each for each in own if each.declared_on > day), None)
        if later is None:
            yield (
                row.cycle_id,
                Alert(
                    "declaration_missing",
                    Severity.WARNING,
                    row.expert_id,
                    row.offered_at,
                    (row.expert_id,),
                    f"{in_words(day).zh} 接到评审任务时没有有效的年度利害关系申报，至今未申报",
                    f"was offered reviews on {in_words(day).en} without a yearly declaration of interests,"
                    " and has made none since",
                ),
            )
        else:
            yield (
                row.cycle_id,
                Alert(
                    "declaration_late",
                    Severity.NOTICE,
                    row.expert_id,
                    later.declared_at,
                    (later.id,),
                    f"{in_words(day).zh} 接到评审任务，{in_words(later.declared_on).zh} 才作年度利害关系申报",
                    f"was offered reviews on {in_words(day).en};"
                    f" the yearly declaration of interests came on {in_words(later.declared_on).en}",
                ),
            )


def _statements(work: Work, cycles: Cycles) -> Found:
    """Statements on one application that came after the time to answer, or have not come by then."""
    panel = ("cycle_id", "stage", "category", "expert_id")
    said = select(func.min(_STATEMENTS.c.signed_at)).where(agree(_STATEMENTS, _ASSIGNMENTS, PAIR))
    seat = [_ASSIGNMENTS.c[name] for name in PAIR]
    query = (
        select(
            *seat,
            func.min(_OFFERS.c.answer_by).label("answer_by"),
            func.min(said.correlate(_ASSIGNMENTS).scalar_subquery()).label("signed_at"),
        )
        .join(_OFFERS, agree(_OFFERS, _ASSIGNMENTS, panel))
        .where(_ASSIGNMENTS.c.cycle_id.in_(cycles), _ASSIGNMENTS.c.state == Assigned.ACCEPTED)
        .group_by(*seat)
        .order_by(*seat)
    )
    for row in work.session.execute(query):
        subject = f"{row.application_id}/{row.expert_id}"
        if row.signed_at is None and work.now() > row.answer_by:
            yield (
                row.cycle_id,
                Alert(
                    "statement_missing",
                    Severity.NOTICE,
                    subject,
                    row.answer_by,
                    (subject,),
                    "接受评审任务后逾期未作逐案利害关系申明",
                    "accepted the review and has not stated in time whether it has an interest in it",
                ),
            )
        elif row.signed_at is not None and row.signed_at > row.answer_by:
            yield (
                row.cycle_id,
                Alert(
                    "statement_late",
                    Severity.NOTICE,
                    subject,
                    row.signed_at,
                    (subject,),
                    "逐案利害关系申明晚于答复期限",
                    "the statement on interests in the application came after the time to answer",
                ),
            )


def _unstated_sheets(work: Work, cycles: Cycles) -> Found:
    """Sheets of reviewers who never stated anything on the application; the system takes none, so these came another way."""
    said = exists().where(agree(_STATEMENTS, _SHEETS, PAIR)).correlate(_SHEETS)
    query = select(_SHEETS).where(_SHEETS.c.cycle_id.in_(cycles), ~said)
    for row in work.session.execute(query.order_by(*(_SHEETS.c[name] for name in SEAT))):
        yield (
            row.cycle_id,
            Alert(
                "sheet_without_statement",
                Severity.SERIOUS,
                f"{row.application_id}/{row.expert_id}",
                row.submitted_at,
                (f"{row.stage}/{row.application_id}/{row.expert_id}",),
                "评分表已提交，却没有逐案利害关系申明",
                "a sheet is in without a statement on interests in the application",
            ),
        )


def _late_interests(work: Work, cycles: Cycles) -> Found:
    """Interests that became known when the reviewer was assigned already, gravest where it had scored."""
    query = select(_RECUSALS).where(_RECUSALS.c.cycle_id.in_(cycles), _RECUSALS.c.state != State.LAPSED.value)
    for row in work.session.execute(query.order_by(_RECUSALS.c.opened_at, *(_RECUSALS.c[n] for n in SEAT))):
        after_zh, after_en = (
            ("评分表提交之后", "after its sheet was in")
            if row.sheet_kept
            else ("承担评审之后", "after it was assigned")
        )
        yield (
            row.cycle_id,
            Alert(
                "interest_late",
                Severity.SERIOUS if row.sheet_kept else Severity.NOTICE,
                f"{row.application_id}/{row.expert_id}",
                row.opened_at,
                (f"{row.stage}/{row.application_id}/{row.expert_id}/{row.number}",),
                f"{after_zh}才得知利害关系（{row.ground}，来源 {row.source}），现为 {row.state}",
                f"an interest became known {after_en} ({row.ground}, from {row.source}); the recusal is {row.state}",
            ),
        )


def _lifted(work: Work, cycles: Cycles) -> Found:
    query = select(_CONFLICTS).where(
        and_(_CONFLICTS.c.cycle_id.in_(cycles), _CONFLICTS.c.ended_why == LIFTED)
    )
    for row in work.session.execute(query.order_by(_CONFLICTS.c.ended_at, *(_CONFLICTS.c[n] for n in PAIR))):
        yield (
            row.cycle_id,
            Alert(
                "conflict_lifted",
                Severity.WARNING,
                f"{row.application_id}/{row.expert_id}",
                row.ended_at,
                (f"{row.application_id}/{row.expert_id}/{row.ground}/{row.source}/{row.number}",),
                f"利害关系（{row.ground}）由 {row.ended_by} 解除，理由：{row.ended_reason}",
                f"a conflict ({row.ground}) was lifted by {row.ended_by}, because: {row.ended_reason}",
            ),
        )
