"""The bus inside a nameko container: one shared extension that starts, drains and stops everything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from shared.bus.green import Event, eventlet  # before nameko, which imports eventlet too

# isort: split
import structlog
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import SharedExtension

from shared.bus import housekeeping, topology, wire
from shared.bus.batch import place_of
from shared.bus.consumer import Consumer
from shared.bus.declarations import Answering, Subscription, Ticking
from shared.bus.housekeeping import PERIODS, QueueDepths, Repeated
from shared.bus.link import LOST, Link, connect
from shared.bus.outside import OutsideConsumer
from shared.bus.publisher import Publisher
from shared.bus.relay import Relay
from shared.bus.rpc import Answerer, RpcServer
from shared.bus.runtime import Runtime
from shared.contracts import operation

log = structlog.get_logger(__name__)

_ASK_AGAIN = 1.0  # seconds between looks at a database or a topology that is not right


class _Part(Protocol):
    def run(self) -> None: ...
    def stop(self) -> None: ...


class Bus(SharedExtension):  # type: ignore[misc]
    """Owned by the container. Entrypoints enlist in setup; the parts run once database and topology are right."""

    def __init__(self) -> None:
        self._enlisted: list[Any] = []
        self._parts: dict[Any, _Part] = {}  # by entrypoint
        self._inner: list[_Part] = []  # relay, sealing, purging, measuring
        self._links: list[Link] = []
        self._rpc: RpcServer | None = None
        self._stopping = False

    @property
    def runtime(self) -> Runtime:
        """The process's own."""
        found: Runtime = self.container.config["runtime"]
        return found

    def enlist(self, entrypoint: Any) -> None:
        """Called by each entrypoint before anything starts."""
        self._enlisted.append(entrypoint)

    # --- starting ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self.container.spawn_managed_thread(self._live, identifier="bus")

    def _live(self) -> None:
        self._until_right("schema", self._check_store)
        self._until_right("topology", self._check_topology)
        if not self._stopping:
            self._build()

    def _until_right(self, part: str, check: Callable[[], None]) -> None:
        """Look until it is right; meanwhile readiness and the log say what is wrong."""
        while not self._stopping:
            try:
                check()
            except Exception as error:  # noqa: BLE001 - any reason keeps the service from being ready, and is told
                reason = str(error) if isinstance(error, topology.TopologyError) else _sentence(error)
                if self.runtime.faults.get(part) != reason:
                    log.error("start.waits", part=part, reason=reason)
                self.runtime.faults[part] = reason
                eventlet.sleep(_ASK_AGAIN)
            else:
                self.runtime.faults.pop(part, None)
                return

    def _check_store(self) -> None:
        self.runtime.store.self_test(_in_parallel, folder=self.runtime.migrations)

    def _check_topology(self) -> None:
        settings = self.runtime.settings
        wanted = topology.plan(self.runtime.declaration, settings.retry_tier_seconds)
        active = bool(settings.topology_uri)
        connection = connect(settings.topology_uri or settings.amqp_uri, f"{self.runtime.name} start")
        try:
            (topology.declare if active else topology.look)(connection, wanted)
        finally:
            with suppress(*LOST):  # the check has its answer
                connection.close()

    def _build(self) -> None:
        settings = self.runtime.settings
        publisher = Publisher(settings.relay_window, settings.relay_timeout)
        depths = QueueDepths(self._own_queues())
        publisher.link = self._link("publish", publisher, depths)
        self.runtime.depths = depths
        if settings.parts in {"all", "relay"}:
            self._build_inner(publisher, depths)
        if settings.parts in {"all", "consumers"}:
            self._build_consumers(publisher)
            self._build_rpc()
            self._build_ticks()
        for part in (*self._inner, *self._parts.values()):
            self.container.spawn_managed_thread(part.run, identifier=type(part).__name__)
        for link in self._links:
            self.container.spawn_managed_thread(link.run, identifier=f"link {link.name}")
        self.runtime.links = self._links

    def _link(self, name: str, *users: Any) -> Link:
        link = Link(self.runtime.settings.amqp_uri, f"{self.runtime.name} {name}", *users)
        self._links.append(link)
        return link

    def _own_queues(self) -> list[str]:
        runtime = self.runtime
        queues = [q for queue in runtime.declaration.queues for q in (queue, wire.parking_queue(queue))]
        tiers = [wire.retry_name(runtime.name, seconds) for seconds in runtime.settings.retry_tier_seconds]
        return [*queues, *tiers, wire.rpc_queue(runtime.name)]

    def _build_inner(self, publisher: Publisher, depths: QueueDepths) -> None:
        runtime = self.runtime
        self._inner = [
            Relay(runtime.store, publisher, runtime.settings.relay_window),
            Repeated("seal", runtime.settings.seal_interval, partial(housekeeping.seal, runtime)),
            Repeated("purge", PERIODS["purge"], partial(housekeeping.purge, runtime), first=60.0),
            Repeated("outbox", PERIODS["gauges"], partial(housekeeping.measure_outbox, runtime), first=0.5),
            Repeated("depths", PERIODS["gauges"], depths.ask, first=1.0),
        ]

    def _build_consumers(self, publisher: Publisher) -> None:
        users = []
        for entrypoint in self._enlisted:
            declared = entrypoint.declared
            if isinstance(declared, Subscription):
                spawn = partial(self._spawn_and_wait, entrypoint)
                kind = OutsideConsumer if declared.outside else Consumer
                consumer = kind(self.runtime, publisher, declared, entrypoint.handler_name, spawn)
                self._parts[entrypoint] = consumer
                users.append(consumer.deliveries)
        if users:
            self._events = self._link("events", *users)

    def _build_rpc(self) -> None:
        calls = [e for e in self._enlisted if isinstance(e.declared, Answering)]
        if not calls:
            return
        answerers = [
            Answerer(
                operation(self.runtime.name, entrypoint.declared.method),
                entrypoint.handler_name,
                entrypoint.declared.outside,
            )
            for entrypoint in calls
        ]
        self._rpc = RpcServer(self.runtime, answerers, partial(self._spawn, calls[0]))
        self._link("rpc", self._rpc)

    def _build_ticks(self) -> None:
        for entrypoint in self._enlisted:
            if isinstance(entrypoint.declared, Ticking):
                act = partial(self._tick, entrypoint)
                seconds = entrypoint.declared.seconds
                self._parts[entrypoint] = Repeated(
                    entrypoint.handler_name, seconds, act, first=min(seconds, _ASK_AGAIN)
                )

    # --- workers -------------------------------------------------------------------------------------------------

    def _spawn(self, entrypoint: Any, job: Callable[[Any], None]) -> None:
        try:
            self.container.spawn_worker(entrypoint, (job,), {})
        except ContainerBeingKilled:
            log.info("worker.refused", reason="the container is being killed")

    def _spawn_and_wait(self, entrypoint: Any, job: Callable[[Any], None]) -> None:
        done = Event()

        def run(service: Any) -> None:
            try:
                job(service)
            except Exception as error:  # noqa: BLE001 - a fault of the bus itself must not strand deliveries
                log.error("worker.failed", entrypoint=entrypoint.handler_name, detail=place_of(error))
                self._events.drop()  # the broker takes the deliveries back and counts
            finally:
                done.send()

        self._spawn(entrypoint, run)
        done.wait()

    def _tick(self, entrypoint: Any) -> None:
        def run(service: Any) -> None:
            try:
                housekeeping.tick(self.runtime, getattr(service, entrypoint.handler_name))
            except Exception as error:  # noqa: BLE001 - the next tick comes
                log.warning("tick.failed", handler=entrypoint.handler_name, detail=place_of(error))

        self._spawn_and_wait(entrypoint, run)

    # --- stopping ------------------------------------------------------------------------------------------------

    def drain(self, entrypoint: Any) -> None:
        """Stop one entrypoint: take no more, finish and settle what is in flight."""
        self._stopping = True
        part = self._parts.get(entrypoint)
        if part is not None:
            part.stop()
        elif self._rpc is not None and isinstance(entrypoint.declared, Answering):
            self._rpc.stop()

    def stop(self) -> None:
        """After all entrypoints have drained: send what they committed, then hang up."""
        self._stopping = True
        for part in self._inner:
            part.stop()
        for link in self._links:
            link.stop()

    def kill(self) -> None:
        self._stopping = True
        for link in self._links:
            link.drop()


def _sentence(error: Exception) -> str:
    """Errors of ours and of the broker are told in full; a driver's text may hold more than people should see."""
    if isinstance(error, LOST) or type(error).__module__.startswith("shared."):
        return f"{type(error).__name__}: {error}"
    return type(error).__name__


def _in_parallel(*jobs: Callable[[], None]) -> None:
    """Run the store's probes in green threads of their own, at the same time."""
    for thread in [eventlet.spawn(job) for job in jobs]:
        thread.wait()
