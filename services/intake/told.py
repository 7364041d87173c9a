"""What an applicant is told of how its application stands: no outcome before a public notice has said it.

Until then it is in progress, whatever was found. In a rehearsal, and to everybody else, all is told as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, or_, select

from services.intake import models
from services.intake.dossiers import may_count
from services.intake.statuses import Status
from shared.store import Work

_APPLICATIONS, _TIMELINE = models.applications, models.timeline
# Outcomes that are settled before they are made public. The others the applicant has brought about, or was told itself.
UNTOLD = (Status.INELIGIBLE.value, Status.AWAITING_RECORDS.value, Status.NOT_AWARDED.value)
_MOVING = (Status.IN_PROGRESS.value, Status.WITHDRAWN.value)
_OVER = ("ended", "completed")


@dataclass(frozen=True)
class Told:
    """What may be told in a cycle: the outcomes of the stages `published`, all of them where it is `open`."""

    open: bool
    first: str = ""
    published: frozenset[str] = frozenset()

    def status(self, row: Row[Any]) -> str:
        """The status that whoever asks is told."""
        return Status.IN_PROGRESS.value if self._withheld(row) else str(row.status)

    def stopped_at(self, row: Row[Any]) -> str | None:
        """The stage up to which that holds; of one that goes on the last one that a notice told of."""
        if self.open or (row.status not in _MOVING and not self._withheld(row)):
            return row.stopped_at  # type: ignore[no-any-return]
        return row.announced or (self.first if row.stopped_at is not None else None)

    def _withheld(self, row: Row[Any]) -> bool:
        return not self.open and row.status in UNTOLD and row.stopped_at not in self.published

    @property
    def column(self) -> ColumnElement[Any]:
        """`status` for a query: its filter and its counts know no more than its lines."""
        table = _APPLICATIONS.c
        if self.open:
            return table.status
        unpublished = or_(table.stopped_at.is_(None), table.stopped_at.not_in(sorted(self.published)))
        return case(
            (and_(table.status.in_(UNTOLD), unpublished), Status.IN_PROGRESS.value), else_=table.status
        )


def told_to(work: Work, cycle_id: str) -> Told:
    """What whoever asks may be told in a cycle: of a stage what a later notice, or the end of the cycle, made public."""
    if may_count(work):
        return Told(open=True)
    states, lines = models.cycle_states, _TIMELINE.c
    rows = work.session.execute(
        select(lines.stage, lines.kind, lines.state, states.c.state.label("cycle"))
        .join(states, states.c.cycle_id == lines.cycle_id)
        .where(lines.cycle_id == cycle_id)
        .order_by(lines.position)
    ).all()
    if not rows or rows[0].cycle in _OVER:
        return Told(open=True)
    notices = [n for n, row in enumerate(rows) if row.kind == "notice" and row.state in ("begun", "closed")]
    reached = max(notices, default=0)
    return Told(open=False, first=rows[0].stage, published=frozenset(row.stage for row in rows[:reached]))
