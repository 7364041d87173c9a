"""nameko's own event handler as shipped (a classic queue of its own making), with the same transaction."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402
from collections.abc import Mapping  # noqa: E402
from queue import LifoQueue  # noqa: E402
from typing import Any  # noqa: E402

import psycopg2  # noqa: E402
from nameko.events import event_handler  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from deploy.benchmarks import peers_work as work  # noqa: E402

WORKERS = 10  # nameko's default, which is its prefetch too
METER = work.Meter()
CONNECTIONS: LifoQueue[Any] = LifoQueue()


class Peer:
    """One handler."""

    name = "peer"

    @event_handler("bench", work.KEY)  # type: ignore[untyped-decorator]
    def take(self, data: Mapping[str, Any]) -> None:
        claim, row = work.rows_of(data)
        store = CONNECTIONS.get()
        with store, store.cursor() as cursor:
            cursor.execute(work.CLAIM, claim)
            if cursor.rowcount:
                cursor.execute(work.TAKE, row)
        CONNECTIONS.put(store)
        METER.handled([work.phase_of(data)])


def main(uri: str, database: str, queue_name: str) -> None:
    """Consume until killed. nameko names its queue itself."""
    for _ in range(WORKERS):
        CONNECTIONS.put(psycopg2.connect(database))
    runner = ServiceRunner({"AMQP_URI": uri, "max_workers": WORKERS})
    runner.add_service(Peer)
    runner.start()
    print("ready", flush=True)
    runner.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
