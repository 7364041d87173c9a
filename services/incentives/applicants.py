"""申报主体, as far as money needs to know it: who applied in a cycle, whatever became of the application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from services.incentives import models
from shared.problems import NotFound, Transient
from shared.procedure import Conductor, Cycle, Entrant
from shared.store import Work

_NOT_ACCEPTED, _DOSSIERS = models.not_accepted, models.procedure.dossiers


@dataclass(frozen=True)
class Applicant:
    """One application and whose it is."""

    application_id: str
    applicant_key: str
    uscc: str

    @classmethod
    def of(cls, entrant: Entrant) -> Applicant:
        """Of an application that was accepted."""
        return cls(entrant.application_id, entrant.dossier["applicant_key"], entrant.dossier["uscc"])


def keep_not_accepted(work: Work, conductor: Conductor, data: dict[str, Any]) -> tuple[Cycle, Applicant]:
    """Remember an application that no stage will see."""
    if conductor.records.cycle(work, data["cycle_id"], lock=True) is None:
        raise Transient("评奖周期尚未到达", "the cycle has not arrived yet")
    cycle = conductor.cycle(work, data["cycle_id"])
    row = {name: data[name] for name in ("application_id", "cycle_id", "applicant_key", "uscc")}
    work.session.execute(_NOT_ACCEPTED.insert().values(**row))
    work.audit("application:not_accepted", data["application_id"], after=data, cycle_id=cycle.cycle_id)
    return cycle, Applicant(data["application_id"], data["applicant_key"], data["uscc"])


def find(work: Work, cycle: Cycle, application_id: str) -> Applicant:
    """An applicant of the cycle. Raises NotFound."""
    for each in _all(work, cycle):
        if each.application_id == application_id:
            return each
    raise NotFound("该周期没有这份申报", "no such application in this cycle")


def of_organization(work: Work, cycle: Cycle, uscc: str) -> list[Applicant]:
    """The applicants of one code in order of submission, those not accepted last."""
    return [each for each in _all(work, cycle) if each.uscc == uscc]


def of_the_same(work: Work, cycle: Cycle, applicant: Applicant) -> list[Applicant]:
    """Every application of an applicant, in order of submission, those not accepted last."""
    return [each for each in _all(work, cycle) if each.applicant_key == applicant.applicant_key]


def _all(work: Work, cycle: Cycle) -> list[Applicant]:
    accepted = work.session.execute(
        select(_DOSSIERS).where(_DOSSIERS.c.cycle_id == cycle.cycle_id).order_by(_DOSSIERS.c.sequence)
    )
    found = [Applicant.of(Entrant(row.application_id, row.sequence, row.dossier)) for row in accepted]
    others = work.session.execute(
        select(_NOT_ACCEPTED)
        .where(_NOT_ACCEPTED.c.cycle_id == cycle.cycle_id)
        .order_by(_NOT_ACCEPTED.c.application_id)
    )
    return found + [Applicant(row.application_id, row.applicant_key, row.uscc) for row in others]
