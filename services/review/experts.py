"""评审专家: the cycle's pool of reviewers with their known or declared interests, and who is kept from whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.review import conflicts, models
from services.review.conflicts.recusals import Applicant, Reviewer
from shared.problems import Transient, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.store import Work

_EXPERTS, _ADVISERS = models.experts, models.advisers


def register(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Enter experts; one who is in the pool already is replaced, so that an interest can be declared at any time."""
    cycle = conductor.cycle(work, data["cycle_id"])
    seen: set[str] = set()
    for number, expert in enumerate(data["experts"]):
        if expert["expert_id"] in seen:
            raise invalid_field(
                f"experts.{number}.expert_id", "同一专家不得登记两次", "the same expert is given twice"
            )
        seen.add(expert["expert_id"])
    conductor.records.cycle(work, cycle.cycle_id, lock=True)  # no panel is drawn while its pool changes
    known = {row.expert_id: _values(row) for row in _rows(work, cycle.cycle_id, seen)}
    for expert in data["experts"]:
        _enter(work, cycle, known.get(expert["expert_id"]), expert)
    conflicts.of_experts(work, cycle, seen)
    return {"registered": len(data["experts"])}


def adviser_registered(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """An expert advises an organization: it is kept from that one in every cycle, whether or not a panel stands already.

    Sheets that are in stay and no longer count.
    """
    if conductor.records.cycle(work, data["cycle_id"]) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    cycle = conductor.cycle(work, data["cycle_id"])
    row = {name: data[name] for name in ("uscc", "expert_id", "registered_on")}
    work.session.execute(_ADVISERS.insert().values(world=cycle.world, **row))
    conflicts.refresh(work, conductor, cycle.world, [data["expert_id"]])
    work.audit("adviser:heard", f"{data['uscc']}/{data['expert_id']}", after=row, cycle_id=cycle.cycle_id)


def reviewers(work: Work, cycle: Cycle) -> list[Reviewer]:
    """The cycle's pool, by id."""
    registered = _registered(work, cycle)
    return [
        Reviewer(
            row.expert_id, row.industry_expert, row.employer, frozenset(row.advises), frozenset(row.kin_of),
            frozenset(registered[row.expert_id]),
        )
        for row in _rows(work, cycle.cycle_id)
    ]  # fmt: skip


def applicants(entrants: Iterable[Entrant]) -> list[Applicant]:
    """What the pure modules need to know of entrants."""
    return [Applicant(e.application_id, e.sequence, e.dossier["uscc"], e.category) for e in entrants]


def _enter(work: Work, cycle: Cycle, before: dict[str, Any] | None, expert: dict[str, Any]) -> None:
    row = {
        "name": expert["name"],
        "industry_expert": expert["industry_expert"],
        "employer": expert["employer"],
        "advises": sorted(set(expert["advises"])),
        "kin_of": sorted(set(expert["kin_of"])),
    }
    if before == row:
        return
    if before is None:
        key = {"cycle_id": cycle.cycle_id, "expert_id": expert["expert_id"]}
        work.session.execute(_EXPERTS.insert().values(**key, **row))
    else:
        this = and_(_EXPERTS.c.cycle_id == cycle.cycle_id, _EXPERTS.c.expert_id == expert["expert_id"])
        work.session.execute(update(_EXPERTS).where(this).values(**row))
    work.audit(
        "expert:registered" if before is None else "expert:changed",
        f"{cycle.cycle_id}/{expert['expert_id']}",
        before=before,
        after=row,
        cycle_id=cycle.cycle_id,
    )


def _registered(work: Work, cycle: Cycle) -> dict[str, set[str]]:
    """By expert: the codes of the organizations that it advises, as registered in the cycle's world."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in work.session.execute(select(_ADVISERS).where(_ADVISERS.c.world == cycle.world)):
        found[row.expert_id].add(row.uscc)
    return found


def _rows(work: Work, cycle_id: str, expert_ids: Iterable[str] | None = None) -> list[Row[Any]]:
    query = select(_EXPERTS).where(_EXPERTS.c.cycle_id == cycle_id).order_by(_EXPERTS.c.expert_id)
    if expert_ids is not None:
        query = query.where(_EXPERTS.c.expert_id.in_(sorted(expert_ids)))
    return list(work.session.execute(query))


def _values(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("name", "industry_expert", "employer", "advises", "kin_of")}
