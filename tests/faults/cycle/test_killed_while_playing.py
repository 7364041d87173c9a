"""A whole cycle while processes, the broker and the database are killed: the outcome is the same to the last figure.

One stack on PostgreSQL for all of it. The sample is played once undisturbed; then again under each fault, and held against
that: the same result, nothing left in an outbox, a queue or parking, no grant twice, every audit log and every hand-over intact.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from deploy.broker.definitions import SERVICES
from deploy.local.commands.audit import who_hears_what
from deploy.local.commands.rehearse import Access
from deploy.local.managed import ManagedProcess
from deploy.local.processes import poll
from deploy.local.services import ROOT, STORES, base_environment
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from shared.contracts.events.stages import STAGE_OWNERS
from shared.store import KeyRing, Store
from shared.store.handovers import check_handovers

pytestmark = pytest.mark.faults

SAMPLE = ROOT / "deploy" / "samples" / "changning-2023.yaml"
# Two points to a play: of events, of the relay, of calls.
PAIRS = [
    ("after_claim", "before_answer"),
    ("before_commit", "after_answer"),
    ("after_commit_before_ack", "after_reply"),
    ("after_take", "after_publish_before_mark"),
]
# Who dies together: two that work at different times of a cycle, so that a kill meets work in each third of the play.
VICTIMS = [("intake", "incentives"), ("eligibility", "committee"), ("review", "stubs"), ("gateway",)]
_MOMENT = 0.7  # seconds that a process works between two deaths


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with temporary_folder("faults") as folder:
        options = StackOptions(
            rehearsals=True, database="postgresql", extra={"ZHIHENG_RETRY_TIERS": "0.2,1,5,30,300"}
        )
        running = Stack(folder, options)
        try:
            yield running.start()
        finally:
            running.remove()


@pytest.fixture(scope="module")
def undisturbed(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return _play(stack, tmp_path_factory.mktemp("undisturbed"))


@cache
def _signed_in(stack: Stack) -> dict[str, str]:
    """What the player needs, got before anything is killed: signing in is the launcher's, which does not insist."""
    return Access(stack.gateway_url, stack.stubs_url, stack.secrets).environment()


def _play(stack: Stack, out: Path) -> dict[str, Any]:
    """The sample's result; what it expects must hold."""
    done = subprocess.run(
        [
            sys.executable, "-m", "deploy.rehearsal", str(SAMPLE),
            "--gateway", stack.gateway_url, "--stubs", stack.stubs_url, "--out", str(out),
        ],
        env=base_environment() | _signed_in(stack), cwd=out, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, Any] = json.loads((out / "changning-2023.result.json").read_text(encoding="utf-8"))
    assert result["audit"]["intact"]
    del result["audit"]["entries"]  # a refused or repeated attempt may leave an entry more
    return result


@contextmanager
def _again_and_again(stack: Stack, kill: Callable[[], None], times: int = 3) -> Iterator[list[int]]:
    """Kill at once, and again when everything has come back and worked for a moment; gives how often.

    Killed faster than it can start, nothing would ever get anywhere, which proves nothing.
    """
    over, kills = threading.Event(), [0]

    def loop() -> None:
        while kills[0] < times and not over.is_set():
            kill()
            kills[0] += 1
            stack.wait_ready()
            over.wait(_MOMENT)

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield kills
    finally:
        over.set()
        thread.join()


@contextmanager
def _stores(stack: Stack) -> Iterator[list[Store]]:
    keys = KeyRing.parse((stack.secrets.folder / "field-keys").read_text(encoding="utf-8"))
    opened = [Store.open(stack.database_url(name), service=name, field_keys=keys) for name in STORES]
    try:
        yield opened
    finally:
        for store in opened:
            store.close()


def _nothing_is_outstanding(stack: Stack) -> None:
    """Outboxes, queues and parking are empty; every event arrived as it was sent; every log is intact."""
    stack.wait_ready()
    with _stores(stack) as stores:
        unsent, queued = {"?": 1}, {"?": 1}
        for _ in poll(240):
            # In this order: what has left an outbox since is in a queue.
            unsent = {store.service: store.outbox.waiting() for store in stores}
            queued = {name: count for name, count in stack.queues().items() if count}
            if not any(unsent.values()) and not queued:
                break
        assert unsent == dict.fromkeys(STORES, 0)
        assert queued == {}
        hears = {event: frozenset(services) for event, services in who_hears_what().items()}
        handovers = check_handovers(stores, hears=hears, grace=timedelta(0))
        assert handovers.problems == ()
        assert handovers.compared > 0
        for store in stores:
            store.sealer.seal_all()
            assert store.verify().problems == ()


def _no_grant_twice(stack: Stack) -> None:
    engine = create_engine(stack.database_url("incentives"))
    with engine.connect() as connection:
        twice = connection.execute(
            text("SELECT application_id, grant_for FROM grants GROUP BY 1, 2 HAVING count(*) > 1")
        ).all()
    engine.dispose()
    assert twice == []


def _holds(stack: Stack, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    assert _play(stack, tmp_path) == undisturbed


def test_everybody_is_a_victim() -> None:
    """Each owner of a stage, the gateway and the departments' stubs."""
    assert {name for names in VICTIMS for name in names} == {*STAGE_OWNERS, "gateway", "stubs"}


@pytest.mark.parametrize("victims", VICTIMS, ids="+".join)
def test_processes_killed_again_and_again(
    stack: Stack, undisturbed: dict[str, Any], tmp_path: Path, victims: tuple[str, ...]
) -> None:
    """kill -9 of processes, again whenever they have come back, while the cycle plays: nothing changes."""

    def kill() -> None:
        for victim in victims:
            stack.processes[victim].kill()

    with _again_and_again(stack, kill) as kills:
        _holds(stack, undisturbed, tmp_path)
    assert kills[0] >= 1
    _nothing_is_outstanding(stack)
    _no_grant_twice(stack)


def _arm(process: ManagedProcess, points: Sequence[str], patch: pytest.MonkeyPatch) -> None:
    """Its next life ends at the third passage of the first point, the one after that at once when it comes to the second."""
    first, second = points
    start, left = process.start, iter((f"{first}:3", second))

    def armed(env: Mapping[str, str] | None = None) -> None:
        point = next(left, None)
        start({**(env or {}), **({"ZHIHENG_CRASH_AT": point} if point else {})})

    patch.setattr(process, "start", armed)


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_every_service_dies_at_named_points(
    stack: Stack,
    undisturbed: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    pair: tuple[str, str],
) -> None:
    """Each service dies at the one point and, when it is back, at the other, in the middle of its work; every second one the
    other way round. Nothing is lost or doubled, and each point has had its dead.
    """
    orders = {name: pair if number % 2 else pair[::-1] for number, name in enumerate(SERVICES)}
    before = {name: stack.processes[name].restarts for name in SERVICES}
    for name, order in orders.items():
        _arm(stack.processes[name], order, monkeypatch)
    with ThreadPoolExecutor(len(SERVICES)) as together:
        list(together.map(lambda name: stack.processes[name].restart(), SERVICES))
    _holds(stack, undisturbed, tmp_path)
    deaths = {name: stack.processes[name].restarts - before[name] for name in SERVICES}
    died_at = {point: [name for name in SERVICES if point in orders[name][: deaths[name]]] for point in pair}
    assert all(died_at.values()), died_at
    _nothing_is_outstanding(stack)
    _no_grant_twice(stack)


def test_the_broker_is_killed(stack: Stack, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    """kill -9 of the broker twice: what it had confirmed is there when it comes back."""
    broker = stack.broker
    assert broker is not None

    def kill() -> None:
        broker.kill()
        broker.start_again()

    with _again_and_again(stack, kill, times=2) as kills:
        _holds(stack, undisturbed, tmp_path)
    assert kills[0] >= 1
    _nothing_is_outstanding(stack)
    _no_grant_twice(stack)


def test_the_database_is_killed(stack: Stack, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    """kill -9 of the database again and again: services wait for it, and no attempt is counted."""
    postgres = stack.postgres
    assert postgres is not None

    def kill() -> None:
        postgres.kill()
        postgres.start_again()

    with _again_and_again(stack, kill) as kills:
        _holds(stack, undisturbed, tmp_path)
    assert kills[0] >= 1
    _nothing_is_outstanding(stack)
    _no_grant_twice(stack)


def test_a_relay_of_its_own_is_killed(stack: Stack, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    """A service may run its relay as a process of its own; killed while it publishes, it loses and doubles nothing."""
    intake = stack.processes["intake"]
    intake.restart({"ZHIHENG_PARTS": "consumers"})
    environment = {**intake.env, "ZHIHENG_PARTS": "relay", "ZHIHENG_HEALTH_PORT": "0"}
    relays: list[subprocess.Popen[bytes]] = []

    def replace() -> None:
        for relay in relays:
            relay.kill()
            relay.wait()
        relays[:] = [
            subprocess.Popen(intake.command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL)
        ]

    try:
        with _again_and_again(stack, replace) as kills:
            _holds(stack, undisturbed, tmp_path)
        assert kills[0] >= 1
        _nothing_is_outstanding(stack)
    finally:
        for relay in relays:
            relay.kill()
            relay.wait()
        intake.restart()
    _no_grant_twice(stack)
