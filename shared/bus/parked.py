"""What is parked, for an operator: look, put back, throw away. Every act leaves an audit row with a reason.

    python -m shared.bus.parked list    --service module:Class …
    python -m shared.bus.parked show    ID --service … [--body --reason WHY --database NAME=URL]
    python -m shared.bus.parked replay  ID --service … --reason WHY --database NAME=URL
    python -m shared.bus.parked discard ID --service … --reason WHY --database NAME=URL

The broker's address is --uri or ZHIHENG_AMQP_URI, the operator user's. NAME=@FILE reads a database's address
from a file. `list` and `show` print headers, reason and size; a body may hold personal data and is printed only
with --body, which is audited too. A message is removed from parking only after its copy was confirmed by the
broker: whatever happens in between, it is there at least once, and the inbox makes two copies one effect.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from amqp.basic_message import Message
from amqp.channel import Channel
from amqp.exceptions import AMQPError, NotFound
from sqlalchemy.exc import SQLAlchemyError

from shared.bus import wire
from shared.bus.address import connect_plainly
from shared.bus.topology import find_service
from shared.contracts import Context
from shared.store import Store, StoreError

_LIMIT = 10_000  # messages looked at in one queue
_CONFIRM_SECONDS = 15.0
_SECRET_HEADERS = {"reason"}  # free text that a person wrote


class ParkedError(Exception):
    """The act was not done; the message says why, and nothing was removed."""


@dataclass(frozen=True)
class Parked:
    """One parked message, held by this connection until it closes."""

    consumer: str
    queue: str  # the work queue that it came from
    tag: int
    message: Message

    @property
    def id(self) -> str:
        return str(self.message.properties.get("message_id") or "")

    @property
    def body(self) -> bytes:
        body = self.message.body
        return body.encode() if isinstance(body, str) else bytes(body)

    def describe(self) -> dict[str, Any]:
        """What an operator may see without asking for the body."""
        headers = self.message.properties.get("application_headers") or {}
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
    """The parking queues of some services over one connection of the operator."""

    def __init__(self, channel: Channel, queues: Sequence[tuple[str, str]]) -> None:
        self._channel = channel
        self._queues = queues  # consumer, work queue
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
                yield Parked(consumer, queue, message.delivery_info["delivery_tag"], message)

    def find(self, message_id: str) -> list[Parked]:
        """The copies of one message in one queue. Raises ParkedError for none and for several queues."""
        found = [one for one in self.messages() if one.id == message_id]
        if not found:
            raise ParkedError(f"{message_id} is not parked in any of these queues")
        queues = sorted({one.queue for one in found})
        if len(queues) > 1:
            raise ParkedError(f"{message_id} is parked in {', '.join(queues)}: name one with --queue")
        return found

    def put_back(self, one: Parked) -> None:
        """Publish a copy to the work queue, as if it had never been tried. Raises ParkedError if not confirmed."""
        properties = one.message.properties
        copy = Message(
            one.body,
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=wire.PERSISTENT,
            message_id=one.id,
            type=str(properties.get("type") or ""),
            application_headers=wire.passing_headers(properties.get("application_headers") or {}),
        )
        self._returned.clear()
        self._channel.basic_publish_confirm(
            copy, "", one.queue, mandatory=True, confirm_timeout=_CONFIRM_SECONDS
        )
        if self._returned:
            raise ParkedError(f"{one.queue} does not exist: {self._returned[0]}")

    def remove(self, one: Parked) -> None:
        """Take it out of parking."""
        self._channel.basic_ack(one.tag)


@contextmanager
def parking(uri: str, queues: Sequence[tuple[str, str]]) -> Iterator[Parking]:
    """The parking queues; what was not removed goes back at the end. Raises ParkedError without a broker."""
    try:
        connection = connect_plainly(uri, "operator")
    except (OSError, AMQPError, ValueError) as error:
        raise ParkedError(f"the broker does not answer: {error}") from error
    try:
        channel = connection.channel()
        channel.auto_decode = False
        yield Parking(channel, queues)
        channel.close()
    except NotFound as error:
        raise ParkedError(f"the topology is not declared: {error}") from error
    except (OSError, AMQPError) as error:
        raise ParkedError(f"the broker did not confirm: {error}") from error
    finally:
        connection.collect()


def record(store: Store, action: str, one: Parked, actor: str, reason: str) -> None:
    """Leave an audit row of what an operator does with a message."""
    context = Context(message_id=uuid4().hex, actor=actor, role="operator", reason=reason)
    with store.transaction() as tx:
        tx.work(context).audit(
            action, one.id, after={"queue": one.queue, "size": len(one.body)}, reason=reason
        )


def _audited(options: argparse.Namespace, action: str, one: Parked) -> None:
    """The row comes first: an act that left no trace must not be possible, a trace without its act can be seen."""
    try:
        store = Store.open(_database(options, one.consumer), service=one.consumer)
        try:
            record(store, action, one, options.actor, options.reason)
        finally:
            store.close()
    except (SQLAlchemyError, StoreError) as error:
        raise ParkedError(f"nothing was done, for it cannot be audited: {type(error).__name__}") from error


def _database(options: argparse.Namespace, service: str) -> str:
    for entry in options.database:
        name, _, url = entry.partition("=")
        if name == service:
            return Path(url[1:]).read_text(encoding="utf-8").strip() if url.startswith("@") else url
    found = os.environ.get("ZHIHENG_DATABASE_URL", "")
    if not found or options.database:
        raise ParkedError(f"--database {service}=URL is needed to audit this")
    return found


def _act(options: argparse.Namespace) -> None:
    with parking(options.uri, _queues(options)) as place:
        if options.action == "list":
            for one in place.messages():
                _print(one.describe())
            return
        found = place.find(options.id)
        if options.action == "show":
            _show(options, found[0])
            return
        _audited(options, f"parked:{options.action}", found[0])
        for one in found:
            if options.action == "replay":
                place.put_back(one)
            place.remove(one)
        _print({"id": options.id, "queue": found[0].queue, "done": options.action, "copies": len(found)})


def _show(options: argparse.Namespace, one: Parked) -> None:
    described = one.describe()
    if options.body:
        _audited(options, "parked:read", one)
        described["body"] = one.body.decode("utf-8", errors="backslashreplace")
    _print(described)


def _print(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def _queues(options: argparse.Namespace) -> list[tuple[str, str]]:
    from shared.bus.service import declaration

    declared = [declaration(find_service(spec)) for spec in options.service]
    found = [(service.name, queue) for service in declared for queue in service.queues]
    return [(name, queue) for name, queue in found if options.queue in {None, queue}]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shared.bus.parked", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("action", choices=("list", "show", "replay", "discard"))
    parser.add_argument("id", nargs="?", help="the message's id")
    parser.add_argument("--service", action="append", required=True, metavar="module:Class")
    parser.add_argument("--queue", help="only this work queue")
    parser.add_argument(
        "--uri", default=os.environ.get("ZHIHENG_AMQP_URI", ""), help="the operator user's AMQP URI"
    )
    parser.add_argument("--database", action="append", default=[], metavar="NAME=URL")
    parser.add_argument(
        "--actor", default=f"operator:{getpass.getuser()}", help="who acts, for the audit log"
    )
    parser.add_argument("--reason", default="", help="why, for the audit log")
    parser.add_argument("--body", action="store_true", help="print the body too (audited)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Exit code 1 and a sentence when something was not done."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.uri:
        parser.error("give --uri or ZHIHENG_AMQP_URI")
    if options.action != "list" and not options.id:
        parser.error(f"{options.action} needs the message's id")
    if (options.action in {"replay", "discard"} or options.body) and not options.reason.strip():
        parser.error("this is audited: give --reason")
    try:
        _act(options)
    except ParkedError as error:
        print(f"parked: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
