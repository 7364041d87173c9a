"""What incentives 激励 tells of winners that are followed after the award."""

from __future__ import annotations

from shared.contracts.base import Event, day, identifier, text
from shared.contracts.events.common import APPLICATION, CYCLE


class TrackingFailed(Event):
    """A winner was ordered to mend something and did not: an officer escalated the order. It decides nothing."""

    NAME = "tracking.failed"
    PUBLISHERS = ("incentives",)
    EXAMPLE = {
        "cycle_id": CYCLE,
        "application_id": APPLICATION,
        "order_id": "0199a1b2c3db7e5f8a9b0c1d2e3f4a61",
        "reason_zh": "整改要求未落实：逾期未答复",
        "reason_en": "an order was not complied with: 逾期未答复",
        "on": "2028-09-30",
    }

    cycle_id = identifier()
    application_id = identifier()
    order_id = identifier()
    reason_zh = text(longest=1000)
    reason_en = text(longest=1000)
    on = day()


EVENTS: tuple[type[Event], ...] = (TrackingFailed,)
