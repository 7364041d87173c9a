"""What a ballot box tells those who run it. Nothing here grows with the ballots taken: while a vote is open nobody is to
read a turnout, or which way it goes by the hour, from an instrument.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    """All instruments of one box, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.connected = Gauge("amqp_connected", "1 while the broker takes ballots", registry=registry)
        self.full = Gauge(
            "ballots_waiting_ratio", "ballots that wait for the broker, of those that may", registry=registry
        )
        self.refused = Counter(
            "ballots_refused",
            "requests refused for a reason that is no ballot's",
            ["code"],
            registry=registry,
        )
