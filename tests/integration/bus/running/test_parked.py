"""The operator's command over parked messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from shared.bus import wire
from tests.support.bus.harness import SAMPLE, TIERS, WORK, Client, Sample, python, until


def command(sample: Sample, log: Path, *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    """Run the command as the operator's user: exit code, printed objects, all it printed."""
    log.unlink(missing_ok=True)
    child = python(
        "-m", "shared.bus.parked", *arguments, "--service", SAMPLE, "--actor", "operator:li",
        "--database", f"intake={sample.database_url}",
        env={"ZHIHENG_AMQP_URI": sample.vhost.uri_for("operator"), "ZHIHENG_RETRY_TIERS": TIERS},
        log=log,
    )  # fmt: skip
    code = child.popen.wait(60)
    printed = log.read_text()
    return code, [json.loads(line) for line in printed.splitlines() if line.startswith("{")], printed


def audited(sample: Sample) -> list[tuple[str, str, str, str]]:
    """The audit rows of the operator since the test began."""
    asked = "SELECT action, subject, actor, reason FROM audit WHERE action LIKE 'parked:%' ORDER BY id"
    engine = create_engine(sample.database_url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(asked))][sample.audited_before :]
    engine.dispose()
    return found


def parked_count(sample: Sample) -> int:
    """Messages in parking."""
    return sample.vhost.queues()[wire.parking_queue(WORK)]


@pytest.fixture
def poison(sample: Sample, client: Client) -> str:
    """A parked message's id; another one is parked beside it."""
    client.publish(2, "poison")
    message_id = client.publish(1, "poison")
    until(lambda: parked_count(sample) == 2, "both are parked")
    return message_id


def test_list_and_show_tell_the_reason_and_not_the_body(sample: Sample, poison: str, tmp_path: Path) -> None:
    """Headers, reason and size are printed, no body; the messages stay."""
    code, listed, printed = command(sample, tmp_path / "log", "list")
    assert code == 0
    assert {one["reason"] for one in listed} == {"poisoned"}
    assert len(listed) == 2
    assert '"mood"' not in printed
    code, shown, printed = command(sample, tmp_path / "log", "show", poison)
    assert (code, shown[0]["id"], shown[0]["queue"]) == (0, poison, WORK)
    assert '"mood"' not in printed
    assert audited(sample) == []
    assert parked_count(sample) == 2


def test_a_body_is_shown_only_with_a_reason_that_is_audited(
    sample: Sample, poison: str, tmp_path: Path
) -> None:
    """--body without --reason is refused; with it the body is printed and the reading is recorded."""
    assert command(sample, tmp_path / "log", "show", poison, "--body")[0] == 2
    code, shown, _ = command(sample, tmp_path / "log", "show", poison, "--body", "--reason", "核对")
    assert code == 0
    assert json.loads(str(shown[0]["body"])) == {"number": 1, "mood": "poison"}
    assert audited(sample) == [("parked:read", poison, "operator:li", "核对")]


def test_replay_gives_it_another_try_from_the_first_attempt(
    sample: Sample, poison: str, tmp_path: Path
) -> None:
    """It is handled again (and here parked again), the act is audited, its neighbour stays untouched."""
    handled = sample.metric("messaging_client_consumed_messages_total")
    code, done, _ = command(sample, tmp_path / "log", "replay", poison, "--reason", "已修复")
    assert (code, done[0]["done"]) == (0, "replay")
    until(lambda: sample.metric("messaging_client_consumed_messages_total") == handled + 1, "handled again")
    until(lambda: parked_count(sample) == 2, "parked again")
    assert audited(sample) == [("parked:replay", poison, "operator:li", "已修复")]


def test_discard_removes_one(sample: Sample, poison: str, tmp_path: Path) -> None:
    """Only the one named is gone, and the audit says who and why."""
    assert command(sample, tmp_path / "log", "discard", poison, "--reason", "重复")[0] == 0
    _, listed, _ = command(sample, tmp_path / "log", "list")
    assert poison not in {one["id"] for one in listed}
    assert len(listed) == 1
    assert audited(sample) == [("parked:discard", poison, "operator:li", "重复")]


def test_what_cannot_be_audited_is_not_done(sample: Sample, poison: str, tmp_path: Path) -> None:
    """Without the database nothing is removed; an unknown id changes nothing."""
    log = tmp_path / "log"
    child = python(
        "-m", "shared.bus.parked", "discard", poison, "--service", SAMPLE, "--reason", "x",
        env={"ZHIHENG_AMQP_URI": sample.vhost.uri_for("operator"), "ZHIHENG_RETRY_TIERS": TIERS}, log=log,
    )  # fmt: skip
    assert child.popen.wait(60) == 1
    assert command(sample, log, "discard", "nothing", "--reason", "x")[0] == 1
    assert parked_count(sample) == 2


def test_a_service_tells_what_it_has_parked_and_no_body(sample: Sample, client: Client, poison: str) -> None:
    """Queue, event, reason, place of the error, attempts, time and size; how full its queues are; nothing of the data."""
    until(lambda: client.call("health", {})["ok"]["parked"] != [], "it is told")
    told = client.call("health", {})["ok"]
    assert (told["service"], told["ready"], told["not_ready"], told["cut"]) == ("intake", True, [], False)
    assert {one["reason"] for one in told["parked"]} == {"poisoned"}
    (one,) = [one for one in told["parked"] if one["message_id"] == poison]
    assert (one["queue"], one["kind"], one["attempts"]) == (WORK, "thing.happened", 1)
    assert one["parked_at"]
    depths = {line["queue"]: line for line in told["queues"]}
    assert depths[wire.parking_queue(WORK)]["messages"] == 2
    assert (depths[WORK]["kind"], depths[WORK]["consumers"]) == ("work", 1)
    assert "mood" not in json.dumps(told)
    assert parked_count(sample) == 2


def test_a_service_puts_back_and_throws_away_its_own(sample: Sample, client: Client, poison: str) -> None:
    """With the service's own user: the row in the audit log says who and why; asked twice it is done once."""
    handled = sample.metric("messaging_client_consumed_messages_total")
    of_it = {"queue": WORK, "message_id": poison, "reason": "已修复"}
    first = client.call("replay_parked", of_it, key="k1", actor="oscar")
    assert first == {"ok": {"done": True}}
    until(lambda: sample.metric("messaging_client_consumed_messages_total") == handled + 1, "handled again")
    until(lambda: parked_count(sample) == 2, "parked again")
    assert client.call("replay_parked", of_it, key="k1", actor="oscar") == first
    assert client.call("discard_parked", {**of_it, "reason": "重复"}, key="k2", actor="oscar") == first
    assert parked_count(sample) == 1
    gone = client.call("discard_parked", of_it, key="k3", actor="oscar")["problem"]
    elsewhere = client.call("discard_parked", {**of_it, "queue": "review.x"}, key="k4", actor="oscar")[
        "problem"
    ]
    assert gone["code"] == elsewhere["code"] == "not_parked"
    assert audited(sample) == [
        ("parked:replay", poison, "oscar", "已修复"),
        ("parked:discard", poison, "oscar", "重复"),
    ]
