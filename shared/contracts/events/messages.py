"""What notifications 通知 tells, and what others tell for its sake alone: somebody has to do something by a day."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Event, day, identifier, one_of
from shared.contracts.events.applications import DossierPerson
from shared.contracts.events.common import APPLICATION, CYCLE

OWED_IN_TRACKING = ("report", "correction", "warning", "visit", "order")


class CorrectionAsked(Event):
    """补正: the office returned an application, to be mended until a day. What is to be mended stays on the dossier.

    The people are named here: before it is accepted nobody else has heard of an application.
    """

    NAME = "correction.asked"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "due_on": "2025-06-20",
        "people": [{"subject": "anna", "part": "lead"}],
    }

    cycle_id = identifier()
    application_id = identifier()
    due_on = day()
    people = fields.List(fields.Nested(DossierPerson), required=True)


class CorrectionSettled(Event):
    """Nothing waits for the correction any more: it was handed in, or the application went on or back without it."""

    NAME = "correction.settled"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"cycle_id": CYCLE, "application_id": APPLICATION}

    cycle_id = identifier()
    application_id = identifier()


class AnswerAsked(Event):
    """听取意见: an applicant is asked to say something to an objection, or to a charge against its award; to what, is not here.

    `answer_by` is not given where the calendar of that year is not published yet.
    """

    NAME = "answer.asked"
    PUBLISHERS = ("eligibility",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "what": "objection",
        "answer_by": "2025-06-27",
    }

    cycle_id = identifier()
    application_id = identifier()
    what = one_of("objection", "award")
    answer_by = day(required=False)


class PaybackReminded(Event):
    """催缴: somebody who has to pay an award's money back is reminded of it. How much is overdue is not said here."""

    NAME = "payback.reminded"
    PUBLISHERS = ("incentives",)
    EXAMPLE = {"cycle_id": CYCLE, "application_id": APPLICATION, "due_on": "2026-06-01"}

    cycle_id = identifier()
    application_id = identifier()
    due_on = day()


class TrackingOwed(Event):
    """跟踪催报: a winner owes something by a day and is reminded of it, before or after that day."""

    NAME = "tracking.owed"
    PUBLISHERS = ("incentives",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "what": "report",
        "owed_on": "2027-03-31",
    }

    cycle_id = identifier()
    application_id = identifier()
    what = one_of(*OWED_IN_TRACKING)
    owed_on = day()


class MessageDue(Event):
    """A message is to be sent by mail or to a telephone; notifications' own work, put on the bus so that any replica may do it.

    It names the delivery and nothing of it: address and text stay where they are kept.
    """

    NAME = "message.due"
    PUBLISHERS = ("notifications",)
    EXAMPLE = {"delivery_id": APPLICATION}

    delivery_id = identifier()


EVENTS: tuple[type[Event], ...] = (
    AnswerAsked,
    CorrectionAsked,
    CorrectionSettled,
    PaybackReminded,
    TrackingOwed,
    MessageDue,
)
