"""复核: the departments are asked again before the committee meets and before money moves, in real cycles.

What all say is what they said before: confirmed. Any difference, and any silence, waits for a named officer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.intake import enquiry_log, models
from services.intake.stages import conductor
from services.intake.statuses import Status
from shared.contracts import Event
from shared.contracts.dossier import Record
from shared.contracts.events import ApplicationStopped, RecordsConfirmed, RecordsDiffer
from shared.identifiers import canonical_json, digest
from shared.problems import Conflict, NotFound
from shared.procedure import Cycle
from shared.store import Work

_RECHECKS, _ENQUIRIES, _LOG = models.rechecks, models.enquiries, models.enquiry_log
PURPOSES = {
    "committee": "committee",
    "grants": "payment",
}  # kind of stage → for what the records are asked again
SETTLED = ("confirmed", "let_on", "stopped")
OPEN = ("asked", "differs")


def stage_planned(work: Work, data: Mapping[str, Any]) -> None:
    """A stage that no application enters without confirmed records is planned: ask for all who are in it.

    A rehearsal's records cannot change between two days of one file, so there nothing is asked again.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    purpose = PURPOSES.get(cycle.rulebook.stage(data["stage"]).kind)
    if purpose is None or cycle.rehearsal or not cycle.rulebook.departments:
        return
    for application_id in data["entrants"]:
        if find(work, application_id, purpose) is None:
            begin(work, cycle, application_id, purpose)


def begin(work: Work, cycle: Cycle, application_id: str, purpose: str) -> None:
    """Ask every department again for one application, beside what was known until now."""
    from services.intake import enquiries

    known = find(work, application_id, purpose, lock=True)
    row = {"basis": _known(work, application_id), "state": "asked", "asked_at": work.now()}
    if known is not None and known.state in OPEN:
        row["basis"] = known.basis  # else what differs would be its own yardstick
    if known is None:
        row |= {"application_id": application_id, "purpose": purpose, "cycle_id": cycle.cycle_id}
        work.session.execute(_RECHECKS.insert().values(revision=0, **row))
    else:
        _change(
            work, known, digest=None, valid_until=None, settled_at=None, decided_by=None, reason=None, **row
        )
    for department in cycle.rulebook.departments:
        enquiries.press(work, enquiries.require(work, application_id, department), purpose=purpose)
    work.audit(
        "records:asked_again", f"{application_id}/{purpose}", after={"basis": row["basis"]}, cycle_id=cycle.cycle_id
    )  # fmt: skip


def recheck(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """The office has the records of one application asked for anew: the confirmation ended, or a silence should not stand."""
    row = _require(work, data["application_id"], data["purpose"])
    cycle = conductor.cycle(work, row.cycle_id)
    if row.state == "stopped":
        raise Conflict("已决定停止，不再复核", "it was stopped by a decision")
    begin(work, cycle, row.application_id, row.purpose)
    return state(work, _require(work, row.application_id, row.purpose))


def lock(work: Work, enquiry: Row[Any]) -> None:
    """Let the answers about one application wait for each other: the last one then sees all of them."""
    if enquiry.purpose in PURPOSES.values():
        find(work, enquiry.application_id, enquiry.purpose, lock=True)


def answered(work: Work, enquiry: Row[Any]) -> None:
    """A department answered, or stayed silent: see whether all is as before, or anything is not."""
    row = find(work, enquiry.application_id, enquiry.purpose)
    if row is None or row.state not in OPEN:
        return
    now = _now(work, row)
    different = _different(row, now)
    if different and row.state == "asked":
        listed = "、".join(different)
        zh, en = (
            f"再次征询的答复与原答复不一致：{listed}",
            f"asked again, answered differently: {', '.join(different)}",
        )
        _change(work, row, state="differs", revision=row.revision + 1)
        _tell_differ(work, row, different, zh, en, None)
    elif not different and len(now) == len(_departments(work, row)):
        _confirm(work, row, now, state="confirmed")


def decide(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """A named officer decides on a difference, or on a silence: it goes on, or it stops here; the reason is kept.

    It goes on only when every department has answered, or has let its time pass. Raises Conflict, NotFound.
    """
    row = find(work, data["application_id"], data["purpose"], lock=True)
    if row is None:
        raise NotFound("没有这项复核", "no such confirmation")
    conductor.cycle(work, row.cycle_id)  # a rehearsal touches no real one
    if row.state not in OPEN:
        raise Conflict(f"复核当前为 {row.state}", f"the confirmation is {row.state}")
    now = _now(work, row)
    asked = _being_asked(work, row)
    if (data["go_on"] and asked) or (row.state == "asked" and not _silent(work, row)):
        listed = "、".join(asked)
        raise Conflict(
            f"部门仍在答复中：{listed}", f"the departments are still being asked: {', '.join(asked)}",
            code="still_asked",
        )  # fmt: skip
    decided = {"decided_by": work.context.actor, "reason": data["reason"]}
    if data["go_on"]:
        _confirm(work, row, now, state="let_on", **decided)
    else:
        _stop(work, row, now, data["reason"])
    work.audit(
        "records:decided", f"{row.application_id}/{row.purpose}", before={"state": row.state},
        after={"go_on": data["go_on"], "old": row.basis, "new": now}, reason=data["reason"], cycle_id=row.cycle_id,
    )  # fmt: skip
    return state(work, _require(work, row.application_id, row.purpose))


def listed(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """A cycle's confirmations, those that wait for somebody first; old and new answers side by side."""
    wanted = [_RECHECKS.c.cycle_id == data["cycle_id"]]
    if data["state"]:
        wanted.append(_RECHECKS.c.state == data["state"])
    rows = work.session.execute(
        select(_RECHECKS).where(and_(*wanted)).order_by(_RECHECKS.c.application_id, _RECHECKS.c.purpose)
    ).all()
    order = sorted(rows, key=lambda row: row.state not in OPEN)
    return {"rechecks": [state(work, row) for row in order]}


def of_application(work: Work, application_id: str) -> list[dict[str, Any]]:
    """The replies `Recheck` of one application."""
    query = select(_RECHECKS).where(_RECHECKS.c.application_id == application_id)
    return [state(work, row) for row in work.session.execute(query.order_by(_RECHECKS.c.asked_at)).all()]


def state(work: Work, row: Row[Any]) -> dict[str, Any]:
    """The reply `Recheck`."""
    now = _now(work, row) if row.state != "stopped" else _latest(work, row)
    departments = sorted(set(_departments(work, row)) | set(row.basis))
    names = (
        "application_id",
        "cycle_id",
        "purpose",
        "state",
        "digest",
        "valid_until",
        "decided_by",
        "reason",
    )
    return {
        **{name: getattr(row, name) for name in names},
        "asked_at": row.asked_at.isoformat(),
        "settled_at": None if row.settled_at is None else row.settled_at.isoformat(),
        "departments": [_beside(name, row.basis.get(name), now.get(name)) for name in departments],
    }


def find(work: Work, application_id: str, purpose: str, *, lock: bool = False) -> Row[Any] | None:
    """A confirmation as it stands."""
    query = select(_RECHECKS).where(
        and_(_RECHECKS.c.application_id == application_id, _RECHECKS.c.purpose == purpose)
    )
    return work.session.execute(query.with_for_update() if lock else query).one_or_none()


def _require(work: Work, application_id: str, purpose: str) -> Row[Any]:
    row = find(work, application_id, purpose)
    if row is None:
        raise NotFound("没有这项复核", "no such confirmation")
    return row


def _confirm(work: Work, row: Row[Any], now: dict[str, Any], *, state: str, **decided: Any) -> None:
    valid_until = _valid_until(work, row)
    found = digest({name: answer["digest"] for name, answer in now.items()})
    values = {"digest": found, "valid_until": valid_until, "settled_at": work.now(), **decided}
    _change(work, row, state=state, revision=row.revision + 1, **values)
    said = {
        "digest": found,
        "confirmed_on": work.today(),
        "valid_until": valid_until,
        "decided_by": decided.get("decided_by"),
        "reason": decided.get("reason"),
    }
    _tell(work, row, RecordsConfirmed, state, said)


def _stop(work: Work, row: Row[Any], now: dict[str, Any], reason: str) -> None:
    """Before the committee the application ends. Before payment the grant is stopped, and the title stays: that is taken by
    another procedure.
    """
    from services.intake import progress

    zh, en = f"部门记录复核后决定不予继续：{reason}", f"stopped on the departments' records: {reason}"
    _change(
        work, row, state="stopped", revision=row.revision + 1, settled_at=work.now(),
        decided_by=work.context.actor, reason=reason,
    )  # fmt: skip
    _tell_differ(work, row, _different(row, now), zh[:500], en[:500], work.context.actor)
    if row.purpose != "committee":
        return
    table = models.applications
    stopped_at = work.session.execute(
        select(table.c.stopped_at).where(table.c.id == row.application_id)
    ).scalar_one()
    if progress.set_status(work, row.application_id, Status.INELIGIBLE, stopped_at):
        told = {
            "cycle_id": row.cycle_id, "application_id": row.application_id, "status": Status.INELIGIBLE.value,
            "stopped_at": stopped_at, "reason_zh": zh[:500], "reason_en": en[:500],
        }  # fmt: skip
        work.publish(ApplicationStopped, told, subject=row.application_id)
        progress.nobody_left(work, row.cycle_id)


def _tell_differ(
    work: Work, row: Row[Any], different: list[str], zh: str, en: str, decided_by: str | None
) -> None:
    said = {"departments": different, "reason_zh": zh, "reason_en": en, "decided_by": decided_by}
    _tell(work, row, RecordsDiffer, "differ", said)


def _tell(work: Work, row: Row[Any], event: type[Event], state: str, said: dict[str, Any]) -> None:
    """Say to the next stages, and to the audit log, what became of the records that were asked for again."""
    told = {
        "cycle_id": row.cycle_id,
        "application_id": row.application_id,
        "purpose": row.purpose,
        "revision": row.revision + 1,
        **said,
    }
    work.publish(event, told, subject=row.application_id)
    work.audit(f"records:{state}", f"{row.application_id}/{row.purpose}", after=told, cycle_id=row.cycle_id)


def _change(work: Work, row: Row[Any], **values: Any) -> None:
    this = and_(_RECHECKS.c.application_id == row.application_id, _RECHECKS.c.purpose == row.purpose)
    work.session.execute(update(_RECHECKS).where(this).values(**values))


def _rows(work: Work, row: Row[Any]) -> list[Row[Any]]:
    query = select(_ENQUIRIES).where(_ENQUIRIES.c.application_id == row.application_id)
    return list(work.session.execute(query.order_by(_ENQUIRIES.c.department)))


def _departments(work: Work, row: Row[Any]) -> list[str]:
    return [enquiry.department for enquiry in _rows(work, row)]


def _silent(work: Work, row: Row[Any]) -> list[str]:
    """Departments that stayed silent, those too that are being reminded of it."""
    return [
        e.department
        for e in _rows(work, row)
        if e.purpose == row.purpose and (e.state == "silent" or (e.state == "pending" and e.reminders > 0))
    ]


def _being_asked(work: Work, row: Row[Any]) -> list[str]:
    """Departments whose time for an answer still runs. Let on before, an application would go on whatever they say."""
    return [
        e.department
        for e in _rows(work, row)
        if e.purpose == row.purpose and e.state == "pending" and not e.reminders
    ]


def _now(work: Work, row: Row[Any]) -> dict[str, Any]:
    """By department what was answered to this question, as far as it was; after a later question, from the log."""
    rows = _rows(work, row)
    if any(enquiry.purpose != row.purpose for enquiry in rows):
        return _latest(work, row)
    return {
        enquiry.department: {"digest": enquiry.answer_digest, "records": enquiry.records}
        for enquiry in rows
        if enquiry.state == "answered"
    }


def _latest(work: Work, row: Row[Any]) -> dict[str, Any]:
    return _known(work, row.application_id, purpose=row.purpose)


def _known(work: Work, application_id: str, *, purpose: str | None = None) -> dict[str, Any]:
    """By department the last answer that was taken, of one purpose or of any."""
    wanted = [
        _LOG.c.application_id == application_id, _LOG.c.entry == "answer", _LOG.c.outcome == "taken",
    ]  # fmt: skip
    if purpose is not None:
        wanted.append(_LOG.c.purpose == purpose)
    rows = work.session.execute(select(_LOG).where(and_(*wanted)).order_by(_LOG.c.id))
    return {row.department: {"digest": row.digest, "records": enquiry_log.records_of(row)} for row in rows}


def _valid_until(work: Work, row: Row[Any]) -> Any:
    days = [e.valid_until for e in _rows(work, row) if e.purpose == row.purpose and e.valid_until]
    return min(days, default=None)


def _different(row: Row[Any], now: Mapping[str, Any]) -> list[str]:
    """Departments that answered differently; one of which no earlier answer is known counts as different."""
    return sorted(name for name, answer in now.items() if not _same(row.basis.get(name), answer))


def _same(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> bool:
    """Whether two answers hold the same records, in whatever order."""
    if old is None or new is None:
        return old is new
    return sorted(map(canonical_json, old["records"])) == sorted(map(canonical_json, new["records"]))


def _beside(department: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> dict[str, Any]:
    def loaded(answer: Mapping[str, Any] | None) -> list[Any] | None:
        return None if answer is None else [Record().load(record) for record in answer["records"]]

    return {
        "department": department,
        "old": loaded(old),
        "new": loaded(new),
        "same": None if new is None else _same(old, new),
    }
