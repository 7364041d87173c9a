"""认定说明: a finding as it is told to whom it is about: its article, its condition, what it rests on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.rulebooks.asked import APPLICATIONS, BANS, asked
from shared.rulebooks.findings import Finding
from shared.rulebooks.model import Condition, Rulebook, Words

_ASSUMED = "assumed:"
_NOT_IN_TEXT = "办法未写明（假定）"


class Ground(StrEnum):
    """What a finding rests on, the farthest from the applicant first."""

    APPLICATIONS = "applications"  # other applications of the cycle
    BANS = "bans"  # the register of bans
    DEPARTMENTS = "departments"  # what departments answered
    OWN = "own"  # what the applicant stated and handed in


@dataclass(frozen=True)
class Explained:
    """A finding in words. `reason` is without the words of the condition; `evidence` names no other application."""

    finding: Finding
    article: str
    gist: Words | None
    condition: Words
    reason: Words
    ground: Ground
    evidence: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the wire: the reply `ExplainedFinding`, as long as no officer has judged."""
        gist = self.gist
        return {
            "rule": self.finding.rule,
            "article": self.article,
            "gist_zh": gist.zh if gist else None,
            "gist_en": gist.en if gist else None,
            "condition_zh": self.condition.zh,
            "condition_en": self.condition.en,
            "outcome": self.finding.outcome.value,
            "reason_zh": self.reason.zh,
            "reason_en": self.reason.en,
            "evidence": list(self.evidence),
            "ground": self.ground.value,
            "confirmed": None,
        }


def explain(rulebook: Rulebook, finding: Finding) -> Explained:
    """A finding of a rulebook, in words. One whose condition the rulebook does not have is its own words."""
    condition = _condition(rulebook, finding)
    article = rulebook.articles.get(finding.rule)
    says = Words(finding.condition, finding.condition) if condition is None else condition.says
    ground = Ground.APPLICATIONS if condition is None else ground_of(rulebook, condition)
    return Explained(
        finding=finding,
        article=cited(rulebook, finding.rule),
        gist=article.gist if article else None,
        condition=says,
        reason=reason_of(finding, says),
        ground=ground,
        evidence=() if ground is Ground.APPLICATIONS else finding.evidence,
    )


def ground_of(rulebook: Rulebook, condition: Condition) -> Ground:
    """What a condition rests on."""
    what = asked(rulebook, condition)
    if APPLICATIONS in what.sources:
        return Ground.APPLICATIONS
    if BANS in what.sources:
        return Ground.BANS
    return Ground.DEPARTMENTS if what.departments else Ground.OWN


def reason_of(finding: Finding, says: Words) -> Words:
    """The reason without the words of its condition before it."""
    return Words(finding.reason.removeprefix(f"{says.zh}："), finding.reason_en.removeprefix(f"{says.en}: "))


def cited(rulebook: Rulebook, rule: str) -> str:
    """How an article is cited: 第十六条（六）; that it is in no text where it was assumed."""
    if rule not in rulebook.articles and rule.startswith(_ASSUMED):
        return _NOT_IN_TEXT
    return rulebook.label(rule)


def _condition(rulebook: Rulebook, finding: Finding) -> Condition | None:
    """By rule and name; a ban stands under a rule of its own, there the name tells."""
    named = [each for each in rulebook.conditions if each.name == finding.condition]
    exact = (each for each in named if each.rule == finding.rule)
    return next(exact, named[0] if named else None)
