"""States of deliveries and announcements, as tables. Pure."""

from __future__ import annotations

from enum import StrEnum

from shared import states


class Delivery(StrEnum):
    """送达: one message by one way."""

    WAITING = "waiting"
    SENDING = "sending"  # claimed by one worker, which has it in hand
    SENT = "sent"
    FAILED = "failed"  # given up; an operator may have it tried again
    UNCERTAIN = "uncertain"  # it may have been taken, nobody told us; an operator finds out and decides


MOVES: dict[Delivery, frozenset[Delivery]] = {
    Delivery.WAITING: frozenset({Delivery.SENDING}),
    Delivery.SENDING: frozenset({Delivery.SENT, Delivery.FAILED, Delivery.WAITING, Delivery.UNCERTAIN}),
    Delivery.SENT: frozenset(),
    Delivery.FAILED: frozenset({Delivery.WAITING}),
    # The worker's word that comes late after all, or an operator's.
    Delivery.UNCERTAIN: frozenset({Delivery.SENT, Delivery.FAILED, Delivery.WAITING}),
}
OPERATORS: tuple[str, ...] = (
    Delivery.FAILED.value,
    Delivery.UNCERTAIN.value,
)  # what stands in the operators' list


class Announced(StrEnum):
    """通告: written by one officer, sent or refused by another."""

    PROPOSED = "proposed"
    SENT = "sent"
    REFUSED = "refused"


DECISIONS: dict[Announced, frozenset[Announced]] = {
    Announced.PROPOSED: frozenset({Announced.SENT, Announced.REFUSED}),
    Announced.SENT: frozenset(),
    Announced.REFUSED: frozenset(),
}


def before(state: Delivery) -> tuple[str, ...]:
    """The states from which a delivery can get to one, for the condition of an UPDATE."""
    return states.before(MOVES, state)


def before_decision(state: Announced) -> tuple[str, ...]:
    """The same of an announcement."""
    return states.before(DECISIONS, state)
