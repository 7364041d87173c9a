"""Hard times: a broker that takes nothing, a message that kills, replicas, a database that hangs, a random kill."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from pathlib import Path

import pika
import pytest

from deploy.local.broker import PrivateBroker, VirtualHost
from shared.bus import wire
from tests.support.bus.fixtures import MakeSample
from tests.support.bus.harness import WORK, Client, Sample, declare, parked, until


def leave(sample: Sample, numbers: range) -> None:
    """Put events into the outbox, as a command's transaction does."""
    for number in numbers:
        data = f'{{"number": {number}, "mood": "good"}}'
        sample.execute(
            "INSERT INTO outbox (id, name, version, subject, occurred_at, data, headers) VALUES "
            f"('{number:032d}', 'thing.happened', 1, 's', '2026-11-20 00:00:00', '{data}', '{{}}')"
        )


def test_a_broker_in_alarm_is_waited_for(
    private_broker: PrivateBroker, sqlite_url: str, make_sample: MakeSample, tmp_path: Path
) -> None:
    """While the broker takes nothing the relay gives up its window and stays lively; afterwards each event is sent."""
    vhost = private_broker.vhost()
    assert declare(vhost, tmp_path / "topology.log") == 0
    sample = make_sample(vhost, sqlite_url, ZHIHENG_RELAY_TIMEOUT="1").start()
    leave(sample, range(10))
    until(lambda: sample.effects("event") == dict.fromkeys(range(10), 1), "events flow")
    private_broker.evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.00001).")
    until(lambda: private_broker.evaluate("rabbit_alarm:get_alarms().") != "[]", "the alarm is raised")
    leave(sample, range(10, 30))
    until(lambda: sample.metric("messaging_publish_failures_total") > 0, "the relay gives up a window")
    assert sample.unsent() == 20
    assert sample.page("/livez")[0] == 200
    private_broker.evaluate("vm_memory_monitor:set_vm_memory_high_watermark(0.4).")
    until(lambda: sample.effects("event") == dict.fromkeys(range(30), 1), "each is handled once")
    until(lambda: sample.unsent() == 0, "each is marked")
    assert sample.stop() == 0


def test_what_kills_its_consumer_is_parked_by_the_broker(declared: VirtualHost, client: Client) -> None:
    """A delivery that comes back 50 times without a word ends in parking, with the broker's reason."""
    message_id = client.publish(1)
    with pika.BlockingConnection(pika.URLParameters(declared.uri_for("intake"))) as connection:
        channel = connection.channel()
        for _ in range(51):
            for method, _properties, _body in channel.consume(WORK, inactivity_timeout=120):
                channel.basic_nack(method.delivery_tag, requeue=True)
                break
    until(lambda: declared.queues()[wire.parking_queue(WORK)] == 1, "it is parked")
    with parked(declared) as found:
        assert found[0][0].message_id == message_id
        assert found[0][0].headers["x-first-death-reason"] == "delivery_limit"


def test_replicas_share_the_work_and_double_nothing(
    declared: VirtualHost, postgresql_url: str, make_sample: MakeSample, client: Client
) -> None:
    """Three processes, every event delivered twice, one of them killed: each event has one effect."""
    replicas = [make_sample(declared, postgresql_url) for _ in range(3)]
    for one in replicas:
        one.start(ready=False)
    for number in range(300):
        for _ in range(2):
            client.publish(number, message_id=f"m{number}")
        if number == 150:
            replicas[0].wait_ready()
            assert replicas[1].child is not None
            replicas[1].child.popen.send_signal(signal.SIGKILL)
    for one in (replicas[0], replicas[2]):
        one.wait_ready()
    until(lambda: replicas[0].effects("event") == dict.fromkeys(range(300), 1), "each has one effect")
    until(lambda: not any(declared.queues().values()), "nothing is left")


def test_a_deadline_ends_a_query_that_hangs_in_the_database(
    declared: VirtualHost, postgresql_url: str, make_sample: MakeSample, client: Client
) -> None:
    """A lock held by somebody else does not hold the service: each call ends at its deadline, and later ones work."""
    sample = make_sample(declared, postgresql_url).start()
    with sample.locked("effects"):
        # Long enough that none expires before the service takes it, to which nobody would say a word.
        calls = [client.send("wish", {"number": n}, key=f"k{n}", patience=5) for n in range(8)]
        codes = {client.receive(call)["problem"]["code"] for call in calls}
        assert codes <= {"deadline", "unavailable"}
        assert sample.page("/livez")[0] == 200
    answers = [client.call("wish", {"number": n}, key=f"k{n}") for n in range(8)]
    assert answers == [{"ok": {"number": n, "run": 1}} for n in range(8)]


def wait_for_effects(sample: Sample, least: int) -> None:
    """Wait until so many events had their effect."""
    until(lambda: len(sample.effects("event")) >= least, f"{least} effects")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_random_kills_under_load(
    declared: VirtualHost,
    new_database: Callable[[str], str],
    make_sample: MakeSample,
    client: Client,
    kind: str,
) -> None:
    """Killed five times at seeded random moments under load: attempted equals effects, none lost, none doubled."""
    dice = random.Random(20261120)
    sample = make_sample(declared, new_database(kind)).start()
    number = 0
    for turn in range(5):
        for _ in range(dice.randrange(20, 120)):
            number += 1
            client.publish(number, "flaky:1" if number % 17 == 0 else "good")
        client.send("wish", {"number": 10_000 + turn * 10, "copies": 10}, key=f"t{turn}", patience=600)
        wait_for_effects(sample, dice.randrange(0, number))
        assert sample.child is not None
        sample.child.popen.send_signal(signal.SIGKILL)
        sample.wait_dead()
        sample.start()
    expected = dict.fromkeys(range(1, number + 1), 1)
    expected |= {10_000 + turn * 10 + copy: 1 for turn in range(5) for copy in range(10)}
    until(lambda: sample.unsent() == 0 and not any(declared.queues().values()), "everything is settled")
    assert sample.effects("event") == expected
