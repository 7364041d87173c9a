"""回避记录: one for each reviewer who was assigned an application and is kept from it: found when and from what, with what
consequences, replaced by whom, confirmed by whom. Until its replacement has scored, the application is held.

A rehearsal has none: there the means of those who are free decide, as its file says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, exists, func, or_, select, update

from services.review import models
from services.review.conditions import APPLICATION, PAIR, SEAT, agree, is_, withdrawn
from services.review.conflicts import discretion, sources
from services.review.conflicts.reading import free, kept
from services.review.conflicts.recusals import worded
from services.review.saying import first_of
from services.review.seating.states import ON_DUTY, Assigned
from services.review.sittings import Sitting
from shared.problems import Conflict, NotFound
from shared.procedure import Conductor, Cycle, Entrant
from shared.procedure.records import of_stages
from shared.rulebooks import Stage
from shared.store import Work

_RECUSALS, _CONFLICTS, _ASSIGNMENTS = models.recusals, models.conflicts, models.assignments
_SHEETS, _EXPERTS, _STAGES = models.sheets, models.experts, models.procedure.stages
_DOSSIERS = models.procedure.dossiers
_IN_PLACE = (*ON_DUTY, Assigned.DECLINED)


class State(StrEnum):
    """What became of a recusal. Scored is not written down: it is so as soon as the replacement's sheet counts."""

    OPEN = "open"
    NAMED = "named"
    SCORED = "scored"
    RELEASED = "released"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"


Concerned = Callable[[ColumnElement[Any], ColumnElement[Any]], Iterable[ColumnElement[bool]]]


def everything(_expert_id: ColumnElement[Any], _application_id: ColumnElement[Any]) -> tuple[()]:
    """No condition."""
    return ()


_STANDING = (State.OPEN, State.NAMED, State.RELEASED, State.CONFIRMED)


def settle(work: Work, cycle: Cycle, concerned: Concerned = everything) -> None:
    """Open a record for each assigned reviewer who is kept from its application by now, and let those lapse whose ground
    is gone. Whoever writes assignments, and whoever computes conflicts, calls it after it has written. `concerned`: the
    conditions on the columns of expert and application, where only some are meant.
    """
    if cycle.rehearsal:
        return
    which = concerned(_ASSIGNMENTS.c.expert_id, _ASSIGNMENTS.c.application_id)
    for seat in work.session.execute(_unrecorded(cycle).where(*which)).all():
        _open(work, cycle, seat)
    _lapse(work, cycle, concerned)


def replaced(work: Work, cycle: Cycle, stage: str, application_id: str, leaving: str, coming: str) -> None:
    """Somebody takes over from a reviewer; where that one was recused, its record names who comes.

    Raises Conflict where the one who comes is kept from the application too, or owes its yearly declaration.
    """
    if cycle.rehearsal:
        return
    _require_fit(work, cycle, application_id, coming)
    here = and_(
        _RECUSALS.c.cycle_id == cycle.cycle_id,
        _RECUSALS.c.stage == stage,
        _RECUSALS.c.application_id == application_id,
        _RECUSALS.c.state.in_((State.OPEN, State.NAMED)),
    )
    waiting = or_(
        and_(_RECUSALS.c.expert_id == leaving, _RECUSALS.c.replacement.is_(None)),
        _RECUSALS.c.replacement == leaving,
    )
    values = {
        "state": State.NAMED,
        "replacement": coming,
        "replaced_at": work.now(),
        "replaced_by": work.by,
    }
    work.session.execute(update(_RECUSALS).where(here, waiting).values(**values))
    told = {"leaving": leaving, "coming": coming}
    work.audit("recusal:replaced", f"{stage}/{application_id}", after=told, cycle_id=cycle.cycle_id)


def waiting_for(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
    """The held applications of a stage in words: what each waits for. One whose score of before serves is not held."""
    if cycle.rehearsal:
        return []
    served = _served(work, cycle, stage, entrants)
    place = {e.application_id: e.sequence for e in entrants if e.application_id not in served}
    rows = work.session.execute(_held([(cycle.cycle_id, stage.key)])).all()
    lines = sorted((place[row.application_id], row) for row in rows if row.application_id in place)
    said = [_waits(sequence, row) for sequence, row in lines]
    return first_of(said, "另有 {} 项回避待办 / {} more recusals")


def held(work: Work, cycle: Cycle, stage: str) -> frozenset[str]:
    """The applications of a stage that are held: whoever takes over is still to score. A rehearsal holds none."""
    (found,) = held_of(work, [Sitting(cycle, stage, ())])
    return found


def held_of(work: Work, sittings: Sequence[Sitting]) -> list[frozenset[str]]:
    """`held` of each of several sittings, in one statement."""
    found: dict[tuple[str, str], set[str]] = {each.key: set() for each in sittings}
    real = [each.key for each in sittings if not each.cycle.rehearsal]
    for row in work.session.execute(_held(real)) if real else ():
        found[row.cycle_id, row.stage].add(row.application_id)
    return [frozenset(found[each.key]) for each in sittings]


def confirm(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A supervisor confirms a recusal whose replacement has scored, or whose hold was released."""
    cycle, row = _one(work, conductor, data)
    if _state(work, row) not in (State.SCORED, State.RELEASED):
        raise Conflict(
            "替补评审员尚未评分，不能确认",
            "the replacement has not scored yet",
            code="not_scored",
        )
    _require_other(
        work,
        row.application_id,
        row.opened_by,
        row.replaced_by,
        row.released_by,
        row.expert_id,
        row.replacement,
    )
    settled = {"settled_at": work.now(), "settled_by": work.by, "settled_reason": data["reason"]}
    return _moved(work, cycle, row, "recusal:confirmed", data["reason"], state=State.CONFIRMED, **settled)


def release(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A supervisor lets an application go on without the replacement, where the rulebook's least number of valid sheets is
    kept. One who was named and has not scored is waited for no longer: its work there ends.
    """
    cycle, row = _one(work, conductor, data)
    if _state(work, row) not in (State.OPEN, State.NAMED):
        raise Conflict("该回避记录没有待办事项", "the recusal holds nothing", code="not_held")
    _require_other(work, row.application_id, row.opened_by, row.replaced_by, row.expert_id, row.replacement)
    least, valid = cycle.rulebook.recusal_terms.least_sheets, _valid_sheets(work, row)
    if least is None or valid < least:
        zh = f"至少须有 {least} 份有效评分表，现有 {valid} 份" if least else "办法不允许无替补放行"
        en = f"{least} valid sheets are needed, {valid} are in" if least else "the rulebook allows no release"
        raise Conflict(zh, en, code="too_few_sheets")
    released = {"released_at": work.now(), "released_by": work.by, "release_reason": data["reason"]}
    if row.replacement is not None:
        _send_home(work, row, data["reason"])
    return _moved(work, cycle, row, "recusal:released", data["reason"], state=State.RELEASED, **released)


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's recusals, for the office (see `discretion`) and its watchers; `open` leaves out those that are settled."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = (
        select(_RECUSALS, _scored().label("scored"))
        .join(_DOSSIERS, _DOSSIERS.c.application_id == _RECUSALS.c.application_id)
        .where(_RECUSALS.c.cycle_id == cycle.cycle_id, discretion.told_to(work, cycle, _RECUSALS))
        .order_by(_RECUSALS.c.opened_at, _DOSSIERS.c.sequence, _RECUSALS.c.expert_id, _RECUSALS.c.number)
    )
    if data["open"]:
        query = query.where(_RECUSALS.c.state.not_in((State.CONFIRMED, State.LAPSED)))
    lines = [discretion.veiled(work, cycle, _shown(row, row.scored)) for row in work.session.execute(query)]
    return {"recusals": lines}


# --- how ------------------------------------------------------------------------------------------------------


def _unrecorded(cycle: Cycle) -> Select[Any]:
    """Assigned reviewers kept from their application, in stages that are not over, without a record that stands; one who
    declined holds its place until somebody takes over.
    """
    over = exists().where(
        _STAGES.c.cycle_id == _ASSIGNMENTS.c.cycle_id,
        _STAGES.c.stage == _ASSIGNMENTS.c.stage,
        _STAGES.c.state == "closed",
    )
    known = exists().where(agree(_RECUSALS, _ASSIGNMENTS, SEAT), _RECUSALS.c.state.in_(_STANDING))
    return (
        select(_ASSIGNMENTS, _CONFLICTS.c.ground, _CONFLICTS.c.source, _CONFLICTS.c.rule)
        .join(_CONFLICTS, and_(agree(_CONFLICTS, _ASSIGNMENTS, PAIR), _CONFLICTS.c.ended_at.is_(None)))
        .where(_ASSIGNMENTS.c.cycle_id == cycle.cycle_id, _ASSIGNMENTS.c.state.in_(_IN_PLACE))
        .where(~withdrawn(_ASSIGNMENTS), ~over, ~known)
        .order_by(_CONFLICTS.c.found_at, _CONFLICTS.c.ground, _CONFLICTS.c.source)
    )


def _open(work: Work, cycle: Cycle, seat: Row[Any]) -> None:
    key = {name: getattr(seat, name) for name in SEAT}
    this = is_(_RECUSALS, key)
    standing = select(_RECUSALS.c.number).where(this, _RECUSALS.c.state.in_(_STANDING))
    if (
        work.session.execute(standing).first() is not None
    ):  # of two grounds the one that was known first is told
        return
    last = work.session.execute(select(func.max(_RECUSALS.c.number)).where(this)).scalar()
    after = _count(
        work, select(func.count()).select_from(_ASSIGNMENTS).where(_beside(seat), free(_ASSIGNMENTS))
    )
    sheet = exists().where(is_(_SHEETS, key))
    row = {
        **key,
        "number": (last or 0) + 1,
        "state": State.OPEN,
        "ground": seat.ground,
        "source": seat.source,
        "rule": seat.rule,
        "opened_at": work.now(),
        "opened_by": work.by,
        "sheet_kept": bool(work.session.execute(select(sheet)).scalar_one()),
        "reviewers_before": after + 1,
        "reviewers_after": after,
    }
    work.session.execute(_RECUSALS.insert().values(**row))
    subject = f"{seat.stage}/{seat.application_id}/{seat.expert_id}"
    told = {name: row[name] for name in ("ground", "source", "rule", "sheet_kept", "reviewers_after")}
    work.audit("recusal:opened", subject, after=told, cycle_id=cycle.cycle_id)


def _beside(seat: Row[Any]) -> ColumnElement[bool]:
    """Who serves on the same application in the same stage."""
    return and_(_of_application(seat), _on_duty(_ASSIGNMENTS))


def _of_application(row: Row[Any]) -> ColumnElement[bool]:
    return is_(_ASSIGNMENTS, {name: getattr(row, name) for name in APPLICATION})


def _on_duty(table: FromClause) -> ColumnElement[bool]:
    return table.c.state.in_(ON_DUTY)


def _lapse(work: Work, cycle: Cycle, concerned: Concerned) -> None:
    """The ground is gone before anybody took over, or the application was withdrawn."""
    gone = or_(
        and_(
            _RECUSALS.c.state.in_((State.OPEN, State.RELEASED)),
            _RECUSALS.c.replacement.is_(None),
            free(_RECUSALS),
        ),
        and_(_RECUSALS.c.state.in_((State.OPEN, State.NAMED)), withdrawn(_RECUSALS)),
    )
    settled = {"state": State.LAPSED, "settled_at": work.now(), "settled_by": work.by}
    done = work.session.execute(
        update(_RECUSALS)
        .where(_RECUSALS.c.cycle_id == cycle.cycle_id, gone)
        .where(*concerned(_RECUSALS.c.expert_id, _RECUSALS.c.application_id))
        .values(**settled)
    )
    count = int(getattr(done, "rowcount", 0))
    if count:
        work.audit("recusal:lapsed", cycle.cycle_id, after={"recusals": count}, cycle_id=cycle.cycle_id)


def _scored() -> ColumnElement[bool]:
    """Whether the replacement has handed in a sheet that counts."""
    seat = _ASSIGNMENTS.alias("seat")
    return exists().where(
        agree(seat, _RECUSALS, APPLICATION),
        seat.c.expert_id == _RECUSALS.c.replacement,
        _on_duty(seat),
        agree(_SHEETS, seat, SEAT),
        free(seat),
    )


def _held(stages: Collection[tuple[str, str]]) -> Select[Any]:
    here = of_stages(_RECUSALS, stages)
    return select(_RECUSALS).where(here, _RECUSALS.c.state.in_((State.OPEN, State.NAMED)), ~_scored())


def _served(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> frozenset[str]:
    """The applications without a sheet that counts in a stage that takes the score of before in its place."""
    if stage.scoring != "carried_or_sheets":
        return frozenset()
    here = and_(_ASSIGNMENTS.c.cycle_id == cycle.cycle_id, _ASSIGNMENTS.c.stage == stage.key)
    query = select(_ASSIGNMENTS.c.application_id).join(_SHEETS, agree(_SHEETS, _ASSIGNMENTS, SEAT))
    given = set(work.session.execute(query.where(here, _on_duty(_ASSIGNMENTS), free(_ASSIGNMENTS))).scalars())
    return frozenset(
        e.application_id for e in entrants if e.carried.get("score") and e.application_id not in given
    )


def _waits(sequence: int, row: Row[Any]) -> str:
    if row.replacement is None:
        return (
            f"第 {sequence} 号申报：评审员 {row.expert_id} 回避，待指定替补 / "
            f"application no. {sequence}: {row.expert_id} is recused, a replacement is to be named"
        )
    return (
        f"第 {sequence} 号申报：待替补评审员 {row.replacement} 评分 / "
        f"application no. {sequence}: the replacement {row.replacement} has not scored"
    )


def _require_fit(work: Work, cycle: Cycle, application_id: str, coming: str) -> None:
    in_pool = exists().where(_EXPERTS.c.cycle_id == cycle.cycle_id, _EXPERTS.c.expert_id == coming)
    if not work.session.execute(select(in_pool)).scalar_one():
        raise Conflict(f"{coming} 不在本周期专家中", f"{coming} is not in the pool", code="not_in_pool")
    if kept(work, cycle.cycle_id, coming, application_id):
        raise Conflict(f"{coming} 同样应当回避", f"{coming} is kept from it as well", code="recused_too")
    if not sources.declared(work, cycle, coming):
        raise Conflict(
            f"{coming} 没有有效的年度利害关系申报",
            f"{coming} has no yearly declaration in force",
            code="no_declaration",
        )


def _one(work: Work, conductor: Conductor, data: dict[str, Any]) -> tuple[Cycle, Row[Any]]:
    cycle = conductor.cycle(work, data["cycle_id"])
    this = is_(_RECUSALS, {name: data[name] for name in SEAT})
    query = select(_RECUSALS).where(this).order_by(_RECUSALS.c.number.desc()).limit(1)
    row = work.session.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("没有这项回避记录", "no such recusal")
    return cycle, row


def _is(row: Row[Any]) -> ColumnElement[bool]:
    return is_(_RECUSALS, {name: getattr(row, name) for name in (*SEAT, "number")})


def _state(work: Work, row: Row[Any]) -> State:
    scored = (
        row.state == State.NAMED
        and work.session.execute(select(_scored()).select_from(_RECUSALS).where(_is(row))).scalar_one()
    )
    return State.SCORED if scored else State(row.state)


def _valid_sheets(work: Work, row: Row[Any]) -> int:
    handed_in = _ASSIGNMENTS.join(_SHEETS, agree(_SHEETS, _ASSIGNMENTS, SEAT))
    query = select(func.count()).select_from(handed_in)
    return _count(work, query.where(_beside(row), free(_ASSIGNMENTS)))


def _send_home(work: Work, row: Row[Any], reason: str) -> None:
    """End the work of a replacement on one application."""
    its = and_(
        _of_application(row), _ASSIGNMENTS.c.expert_id == row.replacement, _ASSIGNMENTS.c.state.in_(_IN_PLACE)
    )
    work.session.execute(update(_ASSIGNMENTS).where(its).values(state=Assigned.REPLACED, reason=reason))


def _count(work: Work, query: Select[int]) -> int:
    return int(work.session.execute(query).scalar_one())


def _require_other(work: Work, application_id: str, *acted: str | None) -> None:
    if work.same_person(*acted, about=application_id):
        raise Conflict("须由另一人办理", "somebody else has to do this", code="same_person")


def _moved(
    work: Work, cycle: Cycle, row: Row[Any], action: str, reason: str, **values: Any
) -> dict[str, Any]:
    work.session.execute(update(_RECUSALS).where(_is(row)).values(**values))
    subject = f"{row.stage}/{row.application_id}/{row.expert_id}"
    work.audit(action, subject, after={"state": values["state"]}, reason=reason, cycle_id=cycle.cycle_id)
    now = work.session.execute(select(_RECUSALS).where(_is(row))).one()
    return _shown(now, _state(work, now) == State.SCORED)


def _shown(row: Row[Any], scored: bool) -> dict[str, Any]:
    """The reply `Recusal`."""
    words = worded(row.expert_id, row.application_id, row.ground, row.rule)
    names = (
        "cycle_id", "stage", "application_id", "expert_id", "ground", "source", "rule", "opened_at", "opened_by",
        "sheet_kept", "reviewers_before", "reviewers_after", "replacement", "replaced_at", "replaced_by", "released_at",
        "released_by", "release_reason", "settled_at", "settled_by", "settled_reason",
    )  # fmt: skip
    state = State.SCORED if scored and row.state == State.NAMED else State(row.state)
    return {
        **{name: _plain(getattr(row, name)) for name in names},
        "state": state,
        "reason_zh": words.reason_zh,
        "reason_en": words.reason_en,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
