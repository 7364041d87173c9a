"""What intake 申报 tells of cycles and applications: opened, handed in, taken back, their people and files."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Event, Strict, count, day, fen, identifier, one_of, text
from shared.contracts.dossier import Dossier, UsccField
from shared.contracts.events.common import APPLICATION, CYCLE

_FILE = "0199a1b2c3d87e5f8a9b0c1d2e3f4a5e"


class CycleOpened(Event):
    """A cycle was opened and pinned to one version of one rulebook for its whole life."""

    NAME = "cycle.opened"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "rulebook": "example-2025",
        "rulebook_sha256": "ab" * 32,
        "year": 2025,
        "opens_on": "2025-05-12",
        "closes_on": "2025-06-13",
        "budget_fen": 300000000,
        "rehearsal": True,
    }

    cycle_id = identifier()
    rulebook = text()
    rulebook_sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    year = fields.Integer(required=True, strict=True)
    opens_on = day()
    closes_on = day()
    budget_fen = fen(required=False)
    rehearsal = fields.Boolean(required=True, truthy={True}, falsy={False})


class DossierPerson(Strict):
    """Somebody on a dossier, by the account's subject, and what the part there is."""

    subject = text()
    part = one_of("lead", "editor", "reader")


class ApplicationAccepted(Event):
    """An application came in time; its dossier is frozen and handed on whole."""

    NAME = "application.accepted"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "sequence": 1,
        "dossier": {
            "name": "示例精密仪器有限公司",
            "kind": "organization",
            "uscc": "91310105MAXY50013E",
            "applicant_key": "organization:91310105MAXY50013E",
            "category": None,
            "submitted_on": "2025-05-19",
            "recommended_by": "示例街道",
            "nominated_by": None,
            "facts": {"region": "示例市示例区", "profit_yuan": {"2024": 1}},
            "materials": ["application_form", "self_assessment", "proofs"],
        },
        "dossier_digest": "sha256:" + "cd" * 32,
        "people": [{"subject": "anna", "part": "lead"}],
        "people_version": "0199a1b2c3d97e5f8a9b0c1d2e3f4a5f",
    }

    cycle_id = identifier()
    application_id = identifier()
    sequence = count(least=1)
    dossier = fields.Nested(Dossier, required=True)
    dossier_digest = text()
    people = fields.List(fields.Nested(DossierPerson), load_default=list)
    people_version = identifier(required=False)


class ApplicationWithdrawn(Event):
    """The applicant took its application back; from now on it counts nowhere."""

    NAME = "application.withdrawn"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"cycle_id": CYCLE, "application_id": APPLICATION, "withdrawn_on": "2025-06-24"}

    cycle_id = identifier()
    application_id = identifier()
    withdrawn_on = day()


class DossierPeopleChanged(Event):
    """Who is on the dossier of an application that was accepted: all of them, from now on.

    Versions are ids in the order of time; an older one that comes later is no news.
    """

    NAME = "dossier.people_changed"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "people": [{"subject": "anna", "part": "lead"}, {"subject": "bruno", "part": "reader"}],
        "people_version": "0199a1b2c3da7e5f8a9b0c1d2e3f4a60",
    }

    cycle_id = identifier()
    application_id = identifier()
    people = fields.List(fields.Nested(DossierPerson), required=True)
    people_version = identifier()


class ApplicationNotAccepted(Event):
    """An application that no stage will see: it came late, or was taken back before it was submitted.

    What is owed to the applicant all the same, such as the pool's grant, needs to know of it.
    """

    NAME = "application.not_accepted"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "applicant_key": "organization:91310105MAXY50013E",
        "uscc": "91310105MAXY50013E",
        "status": "late",
    }

    cycle_id = identifier()
    application_id = identifier()
    applicant_key = text()
    uscc = UsccField(required=True)
    status = one_of("late", "withdrawn")


class FileReceived(Event):
    """A file was handed in and is to be looked into; intake's own work, put on the bus so that any replica may do it."""

    NAME = "file.received"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"cycle_id": CYCLE, "application_id": APPLICATION, "file_id": _FILE}

    cycle_id = identifier()
    application_id = identifier()
    file_id = identifier()


EVENTS: tuple[type[Event], ...] = (
    CycleOpened,
    ApplicationAccepted,
    ApplicationWithdrawn,
    DossierPeopleChanged,
    ApplicationNotAccepted,
    FileReceived,
)
