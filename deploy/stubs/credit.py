"""What the stub credit platform does with reports: takes each once, and gives its receipt the second time it is asked.

A report whose name begins with 拒收 is refused, one with 停机 is not answered: so that both can be seen in a local stack.
"""

from __future__ import annotations

import threading
from typing import Any

Reply = tuple[int, dict[str, Any]]
_ASKED = ("reference", "platform", "name", "award", "rule", "event", "decided_on")
REFUSED, AWAY = "拒收", "停机"


class CreditExchange:
    """Reports by reference, shared between threads."""

    def __init__(self) -> None:
        self._reports: dict[str, dict[str, Any]] = {}
        self._asked: set[str] = set()
        self._lock = threading.Lock()

    def take(self, report: dict[str, Any] | None) -> Reply:
        """The same report again is one report; another one under its reference is refused."""
        if report is None or not all(isinstance(report.get(name), str) for name in _ASKED):
            return 400, {"error": "not a report"}
        if report["name"].startswith(REFUSED):
            return 422, {"error": "the platform does not take it"}
        if report["name"].startswith(AWAY):
            return 503, {"error": "out of order"}
        with self._lock:
            known = self._reports.setdefault(report["reference"], report)
        if known != report:
            return 409, {"error": "another report has this reference"}
        return 202, {"reference": report["reference"]}

    def show(self, reference: str) -> Reply:
        """A report's receipt, once somebody has asked before."""
        with self._lock:
            if reference not in self._reports:
                return 404, {"error": "no such report"}
            ready = reference in self._asked
            self._asked.add(reference)
        return 200, {"reference": reference, "receipt": f"XY-{reference}" if ready else None}
