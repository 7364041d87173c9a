"""Results for the tests: findings by the real evaluator, everything else made by hand."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from deploy.decisions.reading import Result, parse
from shared.rulebooks import Case, Rulebook
from tests.unit.rulebooks.cases import changning, decide

TOP, GOLD, MODEL = "区长质量奖", "质量金奖", "先进质量管理模式"


def findings(
    case: Case, rulebook: Rulebook | None = None, rejected: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """The findings of a case as a result has them; what needs judgement is confirmed, but for some rules."""
    lines = []
    for found in decide(case, rulebook).findings:
        line = {"rule": found.rule, "condition": found.condition, "outcome": found.outcome.value}
        line |= {"reason": found.reason, "reason_en": found.reason_en, "evidence": list(found.evidence)}
        if line["outcome"] == "needs_judgement":
            line["confirmed"] = found.rule not in rejected
        lines.append(line)
    return lines


def finding(rule: str, condition: str, outcome: str = "pass", **changes: Any) -> dict[str, Any]:
    """One finding by hand."""
    reason = f"{rule} {condition}：{outcome}"
    return {
        "rule": rule,
        "condition": condition,
        "outcome": outcome,
        "reason": reason,
        "evidence": [],
    } | changes


def application(status: str = "awarded", **changes: Any) -> dict[str, Any]:
    """One application; a winner unless it is said otherwise."""
    won = status in {"awarded", "revoked"}
    found: dict[str, Any] = {
        "status": status,
        "stopped_at": None if won else "committee",
        "findings": [],
        "failing_rules": [],
        "scores": {"document_review": 86.0, "site_review": 88.33},
        "award": GOLD if won else None,
        "track": MODEL if won else None,
        "uses_quota": True if won else None,
        "grants": [{"for": "award", "yuan": 100_000, "rule": "26"}] if won else [],
        "orders": [],
        "clawback_yuan": 0,
        "banned_until": None,
    }
    return found | changes


def data(applications: dict[str, dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """A whole result as JSON has it."""
    granted = sum(grant["yuan"] for each in applications.values() for grant in each["grants"])
    found: dict[str, Any] = {
        "scenario": "small",
        "version": 1,
        "rulebook": "changning-2023",
        "rulebook_sha256": changning().sha256,
        "cycle": {"year": 2025, "opens_on": "2025-05-12", "closes_on": "2025-06-13", "budget_yuan": None},
        "applicants": {
            handle: {
                "name": f"示例{handle}公司",
                "kind": "organization",
                "category": None,
                "submitted_on": "2025-05-19",
            }
            for handle in applications
        },
        "applications": applications,
        "notices": [notice("qualification", "2025-06-17", "2025-06-23", list(applications))],
        "panels": [],
        "awards": {},
        "totals": {"granted_yuan": granted, "clawed_back_yuan": 0, "over_budget_yuan": 0},
        "blocked": None,
        "audit": {"entries": 7, "intact": True},
        "receipts": {
            handle: {"evaluator": "1", "findings_digest": f"sha256:{'ab' * 32}"} for handle in applications
        },
        "notes": [],
    }
    return deepcopy(found | changes)


def notice(name: str, first_day: str, last_day: str, listed: list[str]) -> dict[str, Any]:
    """A notice of five working days."""
    return {"notice": name, "first_day": first_day, "last_day": last_day, "working_days": 5, "listed": listed}


def result(applications: dict[str, dict[str, Any]], **changes: Any) -> Result:
    """The same as it is read."""
    return parse(json.dumps(data(applications, **changes), ensure_ascii=False).encode(), "small.result.json")
