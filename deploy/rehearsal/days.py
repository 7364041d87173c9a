"""The days that the player plays, by the official calendar. Pure but for the calendar's data."""

from __future__ import annotations

from datetime import date, timedelta

from shared.calendar import Window, WorkCalendar
from shared.rulebooks import Rulebook


def closing_day(closes_on: date) -> date:
    """The day on which the office closes the submission: the one after the last."""
    return closes_on + timedelta(days=1)


def objection_day(calendar: WorkCalendar, first_day: date, last_day: date) -> date:
    """A notice's second working day; the first where it has no other."""
    window = Window(first_day, last_day)
    return first_day if first_day == last_day else calendar.nth_day(window, 2)


def reaches(calendar: WorkCalendar, rulebook: Rulebook, closes_on: date, stage: str) -> date:
    """The day on which a stage begins where nothing else hinders it. Raises CalendarNotPublished."""
    ended = closes_on
    for phase in rulebook.procedure[1:]:
        begins = calendar.next_working_day(ended)
        if any(each.key == stage for each in phase.stages):
            return begins
        ended = max(
            calendar.window(begins, each.working_days).last if each.working_days else begins
            for each in phase.stages
        )
    raise KeyError(stage)
