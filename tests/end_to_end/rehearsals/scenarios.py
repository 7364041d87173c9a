"""Small scenarios for the tests: made-up applicants of one district, changed as each test needs."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from shared.identifiers.uscc import check_character

PERSON = {"name": "王芳", "id_number": "11010519491231002X"}
TOP, GOLD = "区长质量奖", "质量金奖"
MODEL = "先进质量管理模式"


def code(number: int) -> str:
    """A credit code with a right check character."""
    body = f"91310105MAXY6{number:04d}"
    return body + check_character(body)


def organization(number: int, **changes: Any) -> dict[str, Any]:
    """An organization that meets every condition."""
    found: dict[str, Any] = {
        "name": f"上海示例第{number}有限公司",
        "kind": "organization",
        "uscc": code(number),
        "submitted_on": "2025-05-19",
        "recommended_by": "新泾镇",
        "facts": {
            "region": "上海市长宁区",
            "operating_since": "2011-03-28",
            "for_profit": True,
            "profit_yuan": {"2022": 0, "2023": 21050000, "2024": 23900000},
            "leading_indicators": "营业收入居全区同行业第 1 位",
            "chief_quality_officer": True,
            "licences_valid": True,
            "policy_compliant": True,
        },
    }
    return found | changes


def scenario(name: str, *handles: str, **changes: Any) -> dict[str, Any]:
    """A cycle of 2025 in which everybody meets the conditions and scores 80, the first a little more than the next."""
    applicants = {handle: organization(number) for number, handle in enumerate(handles or ("anna",), start=1)}
    figures = {handle: 90 - number for number, handle in enumerate(applicants)}
    found: dict[str, Any] = {
        "scenario": name,
        "version": 1,
        "rulebook": "changning-2023",
        "cycle": {"year": 2025, "opens_on": "2025-05-12", "closes_on": "2025-06-13"},
        "applicants": applicants,
        "scores": {"document_review": figures},
        "committee": {"members": 3},
        "experts": {"count": 4, "industry_experts": 2},
    }
    return deepcopy(found | changes)


def objection(against: str, notice: str, **changes: Any) -> dict[str, Any]:
    """A person's objection with evidence, upheld."""
    return {
        "against": against,
        "notice": notice,
        "by": PERSON,
        "evidence": True,
        "ruling": "upheld",
    } | changes


def categorized(name: str, categories: dict[str, str], **changes: Any) -> dict[str, Any]:
    """A cycle of the guide with categories: by handle the category; every applicant meets every condition."""
    applicants = {
        handle: {
            "name": f"深圳示例第{number}单位",
            "kind": "organization",
            "uscc": code(number),
            "category": category,
            "submitted_on": "2020-06-01",
            "facts": {
                "region": "深圳市", "registered_on": "2010-05-06", "for_profit": True,
                "industry_policy": "strategic_emerging", "on_monitored_list": True, "authority_proof": False,
                "policy_compliant": True, "self_assessment_chars": 20000,
            },
        }
        for number, (handle, category) in enumerate(categories.items(), start=1)
    }  # fmt: skip
    found: dict[str, Any] = {
        "scenario": name,
        "version": 1,
        "rulebook": "shenzhen-2020",
        "cycle": {"year": 2020, "opens_on": "2020-05-18", "closes_on": "2020-07-10"},
        "applicants": applicants,
        "scores": {"document_review": {"others": 80}},
        "committee": {"members": 3},
        "experts": {"count": 14, "industry_experts": 5},
    }
    return deepcopy(found | changes)


def pooled(name: str, *handles: str, **changes: Any) -> dict[str, Any]:
    """A cycle whose winners come from the pool: everybody is in it, with an approved cost of 150,000 yuan."""
    applicants = {
        handle: {
            "name": f"杭州示例第{number}有限公司",
            "kind": "organization",
            "uscc": code(number),
            "submitted_on": "2025-09-08",
            "facts": {"region": "杭州市滨江区", "project_cost_yuan": 880000},
        }
        for number, handle in enumerate(handles, start=1)
    }
    found: dict[str, Any] = {
        "scenario": name,
        "version": 1,
        "rulebook": "hangzhou-2025",
        "cycle": {"year": 2025, "opens_on": "2025-08-25", "closes_on": "2025-10-17"},
        "applicants": applicants,
        "pool": {handle: {"joined_on": "2025-08-18", "project_cost_yuan": 150000} for handle in handles},
        "scores": {"document_review": {"others": 80}},
        "committee": {"members": 3},
        "experts": {"count": 4, "industry_experts": 2},
    }
    return deepcopy(found | changes)
