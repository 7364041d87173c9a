"""The private broker: alone, beside another, killed; and what each user may really do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, ProbableAuthenticationError

from deploy.broker.definitions import SERVICES
from deploy.local.broker import PrivateBroker, VirtualHost
from deploy.local.processes import ProcessId, descendants, is_running
from deploy.local.temporary import temporary_folder

ACCESS_REFUSED = 403
QUORUM = {"x-queue-type": "quorum"}


def _channel(uri: str) -> BlockingChannel:
    return pika.BlockingConnection(pika.URLParameters(uri)).channel()


def _close(channel: BlockingChannel) -> None:
    channel.connection.close()


@pytest.fixture(scope="module")
def declared(module_vhost: VirtualHost) -> VirtualHost:
    """A virtual host with the names that the permissions speak of."""
    channel = _channel(module_vhost.topology_uri)
    publishers = (*SERVICES, "ballot_box")
    for exchange in ("rpc", "replies", *(f"{name}.events" for name in publishers), "topology.intake.0"):
        channel.exchange_declare(exchange, "topic", durable=True)
    for queue in ("intake.rpc", "review.rpc", "review.intake.stage.closed.parking"):
        channel.queue_declare(queue, durable=True, arguments=QUORUM)
    _close(channel)
    return module_vhost


def _allowed(uri: str, action: Callable[[BlockingChannel], object]) -> bool:
    channel = _channel(uri)
    try:
        action(channel)
    except ChannelClosedByBroker as refused:
        if refused.reply_code != ACCESS_REFUSED:
            raise
        return False
    finally:
        if channel.connection.is_open:
            _close(channel)
    return True


def _publish(exchange: str, key: str) -> Callable[[BlockingChannel], object]:
    def action(channel: BlockingChannel) -> None:
        channel.confirm_delivery()
        channel.basic_publish(exchange, key, b"{}")

    return action


@pytest.mark.parametrize(
    ("user", "action", "allowed"),
    [
        ("intake", _publish("intake.events", "cycle.opened"), True),
        ("intake", _publish("review.events", "stage.closed"), False),
        ("intake", _publish("rpc", "review.begin_stage"), False),
        ("intake", _publish("", "review.rpc"), False),
        ("intake", _publish("replies", "gateway.a1.intake"), True),
        ("intake", _publish("replies", "gateway.a1.review"), False),
        ("intake", lambda channel: channel.basic_get("intake.rpc"), True),
        ("intake", lambda channel: channel.basic_get("review.rpc"), False),
        ("intake", lambda channel: channel.queue_declare("intake.more"), False),
        ("intake", lambda channel: channel.exchange_declare("topology.intake.0", passive=True), True),
        ("intake", lambda channel: channel.queue_delete("intake.rpc"), False),
        ("gateway", _publish("rpc", "intake.submit_application"), True),
        ("gateway", _publish("rpc", "somebody.else"), False),
        ("gateway", _publish("intake.events", "cycle.opened"), False),
        ("gateway", lambda channel: channel.basic_get("intake.rpc"), False),
        ("gateway", lambda channel: channel.queue_declare("replies.gateway.a1", exclusive=True), True),
        ("gateway", lambda channel: channel.queue_declare("replies.other.a1", exclusive=True), False),
        ("ballot_box", _publish("ballot_box.events", "ballots.cast"), True),
        ("ballot_box", _publish("ballot_box.events", "stage.closed"), False),
        ("ballot_box", _publish("rpc", "review.counted"), True),
        ("ballot_box", _publish("rpc", "review.close_stage"), False),
        ("ballot_box", lambda channel: channel.basic_get("review.ballot_box.ballots.cast"), False),
        ("operator", lambda channel: channel.basic_get("review.intake.stage.closed.parking"), True),
        ("operator", lambda channel: channel.basic_get("intake.rpc"), False),
        ("operator", _publish("intake.events", "cycle.opened"), False),
    ],
)
def test_each_user_may_do_what_its_part_needs(
    declared: VirtualHost, user: str, action: Callable[[BlockingChannel], object], allowed: bool
) -> None:
    """Everything else is refused by the broker itself (403)."""
    assert _allowed(declared.uri_for(user), action) is allowed


@pytest.mark.parametrize("length", [0, 1, 40_000, 60_000, 300_000])
def test_an_answer_of_any_length_is_read_whole(broker: PrivateBroker, length: int) -> None:
    """Erlang hands a text of more than 65,535 characters over in another form."""
    assert broker.evaluate(f"binary:copy(<<122>>, {length}).") == "z" * length


def test_many_look_in_at_once(broker: PrivateBroker) -> None:
    """A node turns away whoever calls by the name of somebody who is there: two who ask for the status both get an answer."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: broker.evaluate(f"{number}."), range(64)))
    assert found == [str(number) for number in range(64)]


def test_the_gateway_takes_replies_to_itself(declared: VirtualHost) -> None:
    """It binds its own queue with its own key and gets what a service replies."""
    channel = _channel(declared.uri_for("gateway"))
    channel.queue_declare("replies.gateway.a1", exclusive=True)
    channel.queue_bind("replies.gateway.a1", "replies", "gateway.a1.*")
    service = _channel(declared.uri_for("intake"))
    _publish("replies", "gateway.a1.intake")(service)
    _, _, body = channel.basic_get("replies.gateway.a1", auto_ack=True)
    assert body == b"{}"
    _close(service)
    _close(channel)


def test_guest_is_gone(broker: PrivateBroker) -> None:
    """The account that everybody knows does not exist."""
    with pytest.raises(ProbableAuthenticationError):
        _channel(f"amqp://guest:guest@127.0.0.1:{broker.port}/zhiheng")


def test_virtual_hosts_do_not_see_each_other(broker: PrivateBroker) -> None:
    """A fresh one is empty, whatever others hold."""
    one, two = broker.vhost(), broker.vhost()
    channel = _channel(one.topology_uri)
    channel.queue_declare("only.here", durable=True, arguments=QUORUM)
    channel.confirm_delivery()
    channel.basic_publish("", "only.here", b"{}")
    _close(channel)
    assert one.queues() == {"only.here": 1}
    assert two.queues() == {}


def test_two_run_at_once_in_a_path_with_spaces_and_leave_nothing() -> None:
    """Own ports, names and port mappers; stopping one leaves the other alone; afterwards no process remains."""
    with temporary_folder("test") as folder:
        with PrivateBroker(folder / "the first 中") as first:
            family = _family(first)
            with PrivateBroker(folder / "the second") as second:
                assert set(first.ports().values()).isdisjoint(second.ports().values())
                family += _family(second)
            assert first.evaluate("rabbit:is_running().") == "true"
        assert [process for process in family if process.alive] == []


def _family(broker: PrivateBroker) -> list[ProcessId]:
    found = [child.id for child in broker.children()]
    return found + [process for child in broker.children() for process in descendants(child.pid)]


def test_a_killed_broker_comes_back_with_its_messages(private_broker: PrivateBroker) -> None:
    """SIGKILL to the node: confirmed messages are there again, on the same port, with the same passwords."""
    channel = _channel(private_broker.topology_uri)
    channel.queue_declare("kept", durable=True, arguments=QUORUM)
    private_broker.sync()
    channel.confirm_delivery()
    for _ in range(20):
        channel.basic_publish("", "kept", b"{}", pika.BasicProperties(delivery_mode=2))
    server = private_broker.server
    assert server is not None
    pid = server.pid
    private_broker.kill()
    assert not is_running(pid)
    private_broker.start_again()
    channel = _channel(private_broker.topology_uri)
    channel.confirm_delivery()
    channel.basic_publish("", "kept", b"{}")  # answered once the queue has its leader again
    assert private_broker.queues()["kept"] == 21
    _close(channel)


def test_messages_survive_a_stop_in_a_path_with_spaces() -> None:
    """Another object for the same folder, as after `down` and `up`, finds users, queues and messages."""
    with temporary_folder("test") as folder:
        for expected in (1, 2):
            with PrivateBroker(folder / "with space") as broker:
                channel = _channel(broker.topology_uri)
                channel.queue_declare("kept", durable=True, arguments=QUORUM)
                channel.confirm_delivery()
                channel.basic_publish("", "kept", b"{}", pika.BasicProperties(delivery_mode=2))
                _close(channel)
                assert broker.queues() == {"kept": expected}


def test_a_queue_that_the_boot_gave_up_is_started_again(private_broker: PrivateBroker) -> None:
    """Started means usable: a quorum queue whose process is down, as RabbitMQ 3.10 may leave it, has its leader again."""
    channel = _channel(private_broker.topology_uri)
    channel.queue_declare("given.up", durable=True, arguments=QUORUM)
    channel.confirm_delivery()
    channel.basic_publish("", "given.up", b"{}")
    _close(channel)
    down = "ra:stop_server(quorum_queues, {'zhiheng_given.up', node()}), whereis('zhiheng_given.up')."
    assert private_broker.evaluate(down) == "undefined"
    private_broker.wait_ready()
    assert private_broker.queues() == {"given.up": 1}
