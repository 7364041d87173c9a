"""How full queues are, by passive declares, which need no right. Many are asked about before the first answer is read."""

from __future__ import annotations

from collections.abc import Sequence

from amqp import spec
from amqp.channel import Channel


def ask(channel: Channel, queue: str) -> None:
    """Send one question; `DeclareOk` comes to the channel's callback, in the order of the questions."""
    channel.send_method(spec.Queue.Declare, "BsbbbbbF", (0, queue, True, False, False, False, False, {}))


def told(channel: Channel, queues: Sequence[str], seconds: float) -> list[tuple[int, int]]:
    """How many messages wait in each queue and how many consume it. Raises NotFound of py-amqp where one is not declared, OSError
    where an answer takes longer than so many seconds.
    """
    found: list[tuple[int, int]] = []
    kept = channel._callbacks.get(spec.Queue.DeclareOk)
    channel._callbacks[spec.Queue.DeclareOk] = lambda queue, messages, consumers: found.append(
        (int(messages), int(consumers))
    )
    try:
        for queue in queues:
            ask(channel, queue)
        while len(found) < len(queues):
            channel.connection.drain_events(timeout=seconds)
    finally:
        if kept is None:
            del channel._callbacks[spec.Queue.DeclareOk]
        else:
            channel._callbacks[spec.Queue.DeclareOk] = kept
    return found
