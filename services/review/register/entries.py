"""Entries of the register, one by one: whoever changes one names the revision that was read, and nothing is overwritten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.exc import IntegrityError

from services.review import conflicts, models
from services.review.register import lists
from services.review.register.worlds import not_found, of, world_of
from shared.contracts.base import dump
from shared.contracts.operations.review.register import TAGS, ExpertContact, ExpertEntry
from shared.problems import Conflict, FieldError, invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
_REGISTER, _TAGS, _EMPLOYMENTS = models.expert_register, models.expert_tags, models.expert_employments
WRITTEN = tuple(ExpertEntry().fields)  # all that the office writes of an expert
_COLUMNS = ("name", "title", "industry_expert", "may_lead")


def one(work: Work, conductor: Conductor, data: Data) -> Data:
    """The reply `ExpertState`. Raises NotFound, also for an expert that asks for another."""
    return lists.shown(work, world_of(work, conductor, data), data["expert_id"])


def enter(work: Work, conductor: Conductor, data: Data) -> Data:
    """Enter an expert. Raises Conflict where the id is taken."""
    world = world_of(work, conductor, data)
    add(work, world, data["expert_id"], entry_of(data))
    return lists.shown(work, world, data["expert_id"])


def change(work: Work, conductor: Conductor, data: Data) -> Data:
    """Write an entry anew. Raises NotFound, Conflict naming what somebody else changed meanwhile."""
    world = world_of(work, conductor, data)
    rewrite(work, world, data["expert_id"], data["revision"], entry_of(data))
    return lists.shown(work, world, data["expert_id"])


def retire(work: Work, conductor: Conductor, data: Data) -> Data:
    """From now on the expert enters no pool; what it did, and its interests, stay."""
    return _move(work, world_of(work, conductor, data), data, "active", "retired")


def reinstate(work: Work, conductor: Conductor, data: Data) -> Data:
    """Take a retired expert back."""
    return _move(work, world_of(work, conductor, data), data, "retired", "active")


def entry_of(data: Mapping[str, Any]) -> Data:
    """What is to be written, out of a request that holds more."""
    return {name: data[name] for name in WRITTEN}


def entry(work: Work, world: str, expert_id: str) -> tuple[int, Data] | None:
    """Revision and entry as they stand, whole, whoever asks; None where there is none."""
    found = lists.lines(work, world, of(_REGISTER, world, expert_id), whole=True)
    return (found[0]["revision"], entry_of(found[0])) if found else None


def add(work: Work, world: str, expert_id: str, given: Data) -> None:
    """Write a new entry. Raises Conflict, Invalid where a word or an employment is there twice."""
    check(given)
    row = {
        "world": world, "expert_id": expert_id, "revision": 1, "state": "active", "entered_on": work.today(),
        **_columns(given),
    }  # fmt: skip
    try:
        with work.session.begin_nested():
            work.session.execute(_REGISTER.insert().values(**row))
    except IntegrityError:
        raise Conflict(
            "该专家编号已在库中", "this expert is in the register already", code="expert_exists"
        ) from None
    _write_lists(work, world, expert_id, given)
    work.audit("expert:entered", f"{world}/{expert_id}", after=_told(given))
    conflicts.refresh(work, world, [expert_id])


def rewrite(
    work: Work, world: str, expert_id: str, revision: int, given: Data, reason: str | None = None
) -> None:
    """Write an entry over the revision that was read. Raises NotFound, Invalid, Conflict."""
    check(given)
    found = entry(work, world, expert_id)
    if found is None:
        raise not_found()
    this = and_(of(_REGISTER, world, expert_id), _REGISTER.c.revision == revision)
    values = {**_columns(given), "revision": revision + 1}
    done = work.session.execute(update(_REGISTER).where(this).values(**values))
    if not getattr(done, "rowcount", 0):
        raise changed_meanwhile(found, given)
    for table in (_TAGS, _EMPLOYMENTS):
        work.session.execute(delete(table).where(of(table, world, expert_id)))
    _write_lists(work, world, expert_id, given)
    work.audit(
        "expert:rewritten", f"{world}/{expert_id}", before=_told(found[1]), after=_told(given), reason=reason
    )
    conflicts.refresh(work, world, [expert_id])


def changed_meanwhile(found: tuple[int, Data], given: Mapping[str, Any]) -> Conflict:
    """The refusal for whoever comes second: the revision as it is now, and the fields in which both differ."""
    revision, now = found
    differ = [name for name in WRITTEN if name in given and now[name] != given[name]]
    told = FieldError("revision", f"现为第 {revision} 版", f"is now {revision}")
    return Conflict(
        "该专家信息已被他人更改，未予覆盖",
        "the entry was changed by somebody else meanwhile, and is not overwritten",
        code="changed_meanwhile",
        errors=[
            told,
            *(FieldError(name, "与现有内容不同", "differs from what stands there") for name in differ),
        ],
    )


def check(given: Mapping[str, Any]) -> None:
    """What a contract cannot say of one field alone. Raises Invalid."""
    for kind in TAGS:
        for number, value in enumerate(given[kind]):
            if value in given[kind][:number]:
                raise invalid_field(f"{kind}.{number}", "重复", "is there twice")
    for number, employment in enumerate(given["employments"]):
        if employment in given["employments"][:number]:
            raise invalid_field(f"employments.{number}", "重复", "is there twice")


def _columns(given: Data) -> Data:
    contact = given["contact"]
    empty = contact is None or not any(contact.values())
    kept = None if empty else json.dumps(dump(ExpertContact(), contact), ensure_ascii=False)
    return {**{name: given[name] for name in _COLUMNS}, "contact": kept}


def _write_lists(work: Work, world: str, expert_id: str, given: Data) -> None:
    key = {"world": world, "expert_id": expert_id}
    tags = [
        {**key, "kind": kind, "value": value, "position": number}
        for kind in TAGS
        for number, value in enumerate(given[kind])
    ]
    employments = [
        {**key, "position": number, **{name: each[name] for name in ("uscc", "name", "since", "until")}}
        for number, each in enumerate(given["employments"])
    ]
    if tags:
        work.session.execute(_TAGS.insert(), tags)
    if employments:
        work.session.execute(_EMPLOYMENTS.insert(), employments)


def _told(given: Mapping[str, Any]) -> Data:
    """An entry for the audit log's digests."""
    return dump(ExpertEntry(), given)


def _move(work: Work, world: str, data: Data, before: str, after: str) -> Data:
    expert_id = data["expert_id"]
    found = entry(work, world, expert_id)
    if found is None:
        raise not_found()
    this = and_(of(_REGISTER, world, expert_id), _REGISTER.c.revision == data["revision"])
    if (
        work.session.execute(select(_REGISTER.c.state).where(of(_REGISTER, world, expert_id))).scalar()
        != before
    ):
        raise Conflict("该专家已不在此状态", f"the expert is not {before}", code="other_state")
    values = {
        "state": after, "state_reason": data["reason"], "state_on": work.today(), "revision": data["revision"] + 1,
    }  # fmt: skip
    done = work.session.execute(update(_REGISTER).where(this).values(**values))
    if not getattr(done, "rowcount", 0):
        raise changed_meanwhile(found, {})
    work.audit(
        f"expert:{after if after == 'retired' else 'reinstated'}",
        f"{world}/{expert_id}",
        before={"state": before},
        after={"state": after},
        reason=data["reason"],
    )
    conflicts.refresh(work, world, [expert_id])
    return lists.shown(work, world, expert_id)
