"""What becomes of the committee's list 审定."""

from __future__ import annotations

from marshmallow import fields

from shared.contracts.base import Event, day, identifier, one_of, text
from shared.contracts.events.common import CYCLE


class AwardApproved(Event):
    """批准: the government approved the list, before its notice or after it as the rulebook says. `papers`: ids of files."""

    NAME = "award.approved"
    PUBLISHERS = ("committee",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "document_number": "府函〔2025〕12号",
        "approved_on": "2025-07-01",
        "approver_zh": "区政府",
        "approver_en": "the district government",
        "when": "before_notice",
        "rule": "25",
        "papers": [],
        "recorded_by": "office-1",
    }

    cycle_id = identifier()
    document_number = text(longest=100)
    approved_on = day()
    approver_zh = text()
    approver_en = text()
    when = one_of("before_notice", "after_notice")
    rule = text()
    papers = fields.List(identifier(), required=True)
    recorded_by = text()


EVENTS: tuple[type[Event], ...] = (AwardApproved,)
