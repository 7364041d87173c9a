"""回避: who is kept from what, kept up to date by those whose data it is computed from."""

from __future__ import annotations

from collections.abc import Iterable

from shared.store import Work


def refresh(work: Work, world: str, expert_ids: Iterable[str]) -> None:
    """The interests of these experts changed: compute anew whom they are kept from, in every cycle of the world."""
