"""What is parked, as a service answers for its own and as the operator's command does for all: look, put back, throw away.

A message is removed from parking only after its copy was confirmed by the broker: whatever happens in between, it is there
at least once, and the inbox makes two copies one effect.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from amqp.basic_message import Message
from amqp.channel import Channel
from amqp.exceptions import AMQPError, NotFound

from shared.bus import depths, wire
from shared.bus.address import connect_plainly
from shared.contracts import Context
from shared.store import Store

_LIMIT = 10_000  # messages looked at in one queue
_CONFIRM_SECONDS = 15.0
_BACK_SECONDS, _PAUSE = (
    2.0,
    0.005,
)  # until what was looked at is seen again; somebody else may be looking at it
_SECRET_HEADERS = {"reason"}  # free text that a person wrote
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ParkedError(Exception):
    """The act was not done; the message says why, and nothing was removed."""


class NotParkedError(ParkedError):
    """No such message is parked there, or it could be one of several queues."""


@dataclass(frozen=True)
class Parked:
    """One parked message, held by this connection until it closes."""

    consumer: str
    queue: str  # the work queue that it came from
    tag: int
    message: Message

    @property
    def id(self) -> str:
        """The message's own id; where it has none that one could name it by, one made of its body."""
        own = str(self.message.properties.get("message_id") or "")
        return own if _ID.fullmatch(own) else f"body-{hashlib.sha256(self.body).hexdigest()[:32]}"

    @property
    def kind(self) -> str:
        """The name of the event."""
        return str(self.message.properties.get("type") or "")

    @property
    def headers(self) -> dict[str, Any]:
        return dict(self.message.properties.get("application_headers") or {})

    @property
    def body(self) -> bytes:
        body = self.message.body
        return body.encode() if isinstance(body, str) else bytes(body)

    def describe(self) -> dict[str, Any]:
        """What an operator may see without asking for the body."""
        headers = self.headers
        return {
            "id": self.id,
            "queue": self.queue,
            # What the broker parked by itself (the delivery limit) carries its own headers instead of ours.
            "reason": headers.get(wire.PARKED_REASON) or headers.get("x-first-death-reason") or "unknown",
            "detail": headers.get(wire.PARKED_DETAIL, ""),
            "parked_at": headers.get(wire.PARKED_AT, ""),
            "attempts": headers.get(wire.PARKED_ATTEMPTS, 0),
            "size": len(self.body),
            "headers": {
                name: value
                for name, value in wire.passing_headers(headers).items()
                if name not in _SECRET_HEADERS
            },
        }


class Parking:
    """The parking queues of some services over one connection, a service's own or the operator's."""

    def __init__(self, channel: Channel, queues: Sequence[tuple[str, str]], tiers: Sequence[float]) -> None:
        self._channel = channel
        self._queues = queues  # consumer, work queue
        self._tiers = tiers  # seconds, shortest first
        self._held: Counter[str] = Counter()  # by parking queue, what is looked at
        self._returned: list[str] = []
        channel.confirm_select()
        channel.events["basic_return"].add(lambda error, *rest: self._returned.append(str(error)))

    def messages(self) -> Iterator[Parked]:
        """Everything parked, oldest first per queue; all of it goes back when the connection closes."""
        for consumer, queue in self._queues:
            for _ in range(_LIMIT):
                message = self._channel.basic_get(wire.parking_queue(queue))
                if message is None:
                    break
                self._held[wire.parking_queue(queue)] += 1
                yield Parked(consumer, queue, message.delivery_info["delivery_tag"], message)

    def depths(self, queues: Sequence[str]) -> list[tuple[int, int]]:
        """How many messages wait in each queue and how many consume it. Raises NotFound of py-amqp where one is not declared."""
        return depths.told(self._channel, queues, _CONFIRM_SECONDS)

    def find(self, message_id: str) -> list[Parked]:
        """The copies of one message in one queue. Raises ParkedError for none and for several queues."""
        found = [one for one in self.messages() if one.id == message_id]
        if not found:
            raise NotParkedError(f"{message_id} is not parked in any of these queues")
        queues = sorted({one.queue for one in found})
        if len(queues) > 1:
            raise NotParkedError(f"{message_id} is parked in {', '.join(queues)}: name one with --queue")
        return found

    def put_back(self, one: Parked) -> None:
        """Publish a copy, as if it had never been tried, to the service's shortest retry tier, which gives it back to its work
        queue: so nobody who looks after parking needs the right to write to queues. Raises ParkedError if not confirmed.
        """
        if not self._tiers:
            raise ParkedError("there is no retry tier to put it back through")
        tier = wire.retry_name(one.consumer, self._tiers[0])
        copy = Message(
            one.body,
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=wire.PERSISTENT,
            message_id=one.id,
            type=one.kind,
            application_headers=wire.passing_headers(one.headers),
        )
        self._returned.clear()
        self._channel.basic_publish_confirm(
            copy, tier, one.queue, mandatory=True, confirm_timeout=_CONFIRM_SECONDS
        )
        if self._returned:
            raise ParkedError(f"{tier} leads nowhere: {self._returned[0]}")

    def remove(self, one: Parked) -> None:
        """Take it out of parking."""
        self._channel.basic_ack(one.tag)
        self._held[wire.parking_queue(one.queue)] -= 1

    def give_back(self) -> None:
        """Let others see again what was looked at. It is waited for: whoever looked at once after us would see nothing parked."""
        waited = {queue: count for queue, count in self._held.items() if count > 0}
        if waited:
            self._channel.basic_recover(requeue=True)
        self._held.clear()
        end = time.monotonic() + _BACK_SECONDS
        while waited and time.monotonic() < end:
            found = dict(zip(waited, self.depths(list(waited)), strict=True))
            waited = {queue: count for queue, count in waited.items() if found[queue][0] < count}
            time.sleep(_PAUSE if waited else 0.0)


@contextmanager
def parking(
    uri: str, queues: Sequence[tuple[str, str]], tiers: Sequence[float], name: str = "operator"
) -> Iterator[Parking]:
    """The parking queues; what was not removed goes back at the end. Raises ParkedError without a broker. While somebody looks,
    nobody else sees what is looked at. `tiers`: the waiting times of retries; `name`: as the broker lists the connection.
    """
    try:
        connection = connect_plainly(uri, name)
    except (OSError, AMQPError, ValueError) as error:
        raise ParkedError(f"the broker does not answer: {error}") from error
    try:
        channel = connection.channel()
        channel.auto_decode = False
        place = Parking(channel, queues, sorted(tiers))
        yield place
        place.give_back()
        channel.close()
    except NotFound as error:
        raise ParkedError(f"the topology is not declared: {error}") from error
    except (OSError, AMQPError) as error:
        raise ParkedError(f"the broker did not confirm: {error}") from error
    finally:
        connection.collect()


def act(place: Parking, action: str, copies: Sequence[Parked]) -> None:
    """`replay` or `discard` a message: all its copies in one queue."""
    for one in copies:
        if action == "replay":
            place.put_back(one)
        place.remove(one)


def record(store: Store, context: Context, action: str, one: Parked, reason: str) -> None:
    """Leave an audit row of what an operator does with a message. It comes first: an act that left no trace must not be
    possible, a trace without its act can be seen.
    """
    with store.transaction() as tx:
        tx.work(context).audit(
            action, one.id, after={"queue": one.queue, "size": len(one.body)}, reason=reason
        )
