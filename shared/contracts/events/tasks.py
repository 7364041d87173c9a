"""待办: what waits for somebody who works on a cycle, told for the sake of messages alone."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Event, count, day, identifier, one_of, optional_text, text
from shared.contracts.events.common import CYCLE

TASKS = (
    "enquiries_waiting", "enquiries_due", "enquiries_silent",  # department clerks
    "meeting_called", "meeting_papers", "ballot_opened",  # committee members
    "sheets_owed",  # reviewers
    "batch_waiting", "batch_approved", "batch_returned",  # finance
    "objection_raised",  # the office, discipline inspection
    "alerts_found",  # discipline inspection
)  # fmt: skip


class TaskWaiting(Event):
    """Something of a real cycle waits for people: those named, else whoever's role it is by its kind, of this body if one is
    named, but for those left out.

    `task` is what it is about, and is told once; what it says is read by nobody. Nothing of the matter is here but how much waits
    and until when.
    """

    NAME = "task.waiting"
    PUBLISHERS = ("intake", "eligibility", "review", "committee", "incentives")
    EXAMPLE = {
        "cycle_id": CYCLE,
        "kind": "sheets_owed",
        "task": "sheets/document_review/E2",
        "people": ["E2"],
        "unit": None,
        "left_out": [],
        "count": 12,
        "due_on": "2025-06-24",
    }

    cycle_id = identifier()
    kind = one_of(*TASKS)
    task = text()
    people = fields.List(text(), load_default=list, validate=validate.Length(max=500))
    unit = optional_text()
    left_out = fields.List(text(), load_default=list, validate=validate.Length(max=500))
    count = count(required=False)
    due_on = day(required=False)


class TaskSettled(Event):
    """It waits no more: nobody is reminded of it, however late this comes or early."""

    NAME = "task.settled"
    PUBLISHERS = ("review",)
    EXAMPLE = {"cycle_id": CYCLE, "task": "sheets/document_review/E2"}

    cycle_id = identifier()
    task = text()


EVENTS: tuple[type[Event], ...] = (TaskWaiting, TaskSettled)
