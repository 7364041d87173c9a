"""Waitress, with a stop that lets what was begun be answered, and a refusal of what is too long in our words.

A body is read before the application is asked: beyond half a megabyte it lies in a temporary file, so that memory does not grow
with it.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from flask import Flask
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.server import create_server  # type: ignore[import-untyped]
from waitress.task import ErrorTask  # type: ignore[import-untyped]
from waitress.utilities import RequestEntityTooLarge  # type: ignore[import-untyped]

from services.gateway.app import LARGEST_BODY

log = structlog.get_logger(__name__)

_AT_ONCE = (
    1 << 16
)  # bytes read from a connection at once; the usual 8 KiB cost a file of 50 MB 6,400 turns of the loop
_MARGIN = 16 * LARGEST_BODY  # bytes above the longest form: that much more the application refuses by itself
_TURN = 0.2  # seconds in which a wish to stop is noticed


class _Refusal(ErrorTask):  # type: ignore[misc]
    """What the server refuses by itself; a body that is too long is told in both languages, with the limit."""

    def execute(self) -> None:
        error, most = self.request.error, self.channel.server.adj.max_request_body_size
        if isinstance(error, RequestEntityTooLarge):
            self.request.error = _TooLong(most - _MARGIN)
        super().execute()


class _TooLong(RequestEntityTooLarge):  # type: ignore[misc]
    def __init__(self, most: int) -> None:
        super().__init__("")
        self._most = most >> 20

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        zh = f"请求内容过大：一次提交的全部内容不能超过 {self._most} MB。请返回上一页，减少或缩小文件后再提交。"
        en = (
            f"Too large: all that is sent at once may have {self._most} MB at most."
            " Go back, and send fewer or smaller files."
        )
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
        return f"{self.code} {self.reason}", headers, f"{zh}\n{en}\n".encode()


class _Channel(HTTPChannel):  # type: ignore[misc]
    error_task_class = _Refusal


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
            max_request_body_size=largest + _MARGIN,
            max_request_header_size=32 * 1024,
            recv_bytes=_AT_ONCE,
            expose_tracebacks=False,
            # The application itself knows which proxies to believe, and reads none of the other headers of that kind.
            clear_untrusted_proxy_headers=False,
        )
        self._server.channel_class = _Channel
        self._asked_to_stop = False

    @property
    def port(self) -> int:
        """The port that was opened."""
        return int(self._server.effective_port)

    def stop(self) -> None:
        """Leave a note to stop, and end the turn that is waiting; safe in a signal handler."""
        self._asked_to_stop = True
        self._server.pull_trigger()

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
