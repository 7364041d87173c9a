"""`/livez`, `/readyz` and `/metrics` on a port and green thread of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from eventlet import wsgi
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.bus.green import eventlet
from shared.bus.metrics import METRICS
from shared.bus.runtime import Runtime

log = structlog.get_logger(__name__)

Start = Callable[[str, list[tuple[str, str]]], Any]
_JSON = "application/json; charset=utf-8"


class Health:
    """A small WSGI application. It answers GET only, and nothing in it names a person."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._pages: dict[str, Callable[[], tuple[str, str, bytes]]] = {
            "/livez": self._live,
            "/readyz": self._ready,
            "/metrics": self._metrics,
        }

    def open(self) -> None:
        """Open the port. Raises OSError where somebody else has it."""
        settings = self._runtime.settings
        self._socket = eventlet.listen((settings.health_host, settings.health_port))
        log.info("health.listening", host=settings.health_host, port=self._socket.getsockname()[1])

    def serve(self) -> None:
        """Answer in a green thread, for ever."""
        eventlet.spawn(wsgi.server, self._socket, self, log_output=False, debug=False, keepalive=False)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        page = self._pages.get(environ.get("PATH_INFO", ""))
        if page is None or environ.get("REQUEST_METHOD") != "GET":
            status, kind, body = "404 Not Found", _JSON, b"{}"
        else:
            status, kind, body = page()
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _live(self) -> tuple[str, str, bytes]:
        # Answering at all is the proof: a hub that is stuck answers nothing.
        return "200 OK", _JSON, b'{"alive":true}'

    def _ready(self) -> tuple[str, str, bytes]:
        reasons = self._runtime.readiness()
        METRICS.ready.set(not reasons)
        body = {"ready": not reasons, "service": self._runtime.name, "reasons": reasons}
        status = "503 Service Unavailable" if reasons else "200 OK"
        return status, _JSON, json.dumps(body, ensure_ascii=False).encode()

    def _metrics(self) -> tuple[str, str, bytes]:
        return "200 OK", CONTENT_TYPE_LATEST, generate_latest(METRICS.registry)
