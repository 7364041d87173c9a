"""What a service declares: which events it takes, which calls it answers, what it does by the clock. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.bus import wire
from shared.contracts import Context, Event, Operation


@dataclass(frozen=True, slots=True)
class Received:
    """One event as a handler gets it: python values, checked by the contract of the version that was sent."""

    data: Mapping[str, Any]
    name: str
    version: int
    source: str
    subject: str
    time: str  # RFC 3339, when the publisher's transaction wrote it
    context: Context


@dataclass(frozen=True)
class Subscription:
    """One event of one publisher for one service. `outside` handlers run without an open transaction."""

    event: type[Event]
    publisher: str
    outside: bool = False

    def queue(self, consumer: str) -> str:
        """The name of its work queue."""
        return wire.work_queue(consumer, self.publisher, self.event.NAME)


@dataclass(frozen=True)
class Answering:
    """One call that a service answers; `operation` is found in the contracts when the service starts. An `outside` command
    runs without an open transaction.
    """

    kind: str  # command | query
    method: str
    outside: bool = False
    operation: Operation | None = None


@dataclass(frozen=True)
class Ticking:
    """Something done every so many seconds, in each replica: the handler must be harmless when done twice."""

    seconds: float


@dataclass(frozen=True)
class ServiceDeclaration:
    """All of one service, as the topology and the tests read it."""

    name: str
    subscriptions: tuple[Subscription, ...]
    commands: tuple[str, ...]
    queries: tuple[str, ...]

    @property
    def queues(self) -> tuple[str, ...]:
        """Its work queues."""
        return tuple(sorted(subscription.queue(self.name) for subscription in self.subscriptions))
