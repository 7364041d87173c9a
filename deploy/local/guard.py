"""The guard: ends what a launcher had started where the launcher itself was killed.

A process cannot tidy up after its own SIGKILL. So the first child that is started brings a guard along: a process that
reads from a pipe which process ids are ours (`+pid start`, `-pid start`), which temporary folders (`/path`) and which
links (`=path`). When the pipe closes, by whatever end of the launcher, the guard ends what is still listed and removes
folders and links. A launcher that ends in order has nothing left to end; the guard then just leaves.
"""

from __future__ import annotations

import atexit
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

_lock = threading.Lock()
_guard: subprocess.Popen[bytes] | None = None
_owner = 0  # the process that started the guard; after a fork the child needs one of its own


def watch(pid: int, started: str) -> None:
    """End this process when we are gone."""
    _tell(f"+{pid} {started}")


def forget(pid: int, started: str) -> None:
    """This process has ended."""
    _tell(f"-{pid} {started}")


def watch_folder(path: Path) -> None:
    """Remove this temporary folder when we are gone. Refuses anything that is not under a temporary folder."""
    if not _is_temporary(path):
        raise ValueError(f"{path} is not a temporary folder")
    _tell(f"/{path.resolve()}")


def watch_link(path: Path) -> None:
    """Remove this symbolic link when we are gone."""
    _tell(f"={path}")


def _dismiss() -> None:
    """At the end of an orderly life: the pipe closes, the guard does what is left and goes."""
    if _guard is not None and _guard.stdin is not None and _owner == os.getpid():
        _guard.stdin.close()
        _guard.wait()


def _tell(line: str) -> None:
    global _guard, _owner  # noqa: PLW0603 - one guard per process
    with _lock:
        if _guard is None or _owner != os.getpid():
            _guard = subprocess.Popen(
                [sys.executable, "-I", "-S", __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # a Ctrl-C at the terminal must not end the guard before its turn
                cwd="/",
            )
            if _owner == 0:
                atexit.register(_dismiss)
            _owner = os.getpid()
        assert _guard.stdin is not None
        _guard.stdin.write(line.encode() + b"\n")
        _guard.stdin.flush()


def _is_temporary(path: Path) -> bool:
    roots = {Path(tempfile.gettempdir()).resolve(), Path("/tmp").resolve(), Path("/var/tmp").resolve()}  # noqa: S108
    resolved = path.resolve()
    return any(root in resolved.parents for root in roots)


def _started(pid: int) -> str:
    """Start time as in deploy.local.processes, which this file must not import: it runs isolated."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        if platform.system() == "Linux":
            return ""
        found = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return found.stdout.strip()
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


def _signal(pid: int, started: str, number: int) -> bool:
    if not started or _started(pid) != started:
        return False
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    """Read the list until the pipe closes, then end and remove what is on it."""
    processes: dict[tuple[int, str], None] = {}
    folders: list[Path] = []
    links: list[Path] = []
    for raw in sys.stdin.buffer:
        line = raw.decode().rstrip("\n")
        if line.startswith("/"):
            folders.append(Path(line[1:]))
            continue
        if line.startswith("="):
            links.append(Path(line[1:]))
            continue
        pid, _, started = line[1:].partition(" ")
        key = (int(pid), started)
        if line.startswith("+"):
            processes[key] = None
        else:
            processes.pop(key, None)
    # In the order opposite to the start: services before the broker and the database that they use.
    for pid, started in reversed(processes):
        _signal(pid, started, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(_started(pid) == started for pid, started in processes):
        time.sleep(0.05)
    for pid, started in processes:
        _signal(pid, started, signal.SIGKILL)
    for link in links:
        if link.is_symlink():
            link.unlink(missing_ok=True)
    for folder in folders:
        if _is_temporary(folder):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
