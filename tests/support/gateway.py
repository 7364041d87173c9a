"""A gateway for tests: the real application on a real store, and services that answer what the contracts allow.

Two responders stand in for the services: one in the process, one behind a real broker. They share what they answer, and
tests/contract/gateway holds them against the same expectations, so that the quick one may stand for the real way.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pika
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask.testing import FlaskClient

from deploy.local.broker import VirtualHost
from services.gateway.app import Gateway, create_app
from services.gateway.examples import sample
from services.gateway.identity import Identity, Session
from services.gateway.models import metadata
from services.gateway.routes import ASKED, FORM, Route, spec_of
from services.gateway.rpc import Caller, not_running
from services.gateway.scopes import SCOPES
from services.gateway.second_factor.factors import compulsory
from shared.bus import wire
from shared.clock import Clock
from shared.config import Settings
from shared.contracts import Context, load
from shared.contracts.operations import ADMIN, AGENCY, OPERATIONS, ROLES
from shared.identifiers import new_id
from shared.problems import NotFound, Problem
from shared.rulebooks import Rulebook, library
from shared.store import Store
from tests.support.works import RING, once, quicken

REAL, REHEARSAL = "real-cycle", "rehearsal-cycle"
FAST = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "not in any example"
SIGNING_KEY = (
    Ed25519PrivateKey.generate()
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode("ascii")
)
ARCHIVED = {
    "id": "a1", "name": "示例公司", "uscc": "91310105MAXY50013E", "kind": "organization", "status": "awarded",
    "public_number": None, "submitted_on": None, "receipt": None, "accepted_version": None,
}  # fmt: skip
Answering = Callable[[str, str, Mapping[str, Any], Context], dict[str, Any]]


def any_rulebook() -> Rulebook:
    """Some rulebook that is installed."""
    return library().get(sorted(library().ids())[0])


def answered(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """What a service of good will answers: an example of the contract, about the cycle that was asked for."""
    operation = OPERATIONS.get(f"{service}.{method}")
    if operation is None:
        raise NotFound("没有操作", "no operation", code="unknown_operation")
    load(once(operation.request), dict(data))
    reply = sample(once(operation.reply))
    if "cycle_id" in reply and "cycle_id" in data:
        reply["cycle_id"] = data["cycle_id"]
    if operation.name == "intake.cycle":
        reply |= {"rulebook": any_rulebook().id, "rehearsal": data["cycle_id"] != REAL}
    if method == "watch":
        reply["cycles"] = [{**reply["cycles"][0], "cycle_id": each} for each in data["cycle_ids"]]
    if "service" in reply:
        reply["service"] = service
    if method == "archive":
        reply |= {"tables": [{"table": "applications", "rows": [ARCHIVED]}], "destroyed_on": None}
    if method == "archive_audit":
        reply |= {"entries": [], "seals": []}
    if "next" in reply:
        reply["next"] = None  # there are no more pages
    return reply


@dataclass(frozen=True)
class Call:
    """One call as a responder got it."""

    operation: str
    data: Mapping[str, Any]
    context: Context


@dataclass
class Now:
    """An answer that is there already."""

    value: Callable[[], dict[str, Any]]

    def result(self) -> dict[str, Any]:
        return self.value()


@dataclass
class InProcess:
    """Answers without a broker; `missing` services are not running."""

    answer: Answering = answered
    missing: frozenset[str] = frozenset()
    calls: list[Call] = field(default_factory=list)

    def ask(
        self,
        service: str,
        method: str,
        data: Mapping[str, Any],
        context: Context,
        timeout: float | None = None,
    ) -> Now:
        # Through the wire's form and back, as the broker would: what is no plain JSON fails here too.
        plain = wire.decode(wire.encode(data))
        carried = Context.from_headers(context.message_id, context.to_headers())

        def value() -> dict[str, Any]:
            if service in self.missing or service not in ASKED:
                raise not_running(service)
            self.calls.append(Call(f"{service}.{method}", plain, carried))
            return wire.read_reply(wire.encode(_body(self.answer, service, method, plain, carried)))

        return Now(value)

    def call(
        self,
        service: str,
        method: str,
        data: Mapping[str, Any],
        context: Context,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        return self.ask(service, method, data, context, timeout).result()


def _body(
    answer: Answering, service: str, method: str, data: Mapping[str, Any], context: Context
) -> dict[str, Any]:
    try:
        return wire.answer(answer(service, method, data, context))
    except Problem as problem:
        return wire.refusal(problem)


def declare(vhost: VirtualHost, services: tuple[str, ...] = ASKED) -> None:
    """Exchanges and request queues, as the topology command makes them."""
    connection = pika.BlockingConnection(pika.URLParameters(vhost.topology_uri))
    channel = connection.channel()
    for exchange in (wire.RPC_EXCHANGE, wire.REPLIES_EXCHANGE):
        channel.exchange_declare(exchange, "topic", durable=True)
    for service in services:
        channel.queue_declare(wire.rpc_queue(service), durable=True)
        channel.queue_bind(wire.rpc_queue(service), wire.RPC_EXCHANGE, f"{service}.*")
    connection.close()


class OverBroker:
    """Answers calls to one service that come over a real broker, in a thread of its own."""

    def __init__(self, uri: str, service: str, answer: Answering = answered) -> None:
        self.service = service
        self.answer = answer
        self.calls: list[Call] = []
        self._connection = pika.BlockingConnection(pika.URLParameters(uri))
        self._channel = self._connection.channel()
        self._channel.basic_consume(wire.rpc_queue(service), self._got, auto_ack=True)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            self._channel.start_consuming()
        except pika.exceptions.AMQPError:
            pass  # the broker went away, which some tests want
        else:
            self._connection.close()

    def _got(self, channel: Any, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        context = Context.from_headers(str(properties.message_id), properties.headers or {})
        service, _, name = str(properties.type).partition(".")
        data = wire.decode(body)
        self.calls.append(Call(str(properties.type), data, context))
        reply = wire.encode(_body(self.answer, service, name, data, context))
        channel.basic_publish(
            wire.REPLIES_EXCHANGE,
            properties.reply_to,
            reply,
            pika.BasicProperties(correlation_id=properties.correlation_id, delivery_mode=wire.TRANSIENT),
        )

    def stop(self) -> None:
        """Take no more calls."""
        if self._thread.is_alive():
            self._connection.add_callback_threadsafe(self._channel.stop_consuming)
            self._thread.join(10)


@contextmanager
def all_over_broker(vhost: VirtualHost, answer: Answering = answered) -> Iterator[list[OverBroker]]:
    """Every service behind a real broker."""
    responders = [OverBroker(vhost.uri_for(service), service, answer) for service in ASKED]
    try:
        yield responders
    finally:
        for responder in responders:
            responder.stop()


@dataclass
class Bench:
    """A gateway under test."""

    gateway: Gateway
    app: Flask
    store: Store
    tokens: dict[str, str] = field(default_factory=dict)
    accounts: set[str] = field(default_factory=set)

    @property
    def client(self) -> FlaskClient:
        """An HTTP client inside the process."""
        return self.app.test_client()

    @property
    def identity(self) -> Identity:
        return self.gateway.identity

    def token(self, role: str) -> str:
        """A token of an account that holds one role."""
        if role not in self.tokens:
            if role == AGENCY:
                self.tokens[role] = self.agency_token()
                return self.tokens[role]
            self.tokens[role] = self.identity.sign_in(self.account(role), PASSWORD, "test").token
        return self.tokens[role]

    def account(self, role: str) -> str:
        """The name of an account that holds one role."""
        name = f"user.{role}"
        if role not in self.accounts:
            self.accounts.add(role)
            self.identity.create(None, username=name, password=PASSWORD, display_name=role, roles=[role])
        return name

    def administrator(self) -> Session:
        """Somebody who may register programs of agencies."""
        return self.identity.session(self.token(ADMIN))

    def agency_token(self, *, scopes: Iterable[str] = SCOPES, client_id: str = "program.agency") -> str:
        """A token of a program of an agency, which is registered when first asked for."""
        agencies = self.gateway.agencies
        if client_id not in {each["client_id"] for each in agencies.listed()}:
            purposes = ["subsidy-review"]
            data = {
                "client_id": client_id, "agency": "示例信用办", "department": "credit", "scopes": list(scopes),
                "purposes": purposes,
            }  # fmt: skip
            agencies.register(self.administrator(), data, new_id())
        client = agencies.client(client_id)
        return agencies.issue(client, " ".join(sorted(client.scopes))).token

    def headers(self, role: str | None, **more: str) -> dict[str, str]:
        """The headers of a request in a role; None for the public."""
        found = {name.replace("_", "-"): value for name, value in more.items()}
        if role is not None:
            found["Authorization"] = f"Bearer {self.token(role)}"
        return found

    def request(self, route: Route, role: str | None, **more: str) -> Any:
        """A well-formed request of a route."""
        form = dict(spec_of(route).example) if route.takes == FORM else None
        return self.client.open(
            address(route),
            method=route.verb,
            json=body_of(route),
            data=form,
            headers=self.headers(role, **more),
        )


def address(route: Route, **fields: str) -> str:
    """A path of a route with its names filled in."""
    from services.gateway.routes import PREFIX, spec_of

    example = {name: str(value) for name, value in spec_of(route).example.items()}
    stage = any_rulebook().stages[-1].key
    given = example | {"cycle_id": REHEARSAL, "stage": stage, "rulebook": any_rulebook().id} | fields
    return PREFIX + route.path.format(**given)


def body_of(route: Route) -> dict[str, Any] | None:
    """An example of a route's body; None where it takes none."""
    from services.gateway.routes import spec_of

    if not route.takes_body:
        return None
    return {name: value for name, value in spec_of(route).example.items() if name not in route.in_path}


_tables: list[bytes] = []  # an SQLite file that has them and nothing else, once it was made


def _store_in(path: Path, clock: Clock | None) -> Store:
    """A store whose tables are there; those of a new file are copied."""
    new = not path.exists()
    if new and _tables:
        path.write_bytes(_tables[0])
    store = Store.open(f"sqlite:///{path}", service="gateway", clock=clock, field_keys=RING)
    quicken(store)
    if new and not _tables:
        store.create_schema(metadata)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _tables.append(path.read_bytes())
    return store


def make_bench(
    folder: Path,
    caller: Caller,
    *,
    rehearsals: str = "allowed",
    clock: Clock | None = None,
    remember: float = 5.0,
    **given: Any,
) -> Bench:
    """The real application on a store of its own; `given` are settings."""
    store = _store_in(folder / "gateway.sqlite", clock)
    settings = Settings(
        environment="test",
        rehearsals=rehearsals,
        **{
            "agency_signing_key": SIGNING_KEY, "content_url": (folder / "content").absolute().as_uri(), **given,
        },
    )  # fmt: skip
    identity = Identity(store, hasher=FAST, remember=remember, with_factor=compulsory(settings))
    gateway = Gateway(settings, identity, caller, library())
    return Bench(gateway, create_app(gateway), store)


EVERYBODY: tuple[str | None, ...] = (*ROLES, None)
