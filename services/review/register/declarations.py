"""年度利害关系申报: signed, kept as signed, in force for a time; a later one supersedes it, none is ever edited."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, select, update

from services.review import conflicts, models
from services.review.register import lists
from services.review.register.statement import STATEMENT
from services.review.register.terms import Terms
from services.review.register.worlds import of, require_own, world_of
from shared.contracts.base import dump
from shared.contracts.operations.review.declarations import RELATIONS, DeclaredAnswers, DeclaredInterest
from shared.identifiers import canonical_json, digest
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
_DECLARATIONS, _INTERESTS, _REGISTER = models.declarations, models.declared_interests, models.expert_register


def declared(work: Work, world: str, expert_id: str, on: date) -> bool:
    """Whether a declaration is in force on a day: the last one made by then, and not over."""
    return expert_id in in_force(work, world, [expert_id], on)


def in_force(work: Work, world: str, expert_ids: Collection[str], on: date) -> frozenset[str]:
    """Those of the experts who have a declaration in force on a day."""
    made = and_(
        _DECLARATIONS.c.world == world,
        _DECLARATIONS.c.expert_id.in_(expert_ids),
        _DECLARATIONS.c.declared_on <= on,
    )
    query = select(_DECLARATIONS.c.expert_id, _DECLARATIONS.c.valid_until).where(made)
    last = {row[0]: row[1] for row in work.session.execute(query.order_by(_DECLARATIONS.c.number))}
    return frozenset(name for name, until in last.items() if until >= on)


def declare(work: Work, conductor: Conductor, data: Data, terms: Terms) -> Data:
    """Take an expert's own declaration and give its receipt.

    Raises NotFound for anybody else's, Conflict for a retired expert, Invalid where the signature is not the expert's name.
    """
    require_own(work, data["expert_id"])
    world = world_of(work, conductor, data)
    _locked(work, world, data["expert_id"])
    expert = lists.shown(work, world, data["expert_id"])
    if expert["state"] != "active":
        raise Conflict("已出库的专家不申报", "a retired expert declares nothing", code="retired")
    if data["signed_by"] != expert["name"]:
        raise invalid_field("signed_by", "须与专家库中的姓名一致", "has to be the name in the register")
    for number, interest in enumerate(data["interests"]):
        if interest in data["interests"][:number]:
            raise invalid_field(f"interests.{number}", "重复", "is there twice")
    row = _keep(work, world, data, terms)
    work.session.execute(
        update(_REGISTER)
        .where(of(_REGISTER, world, data["expert_id"]))
        .values(declared_until=row["valid_until"])
    )
    told = {"number": row["number"], "digest": row["digest"], "valid_until": row["valid_until"]}
    work.audit("declaration:signed", f"{world}/{data['expert_id']}", after=told)
    conflicts.refresh(work, conductor, world, [data["expert_id"]])
    return _shown(_one(work, row["id"]), row["number"], work.today())


def listed(work: Work, conductor: Conductor, data: Data) -> Data:
    """An expert's declarations, the newest first. Raises NotFound, also where an expert asks for another's."""
    require_own(work, data["expert_id"])
    world = world_of(work, conductor, data)
    lists.shown(work, world, data["expert_id"])
    query = (
        select(_DECLARATIONS)
        .where(of(_DECLARATIONS, world, data["expert_id"]))
        .order_by(_DECLARATIONS.c.number.desc())
    )
    rows = work.session.execute(query).all()
    newest = rows[0].number if rows else 0
    return {
        "expert_id": data["expert_id"],
        "statement_zh": STATEMENT.zh,
        "statement_en": STATEMENT.en,
        "declarations": [_shown(row, newest, work.today()) for row in rows],
    }


def signed_document(expert_id: str, data: Mapping[str, Any], declared_at: str, valid_until: date) -> Data:
    """All that an expert signs, as plain JSON; its digest is the receipt."""
    return {
        "expert_id": expert_id,
        "declared_at": declared_at,
        "valid_until": valid_until.isoformat(),
        "statement": {"zh": STATEMENT.zh, "en": STATEMENT.en},
        "answers": {relation: data["answers"][relation] for relation in RELATIONS},
        "interests": [dump(DeclaredInterest(), interest) for interest in data["interests"]],
        "signed_by": data["signed_by"],
    }


def _keep(work: Work, world: str, data: Data, terms: Terms) -> Data:
    this = of(_DECLARATIONS, world, data["expert_id"])
    last = work.session.execute(select(func.max(_DECLARATIONS.c.number)).where(this)).scalar()
    valid_until = terms.valid_until(work.today())
    now = work.now()
    document = signed_document(data["expert_id"], data, now.isoformat(), valid_until)
    row = {
        "id": work.new_id(),
        "world": world,
        "expert_id": data["expert_id"],
        "number": (last or 0) + 1,
        "declared_on": work.today(),
        "declared_at": now,
        "valid_until": valid_until,
        "signed": canonical_json(document).decode("utf-8"),
        "digest": digest(document),
    }
    work.session.execute(_DECLARATIONS.insert().values(**row))
    interests = [
        {
            "declaration_id": row["id"],
            "position": number,
            **{name: interest[name] for name in ("relation", "uscc", "since", "until")},
        }
        for number, interest in enumerate(data["interests"])
    ]
    if interests:
        work.session.execute(_INTERESTS.insert(), interests)
    return row


def _locked(work: Work, world: str, expert_id: str) -> None:
    """Two declarations of one expert come one after the other."""
    this = select(_REGISTER.c.expert_id).where(of(_REGISTER, world, expert_id))
    work.session.execute(this.with_for_update())


def _one(work: Work, declaration_id: str) -> Row[Any]:
    return work.session.execute(select(_DECLARATIONS).where(_DECLARATIONS.c.id == declaration_id)).one()


def _shown(row: Row[Any], newest: int, today: date) -> Data:
    """The reply `Declaration`."""
    signed = json.loads(row.signed)
    return {
        "declaration_id": row.id,
        "expert_id": row.expert_id,
        "number": row.number,
        "declared_at": signed["declared_at"],
        "valid_until": row.valid_until,
        "in_force": row.number == newest and row.declared_on <= today <= row.valid_until,
        "digest": row.digest,
        "statement_zh": signed["statement"]["zh"],
        "statement_en": signed["statement"]["en"],
        "signed_by": signed["signed_by"],
        "answers": DeclaredAnswers().load(signed["answers"]),
        "interests": [DeclaredInterest().load(interest) for interest in signed["interests"]],
    }
