"""Named places at which a fault test lets the process die as if its power had gone.

`ZHIHENG_CRASH_AT=name` kills with SIGKILL at the first passage, `name:3` at the third. A production process that finds
the variable refuses to start. The places cost one comparison each.
"""

from __future__ import annotations

import os
import signal

POINTS = (
    "after_claim",  # inbox rows inserted, no handler has run
    "before_commit",  # handlers have run, nothing is committed
    "after_commit_before_ack",  # effects are durable, the broker does not know
    "after_retry_before_ack",  # a retry or a parking is confirmed, the original is not acknowledged
    "after_take",  # the relay has rows in hand, nothing is sent
    "after_publish_before_mark",  # events are confirmed, the outbox does not know
    "before_answer",  # a command has run, nothing is committed
    "after_answer",  # the answer is committed, no reply is sent
    "after_reply",  # the reply is sent, the call is not acknowledged
    "payment_claimed",  # a payment is committed as sent, nothing of it has left
    "payment_claimed_again",  # the bank knows nothing of it; it is committed as sent once more
    "payment_answered",  # the bank has answered, nothing of it is kept
    "delivery_claimed",  # a mail or short message is committed as claimed, nothing of it has left
    "delivery_answered",  # its channel has answered, nothing of it is kept
)

_armed = ""
_passages_left = 0


class CrashRefusedError(Exception):
    """The crash point is unknown, or this is production."""


def arm(spec: str, *, environment: str) -> None:
    """Arm one point, `name` or `name:nth`. Raises CrashRefusedError in production and for unknown names."""
    global _armed, _passages_left
    name, _, nth = spec.partition(":")
    if environment == "production":
        raise CrashRefusedError(
            "ZHIHENG_CRASH_AT is for fault tests; a production process does not accept it"
        )
    if name not in POINTS:
        raise CrashRefusedError(f"ZHIHENG_CRASH_AT: {name!r} is none of {', '.join(POINTS)}")
    _armed, _passages_left = name, int(nth or 1)


def crash_point(name: str) -> None:
    """Die here if this point is armed and was passed often enough."""
    global _passages_left  # noqa: PLW0603
    if name != _armed:
        return
    _passages_left -= 1
    if _passages_left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
