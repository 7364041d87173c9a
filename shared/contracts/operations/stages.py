"""What every owner of stages answers."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, day, identifier, one_of, text
from shared.contracts.events import stage_key
from shared.contracts.operations.alerts import watch_operations
from shared.contracts.operations.operation import CYCLE, AuditOf, AuditState, Operation, StageOfCycle
from shared.contracts.operations.roles import OFFICE, WATCHERS

STAGE_EXAMPLE = {"cycle_id": CYCLE, "stage": "document_review"}


class Blocked(Strict):
    """Why a cycle cannot go on, and at which step."""

    stage = stage_key()
    reason_zh = text(longest=500)
    reason_en = text(longest=500)


class StageState(Strict):
    """A stage as its owner knows it; `waiting_for` lists in words what must happen before it may close."""

    cycle_id = identifier()
    stage = stage_key()
    state = one_of("waiting", "planned", "begun", "closed")
    begins_on = day(required=False)
    begun_on = day(required=False)
    ends_on = day(required=False)
    closed_on = day(required=False)
    entrants = fields.List(fields.String(), required=True)
    waiting_for = fields.List(fields.String(), load_default=list)
    blocked = fields.Nested(Blocked, load_default=None, allow_none=True)


def stage_operations(service: str) -> list[Operation]:
    """What every owner of stages answers."""
    return [
        Operation(service, "stage", "query", StageOfCycle, StageState, WATCHERS,
                  "查看阶段", "A stage as its owner knows it", STAGE_EXAMPLE),
        Operation(service, "begin_stage", "command", StageOfCycle, StageState, (OFFICE,),
                  "开始阶段", "Begin a stage", STAGE_EXAMPLE),
        Operation(service, "close_stage", "command", StageOfCycle, StageState, (OFFICE,),
                  "结束阶段", "Close a stage", STAGE_EXAMPLE),
        Operation(service, "audit", "query", AuditOf, AuditState, WATCHERS,
                  "核验审计记录", "Verify the sealed audit log", {"cycle_id": CYCLE}),
        *watch_operations(service),
    ]  # fmt: skip
