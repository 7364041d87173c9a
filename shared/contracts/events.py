"""Every event: what a service tells the others, in the past tense.

The stage events are the same for all owners of stages: the rulebook's procedure says who owns which.
"""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import (
    Event,
    Strict,
    count,
    day,
    fen,
    identifier,
    one_of,
    optional_text,
    text,
)
from shared.contracts.dossier import DEPARTMENTS, Dossier, Record, UsccField

STAGE_OWNERS = ("intake", "eligibility", "review", "committee", "incentives")
# Intake writes its own stage straight into its timeline: nobody else would hear of it.
_TOLD_TO_INTAKE = tuple(owner for owner in STAGE_OWNERS if owner != "intake")
FINAL_STATUSES = (
    "awarded",
    "not_awarded",
    "ineligible",
    "late",
    "withdrawn",
    "objection_upheld",
    "awaiting_records",
    "revoked",
)
RECHECK_PURPOSES = ("committee", "payment")  # before what the departments are asked again
AFTER_AWARD_EVENTS = ("major_accident", "major_matter", "fraud", "title_misuse")

_CYCLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
_APPLICATION = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"
_FILE = "0199a1b2c3d87e5f8a9b0c1d2e3f4a5e"


def stage_key() -> fields.String:
    """A step of the procedure: `document_review`, `notice:award`."""
    return fields.String(required=True, validate=validate.Regexp(r"^[a-z_]+(:[a-z_]+)?\Z"))


class CycleOpened(Event):
    """A cycle was opened and pinned to one version of one rulebook for its whole life."""

    NAME = "cycle.opened"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": _CYCLE,
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
        "cycle_id": _CYCLE,
        "application_id": _APPLICATION,
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
    EXAMPLE = {"cycle_id": _CYCLE, "application_id": _APPLICATION, "withdrawn_on": "2025-06-24"}

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
        "cycle_id": _CYCLE,
        "application_id": _APPLICATION,
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
        "cycle_id": _CYCLE,
        "application_id": _APPLICATION,
        "applicant_key": "organization:91310105MAXY50013E",
        "uscc": "91310105MAXY50013E",
        "status": "late",
    }

    cycle_id = identifier()
    application_id = identifier()
    applicant_key = text()
    uscc = UsccField(required=True)
    status = one_of("late", "withdrawn")


class ApplicationStopped(Event):
    """An application ends between two stages, by a decision of the office or of the owner of the next stage."""

    NAME = "application.stopped"
    PUBLISHERS = ("intake", "review", "committee")
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "application_id": _APPLICATION,
        "status": "not_awarded",
        "stopped_at": "document_review",
        "reason_zh": "未列入现场评审名单",
        "reason_en": "not on the list for the site review",
    }

    cycle_id = identifier()
    application_id = identifier()
    status = one_of(*FINAL_STATUSES)
    stopped_at = stage_key()
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class EnquiryRaised(Event):
    """A department is to be asked; intake's own work, put on the bus so that any replica may do it."""

    NAME = "enquiry.raised"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "application_id": _APPLICATION,
        "department": "safety",
        "revision": 1,
    }

    cycle_id = identifier()
    application_id = identifier()
    department = one_of(*DEPARTMENTS)
    revision = count(least=1)


class FileReceived(Event):
    """A file was handed in and is to be looked into; intake's own work, put on the bus so that any replica may do it."""

    NAME = "file.received"
    PUBLISHERS = ("intake",)
    EXAMPLE = {"cycle_id": _CYCLE, "application_id": _APPLICATION, "file_id": _FILE}

    cycle_id = identifier()
    application_id = identifier()
    file_id = identifier()


class RecordsAnswered(Event):
    """A department answered an enquiry, or stayed silent for as long as the enquiry was pressed.

    An empty list is a clean record; `answered: false` is none, and never becomes one.
    """

    NAME = "records.answered"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "application_id": _APPLICATION,
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
        "cycle_id": _CYCLE,
        "application_id": _APPLICATION,
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
        "cycle_id": _CYCLE,
        "application_id": _APPLICATION,
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


class PoolJoined(Event):
    """An organization is in the cultivation pool."""

    NAME = "pool.joined"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "uscc": "91310105MAXY50013E",
        "joined_on": "2025-03-01",
        "project_cost_fen": 35000000,
    }

    cycle_id = identifier()
    uscc = UsccField(required=True)
    joined_on = day()
    project_cost_fen = fen(required=False)
    membership_id = optional_text(64)  # who left may join again: each time is a membership of its own


class PoolLeft(Event):
    """An organization left the cultivation pool; what is judged from now on finds it outside."""

    NAME = "pool.left"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "membership_id": _APPLICATION,
        "uscc": "91310105MAXY50013E",
        "left_on": "2025-09-30",
        "by": "member",
    }

    cycle_id = identifier()
    membership_id = identifier()
    uscc = UsccField(required=True)
    left_on = day()
    by = one_of("member", "office")


class PoolCostApproved(Event):
    """The office approved the cost of a member's excellence-model project, after it had joined."""

    NAME = "pool.cost_approved"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "membership_id": _APPLICATION,
        "uscc": "91310105MAXY50013E",
        "project_cost_fen": 32000000,
        "approved_on": "2025-06-02",
    }

    cycle_id = identifier()
    membership_id = identifier()
    uscc = UsccField(required=True)
    project_cost_fen = fen()
    approved_on = day()


class PoolAdviserRegistered(Event):
    """An expert advises a member of the pool, and is from now on kept from its applications in every cycle."""

    NAME = "pool.adviser_registered"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "uscc": "91310105MAXY50013E",
        "expert_id": "E2",
        "since": "2025-02-01",
        "registered_on": "2025-02-10",
    }

    cycle_id = identifier()
    uscc = UsccField(required=True)
    expert_id = text(longest=40)
    since = day()
    registered_on = day()


class DeclarationDue(Event):
    """An expert of the register owes its yearly declaration of interests, and is asked for it once more. `step` is days before
    `due_on` (negative: after it); whoever sends mail finds the address with the register.
    """

    NAME = "declaration.due"
    PUBLISHERS = ("review",)
    EXAMPLE = {
        "world": "real",
        "expert_id": "E2",
        "state": "expiring",
        "due_on": "2025-06-30",
        "step": 30,
    }

    world = identifier()
    expert_id = text(longest=40)
    state = one_of("expiring", "expired", "missing")
    due_on = day()
    step = fields.Integer(required=True, strict=True)


class RecordReported(Event):
    """An agency reported an adverse record of an organization, by its own reference. Whether it stops an application is
    for people to decide.
    """

    NAME = "record.reported"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "record_id": _APPLICATION,
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


class StagePlanned(Event):
    """The stage before is over; this one begins on the day named, with these entrants."""

    NAME = "stage.planned"
    PUBLISHERS = _TOLD_TO_INTAKE
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "stage": "document_review",
        "begins_on": "2025-06-24",
        "entrants": [_APPLICATION],
    }

    cycle_id = identifier()
    stage = stage_key()
    begins_on = day()
    entrants = fields.List(identifier(), required=True)


class StageBegun(Event):
    """The stage runs: its panel is formed, its notice posted, its quorum found."""

    NAME = "stage.begun"
    PUBLISHERS = _TOLD_TO_INTAKE
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "stage": "notice:qualification",
        "begun_on": "2025-06-17",
        "ends_on": "2025-06-23",
        "entrants": [_APPLICATION],
    }

    cycle_id = identifier()
    stage = stage_key()
    begun_on = day()
    ends_on = day(required=False)
    entrants = fields.List(identifier(), required=True)


class Carried(Strict):
    """What one stage adds for the next ones; each field is given by the stage that decides it."""

    barred_levels = fields.List(fields.String())
    won_levels = fields.List(fields.String())  # of this jurisdiction's award, won before
    score = fields.String(validate=validate.Regexp(r"^[0-9]{1,3}(\.[0-9]{1,2})?\Z"))
    social_votes = fields.Integer(strict=True, validate=validate.Range(min=0))
    level = fields.String()
    track = fields.String()
    uses_quota = fields.Boolean(truthy={True}, falsy={False})
    award_rule = fields.String()


class Outcome(Strict):
    """What became of one entrant; `status` and `stopped_at` are given where it ends here."""

    application_id = identifier()
    passed = fields.Boolean(required=True, truthy={True}, falsy={False})
    status = one_of(*FINAL_STATUSES, required=False)
    stopped_at = fields.String(load_default=None, allow_none=True)
    reason_zh = fields.String(load_default="")
    reason_en = fields.String(load_default="")
    carried = fields.Nested(Carried, load_default=dict)


class StageClosed(Event):
    """A stage is over: the hand-over to whoever owns the next one."""

    NAME = "stage.closed"
    PUBLISHERS = STAGE_OWNERS
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "stage": "document_review",
        "closed_on": "2025-06-24",
        "outcomes": [
            {
                "application_id": _APPLICATION,
                "passed": True,
                "status": None,
                "stopped_at": None,
                "reason_zh": "",
                "reason_en": "",
                "carried": {"score": "86.00"},
            }
        ],
    }

    cycle_id = identifier()
    stage = stage_key()
    closed_on = day()
    outcomes = fields.List(fields.Nested(Outcome), required=True)


class BallotsCast(Event):
    """网络投票: ballots that a ballot box accepted together. `number` counts the box's messages in this vote from 1.

    A ballot is `<voter>:<entry>,<entry>…`: the keyed digest of the voter's identity, and numbers of entries, ascending.
    `origins` counts the ballots by block of addresses; which ballot came from where is not said.
    """

    NAME = "ballots.cast"
    PUBLISHERS = ("ballot_box",)
    EXAMPLE = {
        "vote_id": "0199a1b2c3d97e5f8a9b0c1d2e3f4a5f",
        "key_id": "0123456789abcdef",
        "box": "0123456789ab",
        "number": 1,
        "accepted_at": "2025-06-18T09:00:00.000000+08:00",
        "ballots": ["00112233445566778899aabbccddeeff:1,4"],
        "origins": {"203.0.113.0/24": 1},
    }

    vote_id = identifier()
    key_id = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{16}\Z"))
    box = identifier()
    number = count(least=1)
    accepted_at = fields.AwareDateTime(required=True, format="iso")
    ballots = fields.List(
        fields.String(validate=validate.Regexp(r"^[0-9a-f]{32}:[0-9]{1,4}(,[0-9]{1,4}){0,99}\Z")),
        required=True,
        validate=validate.Length(min=1, max=10_000),
    )
    origins = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(strict=True, validate=validate.Range(min=1)),
        required=True,
    )


class CycleBlocked(Event):
    """The cycle cannot lawfully go on: no panel, no quorum, no official calendar. A later begin lifts it."""

    NAME = "cycle.blocked"
    PUBLISHERS = _TOLD_TO_INTAKE
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "stage": "site_review",
        "reason_zh": "无法组成评审组",
        "reason_en": "no panel can be formed",
    }

    cycle_id = identifier()
    stage = stage_key()
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class Order(Strict):
    """What a winner is ordered after a breach, with the rule that orders it."""

    order = text()
    on = day()
    rule = text()


class SanctionImposed(Event):
    """What an event after the award brings: orders, perhaps revocation, a ban and clawback."""

    NAME = "sanction.imposed"
    PUBLISHERS = ("eligibility",)
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "application_id": _APPLICATION,
        "event": "fraud",
        "on": "2026-05-01",
        "rule": "34",
        "orders": [{"order": "revoke", "on": "2026-05-01", "rule": "34"}],
        "revokes": True,
        "claws_back": True,
        "banned_until": "2031-05-01",
    }

    cycle_id = identifier()
    application_id = identifier()
    event = one_of(*AFTER_AWARD_EVENTS)
    on = day()
    rule = text()
    orders = fields.List(fields.Nested(Order), required=True)
    revokes = fields.Boolean(required=True, truthy={True}, falsy={False})
    claws_back = fields.Boolean(required=True, truthy={True}, falsy={False})
    banned_until = day(required=False)


class DrawWitnessed(Event):
    """The witness added its share, which settles a draw: it is to be computed. Review's own work, put on the bus so that
    any replica may do it.
    """

    NAME = "draw.witnessed"
    PUBLISHERS = ("review",)
    EXAMPLE = {"cycle_id": _CYCLE, "stage": "document_review", "category": None, "number": 1}

    cycle_id = identifier()
    stage = stage_key()
    category = optional_text(20)
    number = count(least=1)


class AssignmentOffered(Event):
    """Work on a panel waits for an expert's answer: it was released, took another's place, or is being chased.

    Whoever carries it to people tells the expert that something waits, and nothing of what.
    """

    NAME = "assignment.offered"
    PUBLISHERS = ("review",)
    EXAMPLE = {
        "cycle_id": _CYCLE,
        "stage": "document_review",
        "category": None,
        "expert_id": "E2",
        "applications": 12,
        "answer_by": "2025-06-29T09:00:00+08:00",
        "occasion": "release",
    }

    cycle_id = identifier()
    stage = stage_key()
    category = optional_text(20)
    expert_id = text(longest=40)
    applications = count(least=1)
    answer_by = text()
    occasion = one_of("release", "replacement", "addition", "reminder")


ALL: tuple[type[Event], ...] = (
    CycleOpened,
    ApplicationAccepted,
    ApplicationWithdrawn,
    ApplicationNotAccepted,
    DossierPeopleChanged,
    ApplicationStopped,
    EnquiryRaised,
    FileReceived,
    RecordsAnswered,
    RecordsConfirmed,
    RecordsDiffer,
    PoolJoined,
    PoolLeft,
    PoolCostApproved,
    PoolAdviserRegistered,
    DeclarationDue,
    RecordReported,
    StagePlanned,
    StageBegun,
    StageClosed,
    BallotsCast,
    CycleBlocked,
    SanctionImposed,
    DrawWitnessed,
    AssignmentOffered,
)
