"""A clamd of our own for tests: its protocol as clamd(8) tells it, a real socket, and one signature, that of EICAR."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

# The file that scanners agreed on to be tested with; in two halves, so that this file is not one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Eicar-Test-Signature"
VERSION = "ClamAV 1.4.3/27800/Fri Oct 10 08:00:00 2025"

Fault = Literal[
    "", "silent", "cut off", "half a reply", "two replies", "endless reply", "hangs up early", "trickles"
]


@dataclass
class FakeClamd:
    """Listens until `end`. `limit` is its StreamMaxLength in bytes, `replies` what it says instead, by command."""

    kind: Literal["tcp", "unix"]
    folder: Path
    fault: Fault = ""
    limit: int = 1_000_000
    replies: dict[bytes, str] = field(default_factory=dict)
    received: list[bytes] = field(default_factory=list)
    url: str = ""

    def start(self) -> FakeClamd:
        if self.kind == "tcp":
            self._listener = socket.create_server(("127.0.0.1", 0))
            self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        else:
            path = self.folder / "clamd.ctl"
            self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._listener.bind(str(path))
            self._listener.listen()
            self.url = f"unix://{path}"
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def end(self) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        """One connection after the other, as the adapter makes them."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(ConnectionError):
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        command = self._until_zero(connection)
        if command == b"zVERSION":
            self._send(connection, self.replies.get(command, VERSION))
            return
        assert command == b"zINSTREAM", command
        if self.fault == "hangs up early":
            self._send(connection, "INSTREAM: Can't create temporary file. ERROR")
            return
        data = self._stream(connection)
        if data is None:
            self._send(connection, "INSTREAM size limit exceeded. ERROR")
            return
        self.received.append(data)
        verdict = f"stream: {SIGNATURE} FOUND" if EICAR in data else "stream: OK"
        self._answer(connection, self.replies.get(command, verdict))

    def _answer(self, connection: socket.socket, reply: str) -> None:
        if self.fault == "silent":
            self._ended.wait(60)
        elif self.fault == "half a reply":
            connection.sendall(reply.encode())  # without the zero that ends it
        elif self.fault == "two replies":
            connection.sendall(reply.encode() + b"\0" + reply.encode() + b"\0")
        elif self.fault == "endless reply":
            connection.sendall(b"stream: " + b"x" * 1_000_000)
        elif self.fault == "trickles":
            while not self._ended.wait(0.02):
                connection.sendall(b"x")
        elif self.fault != "cut off":
            self._send(connection, reply)

    def _stream(self, connection: socket.socket) -> bytes | None:
        """What came until the chunk of no bytes; None where it was more than the limit."""
        data = bytearray()
        while True:
            (size,) = struct.unpack("!I", self._exactly(connection, 4))
            if size == 0:
                return bytes(data)
            if len(data) + size > self.limit:
                return None
            data += self._exactly(connection, size)

    def _until_zero(self, connection: socket.socket) -> bytes:
        found = bytearray()
        while not found.endswith(b"\0"):
            found += self._exactly(connection, 1)
        return bytes(found[:-1])

    def _exactly(self, connection: socket.socket, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            come = connection.recv(size - len(found))
            if not come:
                raise ConnectionResetError("the client went away")
            found += come
        return bytes(found)

    def _send(self, connection: socket.socket, reply: str) -> None:
        connection.sendall(reply.encode() + b"\0")
