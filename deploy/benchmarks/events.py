"""The event path with every promise kept, beside what others do with half of them; one run, one machine.

    python -m deploy.benchmarks.events [--rounds 3] [--quick] [--only NAME …]

Every consumer is one process on a private RabbitMQ and a private PostgreSQL that sync to disk. Each takes the same
600-byte event, persistent and published with confirms:

* kombu       a bare loop on a quorum queue: idempotency row and business row in one transaction, ack, next;
* nameko      its own @event_handler as shipped (a classic queue, ten workers) with the same transaction;
* faststream  aio-pika and asyncpg on a quorum queue (prefetch 100, ten connections) with the same transaction;
* ours        shared.bus and shared.store: contract, claim, business row, audit row, an encrypted outbox row, commit, ack;
* ours+relay  the same in one process with the relay, the sealing and the purging, as a small stack runs it.

Figures: *alone*, the consumer with its queue filled before; *path*, publisher and consumer at work together, from the
first publish (ours: from outbox rows that wait) to the last commit, the publisher waiting for each confirm as these libraries
do it; *window*, the same with a hundred unconfirmed, which none of them does by itself (ours always does); the consumer's CPU
seconds for 1,000 events; p50 and p99 from before the publishing (ours: before the publishing transaction) to the commit, at
200 events a second. Rounds are interleaved and medians are taken, since a machine shared with others is fast and slow by
turns.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import signal
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from itertools import count
from pathlib import Path

import psycopg2

from deploy.benchmarks import peers_work as work
from deploy.benchmarks.events_service import FOLDER, accept
from deploy.benchmarks.peers_load import WINDOW, Load
from deploy.local import broker as rabbitmq
from deploy.local import postgres as postgresql
from deploy.local.broker import PrivateBroker, VirtualHost
from deploy.local.postgres import PrivatePostgres
from deploy.local.processes import Child, poll
from deploy.local.services import ROOT, base_environment
from deploy.local.temporary import temporary_folder
from shared.store import KeyRing, Store
from shared.store.migrate import upgrade

RATE = 200.0  # events a second, for the latencies
PRODUCER = "deploy.benchmarks.events_service:Producer"
CONSUMER = "deploy.benchmarks.events_service:Consumer"
PEERS = ("kombu", "nameko", "faststream")
WITH_RELAY = "ours+relay"
NAMES = (*PEERS, "ours", WITH_RELAY)
SECONDS = 150.0  # no round is begun that would end later
WARM = 400  # events before the first round
_FILL = 100  # events a transaction when an outbox is filled


@dataclass(frozen=True)
class Sizes:
    """Events of each phase."""

    peers: int
    ours: int
    paced: int


@dataclass(frozen=True)
class Figures:
    """What one consumer did in one round: events a second, milliseconds, CPU seconds for 1,000 events."""

    alone: float
    window: float
    path: float
    cpu: float
    p50: float
    p99: float
    filled: float = 0.0
    relay: float = 0.0
    relay_cpu: float = 0.0


class Runner:
    """A process that is measured."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.child = Child(
            [sys.executable, "-m", *arguments], env=base_environment() | dict(environment), cwd=ROOT, log=log
        )
        self._read = 0

    def line(self, word: str, seconds: float = 60.0) -> str:
        """Wait for the next line of its output that has this word in it. Raises RuntimeError with the log's end."""
        for _ in poll(seconds, 0.01):
            text = self.child.log.read_text(encoding="utf-8")
            end = text.find("\n", found) if (found := text.find(word, self._read)) >= 0 else -1
            if end >= 0:
                self._read = end
                return text[found:end]
            if not self.child.running:
                break
        raise RuntimeError(f"{self.child.log.name}: no {word!r} in\n{self.child.log.read_text()[-3000:]}")

    def report(self) -> dict[str, float]:
        """The meter's next line."""
        found: dict[str, float] = json.loads(self.line(work.REPORT).removeprefix(work.REPORT))
        return found

    def stop(self) -> None:
        """Stop it in the middle of whatever it does."""
        self.child.id.signal(signal.SIGSTOP)

    def go(self) -> None:
        """Let it go on."""
        self.child.id.signal(signal.SIGCONT)

    def cpu(self) -> float:
        """CPU seconds that it has used."""
        stat = Path(f"/proc/{self.child.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        self.go()
        self.child.terminate(10.0)


class Ground:
    """Broker, databases and the folder of one run."""

    def __init__(self, folder: Path, host: VirtualHost, postgres: PrivatePostgres) -> None:
        self.folder = folder
        self.host = host
        self.postgres = postgres
        self.keys = KeyRing.generate()
        self._logs = (folder / f"process-{number}.log" for number in count(1))

    def runner(self, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Runner:
        """Start a process of Python."""
        return Runner(arguments, environment or {}, next(self._logs))

    def plain_url(self, role: str) -> str:
        """The address as psycopg2 and asyncpg take it."""
        return self.postgres.url_for(role).replace("+psycopg2", "")

    def service(self, arguments: Sequence[str], name: str, parts: str) -> Runner:
        """Start a process of one of our services and wait until its links are up."""
        runner = self.runner(
            arguments,
            {
                "ZHIHENG_ENVIRONMENT": "test",
                "ZHIHENG_AMQP_URI": self.host.uri_for(name),
                "ZHIHENG_DATABASE_URL": self.postgres.url_for(name),
                "ZHIHENG_FIELD_KEYS": self.keys,
                "ZHIHENG_PARTS": parts,
            },
        )
        for link in {"relay": ("publish",), "consumers": ("events",), "all": ("events",)}[parts]:
            runner.line(f'"link": "{name} {link}", "event": "link.up"')
        return runner


class Peer:
    """One of the others."""

    def __init__(self, ground: Ground, name: str, stack: ExitStack) -> None:
        uri, queue = ground.host.admin_uri, work.NAMEKO if name == "nameko" else f"peer.{name}"
        self._load = Load(uri)
        stack.callback(self._load.close)
        self._load.declare(queue)
        self._to = (work.EXCHANGE, work.KEY) if name == "nameko" else ("", queue)
        self._runner = ground.runner(
            [f"deploy.benchmarks.peers_{name}", uri, ground.plain_url("peer"), queue]
        )
        stack.callback(self._runner.end)
        self._runner.line("ready")
        self._load.publish(*self._to, WARM)
        self._runner.report()

    def measure(self, sizes: Sizes) -> Figures:
        """One round."""
        runner = self._runner
        runner.stop()
        self._load.publish(*self._to, sizes.peers)
        alone, cpu = drained(runner, sizes.peers)
        window, path = (self._path(sizes.peers, size) for size in (WINDOW, 1))
        self._load.pace(*self._to, sizes.paced, RATE)
        waits = runner.report()
        return Figures(alone, window, path, cpu, waits["p50"], waits["p99"])

    def _path(self, events: int, window: int) -> float:
        began = time.monotonic()
        self._load.publish(*self._to, events, window=window)
        return events / (self._runner.report()["last"] - began)


class Ours:
    """Our producer and our consumer; `parts` says whether the consumer's process also sends what it published."""

    def __init__(self, ground: Ground, parts: str, stack: ExitStack) -> None:
        self._orders = ground.folder / "orders"
        self._producer = ground.service(
            ["deploy.benchmarks.events_producer", str(self._orders)], "intake", "relay"
        )
        stack.callback(self._producer.end)
        self._consumer = ground.service(["shared.bus.run", CONSUMER], "review", parts)
        stack.callback(self._consumer.end)
        self._store = Store.open(ground.postgres.url_for("intake"), service="intake", field_keys=ground.keys)
        stack.callback(self._store.close)
        self._fill(WARM)
        self._producer.go()
        self._consumer.report()

    def _fill(self, events: int) -> None:
        self._producer.stop()
        for _ in range(events // _FILL):
            accept(self._store, _FILL, events)

    def measure(self, sizes: Sizes) -> Figures:
        """One round."""
        producer, consumer, events = self._producer, self._consumer, sizes.ours
        consumer.stop()
        began = time.monotonic()
        self._fill(events)
        filled = events / (time.monotonic() - began)
        relay, relay_cpu = self._relayed(events)
        alone, cpu = drained(consumer, events)
        consumer.stop()
        self._fill(events)
        began = time.monotonic()
        consumer.go()
        producer.go()
        path = events / (consumer.report()["last"] - began)
        waits = self._paced(sizes.paced)
        return Figures(alone, path, path, cpu, waits["p50"], waits["p99"], filled, relay, relay_cpu)

    def _relayed(self, events: int) -> tuple[float, float]:
        cpu, began = self._producer.cpu(), time.monotonic()
        self._producer.go()
        for _ in poll(60.0, 0.01):
            if not self._store.outbox.waiting():
                break
        rate = events / (time.monotonic() - began)
        return rate, (self._producer.cpu() - cpu) / events * 1000

    def _paced(self, events: int) -> dict[str, float]:
        order = self._orders.with_suffix(".new")
        order.write_text(f"{events} {RATE}", encoding="ascii")
        order.rename(self._orders)
        return self._consumer.report()


def drained(runner: Runner, events: int) -> tuple[float, float]:
    """Let a stopped consumer empty its queue: events a second, CPU seconds for 1,000."""
    cpu, began = runner.cpu(), time.monotonic()
    runner.go()
    rate = events / (runner.report()["last"] - began)
    return rate, (runner.cpu() - cpu) / events * 1000


# The run


@contextmanager
def ground() -> Iterator[Ground]:
    """Private servers with everything declared and migrated."""
    roles = ("intake", "review", "peer")
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder("bench"))
        broker = stack.enter_context(PrivateBroker(folder / "broker"))
        postgres = PrivatePostgres(folder / "postgres", services=roles)
        stack.callback(postgres.remove)
        postgres.start()
        found = Ground(folder, broker.vhost(), postgres)
        for service in ("intake", "review"):
            upgrade(service, postgres.url_for(service), folder=FOLDER)
        with psycopg2.connect(found.plain_url("peer")) as connection, connection.cursor() as cursor:
            cursor.execute(work.TABLES)
        connection.close()
        topology = found.runner(
            ["shared.bus.topology", "declare", "--uri", found.host.topology_uri, PRODUCER, CONSUMER]
        )
        topology.line("review: ")
        topology.end()
        yield found


def run(names: Sequence[str], sizes: Sizes, rounds: int) -> dict[str, Figures]:
    """All consumers, round by round; the medians."""
    rows: dict[str, list[Figures]] = {name: [] for name in names}
    with ground() as here:
        together = [name for name in names if name != WITH_RELAY]
        with ExitStack() as stack:
            found = {name: subject(here, name, stack) for name in together}
            for _ in turns(rounds, SECONDS):
                for name in together:
                    rows[name].append(measured(name, found[name], sizes))
        if WITH_RELAY in names:  # it takes from the same queue as the other, so the other had to go
            with ExitStack() as stack:
                last = subject(here, WITH_RELAY, stack)
                rows[WITH_RELAY] = [measured(WITH_RELAY, last, sizes) for _ in turns(rounds, SECONDS / 4)]
    return {name: middle(found) for name, found in rows.items()}


def turns(rounds: int, seconds: float) -> Iterator[int]:
    """So many rounds, fewer where the machine is so busy that they would not end in time."""
    began = time.monotonic()
    for number in range(rounds):
        yield number
        if (time.monotonic() - began) * (number + 2) / (number + 1) > seconds:
            return


def measured(name: str, subject: Peer | Ours, sizes: Sizes) -> Figures:
    """One round of one consumer, told as it ends."""
    found = subject.measure(sizes)
    print(f"{name}: {found}", file=sys.stderr, flush=True)
    return found


def subject(here: Ground, name: str, stack: ExitStack) -> Peer | Ours:
    """Start what is measured, and warm it up."""
    if name in PEERS:
        return Peer(here, name, stack)
    return Ours(here, "all" if name == WITH_RELAY else "consumers", stack)


def middle(rows: Sequence[Figures]) -> Figures:
    """The median of each figure."""
    return Figures(*(statistics.median(each) for each in zip(*map(astuple, rows), strict=True)))


def show(found: Mapping[str, Figures], sizes: Sizes) -> None:
    """Print the machine and the table."""
    print(machine())
    print(f"events a phase: {sizes.peers:,} (ours {sizes.ours:,}); {sizes.paced:,} at {RATE:.0f} a second")
    print(
        "| consumer | path/s | × kombu | window/s | × kombu | alone/s | × kombu | CPU s/1000 | p50 ms | p99 ms |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    base = found.get("kombu")
    for name, row in found.items():
        rates = (row.path, row.window, row.alone)
        bases = (base.path, base.window, base.alone) if base else rates
        cells = " | ".join(f"{rate:,.0f} | {rate / of:.2f}" for rate, of in zip(rates, bases, strict=True))
        print(f"| {name} | {cells} | {row.cpu:.2f} | {row.p50:.1f} | {row.p99:.1f} |")
    for name, row in found.items():
        if row.relay:
            print(
                f"{name}: into the outbox {row.filled:,.0f}/s ({_FILL} a transaction), "
                f"relay alone {row.relay:,.0f}/s at {row.relay_cpu:.2f} CPU s/1000"
            )


def machine() -> str:
    """What all of it ran on."""
    model = ""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    broker, postgres = rabbitmq.find_binaries(), postgresql.find_binaries()
    libraries = (
        "nameko",
        "kombu",
        "amqp",
        "eventlet",
        "SQLAlchemy",
        "psycopg2-binary",
        "faststream",
        "aio-pika",
        "asyncpg",
        "zen-engine",
    )
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in libraries if _has(name))
    return (
        f"{os.cpu_count()} cores ({model}), load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, "
        f"RabbitMQ {broker.version if broker else '?'}, PostgreSQL {postgres.version if postgres else '?'}, {versions}"
    )


def _has(distribution: str) -> bool:
    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME")
    args = parser.parse_args()
    sizes = Sizes(600, 2000, 300) if args.quick else Sizes(2500, 8000, 800)
    names = [name for name in NAMES if name in args.only]
    if "faststream" in names and not (_has("faststream") and _has("asyncpg")):
        names.remove("faststream")
        print("faststream is left out: it needs the dependency group `benchmarks`")
    show(run(names, sizes, 1 if args.quick else args.rounds), sizes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
