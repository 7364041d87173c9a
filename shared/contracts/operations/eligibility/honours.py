"""The register of awards, and what events after the award bring."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.contracts.base import Strict, count, day, identifier, one_of, optional_text, text
from shared.contracts.dossier import KINDS, UsccField
from shared.contracts.events import AFTER_AWARD_EVENTS, Order
from shared.contracts.operations.operation import APPLICATION, CYCLE, CycleId, Operation
from shared.contracts.operations.roles import OFFICE, PUBLIC

_LARGEST_PAGE = 200


class ReportAfterAward(Strict):
    """Something that happened to a winner, or by it, after the award.

    In a rehearsal what the rulebook orders follows at once. In a real cycle it opens a case, or records a breach of the title.
    """

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
    number = optional_text()


class HonourList(Strict):
    """A cycle's honours in the order of the rulebook's levels."""

    honours = fields.List(fields.Nested(HonourState), required=True)


class RegisterQuery(Strict):
    """A page of the public register. `name` finds parts of a name, `after` is `next` of the page before."""

    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=100))
    uscc = UsccField(load_default=None, allow_none=True)
    number = optional_text(100)
    rulebook = optional_text(100)
    year = fields.Integer(load_default=None, allow_none=True)
    level = optional_text()
    track = optional_text()
    revoked = fields.Boolean(load_default=None, allow_none=True)
    after = optional_text(100)
    size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=_LARGEST_PAGE))


class RegisterEntry(Strict):
    """An award of a real cycle: title, year, level, track, number. An individual has no code here; the revoked are marked."""

    number = optional_text()
    name = text()
    kind = one_of(*KINDS)
    uscc = UsccField(load_default=None, allow_none=True)
    rulebook = text()
    year = fields.Integer(required=True, strict=True)
    title = text()
    level = text()
    track = text()
    rule = text()
    awarded_on = day()
    revoked_on = day(required=False)
    revoked_under = optional_text()


class Register(Strict):
    """A page of the register, the newest awards first, with how many there are by the filter."""

    entries = fields.List(fields.Nested(RegisterEntry), required=True)
    total = count()
    next = optional_text()


OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "report_after_award", "command", ReportAfterAward, HonourState, (OFFICE,),
              "登记获奖后事项", "Report an event after the award",
              {"application_id": APPLICATION, "event": "title_misuse", "on": "2025-11-24"}),
    Operation("eligibility", "honours", "query", CycleId, HonourList, (PUBLIC,), "获奖名册", "The honours of a cycle",
              {"cycle_id": CYCLE}),
    Operation("eligibility", "award_register", "query", RegisterQuery, Register, (PUBLIC,), "获奖登记簿（公开）",
              "The public register of awards", {"year": "2025", "name": "示例", "size": "20"}),
)  # fmt: skip
