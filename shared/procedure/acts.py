"""谁以何身份办了什么: read from a service's own audit log, for the pairs of roles and of acts that exclude each other.

Only people are told of: what a service does by the clock, or because it heard an event of itself, is nobody's act. Acts without
a cycle are left out, and so are those that must stay confidential, which is why these name none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, case, func, or_, select, union_all

from shared.store import Work

MOST = 20_000  # rows of acts in one answer
_AT_ONCE = 100  # subjects in one statement


def acts(
    work: Work, audit: Table, cycle_ids: Iterable[str], actions: Iterable[str], subjects: Iterable[str] = ()
) -> dict[str, dict[str, Any]]:
    """The reply `Acts` of each cycle: in which roles each person acted in it, and who did which of the named acts on what.

    `cut` says that there were more acts of a cycle than its answer holds: those that were asked for last are missing then.
    """
    wanted = tuple(dict.fromkeys(actions))
    roles, done = _statements(audit, wanted)
    these = {"cycle_ids": list(cycle_ids)}
    found: dict[str, dict[str, Any]] = {
        each: {"service": work.service, "roles": [], "acts": [], "known": [], "cut": False}
        for each in these["cycle_ids"]
    }
    for row in work.session.execute(roles, these):
        found[row[0]]["roles"].append(
            {
                "actor": row[1],
                "role": row[2],
                "first_at": row[3].isoformat(),
                "entry": row[4],
                "times": row[5],
            }
        )
    for row in work.session.execute(done, {**these, "most": MOST + 1}) if wanted else ():
        told = found[row[0]]
        if len(told["acts"]) == MOST:
            told["cut"] = True
            continue
        told["acts"].append({
            "actor": row[1], "role": row[2], "action": row[3], "subject": row[4],
            "first_at": row[5].isoformat(), "entry": row[6], "times": row[7],
        })  # fmt: skip
    for cycle_id, known in _known(work, audit, found, sorted(set(subjects))).items():
        found[cycle_id]["known"] = sorted(known)
    return found


@lru_cache(maxsize=64)
def _statements(audit: Table, wanted: tuple[str, ...]) -> tuple[Select[Any], Select[Any]]:
    """Who acted in which roles, and who did which of the wanted: kept, for to put them together takes longer than to ask."""
    people = union_all(_by(audit, audit.c.actor), _by(audit, audit.c.delegated_by)).subquery()
    first, entry, times = func.min(people.c.at), func.min(people.c.id), func.count()
    person = (people.c.cycle_id, people.c.actor, people.c.role)
    roles = select(*person, first, entry, times).group_by(*person).order_by(*person)
    named = (*person, people.c.action, people.c.subject)
    rank = (
        case({action: place for place, action in enumerate(wanted)}, value=people.c.action)
        if wanted
        else entry
    )
    place = func.row_number().over(partition_by=people.c.cycle_id, order_by=(rank, entry)).label("place")
    each = (
        select(*named, first.label("first"), entry.label("entry"), times.label("times"), place)
        .where(people.c.action.in_(wanted))
        .group_by(*named)
        .subquery()
    )
    done = select(*list(each.c)).where(each.c.place <= bindparam("most")).order_by(each.c.place)
    return roles, done


def _known(work: Work, audit: Table, cycle_ids: Iterable[str], subjects: list[str]) -> dict[str, set[str]]:
    """Those of the subjects that each cycle's entries name, alone or as the last part of what they are about."""
    found: dict[str, set[str]] = defaultdict(set)
    for start in range(0, len(subjects), _AT_ONCE):
        some = subjects[start : start + _AT_ONCE]
        named = [audit.c.subject.endswith(f"/{each}", autoescape=True) for each in some]
        here = select(audit.c.cycle_id, audit.c.subject).where(
            audit.c.cycle_id.in_(cycle_ids), or_(audit.c.subject.in_(some), *named)
        )
        for cycle_id, subject in work.session.execute(here.distinct()):
            found[cycle_id] |= {each for each in some if subject == each or subject.endswith(f"/{each}")}
    return found


def _by(audit: Table, who: ColumnElement[Any]) -> Select[Any]:
    """What people did in the cycles that are named when it is asked: by whoever acted, or whoever lent the role for it, who
    counts as having done it too.
    """
    names = ("cycle_id", "role", "at", "id", "action", "subject")
    return select(who.label("actor"), *(audit.c[name] for name in names)).where(
        audit.c.cycle_id.in_(bindparam("cycle_ids", expanding=True)),
        who.is_not(None),
        audit.c.role.is_not(None),
        audit.c.role != "",
        audit.c.role != "public",
        ~audit.c.actor.startswith("system:"),
    )
