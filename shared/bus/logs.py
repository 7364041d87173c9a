"""One JSON object per line on standard output: ids and codes, never personal data.

Texts of exceptions are left out (a database error quotes the values that it refused); class and place are given.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from shared.bus.batch import place_of
from shared.clock import SystemClock

_CLOCK = SystemClock()
_CHATTY = ("alembic", "amqp", "kombu", "nameko", "sqlalchemy")


Line = MutableMapping[str, Any]


def _stamp(service: str, level: str, line: Line) -> Line:
    line["level"] = level
    line["service"] = service
    line["time"] = _CLOCK.now().isoformat(timespec="milliseconds")
    return line


class _JsonLines(logging.Formatter):
    """Lines of libraries, in the same form."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "event": "library.log",
            "logger": record.name,
            # The template, not the text: arguments may hold anything.
            "message": str(record.msg),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["detail"] = place_of(record.exc_info[1])
        return json.dumps(_stamp(self._service, record.levelname.lower(), line), ensure_ascii=False)


def configure(service: str, level: str) -> None:
    """Set up structlog and the standard library's logging of this process. Raises ValueError for an unknown level."""
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"{level!r} is no log level")
    structlog.configure(
        processors=[
            lambda logger, level, line: _stamp(service, level, line),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonLines(service))
    logging.basicConfig(level=max(number, logging.INFO), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
