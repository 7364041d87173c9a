"""One JSON object per line on standard output: ids and codes, never names, addresses or query strings."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from pathlib import Path
from typing import Any

import structlog

from shared.clock import SystemClock

_CLOCK = SystemClock()
_CHATTY = (
    "pika",
    "waitress",
    "sqlalchemy",
    "alembic",
    "werkzeug",
)  # rpc.py says what pika would say ten times


def place_of(error: BaseException) -> str:
    """Class and place of an error: `KeyError app.py:12`. Its text is left out, it may quote what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + where


def _stamp(logger: Any, name: str, event: Any) -> Any:
    event["time"] = _CLOCK.now().isoformat(timespec="milliseconds")
    event["level"] = name
    return event


class _JsonLines(logging.Formatter):
    """Lines of libraries, in the same form; the template, not the text, for arguments may hold anything."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "event": "library.log",
            "logger": record.name,
            "message": str(record.msg),
            "service": "gateway",
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["detail"] = place_of(record.exc_info[1])
        return json.dumps(_stamp(None, record.levelname.lower(), line), ensure_ascii=False)


def configure(level: str) -> None:
    """Set up structlog and the standard library's logging of this process. Raises ValueError for an unknown level."""
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"{level!r} is no log level")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _stamp,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=max(number, logging.INFO), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
