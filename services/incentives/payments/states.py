"""付款状态: of a line, one try to pay one grant, and of a batch; and the moves between them. Pure.

A line is committed as `intent` before anything leaves, and as `sent` before the first byte of it does: whatever a crash leaves
behind is one of the two, and what is `sent` is asked about by its key, never simply sent again.
"""

from __future__ import annotations

from enum import StrEnum

from shared import states


class Line(StrEnum):
    """付款行的状态."""

    INTENT = "intent"
    STOPPED = "stopped"  # nothing left: the winner fell out, or the batch was given up
    SENT = "sent"  # it has left, or may have
    CONFIRMED = "confirmed"
    FAILED = "failed"  # the bank has not paid and will not
    UNKNOWN = "unknown"  # nobody can say; two people find out


class Batch(StrEnum):
    """付款批次的状态."""

    ASSEMBLED = "assembled"
    HELD = "held"  # over the year's budget
    APPROVED = "approved"
    CANCELLED = "cancelled"


LINE_MOVES: dict[Line, frozenset[Line]] = {
    Line.INTENT: frozenset({Line.SENT, Line.STOPPED}),
    Line.STOPPED: frozenset(),
    Line.SENT: frozenset({Line.CONFIRMED, Line.FAILED, Line.UNKNOWN}),
    Line.UNKNOWN: frozenset({Line.CONFIRMED, Line.FAILED}),
    Line.CONFIRMED: frozenset(),
    Line.FAILED: frozenset(),
}
BATCH_MOVES: dict[Batch, frozenset[Batch]] = {
    Batch.ASSEMBLED: frozenset({Batch.HELD, Batch.APPROVED, Batch.CANCELLED}),
    Batch.HELD: frozenset({Batch.ASSEMBLED, Batch.CANCELLED}),
    Batch.APPROVED: frozenset(),
    Batch.CANCELLED: frozenset(),
}
LIVE = (Line.INTENT, Line.SENT, Line.CONFIRMED, Line.UNKNOWN)  # of these a grant has at most one

GONE_OUT = (Line.SENT, Line.CONFIRMED, Line.UNKNOWN)  # of these, what has left and may be money


def before_line(state: Line) -> tuple[str, ...]:
    """The states from which a line can come to one, for the condition of an UPDATE."""
    return states.before(LINE_MOVES, state)


def before_batch(state: Batch) -> tuple[str, ...]:
    """The states from which a batch can come to one, for the condition of an UPDATE."""
    return states.before(BATCH_MOVES, state)
