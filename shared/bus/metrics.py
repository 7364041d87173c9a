"""What a service counts; names follow OpenTelemetry's messaging conventions where these have one."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """All instruments of one process, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.consumed = Counter(
            "messaging_client_consumed_messages", "deliveries by what became of them",
            ["queue", "outcome"], registry=registry,
        )  # fmt: skip
        self.duplicates = Counter(
            "messaging_duplicates", "deliveries whose effect was already there", ["queue"], registry=registry
        )
        self.retries = Counter(
            "messaging_retries", "deliveries sent to a retry tier", ["queue", "tier"], registry=registry
        )
        self.parked = Counter(
            "messaging_parked",
            "deliveries sent to parking, by reason",
            ["queue", "reason"],
            registry=registry,
        )
        self.depth = Gauge(
            "messaging_queue_depth", "messages that wait in a queue, parking and tiers included",
            ["queue"], registry=registry,
        )  # fmt: skip
        self.parked_waiting = Gauge(
            "messaging_parked_messages", "messages that wait for a person", ["queue"], registry=registry
        )
        self.in_flight = Gauge(
            "messaging_handlers_in_flight", "deliveries in work", ["queue"], registry=registry
        )
        self.batch = Histogram(
            "messaging_batch_messages", "deliveries in one transaction", ["queue"],
            buckets=(1, 2, 4, 8, 16, 32, 64, 128), registry=registry,
        )  # fmt: skip
        self.batch_reruns = Counter(
            "messaging_batch_reruns",
            "batches run again because one delivery failed",
            ["queue"],
            registry=registry,
        )
        self.process = Histogram(
            "messaging_process_duration_seconds", "time from taking a batch to its commit", ["queue"],
            buckets=_FAST, registry=registry,
        )  # fmt: skip
        self.rpc = Histogram(
            "rpc_server_duration_seconds", "time from taking a call to its reply", ["method", "outcome"],
            buckets=_FAST, registry=registry,
        )  # fmt: skip
        self.rpc_expired = Counter(
            "rpc_server_expired", "calls dropped after their deadline", registry=registry
        )
        self.rpc_repeated = Counter(
            "rpc_server_repeated", "commands answered from the store", ["method"], registry=registry
        )
        self.published = Counter("messaging_client_published_messages", "confirmed events", registry=registry)
        self.unsent = Counter(
            "messaging_publish_failures", "publishes that were not accepted", ["reason"], registry=registry
        )
        self.outbox_age = Gauge(
            "outbox_oldest_age_seconds", "age of the oldest event that is not sent", registry=registry
        )
        self.outbox_size = Gauge("outbox_unsent_messages", "events that are not sent", registry=registry)
        self.database_away = Gauge("database_away", "1 while the database does not answer", registry=registry)
        self.reconnects = Counter(
            "amqp_connection_losses", "connections lost or refused", ["link"], registry=registry
        )
        self.blocked = Gauge(
            "amqp_connection_blocked", "1 while the broker takes nothing", ["link"], registry=registry
        )
        self.hub_lag = Gauge(
            "hub_lag_seconds", "how late the hub woke a timer, latest sample", registry=registry
        )
        self.hub_lag_worst = Gauge(
            "hub_lag_worst_seconds", "the same, worst of the last minute", registry=registry
        )
        self.ready = Gauge("service_ready", "1 while the service is ready", registry=registry)


METRICS = Metrics()
