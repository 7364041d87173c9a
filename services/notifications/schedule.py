"""When a message is sent: never in somebody's quiet hours; how long after a failure it is tried again. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from shared.clock import SHANGHAI

_LONGEST = 6 * 3600.0  # seconds between two tries
SHORTEST_CLAIM = 900.0  # seconds
_STEPS = 20  # of one mail, at most, each with a time-out: addresses of the server, greetings, TLS, sign-in, the mail


@dataclass(frozen=True)
class Terms:
    """How often a delivery is tried, and how long after the first failure (seconds, doubled each time up to six hours).

    `claim`: after how many seconds a worker that said nothing of what it has in hand is taken to be dead.
    """

    attempts: int
    backoff: float
    claim: float = SHORTEST_CLAIM

    def pause(self, attempts: int, chance: float) -> timedelta:
        """How long to wait after so many tries; `chance` from 0 to 1 takes up to half of it off, so that many that failed
        together do not come back together.
        """
        whole = min(self.backoff * 2 ** max(0, attempts - 1), _LONGEST)
        return timedelta(seconds=whole * (1 - chance / 2))


def claim_of(timeout: float) -> float:
    """How many seconds a claim lasts, given the time-out of each step of sending: longer than any sending can take."""
    return max(SHORTEST_CLAIM, _STEPS * timeout)


def time_of(text: str) -> time:
    """`HH:MM`. Raises ValueError."""
    return time.fromisoformat(text)


def after_quiet(now: datetime, quiet_from: str | None, quiet_until: str | None) -> datetime:
    """Now, or the end of the quiet hours that it falls into. Hours that are equal, or not given, are none."""
    if not quiet_from or not quiet_until or quiet_from == quiet_until:
        return now
    begin, end = time_of(quiet_from), time_of(quiet_until)
    local = now.astimezone(SHANGHAI)
    at = local.timetz().replace(tzinfo=None)
    if begin < end:
        inside, days = begin <= at < end, 0
    else:
        inside, days = at >= begin or at < end, int(at >= begin)
    return datetime.combine(local.date() + timedelta(days=days), end, SHANGHAI) if inside else now


Chance = Callable[[], float]  # from 0 to 1
