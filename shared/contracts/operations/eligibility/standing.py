"""What is known of an organization by its code."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Strict, day, identifier, optional_text, text
from shared.contracts.dossier import Record, UsccField
from shared.contracts.events import Order
from shared.contracts.operations.operation import Operation
from shared.contracts.operations.roles import AGENCY, WATCHERS


class StandingQuery(Strict):
    """An organization by its code; `purpose` is one of those agreed with the agency, and is recorded."""

    uscc = UsccField(required=True)
    purpose = text(longest=100)


class NamedInNotice(Strict):
    """A line of a posted notice, with the article under which it was posted."""

    application_id = identifier()
    rulebook = text()
    year = fields.Integer(required=True, strict=True)
    notice = text()
    rule = text()
    first_day = day()
    last_day = day()
    level = optional_text()
    track = optional_text()


class PublicHonour(Strict):
    """An award with the article of its level, and each order that came after with its own."""

    application_id = identifier()
    rulebook = text()
    year = fields.Integer(required=True, strict=True)
    level = text()
    track = text()
    rule = text()
    awarded_on = day()
    revoked_on = day(required=False)
    orders = fields.List(fields.Nested(Order), required=True)


class PublicBan(Strict):
    """Until when nothing is accepted of it, that day included, and under which article."""

    rule = text()
    until = day()


class Standing(Strict):
    """What is public of an organization over all real cycles; empty lists where nothing is, known or not."""

    uscc = UsccField(required=True)
    named = fields.List(fields.Nested(NamedInNotice), required=True)
    honours = fields.List(fields.Nested(PublicHonour), required=True)
    bans = fields.List(fields.Nested(PublicBan), required=True)


class ReportHeard(Strict):
    """A record that an agency reported by itself."""

    record_id = identifier()
    department = text()
    reference = text()
    record = fields.Nested(Record, required=True)
    evidence = text(longest=500)
    reported_on = day()
    digest = text()


class OrganizationState(Standing):
    """An organization's standing with the records that agencies reported, for the office."""

    reported = fields.List(fields.Nested(ReportHeard), required=True)


class OrganizationQuery(Strict):
    """An organization by its code."""

    uscc = UsccField(required=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("eligibility", "standing", "query", StandingQuery, Standing, (AGENCY,), "查询组织情况",
              "An organization's standing", {"uscc": "91310105MAXY50013E", "purpose": "subsidy-review"}),
    Operation("eligibility", "organization", "query", OrganizationQuery, OrganizationState, WATCHERS, "组织档案",
              "An organization, with what agencies reported", {"uscc": "91310105MAXY50013E"}),
)  # fmt: skip
