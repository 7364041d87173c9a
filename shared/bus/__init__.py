"""The bus: RabbitMQ for services, and the only folder that knows nameko, kombu, py-amqp and eventlet.

Importing this package imports none of them: the names below are looked up when they are first asked for, so that the
gateway can take `shared.bus.wire` (the wire format) without a green thread in its process.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.bus.declarations import Received as Received
    from shared.bus.service import Service as Service
    from shared.bus.service import command as command
    from shared.bus.service import every as every
    from shared.bus.service import on_event as on_event
    from shared.bus.service import query as query

__all__ = ["Received", "Service", "command", "every", "on_event", "query"]

_HOMES = {
    "Received": "shared.bus.declarations",
    "Service": "shared.bus.service",
    "command": "shared.bus.service",
    "every": "shared.bus.service",
    "on_event": "shared.bus.service",
    "query": "shared.bus.service",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
