"""推荐: whom a draft asks for its recommendation, and what that body signs.

`recommended_by` is set by a signed positive opinion alone; a rehearsal states the body freely. What was signed is never
overwritten: each opinion is a row of its own, and the last one counts as long as its body is still the one that is asked.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select

from services.intake import applications, bodies, models
from services.intake.dossiers import EDITOR, LEAD, change, hold, own, require
from services.intake.stages import conductor
from services.intake.statuses import Status
from shared.contracts.dossier import Facts
from shared.contracts.operations import RECOMMENDER
from shared.identifiers import digest
from shared.problems import Conflict, FieldError, Invalid, NotFound, invalid_field
from shared.procedure import Cycle
from shared.store import Work

_APPLICATIONS, _OPINIONS = models.applications, models.opinions
_SEEN = ("name", "kind", "uscc", "category", "facts", "materials")
_WAITING = "waiting"


def choose(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The applicant of a draft picks the body; what another one had signed counts no more."""
    row = hold(work, data["application_id"], may=(LEAD, EDITOR))
    cycle = conductor.cycle(work, row.cycle_id)
    if cycle.rehearsal:
        raise Conflict("演练中直接写明推荐部门，不必选择", "a rehearsal states the body, and chooses none")
    _require_draft(row)
    body = bodies.chosen(work, data["body_id"])
    if row.recommender != body:
        change(work, row.id, recommender=body, opinion=None, recommended_by=None)
        before, after = {"recommender": row.recommender}, {"recommender": body}
        work.audit("recommender:chosen", row.id, before=before, after=after, cycle_id=cycle.cycle_id)
    return applications.line(work, require(work, row.id))


def sign(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The body that is asked signs for or against; until the submission it may sign anew."""
    row = require(work, data["application_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    if cycle.rehearsal:
        return _stated(work, row, data)
    row = _asked_of_us(work, cycle, row.id)
    if data["body"] not in (None, row.recommender):
        raise invalid_field("body", "只能以账号所属单位签署", "only the account's own body signs")
    _require_whole(data)
    verdict = "recommended" if data["recommends"] else "not_recommended"
    return _keep(work, row, verdict, data["text"], data["signed_by"])


def decline(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The body gives no opinion; the applicant may ask another one."""
    row = require(work, data["application_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    if cycle.rehearsal:
        raise Conflict("演练中没有不予受理推荐", "in a rehearsal nobody declines")
    row = _asked_of_us(work, cycle, row.id)
    return _keep(work, row, "declined", data["reason"], data["signed_by"])


def state(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """What an opinion rests on, and what was signed. A body sees what asks it, and of the opinions its own."""
    asks_body = work.context.role == RECOMMENDER
    row = _find_ours(work, data["application_id"]) if asks_body else own(work, data["application_id"])
    conductor.cycle(work, row.cycle_id)
    wanted = [_OPINIONS.c.application_id == row.id]
    if asks_body:
        wanted.append(_OPINIONS.c.body == work.context.on_behalf_of)
    signed = work.session.execute(select(_OPINIONS).where(and_(*wanted)).order_by(_OPINIONS.c.number)).all()
    counting = signed[-1] if signed and row.opinion is not None else None
    return {
        "application_id": row.id,
        **{
            name: getattr(row, name) for name in ("cycle_id", "name", "kind", "uscc", "category", "materials")
        },
        "facts": Facts().load(row.facts),
        "recommender": row.recommender,
        "open": row.status == Status.DRAFT.value,
        "opinions": [_opinion(each, counts=each is counting) for each in signed],
        "changed_since": None if counting is None else counting.dossier_digest != _seen(row),
    }


def queue(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """The applications that ask the body of whoever asks, what waits first."""
    cycle = conductor.cycle(work, data["cycle_id"])
    standing = _standing()
    wanted = [_APPLICATIONS.c.cycle_id == cycle.cycle_id, *_asking_us(work)]
    if data["opinion"] is not None:
        wanted.append(standing == data["opinion"])
    counted = select(standing, func.count()).where(and_(*wanted)).group_by(standing)
    counts = {row[0]: row[1] for row in work.session.execute(counted)}
    names = ("name", "kind", "uscc", "category", "opinion")
    query = select(_APPLICATIONS.c.id, _APPLICATIONS.c.status, *(_APPLICATIONS.c[name] for name in names))
    rows = work.session.execute(
        query.where(and_(*wanted))
        .order_by(case((standing == _WAITING, 0), else_=1), _APPLICATIONS.c.id)
        .limit(data["size"])
        .offset((data["page"] - 1) * data["size"])
    )
    lines = [
        {
            "application_id": row.id,
            **{name: getattr(row, name) for name in names},
            "open": row.status == Status.DRAFT.value,
        }
        for row in rows
    ]
    return {
        "recommendations": lines,
        "closes_on": cycle.closes_on,
        "page": data["page"],
        "size": data["size"],
        "total": sum(counts.values()),
        "counts": counts,
    }


def _standing() -> ColumnElement[str]:
    """The opinion; without one a draft waits for it, and anything else is closed."""
    opinion, status = _APPLICATIONS.c.opinion, _APPLICATIONS.c.status
    return case(
        (opinion.is_not(None), opinion), (status == Status.DRAFT.value, _WAITING), else_="closed"
    ).label("standing")


def _asking_us(work: Work) -> list[ColumnElement[bool]]:
    return [_APPLICATIONS.c.recommender == work.context.on_behalf_of]


def _find_ours(work: Work, application_id: str, *, lock: bool = False) -> Row[Any]:
    """An application that asks the body of whoever asks. Raises NotFound for any other."""
    query = select(_APPLICATIONS).where(and_(_APPLICATIONS.c.id == application_id, *_asking_us(work)))
    row = work.session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("没有这份申报", "no such application")
    return row


def _asked_of_us(work: Work, cycle: Cycle, application_id: str) -> Row[Any]:
    """A draft that asks our body, with the cycle locked: a submission waits, and takes along what is signed. Nobody makes
    another applicant of it while it is signed.
    """
    conductor.records.cycle(work, cycle.cycle_id, lock=True)
    row = _find_ours(work, application_id, lock=True)
    bodies.ours(work)
    _require_draft(row)
    return row


def _require_draft(row: Row[Any]) -> None:
    """What was handed in keeps the opinion that it was handed in with. Raises Conflict, the same whatever became of it."""
    if row.status != Status.DRAFT.value:
        raise Conflict(
            "申报已经提交，推荐意见不再变更",
            "the application was handed in: its recommendation changes no more",
        )


def _require_whole(data: dict[str, Any]) -> None:
    absent = [name for name in ("recommends", "text", "signed_by") if data[name] is None]
    if absent:
        errors = [FieldError(name, "必填", "Missing data for required field.") for name in absent]
        raise Invalid("推荐意见不完整", "the opinion is not whole", errors=errors)


def _stated(work: Work, row: Row[Any], data: dict[str, Any]) -> dict[str, Any]:
    """A rehearsal's file says who recommends."""
    if data["body"] is None:
        raise invalid_field("body", "必填", "Missing data for required field.")
    for name in ("recommends", "text", "signed_by"):
        if data[name] is not None:
            raise invalid_field(name, "演练中只写明推荐部门", "a rehearsal states the body alone")
    _require_draft(row)
    change(work, row.id, recommended_by=data["body"])
    work.audit("application:recommended", row.id, after={"body": data["body"]}, cycle_id=row.cycle_id)
    return applications.line(work, require(work, row.id))


def _keep(work: Work, row: Row[Any], verdict: str, text: str, signed_by: str) -> dict[str, Any]:
    number = select(func.coalesce(func.max(_OPINIONS.c.number), 0)).where(
        _OPINIONS.c.application_id == row.id
    )
    opinion = {
        "application_id": row.id,
        "number": 1 + work.session.execute(number).scalar_one(),
        "body": row.recommender,
        "verdict": verdict,
        "text": text,
        "signed_by": signed_by,
        "account": work.context.actor,
        "signed_at": work.now(),
        "dossier_digest": _seen(row),
    }
    work.session.execute(_OPINIONS.insert().values(**opinion))
    recommended_by = row.recommender if verdict == "recommended" else None
    change(work, row.id, opinion=verdict, recommended_by=recommended_by)
    work.audit(
        f"recommendation:{verdict}",
        row.id,
        before={"opinion": row.opinion},
        after=opinion,
        cycle_id=row.cycle_id,
    )
    return applications.line(work, require(work, row.id))


def _seen(row: Row[Any]) -> str:
    """The digest of what a body has before it."""
    return digest({name: getattr(row, name) for name in _SEEN})


def _opinion(row: Row[Any], *, counts: bool) -> dict[str, Any]:
    names = ("body", "verdict", "text", "signed_by", "dossier_digest")
    return {
        **{name: getattr(row, name) for name in names},
        "signed_at": row.signed_at.isoformat(),
        "counts": counts,
    }
