"""表决次序: all that is put to the vote, in the rulebook's order of levels and tracks, and how far it has come."""

from __future__ import annotations

from typing import Any

from services.committee import meetings, proposals, results, rounds
from services.committee.candidates import Candidate
from services.committee.statuses import Ballot
from shared.procedure import Conductor, Cycle
from shared.store import Work

_ORDER = ("open", "decided", "ahead")  # what an item is where its candidates differ: the first of these


def agenda(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `Agenda`; a member sees that of its own meeting."""
    cycle = conductor.cycle(work, data["cycle_id"])
    meetings.require_of_meeting(work, cycle)
    known = meetings.standing_candidates(cycle, meetings.entrants(work, conductor, cycle))
    seen = _seen(work, cycle, known)
    book = cycle.rulebook
    items = []
    for level in book.levels:
        for track in (each.name for each in book.tracks if each.name in level.tracks):
            quota = book.quota_of(level.name, track)
            these = {
                a: found
                for (a, name), found in seen.items()
                if name == level.name and known[a].track == track
            }
            states = {state for state, _ in these.values()}
            numbers = [number for _, number in these.values() if number is not None]
            items.append(
                {
                    "level": level.name,
                    "track": track,
                    "quota": quota.id,
                    "places": quota.places,
                    "state": next((each for each in _ORDER if each in states), "empty"),
                    "number": max(numbers, default=None),
                    "candidates": meetings.lines(cycle, known, dict.fromkeys(these, level.name)),
                }
            )
    return {"cycle_id": cycle.cycle_id, "ballots": book.votes.ballots, "items": items}


def _seen(
    work: Work, cycle: Cycle, known: dict[str, Candidate]
) -> dict[tuple[str, str], tuple[str, int | None]]:
    """By application and level: whether it is ahead, open or decided, and in which ballot."""
    rows = meetings.candidates(work, cycle)
    if rows:
        standing = {a: row.stands_for for a, row in rows.items() if row.stands_for and a in known}
    else:
        standing = dict(proposals.by_default(cycle.rulebook, list(known.values())))
    found: dict[tuple[str, str], tuple[str, int | None]] = dict.fromkeys(standing.items(), ("ahead", None))
    for line in results.listed(work, cycle):
        if line["application_id"] in known:
            found[line["application_id"], line["level"]] = ("decided", line["round"])
    for row in rounds.listed(work, cycle):
        if row.state == Ballot.OPEN:
            for each in rounds.standing_in(work, cycle, row.number):
                if each.application_id in known:
                    found[each.application_id, each.level] = ("open", row.number)
    return found
