"""What the register knows of experts' interests, for whoever computes conflicts from it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, select

from services.review import models
from services.review.conflicts.grounds import Employment, Interest, Person
from shared.store import Work

_REGISTER, _EMPLOYMENTS, _PROPOSALS = (
    models.expert_register,
    models.expert_employments,
    models.expert_proposals,
)
_DECLARATIONS, _INTERESTS = models.declarations, models.declared_interests


@dataclass(frozen=True)
class Declared:
    """One declaration: the day it was made, and what it listed with an organization's code."""

    on: date
    interests: tuple[Interest, ...]


def persons(work: Work, world: str, expert_ids: Iterable[str] | None = None) -> list[Person]:
    """Experts of a register by id, retired ones too; those that the register does not know are left out.

    An employer that an expert stated counts from that moment, and one that it would have taken out counts until the office
    has confirmed it.
    """
    ids = None if expert_ids is None else sorted(set(expert_ids))
    known = work.session.execute(
        select(_REGISTER.c.expert_id).where(_of(_REGISTER, world, ids)).order_by(_REGISTER.c.expert_id)
    ).scalars()
    employments, declared = _employments(work, world, ids), _declared(work, world, ids)
    return [
        Person(expert_id, tuple(employments[expert_id]), in_time(declared[expert_id])) for expert_id in known
    ]


def in_time(declared: Sequence[Declared]) -> tuple[Interest, ...]:
    """The interests of an expert's declarations, in order of making.

    One that a later declaration no longer lists ended, at the latest, on the day of that declaration: it may lie within a
    look-back. One that the last declaration lists stands as it says.
    """
    found: dict[tuple[str, str | None, date | None], Interest] = {}
    for number, each in enumerate(declared):
        last = number == len(declared) - 1
        for interest in each.interests:
            key = (interest.relation, interest.uscc, interest.since)
            found[key] = interest if last else _ended(interest, declared[number + 1].on)
    return tuple(found.values())


def _ended(interest: Interest, by: date) -> Interest:
    until = by if interest.until is None else min(interest.until, by)
    return Interest(interest.relation, interest.uscc, interest.application_id, interest.since, until)


def _employments(work: Work, world: str, ids: list[str] | None) -> dict[str, list[Employment]]:
    found: dict[str, list[Employment]] = defaultdict(list)
    query = select(_EMPLOYMENTS).where(_of(_EMPLOYMENTS, world, ids)).order_by(_EMPLOYMENTS.c.position)
    for row in work.session.execute(query):
        found[row.expert_id].append(Employment(row.uscc, row.since, row.until))
    waiting = and_(_of(_PROPOSALS, world, ids), _PROPOSALS.c.state == "open")
    for row in work.session.execute(select(_PROPOSALS).where(waiting).order_by(_PROPOSALS.c.id)):
        for each in json.loads(row.changes).get("employments", ()):
            stated = Employment(each["uscc"], _day(each["since"]), _day(each["until"]))
            if stated not in found[row.expert_id]:
                found[row.expert_id].append(stated)
    return found


def _declared(work: Work, world: str, ids: list[str] | None) -> dict[str, list[Declared]]:
    """Interests in persons alone have no code: nothing can be computed from them, the office reads them."""
    query = (
        select(_DECLARATIONS.c.id, _DECLARATIONS.c.expert_id, _DECLARATIONS.c.declared_on, _INTERESTS)
        .outerjoin(
            _INTERESTS,
            and_(_INTERESTS.c.declaration_id == _DECLARATIONS.c.id, _INTERESTS.c.uscc.is_not(None)),
        )
        .where(_of(_DECLARATIONS, world, ids))
        .order_by(_DECLARATIONS.c.expert_id, _DECLARATIONS.c.number, _INTERESTS.c.position)
    )
    by_declaration: dict[tuple[str, str], tuple[date, list[Interest]]] = {}
    for row in work.session.execute(query):
        _, interests = by_declaration.setdefault((row.expert_id, row.id), (row.declared_on, []))
        if row.relation is not None:
            interests.append(_interest(row))
    found: dict[str, list[Declared]] = defaultdict(list)
    for (expert_id, _), (on, interests) in by_declaration.items():
        found[expert_id].append(Declared(on, tuple(interests)))
    return found


def _interest(row: Row[Any]) -> Interest:
    return Interest(row.relation, row.uscc, None, row.since, row.until)


def _of(table: Table, world: str, ids: list[str] | None) -> ColumnElement[bool]:
    here = table.c.world == world
    return here if ids is None else and_(here, table.c.expert_id.in_(ids))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
