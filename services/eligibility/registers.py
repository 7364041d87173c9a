"""The registers that outlive a cycle: bans, honours, the pool as heard. Each world (a rehearsal, or the real one) apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, select, update

from services.eligibility import models
from shared.contracts.events import BanRecorded
from shared.identifiers import new_id
from shared.problems import Transient
from shared.procedure import Conductor, Cycle
from shared.rulebooks.evaluator import Ban, Membership
from shared.store import Work


def record_ban(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Enter a ban that an earlier cycle left, on the applicant of an application."""
    cycle, entrant = conductor.application(work, data["application_id"])
    add_ban(work, cycle, entrant.dossier["applicant_key"], data["rule"], data["until"], None)
    return {"done": True}


def add_ban(
    work: Work, cycle: Cycle, applicant_key: str, rule: str, until: date, application_id: str | None
) -> None:
    """Bans add up; each keeps its own rule and its own last day. Whoever pays hears of it."""
    values = {"world": cycle.world, "applicant_key": applicant_key, "rule": rule, "until": until}
    ban_id = new_id()
    work.session.execute(models.bans.insert().values(id=ban_id, application_id=application_id, **values))
    told = {
        "cycle_id": cycle.cycle_id,
        "ban_id": ban_id,
        "applicant_key": applicant_key,
        "rule": rule,
        "until": until,
    }
    work.publish(BanRecorded, told, subject=ban_id)
    work.audit("ban:recorded", applicant_key, after=values, cycle_id=cycle.cycle_id)


def bans_of(work: Work, cycle: Cycle, applicant_key: str) -> list[Ban]:
    """All bans of an applicant in the cycle's world; whether one is in force is the evaluator's to say."""
    bans = models.bans
    query = select(bans).where(and_(bans.c.world == cycle.world, bans.c.applicant_key == applicant_key))
    return [Ban(row.rule, row.until) for row in work.session.execute(query.order_by(bans.c.until))]


def of_cycle(table: Table, cycle: Cycle, application_id: str | None) -> list[ColumnElement[bool]]:
    """The conditions that hold a query to a cycle's rows, and to those of one application, if given."""
    found = [table.c.cycle_id == cycle.cycle_id]
    return found if application_id is None else [*found, table.c.application_id == application_id]


def banned_until(work: Work, cycle: Cycle, application_id: str | None = None) -> dict[str, date]:
    """By application (or of one, if given): the last day on which nothing is accepted of its applicant.

    Bans that had ended before the application was submitted are over and not told.
    """
    bans, dossiers = models.bans, models.procedure.dossiers
    rows = work.session.execute(
        select(dossiers.c.application_id, dossiers.c.dossier).where(
            and_(*of_cycle(dossiers, cycle, application_id))
        )
    ).all()
    untils: dict[str, list[date]] = {}
    for ban in work.session.execute(select(bans).where(bans.c.world == cycle.world)):
        untils.setdefault(ban.applicant_key, []).append(ban.until)
    found = {}
    for row in rows:
        submitted_on = date.fromisoformat(row.dossier["submitted_on"])
        later = [u for u in untils.get(row.dossier["applicant_key"], ()) if u >= submitted_on]
        if later:
            found[row.application_id] = max(later)
    return found


def prior_awards(
    work: Work, cycle: Cycle, dossier: Mapping[str, Any], application_id: str
) -> list[dict[str, Any]]:
    """The earlier awards that an application states, and those that this system itself conferred on its applicant."""
    own = _conferred(work, cycle, dossier["applicant_key"], but_not=application_id)
    return [*(dossier["facts"].get("prior_awards") or ()), *own]


def _conferred(work: Work, cycle: Cycle, applicant_key: str, *, but_not: str) -> list[dict[str, Any]]:
    """Awards that this system itself conferred on an applicant; revoked ones do not count."""
    honours, cycles = models.honours, models.procedure.cycles
    query = (
        select(honours, cycles.c.year)
        .join(cycles, cycles.c.id == honours.c.cycle_id)
        .where(
            and_(
                honours.c.world == cycle.world,
                honours.c.applicant_key == applicant_key,
                honours.c.application_id != but_not,
                honours.c.revoked_on.is_(None),
            )
        )
    )
    return [
        {
            "award": row.level,
            "track": row.track,
            "level": cycle.rulebook.government_level,
            "year": row.year,
            "on": row.awarded_on,
            "jurisdiction": cycle.rulebook.jurisdiction,
        }
        for row in work.session.execute(query)
    ]


def pool_joined(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """Keep a membership; told again it replaces what was told before."""
    cycle = _heard_of(work, conductor, data["cycle_id"])
    pool = models.pool
    # Told by an older version, a membership has no id; intake gave it this one.
    membership_id = data["membership_id"] or f"{cycle.world}-{data['uscc']}"
    this = and_(pool.c.world == cycle.world, pool.c.membership_id == membership_id)
    work.session.execute(delete(pool).where(this))
    values = {name: data[name] for name in ("uscc", "joined_on", "project_cost_fen")}
    work.session.execute(pool.insert().values(world=cycle.world, membership_id=membership_id, **values))
    work.audit("pool:heard", data["uscc"], after=values, cycle_id=cycle.cycle_id)


def pool_left(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """A membership ended: what is judged from now on finds the organization outside, unless it has joined again."""
    cycle = _heard_of(work, conductor, data["cycle_id"])
    pool = models.pool
    this = and_(pool.c.world == cycle.world, pool.c.membership_id == data["membership_id"])
    done = work.session.execute(update(pool).where(this).values(left_on=data["left_on"]))
    if not getattr(done, "rowcount", 0):
        raise Transient("入库的消息尚未到达", "the joining has not arrived yet")
    work.audit("pool:leaving_heard", data["uscc"], after=data, cycle_id=cycle.cycle_id)


def _heard_of(work: Work, conductor: Conductor, cycle_id: str) -> Cycle:
    """The cycle of an event, which may have overtaken the cycle's own."""
    if conductor.records.cycle(work, cycle_id) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    return conductor.cycle(work, cycle_id)


def pool_of(work: Work, cycle: Cycle, uscc: str) -> Membership | None:
    """The membership of an organization, None where it is not in the pool."""
    pool = models.pool
    still_in = and_(pool.c.world == cycle.world, pool.c.uscc == uscc, pool.c.left_on.is_(None))
    row = work.session.execute(select(pool).where(still_in).order_by(pool.c.joined_on)).first()
    return None if row is None else Membership(row.joined_on)
