"""现场评审安排 as it is kept: planned, changed by hand, released, and shown to each only as far as it is its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from services.review import models, plans, visibility
from services.review.conditions import agree
from services.review.seating import leaders
from services.review.visits import issues
from services.review.visits.routes import (
    HALVES,
    Away,
    NoRoutesError,
    Stop,
    Terms,
    Visit,
    faults,
    travelled,
)
from services.review.visits.routes import plan as routed
from shared.calendar import in_words
from shared.contracts.operations import REVIEWER
from shared.contracts.operations.review.visits import HALVES as NAMES
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

DAYS = "days_at_most"
NOBODY = "-"  # leads a team of whom nobody is left: the plan's faults say so
_VISITS, _PLANS = models.visits, models.stage_plans


@dataclass(frozen=True)
class Seen:
    """What a plan is made for: the entrants, their teams, who leads the panels, and who is visited already."""

    cycle: Cycle
    stage: Stage
    entrants: Mapping[str, Entrant]
    teams: Mapping[str, list[str]]
    led_by: Mapping[str, str]
    closed: frozenset[str]


def plan(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A draft that keeps what it can of the plan before. Raises Conflict with the reason where none exists."""
    cycle, stage = plans.stage_of(work, conductor, data, DAYS)
    seen = _look(work, conductor, cycle, stage)
    kept = _kept_terms(work, seen, data)
    before = plans.newest(work, cycle, stage.key)
    rows = plans.rows_of(work, _VISITS, before) if before else []
    stops = [_stop(row) for row in rows if row.postponed is None and row.application_id not in seen.closed]
    done = _done(work, seen)
    waiting = [v for v in _visits(seen, kept) if v.application_id not in done]
    try:
        found = routed(_terms(stage, kept), waiting, _away(kept), _distances(kept), stops, done)
    except NoRoutesError as none:
        zh, en = none.reason
        raise Conflict(f"排不出现场评审：{zh}", f"no plan exists: {en}", code="no_plan") from None
    whole = [*(stop for stop, _ in done.values()), *found.stops]
    version = _keep(work, seen, kept, whole, {"least": found.least})
    _audit(work, seen, "visits:planned", version)
    return _told(work, seen, plans.DRAFTED)


def move(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A visit changed by hand makes a new draft. Raises Invalid with every rule that it would break, by name."""
    cycle, stage = plans.stage_of(work, conductor, data, DAYS)
    seen = _look(work, conductor, cycle, stage)
    before = plans.newest(work, cycle, stage.key)
    if before is None:
        raise Conflict("尚未编排现场评审", "nothing is planned yet", code="no_draft")
    application = data["application_id"]
    plans.line_of(work, _VISITS, before, application)
    if application in seen.closed:
        raise Conflict("现场评审已经结束", "the visit is over", code="visit_closed")
    if data["day"] < work.today():
        raise invalid_field("day", f"{in_words(data['day']).zh} 已过", f"{in_words(data['day']).en} is over")
    rows = plans.rows_of(work, _VISITS, before)
    stops = {row.application_id: _stop(row) for row in rows}
    stops[application] = Stop(application, data["day"], NAMES.index(data["half"]))
    wrong = faults(
        _terms(stage, before.terms), _visits(seen, before.terms), list(stops.values()), _away(before.terms)
    )
    wrong = tuple(f for f in wrong if f.application_id == application or f.rule == "person_twice")
    if wrong:
        raise plans.refused("move", wrong)
    why = {row.application_id: row.postponed for row in rows if row.application_id != application}
    version = _keep(work, seen, before.terms, list(stops.values()), before.figures, why)
    _audit(work, seen, "visits:moved", version, data["reason"], application)
    return _told(work, seen, plans.DRAFTED)


def release(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """From now on each sees its own visit. Raises Invalid where the draft breaks a rule by now."""
    cycle, stage = plans.stage_of(work, conductor, data, DAYS)
    seen = _look(work, conductor, cycle, stage)
    row = plans.in_state(work, cycle, stage.key, plans.DRAFTED)
    if row is not None:
        wrong = _faults(work, seen, row)
        if wrong:
            raise plans.refused("plan", wrong)
    version = plans.release(work, cycle, stage.key)
    _audit(work, seen, "visits:released", version)
    return _told(work, seen, plans.RELEASED)


def postpone(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """One cannot be visited as planned; the next plan gives it another time."""
    cycle, stage = plans.stage_of(work, conductor, data, DAYS)
    seen = _look(work, conductor, cycle, stage)
    row = plans.require_released(work, cycle, stage.key)
    if data["application_id"] in seen.closed:
        raise Conflict("现场评审已经结束", "the visit is over", code="visit_closed")
    plans.postpone(work, _VISITS, row, data["application_id"], data["reason"])
    _audit(work, seen, "visits:postponed", row.version, data["reason"], data["application_id"])
    return _told(work, seen, plans.RELEASED)


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """What is released and what is drafted, for the office and its watchers."""
    cycle, stage = plans.stage_of(work, conductor, data, DAYS, change=False)
    seen = _look(work, conductor, cycle, stage)
    return {"plans": [_state(work, seen, row) for row in plans.current(work, cycle, stage.key)]}


def mine(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """One's own visits of what is released; of an applicant's no more than when and where."""
    cycle = conductor.cycle(work, data["cycle_id"])
    rows = own_rows(work, cycle)
    full = work.context.role == REVIEWER
    known = issues.known(work, cycle, _read(work, cycle)) if full else None
    return {
        "visits": [
            {
                "stage": row.stage,
                **_where(row),
                "halves": row.terms["halves"],
                "postponed": row.postponed is not None,
                **(_team(work, cycle, row) if full else {"team": [], "leader": None}),
                **(known.of(row.stage, row.application_id) if known else issues.NOTHING),
            }
            for row in rows
        ]
    }


def _team(work: Work, cycle: Cycle, row: Row[Any]) -> dict[str, Any]:
    """The team as it is by now, and who leads it: of one who is kept away nobody is told."""
    team = _others(work, cycle, row)
    return {"team": team, "leader": issues.leader(work, cycle, row.stage, row.application_id, team)}


def _read(work: Work, cycle: Cycle) -> set[str]:
    """The applications of whose visits a reviewer is told what is looked into: those on which it has stated its interests."""
    query = select(_VISITS.c.application_id).where(visibility.content(work, cycle, _VISITS))
    return set(work.session.execute(query).scalars())


def own_rows(work: Work, cycle: Cycle) -> list[Row[Any]]:
    """Released visits of whoever asks, by time."""
    return list(
        work.session.execute(
            select(_VISITS, _PLANS.c.terms, _PLANS.c.released_at)
            .join(_PLANS, agree(_PLANS, _VISITS, plans.VERSION))
            .where(_PLANS.c.state == plans.RELEASED, visibility.own(work, cycle, _VISITS))
            .order_by(_VISITS.c.day, _VISITS.c.half, _VISITS.c.application_id)
        )
    )


def unvisited(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Entrant]:
    """Those of a released plan whose visit is not closed; none where no plan was released."""
    if DAYS not in stage.limits or plans.in_state(work, cycle, stage.key, plans.RELEASED) is None:
        return []
    closed = issues.closed(work, cycle, stage.key)
    return [entrant for entrant in entrants if entrant.application_id not in closed]


def _others(work: Work, cycle: Cycle, row: Row[Any]) -> list[str]:
    """The team as it stands today: one who is kept away by now is not on it any more."""
    entrants = models.procedure.dossiers
    found = work.session.execute(
        select(entrants).where(entrants.c.application_id == row.application_id)
    ).one()
    entrant = Entrant(found.application_id, found.sequence, found.dossier)
    return visibility.reviewers(work, cycle, row.stage, [entrant]).get(row.application_id, [])


def _look(work: Work, conductor: Conductor, cycle: Cycle, stage: Stage) -> Seen:
    entrants = conductor.entrants(work, cycle.cycle_id, stage.key)
    teams = visibility.reviewers(work, cycle, stage.key, entrants)
    by_id = {e.application_id: e for e in entrants}
    led_by = leaders.of_stage(work, cycle, stage.key)
    return Seen(cycle, stage, by_id, teams, led_by, issues.closed(work, cycle, stage.key))


def _kept_terms(work: Work, seen: Seen, data: dict[str, Any]) -> dict[str, Any]:
    """What the office gave, checked, as it is kept."""
    days = plans.require_days("days", data["days"], work.today())
    most = seen.stage.limits[DAYS]
    if data["halves"] > min(most * HALVES, HALVES):
        raise invalid_field(
            "halves",
            f"每家至多 {most} 天（{seen.stage.rule}）",
            f"a visit lasts {most} day at most ({seen.stage.rule})",
        )
    for name in ("regions", "leaders"):
        for number, line in enumerate(data[name]):
            application = line["application_id"]
            if application not in seen.entrants:
                raise invalid_field(f"{name}.{number}.application_id", "不在本阶段", "is not in this stage")
            if name == "leaders" and line["expert_id"] not in seen.teams.get(application, []):
                raise invalid_field(
                    f"leaders.{number}.expert_id", "组长须为该现场评审组成员", "a leader has to be of the team",
                    code="leader_not_of_team",
                )  # fmt: skip
    return {
        "days": [day.isoformat() for day in days],
        "halves": data["halves"],
        "away": [{"expert_id": a["expert_id"], "day": a["day"].isoformat()} for a in data["away"]],
        "distances": [[d["one"], d["other"], d["km"]] for d in data["distances"]],
        "regions": {line["application_id"]: line["region"] for line in data["regions"]},
        "leaders": {line["application_id"]: line["expert_id"] for line in data["leaders"]},
    }


def _terms(stage: Stage, kept: Mapping[str, Any]) -> Terms:
    assert stage.panel is not None
    days = tuple(date.fromisoformat(day) for day in kept["days"])
    return Terms(days, kept["halves"], stage.panel.reviewers_per_application)


def _away(kept: Mapping[str, Any]) -> list[Away]:
    return [Away(a["expert_id"], date.fromisoformat(a["day"])) for a in kept["away"]]


def _distances(kept: Mapping[str, Any]) -> dict[frozenset[str], int]:
    return {frozenset((one, other)): km for one, other, km in kept["distances"]}


def _visits(seen: Seen, kept: Mapping[str, Any]) -> list[Visit]:
    return [
        Visit(e.application_id, e.sequence, _region(e, kept), frozenset(seen.teams.get(e.application_id, ())))
        for e in seen.entrants.values()
    ]


def _region(entrant: Entrant, kept: Mapping[str, Any]) -> str:
    """Where it is visited: as the office says, else where it is registered."""
    return str(kept["regions"].get(entrant.application_id) or entrant.dossier["facts"].get("region") or "-")


def _stop(row: Row[Any]) -> Stop:
    return Stop(row.application_id, row.day, row.half)


def _done(work: Work, seen: Seen) -> dict[str, tuple[Stop, frozenset[str]]]:
    """Visits that are closed, and who was there."""
    row = plans.in_state(work, seen.cycle, seen.stage.key, plans.RELEASED)
    rows = plans.rows_of(work, _VISITS, row) if row else []
    return {r.application_id: (_stop(r), frozenset(r.team)) for r in rows if r.application_id in seen.closed}


def _keep(
    work: Work,
    seen: Seen,
    terms: Mapping[str, Any],
    stops: list[Stop],
    figures: Mapping[str, Any],
    postponed: Mapping[str, str | None] | None = None,
) -> int:
    cycle, stage = seen.cycle, seen.stage.key
    visits = {visit.application_id: visit for visit in _visits(seen, terms)}
    way = travelled(list(visits.values()), stops, _distances(terms))
    version = plans.draft(work, cycle, stage, terms, {}, {**figures, "travelled": way})
    rows = [
        {
            "cycle_id": cycle.cycle_id, "stage": stage, "version": version, "application_id": s.application_id,
            "region": visits[s.application_id].region, "team": seen.teams.get(s.application_id, []),
            "leader": terms["leaders"].get(s.application_id) or _leader(seen, s.application_id) or NOBODY,
            "day": s.day, "half": s.half, "postponed": (postponed or {}).get(s.application_id),
        }
        for s in stops
    ]  # fmt: skip
    if rows:
        work.session.execute(_VISITS.insert(), rows)
    return version


def _leader(seen: Seen, application_id: str) -> str | None:
    """Who leads a visit for which the office named nobody."""
    return leaders.of_team(seen.led_by, application_id, seen.teams.get(application_id, []))


def _faults(work: Work, seen: Seen, row: Row[Any]) -> list[Any]:
    """What is wrong with a plan today: its rules, and a leader who is not on the team any more."""
    rows = plans.rows_of(work, _VISITS, row)
    out = {r.application_id for r in rows if r.postponed is not None} | seen.closed
    visits = [v for v in _visits(seen, row.terms) if v.application_id not in out]
    found = list(faults(_terms(seen.stage, row.terms), visits, [_stop(r) for r in rows], _away(row.terms)))
    for line in rows:
        if line.application_id not in out and line.leader not in seen.teams.get(line.application_id, []):
            found.append(issues.no_leader(line.application_id))
    return found


def _audit(
    work: Work, seen: Seen, action: str, version: int, reason: str | None = None, application: str = ""
) -> None:
    where = f"{seen.cycle.cycle_id}/{seen.stage.key}"
    after = {"version": version, "application_id": application or None}
    work.audit(action, where, after=after, reason=reason, cycle_id=seen.cycle.cycle_id)


def _told(work: Work, seen: Seen, state: str) -> dict[str, Any]:
    row = plans.in_state(work, seen.cycle, seen.stage.key, state)
    assert row is not None
    return _state(work, seen, row)


def _state(work: Work, seen: Seen, row: Row[Any]) -> dict[str, Any]:
    """The reply `VisitPlan`."""
    rows = sorted(plans.rows_of(work, _VISITS, row), key=lambda r: (r.day, r.half, r.sequence))
    known = issues.known(work, seen.cycle, set(seen.entrants))
    return {
        "stage": row.stage,
        "version": row.version,
        "state": row.state,
        "days": [date.fromisoformat(day) for day in row.terms["days"]],
        "travelled_km": row.figures["travelled"],
        "least_km": row.figures["least"],
        "visits": [
            {
                **_where(line),
                "team": line.team,
                "leader": line.leader,
                "halves": row.terms["halves"],
                "postponed": line.postponed,
                **known.of(row.stage, line.application_id),
            }
            for line in rows
        ],
        "faults": plans.told(_faults(work, seen, row)),
    }


def _where(row: Row[Any]) -> dict[str, Any]:
    return {
        "application_id": row.application_id,
        "region": row.region,
        "day": row.day,
        "half": NAMES[row.half],
    }
