"""公示: a list shown to the public for so many working days, frozen and hashed when it is posted."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, and_, select

from services.eligibility import models
from services.eligibility.objections import effects
from shared.calendar import work_calendar
from shared.identifiers import digest
from shared.procedure import Conductor, Cycle, Entrant, outcome
from shared.procedure.state import Outcome
from shared.rulebooks import Stage
from shared.store import Work

_NOTICES = models.notices


def post(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> date:
    """Post the list and give its last day. Day one is the first working day on or after today."""
    days = stage.working_days or 1
    first_day, last_day = work_calendar().window(work.today(), days)
    content = {
        "notice": stage.notice,
        "rulebook": cycle.rulebook.id,
        "year": cycle.year,
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "listed": [_listed(entrant) for entrant in entrants],
    }
    work.session.execute(
        _NOTICES.insert().values(
            cycle_id=cycle.cycle_id,
            notice=stage.notice,
            first_day=first_day,
            last_day=last_day,
            working_days=days,
            content=content,
            content_digest=digest(content),
            posted_at=work.now(),
        )
    )
    work.audit("notice:posted", f"{cycle.cycle_id}/{stage.notice}", after=content, cycle_id=cycle.cycle_id)
    return last_day


def close(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
    """Those with an upheld objection end here; where levels were proposed, the others are the winners."""
    upheld = effects.upheld(work, cycle, stage)
    lines = []
    for entrant in entrants:
        if entrant.application_id in upheld:
            lines.append(
                outcome(
                    entrant.application_id, passed=False, status="objection_upheld", stopped_at=stage.key,
                    reason_zh="公示期间异议成立", reason_en="an objection was upheld during the notice",
                )
            )  # fmt: skip
        else:
            status = "awarded" if entrant.carried.get("level") else None
            lines.append(outcome(entrant.application_id, passed=True, status=status))
    return lines


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's notices in the order of their days."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = select(_NOTICES).where(_NOTICES.c.cycle_id == cycle.cycle_id).order_by(_NOTICES.c.first_day)
    return {"notices": [_state(row) for row in work.session.execute(query)]}


def find(work: Work, cycle_id: str, notice: str) -> Row[Any] | None:
    """The posted notice of that name."""
    return work.session.execute(
        select(_NOTICES).where(and_(_NOTICES.c.cycle_id == cycle_id, _NOTICES.c.notice == notice))
    ).one_or_none()


def _listed(entrant: Entrant) -> dict[str, Any]:
    line = {"application_id": entrant.application_id, "name": entrant.dossier["name"]}
    for name in ("level", "track"):
        if entrant.carried.get(name):
            line[name] = entrant.carried[name]
    return line


def _state(row: Row[Any]) -> dict[str, Any]:
    names = ("notice", "first_day", "last_day", "working_days", "content_digest")
    ids = [line["application_id"] for line in row.content["listed"]]
    return {"listed": ids, **{name: getattr(row, name) for name in names}}
