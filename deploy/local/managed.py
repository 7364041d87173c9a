"""One process of a stack: started, watched, killed, started again."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.processes import Child, NotStarted, ProcessId, poll, tail

STOP_SECONDS = 25.0  # a little more than a service may take to drain
READY_SECONDS = 240.0  # a machine may have much else to do; a process that ends says so at once
_BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_STEADY_SECONDS = 60.0  # after so long a life the next fall is a first one again
_LOG_LIMIT = 50_000_000


def probe(url: str, seconds: float = 5.0) -> tuple[int, str]:
    """GET: status and body; (0, reason) where nobody answers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        return answer.status, answer.read(65536).decode("utf-8", errors="replace")
    except (OSError, http.client.HTTPException) as problem:
        return 0, str(problem)
    finally:
        connection.close()


class ManagedProcess:
    """A process that is to run until it is stopped. All methods may be called from any thread."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, url: str
    ) -> None:
        self.name = name
        self.command = list(command)
        self.env = dict(env)
        self.log = log
        self.url = url
        self.restarts = 0
        self._child: Child | None = None
        self._held = True
        self._lock = threading.RLock()
        self._falls = 0
        self._started_at = 0.0
        self._next_start = 0.0

    def __repr__(self) -> str:
        return f"ManagedProcess({self.name!r}, pid={self.pid})"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.running else None

    @property
    def id(self) -> ProcessId | None:
        return self._child.id if self._child is not None else None

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

    @property
    def exit_code(self) -> int | None:
        """How it ended last; None while it runs or before it did."""
        return self._child.exit_code if self._child is not None else None

    @property
    def uptime(self) -> float:
        """Seconds since its start, 0 where it does not run."""
        return time.monotonic() - self._started_at if self.running else 0.0

    def ready(self) -> bool:
        """Whether /readyz says 200 now."""
        return self.running and probe(f"{self.url}/readyz")[0] == 200

    def start(self, env: Mapping[str, str] | None = None) -> None:
        """Start it; `env` is added for this one life."""
        with self._lock:
            if self.running:
                return
            self._child = Child(
                self.command, env={**self.env, **(env or {})}, cwd=self.log.parent, log=self.log
            )
            self._held = False
            self._started_at = time.monotonic()

    def stop(self) -> int | None:
        """SIGTERM, and SIGKILL where it does not end in time; its exit code. It stays down until start()."""
        with self._lock:
            self._held = True
            return self._child.terminate(STOP_SECONDS) if self._child is not None else None

    def kill(self, *, hold: bool = False) -> None:
        """SIGKILL. The supervisor starts it again, unless it is to be held down until start()."""
        with self._lock:
            self._held = self._held or hold
            if self._child is not None:
                self._child.kill()

    def restart(self, env: Mapping[str, str] | None = None) -> None:
        """Stop in order (where it still runs), start, and wait until it is ready."""
        with self._lock:
            self.stop()
            self._falls = 0  # somebody has looked after it: what it did before does not count against it
            self.start(env)
        self.wait_ready()

    def wait_ready(self, seconds: float = READY_SECONDS, *, patient: bool = False) -> None:
        """Wait until it is ready. Raises NotStarted with the log's end where it ends first or takes too long.

        `patient`: it may end meanwhile, because a supervisor starts it again.
        """
        last = ""
        for _ in poll(seconds):
            status, last = probe(f"{self.url}/readyz")
            if status == 200 and self.running:
                return
            if not self.running and not patient:
                raise NotStarted(
                    f"{self.name} ended with code {self.exit_code} while starting\n{self._why()}"
                )
        raise NotStarted(
            f"{self.name} was not ready within {seconds:.0f} s: {last.strip()[:500]}\n{self._why()}"
        )

    def wait_end(self, seconds: float) -> int:
        """Wait until it has ended by itself (a crash point, say): its exit code. Raises NotStarted after the time."""
        for _ in poll(seconds, 0.02):
            code = self.exit_code
            if code is not None:
                return code
        raise NotStarted(f"{self.name} still runs after {seconds:.0f} s")

    def watch(self) -> bool:
        """One look of the supervisor: start it again where it has fallen and its time has come. True if it did."""
        if not self._lock.acquire(blocking=False):
            return False  # somebody is at it
        try:
            self._trim_log()
            if self._held or self._child is None or self.running:
                return False
            now = time.monotonic()
            if self._next_start == 0.0:
                self._falls = 0 if now - self._started_at > _STEADY_SECONDS else self._falls
                self._next_start = now + _BACKOFF[min(self._falls, len(_BACKOFF) - 1)]
                self._falls += 1
            if now < self._next_start:
                return False
            self._next_start = 0.0
            self._child.terminate(0.0)
            self.start()
            self.restarts += 1
            return True
        finally:
            self._lock.release()

    def _trim_log(self) -> None:
        """Keep one old log beside the current one; the process appends, so it goes on writing at the new end."""
        try:
            if self.log.stat().st_size < _LOG_LIMIT:
                return
            self.log.with_suffix(".1.log").write_bytes(self.log.read_bytes())
            with self.log.open("r+b") as handle:
                handle.truncate(0)
        except OSError:
            return

    def _why(self) -> str:
        return f"{tail(self.log)}\n(whole log: {self.log})"
