"""Waitress, with a stop that lets what was begun be answered."""

from __future__ import annotations

import time
from typing import Any

import structlog
from flask import Flask
from waitress.server import create_server  # type: ignore[import-untyped]

from services.gateway.app import LARGEST_BODY

log = structlog.get_logger(__name__)

_AT_ONCE = (
    1 << 16
)  # bytes read from a connection at once; the usual 8 KiB cost a file of 50 MB 6,400 turns of the loop
_TURN = 0.2  # seconds in which a wish to stop is noticed


class Server:
    """An HTTP server for one application."""

    def __init__(
        self, app: Flask, host: str, port: int, threads: int, *, largest: int = LARGEST_BODY
    ) -> None:
        self._server: Any = create_server(
            app,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            connection_limit=1000,
            channel_timeout=60,
            # Above the application's own limit, so that the application words the refusal.
            max_request_body_size=largest + 16 * LARGEST_BODY,
            max_request_header_size=32 * 1024,
            recv_bytes=_AT_ONCE,
            expose_tracebacks=False,
            # The application itself knows which proxies to believe, and reads none of the other headers of that kind.
            clear_untrusted_proxy_headers=False,
        )
        self._asked_to_stop = False

    @property
    def port(self) -> int:
        """The port that was opened."""
        return int(self._server.effective_port)

    def stop(self) -> None:
        """Leave a note to stop; safe in a signal handler."""
        self._asked_to_stop = True

    def run(self, drain: float) -> bool:
        """Serve until stopped, then at most `drain` seconds more for what was begun; gives whether all was answered."""
        while not self._asked_to_stop:
            self._turn(_TURN)
        self._server.accepting = False
        self._server.del_channel(self._server._map)
        self._server.socket.close()
        until = time.monotonic() + drain
        while self._busy() and time.monotonic() < until:
            self._turn(0.05)
        drained = not self._busy()
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
        return drained

    def _turn(self, seconds: float) -> None:
        self._server.asyncore.loop(timeout=seconds, map=self._server._map, use_poll=True, count=1)

    def _busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)
