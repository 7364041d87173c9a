"""提请与决定: what one person proposes with papers and another one decides. One at a time of a kind and a subject.

The second signature is worth something only where it is somebody else's: asked here, and held by a constraint of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy.exc import IntegrityError

from services.incentives import models
from services.incentives.two_people import State, before, require_other
from shared.problems import Conflict, NotFound, invalid_field
from shared.store import Work

_PROPOSALS = models.proposals


class Kind(StrEnum):
    """What is proposed, of what subject: the first and the last two of an application, the second of a payment line."""

    COST = "cost"
    OUTCOME = "outcome"
    INSTALMENTS = "instalments"
    WRITE_OFF = "write_off"


_PROVED = (Kind.COST, Kind.OUTCOME, Kind.WRITE_OFF)  # a plan of instalments needs none


def require_papers(papers: Sequence[str]) -> None:
    """Raises Invalid where there is no proof."""
    if not papers:
        raise invalid_field("papers", "须附证明材料", "needs papers that prove it")


def propose(
    work: Work,
    kind: Kind,
    subject: str,
    cycle_id: str,
    data: Mapping[str, Any],
    papers: Sequence[str],
    reason: str,
) -> dict[str, Any]:
    """Leave it for somebody else to decide. Raises Conflict while another one of its kind waits, Invalid without proof."""
    if kind in _PROVED:
        require_papers(papers)
    row = {
        "id": work.new_id(), "kind": kind.value, "subject": subject, "cycle_id": cycle_id, "data": dict(data),
        "papers": list(papers), "reason": reason, "state": State.PROPOSED.value, "proposed_by": work.by,
        "proposed_at": work.now(),
    }  # fmt: skip
    try:
        with work.session.begin_nested():
            work.session.execute(_PROPOSALS.insert().values(**row))
    except IntegrityError:
        raise Conflict("已有一项提请待决定", "one is waiting for a decision already") from None
    work.audit(
        f"{kind}:proposed", subject, after={**row, "proposed_at": None}, reason=reason, cycle_id=cycle_id
    )
    return {"proposal_id": row["id"]}


def find(work: Work, proposal_id: str, kind: Kind) -> Row[Any]:
    """A proposal of that kind. Raises NotFound."""
    query = select(_PROPOSALS).where(and_(_PROPOSALS.c.id == proposal_id, _PROPOSALS.c.kind == kind.value))
    row = work.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("没有这项提请", "no such proposal")
    return row


def decide(work: Work, row: Row[Any], *, accept: bool, reason: str) -> None:
    """Accept or refuse. Raises Forbidden for who proposed it, Conflict where it is decided already."""
    require_other(same=work.same_person(row.proposed_by, about=row.subject))
    state = State.ACCEPTED if accept else State.REFUSED
    moved = work.session.execute(
        update(_PROPOSALS)
        .where(and_(_PROPOSALS.c.id == row.id, _PROPOSALS.c.state.in_(before(state))))
        .values(state=state.value, decided_by=work.by, decided_at=work.now(), decision_reason=reason)
    )
    if not getattr(moved, "rowcount", 0):
        raise Conflict("已有决定", "it is decided already")
    work.audit(
        f"{row.kind}:{state}", row.subject, before={"state": row.state}, after={"proposal_id": row.id, "state": state.value},
        reason=reason, cycle_id=row.cycle_id,
    )  # fmt: skip


def listed(work: Work, kind: Kind, **of: str) -> list[dict[str, Any]]:
    """All of a kind, the oldest first, of a cycle or a subject."""
    conditions = [_PROPOSALS.c[name] == value for name, value in of.items()]
    query = (
        select(_PROPOSALS).where(and_(_PROPOSALS.c.kind == kind.value, *conditions)).order_by(_PROPOSALS.c.id)
    )
    return [state_of(row) for row in work.session.execute(query)]


def state_of(row: Row[Any]) -> dict[str, Any]:
    """A proposal with who made it, who decided it, and why."""
    names = (
        "subject", "papers", "reason", "state", "proposed_by", "proposed_at", "decided_by", "decided_at",
        "decision_reason",
    )  # fmt: skip
    told = {name: getattr(row, name) for name in names}
    for name in ("proposed_at", "decided_at"):
        told[name] = None if told[name] is None else told[name].isoformat(timespec="seconds")
    return {"proposal_id": row.id, **row.data, **told}
