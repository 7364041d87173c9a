"""更换评审员: another one takes over, found by the optimiser or named by the office, and held against the same rules.

The row and the sheet of the one who is replaced stay; the sheet counts no longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.review import conflicts, models
from services.review.panels import Assignment, Problem
from services.review.seating import drafts, drawing, inputs, leaders, offers
from services.review.seating.drawing import Seats
from services.review.seating.inputs import Serving
from services.review.seating.rows import Place, note, place, require_released, seats
from services.review.seating.states import ON_DUTY, Assigned, assignment_after
from shared.identifiers import Reason
from shared.problems import Conflict, FieldError, NotFound
from shared.procedure import Conductor
from shared.store import Work

_PANELS, _ASSIGNMENTS, _OFFERS = models.panels, models.assignments, models.offers
_OPEN = (*ON_DUTY, Assigned.DECLINED)


@dataclass(frozen=True)
class _Leaving:
    """Who goes, from which applications, and who takes over (None: the optimiser finds somebody)."""

    expert_id: str
    application_id: str | None
    coming: str | None
    reason: str


def replace(work: Work, conductor: Conductor, data: dict[str, Any], terms: offers.Terms) -> dict[str, Any]:
    """Replace one reviewer in one application, or in all it has here. Raises Conflict where nobody lawful is left, or the
    one named would break a rule; NotFound where the reviewer has nothing here.
    """
    where = place(work, conductor, data, lock=True)
    row = require_released(work, where)
    _require_running(work, conductor, where)
    leaving = _Leaving(data["expert_id"], data["application_id"], data["coming"], data["reason"])
    now = inputs.serving(work, conductor, where, row)
    coming = _one(work, where, row, now, leaving, terms)
    leaders.keep(work, where, now.problem)
    return {"replaced": [coming]}


def fill(work: Work, conductor: Conductor, data: dict[str, Any], terms: offers.Terms) -> dict[str, Any]:
    """Replace everybody who declined, and with `silent` everybody who let the term go by, as far as somebody is left; and give
    out what came after the draw.

    What could not be filled is said by application, so that the office can enter more experts.
    """
    where = place(work, conductor, data, lock=True)
    row = require_released(work, where)
    _require_running(work, conductor, where)
    now = inputs.serving(work, conductor, where, row)
    replaced, unfilled = [], []
    for expert_id, application_id in _vacancies(work, where, silent=data["silent"]):
        leaving = _Leaving(expert_id, application_id, None, data["reason"])
        try:
            with work.session.begin_nested():
                replaced.append(_one(work, where, require_released(work, where), now, leaving, terms))
        except Conflict as nobody:
            unfilled.append(
                {
                    "application_id": application_id,
                    "reason_zh": nobody.detail_zh,
                    "reason_en": nobody.detail_en,
                }
            )
    added, without = _give_out(work, where, now, data["reason"], terms)
    leaders.keep(work, where, now.problem)
    return {"replaced": replaced, "added": added, "unfilled": [*unfilled, *without]}


def _give_out(
    work: Work, where: Place, serving: Serving, reason: str, terms: offers.Terms
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Reviewers for the applications that came after the draw, and for which of them there are none."""
    row, now = require_released(work, where), serving.problem
    before = seats(work, where, row, tuple(Assigned))
    late = drawing.late(now, before)
    if not late:
        return [], []
    sitting = seats(work, where, row, tuple(state.value for state in _OPEN))
    try:
        after = drawing.added(drawing.barring(now, serving.unable, late), sitting, row.seed)
    except drawing.NoPanelError as none:
        told = {"reason_zh": none.reason_zh, "reason_en": none.reason_en}
        return [], [{"application_id": application_id, **told} for application_id in late]
    lines = [line for line in after.assignments if line.application_id in late]
    _write_new(work, where, lines, reason)
    values = {"members": list(after.members), "industry_share": drawing.figures(now, after)["industry_share"]}
    work.session.execute(update(_PANELS).where(where.of(_PANELS)).values(**values))
    offers.offer(work, where, {line.expert_id for line in lines}, terms, "addition")
    conflicts.settle(work, where.cycle)
    added = [
        {"application_id": a, "reviewers": [line.expert_id for line in lines if line.application_id == a]}
        for a in late
    ]
    joined = [name for name in after.members if name not in sitting.members]
    note(work, where, "added", {"applications": added, "joined": joined}, reason=reason)
    return added, []


def _write_new(work: Work, where: Place, lines: list[Assignment], reason: str) -> None:
    rows = [
        {
            **where.key,
            "application_id": line.application_id,
            "expert_id": line.expert_id,
            "position": line.position,
            "state": Assigned.RELEASED.value,
            "released_at": work.now(),
            "reason": reason,
        }
        for line in lines
    ]
    work.session.execute(_ASSIGNMENTS.insert(), rows)


def _vacancies(work: Work, where: Place, *, silent: bool) -> list[tuple[str, str]]:
    quiet = select(_OFFERS.c.expert_id).where(and_(where.of(_OFFERS), _OFFERS.c.silent_at.is_not(None)))
    gone = _ASSIGNMENTS.c.state == Assigned.DECLINED.value
    if silent:
        gone |= and_(_ASSIGNMENTS.c.state == Assigned.RELEASED.value, _ASSIGNMENTS.c.expert_id.in_(quiet))
    dossiers = models.procedure.dossiers
    query = (
        select(_ASSIGNMENTS.c.expert_id, _ASSIGNMENTS.c.application_id)
        .join(dossiers, dossiers.c.application_id == _ASSIGNMENTS.c.application_id)
        .where(and_(where.of(_ASSIGNMENTS), gone, dossiers.c.withdrawn_on.is_(None)))
        .order_by(dossiers.c.sequence, _ASSIGNMENTS.c.position)
    )
    return [(expert, application) for expert, application in work.session.execute(query)]


def _one(
    work: Work, where: Place, row: Row[Any], serving: Serving, leaving: _Leaving, terms: offers.Terms
) -> dict[str, Any]:
    now = serving.problem
    lines = _lines(work, where, leaving)
    sitting = seats(work, where, row, tuple(state.value for state in _OPEN))
    coming = leaving.coming or _found(work, where, serving, sitting, leaving)
    _require_able(serving, coming)
    _require_new(work, where, coming, lines)
    after = drawing.taken_over(sitting, leaving.application_id, leaving.expert_id, coming)
    after = drawing.led(now, after)  # one who may not lead does not take over the lead; see leaders.keep
    _require_no_worse(now, sitting, after)
    silent = _was_silent(work, where, leaving.expert_id)
    for line in lines:
        _hand_over(work, where, line, coming, leaving.reason)
    share = drawing.figures(now, after)["industry_share"]
    values = {"members": list(after.members), "industry_share": share}
    work.session.execute(update(_PANELS).where(where.of(_PANELS)).values(**values))
    offers.settled(work, where, leaving.expert_id)
    offers.offer(work, where, [coming], terms, "replacement")
    told = {
        "coming": coming,
        "applications": [line.application_id for line in lines],
        "named": leaving.coming is not None,
        "silent": silent,
    }
    note(
        work, where, "replaced", told, reason=leaving.reason, expert_id=leaving.expert_id,
        application_id=leaving.application_id,
    )  # fmt: skip
    return {"leaving": leaving.expert_id, "coming": coming, "applications": told["applications"]}


def _lines(work: Work, where: Place, leaving: _Leaving) -> list[Row[Any]]:
    wanted = [where.of(_ASSIGNMENTS), _ASSIGNMENTS.c.expert_id == leaving.expert_id]
    if leaving.application_id is None:
        wanted.append(_ASSIGNMENTS.c.state.in_(_OPEN))
    else:
        wanted.append(_ASSIGNMENTS.c.application_id == leaving.application_id)
    lines = list(work.session.execute(select(_ASSIGNMENTS).where(and_(*wanted))).all())
    if not lines:
        raise NotFound("该专家在此没有评审任务", "the expert has no such assignment here")
    for line in lines:
        assignment_after("replace", line.state)
    return lines


def _found(work: Work, where: Place, serving: Serving, sitting: Seats, leaving: _Leaving) -> str:
    unwilling = _had_it(work, where, leaving.application_id) | serving.unable
    try:
        return drawing.replacement(
            serving.problem, sitting, leaving.application_id, leaving.expert_id, unwilling
        )
    except drawing.NoPanelError as nobody:
        ways = list(_ways_on(work, where, serving, sitting, leaving))
        raise Conflict(
            f"{nobody.reason_zh}。可以：{'；'.join(way.zh for way in ways)}",
            f"{nobody.reason_en}. What can be done: {'; '.join(way.en for way in ways)}",
            code="no_replacement",
        ) from None


def _had_it(work: Work, where: Place, application_id: str | None) -> set[str]:
    """Who comes no more: who ever had the application, or (of a whole member's place) who gave up anything here."""
    query = select(_ASSIGNMENTS.c.expert_id).where(where.of(_ASSIGNMENTS))
    if application_id is not None:
        query = query.where(_ASSIGNMENTS.c.application_id == application_id)
    else:
        query = query.where(_ASSIGNMENTS.c.state.not_in(ON_DUTY))
    return set(work.session.execute(query).scalars())


def _ways_on(
    work: Work, where: Place, serving: Serving, sitting: Seats, leaving: _Leaving
) -> Iterator[Reason]:
    """What is lawful where nobody takes over: whole members change places without a change of the panel's number."""
    if leaving.application_id is not None and _whole_place_can_be_taken(
        work, where, serving, sitting, leaving
    ):
        yield Reason(
            "整体更换该成员（不指明申报），其全部申报由一名组外专家接替，原评分表保留但不计",
            "replace the member as a whole (name no application): one from outside takes over all that it has, and its sheets "
            "are kept and not counted",
        )
    else:
        yield Reason(
            "向本届专家名册补充符合条件的专家，再整体更换该成员",
            "enter experts in the pool who meet these rules, and replace the member as a whole",
        )
    least = where.cycle.rulebook.recusal_terms.least_sheets
    if least is not None:
        yield Reason(
            f"因回避而缺人的，有效评分表不少于 {least} 份时由纪检监督放行，按其余评分表计分",
            f"where it is recused, have discipline release the application with {least} valid sheets or more: the others "
            "make its score",
        )


def _whole_place_can_be_taken(
    work: Work, where: Place, serving: Serving, sitting: Seats, leaving: _Leaving
) -> bool:
    unwilling = _had_it(work, where, None) | serving.unable
    try:
        drawing.replacement(serving.problem, sitting, None, leaving.expert_id, unwilling)
    except drawing.NoPanelError:
        return False
    return True


def _require_able(serving: Serving, coming: str) -> None:
    """A member who is away by now, owes its declaration or has left the register takes nothing over."""
    if coming in serving.unable:
        raise Conflict(
            f"{coming} 现不能承担新的评审任务：申报已失效、期间不能参加或已出库",
            f"{coming} can be given nothing now: its declaration is over, it is away, or it has left the register",
            code="not_available",
            errors=[FieldError("coming", "现不能承担新的评审任务", "can be given nothing now")],
        )


def _require_new(work: Work, where: Place, coming: str, lines: list[Row[Any]]) -> None:
    """One who has an application, or had it and left, is no replacement there."""
    applications = [line.application_id for line in lines]
    query = select(_ASSIGNMENTS.c.application_id).where(
        and_(
            where.of(_ASSIGNMENTS),
            _ASSIGNMENTS.c.expert_id == coming,
            _ASSIGNMENTS.c.application_id.in_(applications),
        )
    )
    if work.session.execute(query).first() is not None:
        raise Conflict(
            "该专家正在评审或曾经评审此申报，不能接替",
            "the expert reviews the application or did so before and cannot take over",
            code="no_replacement",
        )


def _require_no_worse(now: Problem, before: Seats, after: Seats) -> None:
    """The same check as of a draft: what a replacement breaks, and was not broken before it, is refused by name."""
    known = {(fault.rule, fault.reason) for fault in drawing.check(now, before)}
    faults = [fault for fault in drawing.check(now, after) if (fault.rule, fault.reason) not in known]
    if faults:
        drafts.refuse(faults)


def _was_silent(work: Work, where: Place, expert_id: str) -> bool:
    query = select(_OFFERS.c.silent_at).where(and_(where.of(_OFFERS), _OFFERS.c.expert_id == expert_id))
    return work.session.execute(query).scalar_one_or_none() is not None


def _hand_over(work: Work, where: Place, line: Row[Any], coming: str, reason: str) -> None:
    this = and_(
        where.of(_ASSIGNMENTS),
        _ASSIGNMENTS.c.application_id == line.application_id,
        _ASSIGNMENTS.c.expert_id == line.expert_id,
    )
    work.session.execute(
        update(_ASSIGNMENTS)
        .where(this)
        .values(state=assignment_after("replace", line.state).value, reason=reason)
    )
    row = {
        **where.key,
        "application_id": line.application_id,
        "expert_id": coming,
        "position": line.position,
        "state": Assigned.RELEASED.value,
        "released_at": work.now(),
        "replaces": line.expert_id,
    }
    work.session.execute(_ASSIGNMENTS.insert().values(**row))
    conflicts.replaced(work, where.cycle, where.stage.key, line.application_id, line.expert_id, coming)


def _require_running(work: Work, conductor: Conductor, where: Place) -> None:
    state = conductor.row(work, where.cycle.cycle_id, where.stage.key).state
    if state not in ("planned", "begun"):
        raise Conflict(
            f"阶段 {where.stage.key} 当前为 {state}，不再更换评审员",
            f"stage {where.stage.key} is {state}: nobody is replaced any more",
        )
