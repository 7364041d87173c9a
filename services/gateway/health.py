"""/livez, /readyz and /metrics on a port and threads of their own, for those who run the machines."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Page = tuple[int, str, bytes]
_JSON = "application/json"
_TURN = 0.05  # seconds in which a wish to stop is noticed


class Measured(Protocol):
    """What has instruments to show."""

    registry: CollectorRegistry


class Health:
    """A small server that answers GET only."""

    def __init__(
        self,
        host: str,
        port: int,
        readiness: Callable[[], dict[str, str]],
        metrics: Measured,
        *,
        service: str = "gateway",
    ) -> None:
        self._readiness = readiness
        self._metrics = metrics
        self._service = service
        pages = {"/livez": self._live, "/readyz": self._ready, "/metrics": self._measured}

        class Handler(BaseHTTPRequestHandler):
            server_version = "zhiheng"
            sys_version = ""

            def do_GET(self) -> None:
                page = pages.get(self.path)
                status, kind, body = page() if page else (404, _JSON, b"{}")
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Probes are not worth a line."""

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_TURN,), name="health", daemon=True
        )

    @property
    def port(self) -> int:
        """The port that was opened."""
        return int(self._server.server_address[1])

    def start(self) -> Health:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()

    def _live(self) -> Page:
        return 200, _JSON, b'{"alive":true}'

    def _ready(self) -> Page:
        reasons = self._readiness()
        body = json.dumps(
            {"ready": not reasons, "service": self._service, "reasons": reasons}, ensure_ascii=False
        )
        return (503 if reasons else 200), _JSON, body.encode()

    def _measured(self) -> Page:
        return 200, CONTENT_TYPE_LATEST, generate_latest(self._metrics.registry)
