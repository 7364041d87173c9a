"""培育库 / 孵化池: who is in the cultivation pool, since when and until when; the yearly reviews."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from services.intake import models
from services.intake.stages import conductor
from shared.calendar import in_words
from shared.contracts.events import PoolJoined, PoolLeft
from shared.contracts.operations import APPLICANT, OFFICE
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Cycle
from shared.store import Work

_MEMBERS, _REVIEWS, _PROJECTS = models.pool_members, models.pool_reviews, models.pool_projects


def join(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The office enters an organization once. Amounts in fen; no approved cost yet is None. Raises Conflict, Invalid."""
    cycle = conductor.cycle(work, data["cycle_id"])
    if not cycle.rehearsal and data["joined_on"] > work.today():
        raise invalid_field("joined_on", "不得晚于今日", "lies after today")
    enter(
        work, cycle, data["uscc"], data["joined_on"], way="office", project_cost_fen=data["project_cost_fen"]
    )
    return {"done": True}


def enter(work: Work, cycle: Cycle, uscc: str, joined_on: date, *, way: str, **more: Any) -> str:
    """A new membership, its id. Raises Conflict where the organization is in, or had not yet left by that day."""
    left_on = work.session.execute(
        select(func.max(_MEMBERS.c.left_on)).where(_of(cycle.world, uscc))
    ).scalar_one()
    if left_on is not None and joined_on < left_on:
        raise invalid_field(
            "joined_on",
            f"不得早于上次退出日期 {in_words(left_on).zh}",
            f"lies before {in_words(left_on).en}, the day it left",
        )
    row = {
        "id": work.new_id(), "cycle_id": cycle.cycle_id, "world": cycle.world, "uscc": uscc, "way": way,
        "joined_on": joined_on, **more,
    }  # fmt: skip
    try:
        with work.session.begin_nested():
            work.session.execute(_MEMBERS.insert().values(**row))
    except IntegrityError:
        raise Conflict(f"{uscc} 已在库中", f"{uscc} is in the pool already") from None
    told = {name: row.get(name) for name in ("cycle_id", "uscc", "joined_on", "project_cost_fen")}
    work.publish(PoolJoined, {**told, "membership_id": row["id"]}, subject=uscc)
    work.audit("pool:joined", uscc, after=row, cycle_id=cycle.cycle_id)
    return str(row["id"])


def present(work: Work, world: str, uscc: str) -> Row[Any] | None:
    """The membership of an organization that is in the pool now."""
    query = select(_MEMBERS).where(and_(_of(world, uscc), _MEMBERS.c.left_on.is_(None)))
    return work.session.execute(query).one_or_none()


def own(work: Work, membership_id: str, *, lock: bool = False) -> tuple[Cycle, Row[Any]]:
    """A membership that whoever asks may see, with the cycle by which it joined. Raises NotFound for any other."""
    query = select(_MEMBERS).where(and_(_MEMBERS.c.id == membership_id, *_mine(work)))
    row = work.session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("培育库中没有这个成员", "no such member of the pool")
    return conductor.cycle(work, row.cycle_id), row


def require_present(row: Row[Any]) -> None:
    """Raises Conflict for a membership that has ended."""
    if row.left_on is not None:
        raise Conflict(
            f"已于 {in_words(row.left_on).zh} 退出培育库", f"left the pool on {in_words(row.left_on).en}"
        )


def leave(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A member leaves by its own wish, or the office removes it; the reason is kept."""
    cycle, row = own(work, data["membership_id"], lock=True)
    require_present(row)
    left_on = data["left_on"] or work.today()
    if not row.joined_on <= left_on <= work.today():
        raise invalid_field(
            "left_on",
            f"应在入库日期 {in_words(row.joined_on).zh} 与今日之间",
            f"must lie between {in_words(row.joined_on).en} and today",
        )
    by = "office" if work.context.role == OFFICE else "member"
    values = {"left_on": left_on, "left_by": by, "left_reason": data["reason"]}
    work.session.execute(update(_MEMBERS).where(_MEMBERS.c.id == row.id).values(**values))
    told = {
        "cycle_id": cycle.cycle_id, "membership_id": row.id, "uscc": row.uscc, "left_on": left_on, "by": by,
    }  # fmt: skip
    work.publish(PoolLeft, told, subject=row.uscc)
    work.audit("pool:left", row.uscc, after=told, reason=data["reason"], cycle_id=cycle.cycle_id)
    return state(work, row.id)


def entrust(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Say which applicant account acts for a member."""
    cycle, row = own(work, data["membership_id"])
    work.session.execute(update(_MEMBERS).where(_MEMBERS.c.id == row.id).values(account=data["account"]))
    work.audit(
        "pool:entrusted", row.uscc, before={"account": row.account}, after={"account": data["account"]},
        cycle_id=cycle.cycle_id,
    )  # fmt: skip
    return state(work, row.id)


def review(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A named officer's review of a member's year; a later one of the same year replaces it, and the audit has both."""
    cycle, row = own(work, data["membership_id"], lock=True)
    until = row.left_on or work.today()
    if not row.joined_on.year <= data["year"] <= until.year:
        raise invalid_field(
            "year", f"应为在库年份 {row.joined_on.year} 至 {until.year}",
            f"must be a year in the pool, {row.joined_on.year} to {until.year}",
        )  # fmt: skip
    this = and_(_REVIEWS.c.membership_id == row.id, _REVIEWS.c.year == data["year"])
    before = work.session.execute(select(_REVIEWS.c.result, _REVIEWS.c.note).where(this)).one_or_none()
    work.session.execute(delete(_REVIEWS).where(this))
    values = {name: data[name] for name in ("year", "result", "note")}
    work.session.execute(
        _REVIEWS.insert().values(
            membership_id=row.id, reviewed_by=work.context.actor, reviewed_on=work.today(), **values
        )
    )
    work.audit(
        "pool:reviewed", f"{row.uscc}/{data['year']}", before=before and before._asdict(), after=values,
        cycle_id=cycle.cycle_id,
    )  # fmt: skip
    return state(work, row.id)


def members(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The pool of a cycle's world in the order of joining; an applicant sees the memberships that its account acts for."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = select(_MEMBERS).where(and_(_MEMBERS.c.world == cycle.world, *_mine(work)))
    rows = work.session.execute(query.order_by(_MEMBERS.c.joined_on, _MEMBERS.c.id)).all()
    lines = _lines(work, rows)
    year = data["year"]
    owing = [] if year is None else [line for line in lines if _owes_review(line, year)]
    return {"members": lines, "without_review": [line["membership_id"] for line in owing]}


def state(work: Work, membership_id: str) -> dict[str, Any]:
    """The reply `PoolMember`."""
    row = work.session.execute(select(_MEMBERS).where(_MEMBERS.c.id == membership_id)).one()
    return _lines(work, [row])[0]


def _owes_review(line: dict[str, Any], year: int) -> bool:
    """Whoever was in at the year's end, or is in now, and has no review of it."""
    there = line["joined_on"].year <= year and (line["left_on"] is None or line["left_on"].year > year)
    return there and all(each["year"] != year for each in line["reviews"])


def _lines(work: Work, rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    rows = list(rows)
    ids = [row.id for row in rows]
    reviews = _by_membership(
        work.session.execute(
            select(_REVIEWS).where(_REVIEWS.c.membership_id.in_(ids)).order_by(_REVIEWS.c.year)
        )
    )
    projects = _by_membership(
        work.session.execute(
            select(_PROJECTS)
            .where(_PROJECTS.c.membership_id.in_(ids))
            .order_by(_PROJECTS.c.asked_on, _PROJECTS.c.id)
        )
    )
    return [_line(row, reviews.get(row.id, []), projects.get(row.id, [])) for row in rows]


def _line(row: Row[Any], reviews: list[Row[Any]], projects: list[Row[Any]]) -> dict[str, Any]:
    names = (
        "uscc", "name", "way", "account", "joined_on", "project_cost_fen", "left_on", "left_by", "left_reason",
    )  # fmt: skip
    of_review = ("year", "result", "note", "reviewed_by", "reviewed_on")
    of_project = (
        "title", "summary", "cost_fen", "state", "approved_cost_fen", "asked_on", "decided_by", "decided_on",
        "decision_reason",
    )  # fmt: skip
    return {
        "membership_id": row.id,
        **{name: getattr(row, name) for name in names},
        "reviews": [{name: getattr(each, name) for name in of_review} for each in reviews],
        "projects": [
            {"project_id": each.id, **{name: getattr(each, name) for name in of_project}} for each in projects
        ],
    }


def _by_membership(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.membership_id, []).append(row)
    return found


def _of(world: str, uscc: str) -> Any:
    return and_(_MEMBERS.c.world == world, _MEMBERS.c.uscc == uscc)


def _mine(work: Work) -> list[Any]:
    """Nobody sees what is not theirs: for an applicant the query itself holds the account."""
    return [_MEMBERS.c.account == work.context.actor] if work.context.role == APPLICANT else []
