"""违规使用称号: recorded, ordered corrected by a day, reported corrected, confirmed. It never costs the award by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models
from services.eligibility.honours import register
from services.eligibility.honours.states import BREACH_MOVES, Breach, refused
from services.eligibility.people import people
from services.eligibility.sanctions import consequence
from shared.calendar import work_calendar
from shared.contracts.base import dump
from shared.contracts.events import Order
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import REAL_WORLD, Conductor, Cycle
from shared.procedure.people import plays
from shared.states import before
from shared.store import Work

EVENT = "title_misuse"
_BREACHES = models.title_breaches
_OWN = (
    "cycle_id", "application_id", "happened_on", "place", "rule", "state", "ordered", "ordered_on", "correct_by",
    "correction", "correction_papers", "corrected_on", "settled_on", "note",
)  # fmt: skip
_PARTS = ("found_by", "papers", "recorded_by", "recorded_on", "ordered_by", "corrected_by", "settled_by")


def record(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """What somebody saw: where, found by whom, with papers. Raises Invalid where the rulebook says nothing of the title."""
    cycle, _ = conductor.application(work, data["application_id"])
    _lock(work, conductor, cycle)
    honour = register.require_standing(work, data["application_id"])
    if not honour.awarded_on <= data["on"] <= work.today():
        raise invalid_field("on", "应在获奖日与今日之间", "must lie between the day of the award and today")
    row = {
        "id": work.new_id(),
        "cycle_id": cycle.cycle_id,
        "application_id": data["application_id"],
        "happened_on": data["on"],
        "place": data["place"],
        "found_by": data["found_by"],
        "papers": list(data["papers"]),
        "rule": _rule(cycle),
        "state": Breach.RECORDED.value,
        "recorded_by": work.by,
        "recorded_on": work.today(),
    }
    work.session.execute(_BREACHES.insert().values(**row))
    work.audit("breach:recorded", str(row["id"]), after=row, cycle_id=cycle.cycle_id)
    return _state(require(work, str(row["id"])))


def order(work: Work, conductor: Conductor, data: dict[str, Any], *, days: int) -> dict[str, Any]:
    """Order it corrected within so many working days; the order stands beside the award from then on."""
    row, cycle = _find(work, conductor, data["breach_id"])
    honour = register.require_standing(work, row.application_id)
    said = {
        "ordered": data["ordered"], "ordered_by": work.by, "ordered_on": work.today(), "correct_by": _until(work, days),
    }  # fmt: skip
    _move(work, cycle, row, Breach.ORDERED, "breach:ordered", said, only=Breach.RECORDED)
    follows = consequence(cycle.rulebook, EVENT, work.today())
    assert follows is not None  # looked at when it was recorded, and a rulebook is never edited
    told = [{"order": name, "on": work.today(), "rule": follows.rule} for name in follows.orders]
    orders = [*honour.orders, *(dump(Order(), each) for each in told)]
    here = models.honours.c.application_id == row.application_id
    work.session.execute(update(models.honours).where(here).values(orders=orders))
    return _state(require(work, row.id))


def report_correction(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The winner says what it did, late too; the reply `OwnBreach`."""
    row = require(work, data["breach_id"])
    people.require_own(work, row.application_id, writing=True)
    if row.ordered_on is None:
        raise NotFound("没有这一事项", "no such breach")
    row, cycle = _find(work, conductor, data["breach_id"])
    said = {
        "correction": data["correction"],
        "correction_papers": list(data["papers"]),
        "corrected_by": work.by,
        "corrected_on": work.today(),
    }
    _move(work, cycle, row, Breach.CORRECTED, "breach:corrected", said)
    return _own_state(require(work, row.id))


def settle(work: Work, conductor: Conductor, data: dict[str, Any], *, days: int) -> dict[str, Any]:
    """The office confirms the correction, orders it anew with a new day, or dismisses what it had only recorded."""
    row, cycle = _find(work, conductor, data["breach_id"])
    said: dict[str, Any] = {"note": data["note"]}
    if data["outcome"] == "order_again":
        said |= {"ordered_by": work.by, "ordered_on": work.today(), "correct_by": _until(work, days)}
        _move(work, cycle, row, Breach.ORDERED, "breach:ordered_again", said, only=Breach.CORRECTED)
    else:
        to = Breach.CONFIRMED if data["outcome"] == "confirm" else Breach.DISMISSED
        said |= {"settled_by": work.by, "settled_on": work.today()}
        _move(work, cycle, row, to, f"breach:{to.value}", said)
    return _state(require(work, row.id))


def let_lapse(work: Work) -> None:
    """Orders whose day has passed without a word are overdue."""
    late = and_(_BREACHES.c.state == Breach.ORDERED.value, _BREACHES.c.correct_by < work.today())
    for row in work.session.execute(select(_BREACHES).where(late)).all():
        done = work.session.execute(
            update(_BREACHES).where(and_(_BREACHES.c.id == row.id, late)).values(state=Breach.OVERDUE.value)
        )
        if getattr(done, "rowcount", 0):  # else another replica was there first
            after = {"state": Breach.OVERDUE.value}
            work.audit(
                "breach:overdue", row.id, before={"state": row.state}, after=after, cycle_id=row.cycle_id
            )


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The breaches of a cycle's winners, or of all."""
    query = select(_BREACHES)
    if data["cycle_id"] is not None:
        query = query.where(_BREACHES.c.cycle_id == conductor.cycle(work, data["cycle_id"]).cycle_id)
    elif plays(work):
        return {"breaches": []}
    if data["state"] is not None:
        query = query.where(_BREACHES.c.state == data["state"])
    return {"breaches": [_state(row) for row in work.session.execute(query.order_by(_BREACHES.c.id))]}


def own(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """What whoever asks was ordered to correct."""
    if plays(work):
        return {"breaches": []}
    query = select(_BREACHES).where(
        and_(people.own(work, _BREACHES.c.application_id), _BREACHES.c.ordered_on.is_not(None))
    )
    if data["application_id"] is not None:
        query = query.where(_BREACHES.c.application_id == data["application_id"])
    return {"breaches": [_own_state(row) for row in work.session.execute(query.order_by(_BREACHES.c.id))]}


def require(work: Work, breach_id: str) -> Row[Any]:
    """A breach by id. Raises NotFound."""
    row = work.session.execute(select(_BREACHES).where(_BREACHES.c.id == breach_id)).one_or_none()
    if row is None:
        raise NotFound("没有这一事项", "no such breach")
    return row


def _until(work: Work, days: int) -> date:
    calendar = work_calendar()
    return calendar.window(calendar.next_working_day(work.today()), days).last


def _rule(cycle: Cycle) -> str:
    follows = consequence(cycle.rulebook, EVENT, cycle.closes_on)
    if follows is None:
        raise invalid_field(
            "application_id", "本办法对称号的使用没有规定", "the rulebook says nothing of the title's use"
        )
    return follows.rule


def _find(work: Work, conductor: Conductor, breach_id: str) -> tuple[Row[Any], Cycle]:
    cycle = conductor.cycle(work, require(work, breach_id).cycle_id)
    _lock(work, conductor, cycle)
    return require(work, breach_id), cycle


def _lock(work: Work, conductor: Conductor, cycle: Cycle) -> None:
    if cycle.world != REAL_WORLD:
        raise Conflict("演练中不登记", "a rehearsal records none", code="rehearsal")
    conductor.records.cycle(work, cycle.cycle_id, lock=True)


def _move(
    work: Work,
    cycle: Cycle,
    row: Row[Any],
    to: Breach,
    action: str,
    values: Mapping[str, Any],
    *,
    only: Breach | None = None,
) -> None:
    allowed = (only.value,) if only is not None else before(BREACH_MOVES, to)
    done = work.session.execute(
        update(_BREACHES)
        .where(and_(_BREACHES.c.id == row.id, _BREACHES.c.state.in_(allowed)))
        .values(state=to.value, **values)
    )
    if not getattr(done, "rowcount", 0):
        raise refused("该事项", "the breach", row.state, to)
    told = {name: value for name, value in values.items() if name != "correction"}
    work.audit(
        action,
        row.id,
        before={"state": row.state},
        after={"state": to.value, **told},
        cycle_id=cycle.cycle_id,
    )


def _state(row: Row[Any]) -> dict[str, Any]:
    return {"breach_id": row.id, **{name: getattr(row, name) for name in (*_OWN, *_PARTS)}}


def _own_state(row: Row[Any]) -> dict[str, Any]:
    return {"breach_id": row.id, **{name: getattr(row, name) for name in _OWN}}
