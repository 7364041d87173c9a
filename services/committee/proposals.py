"""建议名单: the office's proposal checked, or the one that rank and quota make. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.committee.candidates import Candidate, hindrance, open_levels, uses_quota
from services.committee.places import Contender, Taken, allocate
from shared.problems import FieldError
from shared.rulebooks import Rulebook
from shared.rulebooks.model import Words

Standing = Mapping[str, str]  # the level that an application stands for


def check(
    rulebook: Rulebook, candidates: Mapping[str, Candidate], lines: Sequence[tuple[str, str]]
) -> list[FieldError]:
    """What is wrong with a proposal, by field: `proposals.3.level`. Nothing, where nothing is."""
    errors: list[FieldError] = []
    seen: set[str] = set()
    taken: Counter[str] = Counter()
    known = {level.name: level for level in rulebook.levels}
    for number, (application_id, level) in enumerate(lines):
        field = f"proposals.{number}"
        candidate = candidates.get(application_id)
        if candidate is None:
            errors.append(FieldError(f"{field}.application_id", "不是候选申报", "not before the committee"))
        elif application_id in seen:
            errors.append(FieldError(f"{field}.application_id", "重复提名", "proposed twice"))
        elif level not in known:
            errors.append(FieldError(f"{field}.level", f"没有等次“{level}”", f"no level {level!r}"))
        elif (reason := hindrance(candidate, known[stands_for(rulebook, candidate, level)])) is not None:
            errors.append(FieldError(f"{field}.level", reason.zh, reason.en))
        elif uses_quota(rulebook, candidate, level):
            quota = rulebook.quota_of(level, candidate.track)
            taken[quota.id] += 1
            if quota.places is not None and taken[quota.id] > quota.places:
                zh, en = f"超过名额 {quota.places}", f"more than the quota of {quota.places}"
                errors.append(FieldError(f"{field}.level", zh, en))
        seen.add(application_id)
    return errors


def stands_for(rulebook: Rulebook, candidate: Candidate, level: str) -> str:
    """The level for which one proposed for `level` is put to the vote.

    Where one who does not get a level stands for the next whose mark it reaches, so does one proposed for a level whose
    mark it misses. Else, and where there is no such level, the one proposed.
    """
    if rulebook.votes.failed == "next_level":
        rank = rulebook.level(level).rank
        for each in open_levels(rulebook, candidate):
            if each.rank >= rank:
                return each.name
    return level


def by_default(rulebook: Rulebook, candidates: Sequence[Candidate]) -> Standing:
    """Who stands for what where the office proposes nobody.

    Where one who fails stands for the next level, all stand for the highest level open to them. Else the levels are
    filled from the highest by score, within the quota and what it keeps for the favoured.
    """
    if rulebook.votes.failed == "next_level":
        levels = {c.application_id: open_levels(rulebook, c) for c in candidates}
        return {application_id: found[0].name for application_id, found in levels.items() if found}
    standing: dict[str, str] = {}
    places: Counter[str] = Counter()
    favoured: Counter[str] = Counter()
    for level in rulebook.levels:
        for quota in (q for q in rulebook.quotas if level.name in q.levels):
            reserve = quota.reserve.fact if quota.reserve else None
            free = [
                c
                for c in candidates
                if c.application_id not in standing
                and c.track in quota.tracks
                and hindrance(c, level) is None
            ]
            spared = {c.application_id for c in free if not uses_quota(rulebook, c, level.name)}
            contenders = [_contender(c, reserve) for c in free if c.application_id not in spared]
            taken = Taken(places, favoured)
            chosen = allocate(quota, contenders, taken, by_sequence=True).chosen
            places[quota.id] += len(chosen)
            favoured[quota.id] += sum(c.favoured for c in contenders if c.application_id in chosen)
            standing.update(dict.fromkeys(chosen | spared, level.name))
    return standing


def why_not_proposed(rulebook: Rulebook, candidate: Candidate, *, by_office: bool) -> Words:
    """The reason for one that nobody proposes."""
    if by_office:
        return Words("未列入获奖建议名单", "not on the office's proposal")
    if open_levels(rulebook, candidate):
        return Words("按得分排序，名额已满", "no place left by score and quota")
    own = rulebook.levels_of(candidate.track)
    reasons = [reason for level in own if (reason := hindrance(candidate, level)) is not None]
    return Words("；".join(r.zh for r in reasons), "; ".join(r.en for r in reasons))


def _contender(candidate: Candidate, reserve: str | None) -> Contender:
    score = candidate.score if candidate.score is not None else Decimal(-1)
    return Contender(candidate.application_id, (score,), candidate.sequence, reserve in candidate.facts)
