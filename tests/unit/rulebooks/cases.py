"""Cases to start from: for each text applicants that meet everything, to be changed in one point."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from shared.rulebooks import Case, Evaluation, Finding, Library, Membership, Outcome, Rulebook, evaluate

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
HANGZHOU_FACTS: dict[str, Any] = {"region": "杭州市滨江区", "project_cost_yuan": 1_350_000}
SHENZHEN_FACTS: dict[str, Any] = {
    "region": "深圳市",
    "registered_on": "2008-10-17",
    "policy_compliant": True,
    "project_cost_yuan": 3_500_000,
}
PROJECT_FACTS: dict[str, Any] = {
    "applicant_role": "implementer",
    "project_completed_on": "2022-08-15",
    "policy_compliant": True,
}

# 较大 or above, and liable: severity, liable, and what comes of such an accident.
GRADES_AND_LIABILITY = (
    ("一般", True, Outcome.PASS),
    ("较大", True, Outcome.FAIL),
    ("重大", True, Outcome.FAIL),
    ("特别重大", True, Outcome.FAIL),
    ("较大", False, Outcome.PASS),
    ("特别重大", False, Outcome.PASS),
    ("一般", None, Outcome.PASS),
    (None, False, Outcome.PASS),
    ("较大", None, Outcome.MISSING),
    (None, True, Outcome.MISSING),
    (None, None, Outcome.MISSING),
)

# A draft laid over a published text, as a file.
DRAFT = """\
format: 1
id: draft-2023
extends: changning-2023
status: draft
in_force: null
title: {zh: 草案, en: a draft}
period: {years: 3}
grants:
  top_model: {amount: "60 万元"}
conditions:
  "18":
    no_higher_award:
      operator: no_award_at_level
      with: {levels: [city, nation]}
      kinds: all
      says: {zh: 曾获国家级、市级政府质量奖的不得再次申报, en: none that won at city or nation level}
  "20":
    recommended: null
not_encoded:
  "39": [{zh: 草案未填施行日期, en: the draft leaves its days blank}]
"""


def dossier(kind: str = "organization", **facts: Any) -> dict[str, Any]:
    """What the grants ask of a dossier."""
    return {"kind": kind, "facts": facts}


def installed() -> list[Rulebook]:
    """Every rulebook that is installed, by id."""
    library = Library.load()
    return [library.get(rulebook_id) for rulebook_id in library.ids()]


def changning() -> Rulebook:
    """The published rulebook."""
    return Library.load().get("changning-2023")


def changning_draft() -> Rulebook:
    """What was put to the public before it."""
    return Library.load().get("changning-2023-draft")


def hangzhou() -> Rulebook:
    """The revision of 2025."""
    return Library.load().get("hangzhou-2025")


def shenzhen_2023() -> Rulebook:
    """The revision of 2023."""
    return Library.load().get("shenzhen-2023")


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


def pool_member(**facts: Any) -> Case:
    """An organization that meets every condition in Hangzhou, with some facts changed."""
    return replace(
        organization(),
        recommended_by=None,
        facts=HANGZHOU_FACTS | facts,
        records={department: [] for department in hangzhou().departments},
        pool=Membership(date(2025, 3, 3), 135_000_000),
    )


def pioneer(**facts: Any) -> Case:
    """An organization that meets every condition in Shenzhen (2023), with some facts changed."""
    records: dict[str, Any] = {department: [] for department in shenzhen_2023().departments}
    return replace(organization(), recommended_by=None, facts=SHENZHEN_FACTS | facts, records=records)


def project(**facts: Any) -> Case:
    """A project that meets every condition in Shenzhen (2023), with some facts changed."""
    return replace(pioneer(), kind="project", facts=PROJECT_FACTS | facts)


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


# --- the guide of 2020: categories, and projects beside organizations ------------------------------

GUIDE_CLOSES = date(2020, 7, 10)
GUIDE_DEPARTMENTS = ("credit", "safety", "environment", "labour")
_GUIDE_FACTS: dict[str, Any] = {
    "region": "深圳市",
    "policy_compliant": True,
    "self_assessment_chars": 30_000,
    "group": "岭川集团",
    "business": "精密模具",
}
_OF_AN_ORGANIZATION: dict[str, Any] = {"registered_on": "2010-05-06", "for_profit": True}
GUIDE_FACTS: dict[str, dict[str, Any]] = {
    "firm": _OF_AN_ORGANIZATION
    | {
        "industry_policy": "other",
        "city_rank": {"output": 24, "profit": 20, "tax": 31},
        "profit_yuan": {"2017": 0, "2018": 5_870_000, "2019": 1},
    },
    "emerging": _OF_AN_ORGANIZATION | {"industry_policy": "strategic_emerging", "on_monitored_list": True},
    "non_profit": _OF_AN_ORGANIZATION | {"for_profit": False, "supervisor_recommended": True},
    "project": {"applicant_role": "entity", "project_completed_on": "2018-04-23"},
}


def shenzhen_2020() -> Rulebook:
    """The guide of 2020."""
    return Library.load().get("shenzhen-2020")


def guide_case(which: str = "firm", **facts: Any) -> Case:
    """One that meets every condition of the guide: a `firm`, one in an `emerging` industry, a `non_profit` or a
    `project`; some facts changed, None takes a fact away.
    """
    project = which == "project"
    return Case(
        kind="project" if project else "organization",
        category="economic" if which in {"firm", "emerging"} else "culture",
        applicant_key="uscc:91440305MAXY50160D",
        uscc="91440305MAXY50160D",
        submitted_on=date(2020, 6, 1),
        cycle_year=2020,
        opens_on=date(2020, 5, 18),
        closes_on=GUIDE_CLOSES,
        recommended_by="深圳市文化广电旅游体育局" if project else None,
        facts=_GUIDE_FACTS | GUIDE_FACTS[which] | facts,
        materials=MATERIALS,
        records={department: [] for department in GUIDE_DEPARTMENTS},
        sequence=5,
    )


# --- for whatever looks at every rulebook ----------------------------------------------------------


def good_cases(book: Rulebook) -> list[Case]:
    """Applicants that meet everything, one for each way to an award, all in a cycle that closes on CLOSES."""
    years = {"2022": 0, "2023": 5_870_000, "2024": 1}
    this_year = {
        "cycle_year": 2025,
        "submitted_on": date(2025, 5, 19),
        "opens_on": date(2025, 5, 12),
        "closes_on": CLOSES,
    }
    guided = [
        replace(guide_case(which, **({"profit_yuan": years} if which == "firm" else {})), **this_year)
        for which in GUIDE_FACTS
    ]
    found = {
        "changning-2023": [organization(), person()],
        "changning-2023-draft": [organization(), person()],
        "hangzhou-2025": [pool_member()],
        "shenzhen-2020": guided,
        "shenzhen-2023": [pioneer(), project()],
    }
    return found[book.id]
