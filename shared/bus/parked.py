"""What is parked, for an operator: look, put back, throw away. Every act leaves an audit row with a reason.

    python -m shared.bus.parked list    --service module:Class …
    python -m shared.bus.parked show    ID --service … [--body --reason WHY --database NAME=URL]
    python -m shared.bus.parked replay  ID --service … --reason WHY --database NAME=URL
    python -m shared.bus.parked discard ID --service … --reason WHY --database NAME=URL

The broker's address is --uri or ZHIHENG_AMQP_URI, the operator user's. NAME=@FILE reads a database's address
from a file. `list` and `show` print headers, reason and size; a body may hold personal data and is printed only
with --body, which is audited too. What is done is done as a service does it for the pages (`shared.bus.parking`).
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from shared.bus.parking import Parked, ParkedError, act, parking, record
from shared.bus.topology import find_service
from shared.contracts import Context
from shared.store import Store, StoreError


def _audited(options: argparse.Namespace, action: str, one: Parked) -> None:
    context = Context(message_id=uuid4().hex, actor=options.actor, role="operator", reason=options.reason)
    try:
        store = Store.open(_database(options, one.consumer), service=one.consumer)
        try:
            record(store, context, action, one, options.reason)
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
    tiers = [float(part) for part in options.tiers.split(",") if part.strip()]
    with parking(options.uri, _queues(options), tiers) as place:
        if options.action == "list":
            for one in place.messages():
                _print(one.describe())
            return
        found = place.find(options.id)
        if options.action == "show":
            _show(options, found[0])
            return
        _audited(options, f"parked:{options.action}", found[0])
        act(place, options.action, found)
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
    parser.add_argument("--tiers", default=os.environ.get("ZHIHENG_RETRY_TIERS", "1,5,30,300,3600"))
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
