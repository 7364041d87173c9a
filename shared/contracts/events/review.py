"""What review 评审 tells of its experts: a declaration that is due, a draw that is settled, work that is offered."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Event, count, day, identifier, one_of, optional_text, text
from shared.contracts.events.common import CYCLE, stage_key


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


class DrawWitnessed(Event):
    """The witness added its share, which settles a draw: it is to be computed. Review's own work, put on the bus so that
    any replica may do it.
    """

    NAME = "draw.witnessed"
    PUBLISHERS = ("review",)
    EXAMPLE = {"cycle_id": CYCLE, "stage": "document_review", "category": None, "number": 1}

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
        "cycle_id": CYCLE,
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


EVENTS: tuple[type[Event], ...] = (
    DeclarationDue,
    DrawWitnessed,
    AssignmentOffered,
)
