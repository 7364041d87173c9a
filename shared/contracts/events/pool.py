"""What intake 培育库 tells of the cultivation pool: members, the cost of their projects, those who advise them."""

from __future__ import annotations

from shared.contracts.base import Event, day, fen, identifier, one_of, optional_text, text
from shared.contracts.dossier import UsccField
from shared.contracts.events.common import APPLICATION, CYCLE


class PoolJoined(Event):
    """An organization is in the cultivation pool."""

    NAME = "pool.joined"
    PUBLISHERS = ("intake",)
    EXAMPLE = {
        "cycle_id": CYCLE,
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
        "cycle_id": CYCLE,
        "membership_id": APPLICATION,
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
        "cycle_id": CYCLE,
        "membership_id": APPLICATION,
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
        "cycle_id": CYCLE,
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


EVENTS: tuple[type[Event], ...] = (
    PoolJoined,
    PoolLeft,
    PoolCostApproved,
    PoolAdviserRegistered,
)
