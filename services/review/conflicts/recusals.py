"""回避: which expert is kept from which application, on what ground and under which article. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.review.conflicts import grounds as g
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
    g.EMPLOYER: ("与申报主体为同一单位，或为其所属单位", "works for the applicant or for its organization"),
    g.ADVISES: ("担任该申报主体的指导专家", "advises the applicant"),
    g.KIN: ("与该申报主体有亲属等利害关系", "is related to the applicant"),
    g.FORMER: ("曾在该申报主体任职，未满回溯期限", "worked for the applicant until lately"),
    g.GROUP: ("任职单位与该申报主体同属一个集团", "works for an organization of the applicant's group"),
    g.CONSULTED: ("为该申报主体提供过有偿咨询", "was paid by the applicant for consulting"),
    g.SHAREHOLDING: ("持有该申报主体的股份", "holds shares of the applicant"),
    g.COMPETITOR: ("与该申报主体有竞争关系", "competes with the applicant"),
    g.DECLARED: ("自行申明与该申报主体有利害关系", "declared an interest in the applicant"),
}


def article(rulebook: Rulebook, ground: str) -> str | None:
    """The article that keeps somebody away on a ground, None where the regulation names none."""
    return rulebook.recusal_rule(g.article_of(ground))


def worded(expert_id: str, application_id: str, ground: str, rule: str | None) -> Recusal:
    """A recusal with its reason in both languages."""
    zh, en = _WORDS[ground]
    cited = f"（依据 {rule}）" if rule else ""
    under = f" (under {rule})" if rule else ""
    return Recusal(expert_id, application_id, ground, rule, f"{zh}{cited}", f"{en}{under}")


def person_of(reviewer: Reviewer) -> g.Person:
    """What the cycle's pool and the register of advisers know of a reviewer's interests."""
    employer = (g.Employment(reviewer.employer, source=g.OFFICE),) if reviewer.employer else ()
    interests = (
        *(g.Interest("advised", application_id=a, source=g.OFFICE) for a in sorted(reviewer.advises)),
        *(g.Interest("kin", application_id=a, source=g.OFFICE) for a in sorted(reviewer.kin_of)),
        *(g.Interest("advised", uscc=c, source=g.ADVISERS) for c in sorted(reviewer.advises_codes)),
    )
    return g.Person(reviewer.expert_id, employer, interests)


def find_recusals(
    rulebook: Rulebook, reviewers: Iterable[Reviewer], applicants: Iterable[Applicant]
) -> tuple[Recusal, ...]:
    """Every recusal that the pool makes by itself, by expert, ground and number of submission; one expert and application
    may meet on two grounds.

    An interest keeps an expert away in every rulebook; the rulebook adds the article.
    """
    applicants = sorted(applicants, key=lambda a: a.sequence)
    parties = g.Parties(g.Party(a.application_id, a.uscc) for a in applicants)
    terms = g.Terms(date.max, grouped=False)
    found = [
        worded(reviewer.expert_id, application_id, ground, article(rulebook, ground))
        for reviewer in reviewers
        for application_id, ground in {
            line[:2] for line in g.met(g.ties(person_of(reviewer), terms), parties)
        }
    ]
    return in_order(found, {a.application_id: a.sequence for a in applicants})


def in_order(found: Iterable[Recusal], sequences: Mapping[str, int]) -> tuple[Recusal, ...]:
    """By expert, ground and number of submission."""
    return tuple(
        sorted(found, key=lambda r: (r.expert_id, g.GROUNDS.index(r.ground), sequences[r.application_id]))
    )


def kept_from(recusals: Iterable[Recusal]) -> Mapping[str, frozenset[str]]:
    """The applications that each expert is kept from; an expert without any is left out."""
    found: dict[str, set[str]] = defaultdict(set)
    for recusal in recusals:
        found[recusal.expert_id].add(recusal.application_id)
    return {expert_id: frozenset(ids) for expert_id, ids in found.items()}
