"""What notifications keeps of cycles and applications: which rulebook, who is on a dossier, and when results are out.

Nothing of a rehearsal is kept or sent: its people are made up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, delete, select, update

from services.notifications import keeping, letters, models, writing
from services.notifications.releases import is_out, release_stage
from shared.bus import Received
from shared.problems import Transient
from shared.rulebooks import Library
from shared.store import Work

log = structlog.get_logger(__name__)

_CYCLES, _APPLICATIONS, _PEOPLE = models.cycles, models.applications, models.dossier_people
_SETTLED = models.settled_corrections
_PATIENCE = timedelta(
    hours=1
)  # for what comes by another queue; what is older was told before this service was there
_RELEASED = "results_released"


def cycle_opened(work: Work, event: Received) -> None:
    """Keep a cycle; of a rehearsal no more than that it is one."""
    data = event.data
    row = {"id": data["cycle_id"], **{name: data[name] for name in ("rulebook", "year", "rehearsal")}}
    work.session.execute(_CYCLES.insert().values(**row))
    work.audit("cycle:heard", data["cycle_id"], after=row, cycle_id=data["cycle_id"])


def accepted(work: Work, event: Received) -> None:
    """Keep who is on a dossier, and tell them that it was accepted."""
    data = event.data
    if cycle_of(work, event) is None:
        return
    row = {"application_id": data["application_id"], "cycle_id": data["cycle_id"], "withdrawn": False}
    work.session.execute(_APPLICATIONS.insert().values(**row))
    if data["people_version"] is not None:
        _keep_people(work, data)
    work.audit("application:heard", data["application_id"], after=row, cycle_id=data["cycle_id"])
    writing.write(work, letters.accepted(data))


def people_changed(work: Work, event: Received) -> None:
    """All people of an application, anew; what is older than what is known is left out."""
    data = event.data
    if application_of(work, event) is None:
        return
    lock_cycle(work, data["cycle_id"])
    _keep_people(work, data)
    work.audit("dossier:people_heard", data["application_id"], after=dict(data), cycle_id=data["cycle_id"])


def withdrawn(work: Work, event: Received) -> None:
    """From now on it hears of its cycle no more."""
    data = event.data
    if application_of(work, event) is None:
        return
    this = _APPLICATIONS.c.application_id == data["application_id"]
    work.session.execute(update(_APPLICATIONS).where(this).values(withdrawn=True))
    writing.write(work, letters.withdrawn(data))
    work.audit("application:withdrawn_heard", data["application_id"], cycle_id=data["cycle_id"])


def correction_asked(work: Work, event: Received, days: Iterable[int], hour: int) -> None:
    """Tell those on the dossier, now and again before its day; an application is returned once, so settled is settled."""
    if cycle_of(work, event) is None:
        return
    lock_cycle(work, event.data["cycle_id"])
    this = _SETTLED.c.application_id == event.data["application_id"]
    if work.session.execute(select(_SETTLED).where(this)).one_or_none() is None:
        writing.write(work, letters.correction(event.data, days, work.now(), hour))


def correction_settled(work: Work, event: Received) -> None:
    """Nobody is reminded any more of a correction that waits for nothing, even where its asking comes later."""
    if cycle_of(work, event) is None:
        return
    data = event.data
    lock_cycle(work, data["cycle_id"])
    this = _SETTLED.c.application_id == data["application_id"]
    if work.session.execute(select(_SETTLED).where(this)).one_or_none() is None:
        work.session.execute(_SETTLED.insert().values(application_id=data["application_id"]))
    writing.drop(work, letters.correction_topic(data["application_id"]))
    work.audit("correction:settled", data["application_id"], cycle_id=data["cycle_id"])


def notice_begun(work: Work, event: Received) -> None:
    """A public notice is there: all who applied are told the same, whether it names them or not."""
    cycle = cycle_of(work, event)
    if cycle is not None and event.data["stage"].startswith("notice"):
        writing.write_to_all(work, cycle.id, "notice_posted")


def notice_corrected(work: Work, event: Received) -> None:
    """A new notice stands in the place of one: all who applied are told the same."""
    cycle = cycle_of(work, event)
    if cycle is not None:
        writing.write_to_all(work, cycle.id, "notice_corrected")


def stage_closed(work: Work, event: Received, library: Library) -> None:
    """When the step is over after which everybody may know, results are out."""
    cycle = cycle_of(work, event)
    if cycle is None or event.data["stage"] != release_stage(library.get(cycle.rulebook)):
        return
    _settle(work, cycle.id, library, closed_on=event.data["closed_on"])


def approved(work: Work, event: Received, library: Library) -> None:
    """The government approved the list; where that comes last, results are out."""
    cycle = cycle_of(work, event)
    if cycle is None:
        return
    writing.write(work, letters.approved(event.data))
    _settle(work, cycle.id, library, approved_on=event.data["approved_on"])


def _settle(work: Work, cycle_id: str, library: Library, **values: Any) -> None:
    """Note a day, and release all results of the cycle at one instant, once."""
    lock_cycle(work, cycle_id)
    this = _CYCLES.c.id == cycle_id
    work.session.execute(update(_CYCLES).where(this).values(**values))
    row = work.session.execute(select(_CYCLES).where(this)).one()
    work.audit("cycle:noted", cycle_id, after=values, cycle_id=cycle_id)
    if row.released_at is None and is_out(library.get(row.rulebook), row.closed_on, row.approved_on):
        work.session.execute(update(_CYCLES).where(this).values(released_at=work.now()))
        work.audit("results:released", cycle_id, cycle_id=cycle_id)
        writing.write_to_all(work, cycle_id, _RELEASED)


def records_destroyed(work: Work, event: Received) -> None:
    """Everything about these applications goes: who was on them, what they were told, how it was sent."""
    gone = event.data["application_ids"]
    keeping.drop(work, keeping.about(work, gone))
    for table in (_PEOPLE, _SETTLED, _APPLICATIONS):
        work.session.execute(delete(table).where(table.c.application_id.in_(gone)))
    for application_id in gone:
        work.audit(
            "records:destroyed", application_id, reason=f"destruction list {event.data['list_id']}",
            cycle_id=event.data["cycle_id"],
        )  # fmt: skip


# --- what is known --------------------------------------------------------------------------------------------------


def cycle_of(work: Work, event: Received) -> Row[Any] | None:
    """The cycle of an event; None for a rehearsal's, and for one that was opened before this service was there.

    Raises Transient where it may still come.
    """
    if work.context.rehearsal_date is not None:
        return None
    this = _CYCLES.c.id == event.data["cycle_id"]
    row = work.session.execute(select(_CYCLES).where(this)).one_or_none()
    if row is None:
        _unknown(work, event, "cycle")
        return None
    return None if row.rehearsal else row


def application_of(work: Work, event: Received) -> Row[Any] | None:
    """The same of an application that was accepted."""
    if cycle_of(work, event) is None:
        return None
    this = _APPLICATIONS.c.application_id == event.data["application_id"]
    row = work.session.execute(select(_APPLICATIONS).where(this)).one_or_none()
    if row is None:
        _unknown(work, event, "application")
    return row


def _unknown(work: Work, event: Received, what: str) -> None:
    if work.now() - datetime.fromisoformat(event.time) < _PATIENCE:
        raise Transient("周期或申报尚未到达", f"the {what} has not arrived yet")
    log.warning("event.skipped", name=event.name, what=what)


def lock_cycle(work: Work, cycle_id: str) -> None:
    """Hold a cycle: what is told of it comes by several queues at once."""
    work.session.execute(select(_CYCLES.c.id).where(_CYCLES.c.id == cycle_id).with_for_update())


def _keep_people(work: Work, data: Any) -> None:
    this = _PEOPLE.c.application_id == data["application_id"]
    known = work.session.execute(select(_PEOPLE.c.version).where(this).limit(1)).scalar_one_or_none()
    if known is not None and known >= data["people_version"]:
        return
    work.session.execute(delete(_PEOPLE).where(this))
    key = {"application_id": data["application_id"], "version": data["people_version"]}
    if data["people"]:
        work.session.execute(_PEOPLE.insert(), [{**key, **person} for person in data["people"]])
