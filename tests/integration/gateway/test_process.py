"""The gateway as a process: start, readiness, a broker that goes away, a stop that answers what was begun."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local.broker import PrivateBroker, VirtualHost
from deploy.local.processes import Child, Port, poll
from shared.contracts import Context
from shared.store import migrate
from tests.support.gateway import OverBroker, declare

ROOT = Path(__file__).resolve().parents[3]
ADMIN, REHEARSER = "first of all passwords", "second of all passwords"


class Process:
    """A gateway of its own, on ports of its own."""

    def __init__(self, folder: Path, vhost: VirtualHost) -> None:
        self.folder = folder
        self.database = f"sqlite:///{folder / 'gateway.sqlite'}"
        self.http, self.health = Port(), Port()
        self.log = folder / "gateway.log"
        self.settings = {
            "ZHIHENG_ENVIRONMENT": "test",
            "ZHIHENG_AMQP_URI": vhost.uri_for("gateway"),
            "ZHIHENG_DATABASE_URL": self.database,
            "ZHIHENG_HTTP_PORT": str(self.http.number),
            "ZHIHENG_HEALTH_PORT": str(self.health.number),
            "ZHIHENG_SEAL_INTERVAL": "0.1",
            "ZHIHENG_ADMIN_PASSWORD": ADMIN,
            "ZHIHENG_RPC_TIMEOUT": "20",
        }
        self.child: Child | None = None

    def start(self, **settings: str) -> Process:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("ZHIHENG_")}
        self.child = Child(
            [sys.executable, "-m", "services.gateway"],
            env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **self.settings, **settings},
            cwd=ROOT,
            log=self.log,
        )
        return self

    def migrated(self) -> Process:
        migrate.upgrade("gateway", self.database)
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.number}"

    def page(self, path: str) -> requests.Response | None:
        try:
            return requests.get(f"http://127.0.0.1:{self.health.number}{path}", timeout=5)
        except requests.ConnectionError:
            return None

    def reasons(self) -> dict[str, str] | None:
        """What /readyz says is wrong; None where nothing listens."""
        page = self.page("/readyz")
        return None if page is None else page.json()["reasons"]

    def wait(self, condition: Callable[[], bool]) -> None:
        assert self.child is not None
        for _ in poll(60.0, 0.02):
            if condition():
                return
            assert self.child.running, self.log.read_text(encoding="utf-8")[-3000:]
        raise AssertionError(self.log.read_text(encoding="utf-8")[-3000:])

    def ready(self) -> Process:
        self.wait(lambda: self.reasons() == {})
        return self

    def sign_in(self, name: str, password: str) -> requests.Response:
        body = {"username": name, "password": password}
        return requests.post(f"{self.url}/api/v1/tokens", json=body, timeout=20)


@pytest.fixture
def process(tmp_path: Path, vhost: VirtualHost) -> Iterator[Process]:
    declare(vhost)
    process = Process(tmp_path, vhost)
    yield process
    if process.child is not None and process.child.running:
        process.child.terminate(20)


def test_it_waits_for_its_schema_and_then_makes_the_first_accounts(process: Process) -> None:
    process.start(ZHIHENG_REHEARSALS="allowed", ZHIHENG_REHEARSER_PASSWORD=REHEARSER)
    process.wait(lambda: {"accounts", "database"} <= set(process.reasons() or {}))
    assert requests.get(f"{process.url}/readyz", timeout=5).status_code == 503
    assert requests.get(f"{process.url}/livez", timeout=5).status_code == 200
    process.migrated().ready()
    assert process.sign_in("admin", ADMIN).json()["roles"] == ["administrator"]
    assert process.sign_in("rehearser", REHEARSER).json()["roles"] == ["rehearser"]


def test_where_rehearsals_are_refused_there_is_no_rehearser(process: Process) -> None:
    process.migrated().start(ZHIHENG_REHEARSER_PASSWORD=REHEARSER).ready()
    assert process.sign_in("rehearser", REHEARSER).status_code == 401


def test_a_stop_answers_what_was_begun_and_exits_0(process: Process, vhost: VirtualHost) -> None:
    """The request that waits for a slow service gets its answer; new connections are refused meanwhile."""
    asked, go = threading.Event(), threading.Event()

    def slow(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        asked.set()
        assert go.wait(30)
        return {"cycles": []}

    intake = OverBroker(vhost.uri_for("intake"), "intake", slow)
    process.migrated().start().ready()
    child = process.child
    assert child is not None
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(requests.get, f"{process.url}/api/v1/cycles", timeout=30)
        assert asked.wait(20)
        os.kill(child.pid, signal.SIGTERM)
        process.wait(lambda: (process.reasons() or {}).get("process") == "stopping")
        process.wait(lambda: _refused(process.url))
        go.set()
        assert waiting.result().json() == {"cycles": []}
    assert child.wait(30) == 0
    intake.stop()


def _refused(url: str) -> bool:
    try:
        requests.get(f"{url}/livez", timeout=5)
    except requests.ConnectionError:
        return True
    return False


def test_a_broker_that_goes_away_is_waited_for(tmp_path: Path, private_broker: PrivateBroker) -> None:
    """Not ready meanwhile, alive all the time, and ready again without a restart."""
    vhost = private_broker.vhost()
    declare(vhost)
    private_broker.sync()
    process = Process(tmp_path, vhost).migrated().start().ready()
    private_broker.kill()
    process.wait(lambda: "broker" in (process.reasons() or {}))
    assert requests.get(f"{process.url}/livez", timeout=5).status_code == 200
    private_broker.start_again()
    process.ready()
    assert process.child is not None
    process.child.terminate(20)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ZHIHENG_DATABASE_URL", "", "ZHIHENG_DATABASE_URL"),
        ("ZHIHENG_AMQP_URI", "http://nowhere", "AMQP"),
        ("ZHIHENG_NO_SUCH_KEY", "1", "ZHIHENG_NO_SUCH_KEY"),
    ],
)
def test_a_wrong_configuration_stops_the_start_with_its_reason(
    process: Process, name: str, value: str, says: str
) -> None:
    child = process.start(**{name: value}).child
    assert child is not None
    assert child.wait(30) == 2
    assert says in process.log.read_text(encoding="utf-8")


def test_its_log_is_json_and_names_nobody(process: Process) -> None:
    process.migrated().start().ready()
    process.sign_in("li.office", "a wrong password")
    process.sign_in("admin", ADMIN)
    metrics = process.page("/metrics")
    assert metrics is not None
    assert 'route="/api/v1/tokens"' in metrics.text
    assert process.child is not None
    process.child.terminate(20)
    written = process.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["status"] for line in lines if line.get("route") == "/api/v1/tokens"] == [401, 201]
    for secret in ("li.office", "a wrong password", ADMIN, "127.0.0.1"):
        assert secret not in written
