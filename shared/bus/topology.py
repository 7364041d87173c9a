"""Everything that must exist on the broker before anybody starts, as data, and the command that declares it.

    python -m shared.bus.topology declare --uri … module:Class …
    python -m shared.bus.topology check   --uri … module:Class …
    python -m shared.bus.topology print   module:Class …

Services have no right to declare anything. `declare` runs with the topology user and is refused by the broker (406) if
something exists with other arguments; when all of a service's part is there it leaves a marker exchange whose name
holds a hash of that part. A service looks for its marker when it starts: arguments of queues never change, so a marker
says that what this version of the code wants was once declared whole.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any

from amqp import Connection
from amqp.exceptions import AMQPError, NotFound

from shared.bus import wire
from shared.bus.address import connect_plainly
from shared.bus.declarations import ServiceDeclaration

_DELIVERY_LIMIT = 50  # a crash counts each delivery in hand as one; the limit stops what kills its consumer
_NO_LIMIT = 1_000_000_000  # RabbitMQ 4 has a limit of 20 where none is given, and looking at parking counts
_MARKER = "topology.{service}.{digest}"


class TopologyError(Exception):
    """The broker lacks something, or has it otherwise than declared; the message names it and the argument."""


@dataclass(frozen=True, order=True)
class Exchange:
    """An exchange, durable."""

    name: str
    type: str


@dataclass(frozen=True)
class Queue:
    """A queue, durable."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, order=True)
class Binding:
    """A queue's wish to get what comes to an exchange with a key."""

    queue: str
    exchange: str
    key: str


@dataclass(frozen=True)
class Plan:
    """One service's part of the topology."""

    service: str
    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]

    @property
    def marker(self) -> str:
        """The name of the exchange that says: all of this was declared."""
        text = json.dumps(asdict(self), sort_keys=True)
        return _MARKER.format(service=self.service, digest=hashlib.sha256(text.encode()).hexdigest()[:16])


def _quorum(**arguments: Any) -> dict[str, Any]:
    return {"x-queue-type": "quorum", **{name.replace("_", "-"): value for name, value in arguments.items()}}


def _dead_lettering(exchange: str) -> dict[str, Any]:
    # At-least-once dead-lettering needs reject-publish; without it the broker falls back to at-most-once.
    return {
        "x_dead_letter_exchange": exchange,
        "x_dead_letter_strategy": "at-least-once",
        "x_overflow": "reject-publish",
    }


def _work(service: str, queue: str) -> tuple[Queue, Queue, Binding]:
    dead = _dead_lettering(wire.parked_exchange(service))
    work = Queue(queue, _quorum(**dead, x_dead_letter_routing_key=queue, x_delivery_limit=_DELIVERY_LIMIT))
    parking = Queue(
        wire.parking_queue(queue), _quorum(x_overflow="reject-publish", x_delivery_limit=_NO_LIMIT)
    )
    return work, parking, Binding(parking.name, wire.parked_exchange(service), queue)


def _tier(service: str, seconds: float) -> tuple[Exchange, Queue, Binding]:
    # The message keeps its routing key, the work queue, and the default exchange takes it there when its time is up.
    # One time for the whole queue: per-message times are only looked at when a message is at the head.
    name = wire.retry_name(service, seconds)
    queue = Queue(
        name,
        _quorum(x_message_ttl=round(seconds * 1000), **_dead_lettering(""), x_delivery_limit=_NO_LIMIT),
    )
    return Exchange(name, "fanout"), queue, Binding(name, name, "")


def plan(declared: ServiceDeclaration, tiers: Sequence[float]) -> Plan:
    """The exchanges, queues and bindings of one service; `tiers` are the waiting times of retries in seconds."""
    name = declared.name
    exchanges = {
        Exchange(wire.RPC_EXCHANGE, "topic"),
        Exchange(wire.REPLIES_EXCHANGE, "topic"),
        Exchange(wire.events_exchange(name), "topic"),
        Exchange(wire.parked_exchange(name), "direct"),
    }
    queues = [Queue(wire.rpc_queue(name))]
    bindings = [Binding(wire.rpc_queue(name), wire.RPC_EXCHANGE, f"{name}.*")]
    for subscription in declared.subscriptions:
        source = wire.events_exchange(subscription.publisher)
        work, parking, bound = _work(name, subscription.queue(name))
        exchanges.add(Exchange(source, "topic"))
        queues += [work, parking]
        bindings += [bound, Binding(work.name, source, subscription.event.NAME)]
    for seconds in tiers:
        exchange, queue, bound = _tier(name, seconds)
        exchanges.add(exchange)
        queues.append(queue)
        bindings.append(bound)
    return Plan(
        name,
        tuple(sorted(exchanges)),
        tuple(sorted(queues, key=lambda q: q.name)),
        tuple(sorted(bindings)),
    )


def declare(connection: Connection, wanted: Plan) -> None:
    """Declare all of it, or raise TopologyError with the broker's own words (they name the argument)."""
    try:
        channel = connection.channel()
        for exchange in wanted.exchanges:
            channel.exchange_declare(exchange.name, exchange.type, durable=True, auto_delete=False)
        for queue in wanted.queues:
            channel.queue_declare(
                queue.name, durable=True, exclusive=False, auto_delete=False, arguments=dict(queue.arguments)
            )
        for bound in wanted.bindings:
            channel.queue_bind(bound.queue, bound.exchange, bound.key)
        channel.exchange_declare(wanted.marker, "fanout", durable=True, auto_delete=False)
        channel.close()
    except AMQPError as error:
        raise TopologyError(str(error)) from error


def look(connection: Connection, wanted: Plan) -> None:
    """See without any right to declare whether all is there. Raises TopologyError for what is missing."""
    try:
        channel = connection.channel()
        for exchange in wanted.exchanges:
            channel.exchange_declare(exchange.name, exchange.type, passive=True)
        for queue in wanted.queues:
            channel.queue_declare(queue.name, passive=True)
    except NotFound as error:
        raise TopologyError(f"not declared: {error}") from error
    try:
        channel.exchange_declare(wanted.marker, "fanout", passive=True)
        channel.close()
    except NotFound as error:
        raise TopologyError(
            f"no marker {wanted.marker}: `topology declare` has not run to its end for this version of "
            f"{wanted.service}, or it was refused"
        ) from error


def unheard(declared: Iterable[ServiceDeclaration]) -> list[str]:
    """Events (`publisher event`) that no service takes: their publishes would come back and stay in the outbox."""
    from shared.contracts import events  # only this check needs all contracts

    services = list(declared)
    taken = {(s.publisher, s.event.NAME) for service in services for s in service.subscriptions}
    published = {(p, e.NAME) for e in events() for p in e.PUBLISHERS if p in {s.name for s in services}}
    return sorted(f"{publisher} {name}" for publisher, name in published - taken)


def find_service(spec: str) -> Any:
    """The class that `package.module:Class` names. Raises SystemExit with a sentence for a wrong spec."""
    module, _, name = spec.partition(":")
    if not name:
        raise SystemExit(f"{spec}: write it as module:Class")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SystemExit(f"{spec}: {error}") from error


def _plans(specs: Sequence[str], tiers: Sequence[float]) -> tuple[list[ServiceDeclaration], list[Plan]]:
    from shared.bus.service import declaration  # nameko only where services are imported

    declared = [declaration(find_service(spec)) for spec in specs]
    return declared, [plan(service, tiers) for service in declared]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Exit code 1 and the broker's reason when something is refused or missing."""
    parser = argparse.ArgumentParser(prog="python -m shared.bus.topology", description=__doc__.split("\n")[0])
    parser.add_argument("action", choices=("declare", "check", "print"))
    parser.add_argument("services", nargs="+", metavar="module:Class")
    parser.add_argument(
        "--uri", default=os.environ.get("ZHIHENG_TOPOLOGY_URI", ""), help="the topology user's AMQP URI"
    )
    parser.add_argument("--tiers", default=os.environ.get("ZHIHENG_RETRY_TIERS", "1,5,30,300,3600"))
    options = parser.parse_args(arguments)
    tiers = sorted(float(part) for part in options.tiers.split(",") if part.strip())
    declared, plans = _plans(options.services, tiers)
    if options.action == "print":
        print(json.dumps([asdict(p) for p in plans], indent=2))
        return 0
    if not options.uri:
        parser.error("give --uri or ZHIHENG_TOPOLOGY_URI")
    for name in unheard(declared) if len(declared) > 1 else ():
        print(f"warning: nobody takes {name}", file=sys.stderr)
    try:
        _act(options.action, options.uri, plans)
    except (TopologyError, OSError, AMQPError, ValueError) as fault:
        print(f"topology: {fault}", file=sys.stderr)
        return 1
    return 0


def _act(action: str, uri: str, plans: Sequence[Plan]) -> None:
    """Each service over a connection of its own, all at once: the broker waits for its disk at every queue."""
    with ThreadPoolExecutor(len(plans)) as together:
        for done in [together.submit(_act_for, action, uri, wanted) for wanted in plans]:
            print(done.result())


def _act_for(action: str, uri: str, wanted: Plan) -> str:
    connection = connect_plainly(uri, "topology")
    try:
        # Declaring what exists with the same arguments changes nothing: `check` is `look` and the same again.
        if action == "check":
            look(connection, wanted)
        declare(connection, wanted)
    finally:
        connection.close()
    return f"{wanted.service}: {len(wanted.exchanges)} exchanges, {len(wanted.queues)} queues"


if __name__ == "__main__":
    sys.exit(main())
