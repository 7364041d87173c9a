"""部门经办人的提醒: of what a department is told today of all its open enquiries together, if of anything. Pure.

A cycle raises thousands of enquiries, so none has a message of its own: a department hears at most once a day, of the gravest
that is new: that some went unanswered, that some are due soon, that some came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Waiting:
    """A department's open enquiries of a cycle: how many, the newest that lies with people, the first day that one is due, how
    many went unanswered.
    """

    count: int
    newest: datetime | None
    first_due: date | None
    silent: int


@dataclass(frozen=True)
class Told:
    """What the department was told last, and when."""

    on: date
    newest: datetime | None
    due_on: date | None
    silent: int


def kind(waiting: Waiting, told: Told | None, today: date, days: int) -> str | None:
    """What is to be told today; `days` before its last day one is due soon. None: nothing, or it was told something today."""
    if waiting.count == 0 or (told is not None and told.on >= today):
        return None
    if waiting.silent > (0 if told is None else told.silent):
        return "enquiries_silent"
    due = waiting.first_due
    if due is not None and 0 <= (due - today).days <= days and (told is None or told.due_on != due):
        return "enquiries_due"
    if waiting.newest is not None and (told is None or told.newest is None or told.newest < waiting.newest):
        return "enquiries_waiting"
    return None
