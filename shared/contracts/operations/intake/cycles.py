"""What intake 受理 answers about cycles."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, fen, identifier, one_of, optional_text, text
from shared.contracts.events import stage_key
from shared.contracts.operations.operation import CYCLE, CycleId, Operation
from shared.contracts.operations.roles import OFFICE, PUBLIC, REHEARSER, WATCHERS
from shared.contracts.operations.stages import Blocked, stage_operations


class OpenCycle(Strict):
    """What an office says to open a cycle."""

    rulebook = text()
    year = fields.Integer(required=True, strict=True, validate=validate.Range(min=1990, max=2100))
    opens_on = day()
    closes_on = day()
    budget_fen = fen(required=False)
    rehearsal = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class StageLine(Strict):
    """One step of a cycle as it stands."""

    stage = stage_key()
    kind = text()
    owner = text()
    rule = optional_text()
    state = one_of("waiting", "planned", "begun", "closed")
    begins_on = day(required=False)
    begun_on = day(required=False)
    ends_on = day(required=False)
    closed_on = day(required=False)
    blocked = fields.Nested(Blocked, load_default=None, allow_none=True)


class CycleState(Strict):
    """A cycle with its steps."""

    cycle_id = identifier()
    rulebook = text()
    rulebook_sha256 = text()
    year = fields.Integer(required=True, strict=True)
    opens_on = day()
    closes_on = day()
    budget_fen = fen(required=False)
    rehearsal = fields.Boolean(required=True)
    state = one_of("open", "running", "blocked", "ended", "completed")
    blocked = fields.Nested(Blocked, load_default=None, allow_none=True)
    stages = fields.List(fields.Nested(StageLine), required=True)
    applications = count(required=False)  # told to the office and its watchers only


class CycleList(Strict):
    """Cycles, newest first."""

    cycles = fields.List(fields.Nested(CycleState), required=True)


class StageNumber(Strict):
    """How many came to a stage, and how many went on from it; null before anybody could."""

    stage = stage_key()
    entered = count(required=False)
    left = count(required=False)


class StageNumbers(Strict):
    """A cycle's stages in the order of the procedure, and its applications by status."""

    cycle_id = identifier()
    stages = fields.List(fields.Nested(StageNumber), required=True)
    statuses = fields.Dict(keys=fields.String(), values=count(), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("intake", "open_cycle", "command", OpenCycle, CycleState, (OFFICE, REHEARSER), "开启评奖周期", "Open a cycle",
              {"rulebook": "example-2025", "year": 2025, "opens_on": "2025-05-12", "closes_on": "2025-06-13",
               "budget_fen": 300000000, "rehearsal": True}),
    Operation("intake", "cycles", "query", Strict, CycleList, (PUBLIC,), "评奖周期一览", "All cycles", {}),
    Operation("intake", "cycle", "query", CycleId, CycleState, (PUBLIC,), "查看评奖周期", "One cycle", {"cycle_id": CYCLE}),
    Operation("intake", "stage_numbers", "query", CycleId, StageNumbers, WATCHERS, "各阶段人数",
              "How many came to each stage and went on", {"cycle_id": CYCLE}),
    *stage_operations("intake"),
)  # fmt: skip
