"""A reviewer's own work in all cycles."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, identifier
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.review.panels import PanelList
from shared.contracts.operations.review.recusals import CasesToState
from shared.contracts.operations.roles import REVIEWER


class WorkInCycle(PanelList):
    """What one is assigned in a cycle, and what awaits one's statement there."""

    cycle_id = identifier()
    cases = fields.Nested(CasesToState, required=True)


class OwnWork(Strict):
    """Of each cycle in which one is assigned anything, those that opened last first; of rehearsals where one is played."""

    cycles = fields.List(fields.Nested(WorkInCycle), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "my_work", "query", Strict, OwnWork, (REVIEWER,), "我在各周期的评审",
              "A reviewer's own work in all cycles", {}),
)  # fmt: skip
