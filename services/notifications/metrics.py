"""What /metrics says of messages: what waits, was given up or is uncertain in the whole house, and what this process tried."""

from __future__ import annotations

from prometheus_client import Counter, Gauge
from sqlalchemy import func, select

from services.notifications import models
from services.notifications.states import Delivery
from shared.bus.metrics import METRICS
from shared.store import Work

_TRIED = Counter(
    "message_tries", "tries to send a message", ["channel", "outcome"], registry=METRICS.registry
)
_DELIVERIES = Gauge(
    "message_deliveries", "deliveries that are not settled", ["state"], registry=METRICS.registry
)
_STATES = (Delivery.WAITING, Delivery.SENDING, Delivery.FAILED, Delivery.UNCERTAIN)


def tried(channel: str, outcome: str) -> None:
    """One try is over."""
    _TRIED.labels(channel, outcome).inc()


def measure(work: Work) -> None:
    """Count what waits, what was given up, and of what nobody knows whether it was taken."""
    table = models.deliveries
    query = (
        select(table.c.state, func.count())
        .where(table.c.state.in_([state.value for state in _STATES]))
        .group_by(table.c.state)
    )
    counts = {row[0]: row[1] for row in work.session.execute(query).all()}
    for state in _STATES:
        _DELIVERIES.labels(state.value).set(counts.get(state.value, 0))
