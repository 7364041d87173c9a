"""Deliveries: effects once, poison parked, retries in tiers, neighbours unharmed."""

from __future__ import annotations

import json

import pytest

from shared.bus import wire
from tests.support.bus.harness import ASKED, WORK, Client, Sample, parked, until


def test_duplicates_have_one_effect(sample: Sample, client: Client) -> None:
    """The same event delivered five times, alone and within one batch, is handled once."""
    for number in range(40):
        for _ in range(5):
            client.publish(number, message_id=f"event-{number}")
    until(lambda: sample.metric("messaging_client_consumed_messages_total") == 200, "all are settled")
    assert sample.effects("event") == dict.fromkeys(range(40), 1)
    assert sample.metric("messaging_duplicates_total") == 160


def test_poison_is_parked_with_its_reason(sample: Sample, client: Client) -> None:
    """A handler's Problem parks the message whole, with code, place and queue, and without effect."""
    message_id = client.publish(1, "poison")
    until(lambda: parked_count(sample) == 1, "it is parked")
    with parked(sample.vhost) as found:
        properties, body = found[0]
    assert properties.message_id == message_id
    assert json.loads(body) == {"number": 1, "mood": "poison"}
    assert properties.headers[wire.PARKED_REASON] == "poisoned"
    assert properties.headers[wire.PARKED_QUEUE] == WORK
    assert "sample.py" in properties.headers[wire.PARKED_DETAIL]
    assert sample.effects("event") == {}
    until(lambda: sample.vhost.queues()[WORK] == 0, "it is settled once its copy is parked")


def parked_count(sample: Sample, queue: str = WORK) -> int:
    """Messages in a parking queue."""
    return sample.vhost.queues()[wire.parking_queue(queue)]


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ({"body": b"\xff\xfe{"}, "undecodable"),
        ({"body": b'{"number":'}, "undecodable"),
        ({"body": b'{"number": "x"}'}, "invalid"),
        ({"body": b"[]"}, "invalid"),
        ({"version": 99}, "newer_version"),
        ({"headers": {}}, "malformed_headers"),
    ],
)
def test_what_cannot_be_read_is_parked(
    sample: Sample, client: Client, what: dict[str, object], reason: str
) -> None:
    """A message that is no event of ours is kept for a person, and the next one is handled."""
    client.publish(1, **what)  # type: ignore[arg-type]
    client.publish(2)
    until(lambda: sample.effects("event") == {2: 1}, "the good one")
    until(lambda: parked_count(sample) == 1, "the other is parked")
    with parked(sample.vhost) as found:
        assert found[0][0].headers[wire.PARKED_REASON] == reason


def test_a_retry_succeeds_after_its_tier(sample: Sample, client: Client) -> None:
    """A transient failure waits in the tiers, counts its attempts, and succeeds with one effect."""
    client.publish(1, "flaky:2")
    until(lambda: sample.effects("event") == {1: 1}, "the third attempt")
    assert sample.metric("messaging_retries_total") == 2
    until(lambda: not any(sample.vhost.queues().values()), "it is settled after its effect")


def test_the_last_retry_leads_to_parking(sample: Sample, client: Client) -> None:
    """What fails in every tier is parked with the number of its attempts."""
    client.publish(1, "broken")
    until(lambda: parked_count(sample) == 1, "it is parked")
    with parked(sample.vhost) as found:
        headers = found[0][0].headers
    assert headers[wire.PARKED_REASON] == "attempts_exhausted"
    assert headers[wire.PARKED_ATTEMPTS] == 4
    assert "RuntimeError" in headers[wire.PARKED_DETAIL]
    assert "110101" not in str(headers)
    assert "110101" not in sample.log.read_text()


def test_a_failing_neighbour_harms_nobody(sample: Sample, client: Client) -> None:
    """In batches of good and bad messages each good one has one effect and each bad one none."""
    for number in range(200):
        client.publish(number, "poison" if number % 50 == 7 else "broken" if number % 50 == 9 else "good")
    bad = {number for number in range(200) if number % 50 in {7, 9}}
    until(lambda: parked_count(sample) == len(bad), "all bad ones are parked")
    until(lambda: len(sample.effects("event")) == 200 - len(bad), "all good ones are handled")
    assert sample.effects("event") == {number: 1 for number in range(200) if number not in bad}


def test_what_breaks_a_constraint_is_the_only_one_undone(sample: Sample, client: Client) -> None:
    """Two messages that claim one unique number: one has its effect, the other fails alone."""
    for number in range(20):
        client.publish(number, "unique:5" if number in {3, 11} else "good")
    until(lambda: parked_count(sample) == 1, "the second claimer is parked")
    until(lambda: len(sample.effects("event")) == 19, "all others are handled")


def test_an_outside_handler_works_without_a_transaction(sample: Sample, client: Client) -> None:
    """It is given the store, opens its own transaction, and its delivery is settled."""
    for number in range(20):
        client.publish(number, name="thing.asked")
    until(lambda: sample.effects("outside") == dict.fromkeys(range(20), 1), "all are asked")
    until(lambda: sample.vhost.queues()[ASKED] == 0, "all are settled")


def test_many_others_are_asked_at_once(sample: Sample, client: Client) -> None:
    """Forty who answer only when all forty have been asked: none waits for another's end, and each has one effect."""
    for number in range(40):
        client.publish(number, "together:40", name="thing.asked")
    until(lambda: sample.effects("outside") == dict.fromkeys(range(40), 1), "all are asked")
    until(lambda: sample.vhost.queues()[ASKED] == 0, "all are settled")


def test_who_fails_outside_fails_alone(sample: Sample, client: Client) -> None:
    """Refused while asking, or when it is written: parked with its reason; the others of the same batch have their effects."""
    moods = ["refused" if number == 3 else "poison" if number == 7 else "good" for number in range(12)]
    for number, mood in enumerate(moods):
        client.publish(number, mood, name="thing.asked")
    until(lambda: parked_count(sample, ASKED) == 2, "both are parked")
    good = {number: 1 for number in range(12) if number not in {3, 7}}
    until(lambda: sample.effects("outside") == good, "the others are written")
    with parked(sample.vhost, ASKED) as found:
        reasons = {properties.headers[wire.PARKED_REASON] for properties, _ in found}
    assert reasons == {"refused_outside", "poisoned"}


def test_an_outside_delivery_that_comes_twice_has_one_effect(sample: Sample, client: Client) -> None:
    """Asked twice, written once, both settled."""
    for _ in range(3):
        client.publish(5, name="thing.asked", message_id="event-5")
    until(lambda: sample.metric("messaging_client_consumed_messages_total") == 3, "all are settled")
    assert sample.effects("outside") == {5: 1}


def test_the_context_travels_and_nothing_else_does(sample: Sample, client: Client) -> None:
    """Actor, correlation and trace of a command stand in the headers of what it publishes; foreign headers do not."""
    correlation = client.send("wish", {"number": 1, "mood": "event-poison"}, key="cause")
    client.receive(correlation)
    until(lambda: parked_count(sample) == 1, "its event is parked")
    with parked(sample.vhost) as found:
        headers = found[0][0].headers
    assert headers["actor"] == "u1"
    assert headers["correlationid"] == correlation
    assert headers["causationid"] == "cause"
    assert headers["traceparent"].startswith("00-")
    assert headers[wire.CE_SPECVERSION] == "1.0"
    known = {*wire.EVENT_HEADERS, *wire.CONTEXT_HEADERS, *wire.PARKING_HEADERS}
    assert set(headers) - {"x-delivery-count"} <= known  # the broker's own count of deliveries


def test_an_event_that_nobody_takes_stays_in_the_outbox(sample: Sample, client: Client) -> None:
    """Unroutable is not sent: it stays, is counted, and does not stop those behind it."""
    client.call("wish", {"number": 1, "event": "thing.unheard", "copies": 3})
    client.call("wish", {"number": 10})
    until(lambda: sample.effects("event") == {10: 1}, "the one behind is sent")
    until(lambda: sample.metric("messaging_publish_failures_total") >= 3, "it is counted")
    until(lambda: sample.unsent() == 3, "the others stay; the one behind is marked after it was confirmed")
