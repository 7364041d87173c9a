"""The register of awards, and what events after the award bring."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, day, identifier, one_of, text
from shared.contracts.events import AFTER_AWARD_EVENTS, Order
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.roles import OFFICE, PUBLIC


class ReportAfterAward(Strict):
    """Something that happened to a winner, or by it, after the award."""

    application_id = identifier()
    event = one_of(*AFTER_AWARD_EVENTS)
    on = day()


class HonourState(Strict):
    """An award as the register holds it, with what came after."""

    application_id = identifier()
    level = text()
    track = text()
    uses_quota = fields.Boolean(required=True)
    awarded_on = day()
    revoked_on = day(required=False)
    orders = fields.List(fields.Nested(Order), required=True)
    banned_until = day(required=False)


class HonourList(Strict):
    """A cycle's honours in the order of the rulebook's levels."""

    honours = fields.List(fields.Nested(HonourState), required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "report_after_award", "command", ReportAfterAward, HonourState, (OFFICE,),
              "登记获奖后事项", "Report an event after the award",
              {"application_id": APPLICATION, "event": "title_misuse", "on": "2025-11-24"}),
    Operation("eligibility", "honours", "query", CycleId, HonourList, (PUBLIC,), "获奖名册", "The honours of a cycle",
              {"cycle_id": CYCLE}),
)  # fmt: skip
