"""Calls: answers, idempotency keys, deadlines, refusals."""

from __future__ import annotations

from tests.support.bus.harness import Client, Sample, until


def test_a_command_answers_and_its_event_has_one_effect(sample: Sample, client: Client) -> None:
    """What a command publishes is handled once, and the outbox is empty afterwards."""
    assert client.call("wish", {"number": 7}, key="k1") == {"ok": {"number": 7, "run": 1}}
    until(lambda: sample.effects("event") == {7: 1}, "the event's effect")
    until(lambda: sample.unsent() == 0, "the outbox is empty")


def test_a_repeated_key_gives_the_same_answer_and_no_second_effect(sample: Sample, client: Client) -> None:
    """Asked three times with one key, done once, answered alike."""
    answers = [client.call("wish", {"number": 8}, key="same") for _ in range(3)]
    assert answers == [{"ok": {"number": 8, "run": 1}}] * 3
    assert sample.effects("wish") == {8: 1}


def test_concurrent_twins_are_done_once(sample: Sample, client: Client) -> None:
    """Ten calls with one key in flight together have one effect and one answer."""
    sent = [client.send("wish", {"number": 9, "mood": "slow:0.2"}, key="twins") for _ in range(10)]
    answers = [client.receive(one) for one in sent]
    assert answers == [{"ok": {"number": 9, "run": 1}}] * 10
    assert sample.effects("wish") == {9: 1}


def test_a_key_used_for_another_request_is_refused(sample: Sample, client: Client) -> None:
    """The same key with another number, or from another actor, is a conflict and leaves the first answer alone."""
    first = client.call("wish", {"number": 1}, key="k")
    other = client.call("wish", {"number": 2}, key="k")
    stranger = client.call("wish", {"number": 1}, key="k", actor="u2")
    assert other["problem"]["kind"] == stranger["problem"]["kind"] == "Conflict"
    assert other["problem"]["code"] == "key_reused"
    assert client.call("wish", {"number": 1}, key="k") == first
    assert sample.effects("wish") == {1: 1}


def test_a_refusal_is_remembered_and_leaves_nothing(sample: Sample, client: Client) -> None:
    """A command that is refused has no effect, and says the same when asked again with its key."""
    first = client.call("wish", {"number": 3, "mood": "poison"}, key="refused")
    assert first["problem"]["kind"] == "Conflict"
    assert first["problem"]["code"] == "poisoned"
    assert client.call("wish", {"number": 3, "mood": "poison"}, key="refused") == first
    assert sample.effects("wish") == {}


def test_a_fault_is_not_remembered_and_tells_nothing(sample: Sample, client: Client) -> None:
    """An unexpected exception is answered without its text, and nothing of it stands in the log."""
    reply = client.call("wish", {"number": 4, "mood": "broken"}, key="broken")
    assert reply["problem"]["code"] == "fault"
    assert "110101" not in str(reply)
    assert "110101" not in sample.log.read_text()
    assert sample.effects("wish") == {}


def test_requests_that_are_wrong_are_answered(sample: Sample, client: Client) -> None:
    """Undecodable, invalid and unknown calls get a problem at once instead of a timeout."""
    assert client.call("wish", None, body=b"\xff{")["problem"]["code"] == "undecodable"
    invalid = client.call("wish", {"number": "x", "more": 1})["problem"]
    assert {error["field"] for error in invalid["errors"]} == {"number", "more"}
    assert client.call("nothing", {})["problem"]["code"] == "unknown_operation"


def test_a_query_cannot_write(sample: Sample, client: Client) -> None:
    """A query's transaction reads only."""
    assert client.call("count", {"mood": "writes"})["problem"]["code"] in {"fault", "unavailable"}
    assert sample.effects("forbidden") == {}


def test_a_call_whose_caller_has_left_is_not_done(sample: Sample, client: Client) -> None:
    """A command that waited beyond its deadline behind a slow one is dropped, and counted."""
    for _ in range(16):
        client.send("count", {"mood": "slow:2"})
    client.send("wish", {"number": 5}, key="late", patience=1)
    until(lambda: sample.metric("rpc_server_expired_total") >= 1, "the call is dropped")
    assert sample.effects("wish") == {}
    assert client.call("wish", {"number": 5}, key="late") == {"ok": {"number": 5, "run": 1}}


def test_a_call_that_takes_too_long_is_undone(sample: Sample, client: Client) -> None:
    """At the deadline the handler is stopped and its transaction rolled back; the service goes on."""
    reply = client.call("wish", {"number": 6, "mood": "slow:5"}, key="slow", patience=3)
    assert reply["problem"]["code"] == "deadline"
    assert sample.effects("wish") == {}
    assert client.call("count", {}) is not None


def test_ready_lively_and_measured(sample: Sample, client: Client) -> None:
    """The pages of the health port say what an operator asks."""
    assert sample.page("/livez")[0] == 200
    assert sample.page("/readyz")[0] == 200
    client.call("count", {})
    until(lambda: sample.metric("rpc_server_duration_seconds_count") >= 1, "it is measured, after its reply")
    until(lambda: len(sample.effects("tick")) == 1, "a tick")
