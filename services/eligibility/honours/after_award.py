"""获奖后事项: what becomes of something that happened after the award.

In a rehearsal what the rulebook orders follows at once. In a real cycle it opens a case, or records a breach of the title:
nobody loses an award without being heard, nor by one officer alone.
"""

from __future__ import annotations

from typing import Any

from services.eligibility import registers
from services.eligibility.honours import breaches, cases, register
from services.eligibility.sanctions import Consequence, consequence
from shared.contracts.events import SanctionImposed
from shared.problems import invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.store import Work

_BY_OFFICE = ("评审办登记", "recorded by the award office")


def report(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Something happened after the award: what the rulebook says of it begins, once."""
    cycle, entrant = conductor.application(work, data["application_id"])
    honour = register.require_standing(work, entrant.application_id)
    if not honour.awarded_on <= data["on"] <= work.today():
        raise invalid_field("on", "应在获奖日与今日之间", "must lie between the day of the award and today")
    follows = consequence(cycle.rulebook, data["event"], data["on"])
    if follows is None:
        raise invalid_field("event", "本办法对此没有规定", "the rulebook says nothing of this")
    if cycle.rehearsal:
        _at_once(work, cycle, entrant, data, follows)
    elif follows.revokes:
        grounds = work.context.reason or " ".join(_BY_OFFICE)
        cases.open_(
            work, conductor, application_id=entrant.application_id, event=data["event"],
            on=data["on"], source=cases.OFFICE_FOUND, grounds=grounds,
        )  # fmt: skip
    else:
        place = work.context.reason or " ".join(_BY_OFFICE)
        breaches.record(
            work, conductor,
            {**data, "place": place, "found_by": _BY_OFFICE[0], "papers": []},
        )  # fmt: skip
    return register.state(register.require(work, entrant.application_id))


def _at_once(work: Work, cycle: Cycle, entrant: Entrant, data: dict[str, Any], follows: Consequence) -> None:
    honour = register.require(work, entrant.application_id)
    orders = [{"order": order, "on": data["on"], "rule": follows.rule} for order in follows.orders]
    register.take_note(
        work, honour, orders,
        revoked_on=data["on"] if follows.revokes else None,
        banned_until=follows.banned_until if follows.revokes else None,
    )  # fmt: skip
    if follows.banned_until is not None:
        key = entrant.dossier["applicant_key"]
        registers.add_ban(work, cycle, key, follows.rule, follows.banned_until, entrant.application_id)
    imposed = {
        "cycle_id": cycle.cycle_id,
        "application_id": entrant.application_id,
        "event": data["event"],
        "on": data["on"],
        "rule": follows.rule,
        "orders": orders,
        "revokes": follows.revokes,
        "claws_back": follows.claws_back,
        "banned_until": follows.banned_until,
    }
    work.publish(SanctionImposed, imposed, subject=entrant.application_id)
    work.audit("award:sanctioned", entrant.application_id, after=imposed, cycle_id=cycle.cycle_id)
