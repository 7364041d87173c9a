"""入库申请: an organization asks to join the pool, or is recommended by its industry or by an expert; the office decides."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.intake import models, pool
from services.intake.stages import conductor
from shared.contracts.operations import APPLICANT, OFFICE, RECOMMENDER, REVIEWER, WATCHERS
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.procedure import Cycle
from shared.store import Work

_REQUESTS = models.pool_requests
_WAYS = {APPLICANT: "own", RECOMMENDER: "industry", REVIEWER: "expert"}


def ask(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Keep a request. One organization may be asked for by several, by each once while its request waits."""
    cycle = conductor.cycle(work, data["cycle_id"])
    body = work.context.on_behalf_of or None
    if work.context.role == RECOMMENDER and body is None and not cycle.rehearsal:
        raise Forbidden("您的账号未设定所在单位", "your account acts for no recommending body")
    if pool.present(work, cycle.world, data["uscc"]) is not None:
        raise Conflict(f"{data['uscc']} 已在库中", f"{data['uscc']} is in the pool already")
    waiting = and_(_waiting(cycle.world, data["uscc"]), _REQUESTS.c.asked_by == work.context.actor)
    if work.session.execute(select(_REQUESTS.c.id).where(waiting)).first() is not None:
        raise Conflict("您的申请正在审核", "a request of yours for it is waiting already")
    row = {
        "id": work.new_id(),
        "cycle_id": cycle.cycle_id,
        "world": cycle.world,
        "way": _WAYS[work.context.role],
        "asked_by": work.context.actor,
        "body": body,
        "asked_on": work.today(),
        "state": "waiting",
        **{name: data[name] for name in ("uscc", "name", "reason")},
    }
    contact = {f"contact_{name}": data["contact"][name] for name in ("name", "phone")}
    work.session.execute(_REQUESTS.insert().values(**row, **contact))
    work.audit("pool:asked", data["uscc"], after=row, cycle_id=cycle.cycle_id)
    return _line(work, _require(work, row["id"]))


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Requests of a cycle's world; who is no watcher sees those that it made itself."""
    cycle = conductor.cycle(work, data["cycle_id"])
    wanted = [_REQUESTS.c.world == cycle.world]
    if work.context.role not in WATCHERS:
        wanted.append(_REQUESTS.c.asked_by == work.context.actor)
    if data["state"] is not None:
        wanted.append(_REQUESTS.c.state == data["state"])
    query = select(_REQUESTS).where(and_(*wanted)).order_by(_REQUESTS.c.asked_on, _REQUESTS.c.id)
    return {"requests": [_line(work, row) for row in work.session.execute(query)]}


def decide(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A named officer admits or refuses; whoever else asked for one that is admitted has its answer too."""
    row = _require(work, data["request_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    if not data["admitted"] and not data["reason"]:
        raise invalid_field("reason", "不予入库须说明理由", "a refusal needs its reason")
    decision = {
        "state": "admitted" if data["admitted"] else "refused",
        "decided_by": work.context.actor,
        "decided_on": work.today(),
        "decision_reason": data["reason"],
        "membership_id": None,
    }
    this = and_(_REQUESTS.c.id == row.id, _REQUESTS.c.state == "waiting")
    done = work.session.execute(update(_REQUESTS).where(this).values(**decision))
    if not getattr(done, "rowcount", 0):
        raise Conflict(f"该申请当前为 {row.state}", f"the request is {row.state}")
    if data["admitted"]:
        _admit(work, cycle, row, data, decision)
    work.audit("pool:request_decided", row.id, after=decision, reason=data["reason"], cycle_id=cycle.cycle_id)
    return _line(work, _require(work, row.id))


def _admit(work: Work, cycle: Cycle, row: Row[Any], data: dict[str, Any], decision: dict[str, Any]) -> None:
    joined_on = data["joined_on"] or work.today()
    if joined_on > work.today():
        raise invalid_field("joined_on", "不得晚于今日", "lies after today")
    account = row.asked_by if row.way == "own" else None
    decision["membership_id"] = pool.enter(
        work, cycle, row.uscc, joined_on, way=row.way, name=row.name, account=account
    )
    also = _waiting(cycle.world, row.uscc)
    work.session.execute(update(_REQUESTS).where(_REQUESTS.c.id == row.id).values(**decision))
    work.session.execute(update(_REQUESTS).where(also).values(**decision))


def _waiting(world: str, uscc: str) -> Any:
    return and_(_REQUESTS.c.world == world, _REQUESTS.c.uscc == uscc, _REQUESTS.c.state == "waiting")


def _require(work: Work, request_id: str) -> Row[Any]:
    row = work.session.execute(select(_REQUESTS).where(_REQUESTS.c.id == request_id)).one_or_none()
    if row is None:
        raise NotFound("没有这项申请", "no such request")
    return row


def _line(work: Work, row: Row[Any]) -> dict[str, Any]:
    names = (
        "uscc", "name", "way", "asked_by", "body", "reason", "asked_on", "state", "decided_by", "decided_on",
        "decision_reason", "membership_id",
    )  # fmt: skip
    contact = {"name": row.contact_name, "phone": row.contact_phone}
    shown = work.context.role == OFFICE or row.asked_by == work.context.actor
    return {
        "request_id": row.id,
        **{name: getattr(row, name) for name in names},
        "contact": contact if shown else None,
    }
