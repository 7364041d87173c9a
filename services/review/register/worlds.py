"""Whose register is meant, and who may see what of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, and_

from services.review import models
from shared.contracts.operations import AUDITOR, OFFICE, REVIEWER
from shared.problems import Forbidden, NotFound
from shared.procedure import REAL_WORLD, Conductor
from shared.store import Work

_REGISTER = models.expert_register


def world_of(work: Work, conductor: Conductor, data: Mapping[str, Any]) -> str:
    """The register of real cycles, or a rehearsal's own. Raises NotFound, Forbidden where a rehearsal means the real one."""
    if data["cycle_id"] is not None:
        return conductor.cycle(work, data["cycle_id"]).world
    if work.context.rehearsal_date is not None:
        raise Forbidden(
            "演练须以 cycle_id 指明其周期", "a rehearsal names its cycle in cycle_id", code="rehearsal_only"
        )
    return REAL_WORLD


def mine(work: Work) -> list[ColumnElement[bool]]:
    """What holds an expert to its own entry, in the query itself."""
    return [_REGISTER.c.expert_id == work.context.actor] if work.context.role == REVIEWER else []


def require_own(work: Work, expert_id: str) -> None:
    """An expert names itself only. Raises NotFound, as for an expert that does not exist."""
    if work.context.role == REVIEWER and expert_id != work.context.actor:
        raise not_found()


def not_found() -> NotFound:
    """The one refusal for whoever is not there and whoever is not to be seen."""
    return NotFound("专家库中没有这位专家", "no such expert in the register")


def may_name(work: Work) -> bool:
    """Auditors see that rules were kept, not by whom by name."""
    return work.context.role != AUDITOR


def may_reach(work: Work) -> bool:
    """Contacts and absences are for those who work with them: the office and the expert itself."""
    return work.context.role in (OFFICE, REVIEWER)


def of(table: Table, world: str, expert_id: str) -> ColumnElement[bool]:
    """The rows of one expert."""
    return and_(table.c.world == world, table.c.expert_id == expert_id)
