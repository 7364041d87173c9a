"""办理期限: how many working days each step of an objection has, when they end, and what is overdue. Pure.

No text gives these numbers of days; they are the installation's. A step begins on the working day after the one before it was
done. Where a year's calendar is not published yet its end is not known: it is said so, and nothing is late by a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.eligibility.objections.states import State
from shared.calendar import CalendarNotPublished, WorkCalendar
from shared.config import Settings

Standing = Literal["in_time", "last_day", "overdue", "unknown"]

# Which step is awaited in a state; where there is none the state is an end.
STEPS: Mapping[State, str] = {
    State.RECEIVED: "acceptance",
    State.ACCEPTED: "inquiry",
    State.INQUIRY: "answer",
    State.HEARD: "ruling",
    State.UPHELD: "appeal",
    State.DISMISSED: "appeal",
    State.APPEALED: "decision",
}
OURS = frozenset(
    {"acceptance", "inquiry", "ruling", "decision"}
)  # steps that the office owes; the others are rights


@dataclass(frozen=True)
class Terms:
    """Working days of each step."""

    acceptance: int
    inquiry: int
    answer: int
    ruling: int
    appeal: int
    decision: int

    def __post_init__(self) -> None:
        for step in ("acceptance", "inquiry", "answer", "ruling", "appeal", "decision"):
            if getattr(self, step) < 1:
                raise ValueError(f"objection_{step}_days: at least one working day")

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """The terms that the settings say. Raises ValueError for less than a day."""
        return cls(
            acceptance=settings.objection_acceptance_days,
            inquiry=settings.objection_inquiry_days,
            answer=settings.objection_answer_days,
            ruling=settings.objection_ruling_days,
            appeal=settings.objection_appeal_days,
            decision=settings.objection_decision_days,
        )

    def days_in(self, state: State) -> int | None:
        """The working days of the step that is awaited in a state; None where none is."""
        step = STEPS.get(state)
        return None if step is None else int(getattr(self, step))


@dataclass(frozen=True)
class Due:
    """The step that is awaited, and the last day for it: None where the year's calendar is not known yet."""

    step: str
    on: date | None
    standing: Standing
    late_days: int = 0  # calendar days since the last day


def last_day(calendar: WorkCalendar, since: date, days: int) -> date | None:
    """The `days`-th working day after `since`; None where a day of it lies in a year that is not published."""
    if since == date.max:
        return None
    try:
        return calendar.window(since + timedelta(days=1), days).last
    except CalendarNotPublished:
        return None


def due(
    calendar: WorkCalendar, state: str, since: date | None, days: int | None, today: date, terms: Terms
) -> Due | None:
    """What is awaited now, and how it stands; None in an end, and where nothing was set.

    An answer that did not come by its last day is awaited no more: from then on the ruling is.
    """
    step = STEPS.get(State(state))
    if step is None or since is None or days is None:
        return None
    on = last_day(calendar, since, days)
    if step == "answer" and on is not None and today > on:
        step, on = "ruling", last_day(calendar, on, terms.ruling)
    if on is None:
        return Due(step, None, "unknown")
    if today > on:
        return Due(step, on, "overdue", (today - on).days)
    return Due(step, on, "last_day" if today == on else "in_time")


def is_over(calendar: WorkCalendar, since: date | None, days: int | None, today: date) -> bool:
    """Whether a right has lapsed. It has not where its last day is not known."""
    if since is None or days is None:
        return True
    on = last_day(calendar, since, days)
    return on is not None and today > on
