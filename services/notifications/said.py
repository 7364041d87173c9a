"""A message's row as people read it: its template with its values, the award's name from the cycle's rulebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select

from services.notifications import models
from services.notifications.texts import Rendered, rendered
from shared.rulebooks import Library
from shared.store import Work

_CYCLES = models.cycles


class Awards:
    """The names and years of the cycles that some messages are about."""

    def __init__(self, work: Work, library: Library, cycle_ids: Iterable[str | None]) -> None:
        wanted = {each for each in cycle_ids if each is not None}
        rows = work.session.execute(select(_CYCLES).where(_CYCLES.c.id.in_(wanted))).all() if wanted else []
        self._known = {row.id: _values(library, row) for row in rows}

    def rendered(self, message: Row[Any], language: str) -> Rendered:
        """A message in a language."""
        values = {**self._known.get(message.cycle_id, {}), **message.data}
        return rendered(message.template, values, "en" if language == "en" else "zh")


def _values(library: Library, row: Row[Any]) -> dict[str, Any]:
    title = library.get(row.rulebook).title
    return {"award": {"zh": title.zh, "en": title.en}, "year": row.year}
