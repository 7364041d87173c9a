"""检查: what a draft still lacks, before anything is handed in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, exists, select

from services.intake import drafts, files, models, parts, pool, submissions
from services.intake.dossiers import own
from services.intake.stages import conductor
from services.intake.statuses import Status
from shared.contracts.dossier import Facts
from shared.contracts.operations.findings import NOT_KNOWN
from shared.problems import FieldError, invalid_fields
from shared.procedure import Cycle
from shared.rulebooks import Case, Membership, Outcome, Words
from shared.rulebooks.expected import Expected, expected
from shared.rulebooks.explained import explain
from shared.store import Work

_TOLD = (Outcome.FAIL, Outcome.MISSING)
_BY_REGISTERS = Words(
    "由评审办按登记判断，这里不查", "decided by the award office’s registers, which are not read here"
)
_BY_DEPARTMENTS = Words(
    "由评审办征询部门后判断，这里不查",
    "decided by what departments answer the award office, which is not read here",
)
_NOT_IN = (Status.DRAFT.value, Status.LATE.value, Status.WITHDRAWN.value)


def check(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `Check`."""
    row = own(work, data["application_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    found = blocking(work, cycle, row)
    findings = list(expected(cycle.rulebook, _case(work, cycle, row)))
    return {
        "application_id": row.id,
        "ready": not found,
        "faults": [fault.as_dict() for fault in found],
        "expected": [_line(each) for each in findings if each.finding.outcome in _TOLD],
        "findings": [_explained(cycle, each) for each in findings],
        "applied_already": bool(row.uscc) and _applied_already(work, row),
    }


def blocking(work: Work, cycle: Cycle, row: Row[Any]) -> list[FieldError]:
    """What has to be mended before a draft can be handed in: what has no form, and what nobody can be told apart without."""
    wrong = parts.faults(drafts.typed_of(row))
    named = {fault.field for fault in wrong}
    categories = bool(cycle.rulebook.categories) and not cycle.rehearsal
    lacking = parts.needed(row.name, row.uscc, row.category, categories=categories)
    stated = wrong + [fault for fault in lacking if fault.field not in named]
    return stated + files.faults(work, row.id)


def require_ready(work: Work, cycle: Cycle, row: Row[Any]) -> None:
    """Raises Invalid, naming everything that blocks at once."""
    found = blocking(work, cycle, row)
    if found:
        raise invalid_fields(found, code="not_ready")


def _case(work: Work, cycle: Cycle, row: Row[Any]) -> Case:
    """What is stated, without departments, bans and other applications."""
    return Case(
        kind=row.kind,
        applicant_key=submissions.key_of(work, row),
        uscc=row.uscc,
        submitted_on=min(max(work.today(), cycle.opens_on), cycle.closes_on),
        cycle_year=cycle.year,
        opens_on=cycle.opens_on,
        closes_on=cycle.closes_on,
        category=row.category,
        recommended_by=row.recommended_by,
        nominated_by=row.nominated_by,
        facts=Facts().load(files.facts_of(work, row)),
        materials=frozenset(row.materials),
        pool=_membership(work, cycle, row.uscc),
    )


def _line(each: Expected) -> dict[str, Any]:
    """The reply's `Expected`."""
    return {
        "rule": each.finding.rule,
        "article": each.article.label if each.article else each.finding.rule,
        "condition": each.finding.condition,
        "outcome": each.finding.outcome.value,
        "reason_zh": each.finding.reason,
        "reason_en": each.finding.reason_en,
    }


def _explained(cycle: Cycle, each: Expected) -> dict[str, Any]:
    """The reply's `ExplainedFinding`. What registers and departments decide is not read here: the same is said of it whatever
    they hold.
    """
    told = explain(cycle.rulebook, each.finding).as_dict()
    if not each.known:
        return {**told, "outcome": NOT_KNOWN, "evidence": [], **_pair(_BY_REGISTERS)}
    if each.finding.outcome is Outcome.AWAITING:
        return {**told, "evidence": [], **_pair(_BY_DEPARTMENTS)}
    return told


def _pair(words: Words) -> dict[str, str]:
    return {"reason_zh": words.zh, "reason_en": words.en}


def _membership(work: Work, cycle: Cycle, uscc: str) -> Membership | None:
    row = pool.present(work, cycle.world, uscc)
    return None if row is None else Membership(row.joined_on)


def _applied_already(work: Work, row: Row[Any]) -> bool:
    """Whether this same applicant has another application in the cycle; nobody else is told."""
    table = models.applications
    others = exists().where(
        table.c.cycle_id == row.cycle_id,
        table.c.id != row.id,
        table.c.applicant_key == submissions.key_of(work, row),
        table.c.status.not_in(_NOT_IN),
    )
    return bool(work.session.execute(select(others)).scalar_one())
