"""Least privilege on the broker, as patterns; tests/integration/local asks the real broker."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from deploy.broker.definitions import (
    EVERYTHING,
    SERVICES,
    USERS,
    definitions,
    password_hash,
    permission,
)


@pytest.mark.parametrize("user", [name for name in USERS if name != "topology"])
def test_nobody_but_the_topology_user_has_every_right(user: str) -> None:
    """No pattern of any other user is `.*`."""
    granted = permission(user)
    assert EVERYTHING not in {granted.configure, granted.write, granted.read}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_declares_nothing(service: str) -> None:
    """No name at all matches its configure pattern."""
    for name in ("x", f"{service}.events", f"{service}.rpc", "rpc"):
        assert not re.search(permission(service).configure, name)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("kind", "name", "allowed"),
    [
        ("write", "{own}.events", True),
        ("write", "{own}.retry.5s", True),
        ("write", "{own}.parking", True),
        ("write", "replies", True),
        ("write", "rpc", False),
        ("write", "amq.default", False),
        ("write", "{other}.events", False),
        ("write", "{other}.parking", False),
        ("write", "{own}.events.more", False),
        ("write", "x{own}.events", False),
        ("read", "{own}.rpc", True),
        ("read", "{own}.{other}.stage.closed", True),
        ("read", "{other}.rpc", False),
        ("read", "{other}.{own}.stage.closed", False),
        ("read", "replies.gateway.a", False),
    ],
)
def test_a_service_reads_its_queues_and_writes_its_exchanges(
    service: str, kind: str, name: str, allowed: bool
) -> None:
    """Its own events, retries, parking and replies; nothing of another service, no calls."""
    other = SERVICES[SERVICES.index(service) - 1]
    pattern = getattr(permission(service), kind)
    assert bool(re.search(pattern, name.format(own=service, other=other))) is allowed


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_replies_in_its_own_name_only(service: str) -> None:
    """The reply's key ends with the answering service, so a reply in another's name is refused."""
    write, _ = permission(service).topics["replies"]
    other = SERVICES[SERVICES.index(service) - 1]
    assert re.search(write, f"gateway.ab12.{service}")
    assert not re.search(write, f"gateway.ab12.{other}")
    assert not re.search(write, f"gateway.ab12.x.{service}")


def test_a_password_is_kept_as_the_broker_keeps_it() -> None:
    """base64(salt + SHA-256(salt + password)), as RabbitMQ's documentation gives it."""
    salt = bytes.fromhex("908dc60a")
    expected = base64.b64encode(salt + hashlib.sha256(salt + b"test12").digest()).decode()
    assert expected == password_hash("test12", salt) == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"


def test_guest_is_not_among_the_users_and_no_password_is_in_the_document() -> None:
    """The document replaces the default user; it holds hashes only."""
    document = definitions(dict.fromkeys(USERS, "open sesame"))
    assert {user["name"] for user in document["users"]} == set(USERS)  # type: ignore[attr-defined]
    assert "open sesame" not in str(document)


@pytest.mark.parametrize(
    ("kind", "name", "allowed"),
    [
        ("write", "ballot_box.events", True),
        ("write", "rpc", True),
        ("write", "replies", False),
        ("write", "intake.events", False),
        ("write", "amq.default", False),
        ("read", "replies.gateway.box_ab12", True),
        ("read", "replies.gateway.ab12", False),
        ("read", "review.ballot_box.ballots.cast", False),
        ("configure", "replies.gateway.box_ab12", True),
        ("configure", "replies.gateway.ab12", False),
        ("configure", "ballot_box.events", False),
    ],
)
def test_a_ballot_box_gives_ballots_and_asks(kind: str, name: str, allowed: bool) -> None:
    """It reads no queue but those of its own replies, and publishes as nobody else."""
    assert bool(re.search(getattr(permission("ballot_box"), kind), name)) is allowed


def test_a_ballot_box_asks_two_questions() -> None:
    """No command of review, and nothing of any other service."""
    write, _ = permission("ballot_box").topics["rpc"]
    assert re.search(write, "review.voting")
    assert re.search(write, "review.counted")
    for key in ("review.vote_results", "review.hold_vote", "intake.cycle", "review.counted.x"):
        assert not re.search(write, key)


@pytest.mark.parametrize(
    ("kind", "name", "allowed"),
    [
        ("read", "review.intake.application.accepted.parking", True),
        ("read", "review.intake.application.accepted", False),
        ("read", "review.rpc", False),
        ("write", "review.retry.1s", True),
        ("write", "amq.default", False),
        ("write", "review.events", False),
        ("write", "review.parking", False),
        ("write", "rpc", False),
        ("configure", "x", False),
    ],
)
def test_an_operator_empties_parking_and_writes_to_no_queue(kind: str, name: str, allowed: bool) -> None:
    """What is put back goes through a retry tier, never straight into a queue, a service's events or its calls."""
    assert bool(re.search(getattr(permission("operator"), kind), name)) is allowed
