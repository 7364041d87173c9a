"""回避: which expert is kept from which application, on what ground and under which article. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.rulebooks import Rulebook


@dataclass(frozen=True)
class Reviewer:
    """评审专家: one of the cycle's pool with the interests that are known; `advises` and `kin_of` hold application ids.

    `advises_codes` are the organizations that the expert registered as their adviser: whatever application is theirs.
    """

    expert_id: str
    industry_expert: bool = False
    employer: str | None = None
    advises: frozenset[str] = frozenset()
    kin_of: frozenset[str] = frozenset()
    advises_codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Applicant:
    """What recusal, panel and cut need to know of an application. `uscc` of an individual is the employer's."""

    application_id: str
    sequence: int
    uscc: str
    category: str | None = None


@dataclass(frozen=True)
class Recusal:
    """One expert kept from one application; `rule` is None where the regulation names no article for the ground."""

    expert_id: str
    application_id: str
    ground: str
    rule: str | None
    reason_zh: str
    reason_en: str


_WORDS = {
    "employer": ("与申报主体为同一单位，或为其所属单位", "works for the applicant or for its organization"),
    "advises": ("担任该申报主体的指导专家", "advises the applicant"),
    "kin_of": ("与该申报主体有亲属等利害关系", "is related to the applicant"),
}


def find_recusals(
    rulebook: Rulebook, reviewers: Iterable[Reviewer], applicants: Iterable[Applicant]
) -> tuple[Recusal, ...]:
    """Every recusal, by expert and then by number of submission; one expert and application may meet on two grounds.

    An interest keeps an expert away in every rulebook; the rulebook adds the article.
    """
    applicants = sorted(applicants, key=lambda a: a.sequence)
    by_uscc: dict[str, list[str]] = defaultdict(list)
    for applicant in applicants:
        by_uscc[applicant.uscc].append(applicant.application_id)
    place = {applicant.application_id: number for number, applicant in enumerate(applicants)}
    found: list[Recusal] = []
    for reviewer in sorted(reviewers, key=lambda r: r.expert_id):
        grounds = {
            "employer": by_uscc.get(reviewer.employer, []) if reviewer.employer else [],
            "advises": sorted(_advised(reviewer, by_uscc) & place.keys(), key=place.__getitem__),
            "kin_of": sorted(reviewer.kin_of & place.keys(), key=place.__getitem__),
        }
        for ground, ids in grounds.items():
            rule = rulebook.recusal_rule(ground)
            found += [_recusal(reviewer.expert_id, application_id, ground, rule) for application_id in ids]
    return tuple(found)


def _advised(reviewer: Reviewer, by_uscc: Mapping[str, list[str]]) -> frozenset[str]:
    """The applications that an expert advises, declared one by one or registered by the organization's code."""
    registered = (by_uscc[code] for code in reviewer.advises_codes if code in by_uscc)
    return reviewer.advises.union(*registered)


def kept_from(recusals: Iterable[Recusal]) -> Mapping[str, frozenset[str]]:
    """The applications that each expert is kept from; an expert without any is left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for recusal in recusals:
        found[recusal.expert_id].add(recusal.application_id)
    return {expert_id: frozenset(ids) for expert_id, ids in found.items()}


def _recusal(expert_id: str, application_id: str, ground: str, rule: str | None) -> Recusal:
    zh, en = _WORDS[ground]
    article = f"（依据 {rule}）" if rule else ""
    under = f" (under {rule})" if rule else ""
    return Recusal(expert_id, application_id, ground, rule, f"{zh}{article}", f"{en}{under}")
