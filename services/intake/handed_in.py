"""What an application has handed in, as its dossier names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Row

    from shared.store import Work


@dataclass(frozen=True)
class HandedIn:
    """The materials that are there, by the rulebook's names; characters of the self-assessment, None where not counted."""

    materials: tuple[str, ...]
    self_assessment_chars: int | None = None


def handed_in(work: Work, row: Row[Any]) -> HandedIn:
    """What the draft states to be there."""
    return HandedIn(tuple(row.materials))
