"""跟踪未整改: a winner that did not mend what it was ordered to. It is put on record here; what follows, people decide."""

from __future__ import annotations

from typing import Any

from shared.store import Work


def tracking_failed(work: Work, data: dict[str, Any]) -> None:
    """Remember that incentives told of it."""
    work.audit("tracking:failure_heard", data["application_id"], after=data, cycle_id=data["cycle_id"])
