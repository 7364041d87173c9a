"""What the file says, as the API takes it: one function for each body that the player sends. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.rehearsal.scenario import Applicant, Ban, Expert, Objection, Paid, PoolEntry, Scenario

FEN = 100


def cycle_body(scenario: Scenario) -> dict[str, Any]:
    """The cycle as the API takes it."""
    return {
        "rulebook": scenario.rulebook,
        "year": scenario.year,
        "opens_on": scenario.opens_on.isoformat(),
        "closes_on": scenario.closes_on.isoformat(),
        "budget_fen": None if scenario.budget_yuan is None else scenario.budget_yuan * FEN,
        "rehearsal": True,
    }


def pool_body(entry: PoolEntry, uscc: str) -> dict[str, Any]:
    """A membership as the API takes it."""
    cost = entry.project_cost_yuan
    return {
        "uscc": uscc,
        "joined_on": entry.joined_on.isoformat(),
        "project_cost_fen": None if cost is None else cost * FEN,
    }


def draft_body(applicant: Applicant, category: str | None, materials: list[str]) -> dict[str, Any]:
    """An application as the API takes it."""
    facts = dict(applicant.facts)
    if isinstance(facts.get("leading_indicators"), str):
        facts["leading_indicators"] = [facts["leading_indicators"]]
    body: dict[str, Any] = {
        "name": applicant.name,
        "kind": applicant.kind,
        "uscc": applicant.uscc,
        "facts": facts,
        "materials": materials,
    }
    if category is not None:
        body["category"] = category
    if applicant.nominated_by is not None:
        body["nominated_by"] = applicant.nominated_by
    if applicant.id_number is not None and applicant.kind == "individual":
        body["id_number"] = applicant.id_number
    return body


def expert_body(expert: Expert, ids: Mapping[str, str]) -> dict[str, Any]:
    """A reviewer as the API takes it."""
    body: dict[str, Any] = {
        "expert_id": expert.id,
        "industry_expert": expert.industry_expert,
        "advises": [ids[handle] for handle in expert.advises],
        "kin_of": [ids[handle] for handle in expert.kin_of],
    }
    if expert.name is not None:
        body["name"] = expert.name
    if expert.employer is not None:
        body["employer"] = expert.employer
    return body


def paid_body(paid: Paid, application_id: str) -> dict[str, Any]:
    """An earlier grant as the API takes it."""
    return {
        "application_id": application_id,
        "grant_for": paid.grant_for,
        "level": paid.award,
        "amount_fen": paid.yuan * FEN,
        "paid_on": paid.on.isoformat(),
    }


def objection_body(objection: Objection, application_id: str) -> dict[str, Any]:
    """An objection as the API takes it."""
    by = objection.by
    return {
        "application_id": application_id,
        "source": "office" if by == "office" else "public",
        "by": dict(by) if isinstance(by, Mapping) else None,
        "evidence": objection.evidence,
    }


def ban_body(ban: Ban, application_id: str) -> dict[str, Any]:
    """A ban that an earlier cycle left."""
    return {"application_id": application_id, "until": ban.until.isoformat(), "rule": ban.rule}
