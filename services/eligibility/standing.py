"""An organization's standing by its code, over all real cycles: what is public of it, and for the office what was reported.

Public is what a posted notice names, the honours, and the bans; of an application before its first notice nothing is
told, not even that there is one. An individual's application is the individual's, not its employer's.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, select

from services.eligibility import models
from services.eligibility.notices.changes import slot_of
from shared.contracts.base import dump
from shared.contracts.dossier import Record
from shared.contracts.events import Order
from shared.procedure import Conductor
from shared.rulebooks import Rulebook, library
from shared.store import Work

_APPLICANTS, _REPORTS = models.applicants, models.reported_records
_REAL = "real"


def keep_applicant(work: Work, conductor: Conductor, data: dict[str, Any]) -> None:
    """Remember whose an accepted application is."""
    cycle = conductor.cycle(work, data["cycle_id"])
    names = ("uscc", "kind", "applicant_key")
    work.session.execute(
        _APPLICANTS.insert().values(
            application_id=data["application_id"],
            cycle_id=cycle.cycle_id,
            world=cycle.world,
            **{name: data["dossier"][name] for name in names},
        )
    )


def record_reported(work: Work, data: dict[str, Any]) -> None:
    """Keep what an agency reported, for the office to see; it decides nothing."""
    names = ("record_id", "uscc", "department", "reference", "evidence", "reported_on", "digest")
    row = {**{name: data[name] for name in names}, "record": dump(Record(), data["record"])}
    work.session.execute(_REPORTS.insert().values(**row))
    work.audit("record:heard", data["uscc"], after={name: data[name] for name in ("record_id", "digest")})


def standing(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `Standing`: the same shape for a code that nobody knows."""
    uscc = data["uscc"]
    return {
        "uscc": uscc,
        "named": _named(work, uscc),
        "honours": _honours(work, uscc),
        "bans": _bans(work, uscc),
    }


def organization(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The same for the office, with the records that agencies reported."""
    query = select(_REPORTS).where(_REPORTS.c.uscc == data["uscc"])
    rows = work.session.execute(query.order_by(_REPORTS.c.reported_on, _REPORTS.c.record_id))
    names = ("record_id", "department", "reference", "evidence", "reported_on", "digest")
    reported = [
        {**{name: getattr(row, name) for name in names}, "record": Record().load(row.record)} for row in rows
    ]
    return {**standing(work, data), "reported": reported}


def _named(work: Work, uscc: str) -> list[dict[str, Any]]:
    """Every line of a posted notice that names the organization, in the order of the notices' days."""
    notices, cycles = models.notices, models.procedure.cycles
    query = (
        select(
            notices, cycles.c.rulebook, cycles.c.rulebook_sha256, cycles.c.year, _APPLICANTS.c.application_id
        )
        .join(_APPLICANTS, _APPLICANTS.c.cycle_id == notices.c.cycle_id)
        .join(cycles, cycles.c.id == notices.c.cycle_id)
        .where(_of(uscc), notices.c.corrected_by.is_(None))  # of a corrected one only what corrects it
        .order_by(notices.c.first_day, notices.c.cycle_id, notices.c.notice, _APPLICANTS.c.application_id)
    )
    found = []
    for row in work.session.execute(query):
        listed = {line["application_id"]: line for line in row.content["listed"]}
        if row.application_id not in listed:
            continue
        stage = _rulebook(row).stage(f"notice:{slot_of(row.notice)}")
        line = listed[row.application_id]
        found.append(
            {
                "application_id": row.application_id,
                "rulebook": row.rulebook,
                "year": row.year,
                "notice": row.notice,
                "rule": stage.rule,
                "first_day": row.first_day,
                "last_day": row.last_day,
                "level": line.get("level"),
                "track": line.get("track"),
            }
        )
    return found


def _honours(work: Work, uscc: str) -> list[dict[str, Any]]:
    honours, cycles = models.honours, models.procedure.cycles
    query = (
        select(honours, cycles.c.rulebook, cycles.c.rulebook_sha256, cycles.c.year)
        .join(_APPLICANTS, _APPLICANTS.c.application_id == honours.c.application_id)
        .join(cycles, cycles.c.id == honours.c.cycle_id)
        .where(_of(uscc))
        .order_by(honours.c.awarded_on, honours.c.application_id)
    )
    names = ("application_id", "rulebook", "year", "level", "track", "awarded_on", "revoked_on")
    return [
        {
            **{name: getattr(row, name) for name in names},
            "rule": _rulebook(row).level(row.level).rule,
            "orders": [Order().load(order) for order in row.orders],
        }
        for row in work.session.execute(query)
    ]


def _bans(work: Work, uscc: str) -> list[dict[str, Any]]:
    """Each ban of the organization's applicants once, the article with it; one that has ended stays a fact."""
    bans = models.bans
    keys = select(_APPLICANTS.c.applicant_key).where(_of(uscc))
    query = select(bans.c.rule, bans.c.until).where(
        and_(bans.c.world == _REAL, bans.c.applicant_key.in_(keys))
    )
    rows = work.session.execute(query.order_by(bans.c.until, bans.c.rule))
    return [{"rule": row.rule, "until": row.until} for row in rows]


def _of(uscc: str) -> ColumnElement[bool]:
    return and_(_APPLICANTS.c.world == _REAL, _APPLICANTS.c.uscc == uscc, _APPLICANTS.c.kind != "individual")


def _rulebook(row: Any) -> Rulebook:
    return library().pinned(row.rulebook, row.rulebook_sha256)
