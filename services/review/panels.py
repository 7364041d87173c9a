"""评审组: the smallest lawful panel, drawn by a recorded seed so that anyone can repeat the draw. Pure.

Lawful is a panel that has the size the rulebook asks for (least, odd) and its share of industry experts, and whose
members free of any interest in an application are, for every one, as many as must review it, with that same share among
them. Nobody is seated who is kept from every application. Of the panels of the smallest lawful size one is drawn: the
experts stand in an order that the seed gives, those without any interest first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil

from services.review.recusals import Applicant, Reviewer
from shared.identifiers import digest
from shared.rulebooks import PanelRule

_STEPS = 50_000  # of the search within one size; a pool whose interests need more is given a larger panel


class NoPanelError(Exception):
    """No lawful panel can be formed; the reason holds what is needed and what there is."""

    def __init__(self, reason_zh: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.reason_zh = reason_zh
        self.reason_en = reason_en


@dataclass(frozen=True)
class Assignment:
    """One reviewer on one application; `position` is the order of assignment, from 1."""

    application_id: str
    expert_id: str
    position: int


@dataclass(frozen=True)
class Panel:
    """A drawn panel. `members` in the order of the draw; `industry_share` of them, two places."""

    members: tuple[str, ...]
    industry_share: Decimal
    assignments: tuple[Assignment, ...]
    seed: str


def seed_of(
    reviewers: Sequence[Reviewer], applicants: Sequence[Applicant], stage: str, category: str | None
) -> str:
    """The draw's seed: a digest of the experts' ids, the numbers of submission, the stage and the category.

    No random id goes into it, so that the same applicants and experts are drawn the same way in every cycle.
    """
    drawn = {
        "experts": sorted(reviewer.expert_id for reviewer in reviewers),
        "entrants": sorted(applicant.sequence for applicant in applicants),
        "stage": stage,
        "category": category,
    }
    return digest(drawn)


def draw(
    rule: PanelRule,
    reviewers: Sequence[Reviewer],
    applicants: Sequence[Applicant],
    kept: Mapping[str, frozenset[str]],
    seed: str,
) -> Panel:
    """The panel for these applications. `kept`: per expert the applications it is kept from. Raises NoPanelError."""
    here = {applicant.application_id for applicant in applicants}
    barred = {r.expert_id: kept.get(r.expert_id, frozenset()) & here for r in reviewers}
    useful = [reviewer for reviewer in reviewers if len(barred[reviewer.expert_id]) < len(here)]
    barred = {reviewer.expert_id: barred[reviewer.expert_id] for reviewer in useful}
    order = sorted(useful, key=lambda r: (len(barred[r.expert_id]), digest([seed, r.expert_id]), r.expert_id))
    _require_enough(rule, order, applicants, barred)
    for size in lawful_sizes(rule, len(order)):
        members = _Search(order, barred, size, rule).run()
        if members is not None:
            industry = sum(member.industry_expert for member in members)
            share = (Decimal(industry) / len(members)).quantize(Decimal("0.01"), ROUND_HALF_UP)
            names = tuple(member.expert_id for member in members)
            assigned = tuple(_assign(rule, members, applicants, barred))
            return Panel(names, share, assigned, seed)
    raise _no_size(rule, order)


def lawful_sizes(rule: PanelRule, experts: int) -> Iterator[int]:
    """The sizes that the rule allows and the pool can fill, the smallest first."""
    least = max(rule.reviewers_per_application, rule.size_min or 1)
    return (size for size in range(least, experts + 1) if size % 2 or not rule.odd)


def industry_needed(rule: PanelRule, size: int) -> int:
    """How many industry experts a panel of this size must have."""
    return ceil(rule.industry_share_min * size) if rule.industry_share_min else 0


class _Search:
    """The first panel of one size in the order of the draw, by trying and taking back.

    For every application at most `size - reviewers` members may have an interest in it. Experts of one kind (same
    interests, industry or not) are alike: where one leads nowhere, so does the next.
    """

    def __init__(
        self, order: Sequence[Reviewer], barred: Mapping[str, frozenset[str]], size: int, rule: PanelRule
    ) -> None:
        self.order = order
        self.barred = barred
        self.size = size
        self.spare = size - rule.reviewers_per_application
        self.industry = industry_needed(rule, size)
        self.among_reviewers = industry_needed(rule, rule.reviewers_per_application)
        self.applications = sorted(set().union(*barred.values()))
        self.steps = 0
        self.industry_from = [0] * (len(order) + 1)
        for index in range(len(order) - 1, -1, -1):
            self.industry_from[index] = self.industry_from[index + 1] + order[index].industry_expert

    def run(self) -> list[Reviewer] | None:
        """The members, or None where no panel of this size is lawful."""
        return self._extend(0, [], 0, Counter())

    def _extend(
        self, start: int, chosen: list[Reviewer], industry: int, load: Counter[str]
    ) -> list[Reviewer] | None:
        needed = self.size - len(chosen)
        if not needed:
            return list(chosen) if self._heard_by_the_industry(chosen) else None
        hopeless: set[tuple[bool, frozenset[str]]] = set()
        for index in range(start, len(self.order)):
            self.steps += 1
            if len(self.order) - index < needed or self.steps > _STEPS:
                return None
            if industry + min(needed, self.industry_from[index]) < self.industry:
                return None
            reviewer = self.order[index]
            interests = self.barred[reviewer.expert_id]
            kind = (reviewer.industry_expert, interests)
            if kind in hopeless or any(load[a] >= self.spare for a in interests):
                continue
            mine = industry + reviewer.industry_expert
            if mine + min(needed - 1, self.industry_from[index + 1]) < self.industry:
                continue
            chosen.append(reviewer)
            load.update(interests)
            found = self._extend(index + 1, chosen, mine, load)
            if found is not None:
                return found
            chosen.pop()
            load.subtract(interests)
            hopeless.add(kind)
        return None

    def _heard_by_the_industry(self, chosen: Sequence[Reviewer]) -> bool:
        """Whether every application has the industry's share among members without an interest in it."""
        if not self.among_reviewers:
            return True
        industry = [self.barred[member.expert_id] for member in chosen if member.industry_expert]
        return all(
            sum(application not in interests for interests in industry) >= self.among_reviewers
            for application in self.applications
        )


def _assign(
    rule: PanelRule,
    members: Sequence[Reviewer],
    applicants: Sequence[Applicant],
    barred: Mapping[str, frozenset[str]],
) -> Iterator[Assignment]:
    """Each application gets its reviewers from the members with the least to do so far, the industry's share among them,
    in the order of the draw.
    """
    reviewers = rule.reviewers_per_application
    load = {member.expert_id: 0 for member in members}
    place = {member.expert_id: number for number, member in enumerate(members)}
    industry = {member.expert_id for member in members if member.industry_expert}
    for applicant in sorted(applicants, key=lambda a: a.sequence):
        free = [name for name in place if applicant.application_id not in barred[name]]
        free.sort(key=lambda name: (load[name], place[name]))
        first = [name for name in free if name in industry][: industry_needed(rule, reviewers)]
        rest = [name for name in free if name not in first][: reviewers - len(first)]
        for position, name in enumerate(sorted((*first, *rest), key=place.__getitem__), start=1):
            load[name] += 1
            yield Assignment(applicant.application_id, name, position)


def _require_enough(
    rule: PanelRule,
    order: Sequence[Reviewer],
    applicants: Sequence[Applicant],
    barred: Mapping[str, frozenset[str]],
) -> None:
    needed = rule.reviewers_per_application
    interested = Counter(a for ids in barred.values() for a in ids)
    short = [a for a in applicants if len(order) - interested[a.application_id] < needed]
    if not short:
        return
    worst = min(short, key=lambda a: (-interested[a.application_id], a.sequence))
    available = len(order) - interested[worst.application_id]
    others_zh = f"（另有 {len(short) - 1} 份申报同样不足）" if len(short) > 1 else ""
    others_en = f" (and {len(short) - 1} more applications)" if len(short) > 1 else ""
    raise NoPanelError(
        f"第 {worst.sequence} 号申报需要 {needed} 名无利害关系的评审员，可用 {available} 名{others_zh}",
        f"application no. {worst.sequence} needs {needed} reviewers without an interest, "
        f"{available} available{others_en}",
    )


def _no_size(rule: PanelRule, order: Sequence[Reviewer]) -> NoPanelError:
    least = max(rule.reviewers_per_application, rule.size_min or 1)
    if rule.odd and least % 2 == 0:
        least += 1
    industry = sum(reviewer.industry_expert for reviewer in order)
    if len(order) < least:
        odd_zh, odd_en = ("（人数须为单数）", " (an odd number)") if rule.odd else ("", "")
        return NoPanelError(
            f"评审组需要 {least} 名评审员{odd_zh}，可用 {len(order)} 名",
            f"the panel needs {least} reviewers{odd_en}, {len(order)} available",
        )
    if industry < industry_needed(rule, least):
        return NoPanelError(
            f"{least} 人的评审组需要 {industry_needed(rule, least)} 名行业专家，可用 {industry} 名",
            f"a panel of {least} needs {industry_needed(rule, least)} industry experts, {industry} available",
        )
    return NoPanelError(
        f"每份申报需要 {rule.reviewers_per_application} 名无利害关系的评审员，"
        f"可用的 {len(order)} 名评审员（其中行业专家 {industry} 名）无法组成合乎规定的评审组",
        f"each application needs {rule.reviewers_per_application} reviewers without an interest; "
        f"the {len(order)} available ones ({industry} industry experts) form no lawful panel",
    )
