"""What eligibility 资格 tells of winners: what a breach after the award brings."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Event, Strict, day, identifier, one_of, text
from shared.contracts.events.common import APPLICATION, CYCLE

AFTER_AWARD_EVENTS = ("major_accident", "major_matter", "fraud", "title_misuse")


class Order(Strict):
    """What a winner is ordered after a breach, with the rule that orders it."""

    order = text()
    on = day()
    rule = text()


class SanctionImposed(Event):
    """What an event after the award brings: orders, perhaps revocation, a ban and clawback."""

    NAME = "sanction.imposed"
    PUBLISHERS = ("eligibility",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "event": "fraud",
        "on": "2026-05-01",
        "rule": "34",
        "orders": [{"order": "revoke", "on": "2026-05-01", "rule": "34"}],
        "revokes": True,
        "claws_back": True,
        "banned_until": "2031-05-01",
    }

    cycle_id = identifier()
    application_id = identifier()
    event = one_of(*AFTER_AWARD_EVENTS)
    on = day()
    rule = text()
    orders = fields.List(fields.Nested(Order), required=True)
    revokes = fields.Boolean(required=True, truthy={True}, falsy={False})
    claws_back = fields.Boolean(required=True, truthy={True}, falsy={False})
    banned_until = day(required=False)


class CreditReportQueued(Event):
    """A report to a credit platform is to be delivered, or its receipt asked for; eligibility's own work, put on the bus so
    that any replica may do it after the commit.
    """

    NAME = "credit_report.queued"
    PUBLISHERS = ("eligibility",)
    EXAMPLE = {"report_id": APPLICATION, "cycle_id": CYCLE}

    report_id = identifier()
    cycle_id = identifier()


class BanRecorded(Event):
    """An applicant is banned until a day, in the cycle's world: nothing is accepted of it, and nothing is paid to it."""

    NAME = "ban.recorded"
    PUBLISHERS = ("eligibility",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "ban_id": APPLICATION,
        "applicant_key": "organization:91310105MAXY50013E",
        "rule": "34",
        "until": "2031-05-01",
    }

    cycle_id = identifier()
    ban_id = identifier()
    applicant_key = text()
    rule = text()
    until = day()


EVENTS: tuple[type[Event], ...] = (SanctionImposed, CreditReportQueued, BanRecorded)
