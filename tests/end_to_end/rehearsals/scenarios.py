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
