"""What a service answers when somebody asks whether its audit log is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.store.store import Store


def audit_state(store: Store, cycle_id: str | None) -> dict[str, Any]:
    """Seal what waits, then walk the whole chain; `entries` counts the cycle's rows, or all."""
    store.sealer.seal_all()
    report = store.verify(cycle_id)
    return {
        "service": store.service,
        "entries": report.entries,
        "unsealed": report.unsealed,
        "intact": report.intact,
        "problems": [f"{p.kind} {p.where}: {p.detail_en} / {p.detail_zh}" for p in report.problems],
    }
