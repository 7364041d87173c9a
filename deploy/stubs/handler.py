"""One HTTP exchange in JSON, as every stub server here has it: a bounded body in, a status and an object out."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar


class JsonHandler(BaseHTTPRequestHandler):
    """A connection that is kept. A server says how long a body may be (bytes) and what is answered to one."""

    protocol_version = "HTTP/1.1"
    timeout = 60.0  # seconds of silence after which a connection ends
    sys_version = ""
    longest_body: ClassVar[int]

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def do_GET(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not length.isdigit() or int(length) > self.longest_body:
            self.close_connection = True
            self.refuse()
            return
        self.serve(self.rfile.read(int(length)))

    do_POST = do_PUT = do_GET  # noqa: N815 - the library's names

    def serve(self, body: bytes) -> None:
        """Answer a request with this body."""
        raise NotImplementedError

    def refuse(self) -> None:
        """Answer a body that is too long or of unknown length; the connection ends then."""

    def send(self, status: int, reply: Mapping[str, Any]) -> None:
        """Send an object as JSON."""
        data = json.dumps(reply, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        with suppress(ConnectionError):  # who asked has given up meanwhile
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing: what is asked about whom, and accounts, are nobody's business."""


def object_of(body: bytes) -> dict[str, Any] | None:
    """The object that a body holds; None where it holds none."""
    try:
        found = json.loads(body.decode("utf-8"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
