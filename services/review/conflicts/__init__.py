"""回避: who is kept from what, computed whenever a source changes, and read by one condition in every query."""

from __future__ import annotations

from services.review.conflicts.computing import of_application, of_cycle, of_experts, refresh
from services.review.conflicts.leading import WHOLE_PANEL, leader_is_free, leader_of, leads
from services.review.conflicts.reading import (
    free,
    free_for,
    kept,
    nothing_of_yours,
    pairs,
    recusals,
    recused,
    require_declared,
    require_stated,
    stated_by,
)
from services.review.conflicts.recorded import held, held_of, replaced, settle, waiting_for
from services.review.conflicts.sources import declared

__all__ = [
    "WHOLE_PANEL",
    "declared",
    "free",
    "free_for",
    "held",
    "held_of",
    "kept",
    "leader_is_free",
    "leader_of",
    "leads",
    "nothing_of_yours",
    "of_application",
    "of_cycle",
    "of_experts",
    "pairs",
    "recusals",
    "recused",
    "refresh",
    "replaced",
    "require_declared",
    "require_stated",
    "settle",
    "stated_by",
    "waiting_for",
]
