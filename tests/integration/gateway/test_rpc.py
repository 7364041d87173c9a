"""The client of the services on a real broker: many calls at once, deadlines, losses, late replies."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import pika
import pytest

from deploy.local.broker import PrivateBroker, VirtualHost
from deploy.local.processes import poll
from services.gateway.metrics import Metrics
from services.gateway.rpc import RpcClient
from shared.bus import wire
from shared.contracts import Context
from shared.problems import Unavailable
from tests.support.gateway import OverBroker, declare

QUESTION = {"cycle_id": "c1"}


def _context(key: str = "k") -> Context:
    return Context(message_id=key, correlation_id="r", actor="a", role="public")


@pytest.fixture
def host(vhost: VirtualHost) -> VirtualHost:
    declare(vhost, ("intake",))
    return vhost


@pytest.fixture
def connecting() -> Iterator[Callable[..., RpcClient]]:
    """Makes clients, and stops them however the test ends: one left behind goes on trying in a thread of its own."""
    with ExitStack() as stack:

        def make(uri: str, **told: Any) -> RpcClient:
            client = RpcClient(uri, instance="test", **told)
            stack.callback(client.stop)
            return client

        yield make


@pytest.fixture
def client(host: VirtualHost, connecting: Callable[..., RpcClient]) -> RpcClient:
    return connecting(host.uri_for("gateway"), timeout=20.0).start()


class Slow:
    """Answers with the key that it was asked under, but only when it is let go; counts what it was asked."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.go = threading.Event()

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        self.keys.append(context.message_id)
        assert self.go.wait(30)
        return {"key": context.message_id}


@pytest.fixture
def served(host: VirtualHost) -> Iterator[Callable[[Any], OverBroker]]:
    running: list[OverBroker] = []

    def serve(answer: Any) -> OverBroker:
        running.append(OverBroker(host.uri_for("intake"), "intake", answer))
        return running[-1]

    yield serve
    for each in running:
        each.stop()


@contextmanager
def _channel(host: VirtualHost) -> Iterator[Any]:
    """A channel of the broker's administrator."""
    connection = pika.BlockingConnection(pika.URLParameters(host.admin_uri))
    yield connection.channel()
    connection.close()


def _wait(condition: Callable[[], bool]) -> None:
    for _ in poll(20.0, 0.01):
        if condition():
            return
    raise AssertionError("it did not happen")


def test_replies_find_their_callers(client: RpcClient, served: Callable[[Any], OverBroker]) -> None:
    """Of many calls from many threads each gets its own answer."""
    served(lambda service, method, data, context: {"key": context.message_id})
    keys = [f"k{number}" for number in range(400)]
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda key: client.call("intake", "cycle", QUESTION, _context(key)), keys))
    assert [{"key": key} for key in keys] == replies


def test_calls_made_before_the_connection_is_up_wait_for_it(
    host: VirtualHost, served: Callable[[Any], OverBroker], connecting: Callable[..., RpcClient]
) -> None:
    served(lambda *_: {"there": True})
    client = connecting(host.uri_for("gateway"), timeout=20.0)
    answer = client.ask("intake", "cycle", QUESTION, _context())
    client.start()
    assert answer.result() == {"there": True}


def test_a_call_ends_at_its_deadline_and_is_asked_once_more_before(
    client: RpcClient, host: VirtualHost, served: Callable[[Any], OverBroker]
) -> None:
    """The second asking carries the same key; the refusal says that the matter may have been done."""
    seen: list[str] = []
    connection = pika.BlockingConnection(pika.URLParameters(host.uri_for("intake")))
    channel = connection.channel()
    assert client.wait_ready(20)
    with pytest.raises(Unavailable) as caught:
        client.call("intake", "cycle", QUESTION, _context("same"), timeout=0.4)
    assert caught.value.code == "no_reply"
    assert client.metrics.asked_again._value.get() == 1
    for method, properties, _ in iter(lambda: channel.basic_get("intake.rpc", auto_ack=True), None):
        if method is None:
            break
        seen.append(properties.message_id)
    connection.close()
    assert set(seen) <= {"same"}  # mostly expired by now: the message goes with its caller's patience


def test_a_request_expires_with_its_deadline(client: RpcClient, host: VirtualHost) -> None:
    """What nobody waits for is not done later."""
    assert client.wait_ready(20)
    with pytest.raises(Unavailable):
        client.call("intake", "cycle", QUESTION, _context(), timeout=0.2)
    _wait(lambda: host.queues()["intake.rpc"] == 0)


def test_a_late_reply_reaches_nobody(client: RpcClient, served: Callable[[Any], OverBroker]) -> None:
    """It is dropped and counted, and the next call gets its own answer."""
    slow = Slow()
    served(slow)
    assert client.wait_ready(20)
    while not slow.keys:  # a call that expires before it is taken has no late reply
        with pytest.raises(Unavailable):
            client.call("intake", "cycle", QUESTION, _context("late"), timeout=0.3)
    slow.go.set()
    assert client.call("intake", "cycle", QUESTION, _context("next")) == {"key": "next"}
    _wait(lambda: client.metrics.late._value.get() >= 1)


def test_the_first_of_two_answers_counts(client: RpcClient, served: Callable[[Any], OverBroker]) -> None:
    """A call that was asked twice takes whichever reply comes first."""
    slow = Slow()
    served(slow)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.call, "intake", "cycle", QUESTION, _context("twice"), 6.0)
        _wait(lambda: client.metrics.asked_again._value.get() == 1)
        slow.go.set()
        assert waiting.result() == {"key": "twice"}


def test_an_unroutable_call_is_refused_at_once(client: RpcClient) -> None:
    """Nobody waits ten seconds for a service that was never set up."""
    with pytest.raises(Unavailable) as caught:
        client.call("review", "scores", QUESTION, _context(), timeout=600.0)
    assert caught.value.code == "not_running"


def test_a_queue_that_a_broker_has_not_found_again_yet_is_waited_for(
    client: RpcClient, host: VirtualHost, served: Callable[[Any], OverBroker]
) -> None:
    """A broker takes connections before it knows all of its queues again; what was there before it went is no refusal."""
    assert client.wait_ready(20)
    with _channel(host) as channel:
        channel.queue_delete("intake.rpc")
    _drop_connection(client)
    answer = client.ask("intake", "cycle", QUESTION, _context("early"))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(answer.result)
        _wait(lambda: len(answer.correlations) > 2)  # handed back and sent anew, more than once
        declare(host, ("intake",))
        served(lambda service, method, data, context: {"key": context.message_id})
        assert waiting.result() == {"key": "early"}


def test_a_queue_that_stays_away_is_refused_in_the_end(client: RpcClient, host: VirtualHost) -> None:
    """Before the call's deadline it is said that the service is not running."""
    assert client.wait_ready(20)
    _drop_connection(client)
    with pytest.raises(Unavailable) as caught:
        client.call("review", "scores", QUESTION, _context(), timeout=1.0)
    assert caught.value.code == "not_running"


def _drop_connection(client: RpcClient) -> None:
    connection = client._connection
    assert connection is not None
    connection.ioloop.add_callback_threadsafe(connection.close)
    _wait(lambda: client.metrics.losses._value.get() == 1 and client.ready)


def test_what_a_service_replies_that_is_no_answer_is_a_fault(client: RpcClient, host: VirtualHost) -> None:
    """Neither an answer nor a problem: it is raised as an error of ours, not shown as an answer."""
    assert client.wait_ready(20)
    connection = pika.BlockingConnection(pika.URLParameters(host.uri_for("intake")))
    channel = connection.channel()
    answer = client.ask("intake", "cycle", QUESTION, _context())
    for _ in poll(20.0, 0.01):
        method, properties, _body = channel.basic_get("intake.rpc", auto_ack=True)
        if method is not None:
            break
    channel.basic_publish(
        wire.REPLIES_EXCHANGE,
        properties.reply_to,
        b"[]",
        pika.BasicProperties(correlation_id=properties.correlation_id),
    )
    with pytest.raises(ValueError, match="neither"):
        answer.result()
    connection.close()


def test_calls_go_on_after_the_broker_was_restarted_under_them(
    private_broker: PrivateBroker, connecting: Callable[..., RpcClient]
) -> None:
    """A call that was on the way when the connection dropped is asked again, under its own key, and answered."""
    vhost = private_broker.vhost()
    declare(vhost, ("intake",))
    private_broker.sync()
    metrics = Metrics()
    client = connecting(vhost.uri_for("gateway"), timeout=60.0, metrics=metrics).start()
    assert client.wait_ready(20)
    slow = Slow()
    first = OverBroker(vhost.uri_for("intake"), "intake", slow)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(client.call, "intake", "cycle", QUESTION, _context(f"k{n}")) for n in range(8)]
        _wait(lambda: len(slow.keys) == 1)  # one is in work, the others wait behind it
        private_broker.kill()
        _wait(lambda: not client.ready)
        slow.go.set()
        private_broker.start_again()
        second = OverBroker(vhost.uri_for("intake"), "intake", slow)
        assert [{"key": f"k{n}"} for n in range(8)] == [each.result() for each in waiting]
    assert metrics.losses._value.get() >= 1
    assert client.call("intake", "cycle", QUESTION, _context("after")) == {"key": "after"}
    second.stop()
    first.stop()


def test_a_stopped_client_tells_those_who_wait(
    client: RpcClient, served: Callable[[Any], OverBroker]
) -> None:
    assert client.wait_ready(20)
    answer = client.ask("intake", "cycle", QUESTION, _context())
    client.stop()
    with pytest.raises(Unavailable) as caught:
        answer.result()
    assert caught.value.code == "cut_off"
    with pytest.raises(Unavailable):
        client.ask("intake", "cycle", QUESTION, _context())


def test_its_user_may_do_nothing_but_ask(host: VirtualHost) -> None:
    """The broker refuses the gateway's user to publish events, to forge replies, and to read a service's requests."""
    uri = host.uri_for("gateway")
    for forbidden in (
        lambda channel: channel.queue_declare("stolen"),
        lambda channel: channel.basic_get("intake.rpc"),
        lambda channel: channel.queue_bind("intake.rpc", "rpc", "#"),
    ):
        connection = pika.BlockingConnection(pika.URLParameters(uri))
        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
            forbidden(connection.channel())
        connection.close()


def test_trying_to_connect_leaves_nothing_open(
    vhost: VirtualHost, connecting: Callable[..., RpcClient]
) -> None:
    """A broker that is away for a day costs no file descriptors."""
    declare(vhost, ("intake",))
    wrong = vhost.uri_for("gateway").replace("gateway:", "gateway:not-")
    client = connecting(wrong).start()
    _wait(lambda: client.metrics.losses._value.get() >= 1)
    before = len(os.listdir("/proc/self/fd"))
    _wait(lambda: client.metrics.losses._value.get() >= 4)
    assert len(os.listdir("/proc/self/fd")) <= before + 4  # one try may be under way


def test_an_error_of_ours_in_the_connections_thread_costs_one_connection(
    client: RpcClient, served: Callable[[Any], OverBroker], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It connects again; the call that was on the way is asked again."""
    served(lambda *_: {"there": True})
    assert client.wait_ready(20)
    healthy, failed = client._properties, []

    def broken(*arguments: Any) -> Any:
        if not failed:
            failed.append(True)
            raise KeyError("an error of ours")
        return healthy(*arguments)

    monkeypatch.setattr(client, "_properties", broken)
    assert client.call("intake", "cycle", QUESTION, _context()) == {"there": True}
    assert client.metrics.losses._value.get() == 1
