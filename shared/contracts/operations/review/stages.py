"""Who is let into a stage, and the stages themselves."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, identifier, optional_text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import APPLICATION, CYCLE, Operation
from shared.contracts.operations.roles import OFFICE
from shared.contracts.operations.stages import StageState, stage_operations


class Admit(Strict):
    """The office's list of those let into a stage, where the rulebook leaves it to the office."""

    cycle_id = identifier()
    stage = stage_key()
    application_ids = fields.List(identifier(), required=True)
    reason = optional_text(500)


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "admit", "command", Admit, StageState, (OFFICE,), "确定进入名单", "Decide who enters a stage",
              {"cycle_id": CYCLE, "stage": "site_review", "application_ids": [APPLICATION]}),
    *stage_operations("review"),
)  # fmt: skip
