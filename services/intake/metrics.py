"""What /metrics says of the departments, as this process sees them."""

from __future__ import annotations

from prometheus_client import Gauge

from services.intake.departments import department_port
from shared.bus.metrics import METRICS
from shared.config import Settings

_STATES = ("closed", "half_open", "open")
_BREAKER = Gauge(
    "department_breaker_state", "1 for the state of the breaker of a department",
    ["department", "state"], registry=METRICS.registry,
)  # fmt: skip
_IN_FLIGHT = Gauge(
    "department_calls_in_flight", "calls to a department", ["department"], registry=METRICS.registry
)
_WAITING = Gauge(
    "department_calls_waiting", "enquiries that wait for a place", ["department"], registry=METRICS.registry
)


def measure(settings: Settings) -> None:
    """Read the gates. Nothing where no department is asked over HTTP."""
    if not (settings.departments_file or settings.departments_url):
        return
    for name, gate in department_port(settings).gates.items():
        for state in _STATES:
            _BREAKER.labels(name, state).set(gate.state == state)
        _IN_FLIGHT.labels(name).set(gate.in_flight)
        _WAITING.labels(name).set(gate.waiting)
