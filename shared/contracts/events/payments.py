"""What incentives 激励 tells of payments."""

from __future__ import annotations

from shared.contracts.base import Event, identifier
from shared.contracts.events.common import APPLICATION, CYCLE


class PaymentOrdered(Event):
    """A payment line is to be taken further; incentives' own work, put on the bus so that any replica may do it.

    It names the line and nothing of it: amount and account stay where they are kept.
    """

    NAME = "payment.ordered"
    PUBLISHERS = ("incentives",)
    EXAMPLE = {"cycle_id": CYCLE, "line_id": APPLICATION}

    cycle_id = identifier()
    line_id = identifier()


EVENTS: tuple[type[Event], ...] = (PaymentOrdered,)
