"""What intake 部门征询 tells of the departments' records: asked, answered, asked again, reported by an agency."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Event, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import DEPARTMENTS, Record, UsccField
from shared.contracts.events.common import APPLICATION, CYCLE

RECHECK_PURPOSES = ("committee", "payment")  # before what the departments are asked again


class EnquiryRaised(Event):
    """A department is to be asked; intake's own work, put on the bus so that any replica may do it."""

    NAME = "enquiry.raised"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "department": "safety",
        "revision": 1,
    }

    cycle_id = identifier()
    application_id = identifier()
    department = one_of(*DEPARTMENTS)
    revision = count(least=1)


class RecordsAnswered(Event):
    """A department answered an enquiry, or stayed silent for as long as the enquiry was pressed.

    An empty list is a clean record; `answered: false` is none, and never becomes one.
    """

    NAME = "records.answered"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "department": "safety",
        "answered": True,
        "records": [{"kind": "accident", "on": "2023-10-12", "severity": "一般", "liable": True}],
        "attempts": 1,
        "answer_digest": "sha256:" + "ef" * 32,
        "revision": 1,
    }

    cycle_id = identifier()
    application_id = identifier()
    department = one_of(*DEPARTMENTS)
    answered = fields.Boolean(required=True, truthy={True}, falsy={False})
    records = fields.List(fields.Nested(Record), load_default=None, allow_none=True)
    attempts = count(least=1)
    answer_digest = optional_text()
    revision = count(least=1)


class RecordsConfirmed(Event):
    """The departments were asked again before the committee or a payment: the application may go on.

    Their answers are what they were, or a named officer let it go on (`decided_by`, with the reason). `revision` counts
    what was told of this application and purpose, since this event and `records.differ` may overtake each other.
    """

    NAME = "records.confirmed"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "purpose": "committee",
        "revision": 1,
        "digest": "sha256:" + "ab" * 32,
        "confirmed_on": "2025-06-26",
        "valid_until": "2025-09-24",
        "decided_by": None,
        "reason": None,
    }

    cycle_id = identifier()
    application_id = identifier()
    purpose = one_of(*RECHECK_PURPOSES)
    revision = count(least=1)
    digest = text()
    confirmed_on = day()
    valid_until = day(required=False)
    decided_by = optional_text()
    reason = optional_text(500)


class RecordsDiffer(Event):
    """A department, asked again, said something else than before: the application waits for a named officer.

    `decided_by` is given where the officer has decided that it goes no further.
    """

    NAME = "records.differ"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "purpose": "payment",
        "revision": 1,
        "departments": ["safety"],
        "reason_zh": "复核结果与原答复不一致：safety",
        "reason_en": "asked again, safety answered differently",
        "decided_by": None,
    }

    cycle_id = identifier()
    application_id = identifier()
    purpose = one_of(*RECHECK_PURPOSES)
    revision = count(least=1)
    departments = fields.List(one_of(*DEPARTMENTS), required=True)
    reason_zh = text(longest=500)
    reason_en = text(longest=500)
    decided_by = optional_text()


class RecordReported(Event):
    """An agency reported an adverse record of an organization, by its own reference. Whether it stops an application is
    for people to decide.
    """

    NAME = "record.reported"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "record_id": APPLICATION,
        "department": "safety",
        "reference": "AJ-2025-0117",
        "uscc": "91310105MAXY50013E",
        "record": {"kind": "accident", "on": "2025-05-28", "severity": "较大", "liable": True},
        "evidence": "(2025) 12",
        "reported_on": "2025-06-03",
        "digest": "sha256:" + "ab" * 32,
    }

    record_id = identifier()
    department = text(longest=40)
    reference = text(longest=100)
    uscc = UsccField(required=True)
    record = fields.Nested(Record, required=True)
    evidence = text(longest=500)
    reported_on = day()
    digest = text()


class RecordsDestroyed(Event):
    """销毁: a signed destruction list was carried out: everybody destroys what it has of these applications.

    The facts that stay are named by each service; a list of more applications than one event holds comes in several.
    """

    NAME = "records.destroyed"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "list_id": APPLICATION,
        "application_ids": [APPLICATION],
        "destroyed_on": "2036-03-02",
    }

    cycle_id = identifier()
    list_id = identifier()
    application_ids = fields.List(identifier(), required=True, validate=validate.Length(min=1, max=500))
    destroyed_on = day()


EVENTS: tuple[type[Event], ...] = (
    EnquiryRaised,
    RecordsAnswered,
    RecordsConfirmed,
    RecordsDiffer,
    RecordReported,
    RecordsDestroyed,
)
