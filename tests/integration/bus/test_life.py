"""The life of a process: starting where something is wrong, losing broker and database, draining."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pika
import pytest

from deploy.local.broker import PrivateBroker, VirtualHost
from deploy.local.postgres import PrivatePostgres
from tests.support.bus.fixtures import MakeSample
from tests.support.bus.harness import SAMPLE, TIERS, WORK, Client, Sample, declare, python, until


def test_sigterm_finishes_what_is_in_flight(sample: Sample, client: Client, tmp_path: Path) -> None:
    """A slow handler and a slow command end, are acknowledged and answered; the exit code is 0; nothing is left."""
    gate = tmp_path / "gate"
    client.publish(1, f"held:{gate}")
    call = client.send("wish", {"number": 2, "mood": f"held:{gate}"}, key="k")
    until(lambda: sample.metric("messaging_handlers_in_flight") >= 2, "both are in flight")
    _drains(sample)
    gate.touch()
    assert sample.wait_dead() == 0
    assert client.receive(call) == {"ok": {"number": 2, "run": 1}}
    assert sample.effects("event") == {1: 1}
    assert sample.unsent() == 0, "the command's event was sent before the exit"
    assert sample.vhost.queues() | {WORK: 1} == dict.fromkeys(sample.vhost.queues(), 0) | {WORK: 1}


def _drains(sample: Sample) -> None:
    """SIGTERM has come, and is told of."""
    assert sample.child is not None
    sample.child.popen.terminate()
    until(lambda: sample.reasons().get("process") == "draining", "readiness says so")


def test_a_draining_process_is_not_ready_and_takes_nothing_new(
    sample: Sample, client: Client, tmp_path: Path
) -> None:
    """From the signal on readiness says so, and what arrives waits for another process."""
    gate = tmp_path / "gate"
    client.publish(1, f"held:{gate}")
    until(lambda: sample.metric("messaging_handlers_in_flight") >= 1, "it is in flight")
    _drains(sample)
    client.publish(2)
    gate.touch()
    assert sample.wait_dead() == 0
    assert sample.effects("event") == {1: 1}
    assert sample.vhost.queues()[WORK] == 1
    sample.start()
    until(lambda: sample.effects("event") == {1: 1, 2: 1}, "the next process takes it")


def test_what_does_not_end_in_time_is_given_up_and_comes_again(
    declared: VirtualHost, sqlite_url: str, make_sample: MakeSample, client: Client
) -> None:
    """Beyond the limit the exit code tells; the delivery is still on its queue and has no effect."""
    sample = make_sample(declared, sqlite_url, ZHIHENG_DRAIN_SECONDS="0.5").start()
    client.publish(1, "slow:20")
    until(lambda: sample.metric("messaging_handlers_in_flight") >= 1, "it is in flight")
    assert sample.stop() == 3
    assert sample.effects("event") == {}
    until(lambda: sample.vhost.queues()[WORK] == 1, "it is still there")


def test_what_the_tests_copy_is_what_is_declared(declared: VirtualHost, tmp_path: Path) -> None:
    """The command finds nothing to say about a virtual host to which its own declaration was copied."""
    log = tmp_path / "topology.log"
    assert declare(declared, log, command="check") == 0, log.read_text()


def test_a_wrong_queue_argument_keeps_it_from_being_ready(
    vhost: VirtualHost, sqlite_url: str, make_sample: MakeSample, tmp_path: Path
) -> None:
    """With the topology user's address the broker's own words name the argument, in /readyz and in the log."""
    with pika.BlockingConnection(pika.URLParameters(vhost.admin_uri)) as connection:
        connection.channel().queue_declare(
            WORK, durable=True, arguments={"x-queue-type": "quorum", "x-delivery-limit": 3}
        )
    assert declare(vhost, tmp_path / "topology.log") == 1
    assert "x-d" in (tmp_path / "topology.log").read_text()
    sample = make_sample(vhost, sqlite_url).start(ready=False, ZHIHENG_TOPOLOGY_URI=vhost.topology_uri)
    until(lambda: "inequivalent arg 'x-d" in sample.reasons().get("topology", ""), "the reason names it")
    assert "PRECONDITION_FAILED" in sample.log.read_text()
    assert sample.page("/livez")[0] == 200
    assert sample.stop() == 0


def test_without_any_right_a_service_still_sees_that_the_topology_is_not_its_own(
    vhost: VirtualHost, sqlite_url: str, make_sample: MakeSample, tmp_path: Path
) -> None:
    """A topology of other tiers or of no declaration at all is told; once declared, it becomes ready by itself."""
    sample = make_sample(vhost, sqlite_url).start(ready=False)
    until(lambda: "no exchange" in sample.reasons().get("topology", ""), "nothing is declared")
    assert declare(vhost, tmp_path / "other.log", tiers="0.05,0.1,0.3") == 0
    until(lambda: "intake.retry.200ms" in sample.reasons().get("topology", ""), "a tier is missing")
    assert declare(vhost, tmp_path / "right.log") == 0
    sample.wait_ready()


def test_a_lost_broker_is_waited_for(
    private_broker: PrivateBroker, database_url: str, make_sample: MakeSample, tmp_path: Path
) -> None:
    """Over a kill of the broker nothing is lost and nothing doubled, and the process stays the same."""
    vhost = private_broker.vhost()
    assert declare(vhost, tmp_path / "topology.log") == 0
    private_broker.sync()  # a queue younger than the broker's list on disk would not come back
    sample = make_sample(vhost, database_url).start()
    client = Client(vhost)
    client.call("wish", {"number": 100, "copies": 50}, key="before")
    client.close()
    private_broker.kill()
    until(lambda: sample.page("/readyz")[0] == 503, "it is not ready")
    sample.execute(
        "INSERT INTO outbox (id, name, version, subject, occurred_at, data, headers) VALUES "
        "('f0000000000000000000000000000000', 'thing.happened', 1, 's', '2026-11-20 00:00:00', "
        '\'{"number": 900, "mood": "good"}\', \'{}\')'
    )
    private_broker.start_again()
    sample.wait_ready()
    expected = dict.fromkeys(range(100, 150), 1) | {900: 1}
    until(lambda: sample.effects("event") == expected, "everything is handled once")
    until(lambda: sample.unsent() == 0, "everything is sent")
    assert sample.child is not None
    assert sample.child.running


def test_a_database_that_is_away_pauses_the_consumer(
    declared: VirtualHost, private_postgres: PrivatePostgres, make_sample: MakeSample, client: Client
) -> None:
    """While the database is away nothing is retried, counted or parked; afterwards everything is handled once."""
    url = private_postgres.create_database("bustest", "bustester")
    sample = make_sample(declared, url).start()
    client.publish(1)
    until(lambda: sample.effects("event") == {1: 1}, "it works")
    private_postgres.kill()
    for number in range(2, 30):
        client.publish(number)
    until(lambda: sample.metric("database_away") == 1, "it is noticed")
    until(lambda: "database" in sample.reasons(), "readiness says so")
    reply = client.call("wish", {"number": 1}, key="meanwhile")
    assert reply["problem"]["kind"] == "Unavailable"
    private_postgres.start_again()
    until(lambda: sample.effects("event") == dict.fromkeys(range(1, 30), 1), "everything is handled once")
    assert sample.metric("messaging_retries_total") == 0
    assert sample.metric("messaging_parked_total") == 0
    sample.wait_ready()
    assert client.call("wish", {"number": 1}, key="meanwhile") == {"ok": {"number": 1, "run": 1}}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_relay_and_consumers_may_be_two_processes(
    declared: VirtualHost,
    new_database: Callable[[str], str],
    make_sample: MakeSample,
    client: Client,
    kind: str,
) -> None:
    """Each does its part on one database; neither does the other's."""
    url = new_database(kind)
    consumers = make_sample(declared, url, ZHIHENG_PARTS="consumers").start()
    client.call("wish", {"number": 1, "copies": 20}, key="k")
    assert consumers.unsent() == 20
    make_sample(declared, url, ZHIHENG_PARTS="relay").start()
    until(lambda: consumers.effects("event") == dict.fromkeys(range(1, 21), 1), "all are sent and handled")
    until(lambda: consumers.unsent() == 0, "all are marked")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"ZHIHENG_CRASH_AT": "before_commit", "ZHIHENG_ENVIRONMENT": "production"}, "fault tests"),
        ({"ZHIHENG_CRASH_AT": "somewhere"}, "none of"),
        ({"ZHIHENG_MISSPELT": "1"}, "no such setting"),
        ({"ZHIHENG_AMQP_URI": ""}, "ZHIHENG_AMQP_URI"),
        ({"ZHIHENG_CALENDARS": "/nowhere"}, "no such folder"),
    ],
)
def test_a_wrong_configuration_stops_the_start(
    settings: dict[str, str], message: str, tmp_path: Path
) -> None:
    """Exit code 2 and a sentence that names the key."""
    env = {
        "ZHIHENG_ENVIRONMENT": "test",
        "ZHIHENG_AMQP_URI": "amqp://u:p@127.0.0.1:1/v",
        "ZHIHENG_DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite",
        "ZHIHENG_RETRY_TIERS": TIERS,
        **settings,
    }
    child = python("-m", "shared.bus.run", SAMPLE, env=env, log=tmp_path / "log")
    assert child.popen.wait(60) == 2
    assert message in (tmp_path / "log").read_text()
