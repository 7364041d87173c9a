"""What the texts of a cycle are looked through for: its experts and those of its world's register, and its applicants."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select

from services.review import models
from services.review.feedback.identities import Known, Needle
from shared.procedure import Cycle
from shared.store import Work

_EXPERTS, _REGISTER, _EMPLOYMENTS = models.experts, models.expert_register, models.expert_employments
_ASSIGNMENTS, _DOSSIERS = models.assignments, models.procedure.dossiers
_PARTS = re.compile(r"[()（）/／、,，;；]")  # 张三（Zhang San） is two names


def experts(work: Work, cycle: Cycle) -> Known:
    """Names, accounts and employers of every expert who could be meant."""
    return Known(_experts(work, cycle))


def everybody(work: Work, cycle: Cycle) -> Known:
    """The same and the cycle's applicants, withdrawn ones too: for what the public reads."""
    return Known([*_experts(work, cycle), *_applicants(work, cycle)])


def own(dossier: dict[str, str]) -> str:
    """What a report may say of its own applicant, although an expert may work there."""
    return f"{dossier['name']} {dossier['uscc']}"


def _experts(work: Work, cycle: Cycle) -> Iterator[Needle]:
    pool = select(_EXPERTS.c.expert_id, _EXPERTS.c.name, _EXPERTS.c.employer)
    for row in work.session.execute(pool.where(_EXPERTS.c.cycle_id == cycle.cycle_id)):
        yield Needle("account", row.expert_id)
        yield from _names("name", row.name)
        yield from _names("code", row.employer)
    register = select(_REGISTER.c.expert_id, _REGISTER.c.name).where(_REGISTER.c.world == cycle.world)
    for entry in work.session.execute(register):
        yield Needle("account", entry.expert_id)
        yield from _names("name", entry.name)
    work_at = select(_EMPLOYMENTS.c.uscc, _EMPLOYMENTS.c.name).where(_EMPLOYMENTS.c.world == cycle.world)
    for employer in work.session.execute(work_at):
        yield from _names("employer", employer.name)
        yield from _names("code", employer.uscc)
    seated = select(_ASSIGNMENTS.c.expert_id).where(_ASSIGNMENTS.c.cycle_id == cycle.cycle_id).distinct()
    for expert_id in work.session.execute(seated).scalars():
        yield Needle("account", expert_id)


def _applicants(work: Work, cycle: Cycle) -> Iterator[Needle]:
    query = select(_DOSSIERS.c.dossier).where(_DOSSIERS.c.cycle_id == cycle.cycle_id)
    for dossier in work.session.execute(query).scalars():
        yield from _names("applicant", dossier["name"])
        yield from _names("applicant", dossier["uscc"])


def _names(kind: str, text: str | None) -> Iterator[Needle]:
    for part in {text or "", *_PARTS.split(text or "")}:
        if part.strip():
            yield Needle(kind, part.strip())
