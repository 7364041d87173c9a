"""Voters for deploy.benchmarks.votes: some processes, each with some connections, that send ballots signed beforehand.

A ballot that was not answered, or was told to come later, is sent again until it is answered 202 or told that it is there.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

ACCEPTED, THERE, LATER = 202, 409, (429, 503)
_PAUSE = 0.2  # seconds until a ballot that was told to come later is sent again
_SILENCE = 20.0  # seconds without an answer after which a connection is given up


class _Connection:
    """One connection, with the ballot that waits for its answer on it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.ballot: int | None = None
        self.sent_at = 0.0
        self.got = b""

    def open(self) -> bool:
        try:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        except OSError:
            return False
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return True

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self.socket, self.got = None, b""


class Voters:
    """The ballots of one process. `answers`: 202 and 409 as they came; `receipts` of both."""

    def __init__(self, port: int, path: str, bodies: Sequence[bytes], assertions: Sequence[str]) -> None:
        self._port = port
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: v\r\nContent-Type: application/json\r\nAuthorization: Bearer "
        )
        self._bodies = bodies
        self._assertions = assertions
        self._due = deque(range(len(assertions)))
        self._later: deque[tuple[float, int]] = deque()
        self._selector = selectors.DefaultSelector()
        self.statuses: dict[int, int] = {}
        self.receipts: set[str] = set()
        self.lost_connections = 0

    def run(self, connections: int, done: Synchronized[int]) -> None:
        idle = [_Connection(self._port) for _ in range(connections)]
        left = len(self._assertions)
        while left:
            idle = self._start(idle)
            if not self._selector.get_map():
                time.sleep(0.05)  # nobody listens just now
            for key, _ in self._selector.select(0.05) if self._selector.get_map() else ():
                ended = self._read(key.data)
                if ended is None:
                    continue
                idle.append(key.data)
                left -= ended
                with done.get_lock():
                    done.value += ended
            idle += self._silent()

    def _start(self, idle: list[_Connection]) -> list[_Connection]:
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._due.append(self._later.popleft()[1])
        left: list[_Connection] = []
        for place, connection in enumerate(idle):
            if not self._due:
                return left + idle[place:]
            if connection.socket is None:
                if not connection.open():
                    return left + idle[place:]
                self._selector.register(connection.socket, selectors.EVENT_READ, connection)
            self._send(connection, self._due.popleft())
        return left

    def _send(self, connection: _Connection, ballot: int) -> None:
        body = self._bodies[ballot % len(self._bodies)]
        head = f"{self._head}{self._assertions[ballot]}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.ballot, connection.sent_at, connection.got = ballot, time.monotonic(), b""
        try:
            assert connection.socket is not None
            connection.socket.sendall(head.encode("ascii") + body)
        except OSError:
            pass  # the answer that does not come says so

    def _read(self, connection: _Connection) -> int | None:
        """1 where a ballot came to its end, 0 where it has to be sent again, None where more is to come."""
        assert connection.socket is not None
        try:
            part = connection.socket.recv(65536)
        except OSError:
            part = b""
        if not part:
            return self._lost(connection)
        connection.got += part
        head, end, body = connection.got.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not end or len(body) < int(length):
            return None
        status = int(head[9:12])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        ballot, connection.ballot = connection.ballot, None
        assert ballot is not None
        if status in LATER:
            self._later.append((time.monotonic() + _PAUSE, ballot))
            return 0
        answer: dict[str, Any] = json.loads(body)
        if status != ACCEPTED and answer.get("code") != "already_voted":
            raise RuntimeError(f"{status} {answer}")
        self.receipts.add(answer["receipt"])
        return 1

    def _lost(self, connection: _Connection) -> int:
        self.lost_connections += 1
        assert connection.socket is not None
        self._selector.unregister(connection.socket)
        connection.close()
        if connection.ballot is not None:
            self._later.append((time.monotonic() + _PAUSE, connection.ballot))
            connection.ballot = None
        return 0

    def _silent(self) -> list[_Connection]:
        now = time.monotonic()
        found = [
            key.data
            for key in self._selector.get_map().values()
            if key.data.ballot is not None and now - key.data.sent_at > _SILENCE
        ]
        for connection in found:
            self._lost(connection)
        return found


def vote(
    port: int,
    path: str,
    bodies: Sequence[bytes],
    assertions: Path,
    part: tuple[int, int],
    connections: int,
    done: Synchronized[int],
    report: Path,
) -> None:
    """The body of a process: the ballots of a part of the file; what came of them is written to `report`."""
    with assertions.open(encoding="ascii") as lines:
        mine = [line.rstrip("\n") for number, line in enumerate(lines) if part[0] <= number < part[1]]
    voters = Voters(port, path, bodies, mine)
    try:
        voters.run(connections, done)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        raise
    finally:
        found = {
            "statuses": voters.statuses,
            "receipts": sorted(voters.receipts),
            "lost": voters.lost_connections,
        }
        report.write_text(json.dumps(found), encoding="ascii")


SPAWN = get_context("spawn")
