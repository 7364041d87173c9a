"""What the gateway counts; names follow OpenTelemetry's HTTP and RPC conventions."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """All instruments of one process, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.requests = Histogram(
            "http_server_request_duration_seconds", "time from taking a request to its answer",
            ["method", "route", "status"], buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self.calls = Histogram(
            "rpc_client_duration_seconds", "time from asking a service to its answer",
            ["operation", "outcome"], buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self.asked_again = Counter("rpc_client_asked_again", "calls asked a second time", registry=registry)
        self.late = Counter(
            "rpc_client_late_replies", "replies that nobody waited for any more", registry=registry
        )
        self.waiting = Gauge("rpc_client_waiting", "calls that wait for their reply", registry=registry)
        self.connected = Gauge("amqp_connected", "1 while the reply queue is open", registry=registry)
        self.losses = Counter("amqp_connection_losses", "connections lost or refused", registry=registry)
        self.logins = Counter(
            "identity_logins", "sign-ins by what became of them", ["outcome"], registry=registry
        )
