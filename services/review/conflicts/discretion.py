"""What of a real cycle's conflicts the award office is told by name, held in the query.

It appoints and answers for each recusal: so it reads those of reviewers whose panel is released, and what it entered itself.
Before that it has numbers, since it may still draw anew. What a reviewer stated on an application is told as declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, exists, or_, true

from services.review import models
from services.review.conditions import PAIR, agree
from services.review.conflicts.grounds import DECLARED, OFFICE, STATEMENT
from services.review.conflicts.recusals import worded
from services.review.seating.states import Assigned
from shared.contracts.operations import OFFICE as AWARD_OFFICE
from shared.procedure import Cycle
from shared.store import Work

_ASSIGNMENTS = models.assignments


def discreet(work: Work, cycle: Cycle) -> bool:
    """Whether whoever asks is told with discretion; discipline inspection and the auditors read everything."""
    return work.context.role == AWARD_OFFICE and not cycle.rehearsal


def told_to(work: Work, cycle: Cycle, table: FromClause) -> ColumnElement[bool]:
    """The condition on conflicts and recusals of a cycle that whoever asks is told of them by name."""
    return told_of(work, [cycle], table)


def told_of(work: Work, cycles: Iterable[Cycle], table: FromClause) -> ColumnElement[bool]:
    """The same of several cycles."""
    with_discretion = [cycle.cycle_id for cycle in cycles if discreet(work, cycle)]
    if not with_discretion:
        return true()
    serves = exists().where(agree(_ASSIGNMENTS, table, PAIR), _ASSIGNMENTS.c.state != Assigned.DRAFTED.value)
    elsewhere = table.c.cycle_id.not_in(with_discretion)
    return or_(elsewhere, table.c.source == OFFICE, serves.correlate(table))


def ground_told(work: Work, cycle: Cycle, table: FromClause) -> ColumnElement[Any]:
    """The ground as whoever asks is told it: what a filter is held against."""
    if not discreet(work, cycle):
        ground: ColumnElement[Any] = table.c.ground
        return ground
    return case((table.c.source == STATEMENT, DECLARED), else_=table.c.ground)


def veiled(work: Work, cycle: Cycle, line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a reply as whoever asks may have it: the same, or with what the reviewer stated as an interest declared."""
    if line["source"] != STATEMENT or not discreet(work, cycle):
        return dict(line)
    rule = cycle.rulebook.recusal_rule(DECLARED) or line["rule"]
    words = worded(line["expert_id"], line["application_id"], DECLARED, rule)
    return {
        **line,
        "ground": DECLARED,
        "rule": rule,
        "reason_zh": words.reason_zh,
        "reason_en": words.reason_en,
    }
