"""Cases to start from: one organization and one person that meet everything, to be changed in one point."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from shared.rulebooks import Case, Evaluation, Finding, Library, Outcome, Rulebook, evaluate

CLOSES = date(2025, 6, 13)
DEPARTMENTS = ("credit", "safety", "environment", "quality", "public_health", "food_drug")
MATERIALS = frozenset({"application_form", "self_assessment", "proofs"})
ORGANIZATION_FACTS: dict[str, Any] = {
    "region": "上海市长宁区",
    "operating_since": "2011-03-28",
    "for_profit": True,
    "profit_yuan": {"2022": 18_400_000, "2023": 0, "2024": 1},
    "leading_indicators": "2024 年营业收入居全区第 1 位",
    "chief_quality_officer": True,
    "licences_valid": True,
    "policy_compliant": True,
}
PERSON_FACTS: dict[str, Any] = {"region": "上海市长宁区", "quality_work_since": "2013-07-01"}


def changning() -> Rulebook:
    """The published rulebook."""
    return Library.load().get("changning-2023")


def organization(**facts: Any) -> Case:
    """An organization that meets every condition, with some facts changed; None takes a fact away."""
    return Case(
        kind="organization",
        applicant_key="uscc:91310105MAXY50013E",
        uscc="91310105MAXY50013E",
        submitted_on=date(2025, 5, 19),
        cycle_year=2025,
        opens_on=date(2025, 5, 12),
        closes_on=CLOSES,
        recommended_by="新泾镇",
        facts=ORGANIZATION_FACTS | facts,
        materials=MATERIALS,
        records={department: [] for department in DEPARTMENTS},
    )


def person(**facts: Any) -> Case:
    """A person that meets every condition, with some facts changed."""
    return replace(organization(), kind="individual", facts=PERSON_FACTS | facts)


def with_records(case: Case, **records: Any) -> Case:
    """The case with some departments' answers replaced; None: not answered."""
    return replace(case, records={**case.records, **records})


def decide(case: Case, rulebook: Rulebook | None = None) -> Evaluation:
    """Held against the published rulebook unless another is given."""
    return evaluate(rulebook or changning(), case)


def finding(case: Case, key: str, rulebook: Rulebook | None = None) -> Finding:
    """The one finding of that key."""
    (found,) = [f for f in decide(case, rulebook).findings if f.key == key]
    return found


def outcome(case: Case, key: str, rulebook: Rulebook | None = None) -> Outcome:
    """The outcome of the one finding of that key."""
    return finding(case, key, rulebook).outcome
