"""What an event after the award brings. Pure: the rulebook says it, dates are reckoned here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.calendar import plus_years
from shared.rulebooks import Rulebook


@dataclass(frozen=True)
class Consequence:
    """Orders with their rule, whether the award is revoked and its grant clawed back, and the last day of a ban."""

    rule: str
    orders: tuple[str, ...]
    revokes: bool
    claws_back: bool
    banned_until: date | None


CLAWBACK = "clawback"


def consequence(rulebook: Rulebook, event: str, on: date) -> Consequence | None:
    """None where the rulebook has no sanction for the event. A ban ends on the same calendar date, years later."""
    sanction = rulebook.sanction(event)
    if sanction is None:
        return None
    until = None if sanction.ban_years is None else plus_years(on, sanction.ban_years)
    return Consequence(sanction.rule, sanction.orders, sanction.revokes, CLAWBACK in sanction.orders, until)
