"""被拒绝的兼办: whoever tried to do both parts of what two people have to do, and was refused by a service.

A refusal undoes the service's transaction, and so leaves nothing there; it passes through here, where it is kept in the
gateway's audit log. Which refusals are meant is declared in acting.yaml by their codes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from services.gateway import acting
from services.gateway.circumstances import Asked
from services.gateway.routes import ROUTES, Route, spec_of
from shared.contracts.operations import OPERATIONS
from shared.identifiers import canonical_json, new_id
from shared.problems import Problem
from shared.procedure.alerts import Alert, Severity

if TYPE_CHECKING:
    from services.gateway.app import Gateway

ACTION = "attempt:refused"
MOST = 500  # attempts without a cycle that are looked up, and of a cycle that are told, the newest first
Attempt = Mapping[str, Any]


def note(gateway: Gateway, route: Route, data: Mapping[str, Any], asked: Asked, problem: Problem) -> None:
    """Keep a refused command that two people have to do, by who tried it, what, and on what."""
    if spec_of(route).kind != "command" or problem.code not in acting.refusals() or asked.session is None:
        return
    cycle_id = data.get("cycle_id")
    parts = [str(data[name]) for name in route.in_path if name != "cycle_id"]
    subject = "/".join(parts) or str(cycle_id or route.operation)
    told = canonical_json({"operation": route.operation, "code": problem.code}).decode("utf-8")
    with gateway.identity.store.transaction() as tx:
        work = tx.work(replace(asked.context, message_id=new_id()))
        work.audit(ACTION, subject[:200], reason=told, cycle_id=None if cycle_id is None else str(cycle_id))


def kept(gateway: Gateway, *cycle_ids: str) -> list[Attempt]:
    """The attempts of some cycles, and those of which only the thing that they were about is known (`cycle_id` None)."""
    store = gateway.identity.store
    audit = store.tables.audit
    query = (
        select(audit)
        .where(audit.c.action == ACTION, or_(audit.c.cycle_id.in_(cycle_ids), audit.c.cycle_id.is_(None)))
        .order_by(audit.c.id.desc())
        .limit(MOST)
    )
    with store.read() as work:
        rows = work.session.execute(query).all()
    return [
        {
            **{name: getattr(row, name) for name in ("id", "actor", "role", "subject", "cycle_id")},
            "at": row.at.isoformat(),
            **json.loads(row.reason),
        }
        for row in rows
    ]


def unplaced(attempts: Sequence[Attempt]) -> list[str]:
    """What attempts were about of which no cycle is known: to be looked for in the services' own logs."""
    return sorted({each["subject"] for each in attempts if each["cycle_id"] is None})


def alerts(attempts: Sequence[Attempt], known: set[str]) -> list[Alert]:
    """One alert for each person, command and thing; `known` are those things that some service has in this cycle."""
    found: dict[tuple[str, str, str], list[Attempt]] = defaultdict(list)
    for each in attempts:
        if each["cycle_id"] is not None or each["subject"] in known:
            found[each["actor"], each["operation"], each["subject"]].append(each)
    return [
        Alert(
            "refused_attempt",
            Severity.WARNING,
            f"{actor}/{subject}",
            min(each["at"] for each in group),
            tuple(each["id"] for each in group),
            f"{actor} 试图一人兼办“{_done(operation)[0]}”，被拒绝 {len(group)} 次",
            f"{actor} tried to do both parts of what takes two people ({_done(operation)[1]}); refused {_times(len(group))}",
        )
        for (actor, operation, subject), group in sorted(found.items())
    ]


def _done(operation: str) -> tuple[str, str]:
    """What a command is called by people; one that is no more by its name. A stage's is named by whichever service owned it."""
    found = _summaries().get(operation)
    return found or (operation, operation)


@cache
def _summaries() -> dict[str, tuple[str, str]]:
    known = {route.operation: spec_of(route) for route in ROUTES}
    told = {name: (spec.summary_zh, spec.summary_en) for name, spec in known.items()}
    return told | {name: (each.summary_zh, each.summary_en) for name, each in OPERATIONS.items()}


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
