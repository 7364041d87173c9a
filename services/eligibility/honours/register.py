"""登记簿: who holds which award under which number, and what the public may read of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update

from services.eligibility import models
from services.eligibility.honours import numbers
from services.eligibility.honours.numbers import Winner
from shared.calendar import in_words
from shared.contracts.base import dump
from shared.contracts.events import Order
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import REAL_WORLD, Conductor, Cycle, Entrant
from shared.procedure.state import Outcome
from shared.rulebooks import Rulebook, library
from shared.store import Work

_HONOURS, _CYCLES = models.honours, models.procedure.cycles
_REVOKE = "revoke"
_BETWEEN = "~"  # in a page's mark: day, then id


def confer(work: Work, cycle: Cycle, entrants: list[Entrant], outcomes: list[Outcome]) -> None:
    """Enter the winners of a notice that closes, in the rulebook's order; one application holds one award."""
    won = {line["application_id"] for line in outcomes if line["status"] == "awarded"}
    winners = {entrant.application_id: entrant for entrant in entrants if entrant.application_id in won}
    for each in numbers.in_order(cycle.rulebook, map(_won, winners.values())):
        entrant = winners[each.application_id]
        row = {
            "application_id": entrant.application_id,
            "cycle_id": cycle.cycle_id,
            "world": cycle.world,
            "applicant_key": entrant.dossier["applicant_key"],
            **_who(entrant.dossier),
            "number": _next_number(work, cycle, each.level),
            "level": each.level,
            "track": each.track,
            "uses_quota": entrant.carried.get("uses_quota", True),
            "awarded_on": work.today(),
            "orders": [],
        }
        work.session.execute(_HONOURS.insert().values(**row))
        work.audit("award:conferred", entrant.application_id, after=row, cycle_id=cycle.cycle_id)


def number_those_without(work: Work, cycle: Cycle) -> None:
    """Awards from before there were numbers get theirs, in the same order."""
    dossiers = models.procedure.dossiers
    query = (
        select(_HONOURS.c.application_id, dossiers.c.sequence, _HONOURS.c.level, _HONOURS.c.track)
        .join(dossiers, dossiers.c.application_id == _HONOURS.c.application_id)
        .where(and_(_HONOURS.c.cycle_id == cycle.cycle_id, _HONOURS.c.number.is_(None)))
    )
    rows = [Winner(**row._mapping) for row in work.session.execute(query)]
    for each in numbers.in_order(cycle.rulebook, rows):
        number = _next_number(work, cycle, each.level)
        here = _HONOURS.c.application_id == each.application_id
        work.session.execute(update(_HONOURS).where(here).values(number=number))
        work.audit("award:numbered", each.application_id, after={"number": number}, cycle_id=cycle.cycle_id)


def _won(entrant: Entrant) -> Winner:
    return Winner(
        entrant.application_id, entrant.sequence, entrant.carried["level"], entrant.carried["track"]
    )


def _who(dossier: Mapping[str, Any]) -> dict[str, Any]:
    """Name and kind; an individual's award is not its employer's, so that its code stands nowhere."""
    own = None if dossier["kind"] == "individual" else dossier["uscc"]
    return {"name": dossier["name"], "kind": dossier["kind"], "uscc": own}


def _next_number(work: Work, cycle: Cycle, level: str) -> str:
    start = numbers.prefix(cycle.rulebook, cycle.year, level)
    query = select(_HONOURS.c.number).where(
        and_(_HONOURS.c.world == cycle.world, _HONOURS.c.number.startswith(start, autoescape=True))
    )
    return numbers.after(start, work.session.execute(query).scalars())


# --- one award ----------------------------------------------------------------------------------------------------


def find(work: Work, application_id: str) -> Row[Any] | None:
    """The award of an application, revoked or not."""
    return work.session.execute(
        select(_HONOURS).where(_HONOURS.c.application_id == application_id)
    ).one_or_none()


def require(work: Work, application_id: str) -> Row[Any]:
    """The same. Raises NotFound."""
    row = find(work, application_id)
    if row is None:
        raise NotFound("该申报没有获奖", "this application holds no award")
    return row


def require_standing(work: Work, application_id: str) -> Row[Any]:
    """An award that is not revoked. Raises NotFound, Conflict."""
    row = require(work, application_id)
    if row.revoked_on is not None:
        raise Conflict(
            f"该奖已于 {in_words(row.revoked_on).zh} 撤销",
            f"the award was revoked on {in_words(row.revoked_on).en}",
        )
    return row


def take_note(
    work: Work,
    honour: Row[Any],
    orders: list[dict[str, Any]],
    *,
    revoked_on: date | None,
    banned_until: date | None,
) -> None:
    """Put orders beside an award; with a day it is revoked. Raises Conflict where somebody else did so first."""
    done = work.session.execute(
        update(_HONOURS)
        .where(and_(_HONOURS.c.application_id == honour.application_id, _HONOURS.c.revoked_on.is_(None)))
        .values(
            orders=[*honour.orders, *(dump(Order(), order) for order in orders)],
            revoked_on=revoked_on,
            banned_until=honour.banned_until if banned_until is None else banned_until,
        )
    )
    if not getattr(done, "rowcount", 0):
        raise Conflict("该奖已经撤销", "the award is revoked already")


def state(row: Row[Any]) -> dict[str, Any]:
    """The reply `HonourState`."""
    names = (
        "application_id", "level", "track", "uses_quota", "awarded_on", "revoked_on", "banned_until", "number",
    )  # fmt: skip
    return {
        "orders": [Order().load(order) for order in row.orders],
        **{name: getattr(row, name) for name in names},
    }


# --- lists --------------------------------------------------------------------------------------------------------


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's honours, in the order of the rulebook's levels."""
    cycle = conductor.cycle(work, data["cycle_id"])
    rank = {level.name: number for number, level in enumerate(cycle.rulebook.levels)}
    rows = work.session.execute(
        select(_HONOURS).where(_HONOURS.c.cycle_id == cycle.cycle_id).order_by(_HONOURS.c.application_id)
    )
    return {"honours": [state(row) for row in sorted(rows, key=lambda row: rank[row.level])]}


def public(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `Register`: awards of real cycles and of no rehearsal, the revoked ones marked."""
    wanted = and_(*_wanted(data))
    total = work.session.execute(_of_real(select(func.count())).where(wanted)).scalar_one()
    page = _of_real(select(_HONOURS, _CYCLES.c.rulebook, _CYCLES.c.rulebook_sha256, _CYCLES.c.year))
    page = page.where(wanted).order_by(_HONOURS.c.awarded_on.desc(), _HONOURS.c.application_id)
    if data["after"] is not None:
        day, id_ = _mark(data["after"])
        same_day = and_(_HONOURS.c.awarded_on == day, _HONOURS.c.application_id > id_)
        page = page.where(or_(_HONOURS.c.awarded_on < day, same_day))
    rows = work.session.execute(page.limit(data["size"])).all()
    last = rows[-1] if len(rows) == data["size"] else None
    return {
        "entries": [_entry(row) for row in rows],
        "total": total,
        "next": f"{last.awarded_on}{_BETWEEN}{last.application_id}" if last else None,
    }


def _of_real(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(_HONOURS)
        .join(_CYCLES, _CYCLES.c.id == _HONOURS.c.cycle_id)
        .where(_HONOURS.c.world == REAL_WORLD)
    )


def _wanted(data: dict[str, Any]) -> list[ColumnElement[bool]]:
    columns = {
        name: _HONOURS.c[name] for name in ("uscc", "number", "level", "track")
    } | {name: _CYCLES.c[name] for name in ("rulebook", "year")}  # fmt: skip
    found = [_HONOURS.c.world == REAL_WORLD]
    found += [column == data[name] for name, column in columns.items() if data[name] is not None]
    if data["name"] is not None:
        found.append(_HONOURS.c.name.contains(data["name"], autoescape=True))
    if data["revoked"] is not None:
        found.append(
            _HONOURS.c.revoked_on.is_not(None) if data["revoked"] else _HONOURS.c.revoked_on.is_(None)
        )
    return found


def _mark(text: str) -> tuple[date, str]:
    day, _, id_ = text.partition(_BETWEEN)
    try:
        return date.fromisoformat(day), id_
    except ValueError:
        raise invalid_field("after", "不是本列表给出的页码标记", "no mark that this list gave") from None


def _entry(row: Row[Any]) -> dict[str, Any]:
    rulebook = rulebook_of(row)
    names = (
        "number", "name", "kind", "uscc", "rulebook", "year", "level", "track", "awarded_on", "revoked_on",
    )  # fmt: skip
    under = [order["rule"] for order in row.orders if order["order"] == _REVOKE]
    return {
        **{name: getattr(row, name) for name in names},
        "title": numbers.title_of(rulebook, row.level),
        "rule": rulebook.level(row.level).rule,
        "revoked_under": under[-1] if under else None,
    }


def rulebook_of(row: Any) -> Rulebook:
    """The rulebook of a row that carries its id and hash."""
    return library().pinned(row.rulebook, row.rulebook_sha256)
