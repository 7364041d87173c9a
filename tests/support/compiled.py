"""Statements that were compiled for one test's store serve the next one's.

An engine compiles each statement once, but a test has an engine of its own, and compiling what a service says takes longer
than saying it. What an engine compiles belongs to its dialect, so one dialect serves all engines of a kind.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

_shared: dict[str, tuple[Dialect, MutableMapping[Any, Any]]] = {}


def share(engine: Engine) -> None:
    """Let an engine use what others of its kind have compiled; all of them read encrypted columns with one key ring."""
    kind = engine.dialect.name
    if kind not in _shared:
        with engine.connect():  # a dialect learns what its server can when it first meets one
            _shared[kind] = engine.dialect, LRUCache(4000)
    engine.dialect, compiled = _shared[kind]
    engine.update_execution_options(compiled_cache=compiled)
