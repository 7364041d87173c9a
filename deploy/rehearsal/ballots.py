"""表决: how the members present fill in their ballots so that they add up to the file's counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deploy.rehearsal.scenario import Vote

FOR, AGAINST, ABSTAIN, RECUSED = "for", "against", "abstain", "recused"


@dataclass(frozen=True)
class OnBallot:
    """One who is put to the vote: the handle and the level."""

    handle: str
    level: str


def member_names(members: int) -> list[str]:
    """M1 … Mn; those absent are the last ones."""
    return [f"M{number}" for number in range(1, members + 1)]


def count_for(votes: Mapping[str, Vote | Mapping[str, Vote]], candidate: OnBallot, present: int) -> Vote:
    """The count of a candidate: by level where the file gives it by level, all for where it gives none."""
    given = votes.get(candidate.handle)
    if isinstance(given, Vote):
        return given
    found = None if given is None else given.get(candidate.level)
    return found or Vote(votes_for=present)


def choices(count: Vote, present: int) -> list[str]:
    """One choice for each member present. Raises ValueError where the count does not add up to them."""
    if count.total != present:
        raise ValueError(f"{count.total} votes of {present} members")
    return (
        [RECUSED] * count.recused
        + [FOR] * count.votes_for
        + [AGAINST] * count.against
        + [ABSTAIN] * count.abstain
    )


def ballots(
    votes: Mapping[str, Vote | Mapping[str, Vote]], candidates: Sequence[OnBallot], present: Sequence[str]
) -> dict[str, list[str]]:
    """By member the choices, in the order of the candidates."""
    columns = [choices(count_for(votes, candidate, len(present)), len(present)) for candidate in candidates]
    return {member: [column[row] for column in columns] for row, member in enumerate(present)}
