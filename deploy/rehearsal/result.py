"""The result of a rehearsal, put together from what the API answers. Pure: nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.rehearsal.scenario import Applicant, Scenario
from shared.rulebooks import Rulebook

Line = Mapping[str, Any]
_FEN = 100


@dataclass(frozen=True)
class Answers:
    """What the gateway said at the end, in the API's own form; `blocked` as the stage's owner says it."""

    cycle: Line
    blocked: Line | None
    applications: Sequence[Line]
    findings: Sequence[Line]
    scores: Sequence[Line]
    honours: Sequence[Line]
    notices: Sequence[Line]
    panels: Sequence[Line]
    grants: Line
    audit: Line


def assemble(
    scenario: Scenario,
    rulebook: Rulebook,
    ids: Mapping[str, str],
    answers: Answers,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The result as it is written; `ids` gives each handle's application."""
    handles = {application: handle for handle, application in ids.items()}
    order = {stage.key: number for number, stage in enumerate(rulebook.stages)}
    return {
        "scenario": scenario.name,
        "version": scenario.version,
        "rulebook": answers.cycle["rulebook"],
        "rulebook_sha256": answers.cycle["rulebook_sha256"],
        "cycle": _cycle(scenario),
        "applicants": {handle: _applicant(scenario.applicants[handle]) for handle in ids},
        "applications": {handle: _application(application, answers) for handle, application in ids.items()},
        "notices": [_notice(line, handles) for line in answers.notices],
        "panels": [
            _panel(line, handles) for line in sorted(answers.panels, key=lambda p: order.get(p["stage"], 0))
        ],
        "awards": awards(
            answers.honours,
            handles,
            [ids[applicant.handle] for applicant in scenario.in_order() if applicant.handle in ids],
            keys(rulebook),
        ),
        "totals": {
            "granted_yuan": yuan(answers.grants["granted_fen"]),
            "clawed_back_yuan": yuan(sum(c["amount_fen"] for c in answers.grants["clawbacks"])),
            "over_budget_yuan": yuan(answers.grants["over_budget_fen"]),
        },
        "blocked": _blocked(answers),
        "audit": {"entries": answers.audit["entries"], "intact": answers.audit["intact"]},
        "receipts": {
            handle: _receipt(_of(answers.findings, application)) for handle, application in ids.items()
        },
        "notes": list(notes),
    }


def yuan(fen: int) -> int:
    """Whole yuan. Raises ValueError for a rest, which no rulebook brings about."""
    whole, rest = divmod(fen, _FEN)
    if rest:
        raise ValueError(f"{fen} fen are no whole yuan")
    return whole


def keys(rulebook: Rulebook) -> list[str]:
    """Every `level/track` that can be won, the highest level first."""
    return [f"{level.name}/{track}" for level in rulebook.levels for track in level.tracks]


def awards(
    honours: Sequence[Line], handles: Mapping[str, str], order: Sequence[str], known: Sequence[str] = ()
) -> dict[str, list[str]]:
    """`level/track` → handles in order of submission, in the order of the known keys; revoked ones left out.

    The order is the rulebook's and the file's, not that of the answers, so that one file has one result to the byte.
    """
    found: dict[str, list[str]] = {key: [] for key in known}
    place = {application: number for number, application in enumerate(order)}
    for honour in honours:
        if honour.get("revoked_on") is None:
            found.setdefault(f"{honour['level']}/{honour['track']}", []).append(honour["application_id"])
    return {
        key: [handles[a] for a in sorted(winners, key=lambda a: place[a])]
        for key, winners in found.items()
        if winners
    }


def _cycle(scenario: Scenario) -> dict[str, Any]:
    return {
        "year": scenario.year,
        "opens_on": scenario.opens_on.isoformat(),
        "closes_on": scenario.closes_on.isoformat(),
        "budget_yuan": scenario.budget_yuan,
    }


def _applicant(applicant: Applicant) -> dict[str, Any]:
    """Who it is; identity numbers and codes stay in the file."""
    return {
        "name": applicant.name,
        "kind": applicant.kind,
        "category": applicant.category,
        "submitted_on": applicant.submitted_on.isoformat(),
    }


def _receipt(found: Line) -> dict[str, str] | None:
    """What one file gives whenever it is played; the digest of what went in covers ids that are new each time."""
    receipt = found.get("receipt")
    return {name: receipt[name] for name in ("evaluator", "findings_digest")} if receipt else None


def _application(application: str, answers: Answers) -> dict[str, Any]:
    line = _of(answers.applications, application)
    found = _of(answers.findings, application)
    honour = _of(answers.honours, application)
    findings = [_finding(each) for each in found.get("findings", ())]
    # A title without money is no grant.
    grants = [g for g in answers.grants["grants"] if g["application_id"] == application and g["amount_fen"]]
    clawbacks = [c for c in answers.grants["clawbacks"] if c["application_id"] == application]
    return {
        "status": line["status"],
        "stopped_at": line.get("stopped_at"),
        "findings": findings,
        "failing_rules": sorted(found.get("failing_rules", ())),
        "scores": {
            score["stage"]: round(float(score["score"]), 2)
            for score in answers.scores
            if score["application_id"] == application
        },
        "award": honour.get("level"),
        "track": honour.get("track"),
        "uses_quota": honour.get("uses_quota"),
        "grants": [
            {"for": grant["grant_for"], "yuan": yuan(grant["amount_fen"]), "rule": grant["rule"]}
            for grant in sorted(grants, key=lambda g: str(g["grant_for"]))
        ],
        "orders": [{"order": o["order"], "on": o["on"], "rule": o["rule"]} for o in honour.get("orders", ())],
        "clawback_yuan": yuan(sum(c["amount_fen"] for c in clawbacks)),
        "banned_until": found.get("banned_until") or honour.get("banned_until"),
    }


def _of(lines: Sequence[Line], application: str) -> Line:
    return next((line for line in lines if line["application_id"] == application), {})


def _finding(line: Line) -> dict[str, Any]:
    found = {
        "rule": line["rule"],
        "condition": line["condition"],
        "outcome": line["outcome"],
        "reason": line["reason_zh"],
        "reason_en": line["reason_en"],
        "evidence": list(line["evidence"]),
    }
    if line["outcome"] == "needs_judgement":
        found["confirmed"] = line.get("confirmed")
    return found


def _notice(line: Line, handles: Mapping[str, str]) -> dict[str, Any]:
    names = ("notice", "first_day", "last_day", "working_days")
    return {name: line[name] for name in names} | {"listed": [handles[a] for a in line["listed"]]}


def _panel(line: Line, handles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "stage": line["stage"],
        "category": line.get("category"),
        "size": line["size"],
        "industry_share": round(float(line["industry_share"]), 2),
        "recused": {
            expert: [handles[a] for a in applications] for expert, applications in line["recused"].items()
        },
    }


def _blocked(answers: Answers) -> dict[str, str] | None:
    found = answers.blocked or answers.cycle.get("blocked")
    if found is None or answers.cycle["state"] != "blocked":
        return None
    return {"stage": found["stage"], "reason": f"{found['reason_zh']} / {found['reason_en']}"}
