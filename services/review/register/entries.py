"""Entries of the register, one by one: whoever changes one names the revision that was read, and nothing is overwritten."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, bindparam, delete, select, update
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
    add(work, conductor, world, data["expert_id"], entry_of(data))
    return lists.shown(work, world, data["expert_id"])


def change(work: Work, conductor: Conductor, data: Data) -> Data:
    """Write an entry anew. Raises NotFound, Conflict naming what somebody else changed meanwhile."""
    world = world_of(work, conductor, data)
    rewrite(work, conductor, world, data["expert_id"], data["revision"], entry_of(data))
    return lists.shown(work, world, data["expert_id"])


def retire(work: Work, conductor: Conductor, data: Data) -> Data:
    """From now on the expert enters no pool; what it did, and its interests, stay."""
    return _move(work, conductor, data, "active", "retired")


def reinstate(work: Work, conductor: Conductor, data: Data) -> Data:
    """Take a retired expert back."""
    return _move(work, conductor, data, "retired", "active")


def entry_of(data: Mapping[str, Any]) -> Data:
    """What is to be written, out of a request that holds more."""
    return {name: data[name] for name in WRITTEN}


def entry(work: Work, world: str, expert_id: str) -> tuple[int, Data] | None:
    """Revision and entry as they stand, whole, whoever asks; None where there is none."""
    return known(work, world, [expert_id]).get(expert_id)


def known(work: Work, world: str, ids: Collection[str], *, lock: bool = False) -> dict[str, tuple[int, Data]]:
    """Those of the ids that the register has, with revision and entry; `lock` lets nobody change them meanwhile."""
    wanted = and_(_REGISTER.c.world == world, _REGISTER.c.expert_id.in_(ids))
    if lock:
        held = select(_REGISTER.c.expert_id).where(wanted).order_by(_REGISTER.c.expert_id)
        work.session.execute(held.with_for_update())
    return {
        line["expert_id"]: (line["revision"], entry_of(line))
        for line in lists.lines(work, world, wanted, whole=True)
    }


def add(work: Work, conductor: Conductor, world: str, expert_id: str, given: Data) -> None:
    """Write a new entry. Raises Conflict, Invalid where a word or an employment is there twice."""
    check(given)
    row = _first_row(work, world, expert_id, given)
    try:
        with work.session.begin_nested():
            work.session.execute(_REGISTER.insert().values(**row))
    except IntegrityError:
        raise _taken() from None
    _write_lists(work, world, {expert_id: given})
    work.audit("expert:entered", f"{world}/{expert_id}", after=given)
    conflicts.refresh(work, conductor, world, [expert_id])


def write_all(
    work: Work,
    conductor: Conductor,
    world: str,
    new: Mapping[str, Data],
    changed: Mapping[str, tuple[int, Data, Data]],
) -> None:
    """Many entries at once, checked before: new ones, and locked ones by revision, entry before, entry after.

    Raises Conflict where somebody else entered one of the new ones meanwhile; then none is written.
    """
    rows = [_first_row(work, world, expert_id, given) for expert_id, given in new.items()]
    try:
        with work.session.begin_nested():
            if rows:
                work.session.execute(_REGISTER.insert(), rows)
    except IntegrityError:
        raise _taken() from None
    this = and_(_REGISTER.c.world == world, _REGISTER.c.expert_id == bindparam("its_id"))
    if changed:
        values = [
            {"its_id": expert_id, "revision": revision + 1, **_columns(after)}
            for expert_id, (revision, _, after) in changed.items()
        ]
        work.connection.execute(update(_REGISTER).where(this), values)
        for table in (_TAGS, _EMPLOYMENTS):
            work.session.execute(
                delete(table).where(and_(table.c.world == world, table.c.expert_id.in_(changed)))
            )
    _write_lists(work, world, {**new, **{name: after for name, (_, _, after) in changed.items()}})
    for expert_id, given in new.items():
        work.audit("expert:entered", f"{world}/{expert_id}", after=given)
    for expert_id, (_, before, after) in changed.items():
        work.audit("expert:rewritten", f"{world}/{expert_id}", before=before, after=after)
    conflicts.refresh(work, conductor, world, [*new, *changed])


def rewrite(
    work: Work,
    conductor: Conductor,
    world: str,
    expert_id: str,
    revision: int,
    given: Data,
    reason: str | None = None,
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
        raise changed_meanwhile(entry(work, world, expert_id) or found, given)
    for table in (_TAGS, _EMPLOYMENTS):
        work.session.execute(delete(table).where(of(table, world, expert_id)))
    _write_lists(work, world, {expert_id: given})
    work.audit("expert:rewritten", f"{world}/{expert_id}", before=found[1], after=given, reason=reason)
    conflicts.refresh(work, conductor, world, [expert_id])


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


def _first_row(work: Work, world: str, expert_id: str, given: Data) -> Data:
    row = {
        "world": world,
        "expert_id": expert_id,
        "revision": 1,
        "state": "active",
        "entered_on": work.today(),
    }
    return {**row, **_columns(given)}


def _taken() -> Conflict:
    return Conflict("该专家编号已在库中", "this expert is in the register already", code="expert_exists")


def _write_lists(work: Work, world: str, given: Mapping[str, Data]) -> None:
    tags = [
        {"world": world, "expert_id": expert_id, "kind": kind, "value": value, "position": number}
        for expert_id, one in given.items()
        for kind in TAGS
        for number, value in enumerate(one[kind])
    ]
    employments = [
        {
            "world": world,
            "expert_id": expert_id,
            "position": number,
            **{name: each[name] for name in ("uscc", "name", "since", "until")},
        }
        for expert_id, one in given.items()
        for number, each in enumerate(one["employments"])
    ]
    if tags:
        work.session.execute(_TAGS.insert(), tags)
    if employments:
        work.session.execute(_EMPLOYMENTS.insert(), employments)


def _move(work: Work, conductor: Conductor, data: Data, before: str, after: str) -> Data:
    world, expert_id = world_of(work, conductor, data), data["expert_id"]
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
        raise changed_meanwhile(entry(work, world, expert_id) or found, {})
    work.audit(
        f"expert:{after if after == 'retired' else 'reinstated'}",
        f"{world}/{expert_id}",
        before={"state": before},
        after={"state": after},
        reason=data["reason"],
    )
    conflicts.refresh(work, conductor, world, [expert_id])
    return lists.shown(work, world, expert_id)
