"""Child processes and ports: started in groups of their own, ended by id, never by name.

A process id alone may be given to somebody else's process later; an id together with its start time names one process
for ever, so every signal that this package sends is preceded by a look at the start time.
"""

from __future__ import annotations

import contextlib
import os
import platform
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import guard

LINUX = platform.system() == "Linux"
# Below the kernel's range for outgoing connections, so that no client's own port can be in the way.
_PORTS = range(20000, 32000)


class NotStarted(Exception):
    """Something of the stack did not come up; the message says what, why and where to read on."""


@dataclass(frozen=True)
class ProcessId:
    """One process for ever: its number and its start time in clock ticks since boot ("" where unknown)."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> ProcessId:
        """The identity of the process that has this number now."""
        return cls(pid, start_time(pid))

    @property
    def alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        return is_running(self.pid) and start_time(self.pid) == self.started

    def signal(self, number: int) -> bool:
        """Send a signal where it still runs; False where it is gone."""
        if not self.alive:
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the command's name, or [] where there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def start_time(pid: int) -> str:
    """Start time of a process as the system tells it, "" for none; equal texts mean the same process."""
    stat = _stat(pid)
    if stat:
        return stat[19]
    if LINUX:
        return ""
    found = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip()


def is_running(pid: int) -> bool:
    """Whether a process with this number exists and has not ended."""
    if LINUX:
        stat = _stat(pid)
        return bool(stat) and stat[0] not in "ZX"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def descendants(pid: int) -> list[ProcessId]:
    """Everything that a process started, and what that started; children first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        stat = _stat(int(entry.name))
        if stat:
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found: list[ProcessId] = []
    waiting = list(children.get(pid, []))
    while waiting:
        current = waiting.pop(0)
        found.append(ProcessId.of(current))
        waiting.extend(children.get(current, []))
    return found


def wait_gone(processes: Iterable[ProcessId], seconds: float) -> list[ProcessId]:
    """Wait until all are gone; returns those that are not."""
    remaining = [process for process in processes if process.alive]
    deadline = time.monotonic() + seconds
    while remaining and time.monotonic() < deadline:
        time.sleep(0.02)
        remaining = [process for process in remaining if process.alive]
    return remaining


def end(processes: Sequence[ProcessId], seconds: float) -> None:
    """Ask each to end (SIGTERM), then insist (SIGKILL) after the given time."""
    for process in processes:
        process.signal(signal.SIGTERM)
    remaining = wait_gone(processes, seconds)
    for process in remaining:
        process.signal(signal.SIGKILL)
    wait_gone(remaining, 5.0)


class Port:
    """A free TCP port on the loopback, kept from other stacks of this machine while the object lives.

    The lease is a name among the kernel's abstract sockets: two processes cannot hold it, and it is gone with its
    holder, however that ends. Elsewhere than on Linux the port is only looked at.
    """

    def __init__(self) -> None:
        self._lease: socket.socket | None = None
        self.number = self._take()

    @classmethod
    def known(cls, number: int) -> Port:
        """A port that somebody else holds."""
        port = cls.__new__(cls)
        port._lease, port.number = None, number
        return port

    def _take(self) -> int:
        for number in random.sample(_PORTS, k=500):  # no secret hangs on it
            lease = _lease(number)
            if lease is None and LINUX:
                continue
            if is_free(number):
                self._lease = lease
                return number
            if lease is not None:
                lease.close()
        raise NotStarted("no free TCP port between 20000 and 32000 on 127.0.0.1")

    def release(self) -> None:
        """Give the number back."""
        if self._lease is not None:
            self._lease.close()
            self._lease = None


def _lease(number: int) -> socket.socket | None:
    if not LINUX:
        return None
    lease = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        lease.bind(f"\0zhiheng-port-{number}")
    except OSError:
        lease.close()
        return None
    return lease


def is_free(number: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError:
            return False
    return True


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log, or a word that there is none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"(no log at {path})"
    return "\n".join(text.splitlines()[-lines:]) or "(the log is empty)"


@dataclass(frozen=True)
class Account:
    """The system account that a server runs as; None everywhere means: our own."""

    uid: int | None = None
    gid: int | None = None


# A child waits at this gate until the guard knows of it: were we killed between the two, it would find the pipe closed
# and never begin. The process stays the same one over exec.
_WHEN_TOLD = ("/bin/sh", "-c", 'read -r told && exec "$@" < /dev/null', "sh")


class Child:
    """One process of our own: its output goes to a log, and it ends with us even where we are killed."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        account: Account = Account(),
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                [*_WHEN_TOLD, *command],
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.uid,
                group=account.gid,
                extra_groups=None if account.uid is None else [],
            )
        self.log = log
        self.id = ProcessId.of(self.popen.pid)
        guard.watch(self.id.pid, self.id.started)
        assert self.popen.stdin is not None
        with contextlib.suppress(BrokenPipeError), self.popen.stdin as gate:
            gate.write(b"\n")

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended; reaps it where it has."""
        return self.popen.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Exit code, negative for a signal, None while it runs."""
        return self.popen.poll()

    def wait(self, seconds: float) -> int | None:
        """Wait for its end: the exit code, or None where it still runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.popen.wait(seconds)
        return None

    def terminate(self, seconds: float, ask: Callable[[], bool] = lambda: False) -> int:
        """Ask it to end, insist after the given time, and see that nothing of its group remains.

        `ask`: its own way of being asked, which gives whether it was understood; without it there is SIGTERM.
        """
        family = [self.id, *descendants(self.pid)]
        if self.running:
            if not ask():
                self.popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(seconds)
        return self._finish(family)

    def kill(self) -> int:
        """SIGKILL to it alone, as when the machine takes it; what it had started is then ended too."""
        family = [self.id, *descendants(self.pid)]
        if self.running:
            self.popen.kill()
        return self._finish(family)

    def _finish(self, family: Sequence[ProcessId]) -> int:
        if self.popen.poll() is None:
            self.popen.kill()
        code = self.popen.wait()
        # Helpers of the Erlang machine and of PostgreSQL notice by themselves that their parent is gone.
        for process in wait_gone(family, 1.0):
            process.signal(signal.SIGKILL)
        wait_gone(family, 5.0)
        guard.forget(self.id.pid, self.id.started)
        return code


def poll(seconds: float, interval: float = 0.05) -> Iterator[None]:
    """Turns of a waiting loop, until the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(interval)
