"""Which event becomes which message, to whom, and when. Pure.

People are named in three ways: as those of a dossier, as an expert of the register (whose account bears the expert's id), or as
whoever holds a role. Values are plain JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from shared.clock import SHANGHAI
from shared.contracts.operations import CLERK, DISCIPLINE, FINANCE, OFFICE

Data = Mapping[str, Any]
_SHOWN_THERE = {"zh": "系统所示日期", "en": "the day shown there"}


@dataclass(frozen=True)
class Letter:
    """A message before anybody is found who reads it.

    `dossier`: everybody on the dossier of `application_id`; `people`: these subjects; `role`: all who hold it, and act for `unit`
    where one is named; none of those `left_out`. `at` is when it becomes due, None for now. `topic` names what it is about, so
    that what was settled is not asked for any more.
    """

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    dossier: bool = False
    people: tuple[str, ...] = ()
    role: str | None = None
    unit: str | None = None
    left_out: tuple[str, ...] = ()
    cycle_id: str | None = None
    application_id: str | None = None
    at: datetime | None = None
    topic: str | None = None


def _of_dossier(template: str, data: Data, **values: Any) -> Letter:
    return Letter(
        template, values, dossier=True, cycle_id=data["cycle_id"], application_id=data["application_id"]
    )


def accepted(data: Data) -> list[Letter]:
    """The office signed for an application."""
    return [_of_dossier("application_accepted", data)]


def withdrawn(data: Data) -> list[Letter]:
    """An application was taken back."""
    return [_of_dossier("application_withdrawn", data)]


def correction_topic(application_id: str) -> str:
    """What the messages about an application's correction are about."""
    return f"correction/{application_id}"


def correction(data: Data, days: Iterable[int], now: datetime, hour: int) -> list[Letter]:
    """Now, and again so many days before the last day at a full hour, where that is still to come."""
    people = tuple(person["subject"] for person in data["people"])
    about = {
        "people": people, "cycle_id": data["cycle_id"], "application_id": data["application_id"],
        "topic": correction_topic(data["application_id"]),
    }  # fmt: skip
    values = {"due_on": data["due_on"].isoformat()}
    found = [Letter("correction_asked", values, **about)]
    for at in reminders(data["due_on"], days, hour):
        if at.date() > now.date():  # the first message was of today
            found.append(Letter("correction_due", values, at=at, **about))
    return found


def reminders(due_on: date, days: Iterable[int], hour: int) -> list[datetime]:
    """So many days before a day (negative: after it), each at a full hour in Asia/Shanghai, the earliest first."""
    return [
        datetime.combine(due_on - timedelta(days=each), time(hour), SHANGHAI)
        for each in sorted(set(days), reverse=True)
    ]


def sanction(data: Data) -> list[Letter]:
    """After a breach: the winner is told that there is something to read, not what."""
    return [_of_dossier("award_matter", data)]


def answer_asked(data: Data) -> list[Letter]:
    """An applicant is asked for an answer; to what it reads after signing in."""
    if data["answer_by"] is None:
        return [_of_dossier("answer_asked", data, due_on=_SHOWN_THERE)]
    return [_of_dossier("answer_asked", data, due_on=data["answer_by"].isoformat())]


def tracking_owed(data: Data) -> list[Letter]:
    """A winner owes something in the years after."""
    return [_of_dossier("tracking_owed", data, due_on=data["owed_on"].isoformat())]


def payback(data: Data) -> list[Letter]:
    """Money is to be paid back: to whoever owes it, and to finance."""
    due_on = data["due_on"].isoformat()
    finance = Letter("payback_overdue", {"due_on": due_on}, role=FINANCE, cycle_id=data["cycle_id"])
    return [_of_dossier("payback_due", data, due_on=due_on), finance]


def offered(data: Data) -> list[Letter]:
    """An expert is told that something waits, and nothing of what."""
    values = {"count": data["applications"], "answer_by": data["answer_by"]}
    return [Letter("assignment_offered", values, people=(data["expert_id"],), cycle_id=data["cycle_id"])]


def declaration(data: Data) -> list[Letter]:
    """An expert of the real register owes its declaration."""
    if data["world"] != "real":
        return []
    return [Letter("declaration_due", {"due_on": data["due_on"].isoformat()}, people=(data["expert_id"],))]


def to_office(template: str, data: Data) -> list[Letter]:
    """The office is told that something of a cycle waits for it."""
    return [Letter(template, role=OFFICE, cycle_id=data["cycle_id"])]


def records_differ(data: Data) -> list[Letter]:
    """An officer has to decide, unless one has."""
    return to_office("records_differ", data) if data["decided_by"] is None else []


def approved(data: Data) -> list[Letter]:
    """Finance may begin to prepare."""
    return [Letter("award_approved", role=FINANCE, cycle_id=data["cycle_id"])]


@dataclass(frozen=True)
class Told:
    """How a kind of task is told: by which message, to those named or else to whoever holds `role`, and reminded of by which."""

    template: str
    role: str | None = None
    reminder: str | None = None


TASKS: Mapping[str, tuple[Told, ...]] = {
    "enquiries_waiting": (Told("enquiries_waiting", CLERK),),
    "enquiries_due": (Told("enquiries_due", CLERK),),
    "enquiries_silent": (Told("enquiries_silent", CLERK),),
    "meeting_called": (Told("meeting_called"),),
    "meeting_papers": (Told("meeting_papers"),),
    "ballot_opened": (Told("ballot_opened"),),
    "sheets_owed": (Told("sheets_owed", reminder="sheets_due"),),
    "batch_waiting": (Told("batch_waiting", FINANCE),),
    "batch_approved": (Told("batch_approved"),),
    "batch_returned": (Told("batch_returned"),),
    "objection_raised": (Told("objection_waiting", OFFICE), Told("objection_noted", DISCIPLINE)),
    "alerts_found": (Told("alerts_found", DISCIPLINE),),
}


def task_topic(data: Data) -> str:
    """What the messages about a task are about."""
    return f"task/{data['cycle_id']}/{data['task']}"


def task(data: Data, days: Iterable[int], now: datetime, hour: int) -> list[Letter]:
    """Now; and where it has a last day and is one to be reminded of, again so many days before it."""
    due_on: date | None = data["due_on"]
    values: dict[str, Any] = {"due_on": _SHOWN_THERE if due_on is None else due_on.isoformat()}
    if data["count"] is not None:
        values["count"] = data["count"]
    found = []
    for told in TASKS[data["kind"]]:
        to = Letter(
            told.template, values, people=tuple(data["people"]), role=None if data["people"] else told.role,
            unit=data["unit"], left_out=tuple(data["left_out"]), cycle_id=data["cycle_id"], topic=task_topic(data),
        )  # fmt: skip
        found.append(to)
        if told.reminder is not None and due_on is not None:
            later = [at for at in reminders(due_on, days, hour) if at.date() > now.date()]
            found += [replace(to, template=told.reminder, at=at) for at in later]
    return found
