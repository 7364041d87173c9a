"""核定费用: what a winner's project cost by its papers, prepared by one person and approved by another.

A grant “up to” a cap is the smaller of cap and approved cost; where nothing is approved, nothing is payable yet. What was
approved before stays on record. The pool's cost is approved with the membership, by intake.
"""

from __future__ import annotations

from typing import Any

from services.incentives import proposals
from services.incentives.applicants import Applicant
from services.incentives.proposals import Kind
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor
from shared.store import Work


def approved(work: Work, application_id: str) -> int | None:
    """The cost that was approved last, in fen; None where none was."""
    of_it = proposals.listed(work, Kind.COST, subject=application_id)
    # One waits at a time, so that they are decided in the order in which they were made.
    fen = [each["approved_fen"] for each in of_it if each["state"] == "accepted"]
    return int(fen[-1]) if fen else None


def prepare(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Put the claimed and the proper cost line by line, with its papers, before somebody else.

    Raises Conflict where the rulebook's grant does not hang on a cost, Invalid where a line is approved above its claim.
    """
    cycle, entrant = conductor.application(work, data["application_id"])
    level, track = entrant.carried.get("level"), entrant.carried.get("track")
    rule = cycle.rulebook.grant_for(level, track) if level and track else None
    if rule is None or not rule.up_to:
        raise Conflict("该申报没有按费用核定的资助", "no grant of this application hangs on a cost")
    for number, item in enumerate(data["items"]):
        if item["approved_fen"] > item["claimed_fen"]:
            raise invalid_field(
                f"items.{number}.approved_fen", "不得高于申报费用", "is above what is claimed"
            )
    told = {
        "items": data["items"],
        "claimed_fen": sum(item["claimed_fen"] for item in data["items"]),
        "approved_fen": sum(item["approved_fen"] for item in data["items"]),
    }
    return proposals.propose(
        work, Kind.COST, entrant.application_id, cycle.cycle_id, told, data["papers"], data["reason"]
    )


def decide(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Approve it, and compute the grant anew; or refuse it. Raises Conflict while a payment of the grant is under way."""
    from services.incentives import awards
    from services.incentives.payments import lines

    row = proposals.find(work, data["proposal_id"], Kind.COST)
    conductor.records.cycle(work, row.cycle_id, lock=True)
    cycle, entrant = conductor.application(work, row.subject)
    if data["accept"] and lines.live(work, cycle.cycle_id, row.subject, "award"):
        raise Conflict("该资助已在付款，不能改变", "the grant is being paid and cannot change")
    proposals.decide(work, row, accept=data["accept"], reason=data["reason"])
    if data["accept"]:
        awards.compute_again(work, conductor, cycle, Applicant.of(entrant))
    return {"done": True}


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Every cost that was ever proposed in a cycle."""
    cycle = conductor.cycle(work, data["cycle_id"])
    return {"costs": proposals.listed(work, Kind.COST, cycle_id=cycle.cycle_id)}
