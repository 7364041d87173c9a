"""`up`, `status`, `down` as a person uses them, on a stack with every service a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local import assets, state
from deploy.local.broker import VirtualHost
from deploy.local.managed import probe
from deploy.local.processes import Port, ProcessId, descendants, poll, wait_gone
from deploy.local.services import PROCESSES, ROOT
from deploy.local.temporary import temporary_folder

_HEARS_CTRL_C = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from deploy.local.cli import main
sys.exit(main())
"""
_LONG = 240.0  # seconds, after which something does not come or go: a machine may have much else to do


class Launcher:
    """The command line, with a home of its own so that a developer's stack is left alone."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "data" / "default"
        self._env = {**os.environ, "ZHIHENG_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
        self.set(assets.SETTING, str(assets.here()))  # built once for all, not once a home

    def set(self, key: str, value: str) -> None:
        """A variable of the environment from now on."""
        self._env[key] = value

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deploy.local.cli", *arguments],
            env=self._env,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and come back at once; its standard error can be read, and it hears Ctrl-C even where a shell that
        runs us in the background has had it ignored.
        """
        return subprocess.Popen(
            [sys.executable, "-c", _HEARS_CTRL_C, *arguments],
            env=self._env,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def up(self, *arguments: str) -> state.StackState:
        for _ in range(
            3
        ):  # between our letting go of a free port and its being taken, somebody else may come
            port = Port()
            port.release()
            done = self("up", "--port", str(port.number), *arguments)
            if f"port {port.number}" not in done.stderr:
                break
        assert done.returncode == 0, done.stderr
        found = state.read(self.folder)
        assert found is not None
        return found

    def status(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self("status", "--json").stdout)
        return report


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    with temporary_folder("test") as home:
        found = Launcher(home / "ho me")
        yield found
        found("down")


def _everything(found: state.StackState) -> list[ProcessId]:
    return [found.supervisor, *found.everything()]


def test_from_up_to_down(launcher: Launcher) -> None:
    """The life of one stack. After `up` all is ready, whole and declared, and nothing can be rehearsed; a second `up`
    changes nothing. What is killed comes back. A killed supervisor leaves no process, and the next `up` finds its data;
    after `down` no process is left, and the data are.
    """
    found = launcher.up()
    before = _kept(launcher)
    _is_whole(launcher, found)
    _a_killed_service_and_a_killed_broker_come_back(launcher, found)
    again = _killed_supervisor_leaves_no_process(launcher, found)
    assert launcher.status()["ready"]
    assert _kept(launcher) == before
    assert launcher("down").returncode == 0
    assert wait_gone(_everything(again), 5) == []
    assert launcher.status() == {"running": False}
    assert _kept(launcher) == before


def _is_whole(launcher: Launcher, found: state.StackState) -> None:
    report = launcher.status()
    assert report["ready"]
    assert not found.rehearsals
    assert not report["rehearsals"]
    assert {entry["name"] for entry in report["processes"]} == set(PROCESSES)
    _is_at_rest(launcher)
    assert probe(f"{found.gateway_url}/readyz")[0] == 200
    assert "already running" in launcher("up").stdout
    for command in (("audit", "verify"), ("parked", "list"), ("topology", "check")):
        done = launcher(*command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def _is_at_rest(launcher: Launcher) -> None:
    """No message waits: the gateway tells of the first accounts some seconds after its start, whenever that was."""
    waiting: dict[str, int] = {}
    for _ in poll(_LONG):
        queues = launcher.status()["queues"]  # none where the broker did not answer just then
        waiting = {name: count for name, count in (queues or {"?": 1}).items() if count}
        if not waiting:
            return
    raise AssertionError(waiting)


def _a_killed_service_and_a_killed_broker_come_back(launcher: Launcher, found: state.StackState) -> None:
    """The supervisor starts again what fell; everything is ready again on the same address."""
    for process in found.everything():
        if process.pid in {found.processes["review"]["pid"], *_pids(found, "broker")}:
            os.kill(process.pid, signal.SIGKILL)
    for _ in poll(_LONG):
        report = launcher.status()
        if (
            report["ready"]
            and all(entry["pid"] for entry in report["processes"])
            and _restarts(report, "review")
        ):
            break
    assert _restarts(report, "review") == 1
    assert report["ready"]
    assert report["gateway"] == found.gateway_url


def _killed_supervisor_leaves_no_process(launcher: Launcher, found: state.StackState) -> state.StackState:
    """SIGKILL to the supervisor: its guard ends services, broker and port mapper. The next `up`'s stack."""
    now = state.read(launcher.folder)
    assert now is not None
    family = _everything(now)
    os.kill(found.supervisor.pid, signal.SIGKILL)
    assert wait_gone(family, _LONG) == []
    assert launcher.status() == {"running": False}
    return launcher.up()


def _kept(launcher: Launcher) -> list[str]:
    """What has to be the same for a next start: the administrator's password, the broker's node."""
    files = [launcher.folder / "secrets" / "admin-password", launcher.folder / "broker" / "node"]
    return [path.read_text() for path in files]


def _pids(found: state.StackState, server: str) -> set[int]:
    return {process.pid for name, process in found.servers.items() if name.startswith(server)}


def _restarts(report: dict[str, Any], name: str) -> int:
    return next(int(entry["restarts"]) for entry in report["processes"] if entry["name"] == name)


@pytest.mark.parametrize(
    ("moment", "least", "number"),
    [
        ("starting the services", 3, signal.SIGTERM),  # the broker's processes alone
        ("starting the services", 3, signal.SIGKILL),
        ("the stack is ready", len(PROCESSES), signal.SIGINT),
        ("the stack is ready", len(PROCESSES), signal.SIGKILL),
    ],
)
def test_an_interrupted_demo_leaves_no_process(
    launcher: Launcher, moment: str, least: int, number: signal.Signals
) -> None:
    """Whatever ends it, while the stack starts or while it plays: broker, services and player are gone too."""
    demo = launcher.begin("demo")
    assert demo.stderr is not None
    with demo.stderr:
        said = ""
        for line in demo.stderr:
            said += line
            if moment in line:
                break
        assert moment in said, said
        family = descendants(demo.pid)
        assert len(family) >= least
        demo.send_signal(number)
        demo.wait(_LONG)
    assert wait_gone(family, _LONG) == []


def test_on_postgresql(launcher: Launcher) -> None:
    """A private server with a database and a role per service; it is gone after `down` as well."""
    found = launcher.up("--database", "postgresql", "--rehearsals")
    assert launcher.status()["ready"]
    assert _pids(found, "postgres")
    launcher("down")
    assert wait_gone(_everything(found), 5) == []


def test_on_a_broker_that_is_there_already(launcher: Launcher, vhost: VirtualHost) -> None:
    """ZHIHENG_AMQP_URI names it: nothing is started in its place, and it is left running."""
    launcher.set("ZHIHENG_AMQP_URI", vhost.admin_uri)
    found = launcher.up()
    assert found.servers == {}
    assert launcher.status()["ready"]
    assert "intake.rpc" in vhost.queues()
    launcher("down")
    assert wait_gone(_everything(found), 5) == []
    assert vhost.broker.running


def test_a_broker_that_does_not_answer_is_said_so(launcher: Launcher) -> None:
    """Code 3 with the broker's side of the story; nothing is left running."""
    launcher.set("ZHIHENG_AMQP_URI", "amqp://nobody:nothing@127.0.0.1:1/")
    done = launcher("up")
    assert done.returncode == 3
    assert "refused" in done.stderr
    assert launcher.status() == {"running": False}


def test_a_port_that_is_taken_is_said_so(launcher: Launcher) -> None:
    """The reason is printed, the code is 3, nothing is left running."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = launcher("up", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "--port" in done.stderr
    assert launcher.status() == {"running": False}
