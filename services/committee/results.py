"""计票结果: what the counted ballots brought, and what becomes of everybody when the stage closes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Row, and_, func, select

from services.committee import meetings, models
from services.committee.ballots import Decision, Tally
from services.committee.candidates import Candidate
from services.committee.places import Taken
from services.committee.proposals import why_not_proposed
from shared.procedure import Conductor, Cycle, Entrant, outcome
from shared.procedure.state import Outcome
from shared.store import Work

_RESULTS = models.results


def votes(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The counted ballots, by round, level and track."""
    return {"results": listed(work, conductor.cycle(work, data["cycle_id"]))}


def listed(work: Work, cycle: Cycle) -> list[dict[str, Any]]:
    """The replies `VoteResult`, in the rulebook's order of levels and tracks within each round."""
    rows = work.session.execute(select(_RESULTS).where(_RESULTS.c.cycle_id == cycle.cycle_id)).all()
    order = sorted(
        rows, key=lambda r: (r.round, *meetings.place_of(cycle.rulebook, r.level, r.track), r.application_id)
    )
    names = [column.name for column in _RESULTS.columns if column.name != "cycle_id"]
    return [{name: getattr(row, name) for name in names} for row in order]


def last(work: Work, cycle: Cycle) -> dict[str, Row[Any]]:
    """What the last ballot brought, by application."""
    query = select(_RESULTS).where(_RESULTS.c.cycle_id == cycle.cycle_id).order_by(_RESULTS.c.round)
    return {row.application_id: row for row in work.session.execute(query)}


def settled(work: Work, cycle: Cycle, number: int) -> bool:
    """Whether a ballot has its results: not as long as equal ones have to vote again."""
    this = and_(_RESULTS.c.cycle_id == cycle.cycle_id, _RESULTS.c.round == number)
    return bool(work.session.execute(select(func.count()).select_from(_RESULTS).where(this)).scalar_one())


def close(work: Work, cycle: Cycle, stage: str, entering: list[Entrant]) -> list[Outcome]:
    """Who won what, and why the others did not."""
    found = meetings.meeting(work, cycle)
    candidates = meetings.standing_candidates(cycle, entering)
    known = last(work, cycle)
    lines = []
    for entrant in entering:
        result = known.get(entrant.application_id)
        if result is not None and result.awarded:
            lines.append(_won(cycle, result))
        elif result is not None:
            lines.append(_not_won(entrant, stage, result.reason_zh, result.reason_en))
        else:
            by_office = found is not None and found.proposed_by_office
            why = why_not_proposed(cycle.rulebook, candidates[entrant.application_id], by_office=by_office)
            lines.append(_not_won(entrant, stage, why.zh, why.en))
    return lines


def keep(
    work: Work,
    cycle: Cycle,
    number: int,
    candidates: dict[str, Candidate],
    decisions: list[Decision],
    repeats: dict[int, dict[str, Tally]],
) -> None:
    """Write the results of a ballot, and the same outcome beside the counts of each of its repetitions."""
    rows = []
    for decision in decisions:
        counts = {number: decision.tally}
        for again, tallies in repeats.items():
            if decision.application_id in tallies:
                counts[again] = tallies[decision.application_id]
        for round_number, tally in counts.items():
            row = _result(decision, candidates[decision.application_id].track, tally)
            rows.append({"cycle_id": cycle.cycle_id, "round": round_number, **row})
    if rows:
        work.session.execute(_RESULTS.insert(), rows)
    work.audit(
        "ballot:counted", f"{cycle.cycle_id}/{number}", after={"results": rows}, cycle_id=cycle.cycle_id
    )


def taken(work: Work, cycle: Cycle, candidates: dict[str, Candidate]) -> Taken:
    """The places that earlier ballots gave out; one withdrawn since keeps its place vacant."""
    places: Counter[str] = Counter()
    favoured: Counter[str] = Counter()
    this = and_(_RESULTS.c.cycle_id == cycle.cycle_id, _RESULTS.c.awarded, _RESULTS.c.uses_quota)
    query = select(_RESULTS.c.application_id, _RESULTS.c.level, _RESULTS.c.track).where(this).distinct()
    for row in work.session.execute(query):
        quota = cycle.rulebook.quota_of(row.level, row.track)
        places[quota.id] += 1
        candidate = candidates.get(row.application_id)
        if quota.reserve and candidate and quota.reserve.fact in candidate.facts:
            favoured[quota.id] += 1
    return Taken(places, favoured)


def _result(decision: Decision, track: str, tally: Tally) -> dict[str, Any]:
    names = ("application_id", "level", "needed", "passed", "awarded", "uses_quota", "reason_zh", "reason_en")
    return {
        "track": track,
        "votes_for": tally.votes_for,
        "votes_against": tally.votes_against,
        "abstained": tally.abstained,
        "recused": tally.recused,
        **{name: getattr(decision, name) for name in names},
    }


def _won(cycle: Cycle, row: Row[Any]) -> Outcome:
    carried = {
        "level": row.level,
        "track": row.track,
        "uses_quota": row.uses_quota,
        "award_rule": cycle.rulebook.level(row.level).rule,
    }
    return outcome(
        row.application_id, passed=True, reason_zh=row.reason_zh, reason_en=row.reason_en, carried=carried
    )


def _not_won(entrant: Entrant, stage: str, reason_zh: str, reason_en: str) -> Outcome:
    return outcome(
        entrant.application_id, passed=False, status="not_awarded", stopped_at=stage,
        reason_zh=reason_zh, reason_en=reason_en,
    )  # fmt: skip
