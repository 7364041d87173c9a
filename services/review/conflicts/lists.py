"""利害关系一览: the conflicts of a cycle with their sources, and one lifted by hand, by somebody who entered nothing of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, func, select, update

from services.review import models
from services.review.conflicts import computing, discretion, recorded
from services.review.conflicts.grounds import ADVISERS, STATEMENT
from services.review.conflicts.recusals import worded
from shared.problems import Conflict, NotFound
from shared.procedure import Conductor
from shared.store import Work

_CONFLICTS, _RECUSALS = models.conflicts, models.recusals
_DOSSIERS = models.procedure.dossiers
# Whoever is registered as an adviser must stand aside, and nobody is made to review what it says it is bound to.
_NEVER_LIFTED = (ADVISERS, STATEMENT)
_SHOWN = (
    "expert_id", "application_id", "ground", "source", "rule", "via", "since", "found_at", "found_by", "ended_at",
    "ended_why", "ended_by", "ended_reason",
)  # fmt: skip


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A page of a cycle's conflicts, by expert and number of submission; `ended` shows those that are over too. The office reads
    those that are its own to act on, see `discretion`.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    wanted = [_CONFLICTS.c.cycle_id == cycle.cycle_id, discretion.told_to(work, cycle, _CONFLICTS)]
    wanted += [_CONFLICTS.c[n] == data[n] for n in ("expert_id", "application_id", "source") if data[n]]
    if data["ground"]:
        wanted.append(discretion.ground_told(work, cycle, _CONFLICTS) == data["ground"])
    if not data["ended"]:
        wanted.append(_CONFLICTS.c.ended_at.is_(None))
    total = work.session.execute(select(func.count()).select_from(_CONFLICTS).where(*wanted)).scalar_one()
    query = (
        select(_CONFLICTS)
        .join(_DOSSIERS, _DOSSIERS.c.application_id == _CONFLICTS.c.application_id)
        .where(*wanted)
        .order_by(_CONFLICTS.c.expert_id, _DOSSIERS.c.sequence, _CONFLICTS.c.ground, _CONFLICTS.c.source)
        .order_by(_CONFLICTS.c.number)
        .limit(data["size"])
        .offset((data["page"] - 1) * data["size"])
    )
    lines = [discretion.veiled(work, cycle, _shown(row)) for row in work.session.execute(query)]
    return {"total": total, "conflicts": lines}


def lift(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A supervisor lifts one conflict with a reason. It stays lifted as long as nothing it rests on changes.

    Raises NotFound; Conflict where it is the supervisor's own, is never lifted, a replacement was named because of it, or the
    recusal is confirmed.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    computing.lock(work, cycle.world)
    key = ("cycle_id", "expert_id", "application_id", "ground", "source")
    this = and_(*(_CONFLICTS.c[name] == data[name] for name in key), _CONFLICTS.c.ended_at.is_(None))
    row = work.session.execute(select(_CONFLICTS).where(this)).one_or_none()
    if row is None:
        raise NotFound("没有这项利害关系", "no such conflict")
    _require_liftable(work, row)
    ended = {
        "ended_at": work.now(),
        "ended_why": computing.LIFTED,
        "ended_by": work.by,
        "ended_reason": data["reason"],
    }
    work.session.execute(update(_CONFLICTS).where(this).values(**ended))
    subject = "/".join(data[name] for name in key[1:])
    work.audit("conflict:lifted", subject, after=ended, reason=data["reason"], cycle_id=cycle.cycle_id)
    recorded.settle(work, cycle)
    now = and_(*(_CONFLICTS.c[name] == data[name] for name in key), _CONFLICTS.c.number == row.number)
    return _shown(work.session.execute(select(_CONFLICTS).where(now)).one())


def _require_liftable(work: Work, row: Row[Any]) -> None:
    if row.source in _NEVER_LIFTED:
        raise Conflict(
            "指导专家登记和本人申明的利害关系不予解除",
            "what the register of advisers says, or the expert itself, is not lifted",
            code="not_liftable",
        )
    if work.same_person(row.found_by, row.expert_id, about=row.application_id):
        raise Conflict("须由另一人办理", "somebody else has to do this", code="same_person")
    taken_over = select(_RECUSALS.c.number).where(
        _RECUSALS.c.cycle_id == row.cycle_id,
        _RECUSALS.c.expert_id == row.expert_id,
        _RECUSALS.c.application_id == row.application_id,
        _RECUSALS.c.replacement.is_not(None),
    )
    if work.session.execute(taken_over.limit(1)).one_or_none() is not None:
        raise Conflict(
            "已指定替补评审员，不再解除", "a replacement was named already", code="replacement_named"
        )
    confirmed = and_(
        *(_RECUSALS.c[name] == getattr(row, name) for name in ("cycle_id", "expert_id", "application_id")),
        _RECUSALS.c.state == recorded.State.CONFIRMED,
    )
    if work.session.execute(select(_RECUSALS.c.number).where(confirmed).limit(1)).one_or_none() is not None:
        raise Conflict(
            "回避已经确认，不再解除", "the recusal was confirmed and stands", code="recusal_confirmed"
        )


def _shown(row: Row[Any]) -> dict[str, Any]:
    """The reply `KnownConflict`."""
    words = worded(row.expert_id, row.application_id, row.ground, row.rule)
    found = {name: getattr(row, name) for name in _SHOWN}
    for name in ("found_at", "ended_at"):
        found[name] = None if found[name] is None else found[name].isoformat()
    return {**found, "reason_zh": words.reason_zh, "reason_en": words.reason_en}
