"""What conflicts are computed from: the cycle's pool, the register of advisers, statements case by case, and the standing
register with its yearly declarations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, select

from services.review import models, register
from services.review.conflicts.grounds import (
    ADVISERS,
    GROUP,
    OFFICE,
    STATEMENT,
    Employment,
    Interest,
    Person,
    Terms,
    Tie,
    group_key,
    ties,
)
from shared.procedure import Cycle
from shared.store import Work

_POOL, _ADVISERS, _STATEMENTS = models.experts, models.advisers, models.case_statements
_TIES, _PARTIES, _DOSSIERS = models.ties, models.parties, models.procedure.dossiers
_LONGEST_ID = 64
Ids = Collection[str] | None


def registered(work: Work, world: str, expert_ids: Ids) -> list[Person]:
    """What the standing register knows of experts; an installation that keeps none knows nobody."""
    return register.persons(work, world, expert_ids)


def declared(work: Work, cycle: Cycle, expert_id: str) -> bool:
    """Whether the expert's yearly declaration is in force today. In a rehearsal nobody is asked for one."""
    return cycle.rehearsal or register.declared(work, cycle.world, expert_id, work.today())


def persons(work: Work, cycle: Cycle, expert_ids: Ids = None) -> list[Person]:
    """The cycle's pool by id, with everything that is known of each. `expert_ids` None: all of it.

    Of one whom the register knows the pool's employer is a copy, and the register's own word counts.
    """
    standing = {person.expert_id: person for person in registered(work, cycle.world, expert_ids)}
    advised = _advised(work, cycle, expert_ids)
    stated = _stated(work, cycle, expert_ids)
    query = select(_POOL).where(_POOL.c.cycle_id == cycle.cycle_id, *_named(_POOL, expert_ids))
    return [
        _whole(row, standing.get(row.expert_id), advised[row.expert_id] + stated[row.expert_id])
        for row in work.session.execute(query.order_by(_POOL.c.expert_id))
    ]


def terms_of(cycle: Cycle) -> Terms:
    """How long what is over still counts. A rehearsal plays what its file says: no groups, no look-back."""
    if cycle.rehearsal:
        return Terms(cycle.closes_on, None, grouped=False)
    return Terms(cycle.closes_on, cycle.rulebook.recusal_terms.look_back_years)


def write_ties(work: Work, cycle: Cycle, expert_ids: Ids = None) -> None:
    """Put down anew what ties these experts to anything."""
    here = and_(_TIES.c.cycle_id == cycle.cycle_id, *_named(_TIES, expert_ids))
    work.session.execute(delete(_TIES).where(here))
    terms = terms_of(cycle)
    found = {person.expert_id: ties(person, terms) for person in persons(work, cycle, expert_ids)}
    sisters = _sisters(
        work, cycle.world, (tie.uscc for each in found.values() for tie in each if tie.ground == GROUP)
    )
    rows = [
        {
            "cycle_id": cycle.cycle_id,
            "expert_id": expert_id,
            "position": position,
            "ground": tie.ground,
            "source": tie.source,
            "uscc": tie.uscc,
            "application_id": tie.application_id,
            "since": tie.since,
        }
        for expert_id, each in found.items()
        for position, tie in enumerate(spread(each, sisters))
    ]
    if rows:
        work.session.execute(_TIES.insert(), rows)


def spread(found: Iterable[Tie], sisters: Mapping[str, Collection[str]]) -> Iterator[Tie]:
    """Ties with each tie to an employer's group as one to each other code of the group."""
    for tie in found:
        if tie.ground == GROUP and tie.uscc is not None:
            yield from (replace(tie, uscc=code) for code in sorted(sisters.get(tie.uscc, ())))
        else:
            yield tie


def _sisters(work: Work, world: str, codes: Iterable[str | None]) -> dict[str, set[str]]:
    """By code: the other codes of the groups that applications name for it."""
    wanted = {code for code in codes if code is not None}
    if not wanted:
        return {}
    # One after the other: joined to itself, a table that was just filled is planned as if it held one row.
    here = _PARTIES.c.world == world
    named = select(_PARTIES.c.group_key).where(here, _PARTIES.c.uscc.in_(sorted(wanted)))
    keys = {key for key in work.session.execute(named.distinct()).scalars() if key is not None}
    if not keys:
        return {}
    told = (here, _PARTIES.c.group_key.in_(sorted(keys)))
    groups: dict[str, set[str]] = defaultdict(set)
    for row in work.session.execute(select(_PARTIES.c.group_key, _PARTIES.c.uscc).where(*told).distinct()):
        groups[row.group_key].add(row.uscc)
    found: dict[str, set[str]] = defaultdict(set)
    for together in groups.values():
        for code in together & wanted:
            found[code] |= together - {code}
    return found


def write_parties(work: Work, cycle: Cycle) -> None:
    """Put down anew all applications of a cycle, from their dossiers."""
    work.session.execute(delete(_PARTIES).where(_PARTIES.c.cycle_id == cycle.cycle_id))
    query = select(_DOSSIERS.c.application_id, _DOSSIERS.c.dossier)
    found = work.session.execute(query.where(_DOSSIERS.c.cycle_id == cycle.cycle_id))
    rows = [party(cycle, row.application_id, row.dossier) for row in found]
    if rows:
        work.session.execute(_PARTIES.insert(), rows)


def party(cycle: Cycle, application_id: str, dossier: Any) -> dict[str, Any]:
    """The row of an application."""
    return {
        "cycle_id": cycle.cycle_id,
        "application_id": application_id,
        "world": cycle.world,
        "uscc": dossier["uscc"],
        "group_key": group_key(dossier["facts"].get("group")),
    }


def _whole(row: Row[Any], standing: Person | None, more: list[Interest]) -> Person:
    own = [
        Interest(relation, application_id=application_id, source=OFFICE)
        for relation, ids in (("advised", row.advises), ("kin", row.kin_of))
        for application_id in ids
        if len(application_id) <= _LONGEST_ID  # nothing longer is an id
    ]
    if standing is not None:
        return Person(row.expert_id, standing.employments, (*standing.interests, *own, *more))
    employer = (Employment(row.employer, source=OFFICE),) if row.employer else ()
    return Person(row.expert_id, employer, (*own, *more))


def _advised(work: Work, cycle: Cycle, expert_ids: Ids) -> dict[str, list[Interest]]:
    found: dict[str, list[Interest]] = defaultdict(list)
    query = select(_ADVISERS).where(_ADVISERS.c.world == cycle.world, *_named(_ADVISERS, expert_ids))
    for row in work.session.execute(query.order_by(_ADVISERS.c.uscc)):
        found[row.expert_id].append(Interest("advised", row.uscc, since=row.registered_on, source=ADVISERS))
    return found


def _stated(work: Work, cycle: Cycle, expert_ids: Ids) -> dict[str, list[Interest]]:
    """What reviewers said of single applications; once stated, an interest stands."""
    found: dict[str, list[Interest]] = defaultdict(list)
    here = and_(_STATEMENTS.c.cycle_id == cycle.cycle_id, _STATEMENTS.c.interest.is_(True))
    query = select(_STATEMENTS).where(here, *_named(_STATEMENTS, expert_ids))
    for row in work.session.execute(query.order_by(_STATEMENTS.c.application_id, _STATEMENTS.c.number)):
        for relation in row.relations:
            found[row.expert_id].append(
                Interest(relation, application_id=row.application_id, source=STATEMENT)
            )
    return found


def _named(table: Table, expert_ids: Ids) -> Iterator[ColumnElement[bool]]:
    if expert_ids is not None:
        yield table.c.expert_id.in_(sorted(expert_ids))
