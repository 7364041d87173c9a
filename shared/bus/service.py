"""The nameko side of a service: its base class and the decorators that its `service.py` is made of.

    class Intake(Service):
        name = "intake"

        @on_event(StageClosed, publisher="eligibility")
        def stage_closed(self, work, event): ...

        @command("submit_application")
        def submit(self, work, data): ...

Every decorator is a nameko entrypoint; the store, the rulebooks and the settings are nameko dependencies. A handler is
a plain function of `work` (one database transaction) and of what came in. It may run twice if the first run failed,
so it has no effect outside its transaction; whoever must call out takes `outside=True`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from shared.bus import green as _green  # noqa: F401 - quietly, before nameko imports eventlet

# isort: split
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, DependencyProvider, Entrypoint, register_entrypoint

from shared.bus import standing
from shared.bus.declarations import Answering, ServiceDeclaration, Subscription, Ticking
from shared.bus.extension import Bus
from shared.config import Settings
from shared.contracts import Context, Event, operation

Handler = TypeVar("Handler", bound=Callable[..., Any])


class _Provided(DependencyProvider):  # type: ignore[misc]
    """Gives each worker one of the process's own objects; it does nothing that could fail (see nameko's worker life:
    an exception here would end the container)."""

    bus = Bus()

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def get_dependency(self, worker_ctx: Any) -> Any:
        return getattr(self.bus.runtime, self._what)


class BusEntrypoint(Entrypoint):  # type: ignore[misc]
    """An entrypoint whose workers each do a run of work: a batch of deliveries, a run of calls, one tick."""

    bus = Bus()

    def bind(self, container: Any, method_name: str) -> Any:
        bound = super().bind(container, method_name)
        bound.handler_name = method_name
        bound.method_name = Service.run_work.__name__
        return bound

    def setup(self) -> None:
        self.bus.enlist(self)

    def stop(self) -> None:
        self.bus.drain(self)


class EventEntrypoint(BusEntrypoint):
    """Takes one event of one publisher."""

    def __init__(self, declared: Subscription) -> None:
        super().__init__()
        self.declared = declared


class CallEntrypoint(BusEntrypoint):
    """Answers one call."""

    def __init__(self, declared: Answering) -> None:
        super().__init__()
        self.declared = declared


class TickEntrypoint(BusEntrypoint):
    """Does something by the clock."""

    def __init__(self, declared: Ticking) -> None:
        super().__init__()
        self.declared = declared


def on_event(
    event: type[Event], *, publisher: str | Sequence[str] | None = None, outside: bool = False
) -> Callable[[Handler], Handler]:
    """Take an event: `def handler(self, work, event: Received)`, in the transaction that `work` stands for.

    Without `publisher` it is taken from all the contract's publishers, each with a queue of its own. A Problem parks
    the delivery; a Transient, an Unavailable and every other exception send it to a retry tier. With `outside=True`
    the handler is `def handler(self, store, event) -> Callable[[Work], None]`: it has no transaction and may wait for
    others, and what it returns is then done once, in a transaction. It may be called again for one delivery, so what it
    does outside must bear being done twice.
    """
    publishers = (
        event.PUBLISHERS if publisher is None else (publisher,) if isinstance(publisher, str) else publisher
    )
    unknown = set(publishers) - set(event.PUBLISHERS)
    if unknown or not publishers:
        raise ValueError(f"{event.NAME} is not published by {', '.join(sorted(unknown)) or 'anybody'}")

    def declare(handler: Handler) -> Handler:
        for name in publishers:
            register_entrypoint(handler, EventEntrypoint(Subscription(event, name, outside)))
        return handler

    return declare


def command(method: str, *, outside: bool = False) -> Callable[[Handler], Handler]:
    """Answer a command: `def handler(self, work, data) -> dict`, in one transaction, once per idempotency key.

    With `outside=True` the handler is `def handler(self, context, data) -> dict`: it has no transaction and opens its own. What
    it answered is remembered after it; where its process died in between it runs again, so what it does must bear that.
    """
    return _answering(Answering("command", method, outside))


def query(method: str) -> Callable[[Handler], Handler]:
    """Answer a question: `def handler(self, work, data) -> dict`, reading only."""
    return _answering(Answering("query", method))


def _answering(declared: Answering) -> Callable[[Handler], Handler]:
    def declare(handler: Handler) -> Handler:
        register_entrypoint(handler, CallEntrypoint(declared))
        return handler

    return declare


def every(*, seconds: float) -> Callable[[Handler], Handler]:
    """Do something every so many seconds: `def handler(self, work)`, in a transaction of its own, in each replica."""
    if seconds <= 0:
        raise ValueError("a period is longer than nothing")

    def declare(handler: Handler) -> Handler:
        register_entrypoint(handler, TickEntrypoint(Ticking(seconds)))
        return handler

    return declare


class Service:
    """Base of every service class; `name` is its name on the bus. Each tells an operator how it stands."""

    name: ClassVar[str]
    migrations: ClassVar[Path | None] = None  # their folder, if not services/<name>/migrations
    store: Any = _Provided("store")
    library: Any = _Provided("library")
    settings: Any = _Provided("settings")
    clock: Any = _Provided("clock")
    process: Any = _Provided("process")

    @classmethod
    def check(cls, settings: Settings) -> None:
        """Look at what is the service's own in the settings. Raises ConfigurationError, which stops the start."""

    def run_work(self, job: Callable[[Any], None]) -> None:
        """What every nameko worker of the bus runs: a job that is handed this instance."""
        job(self)

    @query("health")
    def health(self, work: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        return standing.health(self.process)

    @query("replica")
    def replica(self, work: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        return standing.replica(self.process)

    @command("replay_parked", outside=True)
    def replay_parked(self, context: Context, data: Mapping[str, Any]) -> dict[str, Any]:
        return standing.settle(self.process, context, "replay", data)

    @command("discard_parked", outside=True)
    def discard_parked(self, context: Context, data: Mapping[str, Any]) -> dict[str, Any]:
        return standing.settle(self.process, context, "discard", data)


def entrypoints(service: type[Service]) -> Iterable[tuple[str, BusEntrypoint]]:
    """Handler name and entrypoint of everything that a service class declares."""
    for name, method in inspect.getmembers(service, inspect.isfunction):
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            yield name, entrypoint


def declaration(service: type[Service]) -> ServiceDeclaration:
    """What a service class declares, checked against the contracts.

    Raises ValueError for two handlers of one event or call and for a command declared as a query; UnknownContract for
    a call that the contracts do not know.
    """
    subscriptions: list[Subscription] = []
    calls: dict[str, list[str]] = {"command": [], "query": []}
    for name, entrypoint in entrypoints(service):
        declared = entrypoint.declared
        if isinstance(declared, Subscription):
            subscriptions.append(declared)
        elif isinstance(declared, Answering):
            contract = operation(service.name, declared.method)
            if contract.kind != declared.kind:
                raise ValueError(f"{service.name}.{name}: {declared.method} is a {contract.kind}")
            calls[declared.kind].append(declared.method)
    _refuse_twins([s.queue(service.name) for s in subscriptions] + calls["command"] + calls["query"])
    return ServiceDeclaration(
        service.name,
        tuple(sorted(subscriptions, key=lambda s: s.queue(service.name))),
        tuple(sorted(calls["command"])),
        tuple(sorted(calls["query"])),
    )


def _refuse_twins(names: list[str]) -> None:
    twins = {name for name in names if names.count(name) > 1}
    if twins:
        raise ValueError(f"more than one handler for {', '.join(sorted(twins))}")
