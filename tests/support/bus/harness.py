"""Runs the sample service as a process and talks to it as the gateway, a publisher and an operator would."""

from __future__ import annotations

import itertools
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pika
from sqlalchemy import NullPool, create_engine, text

from deploy.local.broker import VirtualHost
from deploy.local.processes import Child, Port, poll
from shared.bus import wire
from shared.contracts import Context
from shared.store.migrate import upgrade

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = "tests.support.bus.process:Sample"
WORK = "intake.intake.thing.happened"
ASKED = "intake.intake.thing.asked"
TIERS = "0.05,0.1,0.2"
_LONG = 120.0  # seconds, after which something does not come: a machine may have much else to do
_MIGRATIONS = Path(__file__).parent / "migrations"


def python(*arguments: str, env: Mapping[str, str], log: Path) -> Child:
    """A python process of this checkout with only these ZHIHENG_ settings."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ZHIHENG_")}
    return Child(
        [sys.executable, *arguments],
        env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "EVENTLET_NO_GREENDNS": "yes", **env},
        cwd=ROOT,
        log=log,
    )


def declare(vhost: VirtualHost, log: Path, *, tiers: str = TIERS, command: str = "declare") -> int:
    """Declare the sample's topology, or `check` it; the exit code."""
    child = python(
        "-m", "shared.bus.topology", command, SAMPLE,
        env={"ZHIHENG_TOPOLOGY_URI": vhost.topology_uri, "ZHIHENG_RETRY_TIERS": tiers},
        log=log,
    )  # fmt: skip
    return child.popen.wait(_LONG)


class Sample:
    """The sample service: a database, a process that may be started again, and a look at both."""

    def __init__(self, vhost: VirtualHost, database_url: str, folder: Path, **settings: str) -> None:
        self.vhost = vhost
        self.database_url = database_url
        self.folder = folder
        self.settings = settings
        self.child: Child | None = None
        self.health = Port()
        self._runs = itertools.count(1)
        self._counted: dict[str, float] = {}
        self.audited_before = 0  # what an operator did before the test; nobody takes rows of the log away
        self._engine = create_engine(database_url, poolclass=NullPool)
        upgrade("intake", database_url, folder=_MIGRATIONS)

    def start(self, *, ready: bool = True, **settings: str) -> Sample:
        """Start the process; wait until it is ready unless told not to."""
        env = {
            "ZHIHENG_ENVIRONMENT": "test",
            "ZHIHENG_AMQP_URI": self.vhost.uri_for("intake"),
            "ZHIHENG_DATABASE_URL": self.database_url,
            "ZHIHENG_HEALTH_PORT": str(self.health.number),
            "ZHIHENG_RETRY_TIERS": TIERS,
            "ZHIHENG_RELAY_TIMEOUT": "5",
            **self.settings,
            **settings,
        }
        self.log = self.folder / f"sample-{next(self._runs)}.log"
        self.child = python("-m", "shared.bus.run", SAMPLE, env=env, log=self.log)
        if ready:
            self.wait_ready()
        return self

    def page(self, path: str) -> tuple[int, str]:
        """Status and body of a page of the health port; 0 where nothing listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health.number}{path}", timeout=5) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def reasons(self) -> dict[str, str]:
        """What /readyz says is wrong."""
        found: dict[str, str] = json.loads(self.page("/readyz")[1] or "{}").get("reasons", {})
        return found

    def metric(self, name: str) -> float:
        """The sum over all labels of one metric; of a count, what was added since `begin_anew`."""
        return self._metrics().get(name, 0.0) - self._counted.get(name, 0.0)

    def _metrics(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for line in self.page("/metrics")[1].splitlines():
            if not line.startswith("#"):
                series, _, value = line.rpartition(" ")
                name = series.partition("{")[0]
                found[name] = found.get(name, 0.0) + float(value)
        return found

    def begin_anew(self) -> None:
        """Let it come to rest, and take away every trace of what was before: rows, parked messages, counts."""
        self.execute("DELETE FROM outbox")  # an event that nobody takes would be tried again and again
        until(self._rests, "it rests")
        with pika.BlockingConnection(pika.URLParameters(self.vhost.admin_uri)) as connection:
            channel = connection.channel()
            for queue in (WORK, ASKED):
                channel.queue_purge(wire.parking_queue(queue))
        for table in ("effects", "unique_numbers", "inbox", "answers"):
            self.execute(f"DELETE FROM {table}")
        self.audited_before = self.scalar("SELECT count(*) FROM audit WHERE action LIKE 'parked:%'")
        self._counted = {
            name: value for name, value in self._metrics().items() if name.endswith(("_total", "_count"))
        }

    def _rests(self) -> bool:
        parking = {wire.parking_queue(queue) for queue in (WORK, ASKED)}
        waiting = any(count for queue, count in self.vhost.queues().items() if queue not in parking)
        return not waiting and self.metric("messaging_handlers_in_flight") == 0

    def wait_ready(self, seconds: float = _LONG) -> None:
        """Wait until /readyz says yes. Raises AssertionError with the log's end."""
        assert self.child is not None
        for _ in poll(seconds):
            if self.page("/readyz")[0] == 200:
                return
            assert self.child.running, self.log.read_text()[-3000:]
        raise AssertionError(f"not ready: {self.reasons()}\n{self.log.read_text()[-3000:]}")

    def wait_dead(self, seconds: float = _LONG) -> int:
        """Wait for the process to end by itself; its exit code."""
        assert self.child is not None
        code = self.child.popen.wait(seconds)
        self.child.terminate(1)
        return code

    def stop(self, seconds: float = _LONG) -> int:
        """SIGTERM and wait; the exit code."""
        assert self.child is not None
        return self.child.terminate(seconds)

    def effects(self, kind: str) -> dict[int, int]:
        """How often each number had an effect of a kind."""
        counted = "SELECT number, count(*) FROM effects WHERE kind = :kind GROUP BY number"
        with self._engine.connect() as connection:
            return dict(connection.execute(text(counted), {"kind": kind}).all())  # type: ignore[arg-type]

    def unsent(self) -> int:
        """Events in the outbox that are not marked."""
        with self._engine.connect() as connection:
            return int(
                connection.execute(
                    text("SELECT count(*) FROM outbox WHERE published_at IS NULL")
                ).scalar_one()
            )

    def scalar(self, statement: str) -> Any:
        """One value from the service's database."""
        with self._engine.connect() as connection:
            return connection.execute(text(statement)).scalar_one()

    @contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Somebody else holds a table of a PostgreSQL database."""
        with self._engine.begin() as connection:
            connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
            yield

    def execute(self, statement: str) -> None:
        """Run a statement in the service's database."""
        with self._engine.begin() as connection:
            connection.execute(text(statement))

    def close(self) -> None:
        """End everything."""
        if self.child is not None:
            self.child.terminate(5)
        self._engine.dispose()
        self.health.release()


def until(condition: Any, what: str, seconds: float = _LONG) -> None:
    """Wait for a condition. Raises AssertionError that names it."""
    for _ in poll(seconds, 0.02):
        if condition():
            return
    raise AssertionError(f"in vain: {what}")


class Client:
    """A caller and publisher over pika, one thread."""

    def __init__(self, vhost: VirtualHost, *, user: str = "gateway", publisher: str = "intake") -> None:
        self.name = f"gateway.{uuid4().hex[:12]}"
        self._connection = pika.BlockingConnection(pika.URLParameters(vhost.uri_for(user)))
        self._channel = self._connection.channel()
        queue = f"replies.{self.name}"
        self._channel.queue_declare(queue, exclusive=True, auto_delete=True)
        self._channel.queue_bind(queue, wire.REPLIES_EXCHANGE, wire.reply_binding(self.name))
        self._channel.basic_consume(queue, self._on_reply, auto_ack=True)
        self._replies: dict[str, bytes] = {}
        self._publishing = pika.BlockingConnection(pika.URLParameters(vhost.uri_for(publisher)))
        self._events = self._publishing.channel()
        self._events.confirm_delivery()

    def _on_reply(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        self._replies[properties.correlation_id] = body

    def send(
        self,
        method: str,
        data: Any,
        *,
        key: str | None = None,
        patience: float = 60,
        body: bytes | None = None,
        actor: str = "u1",
    ) -> str:
        """Send a call; its correlation id."""
        correlation = uuid4().hex
        context = Context(message_id=key or "", correlation_id=correlation, actor=actor)
        properties = pika.BasicProperties(
            type=wire.rpc_key("intake", method),
            message_id=key or uuid4().hex,
            correlation_id=correlation,
            reply_to=wire.reply_key(self.name, "intake"),
            expiration=str(round(patience * 1000)),
            content_type=wire.CONTENT_TYPE,
            headers=context.to_headers(),
        )
        self._channel.basic_publish(
            wire.RPC_EXCHANGE,
            wire.rpc_key("intake", method),
            wire.encode(data) if body is None else body,
            properties,
        )
        return correlation

    def receive(self, correlation: str, seconds: float = _LONG) -> dict[str, Any]:
        """The body of the reply. Raises AssertionError where none comes."""
        for _ in poll(seconds, 0):
            if correlation in self._replies:
                found: dict[str, Any] = json.loads(self._replies.pop(correlation))
                return found
            self._connection.process_data_events(time_limit=0.05)
        raise AssertionError("no reply")

    def call(self, method: str, data: Any, **options: Any) -> dict[str, Any]:
        """Send and receive."""
        return self.receive(self.send(method, data, **options))

    def publish(
        self, number: int, mood: str = "good", *, message_id: str | None = None, name: str = "thing.happened",
        version: int = 1, body: bytes | None = None, headers: Mapping[str, Any] | None = None,
    ) -> str:  # fmt: skip
        """Publish an event as the relay would, confirmed; its id."""
        message_id = message_id or uuid4().hex
        attributes = wire.EventAttributes(
            message_id, name, version, "intake", f"thing/{number}", "2026-11-20T09:00:00+08:00"
        )
        data = {"number": number, "mood": mood} if name != "thing.unheard" else {"number": number}
        self._events.basic_publish(
            wire.events_exchange("intake"),
            name,
            wire.encode(data) if body is None else body,
            pika.BasicProperties(
                message_id=message_id, delivery_mode=2, type=name, content_type=wire.CONTENT_TYPE,
                headers=attributes.to_headers() if headers is None else dict(headers),
            ),
            mandatory=True,
        )  # fmt: skip
        return message_id

    def close(self) -> None:
        for connection in (self._connection, self._publishing):
            if connection.is_open:
                connection.close()


@contextmanager
def parked(vhost: VirtualHost, queue: str = WORK) -> Iterator[list[tuple[Any, bytes]]]:
    """The messages in a parking queue, properties and bodies; they stay there."""
    connection = pika.BlockingConnection(pika.URLParameters(vhost.admin_uri))
    try:
        channel = connection.channel()
        found = []
        while True:
            method, properties, body = channel.basic_get(wire.parking_queue(queue))
            if method is None:
                break
            found.append((properties, body))
        yield found
    finally:
        connection.close()
