"""荣誉: the award register, and what events after the award do to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models, registers
from services.eligibility.sanctions import consequence
from shared.contracts.base import dump
from shared.contracts.events import Order, SanctionImposed
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.procedure.state import Outcome
from shared.store import Work

_HONOURS = models.honours


def confer(work: Work, cycle: Cycle, entrants: list[Entrant], outcomes: list[Outcome]) -> None:
    """Enter the winners of a notice that closes; one application holds one award."""
    won = {line["application_id"] for line in outcomes if line["status"] == "awarded"}
    for entrant in entrants:
        if entrant.application_id not in won:
            continue
        row = {
            "application_id": entrant.application_id,
            "cycle_id": cycle.cycle_id,
            "world": cycle.world,
            "applicant_key": entrant.dossier["applicant_key"],
            "level": entrant.carried["level"],
            "track": entrant.carried["track"],
            "uses_quota": entrant.carried.get("uses_quota", True),
            "awarded_on": work.today(),
            "orders": [],
        }
        work.session.execute(_HONOURS.insert().values(**row))
        work.audit("award:conferred", entrant.application_id, after=row, cycle_id=cycle.cycle_id)


def report(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Something happened after the award: what the rulebook orders for it is ordered, once."""
    cycle, entrant = conductor.application(work, data["application_id"])
    honour = _find(work, entrant.application_id)
    if honour is None:
        raise NotFound("该申报没有获奖", "this application holds no award")
    if honour.revoked_on is not None:
        raise Conflict(f"该奖已于 {honour.revoked_on} 撤销", f"the award was revoked on {honour.revoked_on}")
    if not honour.awarded_on <= data["on"] <= work.today():
        raise invalid_field("on", "应在获奖日与今日之间", "must lie between the day of the award and today")
    follows = consequence(cycle.rulebook, data["event"], data["on"])
    if follows is None:
        raise invalid_field("event", "本办法对此没有规定", "the rulebook says nothing of this")
    orders = [{"order": order, "on": data["on"], "rule": follows.rule} for order in follows.orders]
    work.session.execute(
        update(_HONOURS)
        .where(and_(_HONOURS.c.application_id == entrant.application_id, _HONOURS.c.revoked_on.is_(None)))
        .values(
            orders=[*honour.orders, *(dump(Order(), order) for order in orders)],
            revoked_on=data["on"] if follows.revokes else None,
            banned_until=follows.banned_until if follows.revokes else honour.banned_until,
        )
    )
    if follows.banned_until is not None:
        key = entrant.dossier["applicant_key"]
        registers.add_ban(work, cycle, key, follows.rule, follows.banned_until, entrant.application_id)
    imposed = {
        "cycle_id": cycle.cycle_id,
        "application_id": entrant.application_id,
        "event": data["event"],
        "on": data["on"],
        "rule": follows.rule,
        "orders": orders,
        "revokes": follows.revokes,
        "claws_back": follows.claws_back,
        "banned_until": follows.banned_until,
    }
    work.publish(SanctionImposed, imposed, subject=entrant.application_id)
    work.audit("award:sanctioned", entrant.application_id, after=imposed, cycle_id=cycle.cycle_id)
    found = _find(work, entrant.application_id)
    assert found is not None
    return _state(found)


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's honours, in the order of the rulebook's levels."""
    cycle = conductor.cycle(work, data["cycle_id"])
    rank = {level.name: number for number, level in enumerate(cycle.rulebook.levels)}
    rows = work.session.execute(
        select(_HONOURS).where(_HONOURS.c.cycle_id == cycle.cycle_id).order_by(_HONOURS.c.application_id)
    )
    return {"honours": [_state(row) for row in sorted(rows, key=lambda row: rank[row.level])]}


def _find(work: Work, application_id: str) -> Row[Any] | None:
    return work.session.execute(
        select(_HONOURS).where(_HONOURS.c.application_id == application_id)
    ).one_or_none()


def _state(row: Row[Any]) -> dict[str, Any]:
    names = ("application_id", "level", "track", "uses_quota", "awarded_on", "revoked_on", "banned_until")
    return {
        "orders": [Order().load(order) for order in row.orders],
        **{name: getattr(row, name) for name in names},
    }
