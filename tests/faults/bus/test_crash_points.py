"""A process that dies at each named point loses nothing and doubles nothing."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from deploy.local.broker import VirtualHost
from shared.bus import crash
from tests.support.bus.fixtures import MakeSample
from tests.support.bus.harness import Client, Sample, until

KINDS = ("sqlite", "postgresql")
EVENT_POINTS = ("after_claim", "before_commit", "after_commit_before_ack", "after_retry_before_ack")
RELAY_POINTS = ("after_take", "after_publish_before_mark")
CALL_POINTS = ("before_answer", "after_answer", "after_reply")
# Tried where there is a bank: tests/faults/cycle/test_killed_while_paying.py.
PAYMENT_POINTS = ("payment_claimed", "payment_claimed_again", "payment_answered")
# Tried where there is a mail server: tests/integration/notifications/test_claims.py.
DELIVERY_POINTS = ("delivery_claimed", "delivery_answered")
EACH = 30
LONG = 600.0  # seconds: no call expires while its service is started again and again


def test_every_point_is_tried() -> None:
    """No crash point exists that no test passes."""
    assert set(crash.POINTS) == {
        *EVENT_POINTS,
        *RELAY_POINTS,
        *CALL_POINTS,
        *PAYMENT_POINTS,
        *DELIVERY_POINTS,
    }


def settled(sample: Sample) -> bool:
    """Whether no message waits anywhere and the outbox is empty."""
    return sample.unsent() == 0 and not any(sample.vhost.queues().values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("point", [*EVENT_POINTS, *RELAY_POINTS])
def test_events_survive(
    declared: VirtualHost,
    new_database: Callable[[str], str],
    make_sample: MakeSample,
    client: Client,
    point: str,
    kind: str,
) -> None:
    """Commands that publish 30 events each, and events that fail once; kill -9 at the point, three times over."""
    sample = make_sample(declared, new_database(kind))
    client.send("wish", {"number": 0, "copies": EACH}, key="turn-0", patience=LONG)
    for turn in (1, 2, 3):
        passage = 2 if turn == 2 and point in EVENT_POINTS[:3] else 1
        sample.start(ready=False, ZHIHENG_CRASH_AT=f"{point}:{passage}")
        for number in range(3):
            client.publish(1000 + number, "flaky:1")
        client.send("wish", {"number": turn * EACH, "copies": EACH}, key=f"turn-{turn}", patience=LONG)
        assert sample.wait_dead() == -signal.SIGKILL
    sample.start()
    for turn in range(4):
        reply = client.call("wish", {"number": turn * EACH, "copies": EACH}, key=f"turn-{turn}")
        assert reply == {"ok": {"number": turn * EACH, "run": 1}}
    until(lambda: settled(sample), "everything is settled")
    assert sample.effects("event") == dict.fromkeys(range(4 * EACH), 1) | {1000: 3, 1001: 3, 1002: 3}
    assert sample.effects("wish") == {turn * EACH: 1 for turn in range(4)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("point", CALL_POINTS)
def test_commands_survive(
    declared: VirtualHost,
    new_database: Callable[[str], str],
    make_sample: MakeSample,
    client: Client,
    point: str,
    kind: str,
) -> None:
    """A command whose process dies is answered by the next one, with one effect."""
    sample = make_sample(declared, new_database(kind)).start(ZHIHENG_CRASH_AT=point)
    calls = [client.send("wish", {"number": number}, key=f"k{number}", patience=LONG) for number in range(5)]
    assert sample.wait_dead() == -signal.SIGKILL
    sample.start()
    answers = [client.receive(call) for call in calls]
    assert answers == [{"ok": {"number": number, "run": 1}} for number in range(5)]
    again = [client.call("wish", {"number": number}, key=f"k{number}") for number in range(5)]
    assert again == answers
    until(lambda: settled(sample), "everything is settled")
    assert sample.effects("wish") == dict.fromkeys(range(5), 1)
    assert sample.effects("event") == dict.fromkeys(range(5), 1)
