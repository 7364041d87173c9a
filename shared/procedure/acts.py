"""谁以何身份办了什么: read from a service's own audit log, for the pairs of roles and of acts that exclude each other.

Only people are told of: what a service does by the clock, or because it heard an event of itself, is nobody's act. Acts without
a cycle are left out, and so are those that must stay confidential, which is why these name none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, case, func, or_, select, union_all

from shared.store import Work

MOST = 20_000  # rows of acts in one answer
_AT_ONCE = 100  # subjects in one statement


def acts(
    work: Work, audit: Table, cycle_id: str, actions: Iterable[str], subjects: Iterable[str] = ()
) -> dict[str, Any]:
    """The reply `Acts`: in which roles each person acted in a cycle, and who did which of the named acts on what.

    `cut` says that there were more acts than one answer holds: those that were asked for last are missing then.
    """
    wanted = tuple(dict.fromkeys(actions))
    roles, done = _statements(audit, wanted)
    this = {"cycle_id": cycle_id}
    rows = work.session.execute(done, this).all() if wanted else []
    return {
        "service": work.service,
        "roles": [
            {"actor": row[0], "role": row[1], "first_at": row[2].isoformat(), "entry": row[3], "times": row[4]}
            for row in work.session.execute(roles, this)
        ],
        "acts": [
            {
                "actor": row[0], "role": row[1], "action": row[2], "subject": row[3],
                "first_at": row[4].isoformat(), "entry": row[5], "times": row[6],
            }
            for row in rows[:MOST]
        ],
        "known": _known(work, audit, cycle_id, sorted(set(subjects))),
        "cut": len(rows) > MOST,
    }  # fmt: skip


@lru_cache(maxsize=64)
def _statements(audit: Table, wanted: tuple[str, ...]) -> tuple[Select[Any], Select[Any]]:
    """Who acted in which roles, and who did which of the wanted: kept, for to put them together takes longer than to ask."""
    people = union_all(_by(audit, audit.c.actor), _by(audit, audit.c.delegated_by)).subquery()
    first, entry, times = func.min(people.c.at), func.min(people.c.id), func.count()
    roles = (
        select(people.c.actor, people.c.role, first, entry, times)
        .group_by(people.c.actor, people.c.role)
        .order_by(people.c.actor, people.c.role)
    )
    named = (people.c.actor, people.c.role, people.c.action, people.c.subject)
    rank = (
        case({action: place for place, action in enumerate(wanted)}, value=people.c.action)
        if wanted
        else entry
    )
    done = (
        select(*named, first, entry, times)
        .where(people.c.action.in_(wanted))
        .group_by(*named)
        .order_by(rank, entry)
        .limit(MOST + 1)
    )
    return roles, done


def _known(work: Work, audit: Table, cycle_id: str, subjects: list[str]) -> list[str]:
    """Those of the subjects that the cycle's entries name, alone or as the last part of what they are about."""
    found: set[str] = set()
    for start in range(0, len(subjects), _AT_ONCE):
        some = subjects[start : start + _AT_ONCE]
        named = [audit.c.subject.endswith(f"/{each}", autoescape=True) for each in some]
        here = select(audit.c.subject).where(
            audit.c.cycle_id == cycle_id, or_(audit.c.subject.in_(some), *named)
        )
        for subject in work.session.execute(here.distinct()).scalars():
            found |= {each for each in some if subject == each or subject.endswith(f"/{each}")}
    return sorted(found)


def _by(audit: Table, who: ColumnElement[Any]) -> Select[Any]:
    """What people did in the cycle that is named when it is asked: by whoever acted, or whoever lent the role for it, who counts
    as having done it too.
    """
    columns = (who.label("actor"), *(audit.c[name] for name in ("role", "at", "id", "action", "subject")))
    return select(*columns).where(
        audit.c.cycle_id == bindparam("cycle_id"),
        who.is_not(None),
        audit.c.role.is_not(None),
        audit.c.role != "",
        audit.c.role != "public",
        ~audit.c.actor.startswith("system:"),
    )
