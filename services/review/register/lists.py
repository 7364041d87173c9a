"""The register as a list: filter, order, page and counts by the database, and what each may see of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from services.review import models
from services.review.conditions import EXPERT, agree
from services.review.register import availability
from services.review.register.worlds import may_name, may_reach, mine, not_found, of, world_of
from shared.contracts.operations import OFFICE
from shared.contracts.operations.pages import START
from shared.contracts.operations.review.register import TAGS
from shared.problems import invalid_field
from shared.procedure import Conductor
from shared.store import Work

Data = dict[str, Any]
_REGISTER, _TAGS, _EMPLOYMENTS = models.expert_register, models.expert_tags, models.expert_employments
_TAG_OF = {
    "expertise": "expertise", "industry": "industries", "qualification": "qualifications", "language": "languages",
}  # fmt: skip
_WALK = "after:"


def listed(work: Work, conductor: Conductor, data: Data) -> Data:
    """A page of the register, or of a walk through it; an expert gets its own entry only."""
    world = world_of(work, conductor, data)
    _check(work, data)
    wanted = and_(_REGISTER.c.world == world, *mine(work), *picked(work, data))
    counts = _counts(work, wanted)
    rows = work.session.execute(_page(wanted, data)).all()
    contacts = may_reach(work) and (data["contacts"] == "yes" or work.context.role != OFFICE)
    absences = may_reach(work)
    walks = data["after"] is not None and len(rows) == data["size"]
    return {
        "experts": _lines(
            work, world, list(rows), named=may_name(work), contacts=contacts, absences=absences
        ),
        "page": data["page"],
        "size": data["size"],
        "total": sum(counts.values()),
        "counts": counts,
        "next": f"{_WALK}{rows[-1].expert_id}" if walks else None,
    }


def lines(work: Work, world: str, which: ColumnElement[bool], *, whole: bool = False) -> list[Data]:
    """Experts as whoever asks may see them, or as they are where the house itself needs them `whole`."""
    rows = list(work.session.execute(select(_REGISTER).where(which).order_by(_REGISTER.c.expert_id)).all())
    if whole:
        return _lines(work, world, rows, named=True, contacts=True, absences=False)
    reached = may_reach(work)
    return _lines(work, world, rows, named=may_name(work), contacts=reached, absences=reached)


def shown(work: Work, world: str, expert_id: str) -> Data:
    """One expert as whoever asks may see it. Raises NotFound."""
    found = lines(work, world, and_(of(_REGISTER, world, expert_id), *mine(work)))
    if not found:
        raise not_found()
    return found[0]


def picked(work: Work, data: Data) -> list[ColumnElement[bool]]:
    """The conditions of a filter; fields that it does not have narrow nothing."""
    table = _REGISTER.c
    found = [_tagged(kind, data[name]) for name, kind in _TAG_OF.items() if data.get(name) is not None]
    found += [
        table[name].is_(data[name] == "yes")
        for name in ("industry_expert", "may_lead")
        if data.get(name) is not None
    ]
    if data.get("state") is not None:
        found.append(table.state == data["state"])
    if data.get("uscc") is not None:
        found.append(table.expert_id.in_(_employed_by(data["uscc"])))
    if data.get("declared") is not None:
        found.append(declared_as(data["declared"], work.today()))
    if data.get("q") is not None:
        found.append(_holds(data["q"].strip(), names=may_name(work)))
    return found


def declared_as(state: str, today: date) -> ColumnElement[bool]:
    """Those whose declaration stands so; the words are those of `declared_state`."""
    until = _REGISTER.c.declared_until
    return {"missing": until.is_(None), "expired": until < today, "in_force": until >= today}[state]


def declared_state(until: date | None, today: date) -> str:
    """How a yearly declaration stands: in force, over, or never made."""
    if until is None:
        return "missing"
    return "expired" if until < today else "in_force"


def _check(work: Work, data: Data) -> None:
    """A list in the order of what somebody may not see would tell it after all."""
    if not may_name(work) and (data["sort"] or "").removeprefix("-") == "name":
        raise invalid_field("sort", "不能按姓名排序", "names are not told, so neither is their order")


def _counts(work: Work, wanted: ColumnElement[bool]) -> dict[str, int]:
    state = _REGISTER.c.state
    found = work.session.execute(select(state, func.count()).where(wanted).group_by(state).order_by(state))
    return {row[0]: row[1] for row in found}


def _page(wanted: ColumnElement[bool], data: Data) -> Select[Any]:
    query = select(_REGISTER).where(wanted).limit(data["size"])
    if data["after"] is None:
        return query.order_by(*_order(data["sort"] or "expert_id")).offset((data["page"] - 1) * data["size"])
    if data["after"] != START:
        query = query.where(_REGISTER.c.expert_id > data["after"].removeprefix(_WALK))
    return query.order_by(_REGISTER.c.expert_id)


def _order(sort: str) -> list[ColumnElement[Any]]:
    """What an entry does not have comes last either way; the id makes every order the same each time."""
    column = _REGISTER.c[sort.removeprefix("-")]
    ordered = column.desc() if sort.startswith("-") else column.asc()
    return [column.is_(None), ordered, _REGISTER.c.expert_id]


def _tagged(kind: str, value: str) -> ColumnElement[bool]:
    this = and_(_TAGS.c.kind == kind, _TAGS.c.value == value)
    return select(_TAGS.c.value).where(agree(_TAGS, _REGISTER, EXPERT), this).exists()


def _employed_by(uscc: str) -> Select[Any]:
    this = and_(_EMPLOYMENTS.c.world == _REGISTER.c.world, _EMPLOYMENTS.c.uscc == uscc)
    return select(_EMPLOYMENTS.c.expert_id).where(this).correlate(_REGISTER)


def _holds(text: str, *, names: bool) -> ColumnElement[bool]:
    by_id = _REGISTER.c.expert_id.icontains(text, autoescape=True)
    return or_(by_id, _REGISTER.c.name.icontains(text, autoescape=True)) if names else by_id


def _lines(
    work: Work, world: str, rows: list[Row[Any]], *, named: bool, contacts: bool, absences: bool
) -> list[Data]:
    ids = [row.expert_id for row in rows]
    tags, employments = tags_of(work, world, ids), employments_of(work, world, ids)
    away = availability.of(work, world, ids) if absences else {}
    return [
        {
            **{name: getattr(row, name) for name in _PLAIN},
            "name": row.name if named else None,
            **{kind: tags.get((row.expert_id, kind), []) for kind in TAGS},
            "employments": employments.get(row.expert_id, []),
            "contact": json.loads(row.contact) if contacts and row.contact else None,
            "absences": away.get(row.expert_id, []) if absences else None,
            "declared": declared_state(row.declared_until, work.today()),
        }
        for row in rows
    ]


_PLAIN = (
    "expert_id", "revision", "state", "state_reason", "title", "industry_expert", "may_lead", "entered_on",
    "declared_until",
)  # fmt: skip


def tags_of(work: Work, world: str, ids: Collection[str]) -> dict[tuple[str, str], list[str]]:
    """What experts are picked by, by expert and kind, in the order of entering."""
    wanted = and_(_TAGS.c.world == world, _TAGS.c.expert_id.in_(ids))
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in work.session.execute(select(_TAGS).where(wanted).order_by(_TAGS.c.position)):
        found[row.expert_id, row.kind].append(row.value)
    return found


def employments_of(work: Work, world: str, ids: Collection[str]) -> dict[str, list[Data]]:
    """Employments by expert, in the order of entering."""
    wanted = and_(_EMPLOYMENTS.c.world == world, _EMPLOYMENTS.c.expert_id.in_(ids))
    found: dict[str, list[Data]] = defaultdict(list)
    for row in work.session.execute(select(_EMPLOYMENTS).where(wanted).order_by(_EMPLOYMENTS.c.position)):
        found[row.expert_id].append({name: getattr(row, name) for name in ("uscc", "name", "since", "until")})
    return found
