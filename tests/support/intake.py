"""Requests of intake as its handlers get them: through the contract, with what it fills in."""

from __future__ import annotations

from typing import Any

from shared.contracts import load, operation


def asked(method: str, **data: Any) -> dict[str, Any]:
    """A request of an operation, given as plain JSON."""
    return load(operation("intake", method).request(), data)


def listing(cycle_id: str, **filters: Any) -> dict[str, Any]:
    """A request for a cycle's list of applications."""
    return asked("applications", cycle_id=cycle_id, **filters)
