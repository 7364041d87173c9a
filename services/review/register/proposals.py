"""更改申请: an expert asks for a change of its entry. Employers count for conflicts at once, the office confirms the rest."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, and_, func, select, update
from sqlalchemy.exc import IntegrityError

from services.review import conflicts, models
from services.review.register import entries
from services.review.register.worlds import may_reach, not_found, require_own, world_of
from shared.contracts.base import dump
from shared.contracts.operations import REVIEWER
from shared.contracts.operations.review.register import ExpertChanges
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
_PROPOSALS = models.expert_proposals


def propose(work: Work, conductor: Conductor, data: Data) -> Data:
    """Take an expert's own proposal. Raises NotFound, Invalid, Conflict where one waits already or the entry has changed."""
    require_own(work, data["expert_id"])
    world = world_of(work, conductor, data)
    found = entries.entry(work, world, data["expert_id"])
    if found is None:
        raise not_found()
    if found[0] != data["revision"]:
        raise entries.changed_meanwhile(found, data["changes"])
    entries.check({**found[1], **data["changes"]})
    changes = dump(ExpertChanges(), data["changes"])
    row = {
        "id": work.new_id(),
        "world": world,
        "expert_id": data["expert_id"],
        "state": "open",
        "based_on": data["revision"],
        "changes": json.dumps(changes, ensure_ascii=False),
        "note": data["note"],
        "proposed_at": work.now(),
    }
    try:
        with work.session.begin_nested():
            work.session.execute(_PROPOSALS.insert().values(**row))
    except IntegrityError:
        raise Conflict("已有一份申请待确认", "one proposal waits already", code="open_proposal") from None
    work.audit("expert:change_proposed", f"{world}/{data['expert_id']}", after=changes)
    conflicts.refresh(work, conductor, world, [data["expert_id"]])
    return _shown(work, _require(work, world, row["id"]))


def listed(work: Work, conductor: Conductor, data: Data) -> Data:
    """A page of proposals, the oldest first; an expert gets its own."""
    wanted = [_PROPOSALS.c.world == world_of(work, conductor, data)]
    if work.context.role == REVIEWER:
        wanted.append(_PROPOSALS.c.expert_id == work.context.actor)
    if data["state"] is not None:
        wanted.append(_PROPOSALS.c.state == data["state"])
    total = work.session.execute(
        select(func.count()).select_from(_PROPOSALS).where(and_(*wanted))
    ).scalar_one()
    query = (
        select(_PROPOSALS)
        .where(and_(*wanted))
        .order_by(_PROPOSALS.c.id)
        .limit(data["size"])
        .offset((data["page"] - 1) * data["size"])
    )
    rows = work.session.execute(query).all()
    return {
        "proposals": [_shown(work, row) for row in rows],
        "page": data["page"],
        "size": data["size"],
        "total": total,
    }


def decide(work: Work, conductor: Conductor, data: Data) -> Data:
    """Confirm a proposal, which changes the entry, or refuse it. Raises NotFound, Invalid, Conflict."""
    world = world_of(work, conductor, data)
    row = _require(work, world, data["proposal_id"], lock=True)
    if row.state != "open":
        raise Conflict("该申请已有结论", "this proposal is decided already", code="decided")
    if not data["confirmed"] and not (data["reason"] or "").strip():
        raise invalid_field("reason", "不予确认须说明理由", "a refusal needs its reason")
    values = {
        "state": "confirmed" if data["confirmed"] else "refused",
        "decided_at": work.now(),
        "decided_by": work.context.actor,
        "reason": data["reason"],
    }
    work.session.execute(update(_PROPOSALS).where(_PROPOSALS.c.id == row.id).values(**values))
    if data["confirmed"]:
        found = entries.entry(work, world, row.expert_id)
        if found is None:
            raise not_found()
        changed = {**found[1], **ExpertChanges().load(json.loads(row.changes))}
        entries.rewrite(work, conductor, world, row.expert_id, data["revision"], changed, data["reason"])
    else:
        conflicts.refresh(work, conductor, world, [row.expert_id])
    work.audit(f"expert:change_{values['state']}", f"{world}/{row.expert_id}", reason=data["reason"])
    return _shown(work, _require(work, world, row.id))


def _require(work: Work, world: str, proposal_id: str, *, lock: bool = False) -> Row[Any]:
    query = select(_PROPOSALS).where(and_(_PROPOSALS.c.world == world, _PROPOSALS.c.id == proposal_id))
    row = work.session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("没有这份申请", "no such proposal")
    return row


def _shown(work: Work, row: Row[Any]) -> Data:
    """The reply `ProposalState`: what is asked for beside what stands there."""
    found = entries.entry(work, row.world, row.expert_id)
    assert found is not None  # an entry is never deleted
    changes = ExpertChanges().load(json.loads(row.changes))
    if not may_reach(work):
        changes.pop("contact", None)
    return {
        "proposal_id": row.id,
        "expert_id": row.expert_id,
        "state": row.state,
        "based_on": row.based_on,
        "revision": found[0],
        "changes": changes,
        "now": {name: found[1][name] for name in changes},
        "note": row.note,
        "proposed_at": row.proposed_at.isoformat(),
        "decided_at": None if row.decided_at is None else row.decided_at.isoformat(),
        "decided_by": row.decided_by,
        "reason": row.reason,
    }
