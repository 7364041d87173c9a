"""我的日程: the hearings and visits of whoever asks, as a calendar takes them in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from services.review.defence import timetables
from services.review.visits import planning
from services.review.visits.routes import HALVES
from shared.clock import SHANGHAI
from shared.procedure import Conductor
from shared.store import Work

_DAY = timedelta(days=1)
_HALF = ("上午", "下午")


def mine(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """One's own appointments of what is released, by time; those postponed stand as cancelled."""
    cycle = conductor.cycle(work, data["cycle_id"])
    found = []
    for row in timetables.own_rows(work, cycle):
        title = cycle.rulebook.stage(row.stage).title.zh
        found.append(_told(row, title, row.room, _at(row.day, row.begins), _at(row.day, row.ends)))
    for row in planning.own_rows(work, cycle):
        title = cycle.rulebook.stage(row.stage).title.zh
        if row.terms["halves"] < HALVES:
            title = f"{title}（{_HALF[row.half]}）"
        days = row.day.isoformat(), (row.day + _DAY).isoformat()
        found.append({**_told(row, title, row.region, *days), "all_day": True})
    return {"appointments": sorted(found, key=lambda a: (a["begins_at"], a["uid"]))}


def _at(day: date, minutes: int) -> str:
    return (datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minutes)).isoformat()


def _told(row: Any, title: str, place: str, begins: str, ends: str) -> dict[str, Any]:
    """The reply `Appointment`; a later plan and a postponement have a higher revision."""
    postponed = row.postponed is not None
    return {
        "uid": f"{row.application_id}.{row.stage}",
        "revision": row.version * 2 + postponed,
        "title": title,
        "place": place,
        "begins_at": begins,
        "ends_at": ends,
        "all_day": False,
        "cancelled": postponed,
        "stamped_at": row.released_at.isoformat(),
    }
