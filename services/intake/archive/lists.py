"""销毁清册 destruction lists: the office prepares one of what is due, two others sign it, then it is carried out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.intake import models
from services.intake.archive import contents, due
from services.intake.archive.retention import is_due
from services.intake.archive.states import Signature, State, after_signature, before, refusal
from services.intake.keeping import keeping
from services.intake.stages import conductor
from shared.calendar import in_words
from shared.contracts.events import RecordsDestroyed
from shared.identifiers import digest
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.procedure import Cycle
from shared.records.destroying import destroy
from shared.store import Work

_LISTS, _LINES, _APPLICATIONS = models.destruction_lists, models.destruction_lines, models.applications
_AT_ONCE = 500  # applications in one event
_NAMED = 5  # in a refusal
Data = dict[str, Any]


def prepare(work: Work, data: Data) -> Data:
    """A list of the applications given, or of all that may be destroyed. Raises Conflict, Invalid with which and why."""
    cycle = _locked(work, data["cycle_id"])
    until = due.require_kept_until(work, cycle)
    if not is_due(until, work.today()):
        raise Conflict(
            f"档案保管至 {in_words(until).zh}",
            f"the records are kept until {in_words(until).en}",
            code="not_due",
        )
    chosen = _chosen(work, cycle, data["application_ids"])
    row = {
        "id": work.new_id(),
        "cycle_id": cycle.cycle_id,
        "state": State.DRAFTED.value,
        "reason": data["reason"],
        "keep_until": until,
        "prepared_by": work.by,
        "prepared_on": work.today(),
        "digest": _digest(cycle.cycle_id, data["reason"], chosen),
    }
    work.session.execute(_LISTS.insert().values(**row))
    work.session.execute(_LINES.insert(), [{"list_id": row["id"], **line} for line in chosen])
    _audit(work, "prepared", row["id"], cycle.cycle_id, {"digest": row["digest"], "lines": len(chosen)})
    return one(work, {"list_id": row["id"]})


def _chosen(work: Work, cycle: Cycle, asked: list[str] | None) -> list[Data]:
    everything = due.applications(work, cycle.cycle_id)
    wanted = everything if asked is None else set(asked)
    reasons = (
        (wanted - everything, "不属于本周期", "not of this cycle"),
        (due.destroyed(work, cycle.cycle_id), "已销毁", "destroyed already"),
        (due.held(work, cycle.cycle_id, wanted), "已冻结", "held"),
        (due.on_open_list(work, cycle.cycle_id), "已列入其他清册", "on another list"),
    )
    for stays, zh, en in reasons:
        kept_back = sorted(wanted & stays)
        if kept_back and asked is not None:
            names = ", ".join(kept_back[:_NAMED])
            raise invalid_field("application_ids", f"{zh}：{names}", f"{en}: {names}", code="not_to_destroy")
        wanted -= stays
    if not wanted:
        raise Conflict("没有可以销毁的档案", "there is nothing that may be destroyed", code="nothing_due")
    query = select(_APPLICATIONS.c.id, _APPLICATIONS.c.public_number, _APPLICATIONS.c.status).where(
        _APPLICATIONS.c.cycle_id == cycle.cycle_id
    )
    return [
        {"application_id": row.id, "public_number": row.public_number, "status": row.status}
        for row in work.session.execute(query.order_by(_APPLICATIONS.c.id))
        if row.id in wanted
    ]


def _digest(cycle_id: str, reason: str, lines: Iterable[Data]) -> str:
    """Of what is signed: which applications, why."""
    return digest({"cycle_id": cycle_id, "reason": reason, "lines": list(lines)})


def sign(work: Work, data: Data) -> Data:
    """Sign a list as it was read: its digest is given. Raises NotFound, Forbidden, Conflict."""
    row, cycle = _locked_list(work, data["list_id"])
    if data["digest"] != row.digest:
        raise Conflict("清册与所读的不同", "the list is not the one that was read", code="other_list")
    onward = after_signature(State(row.state))
    if onward is None:
        raise _illegal(row, "签字", "signed")
    _require_free(work, row, cycle)
    known = (row.prepared_by, row.first_by, row.second_by)
    by = next((each for each in known if work.same_person(each, about=row.id)), work.by)
    refused = refusal(row.prepared_by, _signatures(row), by, work.context.role)
    if refused is not None:
        raise Forbidden(refused.reason_zh, refused.reason_en, code=refused.code)
    which = "first" if onward is State.SIGNED_ONCE else "second"
    values = {
        f"{which}_by": work.by, f"{which}_role": work.context.role, f"{which}_on": work.today(),
    }  # fmt: skip
    _move(work, row, onward, values)
    _audit(work, "signed", row.id, row.cycle_id, {**values, "digest": row.digest})
    return one(work, {"list_id": row.id})


def execute(work: Work, data: Data) -> Data:
    """Carry a signed list out: what is here goes now, the others hear of it. Raises NotFound, Conflict where one is held."""
    row, cycle = _locked_list(work, data["list_id"])
    if State(row.state) is not State.SIGNED:
        raise _illegal(row, "执行", "carried out")
    _require_free(work, row, cycle)
    gone = _on(work, row.id)
    today = work.today()
    _move(work, row, State.EXECUTED, {"executed_by": work.by, "executed_on": today})
    contents.note(work, row.id, gone)
    destroy(work, keeping, row.cycle_id, row.id, gone, today)
    for start in range(0, len(gone), _AT_ONCE):
        told = {
            "cycle_id": row.cycle_id,
            "list_id": row.id,
            "application_ids": gone[start : start + _AT_ONCE],
            "destroyed_on": today,
        }
        work.publish(RecordsDestroyed, told, subject=row.id)
    _audit(work, "executed", row.id, row.cycle_id, {"digest": row.digest, "applications": len(gone)})
    return one(work, {"list_id": row.id})


def withdraw(work: Work, data: Data) -> Data:
    """Give a list up that was not carried out. Raises NotFound, Conflict."""
    row, _ = _locked_list(work, data["list_id"])
    values = {"withdrawn_by": work.by, "withdrawn_on": work.today(), "withdrawn_reason": data["reason"]}
    _move(work, row, State.WITHDRAWN, values)
    _audit(work, "withdrawn", row.id, row.cycle_id, values, data["reason"])
    return one(work, {"list_id": row.id})


def one(work: Work, data: Data) -> Data:
    """The reply `DestructionList`, line by line. Raises NotFound."""
    row = _find(work, data["list_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    lines = work.session.execute(
        select(_LINES).where(_LINES.c.list_id == row.id).order_by(_LINES.c.application_id)
    ).all()
    stopped = _held(work, row, cycle) if State(row.state) not in (State.EXECUTED, State.WITHDRAWN) else set()
    return {
        **_state(row),
        "lines": [
            {
                "application_id": line.application_id,
                "public_number": line.public_number,
                "status": line.status,
                "held": line.application_id in stopped,
            }
            for line in lines
        ],
    }


def listed(work: Work, data: Data) -> Data:
    """All lists of a cycle in the order in which they were prepared, without their lines."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = select(_LISTS).where(_LISTS.c.cycle_id == cycle.cycle_id).order_by(_LISTS.c.id)
    return {"cycle_id": cycle.cycle_id, "lists": [_state(row) for row in work.session.execute(query)]}


def _locked(work: Work, cycle_id: str) -> Cycle:
    """The cycle, locked: holds and lists of one cycle are written one after the other."""
    cycle = conductor.cycle(work, cycle_id)
    conductor.records.cycle(work, cycle_id, lock=True)
    return cycle


def _locked_list(work: Work, list_id: str) -> tuple[Row[Any], Cycle]:
    cycle = _locked(work, _find(work, list_id).cycle_id)
    return _find(work, list_id), cycle


def _find(work: Work, list_id: str) -> Row[Any]:
    row = work.session.execute(select(_LISTS).where(_LISTS.c.id == list_id)).one_or_none()
    if row is None:
        raise NotFound("没有这份销毁清册", "no such destruction list")
    return row


def _on(work: Work, list_id: str) -> list[str]:
    query = select(_LINES.c.application_id).where(_LINES.c.list_id == list_id)
    return sorted(work.session.execute(query).scalars())


def _held(work: Work, row: Row[Any], cycle: Cycle) -> set[str]:
    return due.held(work, cycle.cycle_id, set(_on(work, row.id)))


def _require_free(work: Work, row: Row[Any], cycle: Cycle) -> None:
    """A hold that was placed since the list was prepared stops it: it is withdrawn, and prepared anew without them."""
    stopped = sorted(_held(work, row, cycle))
    if stopped:
        names = ", ".join(stopped[:_NAMED])
        raise Conflict(
            f"清册中有已冻结的档案：{names}", f"the list holds records that are held: {names}", code="held"
        )


def _signatures(row: Row[Any]) -> list[Signature]:
    pairs = ((row.first_by, row.first_role), (row.second_by, row.second_role))
    return [Signature(by, role) for by, role in pairs if by is not None]


def _move(work: Work, row: Row[Any], onward: State, values: Data) -> None:
    done = work.session.execute(
        update(_LISTS)
        .where(and_(_LISTS.c.id == row.id, _LISTS.c.state.in_(before(onward))))
        .values(state=onward.value, **values)
    )
    if not getattr(done, "rowcount", 0):
        raise _illegal(row, onward.value, onward.value)


def _illegal(row: Row[Any], zh: str, en: str) -> Conflict:
    return Conflict(
        f"清册当前为 {row.state}，不能{zh}", f"the list is {row.state} and cannot be {en}", code="wrong_state"
    )


def _audit(
    work: Work, verb: str, list_id: str, cycle_id: str, after: Data, reason: str | None = None
) -> None:
    work.audit(f"destruction:{verb}", list_id, after=after, reason=reason, cycle_id=cycle_id)


def _state(row: Row[Any]) -> Data:
    names = (
        "cycle_id", "state", "reason", "keep_until", "digest", "prepared_by", "prepared_on", "first_by", "first_role",
        "first_on", "second_by", "second_role", "second_on", "executed_by", "executed_on", "withdrawn_by",
        "withdrawn_on", "withdrawn_reason",
    )  # fmt: skip
    return {"list_id": row.id, **{name: getattr(row, name) for name in names}}
