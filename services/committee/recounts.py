"""重新计票: the slips of a counted ballot, and whether slips, counters and results say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from services.committee import attendance, ballots, boxes, meetings, results, rounds
from services.committee.ballots import Tally
from services.committee.statuses import Ballot
from shared.problems import Conflict
from shared.procedure import Conductor, Cycle
from shared.store import Work


def slips(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The slips of a counted ballot, to whoever watches and to the members. Conflict as long as it is not counted."""
    cycle = conductor.cycle(work, data["cycle_id"])
    meetings.require_of_meeting(work, cycle)
    number = data["number"]
    found = next((row for row in rounds.listed(work, cycle) if row.number == number), None)
    if found is None or found.state != Ballot.COUNTED or found.slips_digest is None:
        raise Conflict(f"第 {number} 轮表决没有可公布的选票", f"ballot {number} has no slips to publish")
    return {
        "cycle_id": cycle.cycle_id, "number": number, "digest": found.slips_digest,
        **boxes.published(work, cycle, number),
    }  # fmt: skip


def recount(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Count every counted ballot again from its slips."""
    cycle = conductor.cycle(work, data["cycle_id"])
    meetings.require_of_meeting(work, cycle)
    told: dict[int, dict[str, dict[str, Any]]] = {}
    for line in results.listed(work, cycle):
        told.setdefault(line["round"], {})[line["application_id"]] = line
    counted = [
        _again(work, cycle, row, told.get(row.number, {}))
        for row in rounds.listed(work, cycle)
        if row.state == Ballot.COUNTED
    ]
    agrees = all(line["agrees"] for line in counted)
    return {"cycle_id": cycle.cycle_id, "agrees": agrees, "rounds": counted}


def _again(work: Work, cycle: Cycle, row: Row[Any], told: dict[str, dict[str, Any]]) -> dict[str, Any]:
    cast = rounds.cast_in(work, cycle, row.number)
    kept = row.slips_digest is not None
    slips, problems = 0, []
    if kept:
        try:
            slips = sum(map(len, boxes.contents(work, cycle, row.number).values()))
            problems = list(_problems(work, cycle, row, cast, told))
        except ValueError as error:
            problems = [str(error)]
    return {
        "number": row.number, "kept": kept, "cast": cast, "slips": slips, "agrees": not problems, "problems": problems,
    }  # fmt: skip


def _problems(
    work: Work, cycle: Cycle, row: Row[Any], cast: int, told: dict[str, dict[str, Any]]
) -> Iterator[str]:
    if boxes.digest_of(work, cycle, row.number) != row.slips_digest:
        yield "选票在计票后有变动 / the slips were changed after the count"
    present = len(attendance.voters(work, cycle, row.number))
    if cast != present:
        yield f"投票 {cast} 人，应为 {present} 人 / {cast} have cast of {present}"
    base_present = len(attendance.voters(work, cycle, row.repeats or row.number))
    again = rounds.counts(work, cycle, row.number)
    for standing in rounds.standing_in(work, cycle, row.number):
        name, tally = standing.application_id, again[standing.application_id]
        if tally != rounds.tally_of(standing):
            yield f"{name}：计数与选票不符 / {name}: the counters differ from the slips"
        line = told.get(name)
        if line is None:
            continue  # withdrawn before the count, or its equals have not voted again yet
        if tally != Tally(line["votes_for"], line["votes_against"], line["abstained"], line["recused"]):
            yield f"{name}：结果与选票不符 / {name}: the result differs from the slips"
        if _all(tally) != cast:
            yield f"{name}：选票 {_all(tally)} 张，投票 {cast} 人 / {name}: {_all(tally)} slips of {cast} members"
        if row.repeats is None and _judged(cycle, base_present, tally) != (line["needed"], line["passed"]):
            yield f"{name}：通过与否与票数不符 / {name}: it passed, or not, against its votes"


def _judged(cycle: Cycle, present: int, tally: Tally) -> tuple[int, bool]:
    rule = cycle.rulebook.votes
    return ballots.needed(rule, present, tally.recused), ballots.passes(rule, present, tally)


def _all(tally: Tally) -> int:
    return tally.votes_for + tally.votes_against + tally.abstained + tally.recused
