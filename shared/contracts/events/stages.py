"""What every owner of a stage 阶段 tells of it: planned, begun, closed, blocked, and who ends between two of them."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Event, Strict, day, identifier, one_of, text
from shared.contracts.events.common import APPLICATION, CYCLE, stage_key

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


class StagePlanned(Event):
    """The stage before is over; this one begins on the day named, with these entrants."""

    NAME = "stage.planned"
    PUBLISHERS = _TOLD_TO_INTAKE
    EXAMPLE = {
        "cycle_id": CYCLE,
        "stage": "document_review",
        "begins_on": "2025-06-24",
        "entrants": [APPLICATION],
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
        "cycle_id": CYCLE,
        "stage": "notice:qualification",
        "begun_on": "2025-06-17",
        "ends_on": "2025-06-23",
        "entrants": [APPLICATION],
    }

    cycle_id = identifier()
    stage = stage_key()
    begun_on = day()
    ends_on = day(required=False)
    entrants = fields.List(identifier(), required=True)


class StageExtended(Event):
    """A stage that runs lasts until a later day than was told: its notice could not be read on some of its days."""

    NAME = "stage.extended"
    PUBLISHERS = ("eligibility",)
    EXAMPLE = {"cycle_id": CYCLE, "stage": "notice:qualification", "ends_on": "2025-06-24"}

    cycle_id = identifier()
    stage = stage_key()
    ends_on = day()


class NoticeCorrected(Event):
    """更正公示: a posted notice is over, and a new one that corrects it stands in its place until the day named."""

    NAME = "notice.corrected"
    PUBLISHERS = ("eligibility",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "stage": "notice:qualification",
        "notice": "qualification",
        "corrected_by": "qualification.2",
        "ends_on": "2025-06-26",
    }

    cycle_id = identifier()
    stage = stage_key()
    notice = text()
    corrected_by = text()
    ends_on = day()


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
        "cycle_id": CYCLE,
        "stage": "document_review",
        "closed_on": "2025-06-24",
        "outcomes": [
            {
                "application_id": APPLICATION,
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


class CycleBlocked(Event):
    """The cycle cannot lawfully go on: no panel, no quorum, no official calendar. A later begin lifts it."""

    NAME = "cycle.blocked"
    PUBLISHERS = _TOLD_TO_INTAKE
    EXAMPLE = {
        "cycle_id": CYCLE,
        "stage": "site_review",
        "reason_zh": "无法组成评审组",
        "reason_en": "no panel can be formed",
    }

    cycle_id = identifier()
    stage = stage_key()
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class ApplicationStopped(Event):
    """An application ends between two stages, by a decision of the office or of the owner of the next stage."""

    NAME = "application.stopped"
    PUBLISHERS = ("intake", "review", "committee")
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
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


EVENTS: tuple[type[Event], ...] = (
    StagePlanned,
    StageBegun,
    StageExtended,
    StageClosed,
    NoticeCorrected,
    CycleBlocked,
    ApplicationStopped,
)
