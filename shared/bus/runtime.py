"""What one process of a service has: its settings, its store, its rulebooks, and what is wrong with it at the moment."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.bus.declarations import ServiceDeclaration
from shared.bus.green import eventlet
from shared.bus.link import Link
from shared.clock import Clock, SystemClock
from shared.config import ConfigurationError, Settings
from shared.store import Limits, Store

if TYPE_CHECKING:
    from shared.bus.housekeeping import QueueDepths

_CONNECT_SECONDS = 5.0
_PING_SECONDS = 2.0
_MOST_AT_ONCE = 8  # calls and batches inside the database at once; more of them wait for a connection
_SPARE_CONNECTIONS = 4  # relay, sealer, ticks, gauges


class NoAnswerError(Exception):
    """The database did not answer in time."""


def _connect_guard() -> AbstractContextManager[object]:
    """Bounds the connecting of psycopg2, which ignores connect_timeout while it is cooperative."""
    import psycopg2  # only where the store is PostgreSQL

    guard: AbstractContextManager[object] = eventlet.Timeout(
        _CONNECT_SECONDS, psycopg2.OperationalError("the database did not accept a connection in time")
    )
    return guard


def open_store(settings: Settings, service: str, clock: Clock) -> Store:
    """The store of this process, with enough connections for its workers."""
    settings.require("database_url")
    return Store.open(
        settings.database_url,
        service=service,
        clock=clock,
        field_keys=settings.field_keys or None,
        digest=settings.digest,
        limits=Limits(pool_size=min(settings.rpc_workers, _MOST_AT_ONCE) + _SPARE_CONNECTIONS),
        connect_guard=_connect_guard,
    )


@dataclass
class Runtime:
    """The process as the bus and the handlers see it."""

    settings: Settings
    declaration: ServiceDeclaration
    store: Store
    clock: Clock = field(default_factory=SystemClock)
    migrations: Path | None = None  # where they are, if not at the usual place
    draining: bool = False
    faults: dict[str, str] = field(default_factory=dict)  # what keeps it from being ready, by part
    links: Sequence[Link] = ()
    depths: QueueDepths | None = None  # over one of the links
    parked_seen: bool = False  # whether the last look at what is parked found something
    begun: float = field(default_factory=time.monotonic)
    instance: str = field(
        default_factory=lambda: f"{socket.gethostname()[:60]}/{os.getpid()}"
    )  # which replica it is
    _pinged: tuple[float, str] = (0.0, "not asked yet")
    _wrong: dict[str, float] = field(default_factory=dict)  # since when each part has been seen wrong
    _turned: tuple[bool, float] | None = None  # whether it is ready, and since when

    @property
    def name(self) -> str:
        return self.declaration.name

    @property
    def process(self) -> Runtime:
        """Itself, as a service's handlers are given it."""
        return self

    @cached_property
    def library(self) -> Any:
        """The rulebooks, loaded and checked once. Raises ConfigurationError for one that is wrong."""
        from shared.rulebooks import Library  # only services that judge need them

        try:
            return Library.load(self.settings.rulebooks or None)
        except Exception as error:
            raise ConfigurationError(f"rulebooks: {error}") from error

    def ping(self) -> str:
        """Empty, or why the database does not answer. Asked at most once a second."""
        asked, found = self._pinged
        if time.monotonic() - asked > 1.0:
            found = self._ping()
            self._pinged = (time.monotonic(), found)
        return found

    def _ping(self) -> str:
        try:
            with eventlet.Timeout(2 * _PING_SECONDS, NoAnswerError("no answer in time")):
                self.store.ping(_PING_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever it is, the database did not answer
            return type(error).__name__
        return ""

    def readiness(self) -> dict[str, str]:
        """What keeps the process from being ready, by part; empty means ready."""
        found = {part: reason for part, reason in self.faults.items() if reason}
        if not self.links:
            found.setdefault("process", "starting")
        found.update({f"link {link.name}": link.fault for link in self.links if not link.ready})
        if self.draining:
            found["process"] = "draining"
        if away := self.ping():
            found["database"] = away
        self._note(found)
        return found

    def _note(self, found: Mapping[str, str]) -> None:
        now = time.monotonic()
        self._wrong = {part: self._wrong.get(part, now) for part in found}
        if self._turned is None or self._turned[0] == bool(found):
            self._turned = (not found, now)

    def wrong_for(self, part: str) -> float:
        """Seconds since a part was first seen wrong."""
        return time.monotonic() - self._wrong.get(part, time.monotonic())

    def turned_for(self) -> float:
        """Seconds since the process was first seen ready, or not ready, as it is now."""
        return time.monotonic() - (self._turned[1] if self._turned else self.begun)
