"""提名: a recommending body names an applicant before it applies, where the regulation knows that."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, select, update

from services.intake import bodies, models
from services.intake.stages import conductor
from shared.calendar import in_words
from shared.contracts.operations import RECOMMENDER
from shared.identifiers import new_id
from shared.problems import Conflict, Invalid, invalid_field
from shared.procedure import Cycle
from shared.store import Work

_NOMINATIONS, _APPLICATIONS = models.nominations, models.applications
_NAMES = ("cycle_id", "body", "uscc", "name", "kind", "category", "reason", "nominated_on")


def nominate(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """Enter a nomination while applications are taken; a body names the same applicant once."""
    cycle = conductor.cycle(work, data["cycle_id"])
    body = bodies.ours(work)
    _require_allowed(cycle, data)
    today = work.today()
    if not cycle.opens_on <= today <= cycle.closes_on:
        raise Conflict(
            f"提名自 {in_words(cycle.opens_on).zh} 至 {in_words(cycle.closes_on).zh} 受理",
            f"nominations are taken from {in_words(cycle.opens_on).en} to {in_words(cycle.closes_on).en}",
        )
    named = {name: data[name] for name in ("cycle_id", "uscc", "name", "kind")} | {"body": body}
    known = select(_NOMINATIONS.c.id).where(and_(*(_NOMINATIONS.c[name] == named[name] for name in named)))
    if work.session.execute(known).one_or_none() is not None:
        raise Conflict(f"{body} 已提名 {data['name']}", f"{body} has nominated {data['name']} already")
    row = {
        "id": new_id(),
        **named,
        "category": data["category"],
        "reason": data["reason"],
        "nominated_on": today,
        "account": work.context.actor,
    }
    work.session.execute(_NOMINATIONS.insert().values(**row))
    work.audit("nomination:made", str(row["id"]), after=row, cycle_id=cycle.cycle_id)
    return line(_require(work, str(row["id"])))


def listed(work: Work, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's nominations with what became of them: a body sees its own, and no more than the public notices said."""
    conductor.cycle(work, data["cycle_id"])
    wanted = [_NOMINATIONS.c.cycle_id == data["cycle_id"]]
    told = [_APPLICATIONS.c.announced]
    if work.context.role == RECOMMENDER:
        wanted.append(_NOMINATIONS.c.body == work.context.on_behalf_of)
    else:
        told += [_NOMINATIONS.c.application_id, _APPLICATIONS.c.status]
    total = work.session.execute(select(func.count()).select_from(_NOMINATIONS).where(and_(*wanted)))
    columns = [_NOMINATIONS.c.id, *(_NOMINATIONS.c[name] for name in _NAMES)]
    rows = work.session.execute(
        select(*columns, *told)
        .outerjoin(_APPLICATIONS, _APPLICATIONS.c.id == _NOMINATIONS.c.application_id)
        .where(and_(*wanted))
        .order_by(_NOMINATIONS.c.id)
        .limit(data["size"])
        .offset((data["page"] - 1) * data["size"])
    )
    names = [column.name for column in told]
    return {
        "nominations": [line(row) | {name: getattr(row, name) for name in names} for row in rows],
        "page": data["page"],
        "size": data["size"],
        "total": total.scalar_one(),
    }


def named(work: Work, cycle: Cycle, data: dict[str, Any]) -> str | None:
    """The nomination that a new draft speaks of by its body; None in a rehearsal, which states the body freely.

    Raises Invalid where that body has not nominated this code and kind.
    """
    if cycle.rehearsal or data["nominated_by"] is None:
        return None
    wanted = fits(cycle.cycle_id, data["uscc"], data["kind"])
    found = work.session.execute(
        select(_NOMINATIONS.c.id)
        .where(and_(wanted, _NOMINATIONS.c.body == data["nominated_by"]))
        .order_by(case((_NOMINATIONS.c.name == data["name"], 0), else_=1), _NOMINATIONS.c.id)
        .limit(1)
    ).scalar_one_or_none()
    if found is None:
        raise _not_nominated()
    return str(found)


def hand_in(work: Work, cycle: Cycle, row: Row[Any]) -> None:
    """At the submission: the nomination still fits, and hears which application stands on it, the first one if several.

    Raises Invalid where code or kind were changed since.
    """
    if cycle.rehearsal or row.nominated_by is None:
        return
    wanted = and_(_NOMINATIONS.c.id == row.nomination_id, fits(cycle.cycle_id, row.uscc, row.kind))
    if work.session.execute(select(_NOMINATIONS.c.id).where(wanted)).one_or_none() is None:
        raise _not_nominated()
    work.session.execute(
        update(_NOMINATIONS)
        .where(and_(_NOMINATIONS.c.id == row.nomination_id, _NOMINATIONS.c.application_id.is_(None)))
        .values(application_id=row.id)
    )


def _require_allowed(cycle: Cycle, data: dict[str, Any]) -> None:
    """Raises Conflict where the text knows no nominations, Invalid for a kind or category that it does not know."""
    book = cycle.rulebook
    if not book.nominations.allowed:
        cited = book.label(book.nominations.rule)
        raise Conflict(
            f"本届所依据的办法没有提名（{cited}）", f"this regulation knows no nominations ({cited})"
        )
    if data["kind"] not in book.kinds:
        raise invalid_field("kind", "本办法不接受这类申报主体", "not a kind that this regulation takes")
    known = data["category"] in book.categories if book.categories else data["category"] is None
    if not known:
        zh, en = "本办法没有这个类别，或须填类别", "not a category of this regulation, or one is needed"
        raise invalid_field("category", zh, en)


def fits(cycle_id: str, uscc: str, kind: str) -> ColumnElement[bool]:
    """A cycle's nominations of a code and kind."""
    table = _NOMINATIONS.c
    return and_(table.cycle_id == cycle_id, table.uscc == uscc, table.kind == kind)


def _not_nominated() -> Invalid:
    return invalid_field(
        "nominated_by",
        "该单位没有提名这个代码的申报主体；应采用已有的提名",
        "that body has not nominated this code: take up a nomination that there is",
    )


def _require(work: Work, nomination_id: str) -> Row[Any]:
    return work.session.execute(select(_NOMINATIONS).where(_NOMINATIONS.c.id == nomination_id)).one()


def line(row: Row[Any]) -> dict[str, Any]:
    """The reply `NominationLine`, without what became of it."""
    return {"nomination_id": row.id, **{name: getattr(row, name) for name in _NAMES}}
