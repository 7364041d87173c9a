"""逐案申明: before a reviewer sees a dossier it is told whose it is, and says of each relation whether it has it.

Signed by typing the name, kept as signed. An interest ends the matter: the application is gone for this reviewer at once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, select

from services.review import models
from services.review.conditions import is_
from services.review.conflicts import computing, sources
from services.review.conflicts.leading import leads
from services.review.conflicts.reading import assigned, nothing_of_yours, require_readable, unkept
from services.review.seating.states import ON_DUTY
from shared.contracts.base import load
from shared.contracts.dossier import Dossier
from shared.contracts.operations.review.recusals import RELATIONS
from shared.identifiers import canonical_json, digest
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor, Cycle
from shared.store import Work

_ASSIGNMENTS, _STATEMENTS, _EXPERTS = models.assignments, models.case_statements, models.experts
_ADVISERS, _DOSSIERS = models.advisers, models.procedure.dossiers


def awaiting(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The applications whose dossiers whoever asks may see once it has stated its interests: whose they are, no more."""
    cycle = conductor.cycle(work, data["cycle_id"])
    return awaiting_in(work, cycle, declared=sources.declared(work, cycle, work.context.actor))


def awaiting_in(work: Work, cycle: Cycle, *, declared: bool) -> dict[str, Any]:
    """The same of a cycle that was read; `declared`: whether its declaration is in force today."""
    me = work.context.actor
    if cycle.rehearsal:
        return {"declared": True, "applications": [], "stated": []}
    said = exists().where(
        _STATEMENTS.c.cycle_id == cycle.cycle_id,
        _STATEMENTS.c.application_id == _DOSSIERS.c.application_id,
        _STATEMENTS.c.expert_id == me,
    )
    told = _own(cycle, me).with_only_columns(_DOSSIERS.c.application_id, said.label("said"), *_TOLD)
    rows = work.session.execute(told.order_by(_DOSSIERS.c.sequence)).all()
    waiting = [row for row in rows if not row.said]
    advisers = _advisers(work, cycle, {row.uscc for row in waiting}) if waiting else {}
    return {
        "declared": declared,
        "applications": [
            {**_named(row), "uscc": row.uscc, "group": row.group, "advisers": advisers.get(row.uscc, [])}
            for row in waiting
        ],
        "stated": [_named(row) for row in rows if row.said],
    }


# Of a dossier what is told of it here: to read the whole of each takes long for somebody who has many.
_TOLD = (
    *(_DOSSIERS.c.dossier[name].as_string().label(name) for name in ("name", "kind", "uscc", "category")),
    _DOSSIERS.c.dossier[("facts", "group")].as_string().label("group"),
)


def _named(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("application_id", "name", "kind", "category")}


def state(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Take a reviewer's statement on one of its applications. Raises NotFound for any other, Invalid for a signature that is
    not its name.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    me = work.context.actor
    computing.lock(work, cycle.world)
    one = _own(cycle, me).where(_DOSSIERS.c.application_id == data["application_id"])
    if work.session.execute(one).one_or_none() is None:
        raise nothing_of_yours()
    if cycle.rehearsal:
        raise Conflict("演练不作申明", "nobody states anything in a rehearsal", code="rehearsal")
    _require_signature(work, cycle, data["signed_by"])
    row = _keep(work, cycle, data)
    if row["interest"]:
        computing.of_experts(work, cycle, [me])
    return {
        "application_id": row["application_id"],
        "interest": row["interest"],
        "digest": row["digest"],
        "signed_at": row["signed_at"].isoformat(),
    }


def declined(work: Work, cycle: Cycle, application_id: str, relation: str, reason: str) -> None:
    """Whoever asks declined an assignment because of a relation: that is its statement on the application. Unsigned, since
    an interest that is owned to keeps away whether or not a name stands under it.
    """
    computing.lock(work, cycle.world)
    answers = {each: each == relation for each in RELATIONS}
    told = {"application_id": application_id, "answers": answers, "note": reason, "signed_by": None}
    _keep(work, cycle, told)
    computing.of_experts(work, cycle, [work.context.actor])


def dossier(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The dossier, to a reviewer who may read it."""
    cycle = conductor.cycle(work, data["cycle_id"])
    entrant = require_readable(work, cycle, data["application_id"])
    return {
        "cycle_id": cycle.cycle_id,
        "application_id": entrant.application_id,
        "dossier": load(Dossier(), dict(entrant.dossier)),
    }


def _own(cycle: Cycle, me: str) -> Select[Any]:
    """Applications assigned to somebody, or reviewed in a panel and led by it, of which it is not kept; those withdrawn are
    nobody's. A leader sees the sheets of its panel: before that it states its interests as every reviewer does.
    """
    led = exists().where(
        _ASSIGNMENTS.c.cycle_id == cycle.cycle_id,
        _ASSIGNMENTS.c.application_id == _DOSSIERS.c.application_id,
        _ASSIGNMENTS.c.state.in_(ON_DUTY),
        leads(me, _ASSIGNMENTS),
    )
    return unkept(cycle, me, assigned(cycle, me) | led)


def _advisers(work: Work, cycle: Cycle, codes: set[str]) -> dict[str, list[str]]:
    """By code: the advisers registered for it, by name where the pool knows it."""
    same = and_(_EXPERTS.c.cycle_id == cycle.cycle_id, _EXPERTS.c.expert_id == _ADVISERS.c.expert_id)
    query = (
        select(_ADVISERS.c.uscc, func.coalesce(_EXPERTS.c.name, _ADVISERS.c.expert_id).label("name"))
        .outerjoin(_EXPERTS, same)
        .where(_ADVISERS.c.world == cycle.world, _ADVISERS.c.uscc.in_(sorted(codes)))
        .order_by(_ADVISERS.c.uscc, _ADVISERS.c.expert_id)
    )
    found: dict[str, list[str]] = {}
    for row in work.session.execute(query):
        found.setdefault(row.uscc, []).append(row.name)
    return found


def _require_signature(work: Work, cycle: Cycle, signed_by: str) -> None:
    mine = and_(_EXPERTS.c.cycle_id == cycle.cycle_id, _EXPERTS.c.expert_id == work.context.actor)
    row: Row[Any] | None = work.session.execute(select(_EXPERTS.c.name).where(mine)).one_or_none()
    if row is None or row.name is None:
        raise Conflict(
            "专家登记中没有您的姓名，请联系评审办",
            "the pool has no name for you to sign with: ask the office",
            code="no_name",
        )
    if signed_by.strip() != row.name.strip():
        raise invalid_field("signed_by", "须与登记的姓名一致", "has to be the name in the pool")


def _keep(work: Work, cycle: Cycle, data: dict[str, Any]) -> dict[str, Any]:
    key = {
        "cycle_id": cycle.cycle_id,
        "application_id": data["application_id"],
        "expert_id": work.context.actor,
    }
    this = is_(_STATEMENTS, key)
    last = work.session.execute(select(func.max(_STATEMENTS.c.number)).where(this)).scalar()
    relations = [relation for relation in RELATIONS if data["answers"][relation]]
    now = work.now()
    document = {
        **key,
        "answers": {relation: data["answers"][relation] for relation in RELATIONS},
        "note": data["note"],
        "signed_by": data["signed_by"],
        "signed_at": now.isoformat(),
    }
    row = {
        **key,
        "number": (last or 0) + 1,
        "interest": bool(relations),
        "relations": relations,
        "signed": canonical_json(document).decode("utf-8"),
        "digest": digest(document),
        "signed_at": now,
    }
    work.session.execute(_STATEMENTS.insert().values(**row))
    work.audit(
        "statement:signed",
        f"{row['application_id']}/{row['expert_id']}",
        after={"digest": row["digest"], "interest": row["interest"]},
        cycle_id=cycle.cycle_id,
    )
    return row
