"""Panels, who is kept from whom, and a reviewer's own work."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, count, identifier, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import CYCLE, CycleId, Operation
from shared.contracts.operations.roles import AUDITOR, DISCIPLINE, OFFICE, REVIEWER


class Assignment(Strict):
    """One reviewer on one application; `position` is the order of assignment, from 1."""

    application_id = identifier()
    expert_id = text()
    position = count(least=1)
    submitted = fields.Boolean(required=True)


class Ground(Strict):
    """Why one expert is kept from one application; `rule` is None where the regulation names no article for it."""

    expert_id = text()
    application_id = identifier()
    ground = text()
    rule = optional_text()
    reason_zh = fields.String(required=True)
    reason_en = fields.String(required=True)


class PanelState(Strict):
    """A panel: who serves, who of the pool was kept from whom when it was formed, and the cycle's recusals as known now."""

    stage = stage_key()
    category = optional_text()
    size = count()
    industry_share = text()
    members = fields.List(fields.String(), required=True)
    recused = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
    grounds = fields.List(fields.Nested(Ground), load_default=list)
    assignments = fields.List(fields.Nested(Assignment), required=True)
    seed = text()


class PanelList(Strict):
    """A cycle's panels in the order of the stages."""

    panels = fields.List(fields.Nested(PanelState), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("review", "panels", "query", CycleId, PanelList, (OFFICE, DISCIPLINE, AUDITOR), "评审组", "The panels",
              {"cycle_id": CYCLE}),
    Operation("review", "my_assignments", "query", CycleId, PanelList, (REVIEWER,), "我的评审", "A reviewer's own work",
              {"cycle_id": CYCLE}),
)  # fmt: skip
