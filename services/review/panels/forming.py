"""From a problem to a drawn panel: who sits, who leads, who reads what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.review.conflicts.recusals import Applicant, Reviewer
from services.review.panels.model import Application, Assigned, Expert, Panel, Problem
from services.review.panels.record import Objective, Record, record_of
from shared.identifiers import digest
from shared.rulebooks import PanelRule


@dataclass(frozen=True)
class Drawn:
    """A panel, and the record from which it can be drawn again."""

    panel: Panel
    record: Record


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
    """The panel of a pool of which no more is known than industry and interests. Raises NoPanelError.

    Nothing is asked of which the pool says nothing: employers, load, leader, fields, languages.
    """
    asked = PanelRule(
        rule.reviewers_per_application, rule.size_min, rule.odd, rule.industry_share_min, rule=rule.rule,
        source=rule.source,
    )  # fmt: skip
    problem = Problem(
        asked,
        tuple(Application(a.application_id, a.sequence, a.uscc, a.category) for a in applicants),
        tuple(Expert(r.expert_id, r.industry_expert) for r in reviewers),
        kept,
    )
    return _planned(problem, seed)[0]


def form(problem: Problem, seed: str, witness: str = "") -> Drawn:
    """The best lawful panel, by lot where several are equally good. Raises NoPanelError with the explanation."""
    panel, objective = _planned(problem, seed)
    return Drawn(panel, record_of(problem, panel, objective, witness))


def assign(
    problem: Problem, members: Sequence[str] | None, seed: str, employer_max: int | None = None
) -> Assigned:
    """Who reads what among these members, or the whole pool where None. Raises NoPanelError.

    `employer_max`: the most readers of one application from one employer; a panel that keeps to its rule needs none.
    """
    from services.review.panels.planning import readings

    return readings(problem, members, seed, employer_max)


def _planned(problem: Problem, seed: str) -> tuple[Panel, Objective]:
    from services.review.panels.planning import (
        planned,
    )  # the solver, which a start of the service need not wait for

    return planned(problem, seed)
