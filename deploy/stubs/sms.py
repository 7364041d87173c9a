"""What the stub of a telephone operator does with short messages: takes each once, and keeps what it was given.

A number that begins with 199 is refused, one with 198 is not answered: so that both can be seen in a local stack.
"""

from __future__ import annotations

import threading
from typing import Any

Reply = tuple[int, dict[str, Any]]
LONGEST_PART = 70  # characters
REFUSED, AWAY = "199", "198"


class SmsGateway:
    """Messages by reference, shared between threads."""

    def __init__(self) -> None:
        self._messages: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def take(self, message: dict[str, Any] | None) -> Reply:
        """The same message again is one message; another one under its reference is refused."""
        if message is None or set(message) != {"reference", "to", "language", "parts"}:
            return 400, {"error": "not a message"}
        parts = message["parts"]
        if not isinstance(parts, list) or not parts or not all(_fits(part) for part in parts):
            return 422, {"error": f"parts of 1 to {LONGEST_PART} characters"}
        if message["to"].startswith(REFUSED):
            return 422, {"error": "no such number"}
        if message["to"].startswith(AWAY):
            return 503, {"error": "out of order"}
        with self._lock:
            known = self._messages.setdefault(message["reference"], message)
        if known != message:
            return 409, {"error": "another message has this reference"}
        return 202, {"reference": message["reference"], "receipt": f"DX-{message['reference']}"}

    def shown(self) -> Reply:
        """All that was taken."""
        with self._lock:
            return 200, {"messages": list(self._messages.values())}


def _fits(part: object) -> bool:
    return isinstance(part, str) and 0 < len(part) <= LONGEST_PART
