"""表决: counting a ballot, giving out the places, and who stands in the next one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

from services.committee.candidates import Candidate, open_levels, uses_quota
from services.committee.places import Contender, Taken, allocate
from services.committee.proposals import Standing
from shared.rulebooks import Quota, Rulebook, VoteRule


@dataclass(frozen=True)
class Tally:
    """The counters of one candidate in one ballot."""

    votes_for: int = 0
    votes_against: int = 0
    abstained: int = 0
    recused: int = 0


@dataclass(frozen=True)
class Decision:
    """What a ballot brought one candidate. `needed`: votes for, to pass."""

    application_id: str
    level: str
    tally: Tally
    needed: int
    passed: bool
    awarded: bool
    uses_quota: bool
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class Decided:
    """A counted ballot. Where any are `tied`, a second ballot among them comes before the decisions hold."""

    decisions: tuple[Decision, ...]
    tied: frozenset[str]


def quorum(rule: VoteRule, members: int) -> int:
    """How many members must be present."""
    return ceil(rule.quorum * members)


def needed(rule: VoteRule, present: int, recused: int) -> int:
    """The least number of votes for that is more than the majority's share of those present and not recused."""
    return floor(rule.majority * (present - recused)) + 1


def passes(rule: VoteRule, present: int, tally: Tally) -> bool:
    """Whether a candidate passes; where everybody is recused nobody can."""
    return tally.votes_for >= needed(rule, present, tally.recused)


def decide(
    rulebook: Rulebook,
    candidates: Mapping[str, Candidate],
    standing: Standing,
    tallies: Mapping[str, Tally],
    present: int,
    taken: Taken,
    *,
    again: Sequence[Mapping[str, Tally]] = (),
    rehearsal: bool = False,
) -> Decided:
    """Count a ballot and give out the places.

    More votes go first, then the higher score, as the rulebook orders; equal ones at the edge vote again (`again`:
    the further ballots so far), or go by the order of submission in a rehearsal.
    """
    rule = rulebook.votes
    passed = {a for a in standing if passes(rule, present, tallies[a])}
    placed = {a for a in passed if not uses_quota(rulebook, candidates[a], standing[a])}
    by_sequence = rehearsal or "second_ballot" not in rule.order
    contending: dict[str, list[str]] = defaultdict(list)
    for application_id in passed - placed:
        contending[rulebook.quota_of(standing[application_id], candidates[application_id].track).id].append(
            application_id
        )
    tied: set[str] = set()
    for quota in rulebook.quotas:
        contenders = [
            _contender(rulebook, quota, candidates[a], standing[a], tallies[a], [t.get(a) for t in again])
            for a in contending.get(quota.id, ())
        ]
        allocation = allocate(quota, contenders, taken, by_sequence=by_sequence)
        placed |= allocation.chosen
        tied |= allocation.tied
    order = sorted(standing, key=lambda a: (rulebook.level(standing[a]).rank, candidates[a].sequence))
    decisions = tuple(
        _decision(
            rulebook, candidates[a], standing[a], tallies[a], present, passed=a in passed, placed=a in placed
        )
        for a in order
    )
    return Decided(decisions, frozenset(tied))


def in_this_round(rulebook: Rulebook, standing: Standing) -> Standing:
    """Those who are put to the vote now: all at once, or, where one who fails stands for the next level, one level."""
    if rulebook.votes.failed != "next_level":
        return dict(standing)
    for level in rulebook.levels:
        these = {a: name for a, name in standing.items() if name == level.name}
        if these:
            return these
    return {}


def standing_after(
    rulebook: Rulebook, candidates: Mapping[str, Candidate], standing: Standing, decisions: Sequence[Decision]
) -> Standing:
    """Who still stands for what after a ballot: those not voted on yet, and those who stand for the next level."""
    left = dict(standing)
    for decision in decisions:
        level = rulebook.level(left.pop(decision.application_id))
        if decision.awarded or rulebook.votes.failed != "next_level":
            continue
        lower = [
            each
            for each in open_levels(rulebook, candidates[decision.application_id])
            if each.rank > level.rank
        ]
        if lower:
            left[decision.application_id] = lower[0].name
    return left


def _contender(
    rulebook: Rulebook,
    quota: Quota,
    candidate: Candidate,
    level: str,
    tally: Tally,
    again: Sequence[Tally | None],
) -> Contender:
    measures = {
        "votes": Decimal(tally.votes_for),
        "score": candidate.score if candidate.score is not None else Decimal(-1),
    }
    # A higher level goes first where levels share a quota; later ballots tell apart only those who took part in them.
    rank = [Decimal(-rulebook.level(level).rank)]
    rank += [measures[name] for name in rulebook.votes.order if name in measures]
    rank += [Decimal(t.votes_for) if t is not None else Decimal(-1) for t in again]
    favoured = quota.reserve is not None and quota.reserve.fact in candidate.facts
    return Contender(candidate.application_id, tuple(rank), candidate.sequence, favoured)


def _decision(
    rulebook: Rulebook,
    candidate: Candidate,
    level: str,
    tally: Tally,
    present: int,
    *,
    passed: bool,
    placed: bool,
) -> Decision:
    least = needed(rulebook.votes, present, tally.recused)
    if not passed:
        zh = f"{level}：赞成 {tally.votes_for} 票，未达到 {least} 票"
        en = f"{level}: {tally.votes_for} votes for, {least} needed"
    elif not placed:
        zh = f"{level}：赞成 {tally.votes_for} 票，通过，但名额已满"
        en = f"{level}: passed with {tally.votes_for} votes, but no place is left"
    else:
        zh = f"{level}：赞成 {tally.votes_for} 票，通过"
        en = f"{level}: passed with {tally.votes_for} votes"
    spends = placed and uses_quota(rulebook, candidate, level)
    return Decision(candidate.application_id, level, tally, least, passed, passed and placed, spends, zh, en)
