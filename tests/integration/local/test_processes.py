"""Children end with us, in order or not; ids that were given to somebody else are left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import guard
from deploy.local.processes import Child, Port, ProcessId, descendants, wait_gone
from deploy.local.services import ROOT

_PARENT = """
import sys, tempfile, time
from pathlib import Path
from deploy.local.processes import Child
from deploy.local.temporary import temporary_folder
with temporary_folder("test") as folder:
    child = Child(["sleep", "600"], env={"PATH": "/usr/bin:/bin"}, cwd=Path("/"), log=folder / "log")
    print(child.id.pid, child.id.started, folder, flush=True)
    time.sleep(600)
"""


def _sleeper(tmp_path: Path, *command: str) -> Child:
    return Child(
        command or ("sleep", "600"), env={"PATH": os.environ["PATH"]}, cwd=Path("/"), log=tmp_path / "log"
    )


def test_a_killed_launcher_leaves_nothing(tmp_path: Path) -> None:
    """SIGKILL cannot be caught; the guard ends the children and removes the temporary folders."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    pid, started, folder = parent.stdout.readline().split(maxsplit=2)
    child = ProcessId(int(pid), started)
    assert child.alive
    guards = [process for process in descendants(parent.pid) if process.pid != child.pid]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_gone([child, *guards], 20) == []
    assert not Path(folder.strip()).exists()


def test_ending_a_child_ends_what_it_started(tmp_path: Path) -> None:
    """A shell's own children do not outlive it."""
    child = _sleeper(tmp_path, "sh", "-c", "sleep 600 & sleep 600 & wait")
    family = [child.id]
    while len(family) < 3:
        family = [child.id, *descendants(child.pid)]
    child.terminate(5.0)
    assert [process for process in family if process.alive] == []


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    """Asked first, then made to."""
    child = _sleeper(tmp_path, "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done")
    while "ready" not in child.log.read_text():
        pass
    assert child.terminate(0.2) == -signal.SIGKILL
    assert not child.id.alive


def test_a_number_that_was_given_to_another_process_is_not_signalled(tmp_path: Path) -> None:
    """The start time tells the two apart."""
    child = _sleeper(tmp_path)
    try:
        assert not ProcessId(child.pid, "1").signal(signal.SIGKILL)
        assert child.running
    finally:
        child.kill()


def test_two_leases_are_two_ports() -> None:
    """A port is kept from other stacks until it is released."""
    ports = [Port() for _ in range(20)]
    try:
        assert len({port.number for port in ports}) == len(ports)
    finally:
        for port in ports:
            port.release()


def test_the_guard_removes_temporary_folders_only() -> None:
    """A wrong path must not be deleted."""
    with pytest.raises(ValueError, match="not a temporary folder"):
        guard.watch_folder(Path("/usr/lib"))
